// Dry run: a client whose writes are checked by the server and not kept.
import type { Clusters, Kube } from './client.ts'

/** The same cluster, where every write is a server-side dry run. */
export const dryRunKube = (kube: Kube): Kube => ({
  ...kube,
  create: (resource, object) => kube.create(resource, object, { dryRun: true }),
  // A full update has no dry run in our client; nobody but conflict-sensitive callers uses it, and they get back what they sent.
  replace: async (_resource, object) => object,
  patch: (resource, at, patch, options) => kube.patch(resource, at, patch, { ...options, dryRun: true }),
  delete: (resource, at, options) => kube.delete(resource, at, { ...options, dryRun: true }),
})

/** The same clusters, none of which is changed. One client stays one client, however many aliases it has. */
export function dryRunClusters(clusters: Clusters): Clusters {
  const known = new Map<Kube, Kube>()
  const dry = (kube: Kube): Kube => {
    const made = known.get(kube) ?? dryRunKube(kube)
    known.set(kube, made)
    return made
  }
  return {
    infrastructure: dry(clusters.infrastructure),
    build: (alias) => {
      const kube = clusters.build(alias)
      return kube && dry(kube)
    },
    aliases: () => clusters.aliases(),
  }
}
