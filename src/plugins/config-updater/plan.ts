// What changed files mean for ConfigMaps: which keys of which of them have to be looked at. Pure: nothing is read here.
import { createHash } from 'node:crypto'
import type { PluginConfig } from '../../config/types.ts'
import { globOf } from './glob.ts'

/** config_updater, with every default applied. */
export type Settings = NonNullable<PluginConfig['sections']['config_updater']>
type Entry = NonNullable<Settings['maps']>[string]

/** A ConfigMap in a build cluster. */
export interface Target {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
}

/** A file that may have changed, and the key that holds it: with no file there, the key goes. */
export interface Update {
  readonly key: string
  readonly file: string
  readonly gzip: boolean
}

/** What has to be done to one ConfigMap. Of two files with the same key the later one counts. */
export interface Plan {
  readonly target: Target
  /** None where the ConfigMap is a partition that gets no file any more. */
  readonly updates: readonly Update[]
}

interface Planning {
  readonly settings: Settings
  /** `org/repo`; empty when nobody knows, which no list of allowed repositories lets in. */
  readonly repo: string
  /** Where an empty namespace leads. */
  readonly defaultNamespace: string
  /** The paths are all files that there are: partitions without any are named, too. */
  readonly whole?: boolean
}

/** Paths, and what they mean. */
export interface Planned {
  /** Sorted by name, namespace, cluster. */
  readonly plans: readonly Plan[]
  /** Paths that more than one glob means, with these globs; the first is the one that counts. */
  readonly ambiguous: readonly { readonly path: string; readonly globs: readonly string[] }[]
}

/** @param paths Of files that came, went or changed; of a renamed one both. */
export function planFor(paths: readonly string[], { settings, repo, defaultNamespace, whole }: Planning): Planned {
  const rules = rulesFor(settings, repo)
  const ambiguous: { path: string; globs: string[] }[] = []
  // Targets as they are written come before those with the default namespace.
  const written = new Map<string, Update[]>()
  const byDefault = new Map<string, Update[]>()
  for (const path of paths) {
    const [rule, ...others] = rules.filter(({ matches }) => matches(path))
    if (!rule) continue
    if (others.length > 0) ambiguous.push({ path, globs: [rule, ...others].map(({ glob }) => glob) })
    const { entry } = rule
    const key = keyOf(path, entry)
    const update = { key, file: path, gzip: entry.gzip ?? settings.gzip ?? false }
    const own = nameOf(key, entry)
    const names = whole && entry.partitioned_names?.length ? entry.partitioned_names : [own]
    for (const [cluster, namespaces] of Object.entries(entry.clusters ?? {})) {
      for (const namespace of namespaces) {
        for (const name of names) {
          const target: Target = { cluster, namespace: namespace || defaultNamespace, name }
          add(namespace ? written : byDefault, target, name === own ? [update] : [])
        }
      }
    }
  }
  for (const [id, updates] of byDefault) written.set(id, [...(written.get(id) ?? []), ...updates])
  const plans = [...written].map(([id, updates]): Plan => ({ target: JSON.parse(id), updates }))
  return { plans: plans.sort((a, b) => compare(orderOf(a), orderOf(b))), ambiguous }
}

function add(plans: Map<string, Update[]>, target: Target, updates: readonly Update[]): void {
  const id = JSON.stringify(target)
  plans.set(id, [...(plans.get(id) ?? []), ...updates])
}

const orderOf = ({ target: { name, namespace, cluster } }: Plan) => [name, namespace, cluster].join('\0')
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The entries that a repository may change, those first that say most about a path. */
function rulesFor({ maps = {} }: Settings, repo: string) {
  const exactness = (glob: string) => (glob.includes('*') ? glob.replaceAll('*', '').length : Number.POSITIVE_INFINITY)
  return Object.entries(maps)
    .filter(([, entry]) => isAllowed(repo, entry))
    .sort(([a], [b]) => (exactness(a) === exactness(b) ? compare(a, b) : exactness(b) - exactness(a)))
    .map(([glob, entry]) => ({ glob, entry, matches: globOf(glob) }))
}

/** Whether a repository may change what an entry says: denied ones never, and with a list of allowed ones only those. */
export function isAllowed(repo: string, { allowed_repos: allowed = [], denied_repos: denied = [] }: Partial<Entry>) {
  const [org = ''] = repo.split('/')
  const isIn = (list: readonly string[]) => list.includes(repo) || list.includes(org)
  return !isIn(denied) && (allowed.length === 0 || isIn(allowed))
}

/** The key of a file. */
export function keyOf(
  path: string,
  { key, use_full_path_as_key }: Pick<Entry, 'key' | 'use_full_path_as_key'>,
): string {
  if (key) return key
  return use_full_path_as_key ? path.replaceAll('/', '-') : path.slice(path.lastIndexOf('/') + 1)
}

/** The ConfigMap that a key lies in: with partitions, the first byte of its SHA-256 decides. */
export function nameOf(
  key: string,
  { name, partitioned_names: parts = [] }: Pick<Entry, 'name' | 'partitioned_names'>,
) {
  const [byte = 0] = createHash('sha256').update(key).digest()
  return parts[byte % parts.length] ?? name ?? ''
}
