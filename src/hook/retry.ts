// Which failures of a task pass by themselves, and how long to wait for that.
import { CodeHostError } from '../api/code-host.ts'
import { GitError } from '../git/git.ts'
import { KubeError } from '../kube/client.ts'
import { SlackError } from '../slack/slack.ts'
import { ServiceError } from '../system/json-service.ts'

/** Waits between the attempts of a task, in milliseconds: eight attempts over about ten minutes. */
export const backoffMs: readonly number[] = [250, 1000, 5000, 15_000, 60_000, 180_000, 300_000]

/** How often a task is tried in all, restarts included. */
export const maxAttempts = backoffMs.length + 1

/** A failure that says itself that a later attempt may succeed. */
export class TransientError extends Error {
  override readonly name = 'TransientError'
}

/** True for failures of the network and of servers, false for refusals and for mistakes in our own code. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransientError) return true
  if (error instanceof CodeHostError) return hostKinds.has(error.kind) || error.status >= 500 || error.status === 429
  if (error instanceof GitError) return error.kind === 'unavailable'
  if (error instanceof SlackError) return error.kind === 'unavailable'
  if (error instanceof ServiceError) return error.passes
  if (error instanceof KubeError)
    return error.code >= 500 || error.code === 429 || error.code === 0 || error.reason === 'Conflict'
  if (error instanceof AggregateError) return error.errors.some(isTransient)
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return /^(?:E(?:AI_AGAIN|CONN|HOST|NET|NOTFOUND|PIPE|TIMEDOUT)|UND_ERR_)/.test(code) || isTransient(error.cause)
}

const hostKinds: ReadonlySet<CodeHostError['kind']> = new Set(['unavailable', 'rate-limited'])
