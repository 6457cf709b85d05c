// The spacing of requests in time: when the next request of a quota may be sent. A pure decision.

export interface Spacing {
  /** Between any two requests, milliseconds. */
  readonly generalMs: number
  /** Between two that only read. */
  readonly getMs: number
  /** Nobody waits longer. */
  readonly longestMs: number
}

/** The request that was scheduled last. */
export interface Scheduled {
  /** Milliseconds since the epoch; may lie ahead. */
  readonly at: number
  readonly isGet: boolean
}

/** When a request is sent that comes now. */
export function schedule(last: Scheduled | undefined, isGet: boolean, now: number, spacing: Spacing): number {
  const { generalMs, getMs, longestMs } = spacing
  if (!last) return now
  const own = isGet ? getMs : generalMs
  if (now <= last.at) return Math.min(last.at + own, now + longestMs)
  // A request that only reads has the shorter distance to whatever was before it.
  return Math.max(now, last.at + own)
}
