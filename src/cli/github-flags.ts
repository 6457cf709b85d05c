// The flags of the GitHub client, and the client that they describe. Names and defaults are upstream's.
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { CodeHost } from '../api/code-host.ts'
import { githubWebhooks, type Webhooks } from '../github/deliveries.ts'
import { dryRunHost } from '../github/dry-run.ts'
import { basesOf } from '../github/endpoints.ts'
import { type ClientSettings, type Credentials, createOctokits, type Octokits } from '../github/octokit.ts'
import { defaultRetryRules } from '../github/patience.ts'
import type { Clock } from '../system/clock.ts'
import type { Machine } from '../system/process.ts'
import { type GitHubHosts, hostsOf } from '../up/github-hosts.ts'
import { flag, UsageError, type Values } from './flags.ts'

const publicApi = 'https://api.github.com'

/** Which GitHub, and as whom. */
export const githubFlags = {
  'github-host': flag.text({ about: 'Host of the repositories.', default: 'github.com' }),
  'github-endpoint': flag.list({
    about:
      'REST endpoint, e.g. https://HOST/api/v3 or that of a ghproxy. Further ones are for when it does not answer.',
    default: [publicApi],
  }),
  'github-graphql-endpoint': flag.text({ about: 'GraphQL endpoint; else the one that belongs to the REST endpoint.' }),
  'github-token-path': flag.path({ about: 'File with a token; read again when it changes.' }),
  'github-app-id': flag.text({ about: 'GitHub app; needs its private key.' }),
  'github-app-private-key-path': flag.path({ about: 'PEM file of the app; read again when it changes.' }),
  'github-hourly-tokens': flag.number({ about: 'Requests that may be sent in an hour; 0: as many as GitHub allows.' }),
  'github-allowed-burst': flag.number({ about: 'Of these, how many at once.' }),
  'github-throttle-org': flag.list({ about: 'ORG:HOURLY:BURST, the same for an organisation of the app.' }),
  'github-client.request-timeout': flag.duration({ about: 'Longest time of one attempt.', default: '2m' }),
  'github-client.max-retries': flag.number({
    about: 'Attempts of a request in all.',
    default: defaultRetryRules.attempts,
  }),
  'github-client.max-404-retries': flag.number({
    about: 'How often something that has to be there is asked for again.',
    default: defaultRetryRules.attempts404,
  }),
  'github-client.backoff-timeout': flag.duration({
    about: "A limit of GitHub's that lasts longer fails the request.",
    default: '2m',
  }),
  'github-client.initial-delay': flag.duration({ about: 'First pause before another attempt.', default: '2s' }),
  'git-signing-key-path': flag.ignored(),
}

type GithubValues = Values<typeof githubFlags>

/** What opening needs. */
interface Opening {
  readonly machine: Pick<Machine, 'env'>
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Registry
}

export interface OpenedGitHub extends GitHubHosts {
  readonly webhooks: Webhooks
  readonly clients: Octokits
  readonly credentials: Credentials
  close(): Promise<void>
}

/** GitHub as the flags describe it. @throws UsageError for flags that do not go together, or a file that cannot be read. */
export function openGitHub(
  flags: GithubValues & { readonly 'dry-run': boolean },
  component: string,
  { log, metrics, machine, clock }: Opening,
): OpenedGitHub {
  const settings = githubSettings(flags)
  const credentials = openCredentials(flags, { machine, clock, log })
  const clients = createOctokits({
    ...settings,
    credentials,
    userAgent: `${component}/bowsprit`,
    clock,
    log,
    metrics,
  })
  const dry = flags['dry-run'] ? (host: CodeHost) => dryRunHost(host, log) : (host: CodeHost) => host
  return {
    ...hostsOf(clients, dry),
    webhooks: githubWebhooks(clients),
    clients,
    credentials,
    close: () => clients.close(),
  }
}

/** Where and how GitHub is asked. @throws UsageError */
export function githubSettings(flags: GithubValues): ClientSettings {
  const given = flags['github-endpoint'].map((endpoint) => endpoint || publicApi)
  const [endpoint = publicApi, ...fallbackEndpoints] = bases('--github-endpoint', given)
  const [graphqlEndpoint] = bases('--github-graphql-endpoint', [flags['github-graphql-endpoint']].filter(Boolean))
  const throttle = throttleOf(flags)
  return {
    endpoint,
    fallbackEndpoints,
    ...(graphqlEndpoint !== undefined && { graphqlEndpoint }),
    requestTimeoutMs: flags['github-client.request-timeout'],
    retry: {
      attempts: flags['github-client.max-retries'] || defaultRetryRules.attempts,
      attempts404: flags['github-client.max-404-retries'] || defaultRetryRules.attempts404,
      longestWaitMs: flags['github-client.backoff-timeout'],
      firstPauseMs: flags['github-client.initial-delay'],
    },
    ...(throttle && { throttle }),
  }
}

