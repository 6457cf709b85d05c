// horologium, with a clock that only moves when told to.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { type JobState, type ProwJob, prowJobs } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import type { ConfigAgent, Periodic, Snapshot } from '../config/types.ts'
import { newPeriodic } from '../jobs/build.ts'
import { testClock } from '../testing/clock.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { horologium } from './horologium.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

type Given = Partial<Periodic> & { name: string }

function scene(periodics: Given[], at = '2026-01-02T03:04:05Z') {
  const clock = testClock(at)
  const kube = memoryKube({ clock })
  let config = {}
  const configure = (given: Given[]) => {
    const base = { agent: 'kubernetes', cluster: 'default', namespace: 'test-pods', labels: {}, annotations: {} }
    config = {
      prowjob_namespace: 'prow',
      scheduler: { enabled: false },
      horologium: { tick_interval: 60_000 },
      periodics: given.map((one) => ({ ...base, ...one })),
    }
  }
  configure(periodics)
  const agent: ConfigAgent = { current: () => ({ config }) as Snapshot, subscribe: () => () => {}, problems: () => [] }
  let names = 0

  const runs = (job: string) => kube.all(prowJobs).filter(({ spec }) => spec.job === job)
  return {
    clock,
    kube,
    configure,
    runs,
    count: (job: string) => runs(job).length,
    start() {
      const end = new AbortController()
      ends.push(end)
      const done = horologium.run({
        clock,
        ids: { uuid: () => `run-${String(++names).padStart(3, '0')}`, suffix: () => 'x', fraction: () => 0 },
        log: pino({ level: 'silent' }),
        metrics: new Registry(),
        signal: end.signal,
        ready: () => {},
        kube,
        config: agent,
        newPeriodic,
      })
      return { stop: () => end.abort(), done }
    },
    finish(job: string, state: JobState) {
      for (const { metadata, status } of runs(job)) {
        if (status.completionTime) continue
        kube.change<ProwJob>(prowJobs, { namespace: 'prow', name: metadata.name ?? '' }, (one) => {
          Object.assign(one.status, { state, completionTime: timestamp(clock.now()) })
        })
      }
    },
  }
}

test('an interval counts from the start of the run before', async () => {
  const { start, clock, count, finish, runs } = scene([{ name: 'nightly', interval: 86_400_000, labels: { a: 'b' } }])
  start()
  await clock.advance('1s')
  expect(count('nightly')).toBe(1) // no history: due at the first tick
  expect(runs('nightly')[0]).toMatchObject({
    metadata: { name: 'run-001', labels: { a: 'b', 'prow.k8s.io/type': 'periodic' } },
    status: { state: 'triggered', startTime: '2026-01-02T03:04:05Z' },
  })
  await clock.advance('20h')
  finish('nightly', 'success')
  await clock.advance('3h58m')
  expect(count('nightly')).toBe(1)
  await clock.advance('3m')
  expect(count('nightly')).toBe(2)
})

test('cron fires at its time, once per tick, and a fire during a run is lost', async () => {
  const { start, clock, count, finish } = scene([{ name: 'hourly', cron: '30 * * * *' }])
  start()
  await clock.advance('25m')
  expect(count('hourly')).toBe(0)
  await clock.advance('2m')
  expect(count('hourly')).toBe(1)
  await clock.advance('1h')
  finish('hourly', 'success')
  await clock.advance('58m')
  expect(count('hourly')).toBe(1)
  await clock.advance('3m')
  expect(count('hourly')).toBe(2)
})

test('@every runs at once when it is new, and not because of a restart', async () => {
  const { start, clock, count, finish } = scene([{ name: 'e', cron: '@every 1h' }])
  const first = start()
  await clock.advance('1s')
  expect(count('e')).toBe(1)
  finish('e', 'success')
  await clock.advance('10m')
  first.stop()
  await first.done
  start()
  await clock.advance('40m')
  expect(count('e')).toBe(1)
  await clock.advance('11m')
  expect(count('e')).toBe(2)
})

