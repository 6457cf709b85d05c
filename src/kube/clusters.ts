// The clusters of an installation by their aliases.
import type { Clusters, Kube } from './client.ts'

/**
 * @param infrastructure Where ProwJobs live.
 * @param builds Alias → build cluster. `default` is the infrastructure cluster unless it is given.
 * @param unusable Aliases that are configured but lead nowhere.
 */
export function clustersOf(
  infrastructure: Kube,
  builds: Readonly<Record<string, Kube>> = {},
  unusable: readonly string[] = [],
): Clusters {
  const byAlias = new Map<string, Kube>(Object.entries({ default: infrastructure, ...builds }))
  return {
    infrastructure,
    build: (alias) => byAlias.get(alias || 'default'),
    aliases: () => [...byAlias.keys()].sort(),
    unusable: () => [...unusable].sort(),
  }
}

/** Each connection once, with all aliases that lead to it: two names for one cluster are not two clusters. */
export function connections(clusters: Clusters): ReadonlyMap<Kube, readonly string[]> {
  const byKube = new Map<Kube, string[]>()
  for (const alias of clusters.aliases()) {
    const kube = clusters.build(alias)
    if (kube) byKube.set(kube, [...(byKube.get(kube) ?? []), alias])
  }
  return byKube
}
