// A whole installation in one process: the embedded engine and every component on it. `bowsprit up` and the tests start it here.
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { Registry } from 'prom-client'
import type { CodeHost } from '../api/code-host.ts'
import { prowJobCrd } from '../api/crd.ts'
import type { DecorationConfig, ProwJob } from '../api/prowjob.ts'
import { type BugzillaSettings, bugzillaClient } from '../bugzilla/bugzilla.ts'
import { startConfigAgent } from '../config/agent.ts'
import { type FurtherFiles, furtherFilesOf } from '../config/files.ts'
import { renderForJob } from '../config/templates/job-template.ts'
import type { Config, ConfigAgent } from '../config/types.ts'
import { crier } from '../crier/crier.ts'
import { deck } from '../deck/deck.ts'
import type { Lock } from '../engine/apiserver/lock.ts'
import { startApiServer } from '../engine/apiserver/server.ts'
import { createNode } from '../engine/node/node.ts'
import { githubWebhooks } from '../github/deliveries.ts'
import { type ClientSettings, type Credentials, createOctokits } from '../github/octokit.ts'
import { allRepos } from '../hook/enablement.ts'
import type { HmacSource } from '../hook/hmac.ts'
import { hook } from '../hook/hook.ts'
import type { Journal } from '../hook/journal.ts'
import type { Catalogue } from '../hook/plugin.ts'
import { horologium } from '../horologium/horologium.ts'
import { type JiraSettings, jiraClient } from '../jira/jira.ts'
import { bucketsOf } from '../jobs/buckets.ts'
import { newPeriodic } from '../jobs/build.ts'
import { podFor } from '../jobs/pod.ts'
import { jobUrl } from '../jobs/url.ts'
import type { Kube } from '../kube/client.ts'
import { clustersOf } from '../kube/clusters.ts'
import { httpKube } from '../kube/http.ts'
import { sharedKube } from '../kube/shared.ts'
import { openOwners } from '../owners/owners.ts'
import { snowflakes } from '../plank/build-ids.ts'
import { plank } from '../plank/plank.ts'
import { plugins } from '../plugins/index.ts'
import { defaultPeriodMs, needsRebaseScan } from '../plugins/needs-rebase/scan.ts'
import { retired } from '../plugins/retired.ts'
import { scheduler } from '../scheduler/scheduler.ts'
import { sinker } from '../sinker/sinker.ts'
import type { Slack } from '../slack/slack.ts'
import { openStorage } from '../storage/open.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import type { Machine } from '../system/process.ts'
import { gitAccess } from './git.ts'
import { hostsOf } from './github-hosts.ts'
import { askHook } from './hook-help.ts'
import { keptSecret } from './kept-secret.ts'
import { metricsServer } from './metrics-server.ts'
import { partSharing } from './share-parts.ts'
import { part, supervise } from './supervise.ts'

/** What an installation is made of. */
export interface InstallationOptions extends FurtherFiles {
  /** Folder of everything that is kept: objects, webhooks, results, logs of running Pods. */
  readonly dataDir: string
  /** Of the data directory, where the caller holds it already. */
  readonly lock?: Lock
  /** Address that every server listens on. */
  readonly host: string
  /** 0 is any free one. */
  readonly ports: { readonly deck: number; readonly hook: number; readonly api: number; readonly metrics: number }
  readonly configPath: string
  readonly github: ClientSettings & {
    readonly credentials: Credentials
    /** Where its pages and repositories are, when that is not github.com. */
    readonly link?: string
  }
  /** Folder of mirrors of repositories; in the data directory when absent. */
  readonly gitCacheDir?: string
  /** For how many merges the files of their jobs are kept. */
  readonly inRepoCacheSize?: number
  readonly hmac: HmacSource
  /** Where plugins post messages. */
  readonly slack?: Slack
  /** Where plugins look for bugs. */
  readonly bugzilla?: BugzillaSettings
  /** Where plugins look for issues of Jira. */
  readonly jira?: JiraSettings
  /** The network, for plugins that ask other services. Default: that of the machine. */
  readonly fetch?: typeof globalThis.fetch
  /** Files with credentials that lie outside of the data directory: jobs do not see them. */
  readonly secretFiles?: readonly string[]
  /** Puts something around what the components write through: tests break it there at a chosen moment. */
  readonly around?: <Writer extends object>(writer: Writer) => Writer
  /** Where hook keeps deliveries; a database in the data directory when it is absent. */
  readonly journal?: Journal
  /** Plugins beside the built-in ones; one with the name of a built-in plugin takes its place. */
  readonly plugins?: Catalogue
  /** How many Pods run at once; the machine's size decides when it is absent. */
  readonly pods?: number
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  /** Metrics of the process; new ones when absent. */
  readonly metrics?: Registry
  readonly version: string
  /** The program that runs Bowsprit, and the PATH that jobs get. */
  readonly machine: Pick<Machine, 'execPath' | 'env'>
  readonly signal: AbortSignal
}

