// What a refused or failed creation of a Pod means for its job.
import { KubeError } from '../kube/client.ts'

/** `exists`: look whose Pod it is. `quota`, `later`: the job waits and tries again. `never`: the job ends with an error. */
export type CreateOutcome = 'exists' | 'quota' | 'later' | 'never'

/** Decides by the server's answer; no answer at all is `later`. */
export function createOutcome(error: unknown): CreateOutcome {
  if (!(error instanceof KubeError)) return 'later'
  const { code, reason, message } = error
  if (code === 409 && reason === 'AlreadyExists') return 'exists'
  // Quota is given back when other Pods end; other kinds of 403 stay what they are.
  if (code === 403 && message.includes('exceeded quota')) return 'quota'
  // Not the job's fault: our credentials (401), a server that is slow (408), busy (429) or broken (5xx), a lost race (409).
  if (code >= 500 || [401, 408, 409, 429].includes(code)) return 'later'
  return 'never'
}
