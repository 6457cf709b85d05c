// Sets of repositories as configurations name them: whole orgs, apart from some of their repositories, and repositories.
import type { PluginConfig } from '../../config/types.ts'

/** A set. Repositories are `org/repo`. */
export interface RepoSet {
  /** Org → its repositories that do not belong to the set. */
  readonly orgs: ReadonlyMap<string, ReadonlySet<string>>
  readonly repos: ReadonlySet<string>
}

const orgOf = (repo: string): string => repo.split('/')[0] ?? ''

/** Whether the set holds a repository. */
export const holds = ({ orgs, repos }: RepoSet, repo: string): boolean =>
  repos.has(repo) || orgs.get(orgOf(repo))?.has(repo) === false

/** The repositories of several lists together: an exception holds only where no list has the repository. */
export function unionOf(
  lists: readonly {
    readonly orgs: readonly string[]
    readonly excluded: readonly string[]
    readonly repos: readonly string[]
  }[],
): RepoSet {
  const repos = new Set(lists.flatMap((list) => list.repos))
  const orgs = new Map<string, Set<string>>()
  for (const list of lists) {
    for (const org of list.orgs) {
      const known = orgs.get(org)
      const excluded = list.excluded.filter((repo) => orgOf(repo) === org && !repos.has(repo))
      orgs.set(org, new Set(known ? excluded.filter((repo) => known.has(repo)) : excluded))
    }
  }
  return { orgs, repos }
}

/** Where a plugin is enabled. External plugins have no exceptions. */
export function whereEnabled({ plugins, external_plugins: external }: PluginConfig, name: string): RepoSet {
  const builtIn = Object.entries(plugins).flatMap(([key, entry]) =>
    entry.plugins.includes(name) ? ([[key, entry]] as const) : [],
  )
  const outside = Object.entries(external).flatMap(([key, list]) =>
    list.some((each) => each.name === name) ? [key] : [],
  )
  const listOf = (key: string, excluded: readonly string[]) =>
    key.includes('/')
      ? { orgs: [], excluded: [], repos: [key] }
      : { orgs: [key], excluded: excluded.map((repo) => `${key}/${repo}`), repos: [] }
  return unionOf([
    ...builtIn.map(([key, { excluded_repos }]) => listOf(key, excluded_repos)),
    ...outside.map((key) => listOf(key, [])),
  ])
}

/** What the first has and the second lacks. */
export function difference(a: RepoSet, b: RepoSet): RepoSet {
  const orgs = new Map<string, ReadonlySet<string>>()
  const repos = new Set([...a.repos].filter((repo) => !holds(b, repo)))
  for (const [org, excluded] of a.orgs) {
    const others = b.orgs.get(org)
    if (others === undefined) {
      const taken = [...b.repos].filter((repo) => orgOf(repo) === org)
      orgs.set(org, new Set([...excluded, ...taken].filter((repo) => !repos.has(repo))))
    } else {
      for (const repo of others) if (holds(a, repo) && !holds(b, repo)) repos.add(repo)
    }
  }
  return { orgs, repos }
}

/** What both have. */
export function intersection(a: RepoSet, b: RepoSet): RepoSet {
  const both = (repo: string) => holds(a, repo) && holds(b, repo)
  const named = [...a.repos, ...b.repos, ...exceptions(a), ...exceptions(b)]
  const orgs = [...a.orgs].flatMap(([org, excluded]) => {
    const others = b.orgs.get(org)
    return others ? [[org, new Set([...excluded, ...others].filter((repo) => !both(repo)))] as const] : []
  })
  return { orgs: new Map(orgs), repos: new Set(named.filter(both)) }
}

const exceptions = ({ orgs }: RepoSet): readonly string[] => [...orgs.values()].flatMap((excluded) => [...excluded])

/** The set in words, or undefined when it is empty. */
export function setText({ orgs, repos }: RepoSet): string | undefined {
  const inOrgs = [...repos].filter((repo) => !orgs.has(orgOf(repo)))
  const texts = [
    ...[...orgs].map(([org, excluded]) => (excluded.size === 0 ? org : `${org} (without ${few([...excluded])})`)),
    ...inOrgs,
  ]
  return texts.length > 0 ? few(texts.sort()) : undefined
}

const mostNamed = 6

/** The names, or some of them and how many more there are. */
function few(names: readonly string[]): string {
  if (names.length <= mostNamed) return names.join(', ')
  const shown = mostNamed - 1
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} others`
}
