// verify-owners, as the people on a pull request see it. What the files say once they are merged is given here.
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import type { PluginConfig } from '../../config/types.ts'
import { GitError } from '../../git/git.ts'
import type { Owners } from '../../owners/owners.ts'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import type { OwnersVerdict } from '../../owners/verify.ts'
import { snapshot } from '../../testing/config.ts'
import { scene } from '../../testing/plugin-scene.ts'
import verifyOwners from './verify-owners.ts'

const fine: OwnersVerdict = { invalid: [], aliasProblem: undefined, emptyAliases: [], newcomers: new Map() }
const invalid = [{ file: 'OWNERS', line: 1, message: 'No approvers defined in this root directory OWNERS file.' }]
const zee = new Map([['zee', ['OWNERS', 'a/OWNERS']]])
const label = 'do-not-merge/invalid-owners-file'
const patch = '@@ -0,0 +1,2 @@\n+reviewers:\n+- zee'

function play(verdict: Partial<OwnersVerdict> | Error = {}, plugins: Partial<PluginConfig> = {}) {
  const now = { verdict }
  const asked: Parameters<Owners['verify']>[] = []
  const owners: Owners = {
    ...memoryOwners({}),
    async verify(...given) {
      asked.push(given)
      if (now.verdict instanceof Error) throw now.verdict
      return { ...fine, ...now.verdict }
    },
  }
  const it = scene({ with: [verifyOwners], owners, plugins })
  it.host.state.files.set('org/repo#1', [{ filename: 'OWNERS', patch }, 'main.go'])
  return { ...it, now, asked }
}

test.each([
  ['opened', true],
  ['reopened', true],
  ['synchronize', true],
  ['edited', false],
  ['labeled', false],
  ['closed', false],
])('the action %s: %s', async (action, looks) => {
  const { acts, asked, pr, host } = play()
  await acts(action)
  const { filename, status } = (await host.changedFiles({ org: 'org', repo: 'repo', number: 1 }))[0] ?? {}
  expect(asked).toEqual(
    looks
      ? [
          [
            expect.objectContaining({ org: 'org', repo: 'repo' }),
            {
              branch: 'main',
              head: pr().head.sha,
              files: [expect.objectContaining({ filename, status }), expect.objectContaining({ filename: 'main.go' })],
            },
          ],
        ]
      : [],
  )
})

test.each<[text: string, looks: boolean]>([
  ['/verify-owners', true],
  ['done\r\n/Verify-Owners \r\n', true],
  ['/verify-owners please', false],
  ['> /verify-owners', false],
])('%j: %s', async (text, looks) => {
  const { says, asked } = play()
  await says('stranger', text)
  expect(asked).toHaveLength(looks ? 1 : 0)
})

test('closed pull requests and issues are not looked at', async () => {
  const { says, saysOnIssue, change, host } = play()
  await saysOnIssue('stranger', '/verify-owners')
  change({ state: 'closed' })
  await says('stranger', '/verify-owners')
  expect(host.calls).toEqual([])
})

test('without OWNERS files there is nothing to look at, unless the label is there', async () => {
  const { opens, acts, change, host, asked } = play()
  host.state.files.set('org/repo#1', ['main.go'])
  await opens()
  expect(asked).toEqual([])
  expect(host.calls).toEqual(['changedFiles', 'labels'])
  change({ labels: [label] })
  await acts('synchronize')
  expect(asked).toHaveLength(1)
  expect(host.take()).toEqual([`org/repo#1 -${label}`])
})

test('files with other names are those that count', async () => {
  const plugins = { sections: { owners: { filenames: { 'org/repo': { owners: 'PEOPLE' } } } } }
  const { opens, host, asked } = play(
    { invalid: [{ ...invalid[0], file: 'a/PEOPLE', line: 1, message: 'no' }] },
    plugins,
  )
  await opens()
  expect(asked).toEqual([])
  host.state.files.set('org/repo#1', [{ filename: 'a/PEOPLE', patch }])
  await opens()
  expect(host.take()[1]).toContain('@author: 1 invalid PEOPLE file\n')
})

