// plank at work: the real component on clusters in memory, with a clock that only moves when told to.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { events, type KubeObject, type Pod, pods, type Resource } from '../api/kubernetes.ts'
import {
  buildId,
  createdByProw,
  podReporterFinalizer,
  podUid,
  prowJobId,
  waitingNext,
  waitingReason,
  waitingSince,
} from '../api/labels.ts'
import { type ProwJob, type ProwJobSpec, type ProwJobStatus, prowJobs } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import type { Config, ConfigAgent, ConfigListener, PlankConfig, Snapshot } from '../config/types.ts'
import { KubeError } from '../kube/client.ts'
import { clustersOf } from '../kube/clusters.ts'
import { testClock } from '../testing/clock.ts'
import { type MemoryKube, memoryKube } from '../testing/memory-kube.ts'
import { type PlankNeeds, plank } from './plank.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

const namespace = 'prow'
const podNamespace = 'test-pods'
const plankDefaults: PlankConfig = {
  job_url_template: '',
  report_templates: {},
  max_concurrency: 0,
  pod_pending_timeout: 600_000,
  pod_running_timeout: 48 * 3_600_000,
  pod_unscheduled_timeout: 300_000,
  max_revivals: 3,
  default_decoration_config_entries: [],
  job_url_prefix_config: {},
  jobURLPrefixDisableAppendStorageProvider: false,
  job_queue_capacities: {},
}

async function scene(settings: Partial<PlankConfig> = {}, needs: Partial<PlankNeeds> = {}) {
  const clock = testClock()
  const infra = memoryKube({ clock })
  const trusted = memoryKube({ clock, cluster: 'trusted' })
  let config = { prowjob_namespace: namespace, pod_namespace: podNamespace, plank: { ...plankDefaults, ...settings } }
  const listeners = new Set<ConfigListener>()
  const snapshot = () => ({ config }) as Snapshot
  const agent: ConfigAgent = {
    current: snapshot,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    problems: () => [],
  }
  let builds = 0
  const end = new AbortController()
  ends.push(end)
  const metrics = new Registry()
  const clusters = clustersOf(infra, { trusted })

  function start() {
    const stop = new AbortController()
    ends.push(stop)
    const done = plank.run({
      clock,
      ids: { uuid: () => 'uuid', suffix: () => String(Math.random()).slice(2, 18), fraction: () => 0 },
      log: pino({ level: 'silent' }),
      metrics,
      signal: AbortSignal.any([end.signal, stop.signal]),
      ready: () => {},
      clusters,
      config: agent,
      buildIds: { next: async () => `build-${++builds}` },
      podFor: (job, id, _config: Config) => {
        if (!job.spec.pod_spec) throw new Error('the job has no pod spec')
        const labels = { [createdByProw]: 'true', [prowJobId]: job.metadata.name ?? '', [buildId]: id }
        return { metadata: { name: job.metadata.name ?? '', labels }, spec: job.spec.pod_spec }
      },
      jobUrl: ({ metadata, status }) => `https://prow/${metadata.name}/${status.build_id}/${status.state}`,
      version: 'v1',
      ...needs,
    })
    return { stop: () => stop.abort(), done }
  }

  const at = (name: string) => ({ namespace, name })
  const podAt = (name: string) => ({ namespace: podNamespace, name })
  const world = {
    clock,
    infra,
    trusted,
    metrics,
    start,
    async job(name: string, spec: Partial<ProwJobSpec> = {}, status: Partial<ProwJobStatus> = {}, metadata = {}) {
      return infra.create(prowJobs, {
        apiVersion: 'prow.k8s.io/v1',
        kind: 'ProwJob',
        metadata: { name, namespace, ...metadata },
        spec: {
          type: 'periodic',
          agent: 'kubernetes',
          job: 'test',
          pod_spec: { containers: [{ name: 'test' }] },
          ...spec,
        },
        status: { state: 'triggered', startTime: timestamp(clock.now()), ...status },
      })
    },
    /** Makes a Pod as another program would. */
    async pod(name: string, status: Pod['status'], metadata: Pod['metadata'] = {}, kube: MemoryKube = infra) {
      const labels = { [createdByProw]: 'true', ...metadata.labels }
      await kube.create(pods, {
        metadata: { ...metadata, ...podAt(name), labels },
        spec: { containers: [{ name: 'test' }] },
        ...(status ? { status } : {}),
      })
    },
    /** Does what a kubelet does. */
    becomes(name: string, status: NonNullable<Pod['status']>, kube: MemoryKube = infra) {
      kube.change(pods, podAt(name), (pod) => {
        Object.assign(pod, { status: { ...pod.status, ...status } })
      })
      return clock.advance(0)
    },
    read: (name: string) => infra.read(prowJobs, at(name)),
    state: (name: string) => infra.read(prowJobs, at(name)).status.state,
    described: (name: string) => infra.read(prowJobs, at(name)).status.description,
    waiting: (name: string) => infra.read(prowJobs, at(name)).metadata.annotations?.[waitingReason],
    podNames: (kube: MemoryKube = infra) => kube.all(pods).map(({ metadata }) => metadata?.name),
    patchJob: (name: string, merge: object) => infra.patch(prowJobs, at(name), { merge }),
    configure(plank: Partial<PlankConfig>) {
      const before = snapshot()
      config = { ...config, plank: { ...config.plank, ...plank } }
      const changes = { sections: ['plank'], presubmits: [], postsubmits: [], periodics: [], plugins: [] }
      for (const listener of listeners) listener(snapshot(), before, changes)
      return clock.advance('1s')
    },
    at,
    podAt,
  }
  return world
}

