// plank: brings the Pod of one ProwJob in line with it. Safe to stop anywhere and to run again.
import { type Pod, pods } from '../api/kubernetes.ts'
import {
  buildId as buildIdLabel,
  lostPodUid,
  plankVersion,
  podReporterFinalizer,
  podUid,
  prowJobId,
} from '../api/labels.ts'
import { clusterOf, isComplete, type ProwJob } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import { KubeError } from '../kube/client.ts'
import type { Next } from '../kube/queue.ts'
import { createOutcome } from './create-error.ts'
import { superseded } from './duplicates.ts'
import { limitsOf, nextStep, type Step } from './next-step.ts'
import { belongsToAnother, buildIdOf } from './pod-facts.ts'
import { notWaiting, type Obstacle, triggeredText } from './waiting.ts'
import { tellWaiting, waitForPod } from './why.ts'
import { type Build, Moved, type Plank, patchJob } from './world.ts'

// A job that cannot start is tried again after as long as it has waited already, within these bounds. Milliseconds.
const retry = { least: 1_000, most: 30_000 }
// While a cluster is known to be away, its jobs are woken by its return; this is only for the case that nobody tells.
const awayRetryMs = 10 * 60_000
// Only a failure that lasts this long is worth a word to people.
const momentMs = 5_000

/** One step for the job `namespace/name`. */
export async function reconcile(key: string, plank: Plank, signal: AbortSignal): Promise<Next> {
  const [namespace = '', name = ''] = key.split('/')
  const job = plank.jobs.get(namespace, name)
  if (job?.spec.agent !== 'kubernetes' || job.status.state === 'scheduling') return undefined
  try {
    if (!isComplete(job)) await abortSuperseded(job, plank)
    // It may be one of those.
    const now = plank.jobs.get(namespace, name)
    return now && (await takeStep(now, plank, signal))
  } catch (error) {
    if (error instanceof Moved) return { after: 0 }
    throw error
  }
}

async function takeStep(job: ProwJob, plank: Plank, signal: AbortSignal): Promise<Next> {
  const config = plank.config()
  const build = plank.build(clusterOf(job))
  if (!build) return unknownCluster(job, plank)
  const trouble = build.pods.trouble()
  if (!build.synced()) {
    if (isComplete(job)) return undefined
    // What the cluster has is not known, so nothing may be decided. plank looks again when the cluster answers.
    return trouble
      ? blocked(job, { by: 'unreachable', ...problem(job, trouble.error, trouble.since) }, plank)
      : undefined
  }
  const at = { namespace: config.pod_namespace, name: job.metadata.name ?? '' }
  let pod = build.pods.get(at.namespace, at.name)
  if (!pod && job.status.state === 'pending' && !isComplete(job) && !trouble) {
    // A second run is dear: make sure that the Pod is really gone.
    pod = await build.kube.get(pods, at)
    if (pod) build.pods.observe(pod)
  }

  const step = nextStep(job, pod, limitsOf(job, config.plank), plank.clock.now())
  if (trouble && asksCluster(step)) {
    // Not even tried, so that jobs of a dead cluster do not sit out one time-out after the other.
    return away(job, trouble, plank)
  }
  switch (step.do) {
    case 'nothing':
      return pod && job.status.state === 'pending' && !isComplete(job)
        ? waitForPod(job, pod, build, step.lookAgainIn, plank)
        : again(step.lookAgainIn)
    case 'start':
      return start(job, build, step.lost, plank, signal)
    case 'adopt':
      await begin(job, step.pod, buildIdOf(step.pod), plank)
      return undefined
    case 'revive':
      await revive(job, step, build, plank)
      return undefined
    case 'finish':
      if (step.deletePod) await build.kube.delete(pods, at)
      await finish(job, step.state, step.description, plank)
      return undefined
    case 'abort':
      await build.kube.delete(pods, at)
      await patchJob(job, { metadata: { annotations: notWaiting }, status: { completionTime: now(plank) } }, plank)
      return undefined
    case 'clean':
      await build.kube.delete(pods, at)
      plank.log.info({ job: at.name }, 'deleted a pod that ran on after its job had ended')
      return undefined
  }
}

const asksCluster = (step: Step) =>
  ['start', 'revive', 'abort', 'clean'].includes(step.do) || (step.do === 'finish' && step.deletePod)

