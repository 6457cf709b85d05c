// Dry run: a cluster that is read as it is, and checks writes without keeping them.
import type { Logger } from 'pino'
import type { Clusters, Kube } from './client.ts'

/** The same cluster, in which nothing changes: the server checks what would be written, and the log says so. */
function dryRun(kube: Kube, log: Logger): Kube {
  const would = (verb: string, resource: { plural: string }, name: string | undefined) =>
    log.info({ cluster: kube.cluster, resource: resource.plural, name }, `dry run: would ${verb}`)
  return {
    ...kube,
    create(resource, object) {
      would('create', resource, object.metadata?.name ?? object.metadata?.generateName)
      return kube.create(resource, object, { dryRun: true })
    },
    async replace(resource, object) {
      would('replace', resource, object.metadata?.name)
      return object
    },
    patch(resource, at, patch, options) {
      would('patch', resource, at.name)
      return kube.patch(resource, at, patch, { ...options, dryRun: true })
    },
    delete(resource, at, options) {
      would('delete', resource, at.name)
      return kube.delete(resource, at, { ...options, dryRun: true })
    },
  }
}

/** All clusters, each in dry run. Two names of one cluster still lead to one client. */
export function dryRunClusters(clusters: Clusters, log: Logger): Clusters {
  const wrapped = new Map<Kube, Kube>()
  const wrap = (kube: Kube) => {
    const one = wrapped.get(kube) ?? dryRun(kube, log)
    wrapped.set(kube, one)
    return one
  }
  return {
    infrastructure: wrap(clusters.infrastructure),
    build(alias) {
      const kube = clusters.build(alias)
      return kube && wrap(kube)
    },
    aliases: () => clusters.aliases(),
    unusable: () => clusters.unusable(),
  }
}
