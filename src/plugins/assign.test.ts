// assign, as the people on an issue or pull request see it. amy, ben and cleo are members; mallory is a stranger.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { userNamed } from '../testing/memory-code-host.ts'
import { type SceneOptions, scene } from '../testing/plugin-scene.ts'
import assign from './assign.ts'
import { assignCommand, ccCommand, wishesIn } from './shared/people.ts'

function play(options: Partial<SceneOptions> = {}) {
  const it = scene({ with: [assign], ...options })
  for (const login of ['amy', 'ben', 'cleo']) it.host.state.members.add(`org/${login}`)
  it.host.state.teams.set('org/reviewers', ['amy'])
  return it
}
const there = { assignees: ['amy', 'ben'].map(userNamed), requested_reviewers: ['amy', 'ben'].map(userNamed) }

test.each<[text: string, add: string[], remove: string[]]>([
  ['/assign', ['me'], []],
  ['/assign   \r', ['me'], []],
  ['/unassign', [], ['me']],
  ['/assign @amy', ['amy'], []],
  ['/assign amy @ben', ['amy', 'ben'], []],
  ['/Assign amy', ['amy'], []],
  ['/assign  amy   ben ', ['amy', 'ben'], []],
  ['/assign @amy, @ben,cleo', ['amy', 'ben', 'cleo'], []],
  ['/UNassign amy', [], ['amy']],
  ['first\r\n/assign amy\r\nlast', ['amy'], []],
  ['/assign @amy\n/unassign @amy', [], ['amy']],
  ['/unassign amy\n/assign @Amy', ['Amy'], []],
  ['/assign amy amy @amy', ['amy'], []],
  ['/assign a-b_c9', ['a-b_c9'], []],
  ['/assign @org/reviewers', ['org/reviewers'], []],
  ['/assign @Invalid$User', [], []],
  ['/assign @amy please!', [], []],
  ['/assign @amy @ben: look', [], []],
  ['/assign @@amy', [], []],
  ['/assignee amy', [], []],
  ['/reassign amy', [], []],
  [' /assign amy', [], []],
  ['> /assign amy', [], []],
  ['/assign\u00a0amy', [], []],
  ['/assign __proto__ constructor', ['__proto__', 'constructor'], []],
])('%j wants %j and not %j', (text, add, remove) => {
  expect(wishesIn(assignCommand.all(text), 'me')).toEqual({ add, remove })
  expect(wishesIn(ccCommand.all(text.replace(/assign/i, 'cc').replace(/assign/g, 'cc')), 'me')).toEqual({ add, remove })
})

test('several commands in one comment are all carried out, those that take off first', async () => {
  const { says, host } = play()
  host.open({ org: 'org', repo: 'repo', number: 1 }, there)
  await says('cleo', '/assign @cleo\r\n/unassign @ben\r\n/uncc @amy \r\n/cc @cleo\r\n')
  expect(host.take()).toEqual([
    'org/repo#1 unassign ben',
    'org/repo#1 assign cleo',
    'org/repo#1 unrequest review amy',
    'org/repo#1 request review cleo',
  ])
})

test('without a name it is the speaker', async () => {
  const { says, host } = play()
  await says('amy', '/assign')
  await says('ben', '/cc')
  await says('amy', '/unassign')
  await says('ben', '/uncc')
  expect(host.take()).toEqual([
    'org/repo#1 assign amy',
    'org/repo#1 request review ben',
    'org/repo#1 unassign amy',
    'org/repo#1 unrequest review ben',
  ])
})

test('the host is asked once for all of a kind', async () => {
  const { says, host } = play()
  await says('amy', '/assign amy ben\n/assign cleo\n/cc amy ben')
  expect(host.calls.filter((call) => call !== 'isBot')).toEqual(['assign', 'requestReview'])
})

test('where nobody is to be added the host is not asked to', async () => {
  const { says, host } = play()
  await says('amy', '/unassign ben\n/uncc ben')
  expect(host.calls).toEqual(['unassign', 'unrequestReview'])
})

test('whom the host left out the answer names, without a mention', async () => {
  const { says, host, pr } = play()
  await says('amy', '/assign @amy @ben @ben @mallory')
  expect(pr().assignees.map(({ login }) => login)).toEqual(['amy', 'ben'])
  const [, answer, ...more] = host.take()
  expect(answer).toMatch(
    /^org\/repo#1 comment: @amy: GitHub didn't allow me to assign the following users: mallory\.\n\n.*no more than 10/,
  )
  expect(more).toEqual([])
  expect(answer?.split('<details>')[0]).not.toContain('@mallory')
  expect(answer).toContain('](https://github.com/orgs/org/people)')
})

