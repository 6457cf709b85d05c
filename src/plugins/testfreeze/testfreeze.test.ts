// testfreeze: when authors are told of a freeze, and of which.
import { expect, test } from 'vitest'
import { jobName } from '../../api/labels.ts'
import { type JobState, type ProwJob, prowJobs } from '../../api/prowjob.ts'
import { snapshot } from '../../testing/config.ts'
import { scene } from '../../testing/plugin-scene.ts'
import { freezeOf, freezeText, unixDate } from './freeze.ts'
import testfreeze, { testfreezeOf } from './testfreeze.ts'

test.each<[why: string, branches: string[], tags: string[], frozen: string[], want: object | undefined]>([
  ['no release branch', ['main', 'release-1.x'], [], ['release-1.x'], undefined],
  ['a released one', ['release-1.30'], ['v1.30.0'], [], { code: false, test: false, branch: 'release-1.31' }],
  ['one to come', ['release-1.30'], [], [], { code: false, test: true, branch: 'release-1.30', tag: 'v1.30.0' }],
  ['one to come, frozen', ['release-1.30'], [], ['release-1.30'], { code: true, test: true }],
  ['the next one frozen', ['release-1.30'], ['v1.30.0'], ['release-1.31'], { code: true, test: false, tag: 'v1.31.0' }],
  ['an old one frozen', ['release-1.30'], ['v1.30.0'], ['release-1.30'], { code: false, test: false }],
  ['nine and ten', ['release-1.9', 'release-1.10'], ['v1.9.0'], [], { test: true, branch: 'release-1.10' }],
  ['another major', ['release-1.99', 'release-2.0'], ['v1.99.0'], [], { test: true, branch: 'release-2.0' }],
])('%s', async (_why, branches, tags, frozen, want) => {
  const freeze = await freezeOf({ branches, isTagged: async (tag) => tags.includes(tag), frozen: new Set(frozen) })
  if (want) expect(freeze).toMatchObject(want)
  else expect(freeze).toBeUndefined()
})

test.each([
  ['2026-08-04T10:00:00Z', 'Tue Aug  4 10:00:00 UTC 2026'],
  ['2026-12-31T23:59:59.999Z', 'Thu Dec 31 23:59:59 UTC 2026'],
])('%s is %s', (time, printed) => expect(unixDate(time)).toBe(printed))

test('both freezes are told one after the other, to those who mend something more softly', () => {
  const both = { code: true, test: true, branch: 'release-1.30', tag: 'v1.30.0' }
  const [code = '', fast = ''] = freezeText(both, false, 'now').split('\n\n---\n\n')
  expect(code).toContain('#code-freeze) for the `release-1.30` branch')
  expect(fast).toMatch(
    /#test-freeze\) for the `release-1\.30` branch[\s\S]*upcoming `v1\.30\.0` release[\s\S]*: now\.$/,
  )
  expect(freezeText(both, true, 'now').split('\n\n---\n\n')[0]).toContain('bug fix')
  expect(code).not.toContain('bug fix')
  expect(freezeText({ ...both, code: false }, true, 'now')).not.toContain('Code Freeze')
})

const fastForward = (name: string, job: string, state: JobState, completionTime: string): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name, namespace: 'prow', labels: { [jobName]: job } },
  spec: { type: 'periodic', job },
  status: { state, completionTime },
})

function play(query: object = { repos: ['org/repo'], excludedBranches: ['release-1.30'] }) {
  const { config } = snapshot()
  const it = scene({
    with: [testfreezeOf('org/repo')],
    config: { tide: { ...config.tide, queries: [query] as typeof config.tide.queries } },
  })
  it.change({ base: { ...it.pr().base, ref: 'master' } })
  it.host.state.branches.set('org/repo:release-1.30', '1')
  return it
}

test('authors are told when a pull request is opened, and when it comes back', async () => {
  const { acts, host, kube } = play()
  await kube.create(prowJobs, fastForward('a', 'ci-fast-forward', 'success', '2026-08-04T10:00:00Z'))
  await kube.create(prowJobs, fastForward('b', 'ci-fast-forward', 'success', '2026-08-03T10:00:00Z'))
  await kube.create(prowJobs, fastForward('c', 'ci-fast-forward', 'failure', '2026-08-05T10:00:00Z'))
  await kube.create(prowJobs, fastForward('d', 'ci-other', 'success', '2026-08-06T10:00:00Z'))
  await acts('opened')
  const [comment, ...more] = host.take()
  expect(comment).toMatch(/^org\/repo#1 comment: Please note that we're already in \[Code Freeze\]/)
  expect(comment).toContain('the most recent run was: Tue Aug  4 10:00:00 UTC 2026.')
  expect(more).toEqual([])
  for (const action of ['synchronize', 'edited', 'closed']) await acts(action)
  expect(host.take()).toEqual([])
  await acts('reopened')
  expect(host.take()).toHaveLength(1)
})

test('without a run that has succeeded, and of another repository, less is known', async () => {
  const { acts, host } = play({ repos: ['org/other'], excludedBranches: ['release-1.30'] })
  await acts('opened')
  const [comment] = host.take()
  expect(comment).toContain('the most recent run was: unknown.')
  expect(comment).not.toContain('Code Freeze')
})

test('nothing is said outside of a freeze, to other branches and in other repositories', async () => {
  const released = play()
  released.host.state.tags.set('org/repo:v1.30.0', '2')
  await released.acts('opened')
  const branch = play()
  await branch.acts('opened', {}, { base: { ...branch.pr().base, ref: 'main' } })
  const elsewhere = scene({ with: [testfreeze] })
  elsewhere.host.state.branches.set('org/repo:release-1.30', '1')
  await elsewhere.acts('opened', {}, { base: { ...elsewhere.pr().base, ref: 'master' } })
  for (const { host } of [released, branch, elsewhere]) expect(host.take()).toEqual([])
  expect(elsewhere.host.calls).toEqual([])
})

test('a repeated task says nothing twice', async () => {
  const { acts, host, clock } = play()
  let failures = 1
  host.after = (operation) => {
    if (operation === 'comment' && failures-- > 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
  }
  await acts('opened')
  await clock.advance('1m')
  expect(host.take()).toHaveLength(1)
})
