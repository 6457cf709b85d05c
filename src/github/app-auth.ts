// A GitHub App: its own signed proof, its installations, and their tokens, each made once for all who need it at the same time.
import { sign } from 'node:crypto'
import { createAppAuth } from '@octokit/auth-app'
import { CodeHostError } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import { failure, hasStatus } from './errors.ts'
import type { Identity, Proof } from './identity.ts'
import type { Octokit } from './octokit.ts'

export interface App {
  /** The app itself. */
  readonly self: Identity
  /** Its installation in an organisation. Proofs fail with a CodeHostError where there is none. */
  inOrg(org: string): Identity
  /** The installation's token, for git. */
  token(org: string): Promise<string>
}

export interface AppOptions {
  readonly appId: number
  /** PEM; asked for at each signature. */
  readonly privateKey: () => string
  readonly clock: Clock
  /** Builds a client for an identity. */
  readonly client: (identity: Identity) => Octokit
}

interface Token {
  readonly text: string
  readonly madeAt: number
  readonly expiresAt: number
  readonly budget: string
}

// A token that ends sooner is not used any more.
const leastLifeMs = 60_000
// GitHub's servers may need a moment until all of them know a new token.
const newTokenMs = 5000

// What only the app itself may ask; everything else is asked by an installation.
const asksItself = /^\/(?:app(?:[/?]|$)|repos\/[^/]+\/[^/]+\/installation$)/

export function githubApp({ appId, privateKey, clock, client }: AppOptions): App {
  const self: Identity = {
    async prove(path) {
      // Who the app is has to be asked under another name.
      const budget = path === '/app' ? String(appId) : await slug.get()
      return { headers: { authorization: `Bearer ${jwt(appId, privateKey(), clock)}`, [budgetHeader]: budget }, budget }
    },
    refused: async () => false,
  }
  const asApp = client(self)
  const slug = once(async () => (await asApp.rest.apps.getAuthenticated()).data?.slug ?? String(appId))
  const exchange = createAppAuth({
    appId,
    // Every request of asApp is proved anyway.
    createJwt: async () => ({ jwt: '', expiresAt: '' }),
    request: asApp.request,
  })

  const installations = once(async () => {
    const all = await asApp.paginate(asApp.rest.apps.listInstallations, { per_page: 100 })
    return new Map(
      all.flatMap(({ id, account }) => (account && 'login' in account ? [[account.login.toLowerCase(), id]] : [])),
    )
  })
  const installationOf = async (org: string): Promise<number> => {
    await slug.get()
    const name = org.toLowerCase()
    const listed = installations.isThere()
    const known = (await installations.get()).get(name)
    if (known !== undefined) return known
    if (listed) installations.forget()
    const found = (await installations.get()).get(name)
    if (found !== undefined) return found
    throw new CodeHostError(
      'forbidden',
      404,
      `the GitHub app is not installed in the organization "${org}": install it there, or remove the org from plugins.yaml`,
    )
  }

  const tokens = new Map<string, Token>()
  const making = new Map<string, Promise<Token>>()
  const make = async (org: string): Promise<Token> => {
    const exchanged = async () =>
      exchange({ type: 'installation', installationId: await installationOf(org), refresh: true })
    const made = await exchanged().catch((error: unknown) => {
      if (!hasStatus(error, 404) || error instanceof CodeHostError) throw error
      // It was installed anew since they were listed.
      installations.forget()
      return exchanged()
    })
    const token: Token = {
      text: made.token,
      madeAt: clock.now(),
      expiresAt: Date.parse(made.expiresAt),
      budget: `${await slug.get()} - ${org}`,
    }
    tokens.set(org, token)
    return token
  }
  const tokenOf = async (org: string): Promise<Token> => {
    const known = tokens.get(org)
    if (known && known.expiresAt - clock.now() >= leastLifeMs) return known
    const underWay = making.get(org) ?? make(org).finally(() => making.delete(org))
    making.set(org, underWay)
    try {
      return await underWay
    } catch (error) {
      throw failure(`token of the app for ${org}`, error)
    }
  }

  return {
    self,
    inOrg: (org) => ({
      async prove(path): Promise<Proof> {
        if (asksItself.test(path)) return self.prove(path)
        const { text, expiresAt, budget } = await tokenOf(org)
        return {
          headers: {
            authorization: `Bearer ${text}`,
            [budgetHeader]: budget,
            [expiryHeader]: new Date(expiresAt).toISOString().replace('.000', ''),
          },
          budget,
        }
      },
      async refused({ headers }) {
        const token = tokens.get(org)
        if (!token || headers.authorization !== `Bearer ${token.text}`) return headers[expiryHeader] !== undefined
        if (clock.now() - token.madeAt < newTokenMs) await clock.sleep(1000)
        else tokens.delete(org)
        return true
      },
    }),
    token: async (org) => (await tokenOf(org)).text,
  }
}

/** How requests tell a ghproxy whose quota they use. */
export const budgetHeader = 'x-prow-ghcache-token-budget-identifier'
/** How they tell it until when their token holds. */
const expiryHeader = 'x-prow-token-expires-at'

/** A JSON Web Token that says "I am this app" for nine minutes. */
function jwt(appId: number, key: string, clock: Clock): string {
  const now = Math.floor(clock.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  // Half a minute back, for clocks that are not quite together.
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 30, exp: now + 540, iss: appId })}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

/** Asks once for all, until it is forgotten. A failure is not remembered. */
function once<T>(ask: () => Promise<T>) {
  let answer: Promise<T> | undefined
  const forget = () => {
    answer = undefined
  }
  return {
    forget,
    isThere: () => answer !== undefined,
    get(): Promise<T> {
      answer ??= ask().catch((error: unknown) => {
        forget()
        throw error
      })
      return answer
    },
  }
}
