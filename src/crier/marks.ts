// Notes on ProwJobs which of their states reporters have handled. Reporters that end together share a patch.
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import { type Kube, KubeError } from '../kube/client.ts'
import type { Informer } from '../kube/informer.ts'

export interface Marks {
  /** Resolves when the note is in the API and in the cache. A job that is gone needs none. */
  mark(job: ProwJob, reporter: string): Promise<void>
}

interface Batch {
  readonly states: Record<string, string>
  readonly written: Promise<void>
}

export function marks(kube: Kube, jobs: Pick<Informer<ProwJob>, 'observe'>): Marks {
  // Per job: the patch that is on its way, and what has come up since.
  const inFlight = new Map<string, Promise<void>>()
  const next = new Map<string, Batch>()

  async function write(at: { namespace: string; name: string }, states: Record<string, string>): Promise<void> {
    try {
      const patch = { merge: { status: { prev_report_states: states } } }
      jobs.observe(await kube.patch(prowJobs, at, patch))
    } catch (error) {
      if (!(error instanceof KubeError && error.code === 404)) throw error
    }
  }

  return {
    mark({ metadata, status }, reporter) {
      const at = { namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
      const key = `${at.namespace}/${at.name}`
      const waiting = next.get(key)
      if (waiting) {
        waiting.states[reporter] = status.state
        return waiting.written
      }
      const states = { [reporter]: status.state }
      const before = inFlight.get(key) ?? Promise.resolve()
      const written = before
        .catch(() => {}) // told to those who waited for it
        .then(() => {
          next.delete(key)
          const now = write(at, states).finally(() => {
            if (inFlight.get(key) === now) inFlight.delete(key)
          })
          inFlight.set(key, now)
          return now
        })
      next.set(key, { states, written })
      return written
    },
  }
}
