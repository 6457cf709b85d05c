// A plugin as a program of its own: gets deliveries from hook or straight from GitHub, and tells its help.
import type { CodeHost } from '../api/code-host.ts'
import type { Ctx } from '../component.ts'
import type { ConfigAgent } from '../config/types.ts'
import type { WritableGit } from '../git/open.ts'
import type { InRepo } from '../inrepo/in-repo.ts'
import type { Clusters, Kube } from '../kube/client.ts'
import type { Fetch } from './bounded-fetch.ts'
import { handles, pluginTask } from './demux.ts'
import { dispatcher, type Plan } from './dispatcher.ts'
import { serveHelpRecord } from './help-routes.ts'
import type { HmacSource } from './hmac.ts'
import type { Owners, Plugin } from './plugin.ts'
import { recordOf } from './plugin-help.ts'
import { concurrency, type ReceiverNeeds, runReceiver } from './receiver.ts'
import { webhookServer } from './server.ts'

export interface ExternalPluginNeeds extends ReceiverNeeds {
  readonly plugin: Plugin
  readonly hmac: HmacSource
  readonly host: CodeHost
  /** Absent for plugins that have nothing to do with jobs. */
  readonly kube?: Kube
  readonly clusters?: Clusters
  readonly git?: WritableGit
  readonly owners?: Owners
  /** Jobs that repositories bring themselves. */
  readonly inRepo?: InRepo
  readonly config: ConfigAgent
  readonly fetch: Fetch
}

/**
 * Serves a plugin until the signal aborts: deliveries on every path, `POST /help` for hook. It gets every event that comes; for which
 * repositories that is, the `external_plugins` of hook's plugins.yaml say. Journal, retries and order are those of hook.
 */
export async function serveExternalPlugin(ctx: Ctx & ExternalPluginNeeds): Promise<void> {
  const { plugin, log } = ctx
  await runReceiver({ ...ctx, name: plugin.name }, (basis) => {
    const plan: Plan = async (_event, { events }) =>
      events.filter((event) => handles(plugin, event)).map((event) => pluginTask(plugin.name, event))
    const dispatch = dispatcher({ ...ctx, ...basis, plan, load: async () => plugin, concurrency })
    const server = webhookServer({
      ...ctx,
      metrics: basis.metrics,
      isWebhook: (path) => path !== '/help',
      accept: dispatch.accept,
    })
    serveHelpRecord(server, (repos) => recordOf(plugin, ctx.config.current().plugins, repos), log)
    return { dispatch, server }
  })
}
