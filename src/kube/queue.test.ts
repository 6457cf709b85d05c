// The work queue: order, no two workers on a key, retries and their delays.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { settle, testClock } from '../testing/clock.ts'
import { backoffAfter, type Next, type QueueOptions, workQueue } from './queue.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

function start(reconcile: QueueOptions['reconcile'], options: Partial<QueueOptions> = {}) {
  const clock = testClock()
  const metrics = new Registry()
  const log = pino({ level: 'silent' })
  const queue = workQueue({ name: 'test', workers: 10, reconcile, clock, log, metrics, ...options })
  const end = new AbortController()
  ends.push(end)
  return { queue, clock, metrics, end, run: () => queue.run(end.signal) }
}

/** A reconcile that the test lets go on. */
function gate() {
  const started: string[] = []
  let open: ((next?: Next) => void)[] = []
  return {
    started,
    reconcile: (key: string) => {
      started.push(key)
      return new Promise<Next>((resolve) => open.push(resolve))
    },
    release() {
      const now = open
      open = []
      for (const one of now) one()
      return settle()
    },
  }
}

test('keys that are added twice are worked on once', async () => {
  const seen: string[] = []
  const { queue, run } = start(async (key) => {
    seen.push(key)
    return undefined
  })
  queue.add('a')
  queue.add('a')
  queue.add('b')
  void run()
  await settle()
  expect(seen).toEqual(['a', 'b'])
})

test('a key in work is not given to a second worker, but taken up once more afterwards', async () => {
  const { started, reconcile, release } = gate()
  const { queue, run } = start(reconcile)
  void run()
  queue.add('a')
  await settle()
  queue.add('a')
  queue.add('a')
  await settle()
  expect(started).toEqual(['a'])
  await release()
  expect(started).toEqual(['a', 'a'])
  await release()
  expect(started).toEqual(['a', 'a'])
})

test('no more keys than workers at once', async () => {
  const { started, reconcile, release } = gate()
  const { queue, run } = start(reconcile, { workers: 2 })
  void run()
  for (const key of ['a', 'b', 'c']) queue.add(key)
  await settle()
  expect(started).toEqual(['a', 'b'])
  await release()
  expect(started).toEqual(['a', 'b', 'c'])
})

test('keys of the first list come behind real changes, and move up when they really change', async () => {
  const seen: string[] = []
  const { queue, run } = start(async (key) => {
    seen.push(key)
    return undefined
  })
  queue.add('old', { low: true })
  queue.add('old-but-changed', { low: true })
  queue.add('new')
  queue.add('old-but-changed')
  void run()
  await settle()
  expect(seen).toEqual(['new', 'old-but-changed', 'old'])
})

test('an error is retried with doubled delays, and success forgets them', async () => {
  const at: number[] = []
  let fail = true
  const { queue, clock, run } = start(async () => {
    at.push(clock.now())
    if (fail) throw new Error('no')
    return undefined
  })
  void run()
  const zero = clock.now()
  queue.add('a')
  await clock.advance(5 + 10 + 20)
  expect(at.map((time) => time - zero)).toEqual([0, 5, 15, 35])
  fail = false
  await clock.advance('1h')
  expect(at).toHaveLength(5)
  fail = true
  const one = clock.now()
  queue.add('a')
  await clock.advance(5)
  expect(at.slice(5).map((time) => time - one)).toEqual([0, 5])
})

test.each([
  [1, 5],
  [2, 10],
  [18, 655_360],
  [19, 1_000_000],
  [5000, 1_000_000],
])('after %i errors the delay is %i ms', (failures, ms) => expect(backoffAfter(failures)).toBe(ms))

test('a key is looked at again when it asked for it, and not twice when something happens before', async () => {
  const at: number[] = []
  const { queue, clock, run } = start(async () => {
    at.push(clock.now())
    return { after: 10_000 }
  })
  void run()
  const zero = clock.now()
  queue.add('a')
  await clock.advance('4s')
  queue.add('a')
  await clock.advance('12s')
  expect(at.map((time) => time - zero)).toEqual([0, 4000, 14_000])
})

