// Work queue: brings each key to a reconcile function, never the same key twice at once, with retries that back off.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from '../system/clock.ts'
import { workMetrics } from './work-metrics.ts'

/** What a reconcile wants next: nothing, or to be called again after that many milliseconds. */
export type Next = { readonly after: number } | undefined

export interface QueueOptions {
  /** Name in metrics and logs, e.g. `plank`. */
  readonly name: string
  /** Keys worked on at once. */
  readonly workers: number
  /** Brings the world in line with one key. What it throws is tried again, without limit, ever less often. */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Next>
  /** Retries come no faster than this, over all keys together. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number }
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Registry
}

export interface WorkQueue {
  /**
   * Asks for a reconcile of the key. A key that waits already is not added twice; one in work is taken up once more
   * afterwards. `low`: behind everything else, for keys of a first list.
   */
  add(key: string, options?: { readonly low?: boolean }): void
  /** The same after a time. The earliest of several times holds, and any reconcile before it makes it void. */
  addAfter(key: string, ms: number): void
  /** Works until the signal aborts and what is in work has ended. */
  run(signal: AbortSignal): Promise<void>
}

// Per key: 5 ms, doubled with each error in a row, at most 1000 s.
const backoff = { firstMs: 5, mostMs: 1_000_000 }

/** Delay before the attempt that follows `failures` errors in a row (at least 1). Milliseconds. */
export const backoffAfter = (failures: number) => Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.mostMs)

/** An empty queue; keys may be added before it runs. */
export function workQueue(options: QueueOptions): WorkQueue {
  const { name, clock, log, reconcile } = options
  const metrics = workMetrics(options.metrics)
  const label = { name }
  const controller = { controller: name }
  // Maps keep the order of insertion: key → when it was added.
  const waiting = { high: new Map<string, number>(), low: new Map<string, number>() }
  const working = new Map<string, number>()
  const again = new Map<string, { low: boolean }>()
  const delayed = new Map<string, { at: number; cancel: () => void }>()
  const failures = new Map<string, number>()
  const reserve = options.rateLimit && tokenBucket(options.rateLimit, clock)
  let wake = () => {}

  function add(key: string, { low = false } = {}): void {
    if (working.has(key)) {
      again.set(key, { low: low && (again.get(key)?.low ?? true) })
      return
    }
    if (waiting.high.has(key)) return
    const since = waiting.low.get(key)
    if (since !== undefined) {
      if (low) return
      waiting.low.delete(key)
      waiting.high.set(key, since)
      return
    }
    waiting[low ? 'low' : 'high'].set(key, clock.now())
    metrics.adds.inc(label)
    metrics.depth.inc(label)
    wake()
  }

  function addAfter(key: string, ms: number): void {
    const at = clock.now() + ms
    const known = delayed.get(key)
    if (known && known.at <= at) return
    known?.cancel()
    const cancel = clock.after(ms, () => {
      delayed.delete(key)
      add(key)
    })
    delayed.set(key, { at, cancel })
  }

  function take(): string | undefined {
    for (const queue of [waiting.high, waiting.low]) {
      for (const [key, since] of queue) {
        queue.delete(key)
        metrics.depth.dec(label)
        metrics.waited.observe(label, (clock.now() - since) / 1000)
        // The reconcile looks at everything anew, so it also decides anew when to look again.
        delayed.get(key)?.cancel()
        delayed.delete(key)
        return key
      }
    }
    return undefined
  }

  async function work(key: string, signal: AbortSignal): Promise<void> {
    const start = clock.now()
    working.set(key, start)
    metrics.active.inc(controller)
    let result = 'success'
    try {
      const next = await reconcile(key, signal)
      failures.delete(key)
      if (next) {
        result = 'requeue_after'
        addAfter(key, next.after)
      }
    } catch (err) {
      if (!signal.aborted) {
        result = 'error'
        const count = (failures.get(key) ?? 0) + 1
        failures.set(key, count)
        const delay = Math.max(backoffAfter(count), reserve?.() ?? 0)
        log.warn({ err, key, attempt: count, retryInMs: delay }, 'reconcile failed')
        metrics.errors.inc(controller)
        metrics.retries.inc(label)
        addAfter(key, delay)
      }
    }
    const seconds = (clock.now() - start) / 1000
    metrics.worked.observe(label, seconds)
    metrics.seconds.observe(controller, seconds)
    metrics.reconciles.inc({ ...controller, result })
    metrics.active.dec(controller)
    working.delete(key)
    const repeat = again.get(key)
    again.delete(key)
    if (repeat) add(key, repeat)
  }

  return {
    add,
    addAfter,
    async run(signal) {
      metrics.workers.inc(controller, options.workers)
      const forget = metrics.track({
        name,
        seconds: () => [...working.values()].map((start) => (clock.now() - start) / 1000),
      })
      const running = new Set<Promise<void>>()
      const onAbort = () => wake()
      signal.addEventListener('abort', onAbort)
      while (!signal.aborted) {
        const key = running.size < options.workers ? take() : undefined
        if (key !== undefined) {
          const job = work(key, signal).finally(() => {
            running.delete(job)
            wake()
          })
          running.add(job)
          continue
        }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      signal.removeEventListener('abort', onAbort)
      await Promise.all(running)
      for (const { cancel } of delayed.values()) cancel()
      metrics.depth.dec(label, waiting.high.size + waiting.low.size)
      metrics.workers.dec(controller, options.workers)
      forget()
    },
  }
}

// Delay until the next token is there; each call takes one.
function tokenBucket({ perSecond, burst }: { perSecond: number; burst: number }, clock: Clock): () => number {
  let tokens = burst
  let at = clock.now()
  return () => {
    const now = clock.now()
    tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond) - 1
    at = now
    return tokens >= 0 ? 0 : (-tokens / perSecond) * 1000
  }
}
