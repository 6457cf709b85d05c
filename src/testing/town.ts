// A town: one simulated GitHub and one whole installation on the embedded engine, for conversations. Nothing is mocked.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import { fixedHmac } from '../hook/hmac.ts'
import { type Journal, openJournal } from '../hook/journal.ts'
import type { Catalogue, Plugin } from '../hook/plugin.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { slackClient } from '../slack/slack.ts'
import { systemIds } from '../system/ids.ts'
import { type Installation, type InstallationOptions, startInstallation } from '../up/installation.ts'
import { type TestClock, testClock } from './clock.ts'

/** Where conversations take place. */
export const org = 'harbor'
export const repo = 'lighthouse'
export const fullName = `${org}/${repo}`
export const bot = 'bowsprit-bot'

/** What a town is set up with; everything has a default that suits most conversations. */
export interface TownOptions {
  /**
   * Job configuration, YAML. Default: one presubmit `unit` that runs on every pull request and succeeds at once. Empty is none, which
   * makes conversations that are not about jobs a good deal faster.
   */
  readonly jobs?: string
  /** Plugins of the organisation. Default: trigger, hold, lgtm, help. */
  readonly plugins?: readonly string[]
  /** Plugins that are not in the catalogue; enabled beside `plugins`. */
  readonly with?: readonly Plugin[]
  /** More of plugins.yaml. */
  readonly pluginConfig?: string
  /** Main configuration, YAML. */
  readonly config?: string
  /** Put around what the components write through, until the first restart. */
  readonly around?: InstallationOptions['around']
  /** The network of plugins, with Slack in it. Default: that of the machine, and no Slack. */
  readonly fetch?: typeof globalThis.fetch
  /** Trackers, where plugins find them. */
  readonly bugzilla?: InstallationOptions['bugzilla']
  readonly jira?: InstallationOptions['jira']
  /** Files of the repository. */
  readonly files?: Readonly<Record<string, string>>
}

type Maybe<T> = T | false | undefined

export interface Town {
  readonly dataDir: string
  readonly clock: TestClock
  readonly simulator: Simulator
  /** The installation that runs now; another one after `restart`. */
  installation(): Installation
  /** All ProwJobs, oldest first. */
  jobs(): Promise<readonly ProwJob[]>
  /** Replaces the job configuration while everything runs. */
  writeJobs(yaml: string): Promise<void>
  /** Stops the installation and starts another one on the same data; a person has deliveries that failed sent again. */
  restart(): Promise<void>
  /** The same, while something happens meanwhile; what does not arrive the new installation has to find by itself. */
  restartWhile(meanwhile: () => Promise<void>): Promise<void>
  /**
   * Waits until `check` gives something. While a test waits, time passes at its real pace; otherwise it stands still.
   * @throws Error with `what` and what `otherwise` tells about the state, after 20 real seconds.
   */
  until<T>(what: string, check: () => Maybe<T> | Promise<Maybe<T>>, otherwise?: () => unknown): Promise<T>
  /** Resolves when every webhook is delivered and every plugin has done its work. */
  quiet(): Promise<void>
  stop(): Promise<void>
}

const defaultJobs = `
presubmits:
  ${fullName}:
    - name: unit
      always_run: true
      spec:
        containers: [{image: host, command: ['true']}]
`
const patienceMs = 20_000
/** How long nobody looks, when nothing tells of a change. */
const pollMs = 5

