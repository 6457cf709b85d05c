// issue-management, as people see it.
import { expect, test } from 'vitest'
import { CodeHostError, type PullRequest } from '../../api/code-host.ts'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { type SceneOptions, scene } from '../../testing/plugin-scene.ts'
import management from './issue-management.ts'

/** The pull request is number 1; there are issues, here and elsewhere. */
function onPull(given: Partial<PullRequest> = {}) {
  const it = scene({ with: [management] })
  it.change(given)
  it.host.state.members.add('org/bob')
  for (const number of [2, 12, 123]) it.host.openIssue({ org: 'org', repo: 'repo', number })
  it.host.openIssue({ org: 'foo', repo: 'bar', number: 10 })
  it.host.open({ org: 'org', repo: 'repo', number: 5 })
  it.host.take()
  return it
}

function onIssue(options: Partial<SceneOptions> = {}) {
  const it = scene({ with: [management], issue: {}, ...options })
  it.host.state.members.add('org/bob')
  it.host.state.repos.set('org/test-infra', {})
  return it
}

/** What somebody was told, without the quote. */
const told = (effects: readonly string[]) =>
  effects.flatMap((effect) => /^org\/repo#1 comment: (.*?)\n\n<details>/s.exec(effect)?.[1] ?? [])

const up = 'The issue links of this pull request'

test.each<[body: string, text: string, after: string]>([
  ['line1\nFixes #1\nline3', '/link-issue 2 foo/bar#10', 'line1\nFixes #1 #2 foo/bar#10\nline3'],
  ['', '/link-issue 12', '\nFixes #12'],
  ['a', '/link-issue #12 \r\n', 'a\n\nFixes #12'],
  ['a', '/LINK-ISSUE org/repo#12\n/link-issue 2', 'a\n\nFixes #12 #2'],
  ['Fixes #12 #2', '/unlink-issue 2\n/link-issue 123', 'Fixes #12 #123'],
  ['Fixes #12', '/unlink-issue 12', ''],
  ['Fixes #12', '/unlink-issue #12 org/repo#7', ''],
  ['Fixes #12 foo/bar#10', '/unlink-issue foo/bar#10', 'Fixes #12'],
])('%j with %j becomes %j', async (body, text, after) => {
  const { says, pr, host } = onPull({ body })
  await says('bob', text)
  expect(pr().body).toBe(after)
  expect(told(host.take())).toEqual([`@bob: ${up} have been updated.`])
})

test.each<[text: string, says: string[]]>([
  ['/link-issue abc', ['- `abc` names no issue: write 123 or org/repo#123']],
  ['/link-issue 77', ['- `#77` does not exist']],
  ['/link-issue no/such#1', ['- `no/such#1` does not exist']],
  ['/link-issue 5', ['- #5 is a pull request']],
  ['/link-issue @org/all <b> 12', ['- `@org/all` names', '- `<b>` names']],
])('%j is told what is wrong', async (text, problems) => {
  const { says, pr, host } = onPull({ body: 'Fixes #12' })
  await says('bob', text)
  expect(pr().body).toBe('Fixes #12')
  const [answer = ''] = told(host.take())
  expect(answer).toContain(`@bob: ${up} are up to date already.\n\nThese could not be linked:\n`)
  for (const problem of problems) expect(answer).toContain(problem)
})

test('what is good is linked beside what is not', async () => {
  const { says, pr, host } = onPull({ body: '' })
  await says('bob', '/link-issue 12 abc')
  expect(pr().body).toBe('\nFixes #12')
  expect(told(host.take())[0]).toMatch(/have been updated\.\n\nThese could not be linked:\n- `abc`/)
})

test('strangers, issues and edited comments link nothing; nor does too much at once', async () => {
  const { says, pr, host } = onPull({ body: 'b' })
  await says('casey', '/link-issue 12')
  expect(told(host.take())).toEqual(['@casey: You must be a member of the org organization to link or unlink issues.'])
  await says('bob', '/link-issue 12', { action: 'edited' })
  expect(host.take()).toEqual([])
  const refused = onPull({ body: 'b' })
  refused.host.before = (operation) => {
    if (operation === 'issue') throw new CodeHostError('forbidden', 403, 'no')
  }
  await refused.says('bob', '/link-issue 12')
  expect(refused.host.take()).toEqual([])
  const most = onPull({ body: 'b' })
  await most.says('bob', `/link-issue ${Array(50).fill(12).join(' ')}`)
  expect(most.pr().body).toBe('b\n\nFixes #12')
  await says('bob', `/link-issue ${Array(51).fill(12).join(' ')}`)
  expect(told(host.take())).toEqual(['@bob: These are too many issues at once: I take no more than 50.'])
  expect(pr().body).toBe('b')
  const issue = onIssue()
  await issue.says('bob', '/unlink-issue 12')
  expect(told(issue.host.take())).toEqual(['@bob: This command can only be used on pull requests.'])
})

test.each(['comment', 'edit'] as const)(
  'a repeated task after a lost answer to %s changes and says nothing twice',
  async (what) => {
    const { says, pr, host, clock } = onPull({ body: 'b' })
    let failures = 1
    host.after = (operation) => {
      if (operation === what && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
    }
    await says('bob', '/link-issue 12')
    await clock.advance('1m')
    expect(pr().body).toBe('b\n\nFixes #12')
    expect(told(host.take())).toHaveLength(1)
  },
)

const owners = memoryOwners({ OWNERS: 'approvers: [Alice]\nreviewers: [bob]', 'pkg/OWNERS': 'approvers: [dora]' })

test('root approvers pin and unpin, in any case of their login', async () => {
  const { says, host } = onIssue({ owners })
  await says('alice', '/pin-issue')
  expect(host.take()).toEqual(['org/repo#1 pin', expect.stringContaining('@alice: The issue has been pinned.')])
  await says('ALICE', 'ok\n/UNPIN-issue \r\n')
  expect(host.take()).toEqual(['org/repo#1 unpin', expect.stringContaining('@ALICE: The issue has been unpinned.')])
  await says('alice', '/unpin-issue\n/pin-issue')
  expect(host.take()[0]).toBe('org/repo#1 pin')
})

test('nobody else pins, and nobody where OWNERS cannot be read', async () => {
  const { says, host } = onIssue({ owners })
  for (const login of ['bob', 'dora', 'casey']) await says(login, '/pin-issue')
  expect(told(host.take())).toEqual(
    ['bob', 'dora', 'casey'].map(
      (login) => `@${login}: Only approvers in the top-level OWNERS file of this repository can pin issues.`,
    ),
  )
  const without = onIssue()
  await without.says('alice', '/unpin-issue')
  expect(told(without.host.take())).toEqual([
    '@alice: Only approvers in the top-level OWNERS file of this repository can unpin issues.',
  ])
  const pull = onPull()
  await pull.says('alice', '/pin-issue')
  expect(told(pull.host.take())).toEqual(['@alice: Pull requests cannot be pinned, only issues.'])
  await pull.says('alice', '/pin-issue', { action: 'edited' })
  expect(pull.host.take()).toEqual([])
})

test('a fourth pin is refused', async () => {
  const { says, host } = onIssue({ owners })
  for (const number of [2, 3, 4]) host.state.pinned.add(`org/repo#${number}`)
  await says('alice', '/pin-issue')
  expect(told(host.take())).toEqual([
    '@alice: The issue could not be pinned. GitHub takes no more than three pinned issues. Please try again later.',
  ])
})

test.each(['/transfer test-infra', '/transfer-issue test-infra\r', '/TRANSFER   test-infra  \r\nbye'])(
  '%j moves the issue, and says nothing',
  async (text) => {
    const { says, host } = onIssue()
    await says('bob', text)
    expect(host.take()).toEqual(['org/repo#1 transfer to org/test-infra#1'])
  },
)

test.each<[text: string, login: string, answer: string]>([
  ['/transfer', 'bob', 'must be used once'],
  ['/transfer-issue test-infra\n/transfer other', 'bob', 'must be used once'],
  ['/transfer nowhere', 'bob', '`nowhere` is no repository of the org organization.'],
  ['/transfer ../../orgs/x', 'bob', '`../../orgs/x` is no repository'],
  ['/transfer org/test-infra', 'bob', '`org/test-infra` is no repository'],
  ['/transfer test-infra', 'casey', 'You must be a member of the org organization to transfer this issue.'],
  // Whether a repository is there is nothing for strangers.
  ['/transfer secret', 'casey', 'You must be a member of the org organization to transfer this issue.'],
])('%j by %s is answered: %s', async (text, login, answer) => {
  const { says, host } = onIssue()
  await says(login, text)
  const effects = host.take()
  expect(effects).toHaveLength(1)
  expect(told(effects)[0]).toContain(answer)
})

test.each([
  '/transfer \r\n',
  '/transfer\r\n',
  '/transfers x',
  ' /transfer x',
  '/pin-issues',
  '/link-issue',
  '/link-issue \r\n',
])('%j does nothing', async (text) => {
  const { says, host } = onIssue({ owners })
  await says('bob', text)
  expect(host.take()).toEqual([])
})

test('pull requests cannot be transferred, and of several commands the first kind counts', async () => {
  const { says, host, pr } = onPull({ body: '' })
  await says('bob', '/transfer test-infra')
  expect(told(host.take())).toEqual(['@bob: Pull requests cannot be transferred, only issues.'])
  await says('bob', '/transfer test-infra\n/pin-issue\n/link-issue 12')
  expect([pr().body, told(host.take()).length]).toEqual(['\nFixes #12', 1])
})

test('a transfer whose answer was lost is not made twice', async () => {
  const { says, host, clock } = onIssue()
  let failures = 1
  host.after = (operation) => {
    if (operation === 'transferIssue' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await says('bob', '/transfer test-infra')
  await clock.advance('1m')
  expect(host.take()).toEqual(['org/repo#1 transfer to org/test-infra#1'])
})
