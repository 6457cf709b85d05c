// As whom requests are sent: the header that proves it, and the name of the quota that they use up.
import { createHash } from 'node:crypto'

/** Who the client is: a token that is asked for at each request (so that it can be rotated), or an app. */
export type Credentials =
  | { readonly token: () => string }
  | {
      readonly appId: number
      /** PEM; asked for at each signature. */
      readonly privateKey: () => string
    }
  | { readonly anonymous: true }

/** What one request is sent with. */
export interface Proof {
  /** Authorization, and what a ghproxy wants to know. */
  readonly headers: Readonly<Record<string, string>>
  /** Whose quota: the hash of a token, or the app with its organisation. Never a secret. */
  readonly budget: string
}

/** Somebody that requests are sent as. */
export interface Identity {
  /** Asked at every attempt. @param path The request, for apps prove who they are in two ways. */
  prove(path: string): Promise<Proof>
  /** The proof was refused with 401. True: another one is worth a try. */
  refused(proof: Proof): Promise<boolean>
}

/** What tells the tokens of a client apart, without telling them. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')

export const anonymous: Identity = {
  prove: async () => ({ headers: {}, budget: '' }),
  refused: async () => false,
}

/** An empty token is none. */
export function byToken(token: () => string): Identity {
  const header = () => token() && `Bearer ${token()}`
  return {
    async prove() {
      const authorization = header()
      return { headers: authorization ? { authorization } : {}, budget: tokenHash(token()) }
    },
    // It may have been rotated while the request was under way.
    refused: async ({ headers }) => (headers.authorization ?? '') !== header(),
  }
}
