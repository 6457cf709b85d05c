// Runs one plugin on one event: gives it its context, measures it, and keeps its failures to itself.
import type { Logger } from 'pino'
import type { CodeHost } from '../api/code-host.ts'
import type { Bugzilla } from '../bugzilla/bugzilla.ts'
import type { ConfigAgent } from '../config/types.ts'
import type { WritableGit } from '../git/open.ts'
import type { InRepo } from '../inrepo/in-repo.ts'
import type { Jira } from '../jira/jira.ts'
import type { Clusters, Kube } from '../kube/client.ts'
import type { Slack } from '../slack/slack.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { boundedFetch, type Fetch } from './bounded-fetch.ts'
import { actionOf, githubTypeOf, numberOf, type PluginEvent, pluginRepoOf } from './events.ts'
import { jobRuns, noJobRuns } from './job-runs.ts'
import { Later } from './later.ts'
import type { HookMetrics } from './metrics.ts'
import { type Context, hears, type Owners, type Plugin, parse } from './plugin.ts'
import { thread } from './thread.ts'

export interface PluginHost {
  readonly host: CodeHost
  /** The same code host in the name of one plugin: who spends its quota is known then. */
  readonly hostFor?: (plugin: string) => CodeHost
  /** The cluster of the ProwJobs; absent in programs for plugins that need none. */
  readonly kube?: Kube
  readonly clusters?: Clusters
  readonly git?: WritableGit
  readonly owners?: Owners
  readonly inRepo?: InRepo
  readonly slack?: Slack
  readonly bugzilla?: Bugzilla
  readonly jira?: Jira
  readonly config: ConfigAgent
  readonly fetch: Fetch
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: HookMetrics
  readonly signal: AbortSignal
}

/** A task that has not ended by then has hung; the pull request's next deliveries must not wait for it for ever. */
const longestTaskMs = 600_000

/** Runs the handlers of a plugin for an event; a `Later` when it wants that again. Throws what the plugin throws. */
export async function runPlugin(
  plugin: Plugin,
  event: PluginEvent,
  delivery: Context['delivery'],
  given: PluginHost,
): Promise<Later | undefined> {
  const { clock, metrics } = given
  const began = clock.now()
  const log = given.log.child(fieldsOf(plugin.name, event, delivery.id))
  const watched = watchCalls(given.hostFor?.(plugin.name) ?? given.host)
  const owners = given.owners && watchCalls(given.owners)
  const bugzilla = given.bugzilla && watchCalls(given.bugzilla)
  const jira = given.jira && watchCalls(given.jira)
  const finish = (failed: boolean) => {
    const labels = {
      event_type: githubTypeOf(event),
      action: actionOf(event),
      plugin: plugin.name,
      took_action: String([watched, owners, bugzilla, jira].some((client) => client?.used())),
    }
    metrics.duration.observe(labels, (clock.now() - began) / 1000)
    if (failed) metrics.errors.inc(labels)
  }
  const overdue = new AbortController()
  const tooLong = new Error(`the task did not end within ${longestTaskMs / 60_000} minutes`)
  const stopWatch = clock.after(longestTaskMs, () => overdue.abort(tooLong))
  try {
    const { config, plugins } = given.config.current()
    const signal = AbortSignal.any([given.signal, overdue.signal])
    const context: Context = {
      delivery,
      config,
      plugins,
      host: watched.object,
      ...(owners ? { owners: owners.object } : {}),
      ...(given.git && { git: given.git }),
      ...(given.inRepo && { inRepo: given.inRepo }),
      ...(given.clusters && { clusters: given.clusters }),
      ...(given.slack && { slack: given.slack }),
      ...(bugzilla && { bugzilla: bugzilla.object }),
      ...(jira && { jira: jira.object }),
      jobs: given.kube
        ? jobRuns(given.kube, config.prowjob_namespace, { plugin: plugin.name, delivery: delivery.id })
        : noJobRuns,
      fetch: boundedFetch({ fetch: given.fetch, clock, signal }),
      ids: given.ids,
      log,
      metrics: metrics.registry,
      clock,
      signal,
    }
    const said = await Promise.race([call(plugin, event, context), rejectionOf(overdue.signal)])
    finish(false)
    return said instanceof Later ? said : undefined
  } catch (error) {
    finish(true)
    throw error
  } finally {
    stopWatch()
  }
}

/**
 * Calls the handler for the kind of the event, and `run` when the event is a comment with a command. What they return is returned; a
 * handler of comments that wants to be called again keeps `run` waiting.
 */
async function call(plugin: Plugin, event: PluginEvent, context: Context): Promise<unknown> {
  const { handlers = {} } = plugin
  if (event.type === 'push') return handlers.push?.({ ...context, event })
  if (event.type === 'status') return handlers.status?.({ ...context, event })
  if (event.type === 'other') return handlers.other?.({ ...context, event })
  const about = thread({
    host: context.host,
    at: { ...pluginRepoOf(event), number: numberOf(event) ?? 0 },
    said: saidIn(event),
    delivery: context.delivery,
    log: context.log,
  })
  switch (event.type) {
    case 'issues':
      return handlers.issues?.({ ...context, event, issue: about })
    case 'issue_comment':
      return handlers.issue_comment?.({ ...context, event, issue: about, pr: about })
    case 'pull_request':
      return handlers.pull_request?.({ ...context, event, pr: about })
    case 'pull_request_review':
      return handlers.pull_request_review?.({ ...context, event, pr: about })
    case 'pull_request_review_comment':
      return handlers.pull_request_review_comment?.({ ...context, event, pr: about })
    case 'comment': {
      const answer = await handlers.comment?.({ ...context, event, issue: about, pr: about })
      if (answer instanceof Later) return answer
      const said = plugin.run && hears(plugin, event) ? parse(plugin, event.body) : undefined
      return said && plugin.run?.({ ...context, event, issue: about, pr: about, said })
    }
  }
}

/** The text that a reply quotes. */
function saidIn(event: Exclude<PluginEvent, { type: 'push' | 'status' | 'other' }>) {
  const { user, body, html_url } =
    event.type === 'comment'
      ? event
      : 'comment' in event
        ? event.comment
        : 'review' in event
          ? event.review
          : 'pr' in event
            ? event.pr
            : event.issue
  return { login: user.login, body, html_url }
}

/** Fields of every log line of a task; names as in upstream's logs. */
function fieldsOf(plugin: string, event: PluginEvent, guid: string): Record<string, unknown> {
  const { org, repo } = pluginRepoOf(event)
  const common = { plugin, 'event-type': githubTypeOf(event), 'event-GUID': guid, org, repo }
  if (event.type === 'push') return { ...common, ref: event.ref, head: event.after }
  if (event.type === 'other') return common
  if (event.type === 'status')
    return { ...common, context: event.context, sha: event.sha, state: event.state, id: event.id }
  const { login, html_url } = saidIn(event)
  const about = { ...common, pr: numberOf(event), url: html_url }
  if (event.type === 'pull_request_review') return { ...about, review: event.review.id, reviewer: login }
  if (event.type === 'pull_request_review_comment') return { ...about, commenter: login }
  return { ...about, author: login }
}

/** The same object, and whether any of its methods has been called. */
function watchCalls<T extends object>(object: T): { object: T; used(): boolean } {
  let used = false
  const watched = new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        used = true
        return Reflect.apply(value, target, args)
      }
    },
  })
  return { object: watched, used: () => used }
}

const rejectionOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
