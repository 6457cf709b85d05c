// Groups of flags that upstream's programs share, and what each group opens. Defaults: controllers sheet 1, hook sheet 1.1 and 12.1.
import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { CodeHost } from '../api/code-host.ts'
import { startConfigAgent } from '../config/agent.ts'
import type { FurtherFiles } from '../config/files.ts'
import type { ConfigAgent } from '../config/types.ts'
import { githubWebhooks, type Webhooks } from '../github/deliveries.ts'
import { dryRunHost } from '../github/dry-run.ts'
import { githubHost } from '../github/host.ts'
import { type Credentials, createOctokits, type Octokits } from '../github/octokit.ts'
import { type HmacSource, hmacFile } from '../hook/hmac.ts'
import { defaultCacheSize } from '../inrepo/in-repo.ts'
import type { Clusters } from '../kube/client.ts'
import { dryRunClusters } from '../kube/dry-run.ts'
import { kubeconfigState, loadClusters } from '../kube/kubeconfig.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import type { Machine } from '../system/process.ts'
import type { Part } from '../up/supervise.ts'
import { type Flag, flag, UsageError, type Values } from './flags.ts'
import { type OpenClusters, withClusters } from './with-clusters.ts'

/** Flags of upstream's programs that nothing here depends on. */
function withoutEffect<Name extends string>(...names: Name[]): Record<Name, Flag<boolean>> {
  return Object.fromEntries(names.map((name) => [name, flag.ignored()])) as Record<Name, Flag<boolean>>
}

/** How the names of supplemental files end; undefined is upstream's default. */
const suffix = (shown: string): Flag<string | undefined> => ({
  ...flag.text({ about: 'End of the paths of supplemental files.' }),
  read: (given) => given.at(-1),
  shown,
})
const mainSuffix = suffix('_prowconfig.yaml')
const pluginSuffix = suffix('_pluginconfig.yaml')

const configFileFlags = {
  'config-path': flag.path({ about: 'Main configuration file.' }),
  'job-config-path': flag.path({ about: 'File or folder tree of job configuration.' }),
  'supplemental-prow-config-dir': flag.list({ about: 'Folder tree of supplemental main configuration.' }),
  'supplemental-prow-configs-filename-suffix': mainSuffix,
  'supplemental-prow-configs-filename': {
    ...mainSuffix,
    shown: '',
    about: 'Older name of the flag with -suffix.',
    sameAs: 'supplemental-prow-configs-filename-suffix',
  },
}

/** Which configuration files. */
export const configFlags = {
  ...configFileFlags,
  ...withoutEffect('in-repo-config-cache-size', 'cache-dir-base', 'moonraker-address'),
}

export const pluginFlags = {
  'plugin-config': flag.path({ about: 'plugins.yaml.', default: '/etc/plugins/plugins.yaml' }),
  'supplemental-plugin-config-dir': flag.list({ about: 'Folder tree of supplemental plugin configuration.' }),
  'supplemental-plugin-configs-filename-suffix': pluginSuffix,
}

/** Flags of configuration files; a program without plugins has only some. */
export type ConfigFileValues = Values<typeof configFileFlags> & Partial<Values<typeof pluginFlags>>

/** The files that the flags name beside the main file. */
export function furtherFiles(flags: ConfigFileValues): FurtherFiles {
  const mainSuffix = flags['supplemental-prow-configs-filename-suffix']
  const pluginSuffix = flags['supplemental-plugin-configs-filename-suffix']
  return {
    ...(flags['job-config-path'] && { jobConfigPath: flags['job-config-path'] }),
    ...(flags['plugin-config'] && { pluginConfigPath: flags['plugin-config'] }),
    supplementalConfigDirs: flags['supplemental-prow-config-dir'],
    ...(mainSuffix !== undefined && { supplementalConfigSuffix: mainSuffix }),
    supplementalPluginDirs: flags['supplemental-plugin-config-dir'] ?? [],
    ...(pluginSuffix !== undefined && { supplementalPluginSuffix: pluginSuffix }),
  }
}