test('a broken file: the label, and a review with a comment at its line', async () => {
  const { opens, host, pr } = play({ invalid })
  await opens({ body: 'Adds\nowners' })
  const [first, review, ...more] = host.take()
  expect(first).toBe(`org/repo#1 +${label}`)
  expect(review).toMatch(
    /^org\/repo#1 review COMMENT: @author: 1 invalid OWNERS file\n\n<details>\n\n.*\n\n>Adds\n>owners\n/,
  )
  expect(review).toContain(` | OWNERS:1 ${invalid[0]?.message}`)
  expect(more).toEqual([])
  expect(host.state.reviews.get('org/repo#1')?.[0]?.commit_id).toBe(pr().head.sha)
})

test('nothing is said twice: on the next push, by command, after a lost answer', async () => {
  const { opens, acts, says, now, host, clock } = play({ invalid })
  let lost = false
  host.after = (operation) => {
    if (operation !== 'createReview' || lost) return
    lost = true
    throw new CodeHostError('unavailable', 0, 'connection lost')
  }
  await opens()
  await clock.advance('10m')
  expect(lost).toBe(true)
  expect(host.take()).toHaveLength(2)
  await acts('synchronize')
  await says('stranger', '/verify-owners')
  expect(host.take()).toEqual([])
  now.verdict = { invalid: [...invalid, { file: 'main.go', line: 1, message: 'another' }] }
  host.state.files.set('org/repo#1', [
    { filename: 'OWNERS', patch },
    { filename: 'main.go', patch },
  ])
  await says('stranger', '/verify-owners')
  const review = host.take()
  expect(review).toEqual([expect.stringContaining('2 invalid OWNERS files')])
  expect(review[0]).not.toContain(invalid[0]?.message)
})

test('what others say at a line does not count as said', async () => {
  const { opens, host } = play({ invalid })
  const comment = {
    id: 1,
    body: invalid[0]?.message ?? '',
    path: 'OWNERS',
    position: 1,
    html_url: '',
    created_at: '',
    updated_at: '',
  }
  host.state.reviewComments.set('org/repo#1', [{ ...comment, user: { login: 'mallory', type: 'User', html_url: '' } }])
  await opens()
  expect(host.take()).toHaveLength(2)
})

test('of a file that the host shows no patch of, the review of each commit tells once', async () => {
  const { opens, acts, host } = play({ invalid })
  host.state.files.set('org/repo#1', ['OWNERS'])
  await opens()
  await acts('synchronize')
  expect(host.take()).toEqual([`org/repo#1 +${label}`, expect.stringContaining(`* \`OWNERS\`: ${invalid[0]?.message}`)])
  await acts('synchronize', {}, { head: { ref: 'feature', sha: 'feed000000000000000000000000000000000000' } })
  expect(host.take()).toHaveLength(1)
})

test('mended: the label goes', async () => {
  const { opens, acts, now, host } = play({ invalid })
  await opens()
  host.take()
  now.verdict = {}
  await acts('synchronize')
  expect(host.take()).toEqual([`org/repo#1 -${label}`])
})

test('people who are not trusted: the label and one comment, until they are', async () => {
  const { opens, acts, says, host } = play({ newcomers: new Map([...zee, ['amy', ['OWNERS']]]) })
  host.state.members.add('org/amy')
  await opens()
  const comment = host.take()
  expect(comment).toEqual([
    `org/repo#1 +${label}`,
    expect.stringContaining('\n- zee\n  - User is not a member of the org. '),
  ])
  expect(comment[1]).toMatch(/comment: The OWNERS file contains untrusted users, which makes it INVALID\./)
  expect(comment[1]).toMatch(/\n {2}- OWNERS\n {2}- a\/OWNERS$/)
  expect(comment[1]).toContain('](https://github.com/orgs/org/people)')
  expect(comment[1]).not.toContain('amy')
  await acts('synchronize')
  expect(host.take()).toEqual([])
  host.state.members.add('org/zee')
  await says('stranger', '/verify-owners')
  expect(host.take()).toEqual([
    `org/repo#1 -${label}`,
    expect.stringMatching(/^org\/repo delete comment: The OWNERS file contains/),
  ])
})

test('others in their place: one comment in place of the other', async () => {
  const { opens, acts, now, host } = play({ newcomers: zee })
  host.say(
    { org: 'org', repo: 'repo', number: 1 },
    'mallory',
    'The OWNERS file contains untrusted users, which makes it INVALID.',
  )
  await opens()
  host.take()
  now.verdict = { newcomers: new Map([['yan', ['OWNERS']]]) }
  await acts('synchronize')
  expect(host.take()).toEqual([expect.stringContaining('- zee'), expect.stringContaining('- yan')])
})

