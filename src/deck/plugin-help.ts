// What hook tells of its plugins: read with care, because parts of it come from external plugins. Pure.

/** One command, under the wire's names. Texts may hold HTML; nobody has checked it. */
interface CommandHelp {
  readonly Usage: string
  readonly Featured: boolean
  readonly Description: string
  readonly Examples: readonly string[] | null
  readonly WhoCanUse: string
}

/** Help of one plugin. Texts may hold HTML; nobody has checked it. */
export interface PluginHelp {
  readonly Description: string
  /** `org/repo` → what is configured for it; empty for all of them. */
  readonly Config: Readonly<Record<string, string>> | null
  /** YAML. */
  readonly Snippet?: string
  readonly Events: readonly string[] | null
  readonly Commands: readonly CommandHelp[] | null
}

/** Body of `/plugin-help.js` and `GET /api/plugin-help`: upstream's, in which whatever was never set is null. */
export interface HelpDocument {
  /** `org/repo`. */
  readonly AllRepos: readonly string[] | null
  /** `org`, `org/repo`, or empty for all that are known → plugins. */
  readonly RepoPlugins: Readonly<Record<string, readonly string[]>> | null
  readonly RepoExternalPlugins: Readonly<Record<string, readonly string[]>> | null
  readonly PluginHelp: Readonly<Record<string, PluginHelp>> | null
  readonly ExternalPluginHelp: Readonly<Record<string, PluginHelp>> | null
}

/** What the feed says while hook says nothing. */
export const noHelp: HelpDocument = {
  AllRepos: null,
  RepoPlugins: null,
  RepoExternalPlugins: null,
  PluginHelp: null,
  ExternalPluginHelp: null,
}

/** Longest text of a plugin, in characters, and most commands, examples or events of one: more is left out. */
const longest = 65_536
const most = 200

/** Hook's answer with nothing in it but what belongs there. @throws Error when it is something else altogether. */
export function readHelp(answer: unknown): HelpDocument {
  if (!isMap(answer)) throw new Error('what hook answered is not its help')
  return {
    AllRepos: texts(answer.AllRepos),
    RepoPlugins: mapOf(answer.RepoPlugins, (names) => texts(names) ?? []),
    RepoExternalPlugins: mapOf(answer.RepoExternalPlugins, (names) => texts(names) ?? []),
    PluginHelp: mapOf(answer.PluginHelp, readPlugin),
    ExternalPluginHelp: mapOf(answer.ExternalPluginHelp, readPlugin),
  }
}

function readPlugin(given: unknown): PluginHelp {
  const { Description, Config, Snippet, Events, Commands } = isMap(given) ? given : {}
  return {
    Description: text(Description),
    Config: mapOf(Config, text),
    ...(text(Snippet) !== '' && { Snippet: text(Snippet) }),
    Events: texts(Events)?.slice(0, most) ?? null,
    Commands: Array.isArray(Commands) ? Commands.slice(0, most).filter(isMap).map(readCommand) : null,
  }
}

const readCommand = (given: Readonly<Record<string, unknown>>): CommandHelp => ({
  Usage: text(given.Usage),
  Featured: given.Featured === true,
  Description: text(given.Description),
  Examples: texts(given.Examples)?.slice(0, most) ?? null,
  WhoCanUse: text(given.WhoCanUse),
})

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, longest) : '')

const texts = (value: unknown): readonly string[] | null =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string').map(text) : null

const mapOf = <To>(value: unknown, read: (from: unknown) => To): Readonly<Record<string, To>> | null =>
  isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, read(one)])) : null

/**
 * Without the repositories that Deck does not show.
 * @param hiddenRepos `org` or `org/repo`: the setting deck.hidden_repos.
 */
export function withoutHidden(help: HelpDocument, hiddenRepos: readonly string[]): HelpDocument {
  if (hiddenRepos.length === 0) return help
  const shown = (scope: string) => !hiddenRepos.includes(scope) && !hiddenRepos.includes(scope.split('/')[0] ?? '')
  return {
    AllRepos: help.AllRepos?.filter(shown) ?? null,
    RepoPlugins: onlyKeys(help.RepoPlugins, shown),
    RepoExternalPlugins: onlyKeys(help.RepoExternalPlugins, shown),
    ...withConfig(help, shown),
  }
}

/** With no more configuration than a page about one repository needs: that is most of the document. */
export const forRepo = (help: HelpDocument, repo: string): HelpDocument => ({
  ...help,
  ...withConfig(help, (key) => key === '' || key === repo),
})

function withConfig(help: HelpDocument, wanted: (key: string) => boolean) {
  const trimmed = (plugins: HelpDocument['PluginHelp']) =>
    plugins &&
    Object.fromEntries(
      Object.entries(plugins).map(([name, plugin]) => [name, { ...plugin, Config: onlyKeys(plugin.Config, wanted) }]),
    )
  return { PluginHelp: trimmed(help.PluginHelp), ExternalPluginHelp: trimmed(help.ExternalPluginHelp) }
}

const onlyKeys = <Value>(map: Readonly<Record<string, Value>> | null, wanted: (key: string) => boolean) =>
  map && Object.fromEntries(Object.entries(map).filter(([key]) => wanted(key)))