/** Which Kubernetes clusters. */
export const kubernetesFlags = {
  kubeconfig: flag.path({ about: 'Kubeconfig file; its contexts are the build clusters.' }),
  'kubeconfig-dir': flag.path({ about: 'Folder of kubeconfig files.' }),
  'kubeconfig-suffix': flag.text({ about: 'Only files of the folder with this end.' }),
  'projected-token-file': flag.path({ about: 'Bearer token for the cluster that this program runs in.' }),
  'no-in-cluster-config': flag.bool({ about: 'Ignore the cluster that this program runs in.' }),
}

const idleGithubFlags = withoutEffect(
  'github-host',
  'github-graphql-endpoint',
  'github-hourly-tokens',
  'github-allowed-burst',
  'github-throttle-org',
  'github-client.request-timeout',
  'github-client.max-retries',
  'github-client.max-404-retries',
  'github-client.backoff-timeout',
  'github-client.initial-delay',
  'git-signing-key-path',
)

/** The same group for programs that take it and speak to no GitHub. */
export const unusedGithubFlags = {
  ...withoutEffect('github-endpoint', 'github-token-path', 'github-app-id', 'github-app-private-key-path'),
  ...idleGithubFlags,
}

const accessFlags = {
  'github-endpoint': flag.list({ about: 'REST endpoint.', default: ['https://api.github.com'] }),
  'github-token-path': flag.path({ about: 'File with a token; read again when it changes.' }),
  'github-app-id': flag.text({ about: 'GitHub app; needs its private key.' }),
  'github-app-private-key-path': flag.path({ about: 'PEM file of the app.' }),
}

/** Which GitHub, and as whom. */
export const githubFlags = { ...accessFlags, ...idleGithubFlags }

/** Where repositories are fetched from and kept, for programs that look into them; stands after the groups above. */
export const gitFlags = {
  'github-host': flag.text({ about: 'Host of the repositories.', default: 'github.com' }),
  'cache-dir-base': flag.path({ about: 'Folder of mirrors of repositories; DATA-DIR/mirrors when not given.' }),
  'in-repo-config-cache-size': flag.number({
    about: 'For how many merges the job files of repositories are kept.',
    default: defaultCacheSize,
  }),
}

/** Whether anything is written. Upstream's defaults differ from program to program. */
export const dryRunFlag = (fallback: boolean) => ({
  'dry-run': flag.bool({ about: 'Write nothing: neither to GitHub nor to a cluster.', default: fallback }),
})

const aPort = flag.port({ about: 'Port of /healthz beside the one of metrics.', default: 8081 })
// Not by default: on one machine several programs would want the same one.
const healthPort: Flag<number | undefined> = {
  ...aPort,
  shown: '',
  read: (given) => (given.length === 0 ? undefined : aPort.read(given)),
}

/** Metrics and health. */
export const instrumentationFlags = {
  'metrics-port': flag.port({ about: 'Port of /metrics and /healthz.', default: 9090 }),
  'health-port': healthPort,
  'profile-memory-usage': flag.ignored({ boolean: true }),
  ...withoutEffect('pprof-port', 'memory-profile-interval'),
}

/** What opening a group may need. */
export interface Opening {
  readonly machine: Machine
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Registry
}

/** The configuration that the flags name, read again whenever it changes. @throws UsageError without --config-path. */
export function openConfig(
  flags: ConfigFileValues,
  opening: Opening & { readonly signal: AbortSignal },
): Promise<ConfigAgent> {
  if (!flags['config-path']) throw new UsageError('--config-path is needed')
  return startConfigAgent({ configPath: flags['config-path'], ...furtherFiles(flags) }, opening)
}

type KubernetesValues = Values<typeof kubernetesFlags> & { readonly 'dry-run': boolean }

