// sinker at work on clusters in memory.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test, vi } from 'vitest'
import { leases, type Pod, pods } from '../api/kubernetes.ts'
import { createdByProw, podReporterFinalizer } from '../api/labels.ts'
import { type ProwJobSpec, type ProwJobStatus, prowJobs } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import type { ConfigAgent, SinkerConfig, Snapshot } from '../config/types.ts'
import { KubeError } from '../kube/client.ts'
import { clustersOf } from '../kube/clusters.ts'
import { testClock } from '../testing/clock.ts'
import { type MemoryKube, memoryKube } from '../testing/memory-kube.ts'
import { configMapSizes } from './config-size.ts'
import { type SinkerNeeds, sinker } from './sinker.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})
const hour = 3_600_000
const day = 24 * hour

function scene(settings: Partial<SinkerConfig> = {}, needs: Partial<SinkerNeeds> = {}) {
  const clock = testClock()
  const infra = memoryKube({ clock })
  const build = memoryKube({ clock, cluster: 'build' })
  const config = {
    prowjob_namespace: 'prow',
    pod_namespace: 'test-pods',
    periodics: [{ name: 'nightly' }],
    sinker: {
      resync_period: hour,
      max_prowjob_age: 2 * day,
      max_pod_age: day,
      terminated_pod_ttl: hour / 2,
      exclude_clusters: [],
      ...settings,
    },
  }
  const agent: ConfigAgent = {
    current: () => ({ config }) as unknown as Snapshot,
    subscribe: () => () => {},
    problems: () => [],
  }
  const metrics = new Registry()
  const ago = (ms: number) => timestamp(clock.now() - ms)
  return {
    clock,
    infra,
    build,
    metrics,
    ago,
    start() {
      const end = new AbortController()
      ends.push(end)
      const done = sinker.run({
        clock,
        ids: { uuid: () => 'uuid', suffix: () => 'x', fraction: () => 0 },
        log: pino({ level: 'silent' }),
        metrics,
        signal: end.signal,
        ready: () => {},
        clusters: clustersOf(infra, { build }),
        config: agent,
        ...needs,
      })
      return { stop: () => end.abort(), done }
    },
    job: (name: string, status: Partial<ProwJobStatus>, spec: Partial<ProwJobSpec> = {}) =>
      infra.create(prowJobs, {
        apiVersion: 'prow.k8s.io/v1',
        kind: 'ProwJob',
        metadata: { name, namespace: 'prow' },
        spec: { type: 'presubmit', job: 'j', ...spec },
        status: { state: 'success', ...status },
      }),
    pod: (name: string, kube: MemoryKube = infra, metadata: Pod['metadata'] = {}, status: Pod['status'] = {}) =>
      kube.create(pods, {
        metadata: { name, namespace: 'test-pods', labels: { [createdByProw]: 'true' }, ...metadata },
        status,
      }),
    names: (kube: MemoryKube = infra) => kube.all(pods).map(({ metadata }) => metadata?.name),
    jobNames: () => infra.all(prowJobs).map(({ metadata }) => metadata.name),
  }
}

test('a round removes old jobs and the Pods of ended ones, on every cluster', async () => {
  const { start, clock, job, pod, names, jobNames, build, ago, metrics } = scene()
  await job('old', { startTime: ago(3 * day), completionTime: ago(3 * day) })
  await job('ended', { startTime: ago(day), completionTime: ago(hour) })
  await job('runs', { state: 'pending', startTime: ago(3 * day) })
  await job(
    'nightly-1',
    { startTime: ago(4 * day), completionTime: ago(4 * day) },
    { type: 'periodic', job: 'nightly' },
  )
  for (const name of ['old', 'ended', 'runs']) await pod(name, build, {}, { startTime: ago(2 * day) })
  await pod('theirs', build, { labels: { [createdByProw]: 'no' } })
  start()
  await clock.advance('1s')
  expect(jobNames()).toEqual(['ended', 'nightly-1', 'runs'])
  expect(names(build)).toEqual(['runs', 'theirs'])
  const text = await metrics.metrics()
  for (const line of [
    'sinker_pods_existing 3',
    'sinker_prow_jobs_existing 4',
    'sinker_pods_removed{reason="aged"} 2',
    'sinker_pods_removed{reason="orphaned"} 0',
    'sinker_prow_jobs_cleaned{reason="aged"} 1',
    'sinker_prow_jobs_cleaned{reason="aged-periodic"} 0',
  ]) {
    expect(text).toContain(line)
  }
})

