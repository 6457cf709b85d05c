// The status of a Pod as a kubelet writes it, from what the node knows about its containers.
import type { ContainerState, PodCondition } from 'kubernetes-types/core/v1.js'
import type { Container, ContainerStatus, Pod, PodStatus } from '../../api/kubernetes.ts'
import { outcome, restartDelayMs, wantedNow } from './next-step.ts'
import type { ContainerRun, Ended, PodRun } from './pod-run.ts'

/** What containers share the address of: the machine. */
const address = '127.0.0.1'

/** Status of the Pod now. Conditions that nobody but somebody else writes are kept; times of unchanged conditions too. */
export function podStatus(pod: Pod, run: PodRun, now: number): PodStatus {
  const phase = phaseOf(pod, run)
  const statuses = (containers: readonly Container[] = []) =>
    containers.map((container) => containerStatus(container, run, pod, phase, now))
  const initContainerStatuses = statuses(pod.spec?.initContainers)
  const containerStatuses = statuses(pod.spec?.containers)
  const { reason, message } = run.stop?.why === 'failed' ? run.stop : {}
  return {
    phase,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    hostIP: address,
    hostIPs: [{ ip: address }],
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: rfc3339(run.startedAt),
    qosClass: qosClass(pod),
    conditions: conditions(pod, run, phase, initContainerStatuses, containerStatuses, now),
    ...(initContainerStatuses.length > 0 ? { initContainerStatuses } : {}),
    containerStatuses,
  }
}

/** Phase of the Pod; final only once nothing runs any more. */
export function phaseOf(pod: Pod, run: PodRun): 'Pending' | 'Running' | 'Succeeded' | 'Failed' {
  if (run.finished) {
    if (run.stop?.why === 'failed') return 'Failed'
    const result = outcome(pod, run)
    if (result) return result
    // Deleted while it ran: what was cut short counts as its exit code says, what never ran as failed.
    const mains = run.containers.filter(({ role }) => role === 'main')
    return mains.every(({ ended }) => ended?.exitCode === 0) ? 'Succeeded' : 'Failed'
  }
  const inits = run.containers.filter(({ role }) => role === 'init')
  const mains = run.containers.filter(({ role }) => role === 'main')
  if (inits.some(({ ended }) => ended?.exitCode !== 0)) return 'Pending'
  // A container that never got up (a secret is missing) keeps the whole Pod pending, as a kubelet has it.
  return mains.every(({ attempts }) => attempts > 0) ? 'Running' : 'Pending'
}

function containerStatus(container: Container, run: PodRun, pod: Pod, phase: string, now: number): ContainerStatus {
  const known = run.containers.find(({ name }) => name === container.name)
  const fallback = { name: container.name, role: 'main', attempts: 0, restarts: 0 } as const
  const one: ContainerRun = known ?? fallback
  const lost = phase === 'Failed' || phase === 'Succeeded' ? lostState(one, run) : undefined
  const { state, last } = lost ? { state: lost, last: one.previous } : stateOf(one, run, pod, now)
  const id = one.running?.id ?? one.ended?.id ?? one.previous?.id
  const up = one.running !== undefined
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ...(id ? { containerID: id } : {}),
    restartCount: Math.max(0, one.attempts - 1),
    // An init container is ready once it has done its work, a sidecar while it runs.
    ready: one.role === 'init' ? one.ended?.exitCode === 0 : up,
    started: up,
    state,
    lastState: last ? { terminated: terminated(last) } : {},
  }
}

