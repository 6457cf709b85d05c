// Leader election: one at a time, take-over when the leader is gone, an end when the lease is lost.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { leases } from '../api/kubernetes.ts'
import { testClock } from '../testing/clock.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { LeadershipLostError, runAsLeader } from './leader.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

const at = { namespace: 'prow', name: 'lock' }

function world() {
  const clock = testClock()
  const kube = memoryKube({ clock })
  const leading = new Set<string>()
  const most = { atOnce: 0 }
  function candidate(identity: string) {
    const end = new AbortController()
    ends.push(end)
    const metrics = new Registry()
    const done = runAsLeader({
      kube,
      ...at,
      identity,
      clock,
      ids: { fraction: () => 0 },
      log: pino({ level: 'silent' }),
      metrics,
      signal: end.signal,
      async lead(signal) {
        leading.add(identity)
        most.atOnce = Math.max(most.atOnce, leading.size)
        await clock.sleep(Number.MAX_SAFE_INTEGER, signal).catch(() => {})
        leading.delete(identity)
      },
    })
    const outcome = done.then(
      () => 'ended',
      (error: unknown) => (error instanceof LeadershipLostError ? String(error) : 'another error'),
    )
    return { end, outcome, metrics }
  }
  return { clock, kube, leading, most, candidate }
}

test('the first candidate leads, and its lease looks like those of client-go', async () => {
  const { clock, kube, leading, candidate } = world()
  const { metrics } = candidate('a')
  await clock.advance('1s')
  expect([...leading]).toEqual(['a'])
  expect(kube.read(leases, at).spec).toEqual({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-02T03:04:05.000000Z',
    renewTime: '2026-01-02T03:04:05.000000Z',
    leaseTransitions: 0,
  })
  expect(await metrics.metrics()).toContain('leader_election_master_status{name="lock"} 1')
})

test('the second waits while the first renews, and takes over at once when it gives the lease back', async () => {
  const { clock, kube, leading, most, candidate } = world()
  const a = candidate('a')
  await clock.advance('1s')
  candidate('b')
  await clock.advance('5m')
  expect([...leading]).toEqual(['a'])
  a.end.abort()
  expect(await a.outcome).toBe('ended')
  await clock.advance('3s')
  expect([...leading]).toEqual(['b'])
  expect(most.atOnce).toBe(1)
  expect(kube.read(leases, at).spec?.leaseTransitions).toBe(1)
})

test('who waits says that it does not lead; a lease that was given back is nobody’s', async () => {
  const { clock, kube, candidate } = world()
  const a = candidate('a')
  await clock.advance('1s')
  const b = candidate('b')
  await clock.advance('1s')
  expect(await b.metrics.metrics()).toContain('leader_election_master_status{name="lock"} 0')
  b.end.abort()
  a.end.abort()
  expect([await a.outcome, await b.outcome]).toEqual(['ended', 'ended'])
  expect(kube.read(leases, at).spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
  expect(await a.metrics.metrics()).toContain('leader_election_master_status{name="lock"} 0')
})

test('a race for the lease that is lost is only a reason to wait', async () => {
  const { clock, kube, leading, candidate } = world()
  let raced = false
  kube.onRequest(async ({ verb, resource }) => {
    if (verb !== 'create' || resource !== 'leases' || raced) return
    raced = true
    await kube.create(leases, { metadata: at, spec: { holderIdentity: 'faster', leaseDurationSeconds: 15 } })
  })
  candidate('a')
  await clock.advance('10s')
  expect([...leading]).toEqual([])
  await clock.advance('10s')
  expect([...leading]).toEqual(['a'])
})

test('a leader that died without a word is followed after the duration of the lease', async () => {
  const { clock, kube, leading, candidate } = world()
  const spec = { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '2030-01-01T00:00:00.000000Z' }
  await kube.create(leases, { metadata: at, spec })
  candidate('b')
  await clock.advance('14s')
  expect([...leading]).toEqual([])
  await clock.advance('4s')
  expect([...leading]).toEqual(['b'])
})

test('a leader that cannot renew stops before anybody else may start', async () => {
  const { clock, kube, leading, candidate } = world()
  const a = candidate('a')
  await clock.advance('1s')
  kube.onRequest(() => {
    throw new Error('unreachable')
  })
  await clock.advance('13s')
  expect([...leading]).toEqual([])
  expect(await a.outcome).toContain('LeadershipLostError')
})

test('a leader whose request hangs stops in time as well', async () => {
  const { clock, kube, leading, candidate } = world()
  const a = candidate('a')
  await clock.advance('1s')
  const hung = Promise.withResolvers<void>()
  const clear = kube.onRequest(() => hung.promise)
  await clock.advance('12s')
  expect([...leading]).toEqual([])
  clear()
  hung.resolve()
  expect(await a.outcome).toContain('LeadershipLostError')
})

test('a leader whose lease was taken ends with an error', async () => {
  const { clock, kube, leading, candidate } = world()
  const a = candidate('a')
  await clock.advance('1s')
  kube.change(leases, at, ({ spec }) => {
    if (spec) spec.holderIdentity = 'thief'
  })
  await clock.advance('3s')
  expect([...leading]).toEqual([])
  expect(await a.outcome).toContain('to thief')
  expect(kube.read(leases, at).spec?.holderIdentity).toBe('thief')
})
