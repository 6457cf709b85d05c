// sinker: deletes finished ProwJobs and old Pods, one round per resync_period.
import type { Logger } from 'pino'
import { type KubeObject, type Pod, pods, type Resource } from '../api/kubernetes.ts'
import { createdByProw, podReporterFinalizer } from '../api/labels.ts'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Component, Ctx } from '../component.ts'
import type { Config, ConfigAgent } from '../config/types.ts'
import { type Clusters, type Kube, KubeError, type Selection } from '../kube/client.ts'
import { connections } from '../kube/clusters.ts'
import { runAsLeader } from '../kube/leader.ts'
import { every } from '../system/clock.ts'
import { chooseJobs, choosePod, hasLeftoverFinalizer, jobNameOf, mayBeOrphan } from './choose.ts'
import { configMapSizes } from './config-size.ts'
import { count, emptyTally, sinkerMetrics, type Tally } from './metrics.ts'

/** What sinker needs beside the context. */
export interface SinkerNeeds {
  readonly clusters: Clusters
  readonly config: ConfigAgent
  /** One round, then the end. */
  readonly runOnce?: boolean
  /** Where the job configuration is mounted, to measure it. */
  readonly jobConfigPath?: string
  /** Given when several processes may run sinker: who this one is, `<hostname>_<uuid>`. */
  readonly identity?: string
}

const leaseName = 'prow-sinker-leaderlock'
const measureEveryMs = 5 * 60_000
const pageSize = 500

export const sinker: Component<SinkerNeeds> = {
  name: 'sinker',
  async run(ctx) {
    const { clusters, config, clock, identity, signal } = ctx
    const { prowjob_namespace: namespace } = config.current().config
    ctx.ready()
    const lead = async (end: AbortSignal) => {
      const over = new AbortController()
      const measuring = measureConfig(ctx, AbortSignal.any([end, over.signal]))
      const period = () => config.current().config.sinker.resync_period
      for await (const _start of every(clock, period, end)) {
        await round(ctx, end)
        if (ctx.runOnce) break
      }
      over.abort()
      await measuring
    }
    if (identity === undefined) return lead(signal)
    await runAsLeader({ ...ctx, kube: clusters.infrastructure, namespace, name: leaseName, identity, lead })
  },
}

async function round(ctx: Ctx & SinkerNeeds, signal: AbortSignal): Promise<void> {
  const { clusters, clock, log } = ctx
  const start = clock.now()
  const config = ctx.config.current().config
  const tally = emptyTally()
  let jobs: readonly ProwJob[]
  try {
    jobs = await all(clusters.infrastructure, prowJobs, { namespace: config.prowjob_namespace }, slim)
  } catch (err) {
    if (!signal.aborted) log.error({ err }, 'cannot list ProwJobs; the round ends here')
    return
  }
  tally.jobs = jobs.length
  await removeJobs(jobs, config, tally, ctx, signal)

  const byName = new Map(jobs.map((job) => [job.metadata.name ?? '', job]))
  const cleaned = [...connections(clusters)]
    // Somebody asked to leave it alone; by which of its names does not matter.
    .filter(([, aliases]) => !aliases.some((alias) => config.sinker.exclude_clusters.includes(alias)))
    .map(([kube, aliases]) =>
      cleanCluster(kube, byName, config, tally, ctx, signal).catch((err: unknown) => {
        if (!signal.aborted) log.error({ err, cluster: aliases.join(', ') }, 'cannot clean a cluster')
      }),
    )
  await Promise.all(cleaned)
  const tookMs = clock.now() - start
  sinkerMetrics(ctx.metrics).report(tally, tookMs)
  log.info({ tookMs, jobs: tally.jobs, pods: tally.pods }, 'cleaned up')
}

async function removeJobs(
  jobs: readonly ProwJob[],
  config: Config,
  tally: Tally,
  { clusters, clock, log }: Ctx & SinkerNeeds,
  signal: AbortSignal,
): Promise<void> {
  const periodics = new Set(config.periodics.map(({ name }) => name))
  for (const { job, reason } of chooseJobs(jobs, config.sinker, periodics, clock.now())) {
    if (signal.aborted) return
    const { name = '', namespace = '' } = job.metadata
    await attempt(tally.jobErrors, log, 'cannot delete a ProwJob', { job: name }, async () => {
      await clusters.infrastructure.delete(prowJobs, { namespace, name })
      count(tally.jobsRemoved, reason)
      log.info({ job: name, name: job.spec.job, reason }, 'deleted a ProwJob')
    })
  }
}

