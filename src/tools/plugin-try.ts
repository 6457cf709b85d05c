// Trying a plugin: a simulated GitHub with one pull request and an installation around it, in a folder that goes away again.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { prowJobs } from '../api/prowjob.ts'
import { fixedHmac } from '../hook/hmac.ts'
import { openJournal } from '../hook/journal.ts'
import type { Catalogue } from '../hook/user-plugins.ts'
import { startSimulator } from '../simulator/simulator.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import type { Machine } from '../system/process.ts'
import { startInstallation } from '../up/installation.ts'
import { effects } from './plugin-effects.ts'

export interface TryOptions {
  /** The plugin under its name. */
  readonly plugins: Catalogue
  readonly org: string
  readonly repo: string
  /** plugins.yaml; one that enables the plugins for the organisation when it is absent. */
  readonly pluginConfigPath?: string
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly machine: Pick<Machine, 'execPath' | 'env'>
}

/** A stage on which somebody talks to a plugin. */
export interface TryStage {
  /** Who is there: an admin who opened the pull request, a member, and a stranger. */
  readonly people: readonly string[]
  /** Page of the pull request. */
  readonly url: string
  /** Somebody comments. Resolves with what came of it, line by line, once nothing is under way any more. */
  says(login: string, text: string): Promise<readonly string[]>
  close(): Promise<void>
}

const bot = 'bowsprit-bot'
export const people = ['alice', 'bob', 'casey'] as const
/** A plugin that has not ended by then is told to be still at work. */
const patienceMs = 15_000

/** @throws Error when the configuration is broken. */
export async function startTrying(options: TryOptions): Promise<TryStage> {
  const { org, repo, clock, ids, log } = options
  const dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-try-'))
  const stop = new AbortController()
  const secret = ids.uuid()
  const fullName = `${org}/${repo}`
  const [admin, member, stranger] = people
  const hookListens = Promise.withResolvers<void>()
  const simulator = await startSimulator({
    dataDir: join(dataDir, 'simulator'),
    listen: { host: '127.0.0.1', port: 0 },
    clock,
    ids,
    log,
    seed: {
      bot,
      users: people.map((login) => ({ login })),
      orgs: [{ login: org, admins: [admin, bot], members: [member], defaultPermission: 'write' }],
      repos: [{ owner: org, name: repo, files: { 'README.md': `# ${repo}\n` }, forks: [stranger] }],
    },
    deliverAfter: hookListens.promise,
  })
  const journal = openJournal(':memory:')
  const endAll = async () => {
    await simulator.close()
    journal.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const configPath = join(dataDir, 'config.yaml')
    const pluginConfigPath = options.pluginConfigPath ?? join(dataDir, 'plugins.yaml')
    await writeFile(configPath, '{}\n')
    const enabled = JSON.stringify({ plugins: { [org]: { plugins: Object.keys(options.plugins) } } })
    if (options.pluginConfigPath === undefined) await writeFile(pluginConfigPath, enabled)
    const installation = await startInstallation({
      dataDir,
      host: '127.0.0.1',
      ports: { deck: 0, hook: 0, api: 0, metrics: 0 },
      configPath,
      pluginConfigPath,
      github: {
        endpoint: simulator.apiUrl,
        credentials: { token: () => simulator.tokens[bot] ?? '' },
        link: simulator.url,
      },
      hmac: fixedHmac({ '*': [secret] }),
      journal,
      plugins: options.plugins,
      clock,
      ids,
      log,
      version: 'try',
      machine: options.machine,
      signal: stop.signal,
    })
    await simulator.world.plant({ hooks: [{ org, url: `${installation.urls.hook}/hook`, secret }] })
    hookListens.resolve()
    const { world } = simulator
    const { number, url } = await world.openPullRequest({ repo: fullName, author: admin, title: 'Try it' })
    const namespace = installation.config.current().config.prowjob_namespace
    const jobs = async () => (await installation.kube.list(prowJobs, { namespace })).items.map(({ spec }) => spec.job)

    /** False when something is still under way at the end of the patience. */
    async function settled(): Promise<boolean> {
      for (const end = clock.now() + patienceMs; clock.now() < end; await clock.sleep(20)) {
        await world.idle()
        if (journal.unfinished().length === 0) return true
      }
      return false
    }
    await settled()
    let failures = journal.failed(1000).length
    let before = { pull: world.pullRequest(fullName, number), jobs: await jobs() }
    return {
      people,
      url,
      async says(login, body) {
        world.comment({ repo: fullName, number, author: login, body })
        const inTime = await settled()
        const after = { pull: world.pullRequest(fullName, number), jobs: await jobs() }
        const failed = journal.failed(1000)
        const lines = [
          ...effects(before.pull, after.pull, bot),
          ...after.jobs.slice(before.jobs.length).map((job) => `starts job ${job}`),
          ...failed.slice(0, failed.length - failures).map(({ task, error }) => `fails: ${task}: ${error}`),
          ...(inTime ? [] : ['is still at work, or tries again later']),
        ]
        before = after
        failures = failed.length
        return lines
      },
      async close() {
        stop.abort(new Error('the trial is over'))
        await installation.stopped
        await endAll()
      },
    }
  } catch (error) {
    stop.abort(error)
    await endAll()
    throw error
  }
}
