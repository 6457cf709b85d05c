// Metrics of the GitHub client, by upstream's names (controllers sheet, section 9).
import { createHash } from 'node:crypto'
import { Gauge, Histogram, type Registry } from 'prom-client'

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
    /** Newest known limit by its labels. */
    limits: new Map<string, { reset: number; remaining: number }>(),
  }
}

/** What tells the tokens of a client apart, without telling them. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/**
 * The same fetch, measured attempt by attempt.
 * @param about.budget Whose quota a request uses: the hash of a token, or a name.
 */
export function measuredFetch(
  fetch: typeof globalThis.fetch,
  metrics: GitHubMetrics,
  about: { readonly userAgent: string; readonly budget: () => string },
): typeof globalThis.fetch {
  const user_agent = about.userAgent.split('/')[0] ?? ''
  return async (input, init) => {
    const token_hash = about.budget()
    const path = template(String(input))
    const end = metrics.duration.startTimer({ token_hash, path, user_agent })
    const late = metrics.timeouts.startTimer({ token_hash, path, user_agent })
    try {
      const answer = await fetch(input, init)
      end({ status: String(answer.status) })
      noteLimit(answer.headers, { token_hash, api_version: path === '/graphql' ? 'v4' : 'v3' }, metrics)
      return answer
    } catch (error) {
      end({ status: 'none' })
      if (isTimeout(error)) late()
      throw error
    }
  }
}

/** Answers may overtake each other: within one window quota only shrinks. */
function noteLimit(
  headers: Headers,
  who: { token_hash: string; api_version: string },
  { limits, remaining: remains, reset: resets }: GitHubMetrics,
): void {
  const number = (name: string) => Number(headers.get(name) ?? Number.NaN)
  const [remaining, reset] = [number('x-ratelimit-remaining'), number('x-ratelimit-reset')]
  if (!Number.isFinite(remaining)) return
  const labels = { ...who, ratelimit_resource: headers.get('x-ratelimit-resource') ?? 'core' }
  const key = JSON.stringify(labels)
  const before = limits.get(key)
  if (before && (before.reset > reset || (before.reset === reset && before.remaining < remaining))) return
  limits.set(key, { reset, remaining })
  remains.set(labels, remaining)
  const now = Date.parse(headers.get('date') ?? '')
  if (Number.isFinite(reset) && Number.isFinite(now)) resets.set(labels, (reset * 1000 - now) * 1e6)
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return code.endsWith('_TIMEOUT') || error.name === 'TimeoutError' || isTimeout(error.cause)
}

// Names in a path would make a time series each; the segment before them says what they are.
const named: readonly [RegExp, string][] = [
  [/^(?:https?:\/\/[^/]+)?(?:\/api\/v3)?([^?]*).*$/, '$1'],
  [/^\/repos\/[^/]+\/[^/]+/, '/repos/{owner}/{repo}'],
  [/^\/(orgs|users|teams)\/[^/]+/, '/$1/{name}'],
  [
    /\/(refs|contents|compare|labels|members|memberships|collaborators|branches|commits|statuses|teams)\/[^{].*?(\/status|\/members|$)/,
    '/$1/{name}$2',
  ],
  [/\/\d+(?=\/|$)/g, '/{number}'],
]

/** The path of a request with placeholders for names and numbers: one label value per operation. */
export function template(url: string): string {
  return named.reduce((path, [pattern, by]) => path.replace(pattern, by), url)
}
