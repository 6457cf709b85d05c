// Metrics of the GitHub client, by upstream's names (controllers sheet, section 9).
import { Gauge, Histogram, type Registry } from 'prom-client'

/** What `observe` needs of an Octokit. */
interface Hooked {
  hook: {
    wrap(
      name: 'request',
      wrapper: (request: (options: RequestOptions) => Promise<Answer>, options: RequestOptions) => Promise<Answer>,
    ): void
  }
}
type RequestOptions = { url: string; method: string }
type Answer = { status: number; headers: Record<string, string | number | undefined> }

export interface GitHubMetrics {
  readonly duration: Histogram<'path' | 'status'>
  readonly remaining: Gauge<'ratelimit_resource'>
}

/** Registers the metrics once per registry. */
export function githubMetrics(registry: Registry): GitHubMetrics {
  const duration = registry.getSingleMetric('github_request_duration') as GitHubMetrics['duration'] | undefined
  const remaining = registry.getSingleMetric('github_token_usage') as GitHubMetrics['remaining'] | undefined
  return {
    duration:
      duration ??
      new Histogram({
        name: 'github_request_duration',
        help: 'Seconds that a request to GitHub took, by path template and status.',
        labelNames: ['path', 'status'],
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        registers: [registry],
      }),
    remaining:
      remaining ??
      new Gauge({
        name: 'github_token_usage',
        help: 'Requests that remain until the rate limit is reset.',
        labelNames: ['ratelimit_resource'],
        registers: [registry],
      }),
  }
}

/** Measures every request of this client. */
export function observe(octokit: unknown, metrics: GitHubMetrics): void {
  const { hook } = octokit as Hooked
  hook.wrap('request', async (request, options) => {
    const end = metrics.duration.startTimer({ path: template(options.url) })
    try {
      const answer = await request(options)
      end({ status: String(answer.status) })
      const left = Number(answer.headers['x-ratelimit-remaining'])
      const resource = answer.headers['x-ratelimit-resource'] ?? 'core'
      if (Number.isFinite(left)) metrics.remaining.set({ ratelimit_resource: String(resource) }, left)
      return answer
    } catch (error) {
      const status = error instanceof Error && 'status' in error ? String(error.status) : 'none'
      end({ status })
      throw error
    }
  })
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