test('where one joins is as configured', async () => {
  const trigger = {
    repos: ['org'],
    trusted_apps: [],
    trusted_org: '',
    join_org_url: 'https://join.us',
    only_org_members: true,
    ignore_ok_to_test: false,
    trigger_github_workflows: false,
  }
  const { opens, host } = play({ newcomers: zee }, { triggers: [trigger] })
  host.state.collaborators.add('org/repo/zee')
  await opens()
  expect(host.take()[1]).toContain('[members](https://join.us)')
})

test.each([
  [['org/repo'], true],
  [['org'], true],
  [['org/other'], false],
])('people are not looked up with skip_collaborators %j: %s', async (skip_collaborators, skips) => {
  const { opens, host } = play({ newcomers: zee }, { sections: { owners: { skip_collaborators } } })
  await opens()
  expect(host.take()).toHaveLength(skips ? 0 : 2)
})

test('a broken file keeps its label also when nobody can be looked up', async () => {
  const { opens, host, pr } = play({ invalid, newcomers: zee })
  host.before = (operation) => {
    if (operation === 'isMember') throw new CodeHostError('forbidden', 403, 'no')
  }
  await opens()
  expect(pr().labels).toEqual([label])
  expect(host.take().join()).not.toContain('untrusted')
})

test('broken aliases: the label and one comment, and nothing else is looked at, until they are mended', async () => {
  const aliasProblem = { line: 3, message: 'alias `@x` must be\na list' }
  const { opens, acts, now, host } = play({ aliasProblem, invalid, newcomers: zee, emptyAliases: ['x'] })
  await opens()
  expect(host.take()).toEqual([
    `org/repo#1 +${label}`,
    'org/repo#1 comment: The content of OWNERS_ALIASES is invalid.\n\nLine 3: `` alias `@x` must be a list ``',
  ])
  await acts('synchronize')
  expect(host.take()).toEqual([])
  now.verdict = {}
  await acts('synchronize')
  expect(host.take()).toEqual([
    expect.stringMatching(/^org\/repo delete comment: The content of OWNERS_ALIASES/),
    `org/repo#1 -${label}`,
  ])
})

test('empty aliases are told of once, and do no harm', async () => {
  const { opens, acts, now, host } = play({ emptyAliases: ['x', 'y'] })
  await opens()
  await acts('synchronize')
  expect(host.take()).toEqual(['org/repo#1 comment: There are empty aliases in OWNER_ALIASES, cleanup is advised.'])
  now.verdict = {}
  await acts('synchronize')
  expect(host.take()).toEqual([expect.stringMatching(/^org\/repo delete comment: There are empty aliases/)])
})

test('a conflict with the base branch is told to who asked, and changes nothing', async () => {
  const { acts, says, host } = play(new GitError('conflict', 'cannot merge'))
  await acts('synchronize', {}, { labels: [label] })
  expect(host.take()).toEqual([])
  await says('casey', '/verify-owners')
  expect(host.take()).toEqual([expect.stringContaining('@casey: this pull request conflicts with its base branch')])
})

test('a repository that cannot be read is tried again', async () => {
  const { opens, now, host, clock } = play(new GitError('unavailable', 'no answer'))
  await opens()
  expect(host.take()).toEqual([])
  now.verdict = { invalid }
  await clock.advance('1m')
  expect(host.take()[0]).toBe(`org/repo#1 +${label}`)
})

test('the help names the labels, and the files where they are called otherwise', () => {
  const filenames = { 'org/repo': { owners: 'PEOPLE', owners_aliases: 'GROUPS' }, other: { owners: 'X' } }
  const { plugins } = snapshot({ plugins: { sections: { owners: { labels_denylist: ['a', 'b'], filenames } } } })
  expect(verifyOwners.help?.(plugins, ['org/repo', 'org/else', 'other/repo']).config).toEqual({
    default: 'OWNERS files must not set these labels: a, b.',
    'org/repo': 'The files are called PEOPLE, and that of the aliases GROUPS.',
    'other/repo': 'The files are called X, and that of the aliases nothing.',
  })
  expect(verifyOwners.help?.(snapshot().plugins, ['org/repo']).config).toEqual({
    default: 'OWNERS files must not set these labels: approved, lgtm.',
  })
})
