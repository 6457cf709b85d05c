// retitle: which titles are fine, and who may give them.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { snapshot } from '../testing/config.ts'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { type SceneOptions, scene } from '../testing/plugin-scene.ts'
import retitle, { wrongWith } from './retitle.ts'

function play(options: Partial<SceneOptions> = {}) {
  const it = scene({ with: [retitle], ...options })
  it.host.state.members.add('org/bob')
  it.host.state.collaborators.add('org/repo/collab')
  return it
}

test.each([
  ['a title', undefined],
  ['closes the door', undefined],
  ['Fixes a bug #x', undefined],
  ['issue #12', undefined],
  ['', /^Titles may not be empty\.$/],
  ['Fixes #9999', /closing-issues-using-keywords/],
  ['this CLOSED: org/repo#1', /closing-issues-using-keywords/],
  ['resolve   #1', /closing-issues-using-keywords/],
  ['prefixes #1', /closing-issues-using-keywords/],
  ['x'.repeat(256), undefined],
  ['🚧'.repeat(256), undefined],
  ['x'.repeat(257), /not have more than 256 characters; this one has 257/],
])('the title %j is wrong: %s', (title, want) => {
  if (want) expect(wrongWith(title)).toMatch(want)
  else expect(wrongWith(title)).toBeUndefined()
})

test.each([
  ['/retitle foo\r', 'foo'],
  ['/RETITLE   foo bar  ', 'foo bar'],
  ['/retitlefoo', 'foo'],
  ['/retitle\r\n\r\nblah', 'blah'],
  ['/retitle one\n/retitle two', 'one'],
  ['/retitle \u00a0x\u0085', 'x'],
  ['please\n/retitle it @bob `x`', 'it @bob `x`'],
])('%j gives the title %j', async (text, title) => {
  const { says, host, pr } = play()
  await says('bob', text)
  expect(host.take()).toEqual([`org/repo#1 title: ${title}`])
  expect(pr().title).toBe(title)
})

test.each([' /retitle x', '> /retitle x', 'do /retitle x'])('%j says nothing', async (text) => {
  const { says, host } = play()
  await says('bob', text)
  expect(host.calls).toEqual([])
})

test.each([
  ['/retitle    ', '@bob: Titles may not be empty.'],
  ['/retitle', '@bob: Titles may not be empty.'],
  ['/retitle Fixes #9999', '@bob: Titles may not contain ['],
])('%j is refused: %s', async (text, answer) => {
  const { says, host } = play()
  await says('bob', text)
  expect(host.take()).toEqual([expect.stringContaining(answer)])
})

const trigger = {
  ...{ repos: ['org'], trusted_apps: ['helper'], trusted_org: '', join_org_url: '', only_org_members: true },
  ...{ ignore_ok_to_test: false, trigger_github_workflows: false },
}
const settings = [trigger]
test.each<[login: string, options: Partial<SceneOptions>, may: boolean]>([
  ['bob', {}, true],
  ['collab', {}, true],
  ['k8s-ci-robot', {}, true],
  ['casey', {}, false],
  ['collab', { plugins: { triggers: settings } }, false],
  ['helper[bot]', { plugins: { triggers: settings } }, true],
])('by %s with %j: %s', async (login, options, may) => {
  const { says, host } = play(options)
  await says(login, '/retitle x')
  expect(host.take()).toEqual([
    may
      ? 'org/repo#1 title: x'
      : expect.stringContaining(
          `@${login}: Re-titling can only be requested by trusted users, like repository collaborators.`,
        ),
  ])
})

test('nobody is trusted while the host does not say who they are', async () => {
  const { says, host } = play()
  host.before = (operation) => {
    if (operation === 'isMember') throw new CodeHostError('forbidden', 403, 'no')
  }
  await says('bob', '/retitle x')
  expect(host.take()).toEqual([])
})

test.each([
  ['open', false, true],
  ['closed', false, false],
  ['closed', true, true],
] as const)('an issue that is %s, closed ones allowed: %s', async (state, allow_closed_issues, want) => {
  const sections = { retitle: { allow_closed_issues } }
  const { says, issue, host } = play({ issue: { state, body: 'text' }, plugins: { sections } })
  await says('bob', '/retitle x', {})
  expect(issue()).toMatchObject({ title: want ? 'x' : 'a problem', body: 'text', state })
  if (!want) expect(host.calls).toEqual([])
})

test('an edited comment says nothing', async () => {
  const { says, host } = play()
  await says('bob', '/retitle x', { action: 'edited' })
  expect(host.calls).toEqual([])
})

test.each(['/retitle x', '/retitle'])('interrupted, %j is carried out or answered once', (text) =>
  survivesInterruptions(
    () => play(),
    ({ says }) => says('bob', text),
  ),
)

test('help says whether closed issues count', () => {
  const text = (allow_closed_issues: boolean) =>
    retitle.help?.(snapshot({ plugins: { sections: { retitle: { allow_closed_issues } } } }).plugins, [])
  expect(text(true)?.config?.['']).toContain('can be given')
  expect(text(false)?.config?.['']).toContain('cannot be given')
})