describe('an ordinary run', () => {
  test('from triggered to success', async () => {
    const { start, clock, job, read, infra, becomes, podAt } = await scene()
    start()
    await job('a')
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({
      state: 'pending',
      build_id: 'build-1',
      pod_name: 'a',
      description: 'Job triggered.',
      pendingTime: timestamp(clock.now() - 1000),
      url: 'https://prow/a/build-1/pending',
    })
    expect(read('a').metadata.labels).toEqual({ [prowJobId]: 'a', [buildId]: 'build-1' })
    expect(infra.read(pods, podAt('a')).metadata?.labels?.['prow.k8s.io/plank-version']).toBe('v1')
    await becomes('a', { phase: 'Running', startTime: timestamp(clock.now()) })
    await becomes('a', { phase: 'Succeeded' })
    expect(read('a').status).toMatchObject({
      state: 'success',
      description: 'Job succeeded.',
      completionTime: timestamp(clock.now()),
      url: 'https://prow/a/build-1/success',
    })
    expect(infra.all(pods)).toHaveLength(1)
  })

  test('on another cluster', async () => {
    const { start, clock, job, state, podNames, trusted, becomes } = await scene()
    start()
    await job('a', { cluster: 'trusted' })
    await clock.advance('1s')
    expect(podNames()).toEqual([])
    expect(podNames(trusted)).toEqual(['a'])
    await becomes('a', { phase: 'Failed' }, trusted)
    expect(state('a')).toBe('failure')
  })

  test('jobs of other agents and jobs that are being scheduled are left alone', async () => {
    const { start, clock, job, infra, podNames } = await scene()
    start()
    await job('tekton', { agent: 'tekton-pipeline' })
    await job('scheduling', {}, { state: 'scheduling' })
    await clock.advance('1m')
    expect(podNames()).toEqual([])
    expect(infra.writes).toHaveLength(2)
  })

  test('an existing Pod is adopted, not made again', async () => {
    const { start, clock, job, pod, read, infra } = await scene()
    await job('a')
    await pod('a', { phase: 'Running' }, { labels: { [buildId]: 'X' } })
    start()
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({ state: 'pending', build_id: 'X' })
    expect(infra.all(pods)).toHaveLength(1)
  })
})

