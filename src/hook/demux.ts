// From one delivery to the tasks it leads to: which plugins handle it, as which event, and which external plugins get it.
import type { PluginConfig } from '../config/types.ts'
import { decode } from './decode.ts'
import { externalPluginsFor, isEnabled, pluginsOf, type RepoLists } from './enablement.ts'
import { type OtherEvent, type PluginEvent, pluginRepoOf, type WebhookEvent } from './events.ts'
import { genericComment } from './generic-comment.ts'
import { hears, type Plugin, parse } from './plugin.ts'

/** One thing to do for a delivery. `name` is unique in it, and means the same after a restart. */
export type Task =
  | { readonly kind: 'plugin'; readonly name: string; readonly plugin: string; readonly event: PluginEvent }
  | { readonly kind: 'external'; readonly name: string; readonly plugin: string; readonly endpoint: string }

/** What a delivery is about, before anybody looks at the configuration. */
export interface Demuxed {
  /** The event itself, then the comment derived from it. */
  readonly events: readonly PluginEvent[]
  /** `org/repo`; empty for events of an organisation. */
  readonly fullName: string
  /** Deliveries with the same lane are handled in order; undefined: in any order. */
  readonly lane: string | undefined
  /** Why plugins cannot use it. External plugins get it all the same. */
  readonly unusable?: string
}

export function demux(eventName: string, payload: unknown): Demuxed {
  const decoded = decode(eventName, payload)
  const fullName = fullNameIn(payload)
  if (!decoded) return { events: [], fullName, lane: laneIn(fullName, payload) }
  if (decoded.type === 'unusable')
    return { events: [], fullName, lane: laneIn(fullName, payload), unusable: decoded.why }
  const { org, repo } = decoded.repo
  const comment = genericComment(decoded)
  const lane = decoded.type === 'other' ? laneIn(fullName, payload) : laneOf(decoded)
  return { events: comment ? [decoded, comment] : [decoded], fullName: fullName || `${org}/${repo}`, lane }
}

function laneOf(event: Exclude<WebhookEvent, OtherEvent>): string {
  const { org, repo } = event.repo
  if (event.type === 'push') return `${org}/${repo} ${event.ref}`
  if (event.type === 'status') return `${org}/${repo} ${event.sha} ${event.context}`
  return `${org}/${repo}#${'pr' in event ? event.pr.number : event.issue.number}`
}

export interface Enabled {
  readonly config: PluginConfig
  readonly repos: RepoLists
  /** Undefined for names that nobody knows; hook ignores those, and the config checker complains. */
  load(name: string): Promise<Plugin | undefined>
}

/** The tasks of a delivery under a configuration. A plugin for which there is nothing to do gets none. */
export async function tasksFor(eventName: string, demuxed: Demuxed, enabled: Enabled): Promise<Task[]> {
  const { config, repos, load } = enabled
  const tasks: Task[] = []
  const [first] = demuxed.events
  if (first && isEnabled(repos, first.repo)) {
    for (const name of pluginsOf(config, pluginRepoOf(first))) {
      // What cannot be loaded gets its tasks all the same: they fail, are kept, and can be sent again.
      const plugin = await load(name).catch(() => 'broken' as const)
      if (!plugin) continue
      for (const event of demuxed.events)
        if (plugin === 'broken' || handles(plugin, event)) tasks.push(pluginTask(name, event))
    }
  }
  const [org = '', repo = ''] = demuxed.fullName.split('/')
  if (!isEnabled(repos, { org, repo })) return tasks
  for (const { name, endpoint } of externalPluginsFor(config, demuxed.fullName, eventName))
    tasks.push(externalTask(name, endpoint))
  return [...new Map(tasks.map((task) => [task.name, task])).values()]
}

/** The task of a plugin for an event. */
export const pluginTask = (plugin: string, event: PluginEvent): Task => ({
  kind: 'plugin',
  name: `${plugin}/${event.type}`,
  plugin,
  event,
})
const externalTask = (plugin: string, endpoint: string): Task => ({
  kind: 'external',
  name: `${plugin} ${endpoint}`,
  plugin,
  endpoint,
})

/** The task of that name, as it was planned before a restart; undefined when the event is no longer understood that way. */
export function taskNamed(name: string, { events }: Demuxed): Task | undefined {
  const blank = name.indexOf(' ')
  if (blank >= 0) return externalTask(name.slice(0, blank), name.slice(blank + 1))
  const [plugin = '', type] = name.split('/')
  const event = events.find((one) => one.type === type)
  return event && pluginTask(plugin, event)
}

/** Whether there is something to do for a plugin. */
export function handles(plugin: Plugin, event: PluginEvent): boolean {
  if (plugin.handlers?.[event.type]) return true
  return (
    event.type === 'comment' &&
    plugin.run !== undefined &&
    hears(plugin, event) &&
    parse(plugin, event.body) !== undefined
  )
}

type AnyPayload =
  | { repository?: { full_name?: unknown }; pull_request?: { number?: unknown }; issue?: { number?: unknown } }
  | null
  | undefined

function fullNameIn(payload: unknown): string {
  const name = (payload as AnyPayload)?.repository?.full_name
  return typeof name === 'string' ? name : ''
}

/** For events without a kind of their own, as far as they are about an issue or pull request. */
function laneIn(fullName: string, payload: unknown): string | undefined {
  const { pull_request, issue } = (payload as AnyPayload) ?? {}
  const number = pull_request?.number ?? issue?.number
  return typeof number === 'number' ? `${fullName}#${number}` : undefined
}
