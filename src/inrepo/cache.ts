// Keeps the files of repositories by commits: shared while they are fetched, forgotten when that failed, the oldest first.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { RepoRef } from '../api/code-host.ts'

/** Values by key. */
export interface Cache<T> {
  /** The value of a key. Whoever asks while it is made shares it; what failed is made again for the next one. */
  get(key: string, of: RepoRef, make: () => Promise<T>): Promise<T>
  /** A value has grown; others may have to make room. */
  weigh(key: string, value: T): void
}

export interface CacheOptions<T> {
  readonly mostEntries: number
  readonly mostBytes: number
  sizeOf(value: T): number
  readonly metrics: InRepoMetrics
}

interface Entry<T> {
  readonly value: Promise<T>
  readonly of: RepoRef
  bytes: number
}

/** An empty cache. */
export function cache<T>({ mostEntries, mostBytes, sizeOf, metrics }: CacheOptions<T>): Cache<T> {
  // In the order of their last use.
  const entries = new Map<string, Entry<T>>()
  const labels = ({ org, repo }: RepoRef) => ({ org, repo })
  const count = (of: RepoRef, change: 1 | -1) => metrics.size.inc(labels(of), change)
  let bytes = 0

  const drop = (key: string, entry: Entry<T>) => {
    if (entries.get(key) !== entry) return
    entries.delete(key)
    bytes -= entry.bytes
    count(entry.of, -1)
  }
  const trim = () => {
    for (const [key, entry] of entries) {
      if (entries.size <= mostEntries && bytes <= mostBytes) return
      drop(key, entry)
      metrics.forced.inc(labels(entry.of))
    }
  }
  const weigh = (entry: Entry<T> | undefined, key: string, value: T) => {
    if (entry === undefined || entries.get(key) !== entry) return
    const size = sizeOf(value)
    bytes += size - entry.bytes
    entry.bytes = size
    trim()
  }
  return {
    weigh: (key, value) => weigh(entries.get(key), key, value),
    get(key, of, make) {
      metrics.lookups.inc(labels(of))
      const known = entries.get(key)
      if (known !== undefined) {
        metrics.hits.inc(labels(of))
        entries.delete(key)
        entries.set(key, known)
        return known.value
      }
      metrics.misses.inc(labels(of))
      const entry: Entry<T> = { value: make(), of, bytes: 0 }
      entries.set(key, entry)
      count(of, 1)
      entry.value.then(
        (value) => weigh(entry, key, value),
        () => {
          drop(key, entry)
          metrics.manual.inc(labels(of))
        },
      )
      trim()
      return entry.value
    },
  }
}

export type InRepoMetrics = ReturnType<typeof create>
const known = new WeakMap<Registry, InRepoMetrics>()

/** The metrics of a registry, under the names that dashboards know; made at the first call. */
export function inRepoMetrics(registry: Registry): InRepoMetrics {
  const metrics = known.get(registry) ?? create(registry)
  known.set(registry, metrics)
  return metrics
}

function create(registry: Registry) {
  const common = { labelNames: ['org', 'repo'] as const, registers: [registry] }
  const counter = (name: string, help: string) => new Counter({ name: `inRepoConfigCache_${name}`, help, ...common })
  const histogram = (name: string, help: string, buckets: number[]) => new Histogram({ name, help, buckets, ...common })
  return {
    lookups: counter('lookups', 'How often jobs of repositories were asked for.'),
    hits: counter('hits', 'Lookups whose files were there, or being fetched.'),
    misses: counter('misses', 'Lookups whose files had to be fetched.'),
    forced: counter('evictions_forced', 'Entries that made room for others.'),
    manual: counter('evictions_manual', 'Entries that were dropped because fetching failed.'),
    size: new Gauge({ name: 'inRepoConfigCache_cache_usage_size', help: 'Entries in the cache.', ...common }),
    duration: histogram(
      'inRepoConfigCache_GetProwYAML_duration',
      'Seconds until the files were there, the cache included.',
      [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 180, 300, 600],
    ),
    acquisition: histogram(
      'inrepoconfig_git_client_acquisition_duration',
      'Seconds until the commits were there.',
      [0.5, 1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200],
    ),
    git: histogram(
      'inrepoconfig_git_other_duration',
      'Seconds that git took to merge, and to read the files.',
      [0.1, 0.5, 1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600],
    ),
  }
}