async function cleanCluster(
  kube: Kube,
  jobs: ReadonlyMap<string, ProwJob>,
  config: Config,
  tally: Tally,
  { clusters, clock, log }: Ctx & SinkerNeeds,
  signal: AbortSignal,
): Promise<void> {
  const found = await all(kube, pods, { namespace: config.pod_namespace, labelSelector: `${createdByProw}=true` })
  tally.pods += found.length
  for (const pod of found) {
    if (signal.aborted) return
    const { name = '', namespace = '' } = pod.metadata ?? {}
    const jobName = jobNameOf(pod)
    const listed = jobs.get(jobName)
    await attempt(tally.podErrors, log, 'cannot clean a pod', { pod: name, cluster: kube.cluster }, async () => {
      // Made after the list was taken, perhaps.
      const at = { namespace: config.prowjob_namespace, name: jobName }
      const job = listed ?? (await clusters.infrastructure.get(prowJobs, at))
      if (hasLeftoverFinalizer(pod, job)) await removeFinalizer(kube, pod, log)
      const orphan = !job && mayBeOrphan(pod, clock.now())
      const reason = orphan ? 'orphaned' : choosePod(pod, job, config.sinker, clock.now())
      if (!reason) return
      const deleted = await kube.delete(pods, { namespace, name })
      if (!deleted) {
        count(tally.podErrors, 'NotFound')
        log.info({ pod: name, cluster: kube.cluster }, 'pod was gone already')
        return
      }
      count(tally.podsRemoved, reason)
      log.info({ pod: name, cluster: kube.cluster, reason }, 'deleted a pod')
    })
  }
}

async function removeFinalizer(kube: Kube, { metadata }: Pod, log: Logger): Promise<void> {
  const rest = (metadata?.finalizers ?? []).filter((one) => one !== podReporterFinalizer)
  const at = { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' }
  try {
    await kube.patch(pods, at, { merge: { metadata: { finalizers: rest.length > 0 ? rest : null } } })
  } catch (err) {
    log.warn({ err, pod: at.name, cluster: kube.cluster }, 'cannot take a finalizer away')
  }
}

/** Does one thing; a failure is counted and logged, and the others go on. */
async function attempt(
  errors: Map<string, number>,
  log: Logger,
  failed: string,
  fields: object,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act()
  } catch (err) {
    count(errors, err instanceof KubeError ? err.reason : '')
    log.error({ err, ...fields }, failed)
  }
}

async function all<T extends KubeObject>(
  kube: Kube,
  resource: Resource<T>,
  selection: Selection,
  keep: (item: T) => T = (item) => item,
): Promise<readonly T[]> {
  const items: T[] = []
  for (let from: string | undefined = ''; from !== undefined; ) {
    const page: Awaited<ReturnType<typeof kube.list<T>>> = await kube.list(resource, {
      ...selection,
      limit: pageSize,
      ...(from ? { continue: from } : {}),
    })
    for (const item of page.items) items.push(keep(item))
    from = page.continue
  }
  return items
}

// A round looks at every job there is; of each it needs only this.
function slim({ apiVersion, kind, metadata, spec, status }: ProwJob): ProwJob {
  const { name = '', namespace = '', creationTimestamp } = metadata
  const kept = { name, namespace, ...(creationTimestamp !== undefined && { creationTimestamp }) }
  return { apiVersion, kind, metadata: kept, spec: { type: spec.type, job: spec.job }, status }
}

async function measureConfig(
  { jobConfigPath, clock, log, metrics }: Ctx & SinkerNeeds,
  signal: AbortSignal,
): Promise<void> {
  if (!jobConfigPath) return
  const { configMapSize } = sinkerMetrics(metrics)
  for await (const _start of every(clock, () => measureEveryMs, signal)) {
    try {
      for (const [name, bytes] of await configMapSizes(jobConfigPath)) configMapSize.set({ name }, bytes)
    } catch (err) {
      log.warn({ err, path: jobConfigPath }, 'cannot measure the job configuration')
    }
  }
}