function stateOf(
  one: ContainerRun,
  run: PodRun,
  pod: Pod,
  now: number,
): { state: ContainerState; last?: Ended | undefined } {
  if (one.running) return { state: { running: { startedAt: rfc3339(one.running.startedAt) } }, last: one.previous }
  if (one.waiting) return { state: { waiting: { ...one.waiting } }, last: one.ended ?? one.previous }
  if (one.ended && !run.stop && (one.notBefore ?? 0) > now && wantedNow(pod, run).includes(one)) {
    const delay = `back-off ${restartDelayMs(one.restarts - 1) / 1000}s restarting failed container=${one.name}`
    const message = `${delay} pod=${run.name}_${run.namespace}(${run.uid})`
    return { state: { waiting: { reason: 'CrashLoopBackOff', message } }, last: one.ended }
  }
  if (one.ended) return { state: { terminated: terminated(one.ended) }, last: one.previous }
  const reason = (pod.spec?.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating'
  return { state: { waiting: { reason, ...(run.volumes ? { message: run.volumes.message } : {}) } } }
}

// In a Pod that is over, no container may look alive. One that never started in a Pod that never got through its
// preparation stays waiting, as a kubelet leaves it.
function lostState(one: ContainerRun, run: PodRun): ContainerState | undefined {
  if (one.ended) return { terminated: terminated(one.ended) }
  const initialized = run.containers.every(({ role, ended }) => role !== 'init' || ended?.exitCode === 0)
  if (one.attempts === 0 && (!initialized || run.containers.every(({ attempts }) => attempts === 0))) return undefined
  return { terminated: terminated(unknownEnd(one)) }
}

/** The end of a container that nobody saw end. */
export function unknownEnd({ running }: Pick<ContainerRun, 'running'>, at?: number): Ended {
  return {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    ...(running ? { startedAt: running.startedAt, id: running.id } : {}),
    ...(at === undefined ? {} : { finishedAt: at }),
  }
}

function terminated(ended: Ended) {
  return {
    exitCode: ended.exitCode,
    ...(ended.signal === undefined ? {} : { signal: ended.signal }),
    reason: ended.reason,
    ...(ended.message ? { message: ended.message } : {}),
    ...(ended.startedAt === undefined ? {} : { startedAt: rfc3339(ended.startedAt) }),
    ...(ended.finishedAt === undefined ? {} : { finishedAt: rfc3339(ended.finishedAt) }),
    ...(ended.id ? { containerID: ended.id } : {}),
  }
}

const own = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']

function conditions(
  pod: Pod,
  run: PodRun,
  phase: string,
  inits: readonly ContainerStatus[],
  mains: readonly ContainerStatus[],
  now: number,
): PodCondition[] {
  const over = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined
  const role = (name: string) => run.containers.find((one) => one.name === name)?.role
  const incomplete = inits.filter(({ name, ready, state }) =>
    role(name) === 'sidecar' ? !state?.running && !state?.terminated : !ready,
  )
  const unready = mains.filter(({ ready }) => !ready)
  const names = (statuses: readonly ContainerStatus[]) => `[${statuses.map(({ name }) => name).join(' ')}]`
  const started = run.containers.some(({ attempts }) => attempts > 0)

  const initialized: Fact =
    phase === 'Succeeded'
      ? { status: 'True', reason: 'PodCompleted' }
      : incomplete.length === 0
        ? { status: 'True' }
        : {
            status: 'False',
            reason: 'ContainersNotInitialized',
            message: `containers with incomplete status: ${names(incomplete)}`,
          }
  const ready: Fact = over
    ? { status: 'False', reason: over }
    : incomplete.length === 0 && unready.length === 0
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: ${names(unready)}`,
        }
  const facts: [type: string, fact: Fact][] = [
    ['PodReadyToStartContainers', { status: started && !over ? 'True' : 'False' }],
    ['Initialized', initialized],
    ['Ready', ready],
    ['ContainersReady', ready],
    ['PodScheduled', { status: 'True' }],
  ]
  const before = pod.status?.conditions ?? []
  const foreign = before.filter(({ type }) => !own.includes(type))
  return [...foreign, ...facts.map(([type, fact]) => condition(before, type, fact, now))]
}

interface Fact {
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

/** A condition whose transition time is the old one unless the status has changed. */
export function condition(before: readonly PodCondition[], type: string, fact: Fact, now: number): PodCondition {
  const old = before.find((one) => one.type === type)
  const since = old?.status === fact.status ? old.lastTransitionTime : undefined
  return { type, ...fact, lastTransitionTime: since ?? rfc3339(now) }
}

function qosClass({ spec }: Pod): string {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
  if (all.every(({ resources = {} }) => !resources.limits && !resources.requests)) return 'BestEffort'
  const guaranteed = all.every(({ resources = {} }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = resources.limits?.[name]
      return limit !== undefined && (resources.requests?.[name] ?? limit) === limit
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

/** Kubernetes' time: whole seconds, UTC. */
export function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
