// What plank does next with one ProwJob: the first rule that applies.
import type { Pod } from '../api/kubernetes.ts'
import { lostPodUid, podUid } from '../api/labels.ts'
import { isComplete, type JobState, type ProwJob } from '../api/prowjob.ts'
import { milliseconds } from '../api/time.ts'
import { parseDuration } from '../config/durations.ts'
import type { PlankConfig } from '../config/types.ts'
import { allFinished, belongsToAnother, buildIdOf, outOfMemory, unexpectedStop } from './pod-facts.ts'

/** Bounds of one job's Pod; times in milliseconds. */
export interface Limits {
  readonly pending: number
  readonly running: number
  readonly unscheduled: number
  readonly maxRevivals: number
}

export type Step =
  /** All is as it should be; `lookAgainIn` milliseconds a time limit passes. */
  | { readonly do: 'nothing'; readonly lookAgainIn?: number }
  /** Make a Pod. `lost`: the one before is gone and that has not been counted yet. */
  | { readonly do: 'start'; readonly lost: boolean }
  /** The Pod is there, but the job does not say so. */
  | { readonly do: 'adopt'; readonly pod: Pod }
  /** Remove a Pod that stopped through no fault of the job, so that a new one can be made. */
  | { readonly do: 'revive'; readonly pod: Pod; readonly counted: boolean }
  | { readonly do: 'finish'; readonly state: JobState; readonly description: string; readonly deletePod: boolean }
  /** Remove the Pod of an aborted job and complete the job as it is. */
  | { readonly do: 'abort' }
  /** Remove what a finished job left running. */
  | { readonly do: 'clean' }

const nothing: Step = { do: 'nothing' }
const outOfMemoryEnd = 'Job pod was OOM killed by the cluster.'
// How long reporters may take to look at the Pod of a job that ended while it still runs.
const cleanAfterMs = 5 * 60_000

/** Decides on the job as it is now. `pod` is the Pod of the job's name in its cluster. */
export function nextStep(job: ProwJob, pod: Pod | undefined, limits: Limits, now: number): Step {
  if (isComplete(job)) return afterTheEnd(job, pod, now)
  switch (job.status.state) {
    case 'triggered':
      if (!pod) return { do: 'start', lost: false }
      if (belongsToAnother(pod, job.metadata.name ?? '')) {
        return finish('error', 'Pod can not be created: a pod of that name belongs to another job')
      }
      return { do: 'adopt', pod }
    case 'pending':
      return pod ? withPod(job, pod, limits, now) : withoutPod(job, limits)
    case 'aborted':
      return { do: 'abort' }
    default:
      return nothing
  }
}

/** The limits that hold for a job: its own where it has any. */
export function limitsOf({ spec: { decoration_config: own } }: ProwJob, plank: PlankConfig): Limits {
  const either = (text: string | undefined, fallback: number) => {
    if (!text) return fallback
    try {
      return parseDuration(text)
    } catch {
      return fallback
    }
  }
  return {
    pending: either(own?.pod_pending_timeout, plank.pod_pending_timeout),
    running: either(own?.pod_running_timeout, plank.pod_running_timeout),
    unscheduled: either(own?.pod_unscheduled_timeout, plank.pod_unscheduled_timeout),
    maxRevivals: plank.max_revivals,
  }
}

function withoutPod(job: ProwJob, limits: Limits): Step {
  const { [podUid]: uid, [lostPodUid]: counted } = job.metadata.annotations ?? {}
  const lost = uid === undefined || uid !== counted
  if (lost && revivals(job) >= limits.maxRevivals) return tooManyRevivals(limits, 'missing')
  return { do: 'start', lost }
}

function withPod(job: ProwJob, pod: Pod, limits: Limits, now: number): Step {
  // A Pod that was made just before plank was stopped: the job still has the build id of the one before.
  const build = buildIdOf(pod)
  if (build && job.status.build_id && build !== job.status.build_id) return { do: 'adopt', pod }

  const cause = unexpectedStop(pod)
  if (cause === 'oomkilled') return finish('error', outOfMemoryEnd)
  if (cause === 'evicted' && job.spec.error_on_eviction) return finish('error', 'Job pod was evicted by the cluster.')
  if (cause) {
    const counted = job.metadata.annotations?.[lostPodUid] === pod.metadata?.uid
    if (!counted && revivals(job) >= limits.maxRevivals) return tooManyRevivals(limits, cause)
    return { do: 'revive', pod, counted }
  }

  switch (pod.status?.phase) {
    case 'Succeeded':
      return allFinished(pod)
        ? finish('success', 'Job succeeded.')
        : finish('error', "Pod was in succeeded phase but some containers didn't finish")
    case 'Failed':
      return finish('failure', 'Job failed.')
    case 'Pending':
      return whilePending(pod, limits, now)
    case 'Running':
      return whileRunning(pod, limits, now)
    default:
      return deletedOr(pod, nothing)
  }
}

function whilePending(pod: Pod, limits: Limits, now: number): Step {
  const started = milliseconds(pod.status?.startTime)
  const [since, limit, description] =
    started === undefined
      ? [milliseconds(pod.metadata?.creationTimestamp) ?? now, limits.unscheduled, 'Pod scheduling timeout.']
      : [started, limits.pending, 'Pod pending timeout.']
  const left = since + limit - now
  if (left <= 0) return finish('error', description, true)
  return deletedOr(pod, { do: 'nothing', lookAgainIn: left })
}

function whileRunning(pod: Pod, limits: Limits, now: number): Step {
  const started = milliseconds(pod.status?.startTime)
  if (pod.metadata?.deletionTimestamp || started === undefined) return deletedOr(pod, nothing)
  const left = started + limits.running - now
  if (left <= 0) return finish('aborted', 'Pod running timeout.', true)
  return { do: 'nothing', lookAgainIn: left }
}

const deletedOr = (pod: Pod, otherwise: Step): Step =>
  pod.metadata?.deletionTimestamp ? finish('error', 'Pod got deleted unexpectedly') : otherwise

function afterTheEnd(job: ProwJob, pod: Pod | undefined, now: number): Step {
  if (!pod || job.status.description !== outOfMemoryEnd) return nothing
  if (pod.metadata?.deletionTimestamp || !outOfMemory(pod)) return nothing
  const { completionTime, prev_report_states: reported = {}, state } = job.status
  const states = Object.values(reported)
  if (states.length > 0 && states.every((one) => one === state)) return { do: 'clean' }
  const left = (milliseconds(completionTime) ?? 0) + cleanAfterMs - now
  return left <= 0 ? { do: 'clean' } : { do: 'nothing', lookAgainIn: left }
}

const revivals = ({ status }: ProwJob) => status.pod_revival_count ?? 0

const finish = (state: JobState, description: string, deletePod = false): Step => ({
  do: 'finish',
  state,
  description,
  deletePod,
})

const tooManyRevivals = ({ maxRevivals }: Limits, cause: string): Step =>
  finish('error', `Job pod reached max revivals (${maxRevivals}) after being stopped unexpectedly (${cause})`)
