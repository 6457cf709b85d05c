// Services that answer in JSON over HTTP, asked in somebody's name: bounded in time and size, and asked again where that is safe.
import { boundedBody } from './bounded-body.ts'
import type { Clock } from './clock.ts'

/** One request. */
export interface ServiceRequest {
  /** What it is called in messages and metrics. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Below the endpoint, without a slash in front. */
  readonly path: string
  readonly query?: readonly (readonly [name: string, value: string])[]
  /** Sent as JSON. */
  readonly body?: unknown
}

/** An answer with a status from 200 to 299. */
export interface ServiceAnswer {
  readonly status: number
  /** The JSON; undefined when there is none. */
  readonly body: unknown
}

/** Headers and query with what proves who asks. */
export interface Proof {
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: readonly (readonly [name: string, value: string])[]
}

export interface ServiceSettings {
  /** For messages. */
  readonly name: string
  /** Base address; may have a path. */
  readonly endpoint: string
  /** Asked for at each attempt, so that a new secret holds at once. */
  readonly proof: () => Proof
  readonly userAgent: string
  /** How often a request is sent again. */
  readonly retries: number
  /** What an answer says is wrong, whatever its status; undefined when it says nothing like that. */
  readonly problemIn: (body: unknown) => { readonly message: string; readonly code?: number } | undefined
  /** Called for each answer. */
  readonly observe: (request: ServiceRequest, status: number, seconds: number) => void
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

/** A request that a service did not carry out, as far as that is known. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  /** The service's own number of what is wrong; 0 when it gives none. */
  readonly code: number

  constructor(status: number, message: string, code = 0) {
    super(message)
    this.status = status
    this.code = code
  }

  /** Whether the same request may succeed later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || (this.status >= 500 && this.status !== 501)
  }
}

const withinMs = 30_000
const mostBytes = 8 * 1024 * 1024
/** Characters of an answer in a message. */
const mostShown = 500
const firstPauseMs = 1000
const longestPauseMs = 30_000

/** A client of one service. @throws ServiceError for everything but an answer that says all is well. */
export function jsonService(settings: ServiceSettings): (request: ServiceRequest) => Promise<ServiceAnswer> {
  const { clock, retries } = settings
  return async (request) => {
    for (let attempt = 0; ; attempt++) {
      const { answer, error, retryAfterMs } = await once(settings, request)
      if (answer) return answer
      if (attempt >= retries || !mayRepeat(request, error)) throw error
      await clock.sleep(Math.min(retryAfterMs ?? firstPauseMs * 2 ** attempt, longestPauseMs))
    }
  }
}

type Outcome =
  | { readonly answer: ServiceAnswer; readonly error?: never; readonly retryAfterMs?: never }
  | { readonly answer?: never; readonly error: ServiceError; readonly retryAfterMs?: number | undefined }

async function once(settings: ServiceSettings, request: ServiceRequest): Promise<Outcome> {
  const { name, fetch, clock } = settings
  const late = new AbortController()
  const stopWatch = clock.after(withinMs, () => late.abort())
  const began = clock.now()
  const about = `${name}: ${request.operation}`
  try {
    const proof = settings.proof()
    const answer = await fetch(addressOf(settings.endpoint, request, proof), {
      method: request.method,
      headers: {
        accept: 'application/json',
        'user-agent': settings.userAgent,
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...proof.headers,
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      // The secret is for nobody else.
      redirect: 'error',
      signal: late.signal,
    })
    const text = await boundedBody(answer, mostBytes)
    settings.observe(request, answer.status, (clock.now() - began) / 1000)
    const read = resultOf(answer, text, settings, about)
    return read instanceof ServiceError
      ? { error: read, retryAfterMs: pauseOf(answer.headers.get('retry-after'), clock) }
      : { answer: read }
  } catch (error) {
    if (late.signal.aborted) return { error: new ServiceError(0, `${about}: no answer within ${withinMs / 1000} s`) }
    return { error: new ServiceError(0, `${about}: ${reasonOf(error)}`) }
  } finally {
    stopWatch()
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function resultOf(
  { ok, status }: Response,
  text: string | undefined,
  { problemIn }: ServiceSettings,
  about: string,
): ServiceAnswer | ServiceError {
  if (text === undefined) return new ServiceError(status, `${about}: the answer is longer than ${mostBytes} bytes`)
  const body = parsed(text)
  const problem = problemIn(body)
  if (problem) return new ServiceError(status, `${about}: ${shown(problem.message)}`, problem.code)
  if (!ok) return new ServiceError(status, `${about}: HTTP ${status}${text && ': '}${shown(text)}`)
  if (text !== '' && body === undefined) return new ServiceError(status, `${about}: the answer is no JSON`)
  return { status, body }
}

const shown = (text: string): string => (text.length > mostShown ? `${text.slice(0, mostShown).toWellFormed()}…` : text)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What makes something new is only sent again when it has surely not been carried out. */
const mayRepeat = ({ method }: ServiceRequest, error: ServiceError): boolean =>
  method === 'POST' ? error.status === 429 || error.status === 503 : error.passes

function addressOf(endpoint: string, { path, query = [] }: ServiceRequest, { query: proof = [] }: Proof): string {
  const address = new URL(`${endpoint.replace(/\/+$/, '')}/${path}`)
  for (const [name, value] of [...query, ...proof]) address.searchParams.append(name, value)
  return address.href
}

/** Of a `Retry-After`: seconds, or a date. */
function pauseOf(given: string | null, clock: Clock): number | undefined {
  if (!given) return undefined
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - clock.now()
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0)
}

/** A secret that goes into a header. @throws Error, without the secret, when it cannot. */
export function headerSecret(secret: string): string {
  // Whatever else is in there must not get into a message about a bad header.
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new Error('the secret must be one word of printable ASCII')
  return secret
}
