// Faults on demand: the next matching API requests are answered as a troubled GitHub answers.
import { Refusal } from './errors.ts'

/** How a request goes wrong. */
export type FaultKind =
  /** 403 with no requests remaining until `x-ratelimit-reset`. */
  | 'rate-limited'
  /** 403 with `retry-after`, as GitHub answers clients that are too quick. */
  | 'secondary-rate-limit'
  /** 429 with `retry-after`. */
  | 'too-many-requests'
  | 'bad-gateway'
  /** The connection is cut without an answer. */
  | 'reset'
  /** The request is served, but the connection is cut before its answer. */
  | 'reset-after'
  /** Answered as usual, but late. */
  | 'delay'
  /** Any status and message. */
  | 'answer'

export interface Fault {
  readonly kind: FaultKind
  /** How many requests it hits. Default 1. */
  readonly times?: number
  /** Default: any method. */
  readonly method?: string
  /** Regular expression that the path below the API's base has to match, e.g. `/statuses/`. Default: any. */
  readonly path?: string
  /** `delay`: milliseconds. Default 1000. */
  readonly delayMs?: number
  /** `secondary-rate-limit` and `too-many-requests`. Default 1; `rate-limited`: seconds until the reset, default 60. */
  readonly retryAfterSeconds?: number
  /** `answer`: status, default 500. */
  readonly status?: number
  /** `answer`: its message. */
  readonly message?: string
}

export interface Faults {
  /** Returns a function that takes the fault back. */
  add(fault: Fault): () => void
  clear(): void
  /** Faults that are still to come, with what is left of `times`. */
  list(): readonly Fault[]
  /** The fault for this request, which counts as one hit. */
  take(method: string, path: string): Fault | undefined
}

const kinds: readonly string[] = [
  'rate-limited',
  'secondary-rate-limit',
  'too-many-requests',
  'bad-gateway',
  'reset',
  'reset-after',
  'delay',
  'answer',
]

export function createFaults(): Faults {
  let waiting: { fault: Fault; left: number }[] = []
  return {
    add(fault) {
      if (!kinds.includes(fault.kind))
        throw new Refusal(422, `fault kind ${fault.kind}: must be one of ${kinds.join(', ')}`)
      new RegExp(fault.path ?? '') // a pattern that does not compile fails here, not at the next request
      const entry = { fault, left: fault.times ?? 1 }
      waiting.push(entry)
      return () => {
        waiting = waiting.filter((other) => other !== entry)
      }
    },
    clear() {
      waiting = []
    },
    list: () => waiting.map(({ fault, left }) => ({ ...fault, times: left })),
    take(method, path) {
      const hit = waiting.find(
        ({ fault }) =>
          (fault.method === undefined || fault.method.toUpperCase() === method.toUpperCase()) &&
          new RegExp(fault.path ?? '').test(path),
      )
      if (!hit) return undefined
      hit.left -= 1
      if (hit.left <= 0) waiting = waiting.filter((other) => other !== hit)
      return hit.fault
    },
  }
}
