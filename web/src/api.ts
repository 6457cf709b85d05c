// Asks Deck's API, as the administrator when this browser knows the token.
import type { Trouble } from '../../src/deck/wire.ts'

/** An answer that is not the wanted one. `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const tokenKey = 'deck-admin-token'

/**
 * Takes the administrator's token from an address such as `/#admin=<token>` and removes it there. What follows # is never
 * sent to a server, so it is in no log; and storage belongs to this origin alone, unlike a cookie of 127.0.0.1.
 */
export function adoptToken(): void {
  const token = /^#admin=(.+)$/.exec(location.hash)?.[1]
  if (!token) return
  history.replaceState(null, '', location.pathname + location.search)
  try {
    localStorage.setItem(tokenKey, decodeURIComponent(token))
  } catch {
    // Without storage the visitor stays a reader.
  }
}

function authorization(): Record<string, string> {
  try {
    const token = localStorage.getItem(tokenKey)
    return token ? { authorization: `Bearer ${token}` } : {}
  } catch {
    return {}
  }
}

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(url, { headers: authorization(), ...(signal && { signal }) })
  const body: T = await response.json()
  return body
}

/** The custom header is what another site cannot send. */
export async function post<T>(url: string): Promise<T> {
  const response = await ask(url, { method: 'POST', headers: { ...authorization(), 'x-csrf-token': 'deck' } })
  const body: T = await response.json()
  return body
}

/** Bytes [start, end) of a log, or all of it. */
export async function getBytes(url: string, range?: { start: number; end: number }): Promise<Uint8Array> {
  const headers = range && { range: `bytes=${range.start}-${range.end - 1}` }
  const response = await ask(url, headers ? { headers } : {})
  return new Uint8Array(await response.arrayBuffer())
}

export async function openStream(url: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await ask(url, { signal })
  if (!response.body) throw new ApiError(0, 'the answer has no body')
  return response.body
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError(0, 'Deck does not answer')
  }
  if (response.ok) return response
  const trouble: Partial<Trouble> = await response.json().catch(() => ({}))
  throw new ApiError(response.status, trouble.error ?? `Deck answered ${response.status}`)
}

/** Addresses that a link may have. What jobs and refs say is not trusted: `javascript:` and its like give undefined. */
export function safeHref(href: string): string | undefined {
  return /^(https?:\/\/|\/(?!\/))/i.test(href) ? href : undefined
}
