// cherrypicker: who is answered what, and what becomes of it when something is wrong. Git is a stand-in; test/conversations has the real one.
import { expect, test } from 'vitest'
import { type CodeHost, CodeHostError } from '../../api/code-host.ts'
import { GitError } from '../../git/git.ts'
import type { WritableGit } from '../../git/open.ts'
import { survivesInterruptions } from '../../testing/interrupted.ts'
import type { MemoryCodeHost } from '../../testing/memory-code-host.ts'
import { userNamed } from '../../testing/memory-code-host.ts'
import { type PluginScene, scene } from '../../testing/plugin-scene.ts'
import plugin, { cherrypicker, defaultSettings } from './cherrypicker.ts'

const bot = 'k8s-ci-robot'
const never = () => {
  throw new Error('nobody asks for this')
}

/** Patches apply on every branch, and pushes arrive; `fails` makes a step fail. */
function fakeGit(host: () => MemoryCodeHost, fails: (step: string) => void = () => {}): WritableGit {
  const mirror: WritableGit['mirror'] = ({ org, repo }) => ({
    head: async (branch) => host().state.branches.get(`${org}/${repo}:${branch}`),
    async worktree(commit, _signal, committer) {
      let head = commit
      return {
        dir: '',
        close: async () => {},
        head: async () => head,
        async am(mailbox, { base, head: last }) {
          fails(`am on ${commit} of ${base}..${last}`)
          if (mailbox !== 'nothing new') head = `${commit} + ${mailbox} by ${committer?.name} <${committer?.email}>`
        },
        async push(to, branch, how) {
          fails(`push to ${to.org}/${to.repo}`)
          expect(how).toEqual({ force: true })
          host().state.branches.set(`${to.org}/${to.repo}:${branch}`, head)
        },
        ...{ isDirty: never, reset: never, merge: never, commit: never },
      }
    },
    ...{ ensure: never, merged: never, files: never, read: never, changed: never, hasMerges: never },
  })
  return { mirror }
}

interface Given {
  readonly settings?: Partial<typeof defaultSettings>
  readonly fails?: (step: string) => void
  readonly hasFork?: boolean
}

/** Number 1 by ann, merged, a fork of the bot, three release branches, and bob, who is a member. */
function begin({ settings = {}, fails, hasFork = true }: Given = {}): PluginScene {
  const started: PluginScene = scene({
    with: [cherrypicker({ ...defaultSettings, ...settings })],
    git: fakeGit(() => started.host, fails),
  })
  const { state } = started.host
  state.members.add('org/bob')
  for (const branch of ['v1', 'v2', 'v3']) state.branches.set(`org/repo:${branch}`, `tip of ${branch}`)
  if (hasFork) {
    state.repos.set(`${bot}/repo`, {})
    state.branches.set(`${bot}/repo:main`, 'main')
  }
  state.patches.set('org/repo#1', 'patch')
  started.change({ ...merged, title: '[main] Fix', user: userNamed('ann') })
  return started
}
const merged = { state: 'closed', merged: true, merge_commit_sha: 'abc' } as const

const said = ({ host }: PluginScene) =>
  (host.state.comments.get('org/repo#1') ?? []).filter(({ user }) => user.login === bot).map(({ body }) => body)
const pulls = ({ host }: PluginScene) =>
  [...host.state.pulls.values()].slice(1).map(({ number, title, base }) => `#${number} ${title} → ${base.ref}`)

