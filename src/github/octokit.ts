// Octokit as Bowsprit uses it: retries, rate limits, pagination and the revalidating cache; the only place that builds one.
import { createAppAuth } from '@octokit/auth-app'
import { Octokit as Core } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { restEndpointMethods } from '@octokit/plugin-rest-endpoint-methods'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from '../system/clock.ts'
import { cachingFetch } from './fetch.ts'
import { githubMetrics, measuredFetch, tokenHash } from './metrics.ts'
import { bePatient } from './patience.ts'

const WithPlugins = Core.plugin(paginateRest, restEndpointMethods)
export type Octokit = InstanceType<typeof WithPlugins>

/** Who the client is: a token that is asked for at each request (so that it can be rotated), or an app. */
export type Credentials =
  | { readonly token: () => string }
  | { readonly appId: number; readonly privateKey: string }
  | { readonly anonymous: true }

export interface ClientOptions {
  /** REST base, e.g. `https://api.github.com` or `https://ghe.example/api/v3`. */
  readonly endpoint: string
  readonly credentials: Credentials
  /** `component/version`. */
  readonly userAgent: string
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Registry
  /** Longest wait for a rate limit before a call fails, seconds. Default 120 (upstream's backoff-timeout). */
  readonly longestWaitSeconds?: number
  /** First pause between retries, milliseconds. Default 1000. */
  readonly retryPauseMs?: number
}

/** Clients of one GitHub. */
export interface Octokits {
  /** For calls that concern this org: with an app, its installation there. */
  forOrg(org: string): Promise<Octokit>
  /** For calls about the account itself: the user of the token, or the app. */
  readonly self: Octokit
  readonly kind: 'token' | 'app' | 'anonymous'
  /** Notes in the metrics who `self` is. */
  told(login: string, email: string): void
  close(): Promise<void>
}

/** @throws Error when the app is not installed in the org asked for. */
export function createOctokits(options: ClientOptions): Octokits {
  const { endpoint, credentials, userAgent, clock, log, longestWaitSeconds = 120, retryPauseMs = 1000 } = options
  const cache = cachingFetch()
  const closing = new AbortController()
  const patience = { clock, log, longestWaitSeconds, secondMs: retryPauseMs, signal: closing.signal }
  const close = () => {
    closing.abort(new Error('the GitHub client is closed'))
    return cache.close()
  }
  const metrics = githubMetrics(options.metrics)

  const build = (auth: object, budget: () => string): Octokit => {
    const octokit = new WithPlugins({
      baseUrl: endpoint.replace(/\/$/, ''),
      userAgent,
      request: { fetch: measuredFetch(cache.fetch, metrics, { userAgent, budget }) },
      log: { debug() {}, info() {}, warn: (text: string) => log.debug(text), error: (text: string) => log.debug(text) },
      ...auth,
    })
    bePatient(octokit, patience)
    return octokit
  }
  const tell = (token_hash: string) => (login: string, email: string) =>
    metrics.user.set({ token_hash, login, email }, 1)

  if ('anonymous' in credentials) {
    const octokit = build({}, () => '')
    return { forOrg: async () => octokit, self: octokit, kind: 'anonymous', close, told: tell('') }
  }
  if ('token' in credentials) {
    const octokit = build({}, () => tokenHash(credentials.token()))
    octokit.hook.before('request', (request) => {
      request.headers.authorization = `Bearer ${credentials.token()}`
    })
    const told: Octokits['told'] = (login, email) => tell(tokenHash(credentials.token()))(login, email)
    return { forOrg: async () => octokit, self: octokit, kind: 'token', close, told }
  }
  const { appId, privateKey } = credentials
  // Tokens of an installation live for an hour; the quota is the installation's.
  const self = build({ authStrategy: createAppAuth, auth: { appId, privateKey } }, () => String(appId))
  const installations = new Map<string, Promise<Octokit>>()
  const forOrg = (org: string): Promise<Octokit> => {
    const known = installations.get(org)
    if (known) return known
    const client = installationOf(self, org).then((installationId) =>
      build({ authStrategy: createAppAuth, auth: { appId, privateKey, installationId } }, () => `${appId} - ${org}`),
    )
    installations.set(org, client)
    // A failure is not remembered: the app may be installed a minute later.
    client.catch(() => installations.delete(org))
    return client
  }
  return { forOrg, self, kind: 'app', close, told: tell(String(appId)) }
}

async function installationOf(app: Octokit, org: string): Promise<number> {
  for await (const page of app.paginate.iterator(app.rest.apps.listInstallations, { per_page: 100 })) {
    const found = page.data.find(({ account }) => account && 'login' in account && account.login === org)
    if (found) return found.id
  }
  throw new Error(
    `the GitHub app is not installed in the organization "${org}": install it there, or remove the org from plugins.yaml`,
  )
}