test('an orphan goes, unless it is new or its job can be found after all', async () => {
  const { start, clock, job, pod, names, infra, ago } = scene()
  await pod('orphan', infra, {}, { phase: 'Running', startTime: ago(10_000) })
  await pod('late', infra)
  await clock.advance('31s')
  await pod('new', infra)
  const stop = infra.onRequest(async ({ verb, resource }) => {
    if (verb !== 'list' || resource !== 'pods') return
    stop()
    await job('late', { state: 'pending' })
  })
  start()
  await clock.advance('1s')
  expect(names()).toEqual(['late', 'new'])
})

test('a finalizer that nobody will take away is taken away', async () => {
  const { start, clock, job, pod, names, infra, ago } = scene()
  const finalizers = [podReporterFinalizer, 'x/y']
  await pod('orphan', infra, { finalizers: [podReporterFinalizer] })
  await clock.advance('31s')
  await job('reported', {
    startTime: ago(hour),
    completionTime: ago(60_000),
    prev_report_states: { gcsk8sreporter: 'success' },
  })
  await job('unreported', { startTime: ago(hour), completionTime: ago(60_000) })
  await pod('reported', infra, { finalizers })
  await pod('unreported', infra, { finalizers })
  start()
  await clock.advance('1s')
  expect(names()).toEqual(['reported', 'unreported'])
  const left = infra.all(pods).map(({ metadata }) => metadata?.finalizers)
  expect(left).toEqual([['x/y'], finalizers])
})

test('excluded clusters are left alone, and a dead one does not keep the others from being cleaned', async () => {
  const excluded = scene({ exclude_clusters: ['build'] })
  await excluded.pod('a', excluded.build)
  await excluded.pod('b')
  await excluded.clock.advance('1m')
  excluded.start()
  await excluded.clock.advance('1s')
  expect([excluded.names(excluded.build), excluded.names()]).toEqual([['a'], []])

  // The cluster of the ProwJobs has no name of its own here but this one.
  const own = scene({ exclude_clusters: ['default'] })
  await own.pod('a', own.build)
  await own.pod('b')
  await own.clock.advance('1m')
  own.start()
  await own.clock.advance('1s')
  expect([own.names(own.build), own.names()]).toEqual([[], ['b']])

  const dead = scene()
  await dead.pod('b')
  await dead.clock.advance('1m')
  dead.build.onRequest(() => {
    throw new Error('unreachable')
  })
  dead.start()
  await dead.clock.advance('1s')
  expect(dead.names()).toEqual([])
})

test('a failure is counted by its reason, and the rest goes on', async () => {
  const { start, clock, pod, names, infra, metrics } = scene()
  for (const name of ['a', 'b', 'c']) await pod(name)
  await clock.advance('1m')
  infra.onRequest(({ verb, name }) => {
    if (verb === 'delete' && name === 'b') throw new KubeError(403, 'Forbidden', 'no')
  })
  start()
  await clock.advance('1s')
  expect(names()).toEqual(['b'])
  expect(await metrics.metrics()).toContain('sinker_pod_removal_errors{reason="Forbidden"} 1')
})

test('a Pod that goes by itself meanwhile counts as an error, too', async () => {
  const { start, clock, pod, names, infra, metrics } = scene()
  await pod('a')
  await clock.advance('1m')
  infra.onRequest(async ({ verb, resource, name }) => {
    if (verb === 'get' && resource === 'prowjobs' && name === 'a') {
      await infra.delete(pods, { namespace: 'test-pods', name })
    }
  })
  start()
  await clock.advance('1s')
  expect(names()).toEqual([])
  const text = await metrics.metrics()
  expect(text).toContain('sinker_pod_removal_errors{reason="NotFound"} 1')
  expect(text).toContain('sinker_pods_removed{reason="orphaned"} 0')
})

test('a ProwJob that cannot be deleted is counted by the reason', async () => {
  const { start, clock, job, jobNames, infra, metrics, ago } = scene()
  for (const name of ['a', 'b']) await job(name, { startTime: ago(3 * day), completionTime: ago(3 * day) })
  infra.onRequest(({ verb, name }) => {
    if (verb === 'delete' && name === 'a') throw new KubeError(403, 'Forbidden', 'no')
  })
  start()
  await clock.advance('1s')
  expect(jobNames()).toEqual(['a'])
  expect(await metrics.metrics()).toContain('sinker_prow_jobs_cleaning_errors{reason="Forbidden"} 1')
})

