// How a cluster is entered: headers, certificates, a proxy, and the connections made with them.
import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import type { Clock } from '../system/clock.ts'

/** What a request needs beyond the address. Asked for at every request, because tokens and certificates expire. */
export interface Access {
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: Pick<
    ConnectionOptions,
    'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'
  >
  /** Address of an HTTP proxy. */
  readonly proxy?: string
}

/**
 * Access by a bearer token from a file, as in a Pod. The file is read again every minute, because the kubelet renews it.
 * Throws when it cannot be read.
 */
export function tokenFileAccess(path: string, ca: string | undefined, clock: Clock): () => Promise<Access> {
  let token = ''
  let readAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (clock.now() - readAt > 60_000) {
      token = (await readFile(path, 'utf8')).trim()
      readAt = clock.now()
    }
    return { headers: { authorization: `Bearer ${token}` }, ...(ca === undefined ? {} : { tls: { ca } }) }
  }
}

/** One pool of connections per set of certificates: a renewed certificate needs new connections, everything else reuses them. */
export function dispatcherCache() {
  const known = new Map<string, Dispatcher>()
  return {
    of({ tls = {}, proxy }: Access): Dispatcher {
      const key = JSON.stringify([tls, proxy])
      const cached = known.get(key)
      if (cached) return cached
      // HTTP/1.1 on purpose: over HTTP/2 one lost connection would take all watches and writes with it.
      const dispatcher = proxy
        ? new ProxyAgent({ uri: proxy, requestTls: tls, allowH2: false })
        : new Agent({ connect: tls, allowH2: false })
      known.set(key, dispatcher)
      return dispatcher
    },
    async close() {
      await Promise.all([...known.values()].map((dispatcher) => dispatcher.destroy()))
    },
  }
}
