// Who may ask Deck for what: the headers of every answer, and the checks of every question. Pure.
import { timingSafeEqual } from 'node:crypto'

/**
 * Who may rerun and abort, besides those whom a job's rerun_auth_config lets.
 * - `token`: whoever sends `Authorization: Bearer <token>`; that a request comes from this machine says nothing, since jobs
 *   run on it. The pages keep it in the browser's storage of this origin rather
 *   than in a cookie, because cookies of 127.0.0.1 are sent to every port of the machine.
 */
export type Admin = { readonly mode: 'nobody' } | { readonly mode: 'token'; readonly token: string }

export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Sent with every answer. The pages use no inline script or style and load nothing from elsewhere. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** For what jobs have written: it is saved, never shown, and could do nothing if it were. */
export const downloadHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
}

/** True for an address or name that only this machine can mean. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1') return true
  return /^(::ffff:)?127(\.\d{1,3}){3}$/.test(bare)
}

/** The host name of a Host header, without port. */
const hostName = (header: string): string => header.replace(/:\d+$/, '')

/**
 * Why a request for that Host is refused, or undefined. A server on loopback answers only to loopback names: a web site whose
 * name somebody points at 127.0.0.1 (DNS rebinding) must not read it through a visitor's browser.
 */
export function refuseHost(listenHost: string, hostHeader: string | undefined): string | undefined {
  if (!isLoopback(listenHost)) return undefined
  if (hostHeader !== undefined && isLoopback(hostName(hostHeader))) return undefined
  return `Deck listens on ${listenHost} for this machine only and does not answer for the host "${hostHeader ?? ''}"`
}

/**
 * Why a request that changes something is refused, or undefined. The custom header alone would do: a page of another origin
 * cannot send it without a preflight, which Deck never answers. What the browser says of the origin is checked on top.
 */
export function refuseOrigin(headers: Headers): string | undefined {
  const site = text(headers['sec-fetch-site'])
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return 'Forbidden - the request comes from another site'
  const origin = text(headers.origin)
  if (origin !== undefined && originHost(origin) !== text(headers.host)?.toLowerCase())
    return 'Forbidden - origin invalid'
  if (!text(headers['x-csrf-token'])) return 'Forbidden - CSRF token not found in request: send any X-CSRF-Token header'
  return undefined
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

/** True when the request is the administrator's. */
export function isAdmin(admin: Admin, headers: Headers): boolean {
  switch (admin.mode) {
    case 'nobody':
      return false
    case 'token': {
      const given = /^Bearer +(\S+)$/i.exec(text(headers.authorization) ?? '')?.[1]
      return given !== undefined && sameText(given, admin.token)
    }
  }
}

/** Compares in a time that does not depend on where the texts differ. */
function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

const text = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)
