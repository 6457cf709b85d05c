// scheduler at work on a cluster in memory: jobs that wait for a cluster get one, once.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { KubeError } from '../kube/client.ts'
import { systemIds } from '../system/ids.ts'
import { testClock } from '../testing/clock.ts'
import { snapshot } from '../testing/config.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { scheduler } from './scheduler.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

function scene(first: Omit<Config['scheduler'], 'enabled'> = {}) {
  const clock = testClock()
  const kube = memoryKube({ clock })
  let strategy = first
  const metrics = new Registry()
  const end = new AbortController()
  ends.push(end)
  const at = (name: string) => ({ namespace: 'prow', name })
  return {
    clock,
    kube,
    metrics,
    end,
    start: () =>
      scheduler.run({
        kube,
        fetch,
        config: {
          current: () => snapshot({ config: { scheduler: { enabled: true, ...strategy } } }),
          subscribe: () => () => {},
          problems: () => [],
        },
        clock,
        ids: systemIds,
        log: pino({ enabled: false }),
        metrics,
        signal: end.signal,
        ready: () => {},
      }),
    configure: (next: Omit<Config['scheduler'], 'enabled'>) => {
      strategy = next
    },
    async job(name: string, cluster: string, state: ProwJob['status']['state'] = 'scheduling') {
      await kube.create(prowJobs, {
        apiVersion: 'prow.k8s.io/v1',
        kind: 'ProwJob',
        metadata: at(name),
        spec: { type: 'periodic', job: 'test', agent: 'kubernetes', cluster, max_concurrency: 3 },
        status: { state, description: 'kept' },
      })
      await clock.advance(0)
    },
    read: (name: string) => kube.read(prowJobs, at(name)),
    at,
  }
}
const failover = (mappings: Record<string, string>) => ({ failover: { mappings } })

test('a job that is being scheduled gets its cluster and is triggered, in one patch', async () => {
  const { start, job, read, kube, metrics } = scene(failover({ broken: 'running' }))
  void start()
  await job('a', 'broken')
  expect(read('a').spec).toEqual({
    type: 'periodic',
    job: 'test',
    agent: 'kubernetes',
    cluster: 'running',
    max_concurrency: 3,
  })
  expect(read('a').status).toEqual({ state: 'triggered', description: 'kept' })
  expect(kube.writes.map(({ verb }) => verb)).toEqual(['create', 'patch'])
  expect(await metrics.metrics()).toContain('controller_runtime_reconcile_total{controller="scheduler"')
})

test('jobs that were there before it are scheduled, others are left alone', async () => {
  const { start, job, read, clock, kube } = scene(failover({ broken: 'running' }))
  await job('a', 'broken')
  await job('b', 'broken', 'triggered')
  void start()
  await clock.advance('1s')
  expect([read('a').spec.cluster, read('b').spec.cluster]).toEqual(['running', 'broken'])
  expect(kube.writes.filter(({ verb }) => verb === 'patch')).toHaveLength(1)
})

test('a changed configuration holds from the next job on', async () => {
  const { start, job, read, configure } = scene(failover({ one: 'two' }))
  void start()
  await job('a', 'one')
  configure(failover({ one: 'three' }))
  await job('b', 'one')
  expect([read('a').spec.cluster, read('b').spec.cluster]).toEqual(['two', 'three'])
})

test('the default cluster is no name', async () => {
  const { start, job, read } = scene(failover({ one: '' }))
  void start()
  await job('a', 'one')
  expect(read('a').spec).not.toHaveProperty('cluster')
})

test('an abort that comes in between is not written over', async () => {
  const { start, job, read, kube, clock, at, metrics } = scene()
  let aborted = false
  kube.onRequest(async ({ verb }) => {
    if (verb !== 'patch' || aborted) return
    aborted = true
    await kube.patch(prowJobs, at('a'), { merge: { status: { state: 'aborted' } } })
  })
  void start()
  await job('a', 'one')
  await clock.advance('1m')
  expect(read('a').status.state).toBe('aborted')
  expect(await metrics.metrics()).not.toContain('controller_runtime_reconcile_errors_total{')
})

test('a job that is deleted in between is no problem', async () => {
  const { start, job, kube, clock, at, metrics } = scene()
  kube.onRequest(async ({ verb }) => {
    if (verb === 'patch') await kube.delete(prowJobs, at('a'))
  })
  void start()
  await job('a', 'one')
  await clock.advance('1m')
  expect(kube.all(prowJobs)).toEqual([])
  expect(await metrics.metrics()).not.toContain('controller_runtime_reconcile_errors_total{')
})

test('a failed write is tried again', async () => {
  const { start, job, read, kube, clock } = scene()
  let failures = 0
  kube.onRequest(({ verb }) => {
    if (verb === 'patch' && ++failures < 3) throw new KubeError(500, 'InternalError', 'oops')
  })
  void start()
  await job('a', 'one')
  await clock.advance('1s')
  expect(read('a').status.state).toBe('triggered')
})

test('it ends with its signal', async () => {
  const { start, end, clock } = scene()
  const done = start()
  await clock.advance(0)
  end.abort()
  await expect(done).resolves.toBeUndefined()
})