async function abortSuperseded(job: ProwJob, plank: Plank): Promise<void> {
  for (const old of superseded(plank.jobs.by('job', job.spec.job))) {
    const status = { state: 'aborted', prev_report_states: { 'github-reporter': 'aborted' } }
    try {
      await patchJob(old, { status }, plank)
    } catch (error) {
      // It moved on by itself; whether it still has to go is for its own next look.
      if (!(error instanceof Moved)) throw error
      continue
    }
    plank.log.info({ job: old.metadata.name, name: old.spec.job }, 'aborted a run that a newer one supersedes')
  }
}

async function start(job: ProwJob, build: Build, lost: boolean, plank: Plank, signal: AbortSignal): Promise<Next> {
  if (job.status.state === 'triggered') {
    const hold = plank.slots.ask(job)
    if (hold) return tellWaiting(job, { by: 'slot', hold }, plank)
  }
  try {
    return await makePod(job, build, lost, plank, signal)
  } finally {
    plank.slots.release(job)
  }
}

async function makePod(job: ProwJob, build: Build, lost: boolean, plank: Plank, signal: AbortSignal): Promise<Next> {
  const config = plank.config()
  let buildId: string
  try {
    buildId = await plank.buildIds.next(job.spec.job, signal)
  } catch (error) {
    return blocked(job, { by: 'build-id', error: messageOf(error), since: plank.slots.stuck(job) }, plank)
  }
  let wanted: Pod
  try {
    wanted = plank.podFor(job, buildId, config)
  } catch (error) {
    // Building is pure: what cannot be built now never can.
    await finish(job, 'error', `Pod can not be created: ${messageOf(error)}`, plank, buildId)
    return undefined
  }
  const { namespace, name } = { namespace: config.pod_namespace, name: job.metadata.name ?? '' }
  const labels = { ...wanted.metadata?.labels, [plankVersion]: plank.version }
  let made: Pod
  try {
    made = await build.kube.create(pods, { ...wanted, metadata: { ...wanted.metadata, namespace, name, labels } })
  } catch (error) {
    const outcome = createOutcome(error)
    const refused = `Pod can not be created: create pod ${namespace}/${name} in cluster ${clusterOf(job)}: ${messageOf(error)}`
    if (outcome === 'never') {
      await finish(job, 'error', refused, plank, buildId)
      return undefined
    }
    if (outcome === 'exists') {
      const there = await build.kube.get(pods, { namespace, name })
      if (!there) return { after: 0 }
      if (there.metadata?.labels?.[prowJobId] === undefined || belongsToAnother(there, name)) {
        await finish(job, 'error', refused, plank, buildId)
        return undefined
      }
      await begin(job, there, buildIdOf(there), plank)
      return undefined
    }
    const by = outcome === 'quota' ? 'quota' : error instanceof KubeError ? 'refuses' : 'unreachable'
    return blocked(job, { by, ...problem(job, error, plank.slots.stuck(job)) }, plank)
  }
  build.pods.observe(made)
  await begin(job, made, buildId, plank, lost)
  plank.log.info({ job: name, name: job.spec.job, build: buildId, cluster: clusterOf(job) }, 'made a pod')
  return undefined
}

/** Writes down that the job has this Pod. */
async function begin(job: ProwJob, pod: Pod, buildId: string, plank: Plank, lost = false): Promise<void> {
  const id = job.metadata.name ?? ''
  const first = job.status.state === 'triggered'
  const labels = buildId ? { [prowJobId]: id, [buildIdLabel]: buildId } : {}
  if (!buildId) plank.log.warn({ job: id }, 'adopted a pod that has no build id')
  const status = {
    build_id: buildId,
    pod_name: pod.metadata?.name ?? id,
    ...(first
      ? { state: 'pending' as const, pendingTime: now(plank), description: triggeredText }
      : // The pod reporter has handled this state, for the Pod before; it has to look at this one as well.
        { prev_report_states: { gcsk8sreporter: null } }),
    ...(lost ? { pod_revival_count: (job.status.pod_revival_count ?? 0) + 1 } : {}),
  }
  const url = urlOf(job, { ...status, prev_report_states: job.status.prev_report_states ?? {} }, labels, plank)
  const annotations = { ...notWaiting, [podUid]: pod.metadata?.uid ?? '' }
  await patchJob(job, { metadata: { labels, annotations }, status: { ...status, url } }, plank)
  plank.slots.unstuck(job)
  if (first) logChange(job, 'pending', plank)
}

