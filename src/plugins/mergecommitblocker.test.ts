// mergecommitblocker: where merges are found, and what the pull request shows of it.
import { expect, test } from 'vitest'
import { CodeHostError, type Commit } from '../api/code-host.ts'
import { type PluginScene, scene } from '../testing/plugin-scene.ts'
import mergecommitblocker from './mergecommitblocker.ts'

const label = 'do-not-merge/contains-merge-commits'
const head = 'bead000000000000000000000000000000000000'
const author = { name: 'a', email: 'a@b', date: '2026-01-01T00:00:00Z' }
const commit = (sha: string, ...parents: string[]): Commit => ({
  ...{ sha, parents, author, committer: author, message: 'm', tree: 't', html_url: '' },
  verification: { verified: false, reason: '' },
})
const plain = [commit('one', 'base'), commit(head, 'one')]
const merging = [commit('one', 'base'), commit(head, 'one', 'main')]

function play(commits: Commit[], labels: string[] = []): PluginScene {
  const it = scene({ with: [mergecommitblocker] })
  it.host.state.commits.set('org/repo#1', commits)
  it.change({ labels })
  return it
}

test.each<[labels: string[], commits: Commit[], effects: unknown[]]>([
  [[], plain, []],
  [[label], merging, []],
  [
    [],
    merging,
    [
      `org/repo#1 +${label}`,
      expect.stringMatching(/comment: Adding label `do-not-merge\/contains-merge-commits` because/),
    ],
  ],
  [[label], plain, [`org/repo#1 -${label}`]],
])('with %j', async (labels, commits, effects) => {
  for (const action of ['opened', 'reopened', 'synchronize']) {
    const it = play(commits, labels)
    await it.acts(action)
    expect(it.host.take()).toEqual(effects)
  }
})

test('the comment goes when the merges are gone, that of older versions, too; those of people stay', async () => {
  const it = play(merging)
  await it.acts('opened')
  const at = { org: 'org', repo: 'repo', number: 1 }
  const old = `Adding label \`${label}\` because PR contains merge commits`
  it.host.say(at, 'k8s-ci-robot', old)
  it.host.say(at, 'mallory', old)
  it.host.say(at, 'k8s-ci-robot', 'Adding label `x`')
  it.host.say(at, 'k8s-ci-robot', `Somebody said: ${old}`)
  it.host.state.commits.set('org/repo#1', plain)
  await it.acts('synchronize')
  const left = (it.host.state.comments.get('org/repo#1') ?? []).map(({ user, body }) => `${user.login}: ${body}`)
  expect(left).toEqual([`mallory: ${old}`, 'k8s-ci-robot: Adding label `x`', `k8s-ci-robot: Somebody said: ${old}`])
  expect(it.pr().labels).toEqual([])
})

test.each(['edited', 'closed', 'labeled'])('%s: nothing', async (action) => {
  const it = play(merging)
  await it.acts(action)
  expect(it.host.calls).toEqual([])
})

/** A line of commits of which the host lists the oldest 250. */
function long(length: number, merge?: number): PluginScene {
  const all = Array.from({ length }, (_, index) => {
    const sha = index === length - 1 ? head : `c${index}`
    return commit(sha, ...(index === merge ? [`c${index - 1}`, 'main'] : [`c${index - 1}`]))
  })
  const it = play(all.slice(0, 250))
  it.host.state.commits.set('org/repo#2', all)
  return it
}
test.each<[length: number, merge: number | undefined, labelled: boolean]>([
  [250, undefined, false],
  [300, undefined, false],
  [300, 260, true],
  [300, 299, true],
  [500, 250, true],
  [501, 250, false],
])('of %i commits number %s is a merge: found %o', async (length, merge, labelled) => {
  const it = long(length, merge)
  await it.acts('opened')
  expect(it.pr().labels).toEqual(labelled ? [label] : [])
  expect(it.host.calls.filter((call) => call === 'commit').length).toBeLessThanOrEqual(250)
})

test.each(['addLabel', 'comment'] as const)('a server that fails at %s leads to one comment', async (failing) => {
  const it = play(merging)
  let left = 1
  it.host.after = (operation) => {
    if (operation === failing && left-- > 0) throw new CodeHostError('unavailable', 503, 'no')
  }
  await it.acts('opened')
  await it.clock.advance('1s')
  expect(it.host.take().length).toBe(2)
})
