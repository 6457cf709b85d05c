// crier as a whole, on a Kubernetes API and a code host in memory: what is told, how often, and what is noted.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { type JobState, type ProwJob, prowJobs } from '../api/prowjob.ts'
import { KubeError } from '../kube/client.ts'
import { clustersOf } from '../kube/clusters.ts'
import { openStorage } from '../storage/open.ts'
import { systemIds } from '../system/ids.ts'
import { settle, type TestClock, testClock } from '../testing/clock.ts'
import { snapshot } from '../testing/config.ts'
import { type MemoryCodeHost, memoryCodeHost } from '../testing/memory-code-host.ts'
import { type MemoryKube, memoryKube } from '../testing/memory-kube.ts'
import { type CrierNeeds, crier } from './crier.ts'
import { enablementProblems, isEnabled } from './enablement.ts'
import { locks } from './locks.ts'

let folder = ''
let clock: TestClock
let kube: MemoryKube
let host: MemoryCodeHost
let metrics: Registry
let end: AbortController
let running: Promise<void> | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crier-'))
  clock = testClock('2026-01-01T00:10:00Z')
  kube = memoryKube({ clock })
  host = memoryCodeHost(clock)
  host.open({ org: 'o', repo: 'r', number: 7 })
  metrics = new Registry()
  end = new AbortController()
})
afterEach(async () => {
  await stop()
  await rm(folder, { recursive: true })
})

async function start(more: Partial<CrierNeeds> = {}): Promise<void> {
  end = new AbortController()
  const ready = Promise.withResolvers<void>()
  const current = snapshot()
  const config = { current: () => current, subscribe: () => () => {}, problems: () => [] }
  running = crier.run({
    clusters: clustersOf(kube),
    host,
    config,
    storage: openStorage(),
    clock,
    ids: systemIds,
    log: pino({ enabled: false }),
    metrics,
    signal: end.signal,
    ready: () => ready.resolve(),
    ...more,
  })
  await Promise.race([ready.promise, running])
}
async function stop(): Promise<void> {
  end.abort()
  await running
}
async function until(condition: () => unknown): Promise<void> {
  while (!condition()) await settle(1)
}

function job(name: string, state: JobState, more: Partial<ProwJob['spec']> = {}): ProwJob {
  const ended = ['success', 'failure', 'aborted', 'error'].includes(state)
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name, namespace: 'prow' },
    spec: {
      type: 'presubmit',
      job: name,
      context: name,
      report: true,
      refs: { org: 'o', repo: 'r', base_sha: 'b1', pulls: [{ number: 7, author: 'al', sha: 'p1' }] },
      decoration_config: { gcs_configuration: { bucket: `file://${folder}`, path_strategy: 'explicit' } },
      ...more,
    },
    status: { state, ...(ended ? { completionTime: '2026-01-01T00:09:00Z' } : {}) },
  }
}
const at = (name: string) => ({ namespace: 'prow', name })
const noted = (name: string) => kube.read(prowJobs, at(name)).status.prev_report_states
const move = (name: string, status: Partial<ProwJob['status']>) =>
  kube.change(prowJobs, at(name), (one) => Object.assign(one.status, status))
const statuses = () => (host.state.statuses.get('o/r@p1') ?? []).map(({ context, state }) => `${context} ${state}`)

