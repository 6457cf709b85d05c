// Deck's metrics, under upstream's names.
import { Gauge, Histogram, type Registry } from 'prom-client'

export interface DeckMetrics {
  readonly duration: Histogram<'path' | 'method' | 'status' | 'user_agent'>
  readonly size: Histogram<'path' | 'method' | 'status' | 'user_agent'>
}

interface Known {
  readonly metrics: DeckMetrics
  listeners: () => number
}
const known = new WeakMap<Registry, Known>()

/**
 * The metrics of a registry; made at the first call, so that Deck can be started again.
 * @param listeners How many pages follow the list now.
 */
export function createMetrics(registry: Registry, listeners: () => number): DeckMetrics {
  const before = known.get(registry)
  if (before) {
    before.listeners = listeners
    return before.metrics
  }
  const made: Known = { metrics: create(registry, () => made.listeners()), listeners }
  known.set(registry, made)
  return made.metrics
}

function create(registry: Registry, listeners: () => number): DeckMetrics {
  const labelNames = ['path', 'method', 'status', 'user_agent'] as const
  new Gauge({
    name: 'deck_event_listeners',
    help: 'Pages that follow the list of jobs by server-sent events.',
    registers: [registry],
    collect() {
      this.set(listeners())
    },
  })
  return {
    duration: new Histogram({
      name: 'deck_http_request_duration_seconds',
      help: 'Time to answer a request, in seconds.',
      labelNames,
      buckets: [0.005, ...Array.from({ length: 12 }, (_, exponent) => 2 ** (exponent - 7)), 20],
      registers: [registry],
    }),
    size: new Histogram({
      name: 'deck_http_response_size_bytes',
      help: 'Size of an answer, in bytes.',
      labelNames,
      buckets: Array.from({ length: 12 }, (_, exponent) => 2 ** (exponent + 14)),
      registers: [registry],
    }),
  }
}

/** The kind of a client. The header itself would make a series for every browser version in the world. */
export function clientKind(userAgent: string | undefined): string {
  if (!userAgent) return 'none'
  if (userAgent.startsWith('Mozilla/')) return 'browser'
  return (
    /^(curl|Wget|Go-http-client|python-requests|kubectl|Prometheus)\b/i.exec(userAgent)?.[1]?.toLowerCase() ?? 'other'
  )
}
