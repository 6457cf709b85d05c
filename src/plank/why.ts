// Writes down why a job waits: in its description, its annotations and as a Kubernetes event. Decided in waiting.ts.
import { type Event, events, type Pod } from '../api/kubernetes.ts'
import { waitingReason } from '../api/labels.ts'
import type { ProwJob } from '../api/prowjob.ts'
import type { Next } from '../kube/queue.ts'
import {
  needsEvents,
  type Obstacle,
  obstacle,
  podWaiting,
  type Waiting,
  type WaitingReason,
  waitingPatch,
} from './waiting.ts'
import { type Build, type Plank, patchJob } from './world.ts'

// A changed wording of the same reason (a place in line, a count of nodes) is written no more often than this.
const rewordMs = 30_000
// A Pod that starts is looked at this often, because nothing announces that a moment has passed.
const lookMs = 15_000
const ordinary: readonly WaitingReason[] = ['MaxConcurrency', 'JobQueueFull', 'PlankFull', 'ContainersStarting']

/** Says what stands between the job and its Pod. */
export const tellWaiting = (job: ProwJob, what: Obstacle, plank: Plank): Promise<Next> =>
  tell(job, obstacle(job, what), plank)

/** Says why the Pod of a pending job does not run yet, or takes back what was said. `lookAgainIn` milliseconds a limit passes. */
export async function waitForPod(
  job: ProwJob,
  pod: Pod,
  build: Build,
  lookAgainIn: number | undefined,
  plank: Plank,
): Promise<Next> {
  const now = plank.clock.now()
  const about = needsEvents(pod, now) ? await eventsOf(pod, build, plank) : []
  const told = await tell(job, podWaiting(pod, about, now), plank)
  const soonest = Math.min(
    lookAgainIn ?? Number.POSITIVE_INFINITY,
    told?.after ?? Number.POSITIVE_INFINITY,
    pod.status?.phase === 'Pending' ? lookMs : Number.POSITIVE_INFINITY,
  )
  return Number.isFinite(soonest) ? { after: soonest } : undefined
}

async function tell(job: ProwJob, waiting: Waiting | undefined, plank: Plank): Promise<Next> {
  const patch = waitingPatch(job, waiting)
  if (!patch) return undefined
  const uid = job.metadata.uid ?? ''
  const now = plank.clock.now()
  const isNew = job.metadata.annotations?.[waitingReason] !== waiting?.reason
  const left = (plank.told.get(uid) ?? Number.NEGATIVE_INFINITY) + rewordMs - now
  if (!isNew && left > 0) return { after: left }
  await patchJob(job, patch, plank)
  if (!waiting) {
    plank.told.delete(uid)
    return undefined
  }
  plank.told.set(uid, now)
  if (isNew) {
    await plank.record(job, ordinary.includes(waiting.reason) ? 'Normal' : 'Warning', waiting.reason, waiting.message)
  }
  return undefined
}

async function eventsOf(pod: Pod, build: Build, plank: Plank): Promise<readonly Event[]> {
  const { namespace = '', name = '', uid = '' } = pod.metadata ?? {}
  try {
    const fieldSelector = `involvedObject.name=${name}`
    const { items } = await build.kube.list(events, { namespace, fieldSelector })
    return items.filter(({ involvedObject }) => !uid || involvedObject.uid === uid)
  } catch (err) {
    // Upstream's roles do not grant it; what the Pod's status says has to do.
    plank.log.debug({ err, pod: name }, 'cannot read the events of a pod')
    return []
  }
}
