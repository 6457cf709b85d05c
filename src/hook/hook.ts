// hook: receives webhooks, and lets plugins act on them. What it has acknowledged it does, whatever happens to the process.
import { join } from 'node:path'
import type { CodeHost } from '../api/code-host.ts'
import type { Component, Listen } from '../component.ts'
import type { ConfigAgent } from '../config/types.ts'
import type { Git } from '../git/git.ts'
import type { Webhooks } from '../github/deliveries.ts'
import type { InRepo } from '../inrepo/in-repo.ts'
import type { Clusters, Kube } from '../kube/client.ts'
import type { Fetch } from './bounded-fetch.ts'
import { dispatcher } from './dispatcher.ts'
import { problemsOf, type RepoLists } from './enablement.ts'
import type { HmacSource } from './hmac.ts'
import { type Journal, openJournal } from './journal.ts'
import { hookMetrics } from './metrics.ts'
import type { Catalogue, Owners } from './plugin.ts'
import { pluginHelp } from './plugin-help.ts'
import { recovery } from './recovery.ts'
import { webhookServer } from './server.ts'

export interface HookNeeds {
  readonly listen: Listen
  /** Path of the webhook: `/hook`. */
  readonly path: string
  /** A folder for hook.db, or a journal that the caller opened and will close. */
  readonly journal: { readonly dataDir: string } | Journal
  readonly hmac: HmacSource
  readonly host: CodeHost
  /** The cluster of the ProwJobs. */
  readonly kube: Kube
  /** All clusters, for plugins that write other objects than ProwJobs. */
  readonly clusters?: Clusters
  readonly git?: Git
  readonly owners?: Owners
  /** What the code host knows of deliveries; without it, what did not arrive is lost. */
  readonly webhooks?: Webhooks
  /** Jobs that repositories bring themselves. */
  readonly inRepo?: InRepo
  readonly config: ConfigAgent
  readonly plugins: Catalogue
  readonly repos: RepoLists
  readonly fetch: Fetch
  /** How long running tasks may go on after the signal. Milliseconds. */
  readonly graceMs: number
}

/** Deliveries handled at the same time. Handlers mostly wait for the code host. */
const concurrency = 64

export const hook: Component<HookNeeds> = {
  name: 'hook',
  async run(ctx) {
    const problems = problemsOf(ctx.repos)
    if (problems.length > 0) throw new Error(`hook cannot start: ${problems.join('; ')}`)
    const { clock, log } = ctx
    const ownJournal = 'dataDir' in ctx.journal ? openJournal(join(ctx.journal.dataDir, 'hook.db')) : undefined
    const journal = ownJournal ?? (ctx.journal as Journal)
    const metrics = hookMetrics(ctx.metrics)
    const cutOff = new AbortController()
    const load = async (name: string) =>
      Object.hasOwn(ctx.plugins, name) ? (await ctx.plugins[name]?.())?.default : undefined
    const dispatch = dispatcher({
      ...ctx,
      journal,
      metrics,
      load,
      concurrency,
      signal: cutOff.signal,
      // A failure below ends it all, too.
      stopping: AbortSignal.any([ctx.signal, cutOff.signal]),
    })
    const missed = ctx.webhooks && recovery({ ...ctx, webhooks: ctx.webhooks, journal, metrics })
    const server = webhookServer({
      ...ctx,
      metrics,
      async accept(delivery, payload) {
        missed?.saw(delivery, payload)
        await dispatch.accept(delivery, payload)
      },
      help: pluginHelp({ ...ctx, plugins: () => ctx.config.current().plugins, known: Object.keys(ctx.plugins), load }),
    })
    try {
      dispatch.recover()
      const tidying = dispatch.tidy()
      ctx.ready(await server.listen(ctx.listen))
      const looking = missed?.run()
      if (!ctx.signal.aborted)
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve, { once: true }))
      const ended = server.close().then(() => dispatch.settled())
      let stopWatch = () => {}
      const cut = new Promise<'cut off'>((resolve) => {
        stopWatch = clock.after(ctx.graceMs, () => resolve('cut off'))
      })
      if ((await Promise.race([ended, cut])) === 'cut off')
        log.warn('tasks were still running at the end of the grace period; they will be repeated at the next start')
      stopWatch()
      await Promise.all([tidying, looking])
    } finally {
      void server.close()
      cutOff.abort(new Error('hook ends'))
      ownJournal?.close()
    }
  },
}
