// Why a job that has not ended does not run, since when, and what would move it: in words for people and a code for programs.
import type { ContainerStatus, Event, Pod } from '../api/kubernetes.ts'
import { waitingNext, waitingReason, waitingSince } from '../api/labels.ts'
import type { ProwJob } from '../api/prowjob.ts'
import { milliseconds, timestamp } from '../api/time.ts'
import type { Hold } from './concurrency.ts'

/** The answer. `since` in milliseconds since the epoch; `next` says what would move the job. */
export interface Waiting {
  readonly reason: WaitingReason
  readonly message: string
  readonly since: number
  readonly next: string
}

export type WaitingReason =
  | 'MaxConcurrency'
  | 'JobQueueFull'
  | 'JobQueueClosed'
  | 'JobQueueUnknown'
  | 'PlankFull'
  | 'BuildIdUnavailable'
  | 'ClusterUnreachable'
  | 'ClusterRefuses'
  | 'QuotaExceeded'
  | 'NotScheduled'
  | 'Unschedulable'
  | 'SchedulingGated'
  | 'ImagePull'
  | 'InvalidImageName'
  | 'MissingSecret'
  | 'MissingConfigMap'
  | 'ContainerConfig'
  | 'ContainerCreate'
  | 'VolumeMount'
  | 'PodSandbox'
  | 'ContainersStarting'

/** What stands between a job and its Pod, as plank met it. `since` in milliseconds since the epoch. */
export type Obstacle =
  | { readonly by: 'slot'; readonly hold: Hold }
  | { readonly by: 'build-id'; readonly error: string; readonly since: number }
  | {
      readonly by: 'unreachable' | 'refuses' | 'quota'
      readonly cluster: string
      readonly error: string
      readonly since: number
    }

/** Most of what people see is cut at some length; this is ours, in characters. */
const longest = 400
// A Pod needs a moment to start; only after it does "it is starting" say anything.
const momentMs = 30_000
// A cluster that grows by itself says "unschedulable" before it makes a node.
const scheduleMomentMs = 10_000

/** Why the job is held up before it has a Pod. */
export function obstacle(job: ProwJob, what: Obstacle): Waiting {
  if (what.by === 'slot') return slot(job, what.hold)
  if (what.by === 'build-id') {
    return say(
      'BuildIdUnavailable',
      what.since,
      `Waiting for a build id: ${what.error}`,
      'The source of build ids has to answer; plank keeps asking.',
    )
  }
  const { cluster, error, since } = what
  switch (what.by) {
    case 'unreachable':
      return say(
        'ClusterUnreachable',
        since,
        `Waiting for build cluster ${cluster}, which cannot be reached: ${error}`,
        `Cluster ${cluster} has to answer again; the job goes on by itself then.`,
      )
    case 'refuses':
      return say(
        'ClusterRefuses',
        since,
        `Waiting for build cluster ${cluster}, which does not take the pod at the moment: ${error}`,
        'plank keeps trying; if this lasts, somebody has to look at the cluster.',
      )
    case 'quota':
      return say(
        'QuotaExceeded',
        since,
        `Waiting for quota in cluster ${cluster}: ${error}`,
        'Other pods have to end, or the quota of the namespace has to be raised.',
      )
  }
}