async function revive(job: ProwJob, step: Extract<Step, { do: 'revive' }>, build: Build, plank: Plank): Promise<void> {
  const { uid = '', finalizers = [], deletionTimestamp } = step.pod.metadata ?? {}
  const at = { namespace: step.pod.metadata?.namespace ?? '', name: step.pod.metadata?.name ?? '' }
  if (!step.counted) {
    // Before the Pod goes, so that no stop is forgotten; with the Pod's uid, so that none counts twice.
    const pod_revival_count = (job.status.pod_revival_count ?? 0) + 1
    const annotations = { [podUid]: uid, [lostPodUid]: uid }
    await patchJob(job, { metadata: { annotations }, status: { pod_revival_count } }, plank)
    plank.log.info({ job: job.metadata.name, revival: pod_revival_count }, 'pod stopped unexpectedly; making a new one')
  }
  if (finalizers.includes(podReporterFinalizer)) {
    const rest = finalizers.filter((one) => one !== podReporterFinalizer)
    const merge = { metadata: { finalizers: rest.length > 0 ? rest : null } }
    build.pods.observe(await build.kube.patch(pods, at, { merge }))
  }
  if (!deletionTimestamp) await build.kube.delete(pods, at, uid ? { uid } : {})
}

async function finish(
  job: ProwJob,
  state: ProwJob['status']['state'],
  description: string,
  plank: Plank,
  buildId?: string,
): Promise<void> {
  const status = {
    state,
    description,
    completionTime: now(plank),
    ...(buildId === undefined ? {} : { build_id: buildId }),
  }
  // A job that never had a Pod has nothing to look at.
  const url = job.status.state === 'triggered' ? {} : { url: urlOf(job, status, {}, plank) }
  await patchJob(job, { metadata: { annotations: notWaiting }, status: { ...status, ...url } }, plank)
  plank.slots.unstuck(job)
  logChange(job, state, plank)
  // Somebody has to act: said where people who look with kubectl find it, beside the description.
  if (state === 'error') await plank.record(job, 'Warning', 'JobError', description)
}

// The alias is not in the kubeconfig: no retry can mend that.
async function unknownCluster(job: ProwJob, plank: Plank): Promise<Next> {
  if (isComplete(job)) return undefined
  const cluster = clusterOf(job)
  const why =
    job.status.state === 'aborted'
      ? `no build client available for cluster ${cluster}`
      : `no build client found for cluster "${cluster}"`
  await finish(job, 'error', `Terminal error: nonretryable error: ${why}.`, plank)
  return undefined
}

async function blocked(job: ProwJob, what: Exclude<Obstacle, { by: 'slot' }>, plank: Plank): Promise<Next> {
  if (isComplete(job)) return { after: retry.most }
  if (job.status.state === 'triggered') plank.slots.stuck(job)
  const waited = plank.clock.now() - what.since
  plank.log.debug({ job: job.metadata.name, obstacle: what }, 'cannot go on with a job')
  if (waited >= momentMs || what.by === 'quota') await tellWaiting(job, what, plank)
  return { after: Math.min(Math.max(waited, retry.least), retry.most) }
}

async function away(job: ProwJob, trouble: { error: unknown; since: number }, plank: Plank): Promise<Next> {
  const next = await blocked(job, { by: 'unreachable', ...problem(job, trouble.error, trouble.since) }, plank)
  const told = plank.clock.now() - trouble.since >= momentMs
  return told ? { after: awayRetryMs } : next
}

const problem = (job: ProwJob, error: unknown, since: number) => ({
  cluster: clusterOf(job),
  error: messageOf(error),
  since,
})

function urlOf(job: ProwJob, status: Partial<ProwJob['status']>, labels: object, plank: Plank): string {
  const changed = {
    ...job,
    metadata: { ...job.metadata, labels: { ...job.metadata.labels, ...labels } },
    status: { ...job.status, ...status },
  }
  try {
    return plank.jobUrl(changed, plank.config())
  } catch (err) {
    plank.log.warn({ err, job: job.metadata.name }, 'cannot compute the URL of a job')
    return ''
  }
}

function logChange(job: ProwJob, to: string, { log }: Plank): void {
  log.info({ job: job.metadata.name, name: job.spec.job, from: job.status.state, to }, 'job changed its state')
}

const now = ({ clock }: Plank) => timestamp(clock.now())
const again = (ms: number | undefined): Next => (ms === undefined ? undefined : { after: ms })
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
