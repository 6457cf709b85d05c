// The clock: the only way the rest of the program learns the time or waits for it.
import { setTimeout as realSleep } from 'node:timers/promises'

/** Time as components see it. Passed in, so that tests decide when it passes. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `fire` once after `ms` milliseconds, unless the returned function is called before. Never keeps the process alive. */
  after(ms: number, fire: () => void): () => void
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepLong(ms, signal),
  after(ms, fire) {
    const timer = setTimeout(fire, Math.min(ms, maxTimerMs))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

// Node's timers hold 31 bits of milliseconds; a longer wait is cut into pieces.
const maxTimerMs = 2_147_483_647

async function sleepLong(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    for (let left = ms; left > 0 || left === ms; left -= maxTimerMs) {
      await realSleep(Math.min(Math.max(left, 0), maxTimerMs), undefined, signal ? { signal } : {})
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : error
  }
}

/**
 * Yields the start time of each round until the signal aborts: the first at once, then one per period, counted from
 * start to start (a round longer than the period is followed at once by the next). The period is asked for anew each
 * round, so a reloaded setting takes effect.
 */
export async function* every(clock: Clock, periodMs: () => number, signal: AbortSignal): AsyncGenerator<number> {
  while (!signal.aborted) {
    const start = clock.now()
    yield start
    const wait = start + periodMs() - clock.now()
    try {
      if (wait > 0) await clock.sleep(wait, signal)
    } catch {
      return
    }
  }
}