function slot({ spec, metadata, status }: ProwJob, { by, limit, active, place }: Hold): Waiting {
  const since = milliseconds(metadata.creationTimestamp ?? status.startTime) ?? 0
  const line = `${place > 10 ? 'about ' : ''}number ${place} in line`
  const queue = spec.job_queue_name ?? ''
  switch (by) {
    case 'job':
      return say(
        'MaxConcurrency',
        since,
        `Waiting for a free slot: ${active} of at most ${limit} runs of this job are active; ${line}.`,
        `A run of this job has to end; its max_concurrency is ${limit}.`,
      )
    case 'queue':
      if (limit === undefined) {
        return say(
          'JobQueueUnknown',
          since,
          `Waiting: job queue ${queue} has no capacity in the configuration.`,
          `Somebody has to add ${queue} to plank.job_queue_capacities.`,
        )
      }
      if (limit === 0) {
        return say(
          'JobQueueClosed',
          since,
          `Waiting: job queue ${queue} has capacity 0, so nothing in it starts.`,
          `Somebody has to raise plank.job_queue_capacities.${queue}.`,
        )
      }
      return say(
        'JobQueueFull',
        since,
        `Waiting for a free slot: ${active} of at most ${limit} jobs of queue ${queue} are active; ${line}.`,
        `A job of queue ${queue} has to end; its capacity is ${limit}.`,
      )
    case 'plank':
      return say(
        'PlankFull',
        since,
        `Waiting for a free slot: ${active} of at most ${limit} jobs are active in all; ${line}.`,
        `Any job has to end; plank.max_concurrency is ${limit}.`,
      )
  }
}

/**
 * Why the job's Pod does not run yet; undefined while nothing is unusual.
 * @param events Events about the Pod, for what its status does not say.
 */
export function podWaiting(pod: Pod, events: readonly Event[], now: number): Waiting | undefined {
  if (pod.status?.phase !== 'Pending' || pod.metadata?.deletionTimestamp) return undefined
  const made = milliseconds(pod.metadata?.creationTimestamp) ?? now
  const started = milliseconds(pod.status.startTime) ?? made
  for (const status of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]) {
    const waiting = containerWaiting(status, started)
    if (waiting) return waiting
  }
  const scheduled = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False') {
    const since = milliseconds(scheduled.lastTransitionTime) ?? made
    if (scheduled.reason === 'SchedulingGated') {
      return say(
        'SchedulingGated',
        since,
        `Waiting: ${scheduled.message ?? 'scheduling is gated'}`,
        "The pod's scheduling gates have to be removed.",
      )
    }
    if (now - since < scheduleMomentMs) return undefined
    return say(
      'Unschedulable',
      since,
      `Waiting for a node: ${scheduled.message ?? 'no node fits'}`,
      'A node with room and the right labels has to become free, or the job has to ask for less.',
    )
  }
  const mount = newestProblem(events)
  if (mount) return mount(started)
  if (now - made < momentMs) return undefined
  if (!scheduled && !pod.status.startTime) {
    return say(
      'NotScheduled',
      made,
      'Waiting for a node: nothing has looked at the pod yet.',
      "The cluster's scheduler has to run.",
    )
  }
  return say(
    'ContainersStarting',
    started,
    'Waiting for containers to start: images are pulled and volumes are mounted.',
    'Usually this only takes time.',
  )
}

/** True when the status of the Pod alone does not say why it does not start, so that its events are worth a look. */
export function needsEvents(pod: Pod, now: number): boolean {
  const waiting = podWaiting(pod, [], now)
  return waiting?.reason === 'ContainersStarting'
}

function containerWaiting({ name, image, state }: ContainerStatus, since: number): Waiting | undefined {
  const { reason, message = '' } = state?.waiting ?? {}
  const detail = message ? `: ${message}` : ''
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'ErrImageNeverPull':
    case 'RegistryUnavailable':
    case 'ImageInspectError':
    case 'SignatureValidationFailed':
      // One text for the whole cycle of tries and pauses, or it would change every few seconds.
      return say(
        'ImagePull',
        since,
        `Waiting for image ${image} of container ${name}, which cannot be pulled${reason === 'ImagePullBackOff' ? '' : detail}`,
        'The image has to exist and the cluster has to be allowed to pull it; pulling is tried again by itself.',
      )
    case 'InvalidImageName':
      return say(
        'InvalidImageName',
        since,
        `Image name of container ${name} is invalid: ${image}${detail}`,
        "The job's image has to be corrected and the job run again.",
      )
    case 'CreateContainerConfigError':
      return (
        missing(message, since) ??
        say(
          'ContainerConfig',
          since,
          `Container ${name} cannot be configured${detail}`,
          "The job's pod spec or what it refers to has to be corrected.",
        )
      )
    case 'ContainerCreating':
    case 'PodInitializing':
      // A kubelet says nothing here and leaves it to events; the embedded node says at once which volume is missing what.
      return message ? mountWaiting(message, since) : undefined
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'PreCreateHookError':
    case 'PreStartHookError':
    case 'PostStartHookError':
      return say(
        'ContainerCreate',
        since,
        `Container ${name} cannot be started${detail}`,
        "The job's pod spec or the node has to be looked at.",
      )
    default:
      return undefined
  }
}

