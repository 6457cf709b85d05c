// Metrics of the GitHub client, by upstream's names, and those of its budget.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { type Answer, type Call, isGraphql, type Send, TimedOut } from './exchange.ts'
import { pathLabel } from './path-label.ts'

export type GitHubMetrics = ReturnType<typeof create>
const known = new WeakMap<Registry, GitHubMetrics>()

/** The metrics of a registry; made at the first call. */
export function githubMetrics(registry: Registry): GitHubMetrics {
  const metrics = known.get(registry) ?? create(registry)
  known.set(registry, metrics)
  return metrics
}

function create(registry: Registry) {
  const registers = [registry]
  const ofLimit = ['token_hash', 'api_version', 'ratelimit_resource'] as const
  return {
    duration: new Histogram({
      name: 'github_request_duration',
      help: 'Seconds that a request to GitHub took, by path template and status.',
      labelNames: ['token_hash', 'path', 'status', 'user_agent'] as const,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    timeouts: new Histogram({
      name: 'github_request_timeouts',
      help: 'Seconds after which requests to GitHub timed out.',
      labelNames: ['token_hash', 'path', 'user_agent'] as const,
      buckets: [45, 60, 90, 120, 300],
      registers,
    }),
    wait: new Histogram({
      name: 'github_request_wait_duration_seconds',
      help: 'Seconds that requests to GitHub waited before they were sent.',
      labelNames: ['token_hash', 'request_type', 'api'] as const,
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 150, 180],
      registers,
    }),
    remaining: new Gauge({
      name: 'github_token_usage',
      help: 'Requests that remain until the rate limit is reset.',
      labelNames: ofLimit,
      registers,
    }),
    reset: new Gauge({
      name: 'github_token_reset',
      help: 'Nanoseconds until the rate limit is reset.',
      labelNames: ofLimit,
      registers,
    }),
    user: new Gauge({
      name: 'github_user_info',
      help: 'Who the bot is; always 1.',
      labelNames: ['token_hash', 'login', 'email'] as const,
      registers,
    }),
    requests: new Counter({
      name: 'bowsprit_github_requests_total',
      help: 'Requests by who sent them and about which repository; free ones used up no quota.',
      labelNames: ['user_agent', 'org', 'repo', 'cost'] as const,
      registers,
    }),
    waiting: new Gauge({
      name: 'bowsprit_github_waiting_requests',
      help: 'Requests that wait because quota is short.',
      labelNames: ['priority'] as const,
      registers,
    }),
    /** Newest known limit by its labels. */
    limits: new Map<string, { reset: number; remaining: number }>(),
  }
}

export interface Measured {
  /** Whose quota a request uses: the hash of a token, or a name. */
  readonly budget: string
  /** `component/version`; the label is what stands before the slash. */
  readonly userAgent: string
}

/** The same, measured attempt by attempt. */
export function measured(send: Send, metrics: GitHubMetrics, { budget, userAgent }: Measured): Send {
  const user_agent = agentLabel(userAgent)
  return async (call) => {
    const labels = { token_hash: budget, path: pathLabel(call.path), user_agent }
    const end = metrics.duration.startTimer(labels)
    const late = metrics.timeouts.startTimer(labels)
    try {
      const answer = await send(call)
      end({ status: String(answer.status) })
      noteLimit(answer, call, budget, metrics)
      return answer
    } catch (error) {
      end({ status: 'none' })
      if (error instanceof TimedOut) late()
      throw error
    }
  }
}

export const agentLabel = (userAgent: string): string => userAgent.split('/')[0] ?? ''

/** Answers may overtake each other: within one window quota only shrinks. */
function noteLimit(
  { headers }: Answer,
  call: Call,
  token_hash: string,
  { limits, remaining: remains, reset: resets }: GitHubMetrics,
): void {
  const number = (name: string) => Number(headers[name] ?? Number.NaN)
  const [remaining, reset] = [number('x-ratelimit-remaining'), number('x-ratelimit-reset')]
  if (!Number.isFinite(remaining)) return
  const ratelimit_resource = headers['x-ratelimit-resource'] ?? 'core'
  const labels = { token_hash, api_version: isGraphql(call) ? 'v4' : 'v3', ratelimit_resource }
  const key = JSON.stringify(labels)
  const before = limits.get(key)
  if (before && (before.reset > reset || (before.reset === reset && before.remaining < remaining))) return
  limits.set(key, { reset, remaining })
  remains.set(labels, remaining)
  const now = Date.parse(headers.date ?? '')
  if (Number.isFinite(reset) && Number.isFinite(now)) resets.set(labels, (reset * 1000 - now) * 1e6)
}
