// Lives with one Pod of this node from its start to its end: decides, starts, stops, and tells. Decisions are in next-step.ts.
import type { Logger } from 'pino'
import { type Pod, pods } from '../../api/kubernetes.ts'
import { type Kube, KubeError } from '../../kube/client.ts'
import type { Clock } from '../../system/clock.ts'
import type { Ids } from '../../system/ids.ts'
import { type ContainerControl, containerControl } from './container-control.ts'
import type { EventRecorder } from './event-recorder.ts'
import type { NodeFacts } from './fields.ts'
import type { LogRegistry } from './log-registry.ts'
import { nextStep } from './next-step.ts'
import { type ContainerRun, type PodRun, podPaths, saveRun } from './pod-run.ts'
import { podStatus } from './pod-status.ts'
import { fetchReferences } from './references.ts'
import { removeTree } from './remove-tree.ts'
import type { Runtime } from './runtime.ts'
import { type StatusWriter, statusWriter } from './status-writer.ts'
import { neededByVolumes } from './volume-files.ts'
import { makeVolumes, type VolumeProblem } from './volumes.ts'

/** What every worker of a node is given. */
export interface Workshop {
  readonly kube: Kube
  readonly runtime: Runtime
  readonly logs: LogRegistry
  readonly podsDir: string
  readonly node: NodeFacts
  readonly recorder: EventRecorder
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  /** Aborts when the node stops: nothing new is started, nothing more is written. */
  readonly signal: AbortSignal
  /** Takes in the server's answer to a write. */
  readonly observe: (pod: Pod) => void
}

export interface PodWorker {
  readonly uid: string
  /** The Pod's object has changed. */
  update(pod: Pod): void
  /** The Pod's object is gone: everything of it goes too. */
  gone(): void
  /** The node stops: ends the processes within `graceMs` and leaves the record for the next start. */
  shutDown(graceMs: number): Promise<void>
  /** Resolves when there is nothing more to do. */
  readonly done: Promise<void>
}

/** Takes a Pod on, or up again with the record that an earlier process left. */
export function startPod(first: Pod, run: PodRun, shop: Workshop): PodWorker {
  const { kube, clock, signal } = shop
  const log = shop.log.child({ pod: `${run.namespace}/${run.name}`, uid: run.uid })
  let pod = first
  let removed = false
  let stoppingSince: number | undefined
  let saving = Promise.resolve()
  let changed = Promise.withResolvers<void>()
  const touch = () => {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }

  const status: StatusWriter = statusWriter({
    kube,
    pod: first,
    clock,
    log,
    signal,
    observe: shop.observe,
    gone: () => remove(),
  })
  const volumes = podVolumes(shop, run)
  const containers = new Map<string, ContainerControl>(
    run.containers.map((one) => [
      one.name,
      containerControl(one, {
        ...shop,
        log,
        run,
        pod: () => pod,
        volumes: () => volumes.ready(pod),
        changed: noteChange,
      }),
    ]),
  )

  // The record comes before everything that the world may see of it.
  function noteChange(): void {
    saving = saving
      .then(() => (removed ? undefined : saveRun(shop.podsDir, run)))
      .catch((err: unknown) => log.error({ err }, 'could not save the record of a pod'))
    touch()
  }

  function remove(): void {
    removed = true
    touch()
  }

  function publish(): void {
    if (!removed && !signal.aborted) status.set(podStatus(pod, run, clock.now()))
  }

  // One grace period for the whole Pod; who is stopped late still gets a moment.
  function graceLeft(): number {
    if (removed) return removedGraceMs
    const grace = graceMs(pod)
    if (stoppingSince === undefined || stoppingSince === clock.now()) return grace
    return Math.min(grace, Math.max(shortestGraceMs, stoppingSince + grace - clock.now()))
  }

  async function live(): Promise<void> {
    noteChange()
    await saving
    while (!signal.aborted) {
      const news = changed.promise
      if (pod.metadata?.deletionTimestamp && !run.finished) run.stop ??= { why: 'deleted' }
      if (removed) run.stop ??= { why: 'deleted' }
      const step = nextStep(pod, run, clock.now())
      if (step.end) {
        run.stop = step.end
        const event = { type: 'Normal', reason: step.end.reason ?? '', message: step.end.message ?? '' } as const
        shop.recorder.record(pod, event)
        continue
      }
      if (step.done) break
      if (step.stop.length > 0) stoppingSince ??= clock.now()
      for (const name of step.stop) containers.get(name)?.stop(graceLeft())
      // Others see that the node has the Pod before its first container is up.
      publish()
      await Promise.all(step.start.map((name) => containers.get(name)?.start()))
      await saving
      publish()
      await wait(news, step.wakeAt)
    }
    if (!signal.aborted) await finish()
  }

  async function wait(news: Promise<void>, at: number | undefined): Promise<void> {
    if (at === undefined) return news
    const timer = Promise.withResolvers<void>()
    const cancel = clock.after(Math.max(0, at - clock.now()), timer.resolve)
    await Promise.race([news, timer.promise])
    cancel()
  }

  async function finish(): Promise<void> {
    if (!run.finished) {
      run.finished = true
      noteChange()
    }
    await saving
    publish()
    await status.written()
    // The logs stay until the object goes.
    const { volumes: volumesDir, containers: containersDir } = podPaths(shop.podsDir, run.uid)
    await Promise.all([volumesDir, containersDir].map(removeTree)).catch((err: unknown) =>
      log.warn({ err }, 'could not remove the files of a pod'),
    )
    if (pod.metadata?.deletionTimestamp && !removed) await deleteObject()
  }

  async function deleteObject(): Promise<void> {
    try {
      await finalDelete(kube, pod)
    } catch (err) {
      // The node asks again whenever it sees the Pod.
      log.warn({ err }, 'could not delete a pod that has ended')
    }
  }

  const done = live().catch((err: unknown) => log.error({ err }, 'the worker of a pod failed'))
  signal.addEventListener('abort', touch, { once: true })

  return {
    uid: run.uid,
    update(now) {
      pod = now
      // A shorter grace period than before counts at once.
      if (pod.metadata?.deletionTimestamp) for (const one of containers.values()) one.shorten(graceMs(pod))
      touch()
    },
    gone: remove,
    async shutDown(grace) {
      // A container that is just being started is there after that.
      await done
      await Promise.all([...containers.values()].map((one) => one.shutDown(grace)))
      await saving
    },
    done: done.then(() => signal.removeEventListener('abort', touch)),
  }
}

