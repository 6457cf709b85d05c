// Hook's help as the pages show it: which plugins and commands there are, where they work, what a search finds. Pure.
import type { HelpDocument, PluginHelp } from '../../src/deck/plugin-help.ts'

export interface PluginEntry {
  /** What stands after # in the address of it. Unique among plugins. */
  readonly id: string
  readonly name: string
  readonly external: boolean
  /** Absent when the plugin has none, or did not answer. */
  readonly help: PluginHelp | undefined
  /** `org` or `org/repo`: where it is enabled. */
  readonly scopes: readonly string[]
  readonly words: string
}

export interface CommandEntry {
  /** What stands after # in the address of it. Unique among commands. */
  readonly id: string
  /** The name of the command, as upstream writes it after #. Commands may share one. */
  readonly slug: string
  readonly plugin: PluginEntry
  readonly usage: string
  readonly featured: boolean
  readonly description: string
  readonly examples: readonly string[]
  readonly who: string
  readonly words: string
}

/** All plugins that hook knows, by name. */
export function pluginsOf(help: HelpDocument): readonly PluginEntry[] {
  const kinds = [
    { external: false, enabled: help.RepoPlugins, records: help.PluginHelp },
    { external: true, enabled: help.RepoExternalPlugins, records: help.ExternalPluginHelp },
  ]
  const unique = uniqueIds()
  return kinds
    .flatMap(({ external, enabled, records }) => {
      const known = new Map(Object.entries(records ?? {}))
      const scopes = new Map<string, string[]>([...known.keys()].map((name) => [name, []]))
      for (const [scope, names] of Object.entries(enabled ?? {})) {
        for (const name of new Set(names)) {
          const list = scopes.get(name) ?? []
          if (scope !== '') list.push(scope)
          scopes.set(name, list)
        }
      }
      return [...scopes].map(([name, where]) => ({ name, external, help: known.get(name), scopes: where.sort() }))
    })
    .sort((a, b) => compare(a.name, b.name))
    .map((plugin) => ({ ...plugin, id: unique(plugin.name), words: wordsOf(plugin.name, plugin.help?.Description) }))
}

/** Characters; what is longer helps nobody. */
const longestUsage = 1000

/** All commands of those plugins, featured ones first. */
export function commandsOf(plugins: readonly PluginEntry[]): readonly CommandEntry[] {
  const unique = uniqueIds()
  return plugins
    .flatMap((plugin) =>
      (plugin.help?.Commands ?? []).map((command) => {
        const examples = command.Examples ?? []
        return {
          slug: slugOf(examples[0] ?? command.Usage),
          plugin,
          usage: command.Usage.slice(0, longestUsage),
          featured: command.Featured,
          description: command.Description,
          examples,
          who: command.WhoCanUse,
          words: wordsOf(plugin.name, command.Usage, command.Description, command.WhoCanUse, ...examples),
        }
      }),
    )
    .filter(({ usage, examples }) => usage !== '' || examples.length > 0)
    .sort((a, b) => Number(b.featured) - Number(a.featured) || compare(sortKey(a.usage), sortKey(b.usage)))
    .map((command) => ({ ...command, id: unique(command.slug) }))
}

/** Upstream's rule: the first word of the first example, without its slash, and _ for -. */
const slugOf = (example: string): string => fromHash(example.trim().split(/\s/)[0]?.replace(/^\//, '') ?? '')

/** A command in an address, with - or _. */
export const fromHash = (name: string): string => name.replaceAll('-', '_')

/** Commands by their letters, not by their brackets: `/[remove-]approve` stands with the letter a. */
const sortKey = (usage: string) => usage.replace(/\[[^\]]*-\]/, '').toLowerCase()

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Numbers what comes again: `test`, `test-2`. */
function uniqueIds(): (name: string) => string {
  const counts = new Map<string, number>()
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name}-${count}`
  }
}

/** True when the plugin is enabled for the repository; everywhere for no repository. */
export const worksIn = ({ scopes }: PluginEntry, repo: string): boolean =>
  repo === '' || scopes.includes(repo) || scopes.includes(repo.split('/')[0] ?? '')

/** What a search looks through: texts without their HTML, in lower case. */
const wordsOf = (...texts: readonly (string | undefined)[]): string =>
  texts
    .map((text) => text?.replace(/<[^>]*>/g, ' ') ?? '')
    .join('\n')
    .toLowerCase()

/** A test for what has every word of the search in it. */
export function searchFor(text: string): (entry: { readonly words: string }) => boolean {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean)
  return ({ words }) => wanted.every((word) => words.includes(word))
}

/** What the text of a configuration says about a repository, and about all of them. */
export function configFor(help: PluginHelp | undefined, repo: string): readonly string[] {
  const texts = new Map(Object.entries(help?.Config ?? {}))
  return [...new Set(['', repo])].map((key) => texts.get(key) ?? '').filter((text) => text !== '')
}

/** What the address chooses. */
export interface HelpView {
  /** `org/repo`, empty for all. */
  readonly repo: string
  readonly q: string
}

/** @param search `location.search`. */
export function readView(search: string): HelpView {
  const query = new URLSearchParams(search)
  return { repo: query.get('repo')?.trim() ?? '', q: query.get('q') ?? '' }
}

/** An address of one of the pages. */
export function helpAddress(path: '/command-help' | '/plugins', { repo, q }: Partial<HelpView>, id = ''): string {
  const query = new URLSearchParams({ ...(repo && { repo }), ...(q && { q }) }).toString()
  return `${path}${query && `?${query}`}${id && `#${encodeURIComponent(id)}`}`
}