describe('plank may be killed at any point', () => {
  test.each(['before', 'after'])('a kill just %s any write leads to the same end', async (when) => {
    for (let fatal = 1; fatal <= 6; fatal++) {
      const { start, clock, job, state, infra, becomes, podNames } = await scene()
      await job('a')
      let writes = 0
      let running = start()
      infra.onRequest(({ verb }) => {
        if (!['create', 'patch', 'delete'].includes(verb) || ++writes !== fatal) return
        running.stop()
        if (when === 'before') throw new Error('killed')
      })
      await clock.advance('1s')
      running.stop()
      running = start()
      await clock.advance('30s')
      expect(podNames()).toEqual(['a'])
      expect(state('a')).toBe('pending')
      await becomes('a', { phase: 'Succeeded' })
      running.stop()
      running = start()
      await clock.advance('30s')
      expect(state('a')).toBe('success')
      running.stop()
    }
  })

  test('between a new Pod and the note of its build id', async () => {
    const { start, clock, job, read, infra, podAt } = await scene()
    await job('a', {}, { state: 'pending', build_id: 'before' })
    const running = start()
    const stop = infra.onRequest(({ verb, resource }) => {
      if (verb !== 'patch' || resource !== 'prowjobs') return
      running.stop()
      throw new Error('killed')
    })
    await clock.advance('1s')
    expect(read('a').status.build_id).toBe('before')
    stop()
    start()
    await clock.advance('1s')
    expect(read('a').status.build_id).toBe('build-1')
    expect(infra.read(pods, podAt('a')).metadata?.labels?.[buildId]).toBe('build-1')
  })

  test('between the Pod and the note of it, an abort is not written over', async () => {
    const { start, clock, job, patchJob, read, infra, podNames } = await scene()
    start()
    infra.onRequest(async ({ verb, resource }) => {
      if (verb === 'create' && resource === 'pods') await patchJob('a', { status: { state: 'aborted' } })
    })
    await job('a')
    await clock.advance('1m')
    expect(read('a').status).toMatchObject({ state: 'aborted', completionTime: expect.any(String) })
    expect(podNames()).toEqual([])
  })
})

describe('concurrency', () => {
  test('the second run waits, says why, and starts as soon as the first has ended', async () => {
    const { start, clock, job, state, described, waiting, becomes, infra, read } = await scene()
    start()
    await job('a', { max_concurrency: 1 })
    await clock.advance('1s')
    await job('b', { max_concurrency: 1 })
    await clock.advance('1s')
    expect(state('b')).toBe('triggered')
    expect(waiting('b')).toBe('MaxConcurrency')
    expect(described('b')).toBe(
      'Waiting for a free slot: 1 of at most 1 runs of this job are active; number 1 in line.',
    )
    expect(read('b').metadata.annotations).toMatchObject({
      [waitingSince]: read('b').metadata.creationTimestamp,
      [waitingNext]: 'A run of this job has to end; its max_concurrency is 1.',
    })
    expect(infra.all(events)).toMatchObject([
      { involvedObject: { kind: 'ProwJob', name: 'b' }, reason: 'MaxConcurrency', type: 'Normal' },
    ])
    await becomes('a', { phase: 'Succeeded' })
    await clock.advance(100)
    expect(state('b')).toBe('pending')
    expect(described('b')).toBe('Job triggered.')
    expect(waiting('b')).toBeUndefined()
    expect(read('b').metadata.annotations?.[waitingSince]).toBeUndefined()
  })

  test('two that come at once: exactly one Pod', async () => {
    const { start, clock, job, podNames, trusted } = await scene()
    start()
    await clock.advance(0)
    await Promise.all([
      job('a', { max_concurrency: 1 }),
      job('b', { max_concurrency: 1, cluster: 'trusted' }),
      job('c', { max_concurrency: 1 }),
    ])
    await clock.advance('1m')
    expect([...podNames(), ...podNames(trusted)]).toHaveLength(1)
  })

  test('the limit of all holds under a rush, and goes by age', async () => {
    const { start, clock, job, podNames, becomes } = await scene({ max_concurrency: 3 })
    for (let i = 0; i < 12; i++) {
      await job(`j${String(i).padStart(2, '0')}`, { job: `job-${i}` })
      await clock.advance('1s')
    }
    start()
    await clock.advance('1m')
    expect(podNames()).toEqual(['j00', 'j01', 'j02'])
    await becomes('j01', { phase: 'Failed' })
    await clock.advance(100)
    expect(podNames()).toEqual(['j00', 'j01', 'j02', 'j03'])
  })

  test('a changed configuration is felt at once', async () => {
    const { start, clock, job, state, waiting, configure } = await scene({ job_queue_capacities: { q: 0 } })
    start()
    await job('a', { job_queue_name: 'q' })
    await clock.advance('1m')
    expect(state('a')).toBe('triggered')
    expect(waiting('a')).toBe('JobQueueClosed')
    await configure({ job_queue_capacities: { q: -1 } })
    expect(state('a')).toBe('pending')
  })

  test('a line that moves does not mean a write per step', async () => {
    const { start, clock, job, infra, becomes, described } = await scene()
    start()
    for (let i = 0; i < 6; i++) {
      await job(`j${i}`, { max_concurrency: 1 })
      await clock.advance('1s')
    }
    await clock.advance('2m')
    const before = infra.writes.length
    for (let i = 0; i < 4; i++) {
      await becomes(`j${i}`, { phase: 'Succeeded' })
      await clock.advance('1s')
    }
    const ofLast = infra.writes.slice(before).filter(({ verb, name }) => verb === 'patch' && name === 'j5')
    expect(ofLast.length).toBeLessThanOrEqual(1)
    await clock.advance('1m')
    expect(described('j5')).toContain('number 1 in line')
  })

  test('many jobs without a limit of their own do not cost a look at all of them each', async () => {
    const { start, clock, job, podNames } = await scene()
    for (let i = 0; i < 200; i++) await job(`j${i}`, { job: `job-${i}` })
    start()
    await clock.advance('1s')
    expect(podNames()).toHaveLength(200)
  })
})