test('a round tells how long it took, and looks at every page of a long list', async () => {
  const { start, clock, pod, names, infra, metrics } = scene()
  for (let i = 0; i < 501; i++) await pod(`p${i}`)
  await clock.advance('1m')
  const stop = infra.onRequest(async ({ verb, resource }) => {
    if (verb !== 'list' || resource !== 'pods') return
    stop()
    await clock.sleep(2500)
  })
  start()
  await clock.advance('3s')
  expect(names()).toEqual([])
  expect(await metrics.metrics()).toContain('sinker_loop_duration_seconds 2.5')
})

test('without the list of jobs nothing is removed', async () => {
  const { start, clock, pod, names, infra } = scene()
  await pod('a')
  await clock.advance('1m')
  infra.onRequest(({ verb, resource }) => {
    if (verb === 'list' && resource === 'prowjobs') throw new Error('no')
  })
  start()
  await clock.advance('1s')
  expect(names()).toEqual(['a'])
})

test('rounds come once per period, and reasons that do not occur go back to 0', async () => {
  const { start, clock, pod, names, metrics } = scene()
  await pod('a')
  await clock.advance('1m')
  start()
  await clock.advance('1s')
  expect(await metrics.metrics()).toContain('sinker_pods_removed{reason="orphaned"} 1')
  await pod('b')
  await clock.advance('59m')
  expect(names()).toEqual(['b'])
  await clock.advance('1m')
  expect(names()).toEqual([])
  await clock.advance('1h')
  expect(await metrics.metrics()).toContain('sinker_pods_removed{reason="orphaned"} 0')
})

test('it can run just once', async () => {
  const { start, clock, pod, names } = scene({}, { runOnce: true })
  await pod('a')
  await clock.advance('1m')
  const { done } = start()
  await clock.advance('1s')
  await expect(done).resolves.toBeUndefined()
  expect(names()).toEqual([])
})

test('with several sinkers one works, and gives the lease back at its end', async () => {
  const { start, clock, pod, names, infra } = scene({}, { identity: 'host_1' })
  await pod('a')
  await clock.advance('1m')
  const { stop, done } = start()
  await clock.advance('1s')
  expect(names()).toEqual([])
  const lease = () => infra.read(leases, { namespace: 'prow', name: 'prow-sinker-leaderlock' }).spec
  expect(lease()).toMatchObject({ holderIdentity: 'host_1', leaseDurationSeconds: 15 })
  stop()
  await clock.advance('1s')
  await done
  expect(lease()?.holderIdentity ?? '').toBe('')
})

test('a sinker without the lease removes nothing', async () => {
  const { start, clock, pod, names, infra } = scene({}, { identity: 'host_1' })
  await pod('a')
  await infra.create(leases, {
    metadata: { name: 'prow-sinker-leaderlock', namespace: 'prow' },
    spec: { holderIdentity: 'upstream_2', leaseDurationSeconds: 15 },
  })
  start()
  for (let renewal = 0; renewal < 20; renewal++) {
    await clock.advance('5s')
    infra.change(leases, { namespace: 'prow', name: 'prow-sinker-leaderlock' }, ({ spec }) =>
      Object.assign(spec ?? {}, { renewTime: String(renewal) }),
    )
  }
  expect(names()).toEqual(['a'])
  await clock.advance('18s')
  expect(names()).toEqual([])
})

test('the size of mounted config maps counts each key once', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sinker-'))
  try {
    const mount = join(dir, 'jobs')
    await mkdir(join(mount, '..2026'), { recursive: true })
    await mkdir(join(dir, 'no-mount'))
    await writeFile(join(mount, '..2026', 'a.yaml'), '12345')
    await symlink('..2026', join(mount, '..data'))
    await symlink('..data/a.yaml', join(mount, 'a.yaml'))
    const want = new Map([[mount, 5]])
    expect(await configMapSizes(dir)).toEqual(want)
    expect(await configMapSizes(mount)).toEqual(want)

    const { start, clock, metrics } = scene({}, { jobConfigPath: dir })
    const size = async () => /job_configmap_size\{name="(.*)"\} (\d+)/.exec(await metrics.metrics())?.slice(1)
    const { stop } = start()
    await vi.waitFor(async () => expect(await size()).toEqual([mount, '5']))
    await writeFile(join(mount, '..2026', 'a.yaml'), '1234567')
    await clock.advance('4m59s')
    expect(await size()).toEqual([mount, '5'])
    await clock.advance('1s')
    await vi.waitFor(async () => expect(await size()).toEqual([mount, '7']))
    stop()
  } finally {
    await rm(dir, { recursive: true })
  }
})
