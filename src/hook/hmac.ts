// Webhook secrets: the token file and the check of a signature against it.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { CORE_SCHEMA, load } from 'js-yaml'
import type { Logger } from 'pino'
import type { Clock } from '../system/clock.ts'

/** Scope (`org/repo`, `org` or `*`) → tokens, any of which may have signed. */
export type HmacTokens = Readonly<Record<string, readonly string[]>>

/** Gives the tokens that hold now. */
export interface HmacSource {
  current(): HmacTokens
}

/** Tokens that never change. */
export const fixedHmac = (tokens: HmacTokens): HmacSource => ({ current: () => tokens })

const checkEveryMs = 1000
const rereadAfterMs = 600_000

/**
 * Tokens of a file, read again when it has changed: looked at when asked, at most once a second. A version that cannot be
 * read leaves the tokens as they were. Throws when the file cannot be read at the start.
 */
export function hmacFile(path: string, { clock, log }: { clock: Clock; log: Logger }): HmacSource {
  const version = () => {
    const { mtimeMs, size, ino } = statSync(path)
    return `${mtimeMs} ${size} ${ino}`
  }
  const read = (text: string) => {
    const { tokens, legacy } = parseHmacFile(text)
    // A map with one bad entry reads as a single token, which then fails every delivery; upstream's users search long.
    if (legacy && /[:\n]/.test(text.trim()))
      log.warn({ path }, 'the HMAC file is no map from scope to tokens, so its whole text is taken as the one token')
    return tokens
  }
  let seen = version()
  let tokens = read(readFileSync(path, 'utf8'))
  let checkedAt = clock.now()
  let readAt = checkedAt
  return {
    current() {
      const now = clock.now()
      if (now - checkedAt < checkEveryMs) return tokens
      checkedAt = now
      try {
        const found = version()
        // Some file systems do not move the time of change, so once in ten minutes the content is compared itself.
        if (found === seen && now - readAt < rereadAfterMs) return tokens
        tokens = read(readFileSync(path, 'utf8'))
        seen = found
        readAt = now
      } catch (error) {
        log.error({ path, err: error }, 'cannot read the HMAC file again; the tokens stay as they were')
      }
      return tokens
    },
  }
}

/** Reads the text of a token file. `legacy`: it is not the map form, and its whole text is the one token for everything. */
export function parseHmacFile(text: string): { tokens: HmacTokens; legacy: boolean } {
  const trimmed = text.trim()
  if (trimmed === '') return { tokens: {}, legacy: false }
  try {
    const tokens = tokenMap(load(trimmed, { schema: CORE_SCHEMA }))
    if (tokens) return { tokens, legacy: false }
  } catch {
    // Not YAML: the old form of the file.
  }
  return { tokens: { '*': [trimmed] }, legacy: true }
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

function tokenMap(value: unknown): HmacTokens | undefined {
  if (value === null) return {}
  if (!isObject(value)) return undefined
  const tokens: Record<string, readonly string[]> = {}
  for (const [scope, list] of Object.entries(value)) {
    if (list !== null && !Array.isArray(list)) return undefined
    const items: readonly unknown[] = list ?? []
    if (!items.every(isToken)) return undefined
    tokens[scope] = items.map((item) => item.value ?? '')
  }
  return tokens
}

function isToken(item: unknown): item is { value?: string } {
  if (!isObject(item)) return false
  const { value, created_at } = item
  const timeIsFine =
    created_at === undefined || created_at === null || (typeof created_at === 'string' && rfc3339.test(created_at))
  return timeIsFine && (value === undefined || value === null || typeof value === 'string')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of X-Hub-Signature-256 for a body. */
export const signature = (body: string | Uint8Array, token: string): string =>
  `sha256=${createHmac('sha256', token).update(body).digest('hex')}`

// The payload names the scope of its token, so it is read before the signature is known to be right. What is large, and takes long
// to read, has to be signed by somebody first. Bytes.
const parsedForAnybody = 256 * 1024

/**
 * Whether a body was signed with a token of its scope.
 * @returns the parsed payload, or the reason to refuse in the words that the sender is told.
 */
export function verify(
  body: Uint8Array,
  header: string,
  tokens: HmacTokens,
): { payload: unknown } | { refuse: string } {
  const given = /^sha256=([0-9a-fA-F]*)$/.exec(header)?.[1]
  const signedBy = signersOf(body, Buffer.from(given ?? '', 'hex'))
  if (body.byteLength > parsedForAnybody && !Object.values(tokens).flat().some(signedBy)) {
    return { refuse: 'invalid signature' }
  }
  const payload = parse(body)
  if (payload === undefined || !fitsGenericShape(payload)) return { refuse: 'invalid payload' }
  if (given === undefined) return { refuse: 'invalid signature' }
  const scope = payload?.repository?.full_name || payload?.organization?.login || ''
  // The most specific scope that exists decides alone, even when its tokens do not match.
  const key = [scope, scope.split('/')[0] ?? '', '*'].find((name) => Object.hasOwn(tokens, name))
  if (key === undefined) return { refuse: 'failed to get an appropriate hmac secret' }
  return (tokens[key] ?? []).some(signedBy)
    ? { payload }
    : { refuse: `misconfigured webhook secret from organization/repo: ${scope}` }
}

/** Whether a token has signed the body. An empty one, which everybody knows, never has. */
const signersOf = (body: Uint8Array, given: Uint8Array) => (token: string) => {
  if (token === '' || given.length !== 32) return false
  return timingSafeEqual(createHmac('sha256', token).update(body).digest(), given)
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  } catch {
    return undefined
  }
}

type Generic = {
  repository?: { full_name?: string | null } | null
  organization?: { login?: string | null } | null
} | null

function fitsGenericShape(value: unknown): value is Generic {
  const optional = (part: unknown, check: (object: Record<string, unknown>) => boolean) =>
    part === undefined || part === null || (isObject(part) && check(part))
  const isText = (part: unknown) => part === undefined || part === null || typeof part === 'string'
  return optional(
    value,
    ({ repository, organization }) =>
      optional(repository, ({ full_name }) => isText(full_name)) &&
      optional(organization, ({ login }) => isText(login)),
  )
}
