// What to do next with one Pod: which containers to start, which to stop, when to look again. Decides as the kubelet's computePodActions does.
import type { Pod } from '../../api/kubernetes.ts'
import type { ContainerRun, PodRun, Stop } from './pod-run.ts'

/** The next step of one Pod. */
export interface Step {
  /** Containers to start now, together. */
  readonly start: readonly string[]
  /** Containers to end, with their grace period. */
  readonly stop: readonly string[]
  /** When to decide again if nothing happens before; milliseconds since the epoch. */
  readonly wakeAt?: number
  /** The Pod has to be stopped, found only now. */
  readonly end?: Stop
  /** Nothing runs and nothing will be started any more. */
  readonly done: boolean
}

/** Delay before restart number `restarts` + 1 in a row: the first at once, then 10 s, doubled up to five minutes. */
export function restartDelayMs(restarts: number): number {
  return restarts === 0 ? 0 : Math.min(300_000, 10_000 * 2 ** (restarts - 1))
}

/** A container that ran this long has got over its trouble: its back-off starts over. */
export const backOffForgottenMs = 600_000

/** Decides. Pure: the caller carries the step out, notes it in `run` and asks again. */
export function nextStep(pod: Pod, run: PodRun, now: number): Step {
  const alive = run.containers.filter(({ running }) => running !== undefined)
  const stopAll: Step = { start: [], stop: nextToStop(alive), done: alive.length === 0 }
  if (run.finished) return { start: [], stop: [], done: true }
  if (run.stop) return stopAll

  const deadline = deadlineOf(pod, run)
  if (deadline !== undefined && now >= deadline) {
    const message = 'Pod was active on the node longer than the specified deadline'
    return { ...stopAll, done: false, end: { why: 'failed', reason: 'DeadlineExceeded', message } }
  }
  if (outcome(pod, run) !== undefined) return stopAll

  const wanted = wantedNow(pod, run)
  const volumesAt = run.volumes?.retryAt ?? 0
  const start = wanted.filter(({ notBefore = 0 }) => Math.max(notBefore, volumesAt) <= now)
  const times = wanted.map(({ notBefore = 0 }) => Math.max(notBefore, volumesAt)).filter((time) => time > now)
  if (deadline !== undefined) times.push(deadline)
  const wakeAt = times.length > 0 ? { wakeAt: Math.min(...times) } : {}
  return { start: start.map(({ name }) => name), stop: [], ...wakeAt, done: false }
}

/** How the Pod ends, once that is certain: its containers are done and will not be restarted, or its preparation failed for good. */
export function outcome(pod: Pod, run: PodRun): 'Succeeded' | 'Failed' | undefined {
  const policy = policyOf(pod)
  const inits = run.containers.filter(({ role }) => role === 'init')
  if (policy === 'Never' && inits.some(({ ended }) => ended && ended.exitCode !== 0)) return 'Failed'
  if (inits.some(({ ended }) => ended?.exitCode !== 0)) return undefined
  const mains = run.containers.filter(({ role }) => role === 'main')
  if (mains.length === 0 || mains.some((container) => !container.ended || restarts(container, policy))) return undefined
  return mains.every(({ ended }) => ended?.exitCode === 0) ? 'Succeeded' : 'Failed'
}

// Sidecars serve the others to the end, and those that started first serve those that came after them.
function nextToStop(alive: readonly ContainerRun[]): string[] {
  const served = alive.filter(({ role }) => role !== 'sidecar')
  return (served.length > 0 ? served : alive.slice(-1)).map(({ name }) => name)
}

/** Containers that should run now and do not, due or not: init containers one after the other, then all the others together. */
export function wantedNow(pod: Pod, run: PodRun): ContainerRun[] {
  const policy = policyOf(pod)
  const wanted: ContainerRun[] = []
  for (const container of run.containers.filter(({ role }) => role !== 'main')) {
    if (container.role === 'sidecar') {
      if (!container.running) wanted.push(container)
      // Those after it wait until it has started once.
      if (!container.running && !container.ended) return wanted
      continue
    }
    if (container.ended?.exitCode === 0) continue
    if (!container.running) wanted.push(container)
    return wanted
  }
  for (const container of run.containers.filter(({ role }) => role === 'main')) {
    if (!container.running && (!container.ended || restarts(container, policy))) wanted.push(container)
  }
  return wanted
}

function restarts({ ended }: ContainerRun, policy: string): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && ended?.exitCode !== 0)
}

function deadlineOf({ spec }: Pod, run: PodRun): number | undefined {
  return spec?.activeDeadlineSeconds === undefined ? undefined : run.startedAt + spec.activeDeadlineSeconds * 1000
}

const policyOf = (pod: Pod) => pod.spec?.restartPolicy ?? 'Always'
