// invalidcommitmsg: what is found, and that one comment tells of it.
import { describe, expect, test } from 'vitest'
import { CodeHostError, type Commit } from '../api/code-host.ts'
import { type PluginScene, scene } from '../testing/plugin-scene.ts'
import invalidcommitmsg, { findingsIn } from './invalidcommitmsg.ts'

const label = 'do-not-merge/invalid-commit-message'
const marker = '<!-- [prow:invalid-commit-message] -->'
const commits = (...messages: string[]): Commit[] =>
  messages.map((message, index) => {
    const author = { name: 'a', email: 'a@b', date: '2026-01-01T00:00:00Z' }
    const sha = `${index}123456789`
    const rest = { parents: ['p'], tree: 't', verification: { verified: false, reason: '' }, html_url: '' }
    return { sha, message, author, committer: author, ...rest }
  })
const both = () => true

describe('keywords in messages and titles', () => {
  test.each<[text: string, flagged: boolean]>([
    ['fixing k/k#9', false],
    ['Close k/k#9', true],
    ['resolved k/k#9', true],
    ['Fixes: #3', true],
    ['fixes #9', true],
    ['FIXED\n#9', true],
    ['prefix #12', true],
    ['fixes my-org/repo#1', false],
    ['closes 12', false],
    ['fixes#9', false],
    ['resolves issue #9', false],
    ['see k/k#9', false],
  ])('%j: %o', (text, flagged) => {
    expect(findingsIn('fine', commits(`first\n\n${text}`), both) !== undefined).toBe(flagged)
    expect(findingsIn(text, commits('fine'), both)?.title ?? false).toBe(flagged)
    expect(findingsIn(text, commits(text), (check) => check !== 'issueClosingKeywords')).toBeUndefined()
  })
})

describe('prefixes of messages', () => {
  test.each<[message: string, flagged: boolean]>([
    ['fixup! a', true],
    ['amend! a', true],
    ['squash! a', true],
    ['Fixup! a', false],
    ['a fixup! b', false],
    ['a\n\nfixup! b', false],
  ])('%j: %o', (message, flagged) => {
    expect(findingsIn('fine', commits(message), both)?.fixups.length ?? 0).toBe(flagged ? 1 : 0)
    expect(findingsIn('squash! a', commits(message), (check) => check !== 'fixupPrefix')).toBeUndefined()
  })
})

type Settings = NonNullable<NonNullable<Parameters<typeof scene>[0]['plugins']>['sections']>['invalid_commit_msg']
function play(messages: string[], title = 'fine', invalid_commit_msg: Settings = []): PluginScene {
  const it = scene({ with: [invalidcommitmsg], plugins: { sections: { invalid_commit_msg } } })
  it.change({ title })
  it.host.state.commits.set('org/repo#1', commits(...messages))
  return it
}
const told = (it: PluginScene) => (it.host.state.comments.get('org/repo#1') ?? []).map(({ body }) => body)