// The volumes of a Pod are made once, for its first container: what the containers did to them later must stay.
function podVolumes({ kube, podsDir, node }: Workshop, run: PodRun) {
  let made: Promise<VolumeProblem | undefined> | undefined
  async function make(pod: Pod): Promise<VolumeProblem | undefined> {
    const needed = neededByVolumes(pod.spec?.volumes ?? [])
    const references = await fetchReferences(kube, run.namespace, [needed])
    return makeVolumes(pod, podPaths(podsDir, run.uid).volumes, references, node)
  }
  return {
    async ready(pod: Pod): Promise<VolumeProblem | undefined> {
      const mine = made ?? make(pod)
      made = mine
      try {
        const problem = await mine
        if (problem && made === mine) made = undefined
        return problem
      } catch (error) {
        if (made === mine) made = undefined
        throw error
      }
    },
  }
}

// The kubelet's minimum.
const shortestGraceMs = 2000
// Nobody waits for a Pod whose object is gone by force; its processes still get a moment.
const removedGraceMs = 1000

/** How long the containers of a Pod have to end by themselves. */
function graceMs({ metadata, spec }: Pod): number {
  const ofDeletion = metadata?.deletionTimestamp ? metadata.deletionGracePeriodSeconds : undefined
  return (ofDeletion ?? spec?.terminationGracePeriodSeconds ?? 30) * 1000
}

/** Lets the server forget a Pod of which nothing runs any more; finalizers may still hold it. */
export async function finalDelete(kube: Kube, { metadata }: Pod): Promise<void> {
  const { namespace = '', name = '', uid } = metadata ?? {}
  try {
    await kube.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, ...(uid ? { uid } : {}) })
  } catch (error) {
    // Another Pod of that name: ours is gone.
    if (!(error instanceof KubeError && error.code === 409)) throw error
  }
}

/** Which containers a record calls running. */
export const runningIn = (run: PodRun): ContainerRun[] => run.containers.filter(({ running }) => running !== undefined)