test('a member’s comment makes a pull request, with labels, and assigns whoever asked', async () => {
  const scene = begin({ settings: { labels: ['backport', 'bot'] } })
  await scene.says('bob', '/cherrypick v1')
  expect(scene.host.take().filter((effect) => !effect.includes('comment'))).toEqual([
    'org/repo new pull request #2: [v1] Fix (k8s-ci-robot:cherry-pick-1-to-v1 → v1)',
    'org/repo#2 +backport',
    'org/repo#2 +bot',
    'org/repo#2 assign bob',
  ])
  expect(said(scene)).toEqual([expect.stringMatching(/^@bob: new pull request created: #2\n[\s\S]*>\/cherrypick v1/)])
  expect(scene.host.state.branches.get(`${bot}/repo:cherry-pick-1-to-v1`)).toMatch(
    /^tip of v1 \+ patch by k8s-ci-robot <.+@.+>$/,
  )
})

test('without assignments nobody is assigned, nor told so', async () => {
  const scene = begin({ settings: { useProwAssignments: false } })
  await scene.says('bob', '/cherrypick v1')
  expect(scene.host.state.pulls.get('org/repo#2')).toMatchObject({
    body: 'This is an automated cherry-pick of #1',
    assignees: [],
  })
  scene.change({ state: 'open', merged: false })
  await scene.says('bob', '/cherrypick v1')
  expect(said(scene)[1]).toMatch(/^@bob: once the present PR merges, .* on top of `v1` in a new PR\.\n/)
})

test.each<[string, object, string, string, RegExp | undefined]>([
  [
    'a stranger',
    {},
    'eve',
    '/cherrypick v1',
    /^@eve: only \[org\]\(https:\/\/github\.com\/orgs\/org\/people\) org members/,
  ],
  ['an unmerged one', { merged: false }, 'bob', '/cherrypick v1', /^@bob: cannot cherry-pick an unmerged PR/],
  ['its own base', {}, 'bob', '/cherrypick main', /^@bob: this PR merges into `main`/],
  [
    'an open one',
    { state: 'open', merged: false },
    'bob',
    '/cherrypick v2\n/cherrypick main\n/cherrypick v1',
    /top of `v1`, `v2` in a new PR and assign it to you\. `main` is left out/,
  ],
  ['an open one, by a stranger', { state: 'open', merged: false }, 'eve', '/cherrypick v1', /org members may request/],
  [
    'a branch that is none',
    {},
    'bob',
    '/cherrypick `@org/team`',
    /^@bob: cannot checkout `` `@org\/team` ``: there is no such branch/,
  ],
  ['an empty command', {}, 'bob', '/cherrypick  ', undefined],
  ['an empty command with CRLF', {}, 'bob', '/cherrypick \r\n', undefined],
  ['another text', {}, 'bob', 'cherrypick v1', undefined],
])('%s: answered, and nothing is made', async (_what, given, login, text, want) => {
  const scene = begin()
  scene.change(given)
  scene.host.calls.length = 0
  await scene.says(login, text)
  expect(said(scene)).toEqual(want ? [expect.stringMatching(want)] : [])
  expect(pulls(scene)).toEqual([])
  if (!want) expect(scene.host.calls).toEqual([])
})

test('comments on issues, edits and descriptions of new pull requests say nothing', async () => {
  const scene = begin()
  await scene.says('bob', '/cherrypick v1', { action: 'edited' })
  await scene.opens({ body: '/cherrypick v1', user: userNamed('bob') })
  await scene.reviews('bob', 'approved', '/cherrypick v1')
  expect([said(scene), pulls(scene)]).toEqual([[], []])
  const onIssue = begin()
  onIssue.host.openIssue({ org: 'org', repo: 'repo', number: 1 })
  onIssue.host.state.pulls.clear()
  await onIssue.issueActs('opened', {}, { body: '/cherrypick v1' })
  await onIssue.saysOnIssue('bob', '/cherrypick v1')
  expect(said(onIssue)).toEqual([])
})

test('where anybody may ask, a stranger may', async () => {
  const scene = begin({ settings: { allowAll: true } })
  await scene.says('eve', '/cherrypick v1')
  expect(pulls(scene)).toEqual(['#2 [v1] Fix → v1'])
})

test('of three branches one conflicts: two pull requests and one failure, in their order', async () => {
  const scene = begin({
    fails: (step) => {
      if (step.startsWith('am on tip of v2')) throw new GitError('conflict', 'org/repo: CONFLICT in ```a')
    },
  })
  await scene.says('bob', '/cherrypick v3\n/cherrypick v2 v1\n/cherrypick v1\n/cherrypick main')
  expect(pulls(scene)).toEqual(['#2 [v1] Fix → v1', '#3 [v3] Fix → v3'])
  expect(said(scene)).toEqual([
    expect.stringMatching(/^@bob: `main` is left out/),
    expect.stringMatching(/^@bob: new pull request created: #2\n/),
    expect.stringMatching(
      /^@bob: #1 failed to apply on top of branch "v2":\n````\norg\/repo: CONFLICT in ```a\n````\n/,
    ),
    expect.stringMatching(/^@bob: new pull request created: #3\n/),
  ])
})

const conflicts = () => {
  throw new GitError('conflict', 'CONFLICT in a')
}
test('a conflict becomes an issue where that is wanted', async () => {
  const scene = begin({ settings: { createIssueOnConflict: true }, fails: conflicts })
  await scene.says('bob', '/cherrypick v1')
  expect(scene.host.state.issues.get('org/repo#2')).toMatchObject({
    title: '#1 failed to apply on top of branch "v1"',
    body: 'Manual cherrypick required.\n\n#1 failed to apply on top of branch "v1":\n```\nCONFLICT in a\n```',
    assignees: [{ login: 'bob' }],
  })
  expect(said(scene)[1]).toMatch(/^@bob: new issue created for failed cherrypick: #2\n/)
})

test('a second request finds the pull request of the first; a closed one does not count', async () => {
  const scene = begin()
  await scene.says('bob', '/cherrypick v1')
  await scene.says('bob', '/cherrypick v1')
  expect(said(scene)[1]).toMatch(
    /^@bob: Looks like #1 has already been cherry picked in https:\/\/github\.com\/org\/repo\/pull\/2\n/,
  )
  const made = scene.host.state.pulls.get('org/repo#2')
  if (made) scene.host.state.pulls.set('org/repo#2', { ...made, state: 'closed' })
  await scene.says('bob', '/cherrypick v1')
  expect(pulls(scene)).toHaveLength(2)
})

const refuses = (operation: keyof CodeHost, kind: CodeHostError['kind']) => (asked: string) => {
  if (asked === operation) throw new CodeHostError(kind, 403, `GitHub says ${kind}`)
}
test('where the bot may not fork, it pushes to the repository itself', async () => {
  const scene = begin()
  scene.host.before = refuses('createFork', 'forbidden')
  await scene.says('bob', '/cherrypick v1')
  expect(scene.host.effects[0]).toBe('org/repo new pull request #2: [v1] Fix (cherry-pick-1-to-v1 → v1)')
  await scene.says('bob', '/cherrypick v1')
  expect(said(scene)[1]).toContain('has already been cherry picked')
})

test.each<[string, Given, keyof CodeHost | undefined, RegExp]>([
  ['the fork', {}, 'createFork', /^@bob: cannot decide how to push into org\/repo: GitHub says invalid/],
  ['the patch', {}, 'pullRequestPatch', /by hand\.\n\n<details>\n\n```\nGitHub says invalid\n```\n<\/details>/],
  ['the pull request', {}, 'createPullRequest', /^@bob: new pull request could not be created: GitHub says invalid/],
  [
    'the push',
    {
      fails: (step) => {
        if (step === `push to ${bot}/repo`) throw new GitError('denied', 'no access')
      },
    },
    undefined,
    /^@bob: failed to push cherry-picked changes in GitHub: no access/,
  ],
])('a refusal of %s is told', async (_what, given, operation, want) => {
  const scene = begin(given)
  if (operation) scene.host.before = refuses(operation, 'invalid')
  await scene.says('bob', '/cherrypick v1')
  expect(said(scene)).toEqual([expect.stringMatching(want)])
})

test('an outage is not told but waited for', async () => {
  let isOut = true
  const scene = begin({
    fails: () => {
      if (isOut) throw new GitError('unavailable', 'no answer')
    },
  })
  await scene.says('bob', '/cherrypick v1')
  expect(said(scene)).toEqual([])
  isOut = false
  await scene.clock.advance('1s')
  await scene.dispatch.settled()
  expect(pulls(scene)).toEqual(['#2 [v1] Fix → v1'])
})

test('changes that the branch has already make no pull request', async () => {
  const scene = begin()
  scene.host.state.patches.set('org/repo#1', 'nothing new')
  await scene.says('bob', '/cherrypick v1')
  expect(said(scene)).toEqual([expect.stringContaining('`v1` has the changes of #1')])
})

test('a new fork is waited for, but not for ever', async () => {
  const scene = begin({ hasFork: false })
  await scene.says('bob', '/cherrypick v1')
  expect([scene.host.take(), said(scene)]).toEqual([['org/repo fork to k8s-ci-robot/repo'], []])
  scene.host.state.branches.set(`${bot}/repo:main`, 'main')
  await scene.clock.advance('10s')
  expect(pulls(scene)).toEqual(['#2 [v1] Fix → v1'])

  scene.host.state.branches.delete(`${bot}/repo:main`)
  await scene.says('bob', '/cherrypick v2')
  await scene.clock.advance('6m')
  expect(said(scene)[1]).toContain('the fork k8s-ci-robot/repo did not become ready')
})

test('when it merges, members’ wishes in description, comments and labels count, as they read then', async () => {
  const scene = begin()
  const { host } = scene
  host.state.members.add('org/ann')
  host.say({ org: 'org', repo: 'repo', number: 1 }, 'eve', '/cherrypick v2')
  host.say({ org: 'org', repo: 'repo', number: 1 }, 'bob', '/cherrypick v3 v2\n/cherrypick main')
  const labels = ['cherrypick/v3', 'other']
  await scene.acts('closed', {}, { body: 'Why\n/cherrypick v1', labels })
  expect(pulls(scene)).toEqual(['#2 [v1] Fix → v1', '#3 [v3] Fix → v3'])
  expect(host.state.pulls.get('org/repo#3')?.body).toContain('/assign ann\n\n/cherrypick v2')
  expect(said(scene)).toEqual([
    'base branch (main) needs to differ from target branch (main)',
    expect.stringMatching(/^@ann: new pull request created: #2\n[\s\S]*\[this\]\(https[\s\S]*>\/cherrypick v1/),
    'In response to a cherrypick label: new pull request created: #3',
  ])
})

test('when it is closed without a merge, nothing happens', async () => {
  const scene = begin()
  await scene.acts('closed', {}, { user: userNamed('bob'), body: '/cherrypick v1', merged: false })
  await scene.acts('edited', {}, { merged: true })
  expect([said(scene), pulls(scene)]).toEqual([[], []])
})

test('a chain goes on when the bot’s own pull request merges; nobody else is trusted for being its author', async () => {
  const scene = begin()
  await scene.acts('closed', {}, { user: userNamed(bot), body: '/cherrypick v1 v2' })
  expect(pulls(scene)).toEqual(['#2 [v1] Fix → v1'])
  expect(scene.host.state.pulls.get('org/repo#2')).toMatchObject({
    body: 'This is an automated cherry-pick of #1\n\n/cherrypick v2',
    assignees: [],
  })
  const other = begin()
  await other.acts('closed', {}, { user: userNamed('ann'), body: '/cherrypick v1' })
  expect(pulls(other)).toEqual([])
})

test.each<[string, object, string, string]>([
  [
    'merged',
    { user: userNamed('bob') },
    'cherrypick/v1',
    'In response to a cherrypick label: new pull request created: #2',
  ],
  [
    'open',
    { user: userNamed('bob'), state: 'open', merged: false },
    'cherrypick/v1',
    'In response to a cherrypick label: @bob: once the present PR merges, I will cherry-pick it on top of `v1` in a new PR and assign it to you.',
  ],
  [
    'its own base',
    { user: userNamed('bob') },
    'cherrypick/main',
    'base branch (main) needs to differ from target branch (main)',
  ],
  [
    'of a stranger',
    {},
    'cherrypick/v1',
    'In response to a cherrypick label: only [org](https://github.com/orgs/org/people) org members',
  ],
])('a label asks for it: %s', async (_what, given, name, want) => {
  const scene = begin()
  await scene.acts('labeled', { label: { name } }, given)
  expect(said(scene)).toEqual([expect.stringContaining(want)])
})

test('other labels ask for nothing; the prefix can be another', async () => {
  const scene = begin({ settings: { labelPrefix: 'backport-' } })
  scene.host.calls.length = 0
  for (const name of ['cherrypick/v1', 'backport-', 'lgtm'])
    await scene.acts('labeled', { label: { name } }, { user: userNamed('bob') })
  expect(scene.host.calls).toEqual([])
  await scene.acts('labeled', { label: { name: 'backport-v1' } })
  expect(pulls(scene)).toEqual(['#2 [v1] Fix → v1'])
})

test('a lost answer leads to no second pull request, issue or comment', async () => {
  await survivesInterruptions(
    () => begin({ settings: { labels: ['backport'] } }),
    (scene) => scene.says('bob', '/cherrypick v1'),
  )
  await survivesInterruptions(
    () => begin({ settings: { createIssueOnConflict: true }, fails: conflicts }),
    (scene) => scene.says('bob', '/cherrypick v1'),
  )
})

test('help tells what is set', () => {
  const text = (settings: Partial<typeof defaultSettings>) =>
    cherrypicker({ ...defaultSettings, ...settings }).help?.({} as never, [])?.config?.['']
  expect(plugin.commands[0]).toMatchObject({ featured: true, who: 'Members of the trusted organization for the repo.' })
  expect(text({})).toBe(
    'Labels that begin with "cherrypick/" ask for a cherry-pick onto the branch that they name. Whoever asked is assigned to them.',
  )
  expect(text({ labels: ['a', 'b'], useProwAssignments: false, createIssueOnConflict: true })).toContain(
    'New pull requests get the labels a, b. A conflict becomes an issue.',
  )
})
