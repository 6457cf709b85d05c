// What the configuration says about OWNERS files of a repository: their names, and which of them count.
import type { RepoRef } from '../api/code-host.ts'
import { compileRe2, type Pattern, Re2Error } from '../config/re2.ts'
import type { Config, PluginConfig } from '../config/types.ts'
import { upwards } from './lookup.ts'

/** Names of the files; an empty one is for no file. */
export interface Filenames {
  readonly owners: string
  readonly owners_aliases: string
}

/** Settings of one repository. */
export interface OwnersSettings {
  readonly filenames: Filenames
  /** Markdown files may begin with owners. */
  readonly markdown: boolean
  /** RE2 patterns of folders whose files do not count. */
  readonly denylist: readonly string[]
}

/** Files in folders deeper than any real one do not count: each folder above them costs time. */
const mostLevels = 100
const usual: Filenames = { owners: 'OWNERS', owners_aliases: 'OWNERS_ALIASES' }
const preconfigured = ['\\.git$', '_output$', 'vendor/.*/.*']

/** Settings for a repository; names of orgs and repositories are case-sensitive. */
export function ownersSettings(config: Config, plugins: PluginConfig, at: RepoRef): OwnersSettings {
  const { default: everywhere, repos, ignore_preconfigured_defaults } = config.owners_dir_denylist
  return {
    filenames: filenamesOf(plugins, at),
    markdown: isListed(plugins.sections.owners?.mdyamlrepos, at),
    denylist: [
      ...everywhere,
      ...(own(repos, at.org) ?? []),
      ...(own(repos, fullName(at)) ?? []),
      ...(ignore_preconfigured_defaults ? [] : preconfigured),
    ],
  }
}

/** Names of the files in a repository. An entry for it, or for its org, says both: what it leaves out is for no file. */
export function filenamesOf({ sections }: PluginConfig, at: RepoRef): Filenames {
  const named = sections.owners?.filenames ?? {}
  const { owners, owners_aliases } = own(named, fullName(at)) ?? own(named, at.org) ?? usual
  return { owners: owners ?? '', owners_aliases: owners_aliases ?? '' }
}

/** Whether owners count who are no collaborators of the repository. */
export const skipsCollaborators = ({ sections }: PluginConfig, at: RepoRef): boolean =>
  isListed(sections.owners?.skip_collaborators, at)

/** Labels that OWNERS files must not set. */
export const labelsDenylist = ({ sections }: PluginConfig): readonly string[] =>
  sections.owners?.labels_denylist ?? ['approved', 'lgtm']

/** Whether files in a folder do not count, because a pattern matches it or a folder above it. A broken pattern matches nothing. */
export function denied(patterns: readonly string[]): (folder: string) => boolean {
  const compiled = patterns.flatMap(compiledOrNone)
  const known = new Map<string, boolean>()
  const isDenied = (folder: string): boolean => compiled.some((pattern) => pattern.test(folder === '' ? '.' : folder))
  return (folder) => {
    if (folder.split('/', mostLevels + 1).length > mostLevels) return true
    const passed: string[] = []
    let verdict = false
    for (const at of upwards(folder)) {
      const before = known.get(at)
      verdict = before ?? isDenied(at)
      if (before !== undefined) break
      passed.push(at)
      if (verdict) break
    }
    for (const at of passed) known.set(at, verdict)
    return verdict
  }
}

function compiledOrNone(source: string): readonly Pattern[] {
  try {
    return [compileRe2(source)]
  } catch (error) {
    if (error instanceof Re2Error) return []
    throw error
  }
}

const fullName = ({ org, repo }: RepoRef): string => `${org}/${repo}`
const isListed = (names: readonly string[] | undefined, at: RepoRef): boolean =>
  names?.some((name) => name === at.org || name === fullName(at)) ?? false
const own = <T>(map: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined
