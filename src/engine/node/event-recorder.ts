// Tells people what happens to a Pod, as core/v1 Events. Never holds up or fails what it tells of.
import type { Logger } from 'pino'
import { type Event, events, type Pod } from '../../api/kubernetes.ts'
import type { Kube } from '../../kube/client.ts'
import type { Clock } from '../../system/clock.ts'
import type { Ids } from '../../system/ids.ts'
import { rfc3339 } from './pod-status.ts'

export interface PodEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** The container it is about, e.g. `spec.containers{test}`. */
  readonly fieldPath?: string
  /** Who tells it; default `kubelet`. */
  readonly component?: string
}

export interface EventRecorder {
  record(pod: Pod, event: PodEvent): void
  /** Resolves when everything recorded so far is written or given up. */
  flushed(): Promise<void>
}

interface Known {
  readonly name: string
  count: number
}

// Repetitions are counted in one Event, like everywhere in Kubernetes; more than these are not remembered.
const remembered = 1000

export function eventRecorder(options: {
  kube: Kube
  nodeName: string
  clock: Clock
  ids: Ids
  log: Logger
}): EventRecorder {
  const { kube, nodeName, clock, ids, log } = options
  const known = new Map<string, Known>()
  let writing = Promise.resolve()

  async function write(pod: Pod, event: PodEvent, at: string): Promise<void> {
    const { name = '', namespace = '', uid = '' } = pod.metadata ?? {}
    const key = JSON.stringify([uid, event])
    const before = known.get(key)
    if (before) {
      before.count++
      const merge = { count: before.count, lastTimestamp: at }
      await kube.patch(events, { namespace, name: before.name }, { merge })
      return
    }
    const { component = 'kubelet', fieldPath, ...told } = event
    const eventName = `${name}.${ids.uuid().replaceAll('-', '').slice(0, 16)}`
    const object: Event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: eventName, namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, ...(fieldPath ? { fieldPath } : {}) },
      ...told,
      source: { component, host: nodeName },
      reportingComponent: component,
      reportingInstance: nodeName,
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    }
    await kube.create(events, object)
    known.set(key, { name: eventName, count: 1 })
    if (known.size > remembered) for (const oldest of known.keys()) return void known.delete(oldest)
  }

  return {
    record(pod, event) {
      const at = rfc3339(clock.now())
      writing = writing
        .then(() => write(pod, event, at))
        .catch((err: unknown) => {
          known.delete(JSON.stringify([pod.metadata?.uid ?? '', event]))
          log.debug({ err, reason: event.reason, pod: pod.metadata?.name }, 'could not write an event')
        })
    },
    flushed: () => writing,
  }
}
