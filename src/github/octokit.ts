// Octokit as Bowsprit uses it: over endpoints, retries, budget, cache and credentials; the only place that builds one.
import { Octokit as Core } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { restEndpointMethods } from '@octokit/plugin-rest-endpoint-methods'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Clock } from '../system/clock.ts'
import { githubApp } from './app-auth.ts'
import { basesOf, followRedirects, pathOf } from './endpoints.ts'
import { type Answer, type Call, isFree, isGraphql, openWire, type Send } from './exchange.ts'
import { anonymous, byToken, type Credentials, type Identity, tokenHash } from './identity.ts'
import { agentLabel, githubMetrics, measured } from './metrics.ts'
import { defaultRetryRules, patient, type RetryRules } from './patience.ts'
import { createQuotas, type Purpose, type QuotaReport, type Spending } from './quotas.ts'
import { openResponseStore } from './response-store.ts'
import { revalidating } from './revalidate.ts'
import { type Rate, throttle } from './throttle.ts'

export type { Credentials } from './identity.ts'

const WithPlugins = Core.plugin(paginateRest, restEndpointMethods)
export type Octokit = InstanceType<typeof WithPlugins>

/** Where and how GitHub is asked. */
export interface ClientSettings {
  /** REST base, e.g. `https://api.github.com` or `https://ghe.example/api/v3`. */
  readonly endpoint: string
  /** Others, tried in this order when a server does not answer. */
  readonly fallbackEndpoints?: readonly string[]
  /** URL of GraphQL where it is not beside REST. */
  readonly graphqlEndpoint?: string
  readonly retry?: Partial<RetryRules>
  /** First pause between retries, milliseconds; upstream's is 2000. */
  readonly retryPauseMs?: number
  /** For one attempt, milliseconds. Default: two minutes. */
  readonly requestTimeoutMs?: number
  /** For all requests together, and for those of an organisation. Without: only GitHub's own limits. */
  readonly throttle?: { readonly all?: Rate; readonly orgs?: Readonly<Record<string, Rate>> }
}

export interface ClientOptions extends ClientSettings {
  readonly credentials: Credentials
  /** `component/version`. */
  readonly userAgent: string
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Registry
}

/** Clients of one GitHub. */
export interface Octokits {
  /** For calls that concern this org: with an app, its installation there. */
  forOrg(org: string): Promise<Octokit>
  /** For calls about the account itself: the user of the token, or the app. */
  readonly self: Octokit
  readonly kind: 'token' | 'app' | 'anonymous'
  /** The same clients for somebody in particular: a plugin, a component. They share cache and quota. */
  as(purpose: Purpose): Octokits
  /** What git gets in with; undefined: with nothing. */
  token(org: string): Promise<string | undefined>
  /** What is left of GitHub's limits, and who has used how much. */
  readonly budget: { limits(): readonly QuotaReport[]; spending(): readonly Spending[] }
  /** Notes in the metrics who `self` is. */
  told(login: string, email: string): void
  close(): Promise<void>
}

// Enough for a few thousand typical answers.
const cacheBytes = 32 * 1024 * 1024
// A token may be rotated while a request is under way, and a new one may need a moment.
const mostProofs = 3

