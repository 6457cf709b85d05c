// ProwJobs as Deck shows them, for a program that has no access to their cluster.
import type { RepoRef } from '../../api/code-host.ts'
import type { ProwJob } from '../../api/prowjob.ts'

/**
 * The ProwJobs of a repository, or more of them.
 * @param prowUrl Address of Deck.
 * @throws Error when Deck answers with something else.
 */
export async function jobsFromDeck(
  fetch: typeof globalThis.fetch,
  prowUrl: string,
  { org, repo }: RepoRef,
): Promise<readonly ProwJob[]> {
  const address = new URL(`${prowUrl.replace(/\/+$/, '')}/prowjobs.js`)
  // Upstream's Deck knows only the first one.
  for (const [name, value] of Object.entries({ omit: 'decoration_config,pod_spec', org, repo }))
    address.searchParams.set(name, value)
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`${address.origin}${address.pathname} answered ${answer.status}`)
  const body: unknown = await answer.json().catch(() => undefined)
  const { items } = (typeof body === 'object' && body !== null ? body : {}) as { items?: unknown }
  if (!Array.isArray(items)) throw new Error(`${address.origin}${address.pathname} is no list of ProwJobs`)
  return items.filter(isJob)
}

const isJob = (item: unknown): item is ProwJob =>
  typeof item === 'object' &&
  item !== null &&
  ['metadata', 'spec', 'status'].every((key) => typeof Reflect.get(item, key) === 'object' && Reflect.get(item, key))
