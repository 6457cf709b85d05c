// How Deck asks hook for the help of its plugins: over HTTP, and not for longer or more than is good for Deck.
import { boundedFetch, type Fetch } from '../hook/bounded-fetch.ts'
import type { Clock } from '../system/clock.ts'

/** A thousand repositories, each with some words about forty plugins, are four mebibytes. */
const bounds = { withinMs: 10_000, mostBytes: 32 * 1024 * 1024 }

/**
 * Asks hook for its help.
 * @param url Of hook's `/plugin-help`.
 * @throws Error when hook does not answer in time, with success, with JSON, or with a sensible amount of it.
 */
export async function askHook(
  url: string,
  needs: { readonly fetch: Fetch; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<unknown> {
  const answer = await boundedFetch(needs, bounds)(url)
  if (!answer.ok) throw new Error(`hook answered ${answer.status} instead of its help`)
  return answer.json()
}
