// Groups of flags that upstream's programs share, and what each group opens. Names and defaults are upstream's.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { startConfigAgent } from '../config/agent.ts'
import type { FurtherFiles } from '../config/files.ts'
import type { ConfigAgent } from '../config/types.ts'
import { type HmacSource, hmacFile } from '../hook/hmac.ts'
import { defaultCacheSize } from '../inrepo/in-repo.ts'
import type { Clusters } from '../kube/client.ts'
import { dryRunClusters } from '../kube/dry-run.ts'
import { kubeconfigState, loadClusters } from '../kube/kubeconfig.ts'
import { type Slack, slackClient } from '../slack/slack.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import type { Machine } from '../system/process.ts'
import type { Part } from '../up/supervise.ts'
import { type Flag, flag, UsageError, type Values } from './flags.ts'
import { githubFlags, secretFile } from './github-flags.ts'
import { type OpenClusters, withClusters } from './with-clusters.ts'

export { githubFlags, githubSettings, openCredentials, openGitHub, secretFile } from './github-flags.ts'

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

/** The files of plugins that the flags name. */
export function pluginFiles(flags: Partial<Values<typeof pluginFlags>>): FurtherFiles {
  const suffix = flags['supplemental-plugin-configs-filename-suffix']
  return {
    ...(flags['plugin-config'] && { pluginConfigPath: flags['plugin-config'] }),
    supplementalPluginDirs: flags['supplemental-plugin-config-dir'] ?? [],
    ...(suffix !== undefined && { supplementalPluginSuffix: suffix }),
  }
}

/** The files that the flags name beside the main file. */
export function furtherFiles(flags: ConfigFileValues): FurtherFiles {
  const suffix = flags['supplemental-prow-configs-filename-suffix']
  return {
    ...(flags['job-config-path'] && { jobConfigPath: flags['job-config-path'] }),
    supplementalConfigDirs: flags['supplemental-prow-config-dir'],
    ...(suffix !== undefined && { supplementalConfigSuffix: suffix }),
    ...pluginFiles(flags),
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

/** The flags of the GitHub client for programs that take them and speak to no GitHub. */
export const unusedGithubFlags = withoutEffect(...(Object.keys(githubFlags) as (keyof typeof githubFlags)[]))

/** Slack, for programs that post messages there. */
export const slackFlags = {
  'slack-token-file': flag.path({ about: 'File with a token of Slack; without it nothing is posted there.' }),
}

/** Slack as the flag says; undefined without a token. @throws UsageError for a file that cannot be read. */
export function openSlack(
  { 'slack-token-file': path }: Values<typeof slackFlags>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Slack | undefined {
  return path ? slackClient({ token: secretFile('--slack-token-file', path, clock, log), fetch, clock }) : undefined
}

/** Where repositories are fetched from and kept, for programs that look into them; stands after the groups above. */
export const gitFlags = {
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

/** The webhook secrets of a file. @throws UsageError when it cannot be read. */
export function openHmacFile(path: string, opening: { clock: Clock; log: Logger }): HmacSource {
  try {
    return hmacFile(path, opening)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--hmac-secret-file: cannot read ${path}: ${why}`)
  }
}
