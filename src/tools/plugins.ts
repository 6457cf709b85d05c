// Which plugins there are, what people can write for them, and which settings hold for a repository: data for tables and programs.
import type { PluginConfig } from '../config/types.ts'
import { pluginsOf } from '../hook/enablement.ts'
import { recordOf } from '../hook/plugin-help.ts'
import type { Catalogue } from '../hook/user-plugins.ts'
import { retired } from '../plugins/retired.ts'

/** One plugin, as people ask for it. Texts may hold HTML. */
export interface PluginListing {
  readonly name: string
  /** `unknown`: it is enabled, and nobody knows it, so nothing happens. `retired`: it can do nothing any more; `about` says why. */
  readonly kind: 'plugin' | 'external' | 'retired' | 'unknown'
  readonly about: string
  /** Keys of plugins.yaml that enable it: org or org/repo. */
  readonly enabled_by: readonly string[]
  /** Of an external plugin. */
  readonly endpoint?: string
  /** Kinds of events that it gets; none: all. */
  readonly events: readonly string[]
  readonly commands: readonly CommandListing[]
  /** What its settings mean for the repository that was asked for, or for all. */
  readonly settings?: string
  /** YAML that shows its settings. */
  readonly snippet?: string
}

interface CommandListing {
  readonly usage: string
  readonly about: string
  readonly who: string
  readonly examples: readonly string[]
}

/**
 * All plugins of the catalogue and the retired ones, or with `repo` those that this repository has, external ones and unknown names included.
 * @param repo `org/repo`
 */
export async function listPlugins(
  catalogue: Catalogue,
  config: PluginConfig,
  repo?: string,
): Promise<readonly PluginListing[]> {
  const [org = '', name = ''] = repo?.split('/') ?? []
  const names =
    repo === undefined
      ? [...Object.keys(catalogue), ...Object.keys(retired)].sort()
      : pluginsOf(config, { org, repo: name })
  const inside = await Promise.all(names.map((one) => describe(one, catalogue, config, repo)))
  return [...inside, ...externalOnes(config, repo)]
}

function externalOnes({ external_plugins }: PluginConfig, repo: string | undefined): readonly PluginListing[] {
  const keys = keysWith(external_plugins, () => true, repo)
  const all = new Map(keys.flatMap((key) => external_plugins[key] ?? []).map((one) => [one.name, one]))
  return [...all.values()].map(({ name, endpoint, events }) => ({
    name,
    kind: 'external',
    about: '',
    enabled_by: keysWith(external_plugins, (list) => list.some((other) => other.name === name), repo),
    endpoint,
    events,
    commands: [],
  }))
}

async function describe(
  name: string,
  catalogue: Catalogue,
  config: PluginConfig,
  repo: string | undefined,
): Promise<PluginListing> {
  const enabled_by = keysWith(config.plugins, ({ plugins }) => plugins.includes(name), repo)
  const plugin = Object.hasOwn(catalogue, name) ? (await catalogue[name]?.())?.default : undefined
  const why = Object.hasOwn(retired, name) ? retired[name] : undefined
  if (!plugin)
    return { name, kind: why ? 'retired' : 'unknown', about: why ?? '', enabled_by, events: [], commands: [] }
  const { Description, Config, Snippet, Events, Commands } = recordOf(plugin, config, repo === undefined ? [] : [repo])
  const settings = (repo === undefined ? undefined : Config?.[repo]) ?? Config?.['']
  return {
    name,
    kind: 'plugin',
    about: Description,
    enabled_by,
    events: Events ?? [],
    commands: (Commands ?? []).map(({ Usage, Description: about, WhoCanUse, Examples }) => ({
      usage: Usage,
      about,
      who: WhoCanUse,
      examples: Examples ?? [],
    })),
    ...(settings && { settings }),
    ...(Snippet && { snippet: Snippet }),
  }
}

/** Keys of a section that enable something, for one repository only those that concern it. */
function keysWith<T>(map: Readonly<Record<string, T>>, has: (value: T) => boolean, repo: string | undefined): string[] {
  const concerns = (key: string) => repo === undefined || key === repo || key === repo.split('/')[0]
  return Object.entries(map).flatMap(([key, value]) => (concerns(key) && has(value) ? [key] : []))
}