describe('a Pod that cannot be made', () => {
  const refusal = (code: number, reason: string, message: string) => new KubeError(code, reason, message)
  test.each([
    [422, 'Invalid', 'spec is wrong'],
    [403, 'Forbidden', 'violates PodSecurity'],
    [404, 'NotFound', 'namespaces "test-pods" not found'],
  ])('%i ends the job', async (code, reason, message) => {
    const { start, clock, job, read, infra } = await scene()
    infra.onRequest(({ verb, resource }) => {
      if (verb === 'create' && resource === 'pods') throw refusal(code, reason, message)
    })
    start()
    await job('a')
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({
      state: 'error',
      build_id: 'build-1',
      completionTime: expect.any(String),
      description: `Pod can not be created: create pod test-pods/a in cluster default: ${message}`,
    })
    expect(read('a').status).not.toHaveProperty('url')
  })

  test.each([
    ['a busy server', refusal(429, 'TooManyRequests', 'slow down'), 'ClusterRefuses'],
    ['a broken server', refusal(500, 'InternalError', 'oops'), 'ClusterRefuses'],
    ['expired credentials', refusal(401, 'Unauthorized', 'Unauthorized'), 'ClusterRefuses'],
    ['quota', refusal(403, 'Forbidden', 'pods "a" is forbidden: exceeded quota: q'), 'QuotaExceeded'],
    ['a lost connection', Object.assign(new Error('cut'), { code: 'ECONNRESET' }), 'ClusterUnreachable'],
  ])('%s means waiting, with a reason, until it passes', async (_why, error, reason) => {
    const { start, clock, job, state, waiting, described, infra } = await scene()
    const heal = infra.onRequest(({ verb, resource }) => {
      if (verb === 'create' && resource === 'pods') throw error
    })
    start()
    await job('a')
    await clock.advance('30s')
    expect(state('a')).toBe('triggered')
    expect(waiting('a')).toBe(reason)
    expect(described('a')).toContain(error.message)
    heal()
    await clock.advance('1m')
    expect(state('a')).toBe('pending')
    expect(waiting('a')).toBeUndefined()
    expect(described('a')).toBe('Job triggered.')
  })

  test('a short hiccup leaves no trace', async () => {
    const { start, clock, job, infra, state } = await scene()
    let failures = 0
    infra.onRequest(({ verb, resource }) => {
      if (verb === 'create' && resource === 'pods' && ++failures === 1) throw refusal(500, 'InternalError', 'oops')
    })
    start()
    await job('a')
    await clock.advance('5s')
    expect(state('a')).toBe('pending')
    expect(infra.writes.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'create prowjobs',
      'create pods',
      'patch prowjobs',
    ])
  })

  test('a Pod of the name that is ours is adopted on 409', async () => {
    const { start, clock, job, read, infra, pod } = await scene()
    start()
    await clock.advance('1s')
    // Without the label that the cache selects by.
    await pod('a', { phase: 'Running' }, { labels: { [createdByProw]: 'no', [prowJobId]: 'a', [buildId]: 'X' } })
    await job('a')
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({ state: 'pending', build_id: 'X' })
    expect(infra.all(pods)).toHaveLength(1)
  })

  test("and somebody else's ends the job", async () => {
    const { start, clock, job, read, pod } = await scene()
    start()
    await clock.advance('1s')
    await pod('a', { phase: 'Running' }, { labels: { [createdByProw]: 'no' } })
    await job('a')
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({ state: 'error', description: expect.stringContaining('already exists') })
  })

  test('a job that no Pod can be built for ends with an error instead of being tried for ever', async () => {
    const { start, clock, infra, read } = await scene()
    start()
    const status = { state: 'triggered' as const, startTime: timestamp(clock.now()) }
    const spec: ProwJobSpec = { type: 'periodic', agent: 'kubernetes', job: 'test' }
    const metadata = { name: 'a', namespace }
    await infra.create(prowJobs, {
      apiVersion: 'prow.k8s.io/v1',
      kind: 'ProwJob',
      metadata,
      spec,
      status,
    } satisfies ProwJob)
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({
      state: 'error',
      description: 'Pod can not be created: the job has no pod spec',
    })
  })

  test('without build ids the job waits', async () => {
    let broken = true
    const buildIds = {
      next: async () => {
        if (broken) throw new Error('tot is away')
        return '7'
      },
    }
    const { start, clock, job, read, waiting } = await scene({}, { buildIds })
    start()
    await job('a')
    await clock.advance('30s')
    expect(waiting('a')).toBe('BuildIdUnavailable')
    broken = false
    await clock.advance('1m')
    expect(read('a').status).toMatchObject({ state: 'pending', build_id: '7' })
  })

  test('a job that somebody wrote without status or spec is left alone, and the others go on', async () => {
    const { start, clock, job, infra, state, read } = await scene()
    const asSent: Resource<KubeObject> = { ...prowJobs, complete: (object) => object }
    await infra.create(asSent, { metadata: { name: 'neither', namespace } })
    const { spec } = await job('a')
    start()
    await infra.create(asSent, { metadata: { name: 'no-status', namespace }, ...{ spec } })
    await clock.advance('1s')
    expect(state('a')).toBe('pending')
    expect([read('neither').status, read('no-status').status]).toEqual([{}, {}])
    await job('b')
    await clock.advance('1s')
    expect(state('b')).toBe('pending')
  })

  test('an unknown cluster ends the job at once', async () => {
    const { start, clock, job, read, infra } = await scene()
    start()
    await job('a', { cluster: 'foo' })
    await job('b', { cluster: 'foo' }, { state: 'aborted' })
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({
      state: 'error',
      completionTime: expect.any(String),
      description: 'Terminal error: nonretryable error: no build client found for cluster "foo".',
    })
    expect(read('b').status).toMatchObject({
      state: 'error',
      description: 'Terminal error: nonretryable error: no build client available for cluster foo.',
    })
    expect(infra.all(events)).toMatchObject([
      { type: 'Warning', reason: 'JobError', message: read('a').status.description, involvedObject: { name: 'a' } },
      { type: 'Warning', reason: 'JobError', message: read('b').status.description, involvedObject: { name: 'b' } },
    ])
  })
})

