// Writes the status of one Pod: always the newest, one request at a time, tried again until the server has it.
import type { Logger } from 'pino'
import { type Pod, type PodStatus, pods } from '../../api/kubernetes.ts'
import { type Kube, KubeError } from '../../kube/client.ts'
import type { Clock } from '../../system/clock.ts'

export interface StatusWriter {
  /** Writes this status, unless it is what was written last. */
  set(status: PodStatus): void
  /** Resolves when the newest status is written, or the Pod is gone. */
  written(): Promise<void>
}

export interface StatusWriterOptions {
  readonly kube: Kube
  readonly pod: Pod
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
  /** Takes in the server's answer. */
  readonly observe: (pod: Pod) => void
  /** The server has no such Pod any more. */
  readonly gone: () => void
}

const retryMs = { first: 500, most: 15_000 }

export function statusWriter({ kube, pod, clock, log, signal, observe, gone }: StatusWriterOptions): StatusWriter {
  const { namespace = '', name = '', uid = '' } = pod.metadata ?? {}
  let written = pod.status === undefined ? '' : JSON.stringify(pod.status)
  let wanted: PodStatus | undefined
  let writing: Promise<void> | undefined

  async function write(): Promise<void> {
    let failures = 0
    while (wanted && !signal.aborted) {
      const status = wanted
      const text = JSON.stringify(status)
      if (text === written) {
        wanted = undefined
        return
      }
      try {
        // The uid makes sure that a new Pod of the same name does not get the status of the old one.
        const merge = { metadata: { uid }, status: { ...cleared, ...status } }
        observe(await kube.patch(pods, { namespace, name }, { merge }, { subresource: 'status' }))
        written = text
        failures = 0
        if (wanted === status) wanted = undefined
      } catch (error) {
        if (error instanceof KubeError && (await isGone(error))) {
          wanted = undefined
          gone()
          return
        }
        if (signal.aborted) return
        log[failures === 0 ? 'warn' : 'debug']({ err: error }, 'could not write the status of a pod; trying again')
        await clock.sleep(Math.min(retryMs.first * 2 ** failures, retryMs.most), signal).catch(() => {})
        failures++
      }
    }
  }

  // 409 is the answer to the wrong uid, but not only to that.
  async function isGone({ code }: KubeError): Promise<boolean> {
    if (code !== 404 && code !== 409) return false
    const now = await kube.get(pods, { namespace, name }).catch(() => pod)
    return now?.metadata?.uid !== uid
  }

  function start(): void {
    // In the next turn, so that what changes together is written together.
    writing ??= Promise.resolve()
      .then(write)
      .finally(() => {
        writing = undefined
        if (wanted && !signal.aborted) start()
      })
  }

  return {
    set(status) {
      wanted = status
      start()
    },
    async written() {
      while (writing) await writing
    },
  }
}

// In a merge patch a field that is not mentioned stays; these come and go.
const cleared = { reason: null, message: null, nominatedNodeName: null }