/** @throws Error when an endpoint is no URL. */
export function createOctokits(options: ClientOptions): Octokits {
  const { credentials, clock, log, retryPauseMs, requestTimeoutMs = 120_000, retry } = options
  const bases = basesOf([options.endpoint, ...(options.fallbackEndpoints ?? [])])
  const [mainBase = ''] = bases
  const closing = new AbortController()
  const { signal } = closing
  const metrics = githubMetrics(options.metrics)
  const wire = openWire({ clock, timeoutMs: requestTimeoutMs })
  const store = openResponseStore(undefined, cacheBytes)
  const cache = revalidating(store, clock)
  const quotas = createQuotas(clock, { log, metrics, signal })
  const throttleOf = throttles(options, signal)
  const rules = { ...defaultRetryRules, ...retry, ...(retryPauseMs !== undefined && { firstPauseMs: retryPauseMs }) }

  /** One server: what happens at each attempt. */
  const server =
    (base: string, identity: Identity, purpose: Purpose, userAgent: string, org: string): Send =>
    async (call) => {
      for (let proofs = 1; ; proofs++) {
        const proof = await identity.prove(call.path)
        await quotas.enter(proof.budget, call, purpose)
        const tokens = throttleOf(org)
        await tokens?.take(purpose.priority)
        const send = cache(measured(wire.to(base), metrics, { budget: proof.budget, userAgent }), proof.budget)
        const answer = await send({ ...call, headers: { ...call.headers, ...proof.headers, 'user-agent': userAgent } })
        quotas.note(proof.budget, call, answer, purpose, org)
        if (isFree(answer)) tokens?.giveBack()
        if (answer.status !== 401 || proofs >= mostProofs || !(await identity.refused(proof))) return answer
      }
    }

  const build = (identity: Identity, purpose: Purpose, userAgent: string, org = ''): Octokit => {
    const servers = (all: readonly string[]) =>
      patient(
        all.map((base) => followRedirects(server(base, identity, purpose, userAgent, org), base)),
        { clock, log, rules, signal },
      )
    const rest = servers(bases)
    const graphql = options.graphqlEndpoint
      ? servers([options.graphqlEndpoint.replace(/\/graphql\/?$/, '')])
      : servers([mainBase])
    const fetch = async (input: string, { method = 'GET', headers, body }: RequestInit = {}): Promise<Response> => {
      const path = pathOf(input, mainBase)
      const call: Call = {
        method,
        path,
        headers: { ...Object.fromEntries(new Headers(headers)), ...versionHeader },
        ...(typeof body === 'string' || body instanceof Uint8Array ? { body } : {}),
      }
      return responseOf(await (isGraphql(call) ? graphql : rest)(call), input)
    }
    return new WithPlugins({
      baseUrl: mainBase,
      userAgent,
      request: { fetch },
      log: { debug() {}, info() {}, warn: (text: string) => log.debug(text), error: (text: string) => log.debug(text) },
    })
  }

  const tell = (token_hash: string) => (login: string, email: string) =>
    metrics.user.set({ token_hash, login, email }, 1)
  const shared = {
    budget: { limits: quotas.limits, spending: quotas.spending },
    async close() {
      if (signal.aborted) return
      closing.abort(new Error('the GitHub client is closed'))
      await wire.close()
      store.close()
    },
  }
  const mainPurpose: Purpose = { by: agentLabel(options.userAgent), priority: 'command' }
  /** Clients by purpose, all of the same accounts. */
  const family = (make: (purpose: Purpose, userAgent: string) => Omit<Octokits, 'as' | keyof typeof shared>) => {
    const member = (purpose: Purpose, userAgent: string): Octokits => ({
      ...make(purpose, userAgent),
      ...shared,
      as: ({ by, priority }) => {
        const name = `${agentLabel(options.userAgent)}.${by}`
        return member({ by: name, priority }, options.userAgent.replace(/^[^/]*/, name))
      },
    })
    return member(mainPurpose, options.userAgent)
  }

  if ('appId' in credentials) {
    const app = githubApp({ ...credentials, clock, client: (who) => build(who, mainPurpose, options.userAgent) })
    return family((purpose, userAgent) => {
      const byOrg = remember((org: string) => build(app.inOrg(org), purpose, userAgent, org))
      return {
        forOrg: async (org) => byOrg(org),
        self: build(app.self, purpose, userAgent),
        kind: 'app',
        told: tell(String(credentials.appId)),
        token: app.token,
      }
    })
  }
  const identity = 'token' in credentials ? byToken(credentials.token) : anonymous
  return family((purpose, userAgent) => {
    const byOrg = remember((org: string) => build(identity, purpose, userAgent, org))
    return {
      forOrg: async (org) => byOrg(org),
      self: build(identity, purpose, userAgent),
      kind: 'token' in credentials ? 'token' : 'anonymous',
      told: (login, email) => tell('token' in credentials ? tokenHash(credentials.token()) : '')(login, email),
      token: async () => ('token' in credentials ? credentials.token() : undefined),
    }
  })
}

const versionHeader = { 'x-github-api-version': '2022-11-28' }

/** The throttle that counts for the requests of an organisation. */
function throttles({ throttle: rates, clock }: ClientOptions, signal: AbortSignal) {
  const all = rates?.all && throttle(rates.all, clock, signal)
  const orgs = new Map(
    Object.entries(rates?.orgs ?? {}).map(([org, rate]) => [org.toLowerCase(), throttle(rate, clock, signal)]),
  )
  return (org: string) => orgs.get(org.toLowerCase()) ?? all
}

function responseOf({ status, headers, body }: Answer, url: string): Response {
  const empty = status === 204 || status === 205 || status === 304
  const response = new Response(empty ? null : (body as Uint8Array<ArrayBuffer>), { status, headers })
  // Octokit looks for the next page in it.
  return Object.defineProperty(response, 'url', { value: url })
}

function remember<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return (key) => {
    const there = made.get(key) ?? make(key)
    made.set(key, there)
    return there
  }
}
