// What `bowsprit up` does from start to end: the simulator if wanted, the installation, the addresses, the timeline, a clean end.

import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { destination, type Logger, pino } from 'pino'
import { Registry } from 'prom-client'
import { type FurtherFiles, furtherFilesOf } from '../config/files.ts'
import { lockDataDir } from '../engine/apiserver/lock.ts'
import type { ClientSettings, Credentials } from '../github/octokit.ts'
import { fixedHmac, type HmacSource } from '../hook/hmac.ts'
import type { Catalogue } from '../hook/plugin.ts'
import type { Simulator } from '../simulator/simulator.ts'
import type { Slack } from '../slack/slack.ts'
import { type Clock, systemClock } from '../system/clock.ts'
import { type Ids, systemIds } from '../system/ids.ts'
import type { Machine } from '../system/process.ts'
import { removeAddresses, writeAddresses } from './addresses.ts'
import { firstConversation, isUntouched } from './first-conversation.ts'
import { type Installation, type InstallationOptions, podUtilities, startInstallation } from './installation.ts'
import { keptSecret } from './kept-secret.ts'
import { addProcessMetrics } from './process-metrics.ts'
import { sampleBot, sampleConfig, sampleHook, sampleSeed } from './sample.ts'
import { showTimeline } from './show-timeline.ts'
import { untilAborted } from './supervise.ts'
import { version } from './version.ts'
import { warmUtilities } from './warm.ts'
import { welcome } from './welcome.ts'

export interface UpOptions extends FurtherFiles {
  readonly dataDir: string
  readonly host: string
  readonly ports: {
    readonly deck: number
    readonly hook: number
    readonly api: number
    readonly metrics: number
    readonly simulator: number
  }
  /** Bring a GitHub of our own, with the sample organisation. */
  readonly simulator: boolean
  /** Required without the simulator. */
  readonly configPath?: string
  /** For a real GitHub. */
  readonly github: ClientSettings
  /** Where its pages and repositories are, when that is not github.com. */
  readonly link?: string
  readonly credentials: (clock: Clock, log: Logger) => Credentials
  readonly hmac: (clock: Clock, log: Logger) => HmacSource
  /** Where plugins post messages. */
  readonly slack: (clock: Clock, log: Logger) => Slack | undefined
  /** Where plugins look for bugs and for issues of Jira. */
  readonly trackers: (clock: Clock, log: Logger) => Pick<InstallationOptions, 'bugzilla' | 'jira'>
  /** Files of these credentials: hidden from jobs. */
  readonly secretFiles: readonly string[]
  /** Folder of mirrors of repositories; in the data directory when absent. */
  readonly gitCacheDir?: string
  /** For how many merges the files of their jobs are kept. */
  readonly inRepoCacheSize: number
  /** Plugins beside the built-in ones. */
  readonly plugins: Catalogue
  readonly pods?: number
  readonly logLevel: string
  readonly machine: Machine
}

