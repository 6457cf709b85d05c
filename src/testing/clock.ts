// A clock that only moves when a test moves it.
import type { Clock } from '../system/clock.ts'

/** A Clock that stands still between calls of `advance`. */
export interface TestClock extends Clock {
  /**
   * Moves time forward, stopping at every timer on the way, so that whoever waits there can go on, look at the clock and
   * wait again. Milliseconds, or a text such as `20h`, `3h59m`, `90s`.
   */
  advance(by: number | string): Promise<void>
  /** How many sleepers and timers are waiting. */
  readonly waiting: number
}

interface Timer {
  at: number
  fire(): void
}

/** @param start Milliseconds since the epoch, or an RFC 3339 time. */
export function testClock(start: number | string = '2026-01-02T03:04:05Z'): TestClock {
  let now = typeof start === 'string' ? Date.parse(start) : start
  const timers = new Set<Timer>()

  function add(ms: number, fire: () => void): () => void {
    const timer: Timer = { at: now + Math.max(0, ms), fire }
    timers.add(timer)
    return () => timers.delete(timer)
  }

  return {
    now: () => now,
    get waiting() {
      return timers.size
    },
    after: add,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const abort = () => {
          cancel()
          reject(signal?.reason)
        }
        const cancel = add(ms, () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        })
        signal?.addEventListener('abort', abort, { once: true })
      })
    },
    async advance(by) {
      const target = now + milliseconds(by)
      await settle()
      for (let next = earliest(timers); next !== undefined && next.at <= target; next = earliest(timers)) {
        now = Math.max(now, next.at)
        timers.delete(next)
        next.fire()
        await settle()
      }
      now = target
      await settle()
    },
  }
}

function earliest(timers: Iterable<Timer>): Timer | undefined {
  let first: Timer | undefined
  for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer
  return first
}

/** Lets everything that is ready run: promises, and I/O callbacks that are already due. */
export async function settle(rounds = 5): Promise<void> {
  for (let round = 0; round < rounds; round++) await new Promise<void>((resolve) => setImmediate(resolve))
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function milliseconds(by: number | string): number {
  if (typeof by === 'number') return by
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(by)) throw new Error(`"${by}" is not a time such as 20h or 3h59m`)
  let sum = 0
  for (const [, count, unit] of by.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    sum += Number(count) * (units[unit ?? ''] ?? 0)
  return sum
}
