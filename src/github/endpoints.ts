// Where the API is: several servers in order of preference, and every link and redirect led back to them.
import { CodeHostError } from '../api/code-host.ts'
import type { Answer, Call, Send } from './exchange.ts'

/** Base URLs without a slash at the end. @throws Error when one is no http(s) URL. */
export function basesOf(endpoints: readonly string[]): readonly string[] {
  return endpoints.map((endpoint) => {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw new Error(`"${endpoint}" is not a URL`)
    return endpoint.replace(/\/+$/, '')
  })
}

/**
 * What a URL asks for, whichever server it names: links in answers name GitHub even where a ghproxy has answered.
 * @param base The endpoint; its own path is taken off.
 */
export function pathOf(url: string, base: string): string {
  const { pathname, search } = new URL(url, base)
  const own = new URL(base).pathname.replace(/\/$/, '')
  const below =
    own !== '' && (pathname === own || pathname.startsWith(`${own}/`)) ? pathname.slice(own.length) : pathname
  const path = below.replace(/^\/api\/v3(?=\/)/, '').replace(/^\/api\/graphql$/, '/graphql')
  return (path || '/') + search
}

const mostRedirects = 10

/** Follows redirects, at the same endpoint: so they pass the cache, and no other server gets the credentials. */
export function followRedirects(send: Send, base: string): Send {
  return async (call) => {
    let asked = call
    for (let hops = 0; ; hops++) {
      const answer = await send(asked)
      const to = redirectOf(answer, asked, base)
      if (to === undefined) return answer
      if (hops === mostRedirects)
        throw new CodeHostError('failed', answer.status, `more than ${mostRedirects} redirects, the last one to ${to}`)
      asked = { ...asked, path: to }
    }
  }
}

function redirectOf({ status, headers }: Answer, { method }: Call, base: string): string | undefined {
  const follows = [307, 308].includes(status) || ([301, 302].includes(status) && ['GET', 'HEAD'].includes(method))
  return follows && headers.location !== undefined ? pathOf(headers.location, base) : undefined
}
