// Labels that only some people may set and remove, from the three places where the configuration names them.
import type { RepoRef } from '../../api/code-host.ts'
import type { PluginConfig } from '../../config/types.ts'

/** One label with all that is said about it for a repository. */
export interface Restricted {
  readonly label: string
  /** Slugs and logins, sorted, each once. */
  readonly teams: readonly string[]
  readonly users: readonly string[]
  /** Labels that bring the users in. */
  readonly assignOn: readonly string[]
}

/** By label in lower case. What is said for everybody, for the organisation and for the repository counts together. */
export function restrictedFor({ sections }: PluginConfig, { org, repo }: RepoRef): ReadonlyMap<string, Restricted> {
  const lists = sections.label?.restricted_labels ?? {}
  const entries = ['*', org, `${org}/${repo}`].flatMap((key) => (Object.hasOwn(lists, key) ? (lists[key] ?? []) : []))
  const merged = new Map<string, Restricted>()
  for (const { label, allowed_teams, allowed_users, assign_on } of entries) {
    const before = merged.get(label.toLowerCase())
    merged.set(label.toLowerCase(), {
      label: before?.label ?? label,
      teams: union(before?.teams, allowed_teams),
      users: union(before?.users, allowed_users),
      assignOn: union(
        before?.assignOn,
        assign_on.map((on) => on.label),
      ),
    })
  }
  return merged
}

const union = (one: readonly string[] = [], other: readonly string[]): string[] =>
  [...new Set([...one, ...other])].sort()

/** Who is assigned to a pull request that gets a label. */
export function assigneesFor(label: string, restricted: ReadonlyMap<string, Restricted>): string[] {
  const isOn = (on: string) => on.toLowerCase() === label.toLowerCase()
  return union(
    [],
    [...restricted.values()].filter(({ assignOn }) => assignOn.some(isOn)).flatMap(({ users }) => users),
  )
}