test.each(['opened', 'reopened', 'synchronize', 'edited'])(
  '%s: one label, one comment, until all is mended',
  async (action) => {
    const it = play(['fixes #1', 'fine', 'fixup! fixes #2'], 'closes #3')
    await it.acts(action)
    const [labelled, ...rest] = it.host.take()
    expect([labelled, rest.length]).toEqual([`org/repo#1 +${label}`, 1])
    const [comment = ''] = told(it)
    expect(comment.startsWith(marker)).toBe(true)
    expect([...comment.matchAll(/^###.*|^- .*/gm)].map(([line]) => line)).toEqual([
      '### Invalid commit messages',
      '- [0123456](https://github.com/org/repo/commits/0123456789) `fixes #1`',
      '- [2123456](https://github.com/org/repo/commits/2123456789) `fixup! fixes #2`',
      '### Fixup/amend/squash commits',
      '- [2123456](https://github.com/org/repo/commits/2123456789) `fixup! fixes #2`',
      '### Invalid PR title',
    ])
    expect(comment).toContain('/retitle')
    expect(comment).toContain('<details>')

    await it.acts(action)
    expect(it.host.take()).toEqual([])
    await it.acts(action, {}, { title: 'fine' })
    expect(told(it)).toEqual([expect.not.stringContaining('### Invalid PR title')])
    it.host.state.commits.set('org/repo#1', commits('fine'))
    await it.acts(action)
    expect([told(it), it.pr().labels]).toEqual([[], []])
  },
)

test.each<[messages: string[], title: string, headings: string[]]>([
  [['fixes #1'], 'fine', ['### Invalid commit messages']],
  [['fixup! a'], 'fine', ['### Fixup/amend/squash commits']],
  [['fine'], 'fixes #1', ['### Invalid PR title']],
])('the comment about %j and %j tells only of what is wrong', async (messages, title, headings) => {
  const it = play(messages, title)
  await it.acts('opened')
  expect(told(it)[0]?.match(/^###.*/gm)).toEqual(headings)
})

test.each(['closed', 'labeled', 'ready_for_review'])('%s: nothing', async (action) => {
  const it = play(['fixes #1'])
  await it.acts(action)
  expect(it.host.calls).toEqual([])
})

test('comments of older versions go; those of people stay', async () => {
  const it = play(['fine'])
  const at = { org: 'org', repo: 'repo', number: 1 }
  for (const login of ['k8s-ci-robot', 'mallory']) {
    it.host.say(at, login, '**The list of commits with invalid commit messages**: x')
    it.host.say(at, login, 'Keywords are not allowed in the title of a Pull Request')
  }
  await it.acts('edited')
  expect(it.host.take().length).toBe(2)
  expect(told(it).length).toBe(2)
})

const off = (name: string, disabled = true) => ({ name, disabled })
test.each<[why: string, settings: NonNullable<Settings>, flagged: boolean]>([
  ['another repository', [{ repos: ['org/x'], checks: [off('fixupPrefix')] }], true],
  ['the organisation', [{ repos: ['org'], checks: [off('fixupPrefix')] }], false],
  [
    'the repository before it',
    [
      { repos: ['org'], checks: [off('fixupPrefix')] },
      { repos: ['org/repo'], checks: [] },
    ],
    true,
  ],
  ['another check', [{ repos: ['org'], checks: [off('issueClosingKeywords')] }], true],
  ['the first of two', [{ repos: ['org'], checks: [off('fixupPrefix', false), off('fixupPrefix')] }], true],
])('settings for %s: flagged %o', async (_why, settings, flagged) => {
  const it = play(['fixup! x'], 'fine', settings)
  await it.acts('opened')
  expect(it.pr().labels).toEqual(flagged ? [label] : [])
})

test('hostile messages are bounded, and mention nobody', async () => {
  const it = play(Array.from({ length: 250 }, () => `fixup! fixes #1 @team ${'`x'.repeat(5000)}\r`))
  await it.acts('opened')
  const [comment = ''] = told(it)
  expect(comment.length).toBeLessThan(65_536)
  expect(comment).toMatch(/^- … and \d+ more$/m)
  expect(comment).toContain(') `` fixup! fixes #1 @team `x')
})

test.each(['addLabel', 'comment', 'deleteComment'] as const)(
  'a server that fails at %s leaves one comment',
  async (failing) => {
    const it = play(['fixup! a'])
    it.host.say({ org: 'org', repo: 'repo', number: 1 }, 'k8s-ci-robot', `${marker} old`)
    let left = 1
    it.host.after = (operation) => {
      if (operation === failing && left-- > 0) throw new CodeHostError('unavailable', 503, 'no')
    }
    await it.acts('opened')
    await it.clock.advance('1s')
    expect(told(it)).toEqual([expect.stringContaining('### Fixup')])
  },
)

test('help tells which checks are on', () => {
  const plugins = { sections: { invalid_commit_msg: [{ repos: ['org/repo'], checks: [off('fixupPrefix')] }] } }
  expect(invalidcommitmsg.help?.(plugins as never, ['org/repo', 'org/x'])?.config).toEqual({
    'org/repo': 'Checks: issueClosingKeywords.',
    'org/x': 'Checks: issueClosingKeywords, fixupPrefix.',
  })
})