describe('a cluster that is away', () => {
  test.each([
    ['from the start', false],
    ['after it was there', true],
  ])('%s: its jobs say so and go on when it is back, the others do not notice', async (_why, wasThere) => {
    const { start, clock, job, state, waiting, podNames, trusted, becomes } = await scene()
    if (wasThere) start()
    await clock.advance('1s')
    let tried = 0
    const heal = trusted.onRequest(({ verb }) => {
      if (verb === 'create') tried++
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    })
    trusted.endWatches('lost')
    if (!wasThere) start()
    for (let i = 0; i < 30; i++) await job(`t${i}`, { cluster: 'trusted' })
    await job('a')
    await clock.advance('1s')
    expect(podNames()).toEqual(['a'])
    await becomes('a', { phase: 'Succeeded' })
    expect(state('a')).toBe('success')
    await clock.advance('29s')
    expect(state('t7')).toBe('triggered')
    expect(waiting('t7')).toBe('ClusterUnreachable')
    const creates = trusted.writes.length
    await clock.advance('1h')
    expect(trusted.writes).toHaveLength(creates)
    expect(tried).toBe(0)
    heal()
    await clock.advance('31s')
    expect(podNames(trusted)).toHaveLength(30)
    expect(waiting('t7')).toBeUndefined()
  })

  test('a job that could not start there takes no slot that another has taken meanwhile', async () => {
    const { start, clock, job, podNames, state, trusted, infra, becomes } = await scene()
    const heal = trusted.onRequest(({ verb }) => {
      if (verb === 'create') throw new KubeError(500, 'InternalError', 'oops')
    })
    start()
    await job('old', { max_concurrency: 1, cluster: 'trusted' })
    await clock.advance('1s')
    const slow = Promise.withResolvers<void>()
    infra.onRequest(({ verb, resource }) => (verb === 'create' && resource === 'pods' ? slow.promise : undefined))
    await job('new', { max_concurrency: 1 })
    await clock.advance('1s')
    heal()
    await clock.advance('1m')
    expect([podNames(), podNames(trusted)]).toEqual([[], []])
    slow.resolve()
    await clock.advance('1m')
    expect([podNames(), podNames(trusted)]).toEqual([['new'], []])
    await becomes('new', { phase: 'Succeeded' })
    await clock.advance('1s')
    expect(state('old')).toBe('pending')
  })

  test('even when it is the one that holds the jobs', async () => {
    const { start, clock, job, state, trusted, infra, becomes } = await scene()
    start()
    await job('a', { cluster: 'trusted' })
    await clock.advance('1s')
    const heal = infra.onRequest(() => {
      throw new Error('away')
    })
    infra.endWatches('lost')
    await becomes('a', { phase: 'Succeeded' }, trusted)
    await clock.advance('2h')
    heal()
    await clock.advance('31s')
    expect(state('a')).toBe('success')
  })

  test('its jobs do not take slots from others', async () => {
    const { start, clock, job, podNames, trusted } = await scene({ max_concurrency: 1 })
    trusted.onRequest(() => {
      throw new Error('away')
    })
    start()
    await job('t', { cluster: 'trusted' })
    await clock.advance('10s')
    await job('a', { job: 'other' })
    await clock.advance('1s')
    expect(podNames()).toEqual(['a'])
  })
})

