// Counts requests per token and hour, for the headers that clients read. Nobody is refused: faults do that on demand.
import type { Core } from '../core.ts'

export interface Rate {
  readonly limit: number
  readonly remaining: number
  readonly used: number
  /** Seconds since the epoch. */
  readonly reset: number
}

const limit = 5000
const windowMs = 3_600_000

const windows = new WeakMap<Core, Map<string, { used: number; resetMs: number }>>()

function windowOf(core: Core, token: string | undefined) {
  const byToken = windows.get(core) ?? new Map<string, { used: number; resetMs: number }>()
  windows.set(core, byToken)
  const now = core.clock.now()
  const current = byToken.get(token ?? '')
  if (current && now < current.resetMs) return current
  const fresh = { used: 0, resetMs: now + windowMs }
  byToken.set(token ?? '', fresh)
  return fresh
}

/** Counts one request, which conditional requests answered with 304 are not. */
export function countRequest(core: Core, token: string | undefined): void {
  windowOf(core, token).used += 1
}

export function rateLimitOf(core: Core, token: string | undefined): Rate {
  const { used, resetMs } = windowOf(core, token)
  return { limit, remaining: Math.max(limit - used, 1), used, reset: Math.ceil(resetMs / 1000) }
}

export function rateLimitHeaders(core: Core, token: string | undefined): Record<string, string> {
  const rate = rateLimitOf(core, token)
  return {
    'x-ratelimit-limit': String(rate.limit),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-used': String(rate.used),
    'x-ratelimit-reset': String(rate.reset),
    'x-ratelimit-resource': 'core',
  }
}
