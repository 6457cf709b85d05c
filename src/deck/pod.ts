// What a Pod tells of its containers, and where each log is to be had now. Pure.
import type { ContainerStatus, Pod } from '../api/kubernetes.ts'
import { isComplete, type ProwJob } from '../api/prowjob.ts'
import { millis } from './row.ts'
import type { ContainerDetail, JobRow } from './wire.ts'

/** Init containers first, each in the order of the Pod's spec. */
export function containersOf(pod: Pod | undefined): ContainerDetail[] {
  if (!pod?.spec) return []
  const detail = (name: string, init: boolean, statuses: readonly ContainerStatus[] | undefined) =>
    containerOf(
      name,
      init,
      statuses?.find((status) => status.name === name),
    )
  return [
    ...(pod.spec.initContainers ?? []).map(({ name }) => detail(name, true, pod.status?.initContainerStatuses)),
    ...pod.spec.containers.map(({ name }) => detail(name, false, pod.status?.containerStatuses)),
  ]
}

function containerOf(name: string, init: boolean, status: ContainerStatus | undefined): ContainerDetail {
  const { running, terminated, waiting } = status?.state ?? {}
  if (terminated) {
    return {
      name,
      init,
      state: 'terminated',
      reason: sentence(terminated.reason, terminated.message),
      exitCode: terminated.exitCode,
      started: millis(terminated.startedAt),
      finished: millis(terminated.finishedAt),
    }
  }
  if (running) return { name, init, state: 'running', reason: '', started: millis(running.startedAt), finished: 0 }
  const reason = sentence(waiting?.reason, waiting?.message)
  return { name, init, state: 'waiting', reason, started: 0, finished: 0 }
}

const sentence = (reason: string | undefined, message: string | undefined): string =>
  [reason, message].filter((part) => part).join(': ')

/** The containers that the job's author wrote; plank calls a single one without a name `test`. */
export function testContainers(job: ProwJob): string[] {
  const containers = job.spec.pod_spec?.containers ?? []
  if (containers.length <= 1) return [containers[0]?.name || 'test']
  return containers.map(({ name }, at) => name || `test-${at}`)
}

/** Name of a container's log in the folder of the run. */
export const logName = (container: string, of: number): string =>
  of > 1 ? `${container}-build-log.txt` : 'build-log.txt'

export type LogPlace =
  | { readonly from: 'bucket' }
  | { readonly from: 'pod' }
  | { readonly from: 'nowhere'; readonly why: string; readonly next: string }

/** Where the log of a test container is now: in the bucket once it is there, before that in the Pod, before that nowhere. */
export function placeOfLog(at: {
  readonly job: ProwJob
  readonly row: JobRow
  readonly container: string
  readonly pod: Pod | undefined
  readonly uploaded: boolean
}): LogPlace {
  const { job, row, container, pod, uploaded } = at
  if (isComplete(job) && uploaded) return { from: 'bucket' }
  const all = containersOf(pod)
  const mine = all.find(({ name, init }) => name === container && !init)
  if (mine && mine.state !== 'waiting') return { from: 'pod' }
  if (uploaded) return { from: 'bucket' }
  if (isComplete(job)) {
    const why = pod
      ? 'The job ended before this container started, so it wrote no log'
      : 'No log was uploaded, and the Pod that had one is gone'
    return { from: 'nowhere', why, next: row.description }
  }
  if (!pod) return { from: 'nowhere', why: row.reason, next: row.next }
  return { from: 'nowhere', ...whyWaiting(all, mine, row) }
}

function whyWaiting(
  all: readonly ContainerDetail[],
  mine: ContainerDetail | undefined,
  row: JobRow,
): { why: string; next: string } {
  const init = all.find((other) => other.init && other.state === 'running')
  if (init) return { why: `Init container ${init.name} is running`, next: 'The log starts when it has finished' }
  const stuck = all.find((other) => other.state === 'waiting' && /^(Err|.*BackOff|Create|Invalid)/.test(other.reason))
  if (stuck) return { why: `Container ${stuck.name} cannot start: ${stuck.reason}`, next: row.next }
  if (mine?.reason) return { why: `The container has not started: ${mine.reason}`, next: row.next }
  return { why: row.reason || 'The container has not started', next: row.next }
}
