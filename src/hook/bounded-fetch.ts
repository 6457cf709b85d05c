// The network as plugins get it: no answer can keep a task waiting, or fill the memory.
import type { Clock } from '../system/clock.ts'
import { TransientError } from './retry.ts'

/** The network, as far as hook needs it. */
export type Fetch = typeof globalThis.fetch

const withinMs = 10_000
const mostBytes = 1024 * 1024

/** What an answer may be at most. */
interface Bounds {
  readonly withinMs: number
  readonly mostBytes: number
}

/**
 * A `fetch` whose answers are whole when they arrive. Those that take longer than ten seconds throw something transient,
 * larger ones than a mebibyte an Error; `bounds` may say otherwise.
 */
export function boundedFetch(
  { fetch, clock, signal }: { fetch: Fetch; clock: Clock; signal: AbortSignal },
  bounds: Bounds = { withinMs, mostBytes },
): Fetch {
  return async (input, init = {}) => {
    const late = new AbortController()
    const stopWatch = clock.after(bounds.withinMs, () => late.abort())
    const signals = [signal, late.signal, ...(init.signal ? [init.signal] : [])]
    const about = input instanceof Request ? input.url : String(input)
    try {
      const answer = await fetch(input, { ...init, signal: AbortSignal.any(signals) })
      const body = await read(answer, about, bounds.mostBytes)
      const { status, statusText, headers } = answer
      return new Response(body.length === 0 ? null : body, { status, statusText, headers })
    } catch (error) {
      if (late.signal.aborted && !signal.aborted)
        throw new TransientError(`${origin(about)} did not answer within ${bounds.withinMs / 1000} s`)
      throw error
    } finally {
      stopWatch()
    }
  }
}

async function read(answer: Response, about: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop early closes the connection.
  for await (const chunk of answer.body ?? []) {
    length += chunk.length
    if (length > most) throw new Error(`the answer of ${origin(about)} is longer than ${most} bytes`)
    chunks.push(chunk)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

/** Paths and queries may hold keys, which have no place in a message. */
const origin = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'the address')
