// Whether a repository may bring jobs of its own, and on which build clusters they may run.
import type { Config } from '../types.ts'

type Policy = Pick<Config, 'in_repo_config'>

/** The keys of `in_repo_config` that speak of a repository, nearest first. Gerrit's are URLs: with and without scheme. */
function keysFor(identifier: string): readonly string[] {
  const name = identifier.replace(/\/+$/, '')
  const [, scheme = '', rest = ''] = /^(https?:\/\/)?(.*)$/s.exec(name) ?? []
  const [org = ''] = rest.split('/')
  return [...new Set([name, rest, `${scheme}${org}`, org, '*'])]
}

/**
 * Whether jobs are read from a repository: `org/repo`, or Gerrit's `https://host/path`. The nearest key decides, and without any
 * the answer is no. Throws for a name without a repository where the answer is yes, and for an empty one.
 */
export function inRepoEnabled({ in_repo_config: { enabled } }: Policy, identifier: string): boolean {
  if (identifier === '') throw new Error('no repository is named')
  const key = keysFor(identifier).find((each) => Object.hasOwn(enabled, each))
  const isEnabled = key !== undefined && enabled[key] === true
  if (isEnabled && !/^(?:https?:\/\/)?[^/]+\/[^/]/.test(identifier))
    throw new Error(`"${identifier}" names no repository`)
  return isEnabled
}

/** The build clusters that jobs of a repository may name: those of all keys together. */
export function allowedClusters(
  { in_repo_config: { allowed_clusters } }: Policy,
  identifier: string,
): ReadonlySet<string> {
  const lists = keysFor(identifier).map((key) => (Object.hasOwn(allowed_clusters, key) ? allowed_clusters[key] : []))
  return new Set(lists.flatMap((list) => list ?? []))
}

/** The jobs that a map of the central configuration has for a repository. */
export function staticJobs<Job>(byRepo: Readonly<Record<string, readonly Job[]>>, identifier: string): readonly Job[] {
  const names = new Set([identifier, identifier.replace(/^https?:\/\//, '')])
  return [...names].flatMap((name) => (Object.hasOwn(byRepo, name) ? (byRepo[name] ?? []) : []))
}