test('a refused review is told, too; the author cannot review', async () => {
  const { says, host, pr } = play()
  await says('amy', '/cc @mallory ben @author')
  expect(pr().requested_reviewers.map(({ login }) => login)).toEqual(['ben'])
  expect(host.take()[1]).toMatch(
    /@amy: GitHub didn't allow me to request PR reviews from the following users: mallory, author\.\n/,
  )
})

test('teams are asked for reviews, and cannot be assigned', async () => {
  const { says, host, pr } = play()
  await says('amy', '/cc @org/reviewers @else/reviewers')
  expect(pr().requested_teams).toEqual(['reviewers'])
  expect(host.take()[1]).toContain('following users: else/reviewers.')
  await says('amy', '/assign ben @org/reviewers\n/unassign @org/others')
  expect(host.take()).toEqual([
    'org/repo#1 assign ben',
    expect.stringMatching(/assign the following users: org\/reviewers\.(?:.|\n)*Teams cannot: ask them for a review/),
  ])
  expect(host.calls).not.toContain('unassign')
})

test('on an issue people are assigned, and nobody is asked for a review', async () => {
  const { says, host } = play({ issue: {} })
  await says('amy', '/assign ben\n/cc ben')
  expect(host.take()).toEqual(['org/repo#1 assign ben'])
  expect(host.calls).not.toContain('requestReview')
})

test('closed ones count as well, edits never do', async () => {
  const { says, change, host } = play()
  change({ state: 'closed' })
  await says('amy', '/assign', { action: 'edited' })
  expect(host.calls).toEqual([])
  await says('amy', '/assign')
  expect(host.take()).toEqual(['org/repo#1 assign amy'])
})

test('a command in a new description is by its author', async () => {
  const { opens, host } = play()
  await opens({ body: 'Mends it.\n/cc @amy' })
  expect(host.take()).toEqual(['org/repo#1 request review amy'])
})

test('what fails keeps nothing else from being done', async () => {
  const { says, host, change, metrics } = play()
  change(there)
  host.before = (operation) => {
    if (operation === 'unassign' || operation === 'assign') throw new CodeHostError('forbidden', 403, 'no')
  }
  await says('amy', '/unassign ben\n/assign cleo\n/uncc ben\n/cc cleo')
  expect(host.take()).toEqual(['org/repo#1 unrequest review ben', 'org/repo#1 request review cleo'])
  expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{[^}]*plugin="assign"[^}]*\} 1/)
})

test('after a lost answer everybody is assigned once, and told once', async () => {
  const { says, host, clock, pr } = play()
  let lost = 0
  host.after = (operation) => {
    if ((operation === 'assign' || operation === 'comment') && lost++ < 2)
      throw new CodeHostError('unavailable', 0, 'connection lost')
  }
  await says('amy', '/assign ben mallory')
  await clock.advance('10m')
  expect(lost).toBeGreaterThan(2)
  expect(host.take()).toEqual(['org/repo#1 assign ben', expect.stringContaining('following users: mallory.')])
  expect(pr().assignees).toHaveLength(1)
})

test('a name that is too long for an answer is cut', async () => {
  const { says, host } = play()
  await says('amy', `/cc ${'x'.repeat(65_000)}`)
  expect(host.take()).toEqual([expect.stringContaining(`following users: ${'x'.repeat(100)}.\n`)])
})

test('commands in comments of the bot itself count: other plugins ask for reviews that way', async () => {
  const { says, host } = play()
  await says('k8s-ci-robot', 'This bug has somebody who verifies it.\n\n/cc @ben')
  expect(host.take()).toEqual(['org/repo#1 request review ben'])
})

test('too many names are refused before the host is asked', async () => {
  const { says, host } = play()
  const names = (length: number) => Array.from({ length }, (_, index) => `user${index}`).join(' ')
  await says('amy', `/assign ${names(50)}`)
  expect(host.take()).toEqual([expect.stringContaining('following users: user0, user1,')])
  await says('amy', `/assign ${names(51)}\n/cc ben`)
  expect(host.take()).toEqual([
    expect.stringContaining('@amy: these are too many names at once'),
    'org/repo#1 request review ben',
  ])
})

test('a text full of half commands is read in no time', () => {
  const text = `/assign${' a'.repeat(30_000)} !`
  const began = performance.now()
  expect(assignCommand.all(text)).toEqual([])
  expect(performance.now() - began).toBeLessThan(2000)
})