describe('a Pod that stopped through no fault of the job', () => {
  test('is made anew with a new build id, and only so often', async () => {
    const { start, clock, job, read, infra, becomes, podAt } = await scene({ max_revivals: 2 })
    start()
    await job('a')
    await clock.advance('1s')
    for (let revival = 1; revival <= 2; revival++) {
      await becomes('a', { phase: 'Failed', reason: 'Evicted' })
      await clock.advance('1s')
      expect(read('a').status).toMatchObject({
        state: 'pending',
        pod_revival_count: revival,
        build_id: `build-${revival + 1}`,
        url: `https://prow/a/build-${revival + 1}/pending`,
      })
      expect(read('a').metadata.labels?.[buildId]).toBe(`build-${revival + 1}`)
      expect(infra.read(pods, podAt('a')).status).toBeUndefined()
    }
    await becomes('a', { phase: 'Failed', reason: 'Evicted' })
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({
      state: 'error',
      description: 'Job pod reached max revivals (2) after being stopped unexpectedly (evicted)',
    })
    expect(infra.all(pods)).toHaveLength(1)
  })

  test('loses our finalizer before it is deleted, and the pod reporter looks at the new one', async () => {
    const { start, clock, job, pod, read, infra, podAt } = await scene()
    await job(
      'a',
      {},
      { state: 'pending', build_id: 'X', prev_report_states: { gcsk8sreporter: 'pending', x: 'pending' } },
    )
    await pod('a', { phase: 'Unknown' }, { labels: { [buildId]: 'X' }, finalizers: [podReporterFinalizer] })
    start()
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({ state: 'pending', build_id: 'build-1' })
    expect(read('a').status.prev_report_states).toEqual({ x: 'pending' })
    expect(infra.read(pods, podAt('a')).metadata?.uid).toBe(read('a').metadata.annotations?.[podUid])
    expect(infra.writes.map(({ verb, resource }) => `${verb} ${resource}`).slice(2)).toEqual([
      'patch prowjobs',
      'patch pods',
      'delete pods',
      'create pods',
      'patch prowjobs',
    ])
  })

  test('on a lost node only loses our finalizer', async () => {
    const { start, clock, job, pod, state, infra } = await scene()
    await job('a', {}, { state: 'pending' })
    await pod('a', { phase: 'Running', reason: 'NodeLost' }, { finalizers: [podReporterFinalizer, 'other/one'] })
    await infra.delete(pods, { namespace: podNamespace, name: 'a' })
    start()
    await clock.advance('1m')
    expect(state('a')).toBe('pending')
    const after = infra.writes.slice(3).map(({ verb, resource }) => `${verb} ${resource}`)
    expect(after).toEqual(['patch prowjobs', 'patch pods'])
  })

  test('a Pod that somebody took away is made anew', async () => {
    const { start, clock, job, read } = await scene()
    await job('a', {}, { state: 'pending', build_id: 'X' })
    start()
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({
      state: 'pending',
      build_id: 'build-1',
      pod_revival_count: 1,
      url: 'https://prow/a/build-1/pending',
    })
  })
})

