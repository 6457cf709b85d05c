// What can go wrong with GitHub, as CodeHostError.
import { CodeHostError } from '../api/code-host.ts'

/** An error of Octokit that carries GitHub's answer. */
export type AnswerError = Error & { status: number }

/** True when GitHub answered with that status. */
export function hasStatus(error: unknown, status: number): error is AnswerError {
  return error instanceof Error && 'status' in error && error.status === status
}

const kinds: Record<number, CodeHostError['kind']> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'not-found',
  422: 'invalid',
  429: 'rate-limited',
}

/**
 * The failure of one operation: what was asked for, what GitHub said, and of which kind it is. Tokens do not get in: Octokit keeps
 * request headers out of its messages.
 */
export function failure(what: string, error: unknown): CodeHostError {
  if (error instanceof CodeHostError) return error
  const message = error instanceof Error ? error.message : String(error)
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 0
  return new CodeHostError(kindOf(status, message), status, `${what}: ${message}`)
}

function kindOf(status: number, message: string): CodeHostError['kind'] {
  if (status === 403 && /rate limit/i.test(message)) return 'rate-limited'
  // Octokit reports a broken connection as a 500 of its own.
  return kinds[status] ?? (status >= 500 ? 'unavailable' : 'failed')
}
