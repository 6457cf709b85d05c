// Metrics of git, by upstream's names. There are no sparse checkouts here, so that one is not counted.
import { Histogram, type Registry } from 'prom-client'

export type GitMetrics = ReturnType<typeof create>
const known = new WeakMap<Registry, GitMetrics>()

/** The metrics of a registry; made at the first call. */
export function gitMetrics(registry: Registry): GitMetrics {
  const metrics = known.get(registry) ?? create(registry)
  known.set(registry, metrics)
  return metrics
}

const upToMinutes = [0.5, 1, 2, 5, 10, 20, 30, 45, 60, 90]
const upToTwentyMinutes = [...upToMinutes, 120, 180, 300, 450, 600, 750, 900, 1050, 1200]

function create(registry: Registry) {
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, labelNames: ['org', 'repo'] as const, registers: [registry] })
  return {
    primary: histogram(
      'git_ensure_fresh_primary_duration',
      'Seconds until the commits that were asked for were in the mirror, whether they had to be fetched or not.',
      upToTwentyMinutes,
    ),
    fetch: histogram('git_fetch_by_sha_duration', 'Seconds that a fetch of objects by SHA took.', upToTwentyMinutes),
    secondary: histogram('git_secondary_clone_duration', 'Seconds that making a working copy took.', upToMinutes),
  }
}
