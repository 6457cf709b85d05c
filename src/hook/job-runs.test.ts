// Runs as a delivery starts and stops them: once, and never over a result.
import { describe, expect, test } from 'vitest'
import { type ProwJob, type ProwJobSpec, prowJobs } from '../api/prowjob.ts'
import { KubeError } from '../kube/client.ts'
import { testClock } from '../testing/clock.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { jobRuns } from './job-runs.ts'

const refs = {
  org: 'org',
  repo: 'repo',
  base_ref: 'main',
  base_sha: 'b',
  pulls: [{ number: 1, author: 'a', sha: 'p' }],
}
const job = (spec: Partial<ProwJobSpec> = {}, name = ''): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: {
    name,
    namespace: 'prow',
    labels: { 'prow.k8s.io/type': 'presubmit', 'prow.k8s.io/refs.pull': '1' },
  },
  spec: { type: 'presubmit', job: 'unit', refs, ...spec },
  status: { state: 'triggered' },
})
const pr = { org: 'org', repo: 'repo', number: 1 }

function scene(delivery = 'd1', plugin = 'trigger') {
  const kube = memoryKube({ clock: testClock() })
  const names = () => kube.all(prowJobs).map(({ metadata }) => metadata.name)
  return { kube, names, runs: jobRuns(kube, 'prow', { plugin, delivery }) }
}

describe('a run', () => {
  test('is made once per delivery, whatever commit the branch has by then', async () => {
    const { runs, names } = scene()
    await runs.create(job())
    await runs.create(job({ refs: { ...refs, base_sha: 'moved', pulls: [{ number: 1, author: 'a', sha: 'pushed' }] } }))
    expect(names()).toHaveLength(1)
  })

  test.each<[why: string, other: Partial<ProwJobSpec>]>([
    ['another job', { job: 'lint' }],
    ['another type', { type: 'batch' }],
    ['another repository', { refs: { ...refs, repo: 'x' } }],
    ['another organisation', { refs: { ...refs, org: 'x' } }],
    ['another branch', { refs: { ...refs, base_ref: 'release' } }],
    ['another pull request', { refs: { ...refs, pulls: [{ number: 2, author: 'a', sha: 'p' }] } }],
  ])('of %s has a name of its own', async (_why, other) => {
    const { runs, names } = scene()
    await runs.create(job())
    await runs.create(job(other))
    expect(new Set(names()).size).toBe(2)
  })

  test('of another delivery has a name of its own', async () => {
    const { kube, runs, names } = scene()
    await runs.create(job())
    await jobRuns(kube, 'prow', { plugin: 'trigger', delivery: 'd2' }).create(job())
    expect(new Set(names()).size).toBe(2)
  })

  test('of another plugin has a name of its own: one may start what the other overrides', async () => {
    const { kube, runs, names } = scene()
    await runs.create(job())
    await jobRuns(kube, 'prow', { plugin: 'override', delivery: 'd1' }).create(job())
    expect(new Set(names()).size).toBe(2)
  })

  test('that is refused is a failure', async () => {
    const { kube, runs } = scene()
    kube.onRequest(({ verb }) => {
      if (verb === 'create') throw new KubeError(409, 'Conflict', 'being deleted')
    })
    await expect(runs.create(job())).rejects.toThrow('being deleted')
  })
})

describe('an abort', () => {
  test('says how many it has marked, and leaves those alone that have ended or are marked', async () => {
    const { kube, runs } = scene()
    for (const name of ['a', 'b']) await kube.create(prowJobs, job({}, name))
    await kube.create(prowJobs, { ...job({}, 'c'), status: { state: 'aborted', description: 'before' } })
    expect(await runs.abortPresubmits(pr, 'because')).toBe(2)
    expect(kube.all(prowJobs).map(({ status }) => `${status.state} ${status.description}`)).toEqual([
      'aborted because',
      'aborted because',
      'aborted before',
    ])
    expect(await runs.abortPresubmits(pr, 'because')).toBe(0)
  })

  test('looks again when somebody else was faster, five times', async () => {
    const { kube, runs } = scene()
    await kube.create(prowJobs, job({}, 'a'))
    let races = 5
    kube.onRequest(({ verb, name }) => {
      if (verb !== 'replace' || races-- <= 0) return
      kube.change(prowJobs, { namespace: 'prow', name }, (one) =>
        Object.assign(one.status, { description: String(races) }),
      )
    })
    expect(await runs.abortPresubmits(pr, 'because')).toBe(1)
    races = 99
    await kube.create(prowJobs, job({}, 'b'))
    await expect(runs.abortPresubmits(pr, 'because')).rejects.toThrow('cannot abort 1 jobs')
  })

  test('of a run that goes away meanwhile is no failure', async () => {
    const { kube, runs } = scene()
    await kube.create(prowJobs, job({}, 'a'))
    kube.onRequest(async ({ verb, name }) => {
      if (verb === 'replace') await kube.delete(prowJobs, { namespace: 'prow', name })
    })
    expect(await runs.abortPresubmits(pr, 'because')).toBe(0)
  })

  test('that fails for one goes on with the others, and says so', async () => {
    const { kube, runs } = scene()
    for (const name of ['a', 'b']) await kube.create(prowJobs, job({}, name))
    kube.onRequest(({ verb, name }) => {
      if (verb === 'replace' && name === 'a') throw new KubeError(403, 'Forbidden', 'no')
    })
    await expect(runs.abortPresubmits(pr, 'because')).rejects.toThrow('cannot abort 1 jobs')
    expect(kube.all(prowJobs).map(({ status }) => status.state)).toEqual(['triggered', 'aborted'])
  })

  test('leaves alone what its own delivery has started', async () => {
    const { kube, runs } = scene()
    await runs.create(job())
    expect(await runs.abortPresubmits(pr, 'because')).toBe(0)
    expect(await jobRuns(kube, 'prow', { plugin: 'trigger', delivery: 'd2' }).abortPresubmits(pr, 'because')).toBe(1)
  })
})
