// The cluster status file: which build clusters can be used, for programs that check configurations.
import type { Logger } from 'pino'
import type { KubeObject, Resource } from '../api/kubernetes.ts'
import type { Config } from '../config/types.ts'
import { type Clusters, type Kube, KubeError } from '../kube/client.ts'
import type { Storage } from '../storage/storage.ts'
import { type Clock, every } from '../system/clock.ts'

type Status = 'Reachable' | 'No-Manager' | 'MissingPermissions' | 'Error'

/** Kubernetes' question "may I?". */
export interface AccessReview extends KubeObject {
  spec: { resourceAttributes: { namespace: string; verb: string; group: string; resource: string; version: string } }
  status?: { allowed: boolean }
}
const accessReviews: Resource<AccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
}

const verbs: readonly string[] = ['create', 'delete', 'list', 'watch', 'get', 'patch']

const periodMs = 60_000

/** Writes the file each minute while the configuration names one, until the signal aborts. A failure is logged. */
export async function keepClusterStatus(
  {
    clusters,
    config,
    storage,
    clock,
    log,
  }: { clusters: Clusters; config: () => Config; storage: Storage; clock: Clock; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  for await (const _ of every(clock, () => periodMs, signal)) {
    const { plank, pod_namespace } = config()
    const url = plank.build_cluster_status_file
    if (!url) continue
    try {
      const content = JSON.stringify(await clusterStatus(clusters, pod_namespace, log))
      if (signal.aborted) return
      await storage.write(url, content, { contentType: 'application/json', cacheControl: 'no-cache' })
    } catch (err) {
      log.error({ err, url }, 'cannot write the cluster status file')
    }
  }
}

/** Alias → what can be said of that cluster, sorted by alias; the empty alias is the cluster of the ProwJobs. */
async function clusterStatus(
  clusters: Clusters,
  namespace: string,
  log: Logger,
): Promise<Readonly<Record<string, Status>>> {
  // Two aliases of one cluster are one question.
  const asked = new Map<Kube, Promise<Status>>()
  const statusOf = (kube: Kube | undefined): Promise<Status> => {
    if (!kube) return Promise.resolve('No-Manager')
    const known = asked.get(kube) ?? mayWork(kube, namespace, log)
    asked.set(kube, known)
    return known
  }
  const found: (readonly [string, Promise<Status>])[] = [
    ['', statusOf(clusters.infrastructure)],
    ...clusters.aliases().map((alias) => [alias, statusOf(clusters.build(alias))] as const),
    ...clusters.unusable().map((alias) => [alias, statusOf(undefined)] as const),
  ]
  const entries = await Promise.all(found.map(async ([alias, status]) => [alias, await status] as const))
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function mayWork(kube: Kube, namespace: string, log: Logger): Promise<Status> {
  const answers = await Promise.all(verbs.map((verb) => may(kube, verb, namespace, log)))
  if (answers.includes('no')) return 'MissingPermissions'
  return answers.includes('unknown') ? 'Error' : 'Reachable'
}

async function may(kube: Kube, verb: string, namespace: string, log: Logger): Promise<'yes' | 'no' | 'unknown'> {
  try {
    const { status } = await kube.create(accessReviews, {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace, verb, group: '', version: 'v1', resource: 'pods' } },
    })
    return status?.allowed ? 'yes' : 'no'
  } catch (err) {
    // A server without this API, such as the embedded one, forbids nothing to those it lets in.
    if (err instanceof KubeError && err.code === 404) return 'yes'
    log.warn({ err, cluster: kube.cluster, verb }, 'cannot ask a build cluster what is allowed there')
    return 'unknown'
  }
}