/** An installation that answers. */
export interface Installation {
  /** Base URLs. */
  readonly urls: { readonly deck: string; readonly hook: string; readonly api: string; readonly metrics: string }
  /** Deck's address that makes a browser its administrator's. */
  readonly admin: string
  readonly kube: Kube
  readonly host: CodeHost
  readonly config: ConfigAgent
  /** Resolves when everything has ended, after the signal aborted. */
  readonly stopped: Promise<void>
}

/** Absolute path of this checkout. */
const root = resolve(import.meta.dirname, '../..')

/** Program that runs the pod utilities; the name of one comes after it. */
export const podUtilities = ({ execPath }: Pick<Machine, 'execPath'>): [string, string] => [
  execPath,
  join(root, 'src/podutils/main.ts'),
]

/**
 * Starts everything and resolves when all of it answers.
 * @throws Error when a port or the data directory is taken, or the configuration is broken.
 */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { dataDir, host: address, ports, clock, ids, log, signal, version } = options
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const { metrics = new Registry() } = options
  const base = { clock, ids, log, metrics, signal }
  const bucket = resolve(dataDir, 'bucket')
  const listen = (port: number) => ({ host: address, port })

  // Ends what is started here when a later step fails, and after everything else at a normal end.
  const cleanup: (() => Promise<unknown>)[] = []
  const closeAll = async () => {
    for (const close of cleanup.splice(0).reverse()) await close()
  }

  try {
    const node = createNode({
      dataDir,
      clock,
      version,
      nodeProgram: options.machine.execPath,
      path: options.machine.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
      visible: [root, dirname(options.machine.execPath)],
      utilityPaths: [bucket],
      hidden: options.secretFiles ?? [],
      utilityCommand: (utility) => [...podUtilities(options.machine), utility],
      ...(options.pods !== undefined && { capacity: { pods: options.pods } }),
    })
    const api = await startApiServer({
      dataDir,
      ...(options.lock && { lock: options.lock }),
      listen: listen(ports.api),
      clock,
      ids,
      log: log.child({ component: 'apiserver' }),
      logs: node.logs,
      crds: [prowJobCrd()],
    })
    cleanup.push(() => api.close())
    const connection = httpKube({
      cluster: 'default',
      server: api.url,
      access: () => ({ headers: { authorization: `Bearer ${api.token}` }, tls: { ca: api.ca } }),
      clock,
      ids,
      metrics,
    })
    cleanup.push(() => connection.close())
    const around = options.around ?? ((writer) => writer)
    const shared = sharedKube(connection, signal, partSharing())
    const kube: Kube = around<Kube>(shared)
    const clusters = clustersOf(kube)

    const config = await startConfigAgent(
      {
        configPath: options.configPath,
        ...furtherFilesOf(options),
        base: {
          decoration: builtInDecoration(`file://${bucket}`),
          ...(options.github.link !== undefined && { githubLink: options.github.link }),
        },
      },
      base,
    )
    const clients = createOctokits({ ...options.github, userAgent: `bowsprit/${version}`, clock, log, metrics })
    cleanup.push(() => clients.close())
    const { host, hostFor } = hostsOf(clients)
    const repositories = gitAccess({
      ...base,
      clients,
      link: options.github.link ?? 'https://github.com',
      cacheDir: options.gitCacheDir ?? join(dataDir, 'mirrors'),
      cacheSize: options.inRepoCacheSize,
    })
    const network = options.fetch ?? fetch
    const trackers = { userAgent: `hook/${version}`, fetch: network, clock, metrics }
    const deckToken = await keptSecret(join(dataDir, 'deck-token'), ids)
    const storage = openStorage(() => bucketsOf(config.current().config))
    let allReady = false
    // Servers may listen on any port, which is known only when they do; the first Pod starts after that.
    let deckUrl = ''
    let hookUrl = ''
    const urlOf = (job: ProwJob, configured: Config) =>
      jobUrl(job, configured) || jobUrl(job, withDeck(configured, `${deckUrl}/view/`))

    const group = supervise(
      [
        part(node, { kube: shared }),
        part(plank, { clusters, config, buildIds: snowflakes(clock), podFor, jobUrl: urlOf, version, storage }),
        // Also where the configuration has it off: then it is there when somebody turns it on.
        part(scheduler, { kube, config, fetch }),
        part(horologium, { kube, config, newPeriodic }),
        part(sinker, { clusters, config }),
        part(crier, { clusters, config, host: hostFor('crier'), storage, renderReport: renderForJob }),
        part(hook, {
          listen: listen(ports.hook),
          path: '/hook',
          journal: options.journal ? around(options.journal) : { dataDir },
          hmac: options.hmac,
          host,
          hostFor,
          ...repositories,
          owners: openOwners({ ...base, git: repositories.git, config, collaborators: (at) => host.collaborators(at) }),
          webhooks: githubWebhooks(clients),
          kube,
          clusters,
          config,
          plugins: { ...plugins, ...options.plugins },
          retired,
          repos: allRepos,
          ...(options.slack && { slack: options.slack }),
          ...(options.bugzilla && { bugzilla: bugzillaClient({ ...options.bugzilla, ...trackers }) }),
          ...(options.jira && { jira: jiraClient({ ...options.jira, ...trackers }) }),
          fetch: network,
          graceMs: 5000,
        }),
        part(needsRebaseScan, {
          host: hostFor('needs-rebase'),
          config,
          place: 'plugins',
          covers: () => true,
          periodMs: defaultPeriodMs,
        }),
        part(deck, {
          listen: listen(ports.deck),
          kube,
          clusters,
          config,
          storage,
          // Not everybody on this machine: that would be the jobs, too.
          admin: { mode: 'token', token: deckToken },
          webRoot: join(root, 'web/dist'),
          pluginHelp: () => askHook(`${hookUrl}/plugin-help`, { fetch, clock, signal }),
        }),
        part(metricsServer, { listen: listen(ports.metrics), isReady: () => allReady, budget: clients.budget }),
      ],
      base,
    )
    const urls = await group.ready
    deckUrl = urls.deck ?? ''
    hookUrl = urls.hook ?? ''
    allReady = true
    return {
      urls: { deck: deckUrl, hook: hookUrl, metrics: urls.metrics ?? '', api: api.url },
      admin: `${deckUrl}/#admin=${encodeURIComponent(deckToken)}`,
      kube: shared,
      host,
      config,
      stopped: group.stopped.then(closeAll),
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** The configuration with Deck's address where no other page of jobs is configured. */
const withDeck = (config: Config, prefix: string): Config => ({
  ...config,
  plank: { ...config.plank, job_url_prefix_config: { '*': prefix, ...config.plank.job_url_prefix_config } },
})

/** What a decorated job gets where the configuration does not say: results in a folder, and this checkout's pod utilities. */
const builtInDecoration = (bucket: string): DecorationConfig => ({
  utility_images: {
    clonerefs: 'bowsprit/clonerefs',
    initupload: 'bowsprit/initupload',
    entrypoint: 'bowsprit/entrypoint',
    sidecar: 'bowsprit/sidecar',
  },
  gcs_configuration: { bucket, path_strategy: 'explicit' },
})