test('a new cron job waits for its time, a changed one for the new time', async () => {
  const { start, clock, count, configure } = scene([{ name: 'a', cron: '* 8 * * *' }])
  start()
  await clock.advance('1h')
  expect(count('a')).toBe(0)
  configure([{ name: 'a', cron: '30 4 * * *' }])
  await clock.advance('30m')
  expect(count('a')).toBe(1)
})

test('a time that was written into the configuration too late waits for the next day', async () => {
  const { start, clock, count, finish, configure } = scene([{ name: 'a', cron: '5 3 * * *' }])
  start()
  await clock.advance('2m')
  expect(count('a')).toBe(1)
  finish('a', 'success')
  await clock.advance('53m4s') // 03:59:09; the next look is at 04:00:05
  configure([{ name: 'a', cron: '0 4 * * *' }])
  await clock.advance('10m')
  expect(count('a')).toBe(1)
  await clock.advance('24h')
  expect(count('a')).toBe(2)
})

test('a fire between the end of one horologium and the start of the next is not lost', async () => {
  const { start, clock, count, finish } = scene([{ name: 'a', cron: '0 * * * *' }])
  const first = start()
  await clock.advance('57m')
  expect(count('a')).toBe(1) // 04:00
  finish('a', 'success')
  await clock.advance('58m10s') // 04:59:15
  first.stop()
  await first.done
  await clock.advance('70s') // the fire of 05:00 meets nobody
  start()
  await clock.advance('1s')
  expect(count('a')).toBe(2)
  finish('a', 'success')
  await clock.advance('50m')
  expect(count('a')).toBe(2)
})

test('older fires stay lost, and one that had its run does not come again', async () => {
  const { start, clock, count, finish } = scene([{ name: 'a', cron: '0 * * * *' }])
  const first = start()
  await clock.advance('56m')
  expect(count('a')).toBe(1)
  finish('a', 'success')
  first.stop()
  await first.done
  const second = start()
  await clock.advance('1m')
  expect(count('a')).toBe(1)
  second.stop()
  await second.done
  await clock.advance('1h10m')
  start()
  await clock.advance('1m')
  expect(count('a')).toBe(1)
})

test('a run that cannot be made is made at the next tick, and does not hold up the others', async () => {
  const { start, clock, count, kube } = scene([
    { name: 'a', cron: '5 * * * *' },
    { name: 'b', interval: 3_600_000 },
  ])
  let broken = true
  kube.onRequest(({ verb, body }) => {
    if (verb === 'create' && broken && JSON.stringify(body).includes('"job":"a"')) throw new Error('no')
  })
  start()
  await clock.advance('2m')
  expect([count('a'), count('b')]).toEqual([0, 1])
  broken = false
  await clock.advance('1m')
  expect(count('a')).toBe(1)
})

test('a failed cron run is tried again, with its number', async () => {
  const retry = { attempts: 2, interval: 300_000, run_all: false }
  const { start, clock, runs, finish } = scene([{ name: 'a', cron: '5 * * * *', retry }])
  start()
  await clock.advance('1m')
  for (let i = 0; i < 5; i++) {
    finish('a', 'failure')
    await clock.advance('6m')
  }
  expect(runs('a').map(({ metadata }) => metadata.labels?.['prow.k8s.io/re-run'])).toEqual([undefined, '1', '2'])
})

test('an expression that cannot be read costs only its own job', async () => {
  const { start, clock, count } = scene([
    { name: 'bad', cron: '0 0 * * 7' },
    { name: 'good', cron: '* * * * *' },
  ])
  start()
  await clock.advance('2m')
  expect([count('bad'), count('good')]).toEqual([0, 1])
})

test('it ends when told to', async () => {
  const { start, clock } = scene([])
  const { stop, done } = start()
  await clock.advance('1s')
  stop()
  await expect(done).resolves.toBeUndefined()
})
