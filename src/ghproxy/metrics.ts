// Metrics of ghproxy, by upstream's names; those of the requests themselves are the GitHub client's.
import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { githubMetrics } from '../github/metrics.ts'

/** @param cacheDir Whose disk is measured at each scrape; without it nothing is. */
export function ghproxyMetrics(registry: Registry, cacheDir: string | undefined) {
  const registers = [registry]
  const ofRequest = ['path', 'user_agent', 'token_hash'] as const
  const partitions = (name: string) =>
    new Counter({ name, help: 'Credentials that the cache has seen.', labelNames: ['token_hash'] as const, registers })
  if (cacheDir !== undefined) measureDisk(registry, cacheDir)
  return {
    github: githubMetrics(registry),
    responses: new Counter({
      name: 'ghcache_responses',
      help: 'Answers by how the cache took part in them.',
      labelNames: ['mode', ...ofRequest] as const,
      registers,
    }),
    age: new Histogram({
      name: 'ghcache_cache_entry_age_seconds',
      help: 'Age of answers that were taken from the cache.',
      labelNames: ofRequest,
      buckets: [5, 900, 1800, 3600, 7200, 14400],
      registers,
    }),
    // The second name is misspelt as upstream's is.
    partitions: [partitions('ghcache_cache_partitions'), partitions('ghcache_cache_parititions')],
    underWay: new Gauge({
      name: 'concurrent_outbound_requests',
      help: 'Requests to GitHub that are under way.',
      registers,
    }),
    pending: new Gauge({ name: 'pending_outbound_requests', help: 'Requests that wait for their turn.', registers }),
  }
}

export type GhproxyMetrics = ReturnType<typeof ghproxyMetrics>

const gigabyte = 1e9

function measureDisk(registry: Registry, folder: string): void {
  const gauge = (what: string, unit: string, read: (disk: StatsFs) => number) =>
    new Gauge({
      name: `ghcache_disk_${what}`,
      help: `The disk of the cache: ${what.replace('_', 's ')}${unit}.`,
      registers: [registry],
      async collect() {
        const disk = await statfs(folder).catch(() => undefined)
        if (disk) this.set(read(disk))
      },
    })
  gauge('free', ', GB', ({ bavail, bsize }) => (bavail * bsize) / gigabyte)
  gauge('used', ', GB', ({ blocks, bfree, bsize }) => ((blocks - bfree) * bsize) / gigabyte)
  gauge('total', ', GB', ({ blocks, bsize }) => (blocks * bsize) / gigabyte)
  gauge('inode_free', '', ({ ffree }) => ffree)
  gauge('inode_used', '', ({ files, ffree }) => files - ffree)
  gauge('inode_total', '', ({ files }) => files)
}