/** The clusters that the flags name; with --dry-run none of them is changed. */
export async function openClusters(
  flags: KubernetesValues,
  { machine, ...rest }: Opening,
  disabledClusters: readonly string[] = [],
): Promise<OpenClusters> {
  const clusters = await loadClusters({ ...kubeconfigPaths(flags, machine), disabledClusters, ...rest })
  return { clusters: flags['dry-run'] ? dryRunClusters(clusters, rest.log) : clusters, close: () => clusters.close() }
}

/** Parts that run on the clusters that the flags name, and begin anew when the kubeconfig files change. */
export function onClusters(
  flags: KubernetesValues,
  opening: Opening,
  config: ConfigAgent,
  parts: (clusters: Clusters) => readonly Part[],
): Part {
  return withClusters({
    open: () => openClusters(flags, opening, config.current().config.disabled_clusters),
    state: () => kubeconfigState(kubeconfigPaths(flags, opening.machine)),
    parts,
  })
}

const kubeconfigPaths = (flags: KubernetesValues, { env }: Machine) => ({
  kubeconfig: flags.kubeconfig,
  kubeconfigDir: flags['kubeconfig-dir'],
  kubeconfigSuffix: flags['kubeconfig-suffix'],
  projectedTokenFile: flags['projected-token-file'],
  noInClusterConfig: flags['no-in-cluster-config'],
  env,
})

/** GitHub as the flags describe it. @throws UsageError for flags that do not go together, or a file that cannot be read. */
export function openGitHub(
  flags: Values<typeof accessFlags> & { readonly 'dry-run': boolean },
  component: string,
  { log, metrics, machine, clock }: Opening,
): { host: CodeHost; webhooks: Webhooks; clients: Octokits; credentials: Credentials; close(): Promise<void> } {
  const endpoint = flags['github-endpoint'][0] || 'https://api.github.com'
  if (!URL.canParse(endpoint)) throw new UsageError(`--github-endpoint: "${endpoint}" is not a URL`)
  const credentials = openCredentials(flags, { machine, clock, log })
  const clients = createOctokits({
    endpoint,
    credentials,
    userAgent: `${component}/bowsprit`,
    clock,
    log,
    metrics,
  })
  const host = githubHost(clients)
  return {
    host: flags['dry-run'] ? dryRunHost(host, log) : host,
    webhooks: githubWebhooks(clients),
    clients,
    credentials,
    close: () => clients.close(),
  }
}

/** Who the flags (or, without them, $GITHUB_TOKEN) say that we are. @throws UsageError */
export function openCredentials(
  flags: Values<typeof accessFlags>,
  { machine: { env }, clock, log }: Pick<Opening, 'machine' | 'clock' | 'log'>,
): Credentials {
  const token = flags['github-token-path']
  const app = flags['github-app-id']
  const key = flags['github-app-private-key-path']
  if ((app === '') !== (key === ''))
    throw new UsageError('--github-app-id and --github-app-private-key-path go together')
  if (token && app) throw new UsageError('--github-token-path and --github-app-id exclude each other')
  if (app) return { appId: Number(app), privateKey: readSecret('--github-app-private-key-path', key) }
  if (token) return { token: secretFile('--github-token-path', token, clock, log) }
  const fromEnv = env.GITHUB_TOKEN
  if (fromEnv) return { token: () => fromEnv }
  log.warn('no GitHub credentials: requests are anonymous, and nothing can be written')
  return { anonymous: true }
}

const rereadMs = 1000

/** The trimmed content of a file, read again at most once a second; a failed reading keeps the last good one. */
export function secretFile(name: string, path: string, clock: Clock, log: Logger): () => string {
  let content = readSecret(name, path)
  let readAt = clock.now()
  return () => {
    if (clock.now() - readAt < rereadMs) return content
    readAt = clock.now()
    try {
      content = readSecret(name, path)
    } catch (error) {
      log.error({ err: error }, 'a secret file could not be read again; the last content stays')
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

/** The webhook secrets of a file. @throws UsageError when it cannot be read. */
export function openHmacFile(path: string, opening: { clock: Clock; log: Logger }): HmacSource {
  try {
    return hmacFile(path, opening)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--hmac-secret-file: cannot read ${path}: ${why}`)
  }
}
