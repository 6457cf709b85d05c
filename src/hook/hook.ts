// hook: receives webhooks, and lets plugins act on them. What it has acknowledged it does, whatever happens to the process.
import type { CodeHost } from '../api/code-host.ts'
import type { Bugzilla } from '../bugzilla/bugzilla.ts'
import type { Component } from '../component.ts'
import type { ConfigAgent } from '../config/types.ts'
import type { WritableGit } from '../git/open.ts'
import type { Webhooks } from '../github/deliveries.ts'
import type { InRepo } from '../inrepo/in-repo.ts'
import type { Jira } from '../jira/jira.ts'
import type { Clusters, Kube } from '../kube/client.ts'
import type { Slack } from '../slack/slack.ts'
import type { Fetch } from './bounded-fetch.ts'
import { tasksFor } from './demux.ts'
import { dispatcher, type Plan } from './dispatcher.ts'
import { problemsOf, type RepoLists, retiredOnes } from './enablement.ts'
import { servePluginHelp } from './help-routes.ts'
import type { HmacSource } from './hmac.ts'
import type { Catalogue, Owners } from './plugin.ts'
import { pluginHelp } from './plugin-help.ts'
import { concurrency, type ReceiverNeeds, runReceiver } from './receiver.ts'
import { recovery } from './recovery.ts'
import { webhookServer } from './server.ts'

export interface HookNeeds extends ReceiverNeeds {
  /** Path of the webhook: `/hook`. */
  readonly path: string
  readonly hmac: HmacSource
  readonly host: CodeHost
  /** The same code host in the name of one plugin. */
  readonly hostFor?: (plugin: string) => CodeHost
  /** The cluster of the ProwJobs. */
  readonly kube: Kube
  /** All clusters, for plugins that write other objects than ProwJobs. */
  readonly clusters?: Clusters
  readonly git?: WritableGit
  readonly owners?: Owners
  /** What the code host knows of deliveries; without it, what did not arrive is lost. */
  readonly webhooks?: Webhooks
  /** Jobs that repositories bring themselves. */
  readonly inRepo?: InRepo
  /** Where plugins post messages. */
  readonly slack?: Slack
  /** Where plugins look for bugs. */
  readonly bugzilla?: Bugzilla
  /** Where plugins look for issues of Jira. */
  readonly jira?: Jira
  readonly config: ConfigAgent
  readonly plugins: Catalogue
  /** Names of plugins that do nothing any more, and why: it is logged which of them are enabled. */
  readonly retired?: Readonly<Record<string, string>>
  readonly repos: RepoLists
  readonly fetch: Fetch
}

export const hook: Component<HookNeeds> = {
  name: 'hook',
  async run(ctx) {
    const problems = problemsOf(ctx.repos)
    if (problems.length > 0) throw new Error(`hook cannot start: ${problems.join('; ')}`)
    for (const { name, why, by } of retiredOnes(ctx.config.current().plugins, ctx.retired ?? {}))
      ctx.log.warn({ plugin: name, by, why }, 'an enabled plugin does nothing any more')
    const load = async (name: string) =>
      Object.hasOwn(ctx.plugins, name) ? (await ctx.plugins[name]?.())?.default : undefined
    await runReceiver({ ...ctx, name: 'hook' }, (basis) => {
      const { journal, metrics, stopping } = basis
      const plan: Plan = (event, demuxed) =>
        tasksFor(event, demuxed, { config: ctx.config.current().plugins, repos: ctx.repos, load })
      const dispatch = dispatcher({ ...ctx, ...basis, load, plan, concurrency })
      const missed = ctx.webhooks && recovery({ ...ctx, webhooks: ctx.webhooks, journal, metrics, signal: stopping })
      const server = webhookServer({
        ...ctx,
        metrics,
        isWebhook: (path) => path === ctx.path,
        async accept(delivery, payload) {
          missed?.saw(delivery, payload)
          await dispatch.accept(delivery, payload)
        },
      })
      const plugins = () => ctx.config.current().plugins
      servePluginHelp(server, pluginHelp({ ...ctx, plugins, known: Object.keys(ctx.plugins), load }), ctx.log)
      return { dispatch, server, ...(missed && { beside: missed.run }) }
    })
  },
}
