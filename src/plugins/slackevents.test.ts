// slackevents: who is told of what.
import { expect, test } from 'vitest'
import { SlackError } from '../slack/slack.ts'
import { scene } from '../testing/plugin-scene.ts'
import slackevents, { isExempt, mentionedSigs, warningOf } from './slackevents.ts'

const user = (login: string) => ({ login, type: 'User', html_url: '' })
const commit = { id: '1', message: '', added: [], removed: [], modified: [] }
const pushed = { pusher: 'bob', sender: user('bob'), branch: 'main', compare: 'https://x/compare', commits: [commit] }
const as = { created: false, deleted: false, forced: false }

test.each([
  [{}, '*Warning:* bob (<@bob>) manually merged 1 commit(s) into main: https://x/compare'],
  [{ commits: [] }, '*Warning:* bob (<@bob>) manually merged 0 commit(s) into main: https://x/compare'],
  [{ forced: true }, '*Warning:* bob (<@bob>) *force* merged 1 commit(s) into main: https://x/compare'],
  [{ deleted: true, forced: true }, '*Warning:* bob (<@bob>) deleted a branch (main): https://x/compare'],
  [
    { created: true, deleted: true, forced: true },
    '*Warning:* bob (<@bob>) pushed a new branch (main): https://x/compare',
  ],
  [
    { branch: '<!channel>', compare: 'https://x/a?b&c' },
    '*Warning:* bob (<@bob>) manually merged 1 commit(s) into &lt;!channel&gt;: https://x/a?b&amp;c',
  ],
])('a push that is %j', (more, says) => expect(warningOf({ ...pushed, ...as, ...more })).toBe(says))

test.each<[pusher: string, sender: string, branch: string, exempt: boolean]>([
  ['bob', 'bob', 'main', false],
  ['merge-bot', 'x', 'main', true],
  ['x', 'Merge-Bot', 'main', true],
  ['WTeened', 'WTeened', 'release', true],
  ['WTeened', 'WTeened', 'main', false],
  ['x', 'x', 'constructor', false],
])('a push by %s, sent by %s, to %s is exempt: %s', (pusher, sender, branch, exempt) => {
  const settings = { exempt_users: ['@merge-bot'], exempt_branches: { release: ['wteened'] } }
  expect(isExempt({ pusher, sender: user(sender), branch }, settings)).toBe(exempt)
})

test.each<[text: string, sigs: string[]]>([
  ['@kubernetes/sig-node-bugs', ['sig-node']],
  ['a @kubernetes/sig-api-machinery-pr-reviews, b\n@kubernetes/sig-node-misc', ['sig-api-machinery', 'sig-node']],
  ['@kubernetes/sig-node-bugs @kubernetes/sig-node-misc', ['sig-node']],
  ['@kubernetes/sig-node', []],
  ['@other/sig-node-bugs', []],
])('%j mentions %j', (text, sigs) => expect(mentionedSigs(text)).toEqual(sigs))

const slackSection = {
  mentionchannels: ['sig-node', 'sig-testing'],
  mergewarnings: [
    { repos: ['org'], channels: ['of-org'], exempt_users: [], exempt_branches: {} },
    { repos: ['org/repo'], channels: ['one', 'two'], exempt_users: ['merge-bot'], exempt_branches: {} },
  ],
}

function workspace(fails: (channel: string) => SlackError | undefined = () => undefined) {
  const posted: string[] = []
  const slack = {
    async post(channel: string, text: string) {
      posted.push(`${channel}: ${text}`)
      const error = fails(channel)
      if (error) throw error
    },
  }
  return { posted, slack, ...scene({ with: [slackevents], slack, plugins: { sections: { slack: slackSection } } }) }
}

const payload = (more: object = {}) => ({
  ref: 'refs/heads/main',
  before: '1',
  after: '2',
  compare: 'https://x/compare',
  commits: [{ id: '2', message: '' }],
  pusher: { name: 'bob' },
  ...as,
  ...more,
})

test('the entry of the repository says which channels hear of a push', async () => {
  const { posted, deliver } = workspace()
  await deliver('push', payload())
  const says = '*Warning:* sender (<@sender>) manually merged 1 commit(s) into main: https://x/compare'
  expect(posted).toEqual([`one: ${says}`, `two: ${says}`])
  await deliver('push', payload({ pusher: { name: 'merge-bot' } }))
  expect(posted).toHaveLength(2)
  await deliver('push', payload({ ref: 'refs/tags/v1', created: true }))
  expect(posted[2]).toContain('pushed a new branch (v1)')
})

test('what could not be posted is posted later, but nothing twice', async () => {
  let outages = 1
  const first = workspace((channel) =>
    channel === 'one' && outages-- > 0 ? new SlackError('unavailable', 'down') : undefined,
  )
  await first.deliver('push', payload())
  await first.clock.advance('1m')
  expect(first.posted.map((text) => text.slice(0, 4))).toEqual(['one:', 'one:', 'two:'])

  outages = 1
  const second = workspace((channel) =>
    channel === 'two' && outages-- > 0 ? new SlackError('unavailable', 'down') : undefined,
  )
  await second.deliver('push', payload())
  await second.clock.advance('1m')
  expect(second.posted.map((text) => text.slice(0, 4))).toEqual(['one:', 'two:'])

  const third = workspace(() => new SlackError('unknown', 'no answer within 10 s'))
  await third.deliver('push', payload())
  await third.clock.advance('1m')
  expect(third.posted).toHaveLength(1)
})

test('mentions go to the channel of the SIG, if it is one that hears of them', async () => {
  const { posted, says, host } = workspace()
  await says('bob', 'hi @kubernetes/sig-node-bugs and @kubernetes/sig-storage-misc\n<!channel> look')
  const [comment] = host.state.comments.get('org/repo#1') ?? []
  expect(posted).toEqual([
    `sig-node: sig-node was mentioned by bob (<@bob>) on GitHub. (${comment?.html_url})\n>>>hi @kubernetes/sig-node-bugs and @kubernetes/sig-storage-misc\n&lt;!channel&gt; look`,
  ])
  await says('bob', '@kubernetes/sig-node-bugs', { action: 'edited' })
  await says('k8s-ci-robot', '@kubernetes/sig-node-bugs')
  expect(posted).toHaveLength(1)
  await says('casey', '@kubernetes/sig-testing-misc @kubernetes/sig-node-misc')
  expect(posted.slice(1).map((text) => text.split(':')[0])).toEqual(['sig-testing', 'sig-node'])
})

test('without Slack, or without settings, nothing happens', async () => {
  for (const options of [{ plugins: { sections: { slack: slackSection } } }, { slack: workspace().slack }]) {
    const { says, deliver, host } = scene({ with: [slackevents], ...options })
    await says('bob', '@kubernetes/sig-node-bugs')
    await deliver('push', payload())
    expect(host.calls).toEqual([])
  }
})

test('help tells the channels of each repository', () => {
  const sections = { slack: { ...slackSection, mergewarnings: slackSection.mergewarnings.slice(1) } }
  expect(slackevents.help?.({ sections } as never, ['org/repo', 'org/x'])?.config).toEqual({
    '': 'Mentions of SIGs are told to the Slack channels sig-node, sig-testing.',
    'org/repo': 'Pushes by hand are told to the Slack channels one, two, unless they are by merge-bot.',
    'org/x': 'Nobody is told of pushes by hand.',
  })
})