/** Starts a town in a temporary folder. */
export async function startTown(options: TownOptions = {}): Promise<Town> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-town-'))
  const clock = testClock()
  const log = pino({ level: 'info', base: null }, pino.destination({ dest: join(dataDir, 'log'), sync: true }))
  await writeConfig(dataDir, options)
  const hookListens = Promise.withResolvers<void>()
  const simulator = await startSimulator({
    dataDir: join(dataDir, 'simulator'),
    listen: { host: '127.0.0.1', port: 0 },
    clock,
    ids: systemIds,
    log,
    seed: {
      bot,
      users: [{ login: 'alice', email: 'alice@harbor.example' }, { login: 'bob' }, { login: 'casey' }],
      orgs: [{ login: org, admins: ['alice', bot], members: ['bob'], defaultPermission: 'write' }],
      repos: [{ owner: org, name: repo, files: options.files ?? { 'README.md': '# Lighthouse\n' }, forks: ['casey'] }],
    },
    deliverAfter: hookListens.promise,
  })
  const extra = Object.fromEntries(
    (options.with ?? []).map((plugin) => [plugin.name, async () => ({ default: plugin })]),
  )
  const outside = { extra, ...options }
  let running = await startRunning(dataDir, clock, simulator, log, outside)
  hookListens.resolve()

  /** Names of ProwJobs as they were first seen: their times are whole seconds, and their versions change. */
  const seen: string[] = []

  const town: Town = {
    dataDir,
    clock,
    simulator,
    installation: () => running.installation,
    async jobs() {
      const { items } = await running.installation.kube.list(prowJobs, { namespace: 'default' })
      const age = ({ metadata }: ProwJob) => Number(metadata.resourceVersion)
      const name = ({ metadata }: ProwJob) => metadata.name ?? ''
      const fresh = items.filter((job) => !seen.includes(name(job)))
      fresh.sort((a, b) => a.status.startTime?.localeCompare(b.status.startTime ?? '') || age(a) - age(b))
      seen.push(...fresh.map(name))
      return items.sort((a, b) => seen.indexOf(name(a)) - seen.indexOf(name(b)))
    },
    writeJobs: (yaml) => writeFile(join(dataDir, 'config', 'jobs.yaml'), yaml),
    async restart() {
      await running.stop()
      // What breaks once has done its work.
      running = await startRunning(dataDir, clock, simulator, log, { ...outside, around: undefined })
      await simulator.world.idle()
      for (const id of lost(simulator)) simulator.world.redeliver(id)
    },
    async restartWhile(meanwhile) {
      await running.stop()
      await meanwhile()
      await simulator.world.idle()
      // GitHub knows the old address.
      const hookPort = Number(new URL(running.installation.urls.hook).port)
      running = await startRunning(dataDir, clock, simulator, log, { ...outside, around: undefined, hookPort })
      await town.until('what did not arrive to be sent again', async () => {
        await simulator.world.idle()
        return lost(simulator).length === 0
      })
    },
    async until(what, check, otherwise) {
      const begin = performance.now()
      for (let last = begin; ; ) {
        const found = await check()
        if (found) return found
        const now = performance.now()
        if (now - begin > patienceMs) {
          const state = otherwise ? `; instead: ${JSON.stringify(await otherwise(), undefined, 1)}` : ''
          throw new Error(`waited ${patienceMs / 1000} s for ${what}${state}\nlog: ${join(dataDir, 'log')}`)
        }
        await changeOr(simulator, pollMs)
        // Whole milliseconds, as the machine's clock counts them.
        const passed = Math.floor(performance.now() - last)
        await clock.advance(passed)
        last += passed
      }
    },
    async quiet() {
      await town.until('every webhook to be handled', async () => {
        await simulator.world.idle()
        return running.journal.unfinished().length === 0
      })
    },
    async stop() {
      await running.stop()
      await simulator.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  return town
}

async function writeConfig(
  dataDir: string,
  { jobs = defaultJobs, plugins, with: extra = [], pluginConfig = '', config = '' }: TownOptions,
) {
  const builtIn = plugins ?? ['trigger', 'hold', 'lgtm', 'help']
  const names = [...builtIn, ...extra.map(({ name }) => name)]
  const dir = join(dataDir, 'config')
  await mkdir(dir)
  await writeFile(join(dir, 'config.yaml'), config)
  await writeFile(join(dir, 'jobs.yaml'), jobs)
  await writeFile(join(dir, 'plugins.yaml'), `plugins:\n  ${org}:\n    plugins: [${names.join(', ')}]\n${pluginConfig}`)
}

interface RunningInstallation {
  readonly installation: Installation
  readonly journal: Journal
  stop(): Promise<void>
}

async function startRunning(
  dataDir: string,
  clock: TestClock,
  simulator: Simulator,
  log: Logger,
  {
    extra,
    around,
    fetch,
    bugzilla,
    jira,
    hookPort = 0,
  }: { extra: Catalogue; around?: TownOptions['around'] | undefined; hookPort?: number } & Pick<
    TownOptions,
    'fetch' | 'bugzilla' | 'jira'
  >,
): Promise<RunningInstallation> {
  const stop = new AbortController()
  const journal = openJournal(join(dataDir, 'hook.db'))
  const dir = join(dataDir, 'config')
  const installation = await startInstallation({
    dataDir,
    host: '127.0.0.1',
    ports: { deck: 0, hook: hookPort, api: 0, metrics: 0 },
    configPath: join(dir, 'config.yaml'),
    jobConfigPath: join(dir, 'jobs.yaml'),
    pluginConfigPath: join(dir, 'plugins.yaml'),
    github: {
      endpoint: simulator.apiUrl,
      credentials: { token: () => simulator.tokens[bot] ?? '' },
      link: simulator.url,
      retryPauseMs: 10,
    },
    hmac: fixedHmac({ '*': ['town secret'] }),
    journal,
    plugins: extra,
    ...(around && { around }),
    ...(fetch && { fetch, slack: slackClient({ token: () => 'xoxb-town', fetch, clock }) }),
    ...(bugzilla && { bugzilla }),
    ...(jira && { jira }),
    clock,
    ids: systemIds,
    log,
    version: 'test',
    machine: { execPath: process.execPath, env: process.env },
    signal: stop.signal,
  })
  await simulator.world.plant({ hooks: [{ org, url: `${installation.urls.hook}/hook`, secret: 'town secret' }] })
  return {
    installation,
    journal,
    async stop() {
      stop.abort(new Error('the town stops'))
      const ended = installation.stopped.then(() => true)
      // Grace periods are time, too: it passes while we wait.
      for (let last = performance.now(); !(await Promise.race([ended, realTime(pollMs)])); last = performance.now()) {
        await clock.advance(Math.ceil(performance.now() - last) + 250)
      }
      journal.close()
    },
  }
}

/** Ids of deliveries of which no attempt has come through, oldest first. */
function lost({ world }: Simulator): readonly number[] {
  const attempts = Map.groupBy(world.deliveries(1000).reverse(), ({ guid }) => guid)
  const arrived = ({ status_code }: { status_code: number }) => status_code >= 200 && status_code < 300
  return [...attempts.values()].flatMap((all) => (all.some(arrived) ? [] : all.slice(-1).map(({ id }) => id)))
}

/** Resolves at the next change on the simulated GitHub, or after that many real milliseconds. */
function changeOr({ world }: Simulator, ms: number): Promise<unknown> {
  const change = Promise.withResolvers<void>()
  const unsubscribe = world.onChange(change.resolve)
  return Promise.race([change.promise, realTime(ms)]).finally(unsubscribe)
}

const realTime = (ms: number) => new Promise<false>((resolve) => setTimeout(() => resolve(false), ms))
