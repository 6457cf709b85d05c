// Gives Pods that no node has yet to this node as soon as there is room, and tells the others why they wait.
import type { Logger } from 'pino'
import { type Pod, pods } from '../../api/kubernetes.ts'
import { type Kube, KubeError } from '../../kube/client.ts'
import type { Clock } from '../../system/clock.ts'
import { admit, type Capacity, type Waiting } from './capacity.ts'
import type { EventRecorder } from './event-recorder.ts'
import { condition } from './pod-status.ts'

export interface SchedulerOptions {
  readonly kube: Kube
  readonly nodeName: string
  readonly capacity: Capacity
  /** All Pods, as they are known now. */
  readonly list: () => readonly Pod[]
  readonly observe: (pod: Pod) => void
  readonly recorder: EventRecorder
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface Scheduler {
  /** Something has changed: decide again, soon. */
  poke(): void
  /** Resolves when no decision is under way. */
  idle(): Promise<void>
}

const retryMs = 1000

export function scheduler(options: SchedulerOptions): Scheduler {
  const { kube, nodeName, capacity, list, observe, recorder, clock, log, signal } = options
  let again = false
  let round: Promise<void> | undefined

  async function decide(): Promise<void> {
    const all = list()
    const running = all.filter((pod) => pod.spec?.nodeName === nodeName && !isOver(pod))
    const { start, waiting } = admit(all.filter(isUnassigned), running, capacity)
    await Promise.all(start.map(bind))
    for (const one of waiting) await explain(one)
  }

  async function bind(pod: Pod): Promise<void> {
    const { namespace = '', name = '', uid = '' } = pod.metadata ?? {}
    const at = { namespace, name }
    await unlessGone(async () => {
      observe(await kube.patch(pods, at, { merge: { metadata: { uid }, spec: { nodeName } } }))
      const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`
      recorder.record(pod, { type: 'Normal', reason: 'Scheduled', message, component: 'default-scheduler' })
    })
  }

  async function explain({ pod, message }: Waiting): Promise<void> {
    const before = pod.status?.conditions ?? []
    const known = before.find(({ type }) => type === 'PodScheduled')
    if (known?.status === 'False' && known.message === message) return
    const { namespace = '', name = '', uid = '' } = pod.metadata ?? {}
    const fact = { status: 'False', reason: 'Unschedulable', message } as const
    const others = before.filter(({ type }) => type !== 'PodScheduled')
    const conditions = [...others, condition(before, 'PodScheduled', fact, clock.now())]
    await unlessGone(async () => {
      const merge = { metadata: { uid }, status: { phase: 'Pending', conditions } }
      observe(await kube.patch(pods, { namespace, name }, { merge }, { subresource: 'status' }))
    })
    // The queue moves often; the beginning of the wait is news, each step is not.
    if (known) return
    recorder.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, component: 'default-scheduler' })
  }

  async function rounds(): Promise<void> {
    while (again && !signal.aborted) {
      again = false
      try {
        await decide()
      } catch (err) {
        if (signal.aborted) return
        log.warn({ err }, 'could not assign pods; trying again')
        again = true
        await clock.sleep(retryMs, signal).catch(() => {})
      }
    }
  }

  function poke(): void {
    again = true
    // In the next turn, so that what changes together is decided together.
    round ??= Promise.resolve()
      .then(rounds)
      .finally(() => {
        round = undefined
        if (again && !signal.aborted) poke()
      })
  }

  return {
    poke,
    async idle() {
      while (round) await round
    },
  }
}

/** Whether a Pod has ended for good. */
export function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

function isUnassigned(pod: Pod): boolean {
  const gates = pod.spec && 'schedulingGates' in pod.spec ? pod.spec.schedulingGates : undefined
  const gated = Array.isArray(gates) && gates.length > 0
  return !pod.spec?.nodeName && !pod.metadata?.deletionTimestamp && !isOver(pod) && !gated
}

// Somebody deleted the Pod, or replaced it, between the decision and the write.
async function unlessGone(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof KubeError && (error.code === 404 || error.code === 409))) throw error
  }
}
