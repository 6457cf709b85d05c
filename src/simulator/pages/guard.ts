// Keeps other web sites from acting through a browser that can reach the simulator.

import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { Refusal } from '../errors.ts'

/**
 * Refuses a request that a page of another site has caused: by what the browser says of its origin, and by a host
 * name that is not ours (a name that somebody points at this machine would otherwise pass for the same site).
 * Programs that are not browsers send neither header and pass.
 */
export function guard(headers: IncomingHttpHeaders, ownUrl: string): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw crossSite(`sec-fetch-site is ${site}`)
  const host = headers.host ?? ''
  const { origin } = headers
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host))
    throw crossSite(`the form comes from ${origin}`)
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '') : ''
  const local = name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0
  if (!local && name !== new URL(ownUrl).hostname) {
    throw crossSite(
      `the host name ${name} is not the simulator's: reach it by address, or start it with this name in its url`,
    )
  }
}

const crossSite = (why: string): Refusal => new Refusal(403, `refused to act for another site: ${why}`)
