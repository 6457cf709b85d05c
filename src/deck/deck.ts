// deck: the web front end. Shows the ProwJobs live, their logs and results; reruns and aborts them for those who may.
import { prowJobs } from '../api/prowjob.ts'
import type { Component, Listen } from '../component.ts'
import type { Config, ConfigAgent } from '../config/types.ts'
import { bucketsOf } from '../jobs/buckets.ts'
import type { Clusters, Kube } from '../kube/client.ts'
import { informer } from '../kube/informer.ts'
import type { Storage } from '../storage/storage.ts'
import { createBoard } from './board.ts'
import { createEvents } from './events.ts'
import { type Admin, isLoopback } from './guard.ts'
import { createMetrics } from './metrics.ts'
import { createObjects } from './objects.ts'
import type { Site } from './routes.ts'
import { actionRoutes } from './routes-actions.ts'
import { configRoutes } from './routes-config.ts'
import { feedRoutes } from './routes-feeds.ts'
import { helpRoutes } from './routes-help.ts'
import { jobRoutes } from './routes-jobs.ts'
import { logRoutes } from './routes-logs.ts'
import { pageRoutes } from './routes-pages.ts'
import { rowOf } from './row.ts'
import { folderOf, isInside, jobAndBuild } from './runs.ts'
import { createServer } from './server.ts'
import { isVisible } from './visible.ts'

export interface DeckNeeds {
  readonly listen: Listen
  /** Where ProwJobs live. */
  readonly kube: Kube
  /** Where Pods and their logs are. */
  readonly clusters: Clusters
  readonly config: ConfigAgent
  readonly storage: Storage
  readonly admin: Admin
  /** Folder of the built pages. */
  readonly webRoot: string
  /** Asks hook for its help; without it /plugin-help.js does not exist. What it resolves to need not be hook's help. */
  readonly pluginHelp?: () => Promise<unknown>
}

/** How long to wait for the first list of ProwJobs, in milliseconds: upstream's --timeout-listing-prowjobs. */
const listTimeoutMs = 30_000

export const deck: Component<DeckNeeds> = {
  name: 'deck',
  async run(ctx) {
    const { kube, clusters, storage, clock, ids, log, signal, listen, admin } = ctx
    const config = (): Config => ctx.config.current().config
    const visible = (job: Parameters<typeof isVisible>[0]) => isVisible(job, config().deck.hidden_repos)
    const board = createBoard({
      epoch: ids.suffix(8),
      row: (job) => rowOf(job, config().github.link_url),
      visible,
    })
    const namespace = config().prowjob_namespace
    const jobs = informer({
      kube,
      resource: prowJobs,
      selection: { namespace },
      indexes: { build: ({ spec, status }) => status.build_id && `${spec.job}/${status.build_id}` },
      clock,
      ids,
      log,
      signal,
    })
    jobs.on((change) => {
      if (change.type === 'deleted') board.remove(change.before.metadata.name ?? '')
      else board.put(change.now)
    })
    const unsubscribe = ctx.config.subscribe((now, before) => {
      if (now.config.deck !== before.config.deck || now.config.github !== before.config.github) board.refresh()
    })

    const events = createEvents(board, clock, () => jobs.trouble()?.since)
    const metrics = createMetrics(ctx.metrics, () => events.listeners)
    const site: Site = {
      board,
      events,
      objects: createObjects(storage, config, (run, kept) => {
        const { job, build } = jobAndBuild(run)
        const live = jobs.by('build', `${job}/${build}`)
        return live.every(visible) && (live.length > 0 || !kept || visible(kept))
      }),
      kube,
      clusters,
      clock,
      ids,
      log,
      admin,
      webRoot: ctx.webRoot,
      loopback: isLoopback(listen.host),
      config,
      plugins: () => ctx.config.current().plugins,
      loadedAt: () => ctx.config.current().loadedAt,
      problems: () => ctx.config.problems(),
      async fresh(name) {
        const job = await kube.get(prowJobs, { namespace, name })
        return job && visible(job) ? job : undefined
      },
      observe: (job) => jobs.observe(job),
      runFolder(job) {
        const folder = folderOf(job)
        return folder && isInside(folder, bucketsOf(config())) ? folder : undefined
      },
      pluginHelp: ctx.pluginHelp,
    }
    const app = createServer({ listen, log, clock, metrics })
    for (const routes of [pageRoutes, feedRoutes, helpRoutes, configRoutes, jobRoutes, logRoutes, actionRoutes])
      routes(app, site)

    try {
      await Promise.race([jobs.synced, tooLate()])
      await app.listen({ host: listen.host, port: listen.port })
      const address = app.server.address()
      const port = typeof address === 'object' && address ? address.port : listen.port
      const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
      ctx.ready(`http://${host}:${port}`)
      log.info({ host: listen.host, port, jobs: board.rows().length }, 'deck serves')
      await aborted(signal)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      unsubscribe()
      events.close()
      await app.close()
    }

    async function tooLate(): Promise<never> {
      await clock.sleep(listTimeoutMs, signal)
      throw new Error(
        `deck: the ProwJobs of namespace ${namespace} could not be listed within ${listTimeoutMs / 1000} s`,
      )
    }
  },
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