test('a job from beginning to end: three statuses, one comment, three files, all of it noted', async () => {
  await start()
  await kube.create(prowJobs, job('unit', 'triggered'))
  await until(() => noted('unit')?.['github-reporter'] === 'triggered')
  move('unit', { state: 'pending', build_id: '42', startTime: '2026-01-01T00:05:00Z' })
  await until(() => noted('unit')?.['github-reporter'] === 'pending' && noted('unit')?.gcsreporter === 'pending')
  move('unit', { state: 'failure', completionTime: '2026-01-01T00:09:00Z' })
  await until(() => noted('unit')?.['github-reporter'] === 'failure' && noted('unit')?.gcsreporter === 'failure')
  expect(host.effects.map((effect) => effect.replace(/^(\S+ status \S+ \w+|\S+ comment).*$/s, '$1'))).toEqual([
    'o/r@p1 status unit: pending',
    'o/r@p1 status unit: pending',
    'o/r@p1 status unit: failure',
    'o/r#7 comment',
  ])
  const results = `${folder}/pr-logs/pull/o_r/7/unit/42`
  for (const file of ['started.json', 'finished.json', 'prowjob.json']) {
    expect(await openStorage().stat(`file://${results}/${file}`), file).toBeDefined()
  }
  const text = await metrics.metrics()
  expect(text).toContain('crier_report_latency_sum{reporter="github-reporter"} 60')
  expect(text).toContain('crier_reporting_results{reporter="github-reporter",result="SUCCESS"} 3')
})

test('what has been told is not told again, whenever crier starts', async () => {
  const told = job('told', 'failure')
  await kube.create(prowJobs, {
    ...told,
    status: { ...told.status, prev_report_states: { 'github-reporter': 'failure' } },
  })
  await kube.create(prowJobs, job('fresh', 'success'))
  await start()
  await until(() => noted('fresh'))
  await stop()
  await start()
  await settle(50)
  expect(statuses()).toEqual(['fresh success'])
  expect(host.calls.filter((call) => call === 'setStatus')).toHaveLength(1)
})

test('after an outage only the present state is told', async () => {
  let down = true
  host.before = (operation) => {
    if (down && operation === 'setStatus') throw new CodeHostError('unavailable', 503, 'down')
  }
  await start()
  await kube.create(prowJobs, job('unit', 'triggered'))
  await until(() => host.calls.includes('setStatus'))
  move('unit', { state: 'pending' })
  move('unit', { state: 'success', completionTime: '2026-01-01T00:09:00Z' })
  await settle(50) // the cache knows both, and every attempt has failed
  down = false
  while (noted('unit')?.['github-reporter'] !== 'success') await clock.advance('1s')
  expect(host.effects).toHaveLength(1)
  expect(statuses()).toEqual(['unit success'])
  expect(await metrics.metrics()).toMatch(/crier_reporting_results\{reporter="github-reporter",result="ERROR"\} [1-9]/)
})

test('a note that cannot be written is tried again, and so is the report', async () => {
  let left = 2
  kube.onRequest(({ verb }) => {
    if (verb === 'patch' && left-- > 0) throw new KubeError(500, 'InternalError', 'no')
  })
  await start()
  await kube.create(prowJobs, job('unit', 'failure'))
  while (!noted('unit')) await clock.advance('1s')
  expect(host.state.comments.get('o/r#7')).toHaveLength(1)
  expect(statuses()).toEqual(['unit failure'])
})

test('killed between report and note, it reports again, and nobody sees two comments', async () => {
  let killed = false
  kube.onRequest(({ verb }) => {
    if (verb !== 'patch' || killed) return
    killed = true
    end.abort()
    throw new Error('killed')
  })
  await start()
  await kube.create(prowJobs, job('unit', 'failure'))
  await running
  expect(noted('unit')).toBeUndefined()
  expect(host.state.comments.get('o/r#7')).toHaveLength(1)
  host.take()
  await start()
  await until(() => noted('unit'))
  expect(host.state.comments.get('o/r#7')).toHaveLength(1)
  expect(host.take()).toEqual([expect.stringContaining('status unit: failure')])
})

test('one reporter that fails does not hold up the other', async () => {
  host.before = () => {
    throw new CodeHostError('unavailable', 503, 'down')
  }
  await start()
  await kube.create(prowJobs, {
    ...job('unit', 'success'),
    status: { ...job('unit', 'success').status, build_id: '42' },
  })
  await until(() => noted('unit')?.gcsreporter === 'success')
  expect(noted('unit')).toEqual({ gcsreporter: 'success' })
})

