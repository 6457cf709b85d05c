// Pictures that other services offer, for comments of the bot. What such a service says is a stranger's word.
import type { Context } from '../../hook/plugin.ts'

const mostAddress = 500
/** GitHub shows no larger picture. */
const mostBytes = 5 * 1024 * 1024

// Some services answer nobody who does not say who they are.
const headers = { 'user-agent': 'bowsprit' }

/**
 * An address that may stand in a comment and is asked for its size; undefined for everything else. It is one of the public
 * web, by name, and neither ends the Markdown around it nor carries anything but itself.
 */
export function pictureAddress(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.length > mostAddress || !URL.canParse(given)) return undefined
  const { protocol, hostname, port, username, password, href } = new URL(given)
  if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return undefined
  if (!/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(hostname) || /\.(?:local|internal)$/.test(hostname)) return undefined
  return /^https:\/\/[\w.~%/?&=+:;,@!$*-]+$/.test(href) ? href : undefined
}

/** A picture that is there and not too large to be shown; a service that does not tell the size is believed. */
async function isShowable(fetch: Context['fetch'], address: string): Promise<boolean> {
  // A redirection is no picture: it could lead anywhere.
  const { status, headers: answered } = await fetch(address, { method: 'HEAD', headers, redirect: 'manual' })
  return status === 200 && Number(answered.get('content-length') ?? 0) <= mostBytes
}

/** What a service answers, as JSON. @throws Error for any other answer than 200. */
export async function answerOf(
  fetch: Context['fetch'],
  address: string,
  more: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  // The headers may hold a key, which is for this service only.
  const answer = await fetch(address, {
    headers: { accept: 'application/json', ...headers, ...more },
    redirect: 'error',
  })
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`)
  return answer.json()
}

/** A field of a JSON value, however deep; undefined where there is none. */
export function fieldOf(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined,
    value,
  )
}

/** The first attempt that gives something; undefined when none of them does. Why not is logged. */
export async function firstOf<T>(
  attempts: number,
  { log, signal }: Pick<Context, 'log' | 'signal'>,
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let number = 1; number <= attempts; number++) {
    try {
      const found = await attempt()
      if (found !== undefined) return found
      log.info({ attempt: number }, 'the service has nothing that can be shown')
    } catch (err) {
      signal.throwIfAborted()
      log.info({ attempt: number, err }, 'the service did not answer as it should')
    }
  }
  return undefined
}

/** The picture at this address, if it can be shown. */
export async function showable(fetch: Context['fetch'], given: unknown): Promise<string | undefined> {
  const address = pictureAddress(given)
  return address !== undefined && (await isShowable(fetch, address)) ? address : undefined
}