/** Runs until the machine says stop. Returns the exit code. */
export async function runUp(options: UpOptions): Promise<number> {
  const { dataDir, machine } = options
  const clock = systemClock
  const ids = systemIds
  const started = clock.now()
  const stop = machine.stopped()
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // First of all: whoever finds the directory in use may not touch what the other one has there.
  const lock = lockDataDir(dataDir)
  const log = openLog(dataDir, options.logLevel)
  const { mode } = statSync(dataDir)
  if ((mode & 0o077) !== 0) {
    const facts = { dataDir, mode: (mode & 0o777).toString(8), instead: `chmod 700 ${dataDir}` }
    log.warn(facts, 'others on this machine can look into the data directory')
  }
  await removeAddresses(dataDir)
  const metrics = new Registry()
  addProcessMetrics(metrics, version)

  const hookListens = Promise.withResolvers<void>()
  const simulator = options.simulator ? await openSimulator(options, hookListens.promise, clock, ids, log) : undefined
  let installation: Installation
  try {
    const files = await configFiles(options)
    const slack = options.slack(clock, log)
    installation = await startInstallation({
      dataDir,
      lock,
      host: options.host,
      ports: options.ports,
      ...files,
      github: simulator
        ? {
            endpoint: simulator.apiUrl,
            credentials: { token: () => simulator.tokens[sampleBot] ?? '' },
            link: simulator.url,
          }
        : {
            ...options.github,
            credentials: options.credentials(clock, log),
            ...(options.link !== undefined && { link: options.link }),
          },
      ...(options.gitCacheDir !== undefined && { gitCacheDir: options.gitCacheDir }),
      inRepoCacheSize: options.inRepoCacheSize,
      hmac: simulator ? fixedHmac({ '*': [await hookSecret(dataDir, ids)] }) : options.hmac(clock, log),
      ...(slack && { slack }),
      ...options.trackers(clock, log),
      secretFiles: options.secretFiles,
      plugins: options.plugins,
      ...(options.pods !== undefined && { pods: options.pods }),
      clock,
      ids,
      log,
      metrics,
      version,
      machine,
      signal: stop,
    })
  } catch (error) {
    await simulator?.close()
    throw error
  }

  const { urls, admin } = installation
  await simulator?.world.plant(sampleHook(`${urls.hook}/hook`, await hookSecret(dataDir, ids)))
  hookListens.resolve()
  await writeAddresses(dataDir, {
    ...urls,
    admin,
    ...(simulator && { simulator: simulator.url, tokens: simulator.tokens }),
  })
  const print = (line: string) => machine.stdout.write(`${line}\n`)
  warmUtilities(podUtilities(machine), stop)
  for (const line of welcome({ urls, admin, dataDir, readyMs: clock.now() - started, ...(simulator && { simulator }) }))
    print(line)
  const timeline = showTimeline({ installation, clock, ids, log, signal: stop, print, ...(simulator && { simulator }) })
  if (simulator && isUntouched(simulator)) {
    // The first conversation needs nobody's hands; whoever stops in the middle of it stops it, too.
    await firstConversation({ simulator, clock, signal: stop, print }).catch((err: unknown) => {
      if (stop.aborted) return
      log.error({ err }, 'the first conversation broke off')
      print(`The first conversation broke off: ${err instanceof Error ? err.message : String(err)}`)
    })
  }

  await untilAborted(stop)
  print('stopping …')
  await removeAddresses(dataDir)
  await installation.stopped
  await timeline
  await simulator?.close()
  lock.release()
  return 0
}

async function configFiles(options: UpOptions): Promise<FurtherFiles & { readonly configPath: string }> {
  const { simulator, configPath, dataDir } = options
  if (simulator && configPath === undefined) return sampleConfig(dataDir)
  if (configPath === undefined) throw new Error('a configuration file is needed')
  return { configPath, ...furtherFilesOf(options) }
}

// Loaded only when it is wanted: with a real GitHub it would only cost memory.
async function openSimulator(
  { dataDir, host, ports }: UpOptions,
  deliverAfter: Promise<void>,
  clock: Clock,
  ids: Ids,
  log: Logger,
): Promise<Simulator> {
  const { startSimulator } = await import('../simulator/simulator.ts')
  return startSimulator({
    dataDir: join(dataDir, 'simulator'),
    listen: { host, port: ports.simulator },
    clock,
    ids,
    log: log.child({ component: 'simulator' }),
    seed: await sampleSeed(),
    deliverAfter,
  })
}

/** The secret between the simulator and hook. */
const hookSecret = (dataDir: string, ids: Ids) => keptSecret(join(dataDir, 'hmac'), ids)

// The terminal belongs to the timeline; the log is a file beside everything else.
function openLog(dataDir: string, level: string): Logger {
  const file = { dest: join(dataDir, 'bowsprit.log'), append: true, sync: false, mode: 0o600 }
  return pino({ level, base: null }, destination(file))
}
