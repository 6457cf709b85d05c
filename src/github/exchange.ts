// One request to GitHub and its answer, as the layers of the client hand them on; and the wire below all of them.
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Agent, type Dispatcher, request as undiciRequest } from 'undici'
import type { Clock } from '../system/clock.ts'

/** A request, before it is known from which server it will be answered. */
export interface Call {
  readonly method: string
  /** Below the base of the API, with its query: `/repos/o/r?page=2`. GraphQL is `/graphql`. */
  readonly path: string
  /** Names are lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
}

/** How the cache took part in an answer, in upstream's words (header X-Cache-Mode). */
type CacheMode = 'SKIP' | 'MISS' | 'CHANGED' | 'NO-STORE' | 'REVALIDATED' | 'COALESCED'

export interface Answer {
  readonly status: number
  /** Names are lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly mode: CacheMode
}

/** Sends a call. Rejects when there is no answer: see TimedOut. */
export type Send = (call: Call) => Promise<Answer>

/** Answers that cost no quota. */
export const isFree = ({ mode, headers }: Answer): boolean =>
  // What a ghproxy in between says counts more than what our own cache had to do.
  /^(?:REVALIDATED|COALESCED)$/.test(headers['x-cache-mode'] ?? mode)

export const isGraphql = ({ path }: Pick<Call, 'path'>): boolean => /^\/graphql(?:[/?]|$)/.test(path)

/** The answer took longer than a request may take. It may have had its effect. */
export class TimedOut extends Error {
  override readonly name = 'TimeoutError'
}

/** The wire to servers. */
export interface Wire {
  /** @param base Of the API, without a slash at its end. GraphQL of `…/api/v3` is at `…/api/graphql`, as on GitHub Enterprise. */
  to(base: string): Send
  close(): Promise<void>
}

export interface WireOptions {
  readonly clock: Clock
  /** For one request with its answer, milliseconds. */
  readonly timeoutMs: number
  /** Bytes of an answer; a longer one fails. */
  readonly mostBytes?: number
  /** Requests under way at once to one server. */
  readonly connections?: number
}

const defaultMostBytes = 100 * 1024 * 1024
// Of one hop only; fetch and proxies leave them out in the same way.
const hopByHop =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|content-encoding)$/

export function openWire(options: WireOptions): Wire {
  const { clock, timeoutMs, mostBytes = defaultMostBytes, connections = 16 } = options
  // Times out by the clock of this process, not by undici's own.
  const agent = new Agent({ connections, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 })
  return {
    to: (base) => async (call) => {
      const { method, headers, body } = call
      const late = new AbortController()
      const stop = clock.after(timeoutMs, () =>
        late.abort(new TimedOut(`${method} ${call.path}: no answer within ${timeoutMs / 1000} s`)),
      )
      try {
        const answer = await undiciRequest(urlOf(base, call), {
          dispatcher: agent,
          method: method as Dispatcher.HttpMethod,
          headers: { ...headers, 'accept-encoding': 'gzip' },
          ...(body !== undefined && { body }),
          signal: late.signal,
        })
        return {
          status: answer.statusCode,
          headers: plain(answer.headers),
          body: await unpacked(await bounded(answer.body, mostBytes, call), answer.headers, mostBytes),
          mode: method === 'GET' ? 'MISS' : 'SKIP',
        }
      } finally {
        stop()
      }
    },
    close: () => agent.destroy(),
  }
}

function urlOf(base: string, call: Call): string {
  return (isGraphql(call) ? base.replace(/\/api\/v3$/, '/api') : base) + call.path
}

function plain(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.test(name) && name !== 'set-cookie')
  return Object.fromEntries(kept.map(([name, value = '']) => [name, Array.isArray(value) ? value.join(', ') : value]))
}

const unzip = promisify(gunzip)

async function unpacked(
  body: Uint8Array,
  { 'content-encoding': coding }: Readonly<Record<string, string | string[] | undefined>>,
  maxOutputLength: number,
): Promise<Uint8Array> {
  return coding === 'gzip' && body.length > 0 ? unzip(body, { maxOutputLength }) : body
}

async function bounded(body: AsyncIterable<Uint8Array>, mostBytes: number, call: Call): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostBytes) throw new Error(`${call.method} ${call.path}: the answer has more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}
