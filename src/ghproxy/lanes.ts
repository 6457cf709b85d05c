// The way out to GitHub, by quota: requests at a distance from each other in time, and only so many at once.
import type { Clock } from '../system/clock.ts'
import { type Scheduled, type Spacing, schedule } from './spacing.ts'

export interface LanesOptions {
  readonly clock: Clock
  /** Requests of one quota that are under way at once. */
  readonly concurrency: number
  /** Without: no spacing. */
  readonly spacing?: { readonly rest: Spacing; readonly graphql: Spacing }
  /** Told how many are under way, and how many wait. */
  readonly onChange: (underWay: number, pending: number) => void
}

export interface Lanes {
  /**
   * Sends when it is this request's turn.
   * @param signal Takes the request out of the queue; one that was sent goes on.
   * @param onSent Told how long the request has waited, milliseconds.
   */
  run<T>(request: LaneRequest, send: () => Promise<T>): Promise<T>
}

interface LaneRequest {
  readonly budget: string
  readonly isGet: boolean
  readonly isGraphql: boolean
  readonly signal: AbortSignal
  readonly onSent: (waitedMs: number) => void
}

interface Lane {
  underWay: number
  readonly queue: (() => void)[]
  rest?: Scheduled
  graphql?: Scheduled
}

// Quotas come and go with their tokens; an idle lane has nothing to remember after a minute.
const manyLanes = 1000
const idleMs = 60_000

export function createLanes({ clock, concurrency, spacing, onChange }: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>()
  let underWay = 0
  let pending = 0
  const changed = (more: { underWay?: number; pending?: number }) => {
    underWay += more.underWay ?? 0
    pending += more.pending ?? 0
    onChange(underWay, pending)
  }
  const laneOf = (budget: string): Lane => {
    const lane = lanes.get(budget) ?? { underWay: 0, queue: [] }
    lanes.set(budget, lane)
    if (lanes.size > manyLanes) {
      const since = clock.now() - idleMs
      for (const [name, { underWay, queue, rest, graphql }] of lanes)
        if (underWay + queue.length === 0 && (rest?.at ?? 0) < since && (graphql?.at ?? 0) < since && name !== budget)
          lanes.delete(name)
    }
    return lane
  }

  const space = async (lane: Lane, { isGet, isGraphql, signal }: LaneRequest) => {
    if (!spacing) return
    const now = clock.now()
    const kind = isGraphql ? 'graphql' : 'rest'
    const at = schedule(lane[kind], isGet, now, spacing[kind])
    lane[kind] = { at, isGet }
    if (at > now) await clock.sleep(at - now, signal)
  }

  const enter = (lane: Lane, signal: AbortSignal): Promise<void> => {
    if (lane.underWay < concurrency) {
      lane.underWay++
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        lane.queue.splice(lane.queue.indexOf(go), 1)
        reject(signal.reason)
      }
      const go = () => {
        signal.removeEventListener('abort', abort)
        lane.underWay++
        resolve()
      }
      lane.queue.push(go)
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  return {
    async run(request, send) {
      const began = clock.now()
      const lane = laneOf(request.budget)
      changed({ pending: 1 })
      try {
        await space(lane, request)
        await enter(lane, request.signal)
      } finally {
        changed({ pending: -1 })
      }
      changed({ underWay: 1 })
      request.onSent(clock.now() - began)
      try {
        return await send()
      } finally {
        lane.underWay--
        changed({ underWay: -1 })
        lane.queue.shift()?.()
      }
    },
  }
}