function bases(name: string, endpoints: readonly string[]): readonly string[] {
  try {
    return basesOf(endpoints)
  } catch (error) {
    throw new UsageError(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function throttleOf(flags: GithubValues): ClientSettings['throttle'] {
  const hourly = flags['github-hourly-tokens']
  const burst = flags['github-allowed-burst']
  const byOrg = flags['github-throttle-org']
  if (byOrg.length > 0 && !flags['github-app-id'])
    throw new UsageError('--github-throttle-org needs --github-app-id: a token has one quota for all organisations')
  const orgs: Record<string, { hourly: number; burst: number }> = {}
  for (const text of byOrg) {
    const [, org = '', ...numbers] = /^([^:]+):(\d+):(\d+)$/.exec(text) ?? []
    const [hourly = 0, burst = 0] = numbers.map(Number)
    const where = `--github-throttle-org: "${text}"`
    if (org === '') throw new UsageError(`${where} is not ORG:HOURLY:BURST`)
    if (hourly < 1 || burst < 1 || burst > hourly)
      throw new UsageError(`${where}: HOURLY and BURST have to be at least 1, and BURST at most HOURLY`)
    if (Object.hasOwn(orgs, org)) throw new UsageError(`${where}: ${org} was given before`)
    orgs[org] = { hourly, burst }
  }
  if (hourly < 0 || burst < 0 || (hourly > 0 && (burst === 0 || burst > hourly)))
    throw new UsageError(
      '--github-hourly-tokens needs --github-allowed-burst: at least 1, and at most as many as the hourly tokens',
    )
  if (hourly === 0 && byOrg.length === 0) return undefined
  return { ...(hourly > 0 && { all: { hourly, burst } }), orgs }
}

/** Who the flags (or, without them, $GITHUB_TOKEN) say that we are. @throws UsageError */
export function openCredentials(
  flags: Pick<GithubValues, 'github-token-path' | 'github-app-id' | 'github-app-private-key-path'>,
  { machine: { env }, clock, log }: Pick<Opening, 'machine' | 'clock' | 'log'>,
): Credentials {
  const token = flags['github-token-path']
  const app = flags['github-app-id']
  const key = flags['github-app-private-key-path']
  if ((app === '') !== (key === ''))
    throw new UsageError('--github-app-id and --github-app-private-key-path go together')
  if (token && app) throw new UsageError('--github-token-path and --github-app-id exclude each other')
  if (app) {
    if (!/^\d+$/.test(app)) throw new UsageError(`--github-app-id: "${app}" is not a number`)
    const privateKey = secretFile('--github-app-private-key-path', key, clock, log, checkKey)
    return { appId: Number(app), privateKey }
  }
  if (token) return { token: secretFile('--github-token-path', token, clock, log) }
  const fromEnv = env.GITHUB_TOKEN
  if (fromEnv) return { token: () => fromEnv }
  log.warn('no GitHub credentials: requests are anonymous, and nothing can be written')
  return { anonymous: true }
}

// What the parser says of a key that it cannot read is not told: it may be about the key.
function checkKey(name: string, path: string, text: string): void {
  try {
    if (createPrivateKey(text).asymmetricKeyType === 'rsa') return
  } catch {}
  throw new UsageError(`${name}: ${path} is not an RSA private key in PEM form`)
}

const rereadMs = 1000

/**
 * The trimmed content of a file, read again at most once a second; a failed reading keeps the last good one.
 * @param check Throws for content that is no good.
 */
export function secretFile(
  name: string,
  path: string,
  clock: Clock,
  log: Logger,
  check: (name: string, path: string, text: string) => void = () => {},
): () => string {
  const read = () => {
    const text = readSecret(name, path)
    check(name, path, text)
    return text
  }
  let content = read()
  let readAt = clock.now()
  let failing = false
  return () => {
    if (clock.now() - readAt < rereadMs) return content
    readAt = clock.now()
    try {
      content = read()
      failing = false
    } catch (error) {
      if (!failing) log.error({ err: error }, 'a secret file could not be read again; the last content stays')
      failing = true
    }
    return content
  }
}

function readSecret(name: string, path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`${name}: cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (text === '') throw new UsageError(`${name}: ${path} is empty`)
  return text
}
