// The throttle of the flags --github-hourly-tokens and --github-allowed-burst: a bucket of tokens, given out by priority.
import type { Clock } from '../system/clock.ts'
import { type Priority, priorities } from './budget.ts'

export interface Rate {
  readonly hourly: number
  readonly burst: number
}

export interface Throttle {
  /** Resolves when the request may be sent. Rejects when the throttle ends. */
  take(priority: Priority): Promise<void>
  /** The request was free after all. */
  giveBack(): void
}

interface Waiter {
  readonly rank: number
  readonly go: () => void
  readonly fail: (reason: unknown) => void
}

/**
 * `burst` tokens to begin with; none are added for as long as they take to come back, then one each `1h / hourly`. Whoever waits is
 * served by priority, then by arrival.
 * @param signal Ends all waiting.
 */
export function throttle({ hourly, burst }: Rate, clock: Clock, signal: AbortSignal): Throttle {
  const period = 3_600_000 / hourly
  let tokens = burst
  // When the last token was added; the first one comes after `burst` periods and one more.
  let filledAt = clock.now() + burst * period
  const waiting: Waiter[] = []
  let pumping = false

  const serve = () => {
    const added = Math.floor((clock.now() - filledAt) / period)
    if (added > 0) {
      filledAt += added * period
      tokens = Math.min(burst, tokens + added)
    }
    while (tokens > 0 && waiting.length > 0) {
      const next = waiting.reduce((best, waiter) => (waiter.rank < best.rank ? waiter : best))
      waiting.splice(waiting.indexOf(next), 1)
      tokens -= 1
      next.go()
    }
  }
  const pump = async () => {
    if (pumping) return
    pumping = true
    try {
      for (serve(); waiting.length > 0; serve())
        await clock.sleep(Math.max(1, Math.ceil(filledAt + period - clock.now())), signal)
    } catch {
      for (const { fail } of waiting.splice(0)) fail(signal.reason)
    } finally {
      pumping = false
    }
  }
  return {
    take: (priority) =>
      new Promise((go, fail) => {
        waiting.push({ rank: priorities.indexOf(priority), go, fail })
        if (pumping) serve()
        else void pump()
      }),
    giveBack() {
      tokens = Math.min(burst, tokens + 1)
      serve()
    },
  }
}