describe('time limits', () => {
  test('a Pod that runs too long is stopped on time, without any event', async () => {
    const { start, clock, job, read, podNames, becomes } = await scene({ pod_running_timeout: 3_600_000 })
    start()
    await job('a')
    await clock.advance('1s')
    await becomes('a', { phase: 'Running', startTime: timestamp(clock.now()) })
    await clock.advance('59m')
    expect(podNames()).toEqual(['a'])
    await clock.advance('2m')
    expect(read('a').status).toMatchObject({ state: 'aborted', description: 'Pod running timeout.' })
    expect(podNames()).toEqual([])
  })

  test('a Pod that is not scheduled in time', async () => {
    const { start, clock, job, read, becomes } = await scene()
    start()
    await job('a')
    await clock.advance('1s')
    await becomes('a', { phase: 'Pending' })
    await clock.advance('5m')
    expect(read('a').status).toMatchObject({ state: 'error', description: 'Pod scheduling timeout.' })
  })
})

describe('aborted jobs', () => {
  test('lose their Pod and are completed as they are', async () => {
    const { start, clock, job, read, patchJob, podNames, infra } = await scene()
    start()
    await job('a')
    await clock.advance('1s')
    await patchJob('a', { status: { state: 'aborted', description: 'because I say so' } })
    await clock.advance('1s')
    expect(read('a').status).toMatchObject({
      state: 'aborted',
      description: 'because I say so',
      completionTime: expect.any(String),
    })
    expect(podNames()).toEqual([])
    const writes = infra.writes.length
    await clock.advance('1h')
    expect(infra.writes).toHaveLength(writes)
  })

  test('are not completed while their Pod cannot be deleted', async () => {
    const { start, clock, job, read, infra } = await scene()
    const heal = infra.onRequest(({ verb }) => {
      if (verb === 'delete') throw new Error('no')
    })
    start()
    await job('a', {}, { state: 'aborted' })
    await clock.advance('1s')
    expect(read('a').status.completionTime).toBeUndefined()
    heal()
    await clock.advance('10s')
    expect(read('a').status.completionTime).toBeDefined()
  })

  test('an older run on the same pull request is aborted, and not reported', async () => {
    const { start, clock, job, read, podNames } = await scene()
    const refs = { org: 'o', repo: 'r', base_ref: 'main', pulls: [{ number: 1, author: 'a', sha: 's' }] }
    const presubmit: Partial<ProwJobSpec> = { type: 'presubmit', refs }
    await job('old', presubmit)
    await clock.advance('1s')
    await job('new', presubmit)
    start()
    await clock.advance('1s')
    expect(podNames()).toEqual(['new'])
    expect(read('old').status).toMatchObject({
      state: 'aborted',
      prev_report_states: { 'github-reporter': 'aborted' },
      completionTime: expect.any(String),
    })
  })
})

