// sigmention, as the people on an issue see it. bob is a member; the repository has labels sig/node and sig/CLI.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { noPlugins } from '../config/sections/plugins.ts'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import sigmention from './sigmention.ts'

const standard = { regexp: noPlugins().sections.sigmention?.regexp ?? '' }

function play(sections: { sigmention?: { regexp: string } } = { sigmention: standard }, labels: string[] = []) {
  const it = scene({ with: [sigmention], issue: { labels }, plugins: { sections } })
  it.host.state.members.add('org/bob')
  const known = ['sig/node', 'sig/CLI'].map((name) => ({ name, color: 'ffffff', description: '' }))
  it.host.state.repoLabels.set('org/repo', known)
  return it
}

test.each<[text: string, want: string[]]>([
  ['@kubernetes/sig-node-misc please', ['sig/node']],
  ['cc @kubernetes/sig-cli-bugs.', ['sig/CLI', 'kind/bug']],
  ['@kubernetes/sig-node-feature-requests', ['sig/node', 'kind/feature']],
  ['@kubernetes/sig-node-api-reviews', ['sig/node', 'kind/api-change']],
  ['@kubernetes/sig-node-proposals', ['sig/node', 'kind/design']],
  ['@kubernetes/sig-node-test-failures @kubernetes/sig-cli-pr-reviews', ['sig/node', 'sig/CLI']],
  ['@kubernetes/sig-moon-bugs', []],
  ['@kubernetes/sig-moon-bugs @kubernetes/sig-node-misc', ['sig/node']],
  ['@kubernetes/sig-node', []],
  ['@other/sig-node-misc', []],
])('%j by a member gives %j, without a word', async (text, want) => {
  const { says, issue, host } = play()
  await says('bob', text)
  expect(issue().labels).toEqual(want)
  expect(host.take()).toEqual(want.map((label) => `org/repo#1 +${label}`))
})

test('labels that are there are not set again', async () => {
  const { says, host } = play({ sigmention: standard }, ['SIG/node', 'kind/bug'])
  await says('bob', '@kubernetes/sig-node-bugs')
  expect(host.take()).toEqual([])
})

test('mentions by somebody else are repeated, each once, so that the team hears of them', async () => {
  const { says, host, issue } = play()
  await says(
    'casey',
    '@kubernetes/sig-node-misc @kubernetes/sig-moon-misc\n@kubernetes/sig-node-misc @kubernetes/sig-cli-misc',
  )
  expect(issue().labels).toEqual(['sig/node', 'sig/CLI'])
  expect(host.take().at(-1)).toMatch(
    /^org\/repo#1 comment: @casey: Reiterating the mentions to trigger a notification:\n@kubernetes\/sig-node-misc, @kubernetes\/sig-cli-misc\n\n/,
  )
})

test('very many mentions are not all repeated', async () => {
  const { says, host } = play({ sigmention: { regexp: '(?m)@team-(node)-(\\w+)' } })
  await says('casey', Array.from({ length: 60 }, (_, index) => `@team-node-x${index}`).join(' '))
  expect(host.take().at(-1)).toContain(', @team-node-x49\n\n')
})

test('nothing is repeated when no mention was valid', async () => {
  const { says, host } = play()
  await says('casey', '@kubernetes/sig-moon-misc')
  expect(host.take()).toEqual([])
})

test('somebody whose membership cannot be found out is no member', async () => {
  const { says, host } = play()
  host.before = (operation) => {
    if (operation === 'isMember') throw new CodeHostError('forbidden', 403, 'no')
  }
  await says('bob', '@kubernetes/sig-node-misc')
  expect(host.take()).toEqual(['org/repo#1 +sig/node', expect.stringContaining('Reiterating the mentions')])
})

test('listens neither to the bot nor to edits, and asks nobody about other comments', async () => {
  const { says, host } = play()
  await says('bob', '@kubernetes/sig-node-misc', { action: 'edited' })
  await says('bob', 'hello')
  expect(host.calls).toEqual([])
  await says('k8s-ci-robot', '@kubernetes/sig-node-misc')
  expect(host.take()).toEqual([])
})

test('the pattern is configurable, and a second group is not needed', async () => {
  const { says, issue } = play({ sigmention: { regexp: '(?i)@team-(\\w+)' } })
  await says('bob', '@TEAM-cli')
  expect(issue().labels).toEqual(['sig/CLI'])
})

test.each([{}, { sigmention: { regexp: '@nobody' } }])(
  'without a group to tell the SIG nothing happens: %j',
  async (sections) => {
    const { says, host } = play(sections)
    await says('casey', '@nobody @kubernetes/sig-node-misc')
    expect(host.take()).toEqual([])
  },
)

test('an interrupted task labels and answers once', () =>
  survivesInterruptions(play, ({ says }) => says('casey', '@kubernetes/sig-node-bugs')))

test('help shows the pattern', () => {
  const text = sigmention.help?.(noPlugins(), []).config?.['']
  expect(text).toContain('<code>(?m)@kubernetes/sig-([\\w-]*)-(misc|')
})