test('a report that hangs is given up and made again', async () => {
  let hang = true
  host.before = (operation) => {
    if (operation !== 'setStatus' || !hang) return
    hang = false
    return new Promise(() => {})
  }
  await start()
  await kube.create(prowJobs, job('unit', 'success'))
  await until(() => !hang)
  await clock.advance('5m')
  while (!noted('unit')) await clock.advance('1s')
  expect(statuses()).toEqual(['unit success'])
})

test('a job without a state, and one that has no cluster yet, are no news', async () => {
  await start()
  await kube.create(prowJobs, job('unscheduled', 'scheduling'))
  await kube.create(prowJobs, { apiVersion: 'prow.k8s.io/v1', kind: 'ProwJob', metadata: at('odd') } as ProwJob)
  await kube.create(prowJobs, job('real', 'success'))
  await until(() => noted('real'))
  expect(statuses()).toEqual(['real success'])
  expect(noted('unscheduled')).toBeUndefined()
  expect(await metrics.metrics()).not.toContain('result="ERROR"')
})

test('a job that is deleted meanwhile is no problem', async () => {
  host.before = async (operation) => {
    if (operation === 'setStatus') await kube.delete(prowJobs, at('unit'))
  }
  await start()
  await kube.create(prowJobs, job('unit', 'success'))
  await until(() => kube.all(prowJobs).length === 0)
  await settle(50)
  expect(host.calls.filter((call) => call === 'setStatus')).toHaveLength(1)
})

test('reporters can be switched off', async () => {
  await start({ workers: { github: 0 } })
  await kube.create(prowJobs, {
    ...job('unit', 'success'),
    status: { ...job('unit', 'success').status, build_id: '42' },
  })
  await until(() => noted('unit'))
  await settle(50)
  expect(host.calls).toEqual([])
})

describe('enablement', () => {
  const two = job('x', 'success', { extra_refs: [{ org: 'x', repo: 'y' }] })
  const none: ProwJob = { ...two, spec: { type: 'periodic', job: 'x' } }
  test.each<[ProwJob, object, boolean]>([
    [two, {}, true],
    [two, { enabledOrgs: ['o'] }, true],
    [two, { enabledRepos: ['x/y'] }, true],
    [two, { enabledRepos: ['a/b'] }, false],
    [two, { enabledOrgs: ['a'], enabledRepos: ['b/c'] }, false],
    [two, { enabledOrgs: ['a'], enabledRepos: ['x/y'] }, true],
    [two, { disabledOrgs: ['x'] }, true],
    [two, { disabledOrgs: ['x', 'o'] }, false],
    [two, { enabledOrgs: ['o'], disabledRepos: ['o/r'] }, false],
    [none, { enabledOrgs: ['o'] }, true],
  ])('case %#', (one, rules, want) => expect(isEnabled(one, rules)).toBe(want))

  test.each<[object, string]>([
    [{ enabledOrgs: ['o'], disabledOrgs: ['o'] }, 'org o is both'],
    [{ enabledRepos: ['o/r'], disabledRepos: ['o/r'] }, 'repo o/r is both'],
    [{ enabledRepos: ['o'] }, 'must have the form org/repo'],
  ])('%j is refused', (rules, why) => expect(enablementProblems(rules)[0]).toContain(why))
})

test('a lock lets one at a time pass, in order, and goes on after failures', async () => {
  const locked = locks()
  const order: string[] = []
  const { signal } = new AbortController()
  const work = (name: string) => async () => {
    order.push(`${name} in`)
    await settle(1)
    order.push(`${name} out`)
    if (name === 'a') throw new Error('failed')
  }
  const aborted = AbortSignal.abort(new Error('too late'))
  const all = await Promise.allSettled([
    locked('k', signal, work('a')),
    locked('k', aborted, work('never')),
    locked('k', signal, work('b')),
    locked('other', signal, work('c')),
  ])
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled'])
  expect(order.filter((step) => !step.startsWith('c'))).toEqual(['a in', 'a out', 'b in', 'b out'])
})
