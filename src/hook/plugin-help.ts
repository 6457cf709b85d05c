// The document of /plugin-help, which Deck shows: made from what plugins declare about themselves.
import type { Logger } from 'pino'
import type { CodeHost } from '../api/code-host.ts'
import type { ExternalPlugin, PluginConfig } from '../config/types.ts'
import type { Clock } from '../system/clock.ts'
import { boundedFetch, type Fetch } from './bounded-fetch.ts'
import { type EventKind, kindNames } from './events.ts'
import type { Plugin } from './plugin.ts'

/** Help of one plugin. Names are the wire's; lists and maps that nobody set are null. */
export interface HelpRecord {
  readonly Description: string
  readonly Config: Readonly<Record<string, string>> | null
  /** YAML. */
  readonly Snippet?: string
  readonly Events: readonly string[] | null
  readonly Commands:
    | readonly {
        readonly Usage: string
        readonly Featured: boolean
        readonly Description: string
        readonly Examples: readonly string[] | null
        readonly WhoCanUse: string
      }[]
    | null
}

export interface HelpDocument {
  /** `org/repo`, sorted. */
  readonly AllRepos: readonly string[]
  /** `org`, `org/repo`, or empty for all that are known → plugins. */
  readonly RepoPlugins: Readonly<Record<string, readonly string[]>>
  readonly RepoExternalPlugins: Readonly<Record<string, readonly string[]>>
  readonly PluginHelp: Readonly<Record<string, HelpRecord>>
  readonly ExternalPluginHelp: Readonly<Record<string, HelpRecord>>
}

export interface HelpNeeds {
  readonly plugins: () => PluginConfig
  /** All plugins that can be enabled. */
  readonly known: readonly string[]
  readonly load: (name: string) => Promise<Plugin | undefined>
  readonly host: Pick<CodeHost, 'repositories'>
  readonly fetch: Fetch
  readonly clock: Clock
  readonly log: Logger
}

const orgListMs = 3_600_000
const externalAnswer = { withinMs: 1000, mostBytes: 1024 * 1024 }

/** Gives the document as it is now. */
export function pluginHelp(needs: HelpNeeds): () => Promise<HelpDocument> {
  const lists = new Map<string, { at: number; repos: Promise<readonly string[]> }>()

  /** Repositories of an organisation, asked for once an hour; none while the host does not tell. */
  function reposOf(org: string): Promise<readonly string[]> {
    const now = needs.clock.now()
    const known = lists.get(org)
    if (known && now - known.at < orgListMs) return known.repos
    const repos = needs.host.repositories(org).catch((error: unknown) => {
      needs.log.warn({ err: error, org }, 'cannot list the repositories of an organisation for /plugin-help')
      return []
    })
    lists.set(org, { at: now, repos })
    return repos
  }

  async function expand(scope: string): Promise<string[]> {
    return scope.includes('/') ? [scope] : (await reposOf(scope)).map((repo) => `${scope}/${repo}`)
  }

  return async () => {
    const config = needs.plugins()
    const internal = Object.entries(config.plugins).map(([scope, { plugins }]) => [scope, plugins] as const)
    const external = Object.entries(config.external_plugins)
    const repos = new Map<string, readonly string[]>()
    for (const scope of new Set([...internal, ...external].map(([scope]) => scope)))
      repos.set(scope, await expand(scope))
    const reposWith = (name: string) =>
      reposIn(
        repos,
        internal.filter(([, names]) => names.includes(name)),
      )

    const help: Record<string, HelpRecord> = {}
    for (const name of needs.known) {
      const plugin = await needs.load(name).catch(() => undefined)
      if (plugin) help[name] = recordOf(plugin, config, reposWith(name))
    }

    const endpoints = new Map(external.flatMap(([, list]) => list.map((plugin) => [plugin.name, plugin] as const)))
    const answers = await Promise.all(
      [...endpoints].map(async ([name, plugin]) => {
        const scopes = external.filter(([, list]) => list.some((other) => other.name === name))
        return [name, await askExternal(plugin, reposIn(repos, scopes), needs)] as const
      }),
    )
    return {
      AllRepos: [...new Set([...repos.values()].flat())].sort(),
      RepoPlugins: { ...Object.fromEntries(internal), '': [...needs.known].sort() },
      RepoExternalPlugins: {
        ...Object.fromEntries(external.map(([scope, list]) => [scope, list.map(({ name }) => name)])),
        '': [...endpoints.keys()].sort(),
      },
      PluginHelp: help,
      ExternalPluginHelp: Object.fromEntries(answers.flatMap(([name, record]) => (record ? [[name, record]] : []))),
    }
  }
}

const reposIn = (repos: ReadonlyMap<string, readonly string[]>, scopes: readonly (readonly [string, unknown])[]) =>
  [...new Set(scopes.flatMap(([scope]) => repos.get(scope) ?? []))].sort()

/**
 * What a plugin declares, in the form of the wire.
 * @param repos `org/repo` of the repositories that have it.
 */
export function recordOf(plugin: Plugin, config: PluginConfig, repos: readonly string[]): HelpRecord {
  const { config: texts, snippet } = plugin.help?.(config, repos) ?? {}
  const kinds = new Set(Object.keys(plugin.handlers ?? {}))
  if (plugin.run) kinds.add('comment')
  const names = Object.entries(kindNames).flatMap(([kind, name]) => (kinds.has(kind as EventKind) ? [name] : []))
  const commands = plugin.commands.map(({ usage, about, who, featured = false, examples }) => ({
    Usage: usage,
    Featured: featured,
    Description: about ?? plugin.about,
    Examples: examples,
    WhoCanUse: who,
  }))
  return {
    Description: plugin.about,
    Config: texts && Object.keys(texts).length > 0 ? texts : null,
    ...(snippet ? { Snippet: snippet } : {}),
    Events: names,
    Commands: commands.length > 0 ? commands : null,
  }
}

/** Asks an external plugin for its help; one that does not answer in time or sensibly has none. */
async function askExternal(
  plugin: ExternalPlugin,
  repos: readonly string[],
  { fetch, clock, log }: HelpNeeds,
): Promise<HelpRecord | undefined> {
  const ask = boundedFetch({ fetch, clock, signal: new AbortController().signal }, externalAnswer)
  try {
    const url = new URL(plugin.endpoint)
    url.pathname = `${url.pathname.replace(/\/$/, '')}/help`
    const asked = repos.map((name) => ({ Org: name.split('/')[0], Repo: name.split('/')[1] }))
    const answer = await ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    })
    const record: unknown = answer.ok ? await answer.json() : undefined
    if (typeof record !== 'object' || record === null) return undefined
    return { ...(record as HelpRecord), Events: plugin.events.length > 0 ? plugin.events : null }
  } catch (error) {
    log.debug({ err: error, 'external-plugin': plugin.name }, 'an external plugin gave no help')
    return undefined
  }
}
