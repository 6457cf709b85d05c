// What ghproxy does with one request: the cache of its credential, its turn, GitHub, and what clients are told about all that.
import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { budgetHeader } from '../github/app-auth.ts'
import { type Answer, type Call, isGraphql, type Send } from '../github/exchange.ts'
import { agentLabel, measured } from '../github/metrics.ts'
import { pathLabel } from '../github/path-label.ts'
import type { Cache } from '../github/revalidate.ts'
import type { Clock } from '../system/clock.ts'
import { tokenEqualizer } from './equalizer.ts'
import type { Lanes } from './lanes.ts'
import type { GhproxyMetrics } from './metrics.ts'

export interface ForwardOptions {
  readonly wire: Send
  /** GitHub's base, which is taken off redirects so that they lead here. */
  readonly upstream: string
  readonly cache: Cache
  readonly lanes: Lanes
  readonly metrics: GhproxyMetrics
  readonly clock: Clock
  readonly log: Logger
}

/** @param signal Takes a change that has not been sent out of the queue. */
export type Forward = (call: Call, signal: AbortSignal) => Promise<Answer>

// Credentials that were seen, for the counter of partitions; with apps there is a new one every hour.
const mostPartitions = 10_000

export function forwarding({ wire, upstream, cache, lanes, metrics, clock, log }: ForwardOptions): Forward {
  const equalize = tokenEqualizer(clock)
  const partitions = new Set<string>()
  const never = new AbortController().signal
  const notePartition = (partition: string, token_hash: string) => {
    if (partitions.has(partition)) return
    if (partitions.size >= mostPartitions) partitions.clear()
    partitions.add(partition)
    for (const counter of metrics.partitions) counter.inc({ token_hash })
    log.info({ token_hash }, 'first request with a credential')
  }

  return async (call, signal) => {
    const { authorization } = call.headers
    const partition = sha256(authorization ?? '')
    const budget = call.headers[budgetHeader] || sha256(authorization ?? 'unknown')
    const userAgent = call.headers['user-agent'] ?? ''
    const labels = { path: pathLabel(call.path), user_agent: agentLabel(userAgent), token_hash: budget }
    notePartition(partition, budget)
    const isGet = call.method === 'GET'
    const api = isGraphql(call) ? 'v4' : 'v3'
    const send = measured(wire, metrics.github, { budget, userAgent })
    const inTurn: Send = (asked) =>
      lanes.run(
        {
          budget,
          isGet,
          isGraphql: isGraphql(call),
          // Others may wait for the same answer.
          signal: isGet ? never : signal,
          onSent: (ms) =>
            metrics.github.wait.observe({ token_hash: budget, request_type: call.method, api }, ms / 1000),
        },
        async () => marked(await send(asked), asked, clock.now()),
      )
    try {
      const onAge = (ms: number) => metrics.age.observe(labels, ms / 1000)
      const answer = equalize(call, await cache(inTurn, partition, onAge)(call))
      metrics.responses.inc({ mode: answer.mode, ...labels })
      return held({ ...answer, headers: { ...led(answer.headers, upstream), 'x-cache-mode': answer.mode } }, call)
    } catch (error) {
      metrics.responses.inc({ mode: 'ERROR', ...labels })
      throw error
    }
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What upstream's clients and caches read. */
function marked(answer: Answer, asked: Call, now: number): Answer {
  const condition = asked.headers['if-none-match']
  const keep = answer.status < 400 && !isGraphql(asked)
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'cache-control': keep ? 'no-cache' : 'no-store',
      ...(answer.status !== 304 && { 'x-prow-request-date': String(Math.floor(now / 1000)) }),
      ...(condition !== undefined && { 'x-conditional-request': condition }),
      ...(answer.status === 304 && { 'x-from-cache': '1' }),
    },
  }
}

/** A repository that was renamed is found here, too. */
function led(headers: Answer['headers'], upstream: string): Answer['headers'] {
  const { location } = headers
  return location?.startsWith(`${upstream}/`) ? { ...headers, location: location.slice(upstream.length) } : headers
}

/** Whoever has that very answer already is told so. */
function held(answer: Answer, { method, headers }: Call): Answer {
  const { etag } = answer.headers
  const asked = headers['if-none-match']
  const same = method === 'GET' && answer.status === 200 && etag !== undefined && asked !== undefined
  if (!same || !asked.split(',').some((tag) => weak(tag) === weak(etag))) return answer
  return { ...answer, status: 304, body: new Uint8Array() }
}

const weak = (tag: string): string => tag.trim().replace(/^W\//, '')
