// Installation tokens of a GitHub App, for cloning what the app may see.
import { createSign } from 'node:crypto'
import type { Clock } from '../../system/clock.ts'
import { messageOf } from '../log.ts'
import { isObject } from '../options.ts'

export interface AppOptions {
  readonly appId: string
  /** PEM. */
  readonly privateKey: string
  /** Tried in order until one answers. */
  readonly endpoints: readonly string[]
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
}

/** Gives the token of the app's installation in an org; kept until a minute before it expires. */
export function appTokens(options: AppOptions): (org: string) => Promise<string> {
  const known = new Map<string, Promise<{ token: string; expires: number }>>()
  return async (org) => {
    const key = org.toLowerCase()
    const before = await known.get(key)?.catch(() => undefined)
    if (before && before.expires - 60_000 > options.clock.now()) return before.token
    const asking = firstAnswer(options, org)
    known.set(key, asking)
    return (await asking).token
  }
}

async function firstAnswer(options: AppOptions, org: string): Promise<{ token: string; expires: number }> {
  const failures: string[] = []
  for (const endpoint of options.endpoints) {
    try {
      return await tokenFor(options, endpoint.replace(/\/+$/, ''), org)
    } catch (error) {
      failures.push(messageOf(error))
    }
  }
  throw new Error(`could not get a token for ${org}: ${failures.join('; ')}`)
}

async function tokenFor(options: AppOptions, endpoint: string, org: string) {
  const headers = {
    authorization: `Bearer ${appJwt(options)}`,
    accept: 'application/vnd.github+json',
    'user-agent': 'clonerefs',
  }
  const installation = await findInstallation(options, endpoint, org, headers)
  if (installation === undefined) throw new Error(`the app ${options.appId} is not installed in ${org}`)
  const url = `${endpoint}/app/installations/${installation}/access_tokens`
  const { body } = await json(options, url, { method: 'POST', headers })
  if (!isObject(body) || typeof body.token !== 'string') throw new Error(`${url} gave no token`)
  return { token: body.token, expires: Date.parse(String(body.expires_at)) }
}

async function findInstallation(
  options: AppOptions,
  endpoint: string,
  org: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  for (let page = 1; ; page++) {
    const url = `${endpoint}/app/installations?per_page=100&page=${page}`
    const { body } = await json(options, url, { headers })
    if (!Array.isArray(body)) throw new Error(`${url} gave no list`)
    for (const installation of body) {
      const login = isObject(installation) && isObject(installation.account) ? installation.account.login : undefined
      if (String(login).toLowerCase() === org.toLowerCase()) return Number(installation.id)
    }
    if (body.length < 100) return undefined
  }
}

async function json({ fetch }: AppOptions, url: string, init: RequestInit): Promise<{ body: unknown }> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) })
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url} answered ${answer.status}: ${await answer.text()}`)
  return { body: await answer.json() }
}

/** A JSON Web Token that says "I am this app" for about nine minutes. */
function appJwt({ appId, privateKey, clock }: AppOptions): string {
  const now = Math.floor(clock.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  // A minute back, for clocks that are not quite together.
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 60, exp: now + 9 * 60, iss: appId })}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`
}
