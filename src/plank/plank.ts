// plank: turns triggered ProwJobs into Pods, follows the Pods, and writes down how each job ended.
import { type Pod, pods } from '../api/kubernetes.ts'
import { createdByProw } from '../api/labels.ts'
import { clusterOf, isComplete, type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Component, Ctx } from '../component.ts'
import type { Config, ConfigAgent } from '../config/types.ts'
import type { Clusters } from '../kube/client.ts'
import { connections } from '../kube/clusters.ts'
import { type Informer, informer, withoutManagedFields } from '../kube/informer.ts'
import { runAsLeader } from '../kube/leader.ts'
import { type WorkQueue, workQueue } from '../kube/queue.ts'
import { recorder } from '../kube/recorder.ts'
import type { Storage } from '../storage/storage.ts'
import type { BuildIds } from './build-ids.ts'
import { keepClusterStatus } from './cluster-status.ts'
import { measureJobs } from './metrics.ts'
import { reconcile } from './reconcile.ts'
import { isActive, slotKeeper } from './slots.ts'
import type { Build, Plank } from './world.ts'

/** What plank needs beside the context. */
export interface PlankNeeds {
  readonly clusters: Clusters
  readonly config: ConfigAgent
  readonly buildIds: BuildIds
  /** The decorated Pod of a job. Throws for a job that no Pod can be built for; such a job ends with an error. */
  readonly podFor: (job: ProwJob, buildId: string, config: Config) => Pod
  /** Where people see the job, after its build id and state are set. */
  readonly jobUrl: (job: ProwJob, config: Config) => string
  /** Version of the program, for the label of its Pods. */
  readonly version: string
  /** Only Pods that match this too are followed, e.g. `team=a`. */
  readonly labelSelector?: string
  /** For the cluster status file; without it none is written. */
  readonly storage?: Storage
  /** Given when several processes may run plank: who this one is, `<hostname>_<uuid>`. */
  readonly identity?: string
}

// Jobs worked on at once, per build cluster: one dead cluster takes no worker from the others.
const workers = 10
const leaseName = 'prow-controller-manager-leader-lock'

export const plank: Component<PlankNeeds> = {
  name: 'plank',
  async run(given) {
    // A leader that lost its lease ends without being told to; its caches have to end with it.
    const over = new AbortController()
    const ctx = { ...given, signal: AbortSignal.any([given.signal, over.signal]) }
    const { clusters, config: agent, clock, ids, log, metrics, signal } = ctx
    const config = () => agent.current().config
    const { prowjob_namespace: namespace, pod_namespace: podNamespace } = config()
    const jobs = jobCache(ctx, namespace)
    const builds = buildCaches(ctx, podNamespace)
    const slots = slotKeeper({
      jobs,
      limits: () => config().plank,
      wake: (key) => addKey(key),
      clock,
    })
    const world: Plank = {
      infrastructure: clusters.infrastructure,
      jobs,
      build: (alias) => builds.get(clusters.build(alias)),
      config,
      slots,
      buildIds: ctx.buildIds,
      podFor: ctx.podFor,
      jobUrl: ctx.jobUrl,
      version: ctx.version,
      record: recorder('plank', { kube: clusters.infrastructure, clock, ids, log }),
      told: new Map(),
      clock,
      log,
    }

    const newQueue = () =>
      workQueue({ name: 'plank', workers, reconcile: (key, end) => reconcile(key, world, end), clock, log, metrics })
    // Jobs of clusters that nobody knows have a queue as well: they are refused there.
    const unknown = newQueue()
    const queues = new Map<Build | undefined, WorkQueue>([...builds.values()].map((build) => [build, newQueue()]))
    const queueOf = (job: ProwJob) => queues.get(world.build(clusterOf(job))) ?? unknown
    const add = (job: ProwJob, low = false) =>
      queueOf(job).add(`${job.metadata.namespace}/${job.metadata.name}`, { low })
    function addKey(key: string, low = false): void {
      const [, name = ''] = key.split('/')
      const job = jobs.get(namespace, name)
      if (job) add(job, low)
    }
    const addAll = (wanted: (job: ProwJob) => boolean) => {
      for (const job of jobs.list()) if (isWork(job) && wanted(job)) add(job)
    }

    jobs.on((change) => {
      if (change.type === 'deleted') world.told.delete(change.before.metadata.uid ?? '')
      else if (isWork(change.now)) add(change.now, change.type === 'added' && change.initial)
    })
    // Retries may be minutes away by then.
    jobs.onRecovery(() => addAll(() => true))
    for (const build of builds.values()) {
      const ofCluster = (job: ProwJob) => world.build(clusterOf(job)) === build
      build.pods.on((change) => {
        const { metadata } = change.type === 'deleted' ? change.before : change.now
        addKey(`${namespace}/${metadata?.name}`, change.type === 'added' && change.initial)
      })
      // All that was put off while the cluster did not answer.
      build.pods.onRecovery(() => addAll(ofCluster))
      void build.pods.synced.then(() => addAll(ofCluster)).catch(() => {})
    }
    const unsubscribe = agent.subscribe(() => slots.recheck())

    try {
      await jobs.synced
      ctx.ready()
      const lead = async (end: AbortSignal) => {
        const stop = measureJobs(jobs, metrics)
        await Promise.all([
          ...[unknown, ...queues.values()].map((queue) => queue.run(end)),
          ctx.storage && keepClusterStatus({ ...ctx, config, storage: ctx.storage }, end),
        ])
        stop()
      }
      if (ctx.identity === undefined) await lead(signal)
      else {
        const { identity } = ctx
        await runAsLeader({ ...ctx, kube: clusters.infrastructure, namespace, name: leaseName, identity, lead })
      }
    } catch (error) {
      if (!given.signal.aborted) throw error
    } finally {
      over.abort()
      unsubscribe()
    }
  },
}

function jobCache(ctx: Ctx & PlankNeeds, namespace: string): Informer<ProwJob> {
  return informer({
    ...ctx,
    kube: ctx.clusters.infrastructure,
    resource: prowJobs,
    selection: { namespace },
    transform: slim,
    indexes: {
      active: (job) => (isActive(job) ? 'yes' : undefined),
      job: (job) => (isActive(job) ? job.spec.job : undefined),
    },
  })
}

function buildCaches(ctx: Ctx & PlankNeeds, namespace: string) {
  const builds = new Map<unknown, Build>()
  const labelSelector = [`${createdByProw}=true`, ctx.labelSelector].filter(Boolean).join(',')
  for (const kube of connections(ctx.clusters).keys()) {
    const cache = informer({ ...ctx, kube, resource: pods, selection: { namespace, labelSelector } })
    let synced = false
    void cache.synced
      .then(() => {
        synced = true
      })
      .catch(() => {})
    builds.set(kube, { kube, pods: cache, synced: () => synced })
  }
  return builds
}

// Jobs that plank may have something to do for: those under way, and those whose Pod may have to be cleaned up.
const isWork = (job: ProwJob): boolean =>
  job.spec.agent === 'kubernetes' &&
  job.status.state !== 'scheduling' &&
  (!isComplete(job) || job.status.state === 'error')

// Most ProwJobs of a cluster have ended; of those only the little that metrics read is kept.
function slim(job: ProwJob): ProwJob {
  const kept = withoutManagedFields(job)
  if (!isComplete(job)) return kept
  const { pod_spec: _pod, decoration_config: _decoration, ...spec } = kept.spec
  return { ...kept, spec }
}