test('a rate limit spaces retries out once the burst is used up', async () => {
  const at = new Map<string, number[]>()
  const { queue, clock, run } = start(
    async (key) => {
      at.set(key, [...(at.get(key) ?? []), clock.now() - zero])
      throw new Error('no')
    },
    { rateLimit: { perSecond: 10, burst: 2 } },
  )
  const zero = clock.now()
  void run()
  for (const key of ['a', 'b', 'c']) queue.add(key)
  await clock.advance(99)
  expect([...at.entries()].map(([key, times]) => [key, times.length])).toEqual([
    ['a', 2],
    ['b', 2],
    ['c', 1],
  ])
  // The third failure took a token that was made up a tenth of a second later.
  await clock.advance(2)
  expect(at.get('c')).toEqual([0, 100])
})

test('of several times the earliest holds', async () => {
  const seen: number[] = []
  const { queue, clock, run } = start(async () => {
    seen.push(clock.now() - zero)
    return undefined
  })
  const zero = clock.now()
  void run()
  for (const ms of [100, 10, 50]) queue.addAfter('a', ms)
  await clock.advance('1s')
  expect(seen).toEqual([10])
})

test('work and waiting are measured in seconds', async () => {
  const { queue, clock, metrics, run } = start(
    async () => {
      await clock.sleep(2000)
      return undefined
    },
    { workers: 1 },
  )
  queue.add('a')
  queue.add('b')
  void run()
  await clock.advance('1s')
  const text = await metrics.metrics()
  expect(text).toContain('workqueue_unfinished_work_seconds{name="test"} 1')
  expect(text).toContain('workqueue_longest_running_processor_seconds{name="test"} 1')
  await clock.advance('3s')
  const after = await metrics.metrics()
  expect(after).toContain('workqueue_queue_duration_seconds_sum{name="test"} 2')
  expect(after).toContain('workqueue_work_duration_seconds_sum{name="test"} 4')
  expect(after).toContain('controller_runtime_reconcile_time_seconds_sum{controller="test"} 4')
})

test('a key in work that really changes goes ahead of those of the first list', async () => {
  const { started, reconcile, release } = gate()
  const { queue, run } = start(reconcile, { workers: 1 })
  void run()
  queue.add('a')
  await settle()
  queue.add('list', { low: true })
  queue.add('a', { low: true })
  queue.add('a')
  await release()
  expect(started).toEqual(['a', 'a'])
  await release()
  expect(started).toEqual(['a', 'a', 'list'])
})

test('run ends when its signal does, after what is in work has ended', async () => {
  const { reconcile, release } = gate()
  const { queue, run, end } = start(reconcile)
  let ended = false
  void run().then(() => {
    ended = true
  })
  queue.add('a')
  await settle()
  end.abort()
  await settle()
  expect(ended).toBe(false)
  await release()
  expect(ended).toBe(true)
})

test('metrics carry the names of controller-runtime', async () => {
  const { queue, metrics, run, clock } = start(async (key) => {
    if (key === 'bad') throw new Error('no')
    return key === 'later' ? { after: 1 } : undefined
  })
  queue.add('good')
  queue.add('bad')
  queue.add('later')
  expect(await metrics.getSingleMetricAsString('workqueue_depth')).toContain('workqueue_depth{name="test"} 3')
  void run()
  await clock.advance(0)
  const text = await metrics.metrics()
  for (const line of [
    'workqueue_depth{name="test"} 0',
    'workqueue_adds_total{name="test"} 3',
    'workqueue_retries_total{name="test"} 1',
    'controller_runtime_reconcile_total{controller="test",result="success"} 1',
    'controller_runtime_reconcile_total{controller="test",result="error"} 1',
    'controller_runtime_reconcile_total{controller="test",result="requeue_after"} 1',
    'controller_runtime_reconcile_errors_total{controller="test"} 1',
    'controller_runtime_max_concurrent_reconciles{controller="test"} 10',
    'workqueue_longest_running_processor_seconds{name="test"} 0',
  ]) {
    expect(text).toContain(line)
  }
})
