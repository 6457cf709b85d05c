// recorder: writes Kubernetes Events about an object, for people who look with kubectl.
import type { Logger } from 'pino'
import { events, type KubeObject } from '../api/kubernetes.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import type { Kube } from './client.ts'

/** Says something about an object. Never fails: an event that cannot be written is logged. */
export type Recorder = (about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string) => Promise<void>

// Kubernetes refuses longer ones.
const longestMessage = 1024
// The same sentence about the same object is not repeated within this time.
const repeatAfterMs = 10 * 60_000

/** @param component Name that events carry as their source. */
export function recorder(
  component: string,
  { kube, clock, ids, log }: { kube: Kube; clock: Clock; ids: Pick<Ids, 'suffix'>; log: Logger },
): Recorder {
  const said = new Map<string, number>()

  return async (about, type, reason, message) => {
    const { name = '', namespace = '', uid = '', resourceVersion = '' } = about.metadata ?? {}
    const key = `${uid}/${reason}/${message}`
    const now = clock.now()
    for (const [old, at] of said) {
      // In order of time, so the rest is younger.
      if (now - at < repeatAfterMs) break
      said.delete(old)
    }
    if (said.has(key)) return
    said.set(key, now)
    const time = `${new Date(now).toISOString().slice(0, 19)}Z`
    try {
      // Only creates: the roles of upstream's controllers grant no more.
      await kube.create(events, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name.slice(0, 230)}.${ids.suffix(16)}`, namespace },
        involvedObject: {
          apiVersion: about.apiVersion ?? '',
          kind: about.kind ?? '',
          name,
          namespace,
          uid,
          resourceVersion,
        },
        type,
        reason,
        message: message.slice(0, longestMessage),
        source: { component },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
      })
    } catch (err) {
      log.debug({ err, object: `${namespace}/${name}`, reason }, 'cannot write an event')
    }
  }
}