// A volume of a missing secret shows only in the events.
function newestProblem(events: readonly Event[]): ((since: number) => Waiting) | undefined {
  const at = ({ lastTimestamp, eventTime, firstTimestamp }: Event) =>
    milliseconds(lastTimestamp ?? eventTime ?? firstTimestamp) ?? 0
  const newest = events
    .filter(
      ({ type, reason = '' }) => type === 'Warning' && /^Failed(Mount|AttachVolume|CreatePodSandBox)$/.test(reason),
    )
    .sort((a, b) => at(b) - at(a))[0]
  if (!newest) return undefined
  const { reason, message = '' } = newest
  if (reason !== 'FailedCreatePodSandBox') return (since) => mountWaiting(message, since)
  return (since) =>
    missing(message, since) ??
    say(
      'PodSandbox',
      since,
      `Waiting for the node to set up the pod: ${message}`,
      "The node's network or runtime has to be looked at.",
    )
}

const mountWaiting = (message: string, since: number): Waiting =>
  missing(message, since) ??
  say('VolumeMount', since, `Waiting for a volume: ${message}`, 'The volume has to exist and be free to mount.')

function missing(message: string, since: number): Waiting | undefined {
  const [, kind, name] = /\b(secret|configmap) "([^"]+)" not found/.exec(message) ?? []
  if (name === undefined) return undefined
  const [reason, word] =
    kind === 'secret' ? (['MissingSecret', 'secret'] as const) : (['MissingConfigMap', 'config map'] as const)
  return say(
    reason,
    since,
    `Waiting for ${word} ${name}, which does not exist in the pod's namespace.`,
    `Somebody has to create the ${word} ${name}; the pod goes on by itself then.`,
  )
}

function say(reason: WaitingReason, since: number, message: string, next: string): Waiting {
  const line = message.replaceAll(/\s+/g, ' ').trim()
  return { reason, message: line.length > longest ? `${line.slice(0, longest - 1)}…` : line, since, next }
}

/** The description of a job that is no longer held up. */
export const triggeredText = 'Job triggered.'

/** Annotations of a job that does not wait. */
export const notWaiting = { [waitingReason]: null, [waitingSince]: null, [waitingNext]: null }

const saysWaiting = ({ metadata }: ProwJob): boolean => metadata.annotations?.[waitingReason] !== undefined

/** The patch that writes the answer down; undefined when the job says so already. */
export function waitingPatch(
  job: ProwJob,
  waiting: Waiting | undefined,
): { metadata: object; status?: object } | undefined {
  const annotations = job.metadata.annotations ?? {}
  if (!waiting) {
    if (!saysWaiting(job)) return undefined
    const described = job.status.state === 'pending' ? { status: { description: triggeredText } } : {}
    return { metadata: { annotations: notWaiting }, ...described }
  }
  const same = annotations[waitingReason] === waiting.reason
  // An aborted job keeps the words of whoever aborted it.
  const described = job.status.state === 'aborted' ? {} : { status: { description: waiting.message } }
  // What is already said may be the same with more detail, as the text of a failed pull is while the next one is awaited.
  const said = !('status' in described) || (job.status.description ?? '').startsWith(waiting.message)
  if (same && said && annotations[waitingNext] === waiting.next) return undefined
  return {
    metadata: {
      annotations: {
        [waitingReason]: waiting.reason,
        [waitingSince]: same ? annotations[waitingSince] : timestamp(waiting.since),
        [waitingNext]: waiting.next,
      },
    },
    ...described,
  }
}
