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
  // What the client itself refused before there was an answer, Octokit wraps.
  if (error instanceof Error && error.cause instanceof CodeHostError) {
    const { kind, status, message } = error.cause
    return new CodeHostError(kind, status, `${what}: ${message}`)
  }
  const message = error instanceof Error ? error.message : String(error)
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 0
  // GraphQL refuses with 200.
  const graphql = graphqlTypes(error).map((type) => graphqlKinds[type] ?? 'failed')[0]
  const scopes = status === 403 ? missingScopes(error) : ''
  return new CodeHostError(graphql ?? kindOf(status, message), graphql ? 200 : status, `${what}: ${message}${scopes}`)
}

/** What a classic token may do, and what it would have to be allowed for this; empty when that is not the reason. */
function missingScopes(error: unknown): string {
  const { headers = {} } = (error as { response?: { headers?: Readonly<Record<string, string>> } }).response ?? {}
  const list = (text = '') => text.split(',').flatMap((scope) => scope.trim() || [])
  const accepted = list(headers['x-accepted-oauth-scopes'])
  const given = list(headers['x-oauth-scopes'])
  if (accepted.length === 0 || accepted.some((scope) => given.includes(scope))) return ''
  const has = given.length === 0 ? 'no' : given.join(', ')
  return `: the account is using ${has} oauth scopes; it needs at least one of ${accepted.join(', ')}`
}

/** Why GitHub refused a request, as far as it gives reasons beside its message. */
export function reasons(error: unknown): readonly string[] {
  type Refused = { response?: { data?: { errors?: readonly (string | { message?: string })[] } } }
  const { errors = [] } = (error as Refused).response?.data ?? {}
  return errors.flatMap((reason) => (typeof reason === 'string' ? reason : (reason.message ?? [])))
}

/** What kinds of errors GraphQL names: `NOT_FOUND`, `FORBIDDEN` …; none when it is no answer of GraphQL. */
export function graphqlTypes(error: unknown): readonly string[] {
  if (!(error instanceof Error && 'errors' in error && Array.isArray(error.errors))) return []
  return error.errors.map(({ type }: { type?: unknown }) => String(type ?? ''))
}

const graphqlKinds: Record<string, CodeHostError['kind']> = {
  NOT_FOUND: 'not-found',
  FORBIDDEN: 'forbidden',
  INSUFFICIENT_SCOPES: 'forbidden',
  UNPROCESSABLE: 'invalid',
  RATE_LIMITED: 'rate-limited',
}

function kindOf(status: number, message: string): CodeHostError['kind'] {
  if (status === 403 && /rate limit/i.test(message)) return 'rate-limited'
  // Octokit reports a broken connection as a 500 of its own.
  return kinds[status] ?? (status >= 500 ? 'unavailable' : 'failed')
}
