// Who sends a request: by token, by installation token, or an app by its signed JWT.
import { createPublicKey, verify } from 'node:crypto'
import type { Core } from '../core.ts'
import { badCredentials, Refusal } from '../errors.ts'
import type { Account, App } from '../state/records.ts'

export interface Caller {
  readonly actor: Account | null
  readonly app: App | null
  readonly token: string | undefined
}

/** Reads an Authorization header: `Bearer`, `token` or `Basic` with the token as password or user name. */
export function callerOf(core: Core, header: string | undefined): Caller {
  if (header === undefined || header === '') return { actor: null, app: null, token: undefined }
  const [scheme = '', value = ''] = header.split(/\s+/, 2)
  const kind = scheme.toLowerCase()
  if (kind === 'basic') {
    const [user = '', password = ''] = Buffer.from(value, 'base64').toString('utf8').split(/:(.*)/s)
    const actor = accountOfToken(core, password) ?? accountOfToken(core, user)
    if (!actor) throw badCredentials()
    return { actor, app: null, token: accountOfToken(core, password) ? password : user }
  }
  if (kind !== 'bearer' && kind !== 'token') throw badCredentials()
  if (value.split('.').length === 3) return { actor: null, app: appOfJwt(core, value), token: undefined }
  const actor = accountOfToken(core, value)
  if (!actor) throw badCredentials()
  return { actor, app: null, token: value }
}

function accountOfToken(core: Core, token: string): Account | undefined {
  const known = token === '' ? undefined : core.state.tokens.get(token)
  if (!known || (known.expires_at && Date.parse(known.expires_at) <= core.clock.now())) return undefined
  return core.state.accounts.get(known.login.toLowerCase())
}

const longestLifeSeconds = 600
const clockSkewSeconds = 60

function appOfJwt(core: Core, jwt: string): App {
  const refuse = (message: string): Refusal => new Refusal(401, message)
  const [head = '', claims = '', signature = ''] = jwt.split('.')
  const header = decode(head)
  const { iss, iat, exp } = decode(claims)
  const now = Math.floor(core.clock.now() / 1000)
  const app = [...core.state.apps.all()].find(({ id }) => String(id) === String(iss) || `Iv1.${id}` === iss)
  if (!app || header.alg !== 'RS256') throw refuse('A JSON web token could not be decoded')
  if (typeof exp !== 'number' || exp <= now)
    throw refuse(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  if (exp - now > longestLifeSeconds + clockSkewSeconds)
    throw refuse("'Expiration time' claim ('exp') is too far in the future")
  if (typeof iat !== 'number' || iat > now + clockSkewSeconds)
    throw refuse("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
  if (app.public_key !== null) {
    const signed = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      createPublicKey(app.public_key),
      Buffer.from(signature, 'base64url'),
    )
    if (!signed) throw refuse('A JSON web token could not be decoded')
  }
  return app
}

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    throw new Refusal(401, 'A JSON web token could not be decoded')
  }
}