describe('why a Pod does not run', () => {
  const waitingFor = (reason: string, message: string) => ({
    name: 'test',
    image: 'img:1',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason, message } },
  })

  async function pendingScene() {
    const world = await scene()
    world.start()
    await world.job('a')
    await world.clock.advance('1s')
    return world
  }

  test('a missing secret is named, and taken back when the Pod runs', async () => {
    const { clock, becomes, described, waiting, read, infra } = await pendingScene()
    const message = 'secret "token" not found'
    const startTime = timestamp(clock.now())
    await becomes('a', {
      phase: 'Pending',
      startTime,
      containerStatuses: [waitingFor('CreateContainerConfigError', message)],
    })
    expect(waiting('a')).toBe('MissingSecret')
    expect(described('a')).toBe("Waiting for secret token, which does not exist in the pod's namespace.")
    expect(read('a').metadata.annotations?.[waitingNext]).toContain('create the secret token')
    expect(infra.all(events)).toMatchObject([{ type: 'Warning', reason: 'MissingSecret' }])
    await becomes('a', { phase: 'Running', containerStatuses: [] })
    expect(described('a')).toBe('Job triggered.')
    expect(waiting('a')).toBeUndefined()
  })

  test('an image that cannot be pulled does not make the text flap', async () => {
    const { clock, becomes, described, infra } = await pendingScene()
    const startTime = timestamp(clock.now())
    const before = infra.writes.length
    for (let round = 0; round < 8; round++) {
      const status =
        round % 2 ? waitingFor('ImagePullBackOff', 'Back-off') : waitingFor('ErrImagePull', 'manifest unknown')
      await becomes('a', { phase: 'Pending', startTime, containerStatuses: [status] })
      await clock.advance('40s')
    }
    expect(described('a')).toBe('Waiting for image img:1 of container test, which cannot be pulled: manifest unknown')
    expect(infra.writes.slice(before).map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'patch prowjobs',
      'create events',
    ])
  })

  test('a missing volume shows only in the events of the Pod, and those are read', async () => {
    const { clock, becomes, waiting, infra, podAt } = await pendingScene()
    const { uid = '' } = infra.read(pods, podAt('a')).metadata ?? {}
    await infra.create(events, {
      metadata: { name: 'e', namespace: podNamespace },
      involvedObject: { name: 'a', namespace: podNamespace, uid },
      type: 'Warning',
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed for volume "v" : configmap "settings" not found',
      lastTimestamp: timestamp(clock.now()),
    })
    const conditions = [{ type: 'PodScheduled', status: 'True' }]
    await becomes('a', { phase: 'Pending', startTime: timestamp(clock.now()), conditions })
    expect(waiting('a')).toBeUndefined()
    await clock.advance('45s')
    expect(waiting('a')).toBe('MissingConfigMap')
  })
})

test('metrics count jobs by state, and transitions only when they happen', async () => {
  const { start, clock, job, metrics, becomes } = await scene()
  await job('old', { job: 'old' }, { state: 'success', completionTime: timestamp(clock.now()) })
  start()
  await clock.advance('1s')
  await job('a', { refs: { org: 'o', repo: 'r', base_ref: 'main' } }, {}, { labels: { 'prow.k8s.io/retest': 'true' } })
  await clock.advance('1s')
  await becomes('a', { phase: 'Succeeded' })
  const text = await metrics.metrics()
  const labels = (state: string) =>
    `job_namespace="prow",job_name="test",type="periodic",state="${state}",org="o",repo="r",base_ref="main",cluster="",retest="true"`
  expect(text).toContain(`prowjobs{${labels('success')}} 1`)
  expect(text).not.toContain(`prowjobs{${labels('pending')}}`)
  for (const state of ['triggered', 'pending', 'success']) {
    expect(text).toContain(`prowjob_state_transitions{${labels(state)}} 1`)
  }
  expect(text).not.toMatch(/prowjob_state_transitions\{.*job_name="old"/)
  expect(text).toContain('controller_runtime_reconcile_total{controller="plank"')
})

test('two planks with one lease: one works', async () => {
  const { start, clock, job, podNames, infra } = await scene({}, { identity: 'host_1' })
  const first = start()
  await clock.advance('1s')
  await job('a')
  await clock.advance('1s')
  expect(podNames()).toEqual(['a'])
  expect(
    infra.writes.some(({ resource, name }) => resource === 'leases' && name === 'prow-controller-manager-leader-lock'),
  ).toBe(true)
  first.stop()
  await expect(first.done).resolves.toBeUndefined()
})
