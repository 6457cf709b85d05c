// The HTTP layer of the GitHub client: one cache of responses, always revalidated, because a 304 costs no API quota.
import { Agent, cacheStores, interceptors, fetch as undiciFetch } from 'undici'

/** Settings of the cache; the sizes bound its memory. */
export interface CacheSize {
  /** Bytes of all cached responses. */
  readonly maxSize: number
  /** Bytes of one response; a larger one is not kept. */
  readonly maxEntrySize: number
}

/** Enough for a few thousand typical responses. */
const defaultCacheSize: CacheSize = { maxSize: 32 * 1024 * 1024, maxEntrySize: 2 * 1024 * 1024 }

/**
 * A fetch that remembers responses by URL and credential and asks GitHub each time whether they still hold (If-None-Match), so a
 * reader never sees an old answer.
 */
export function cachingFetch(size: CacheSize = defaultCacheSize): { fetch: typeof fetch; close(): Promise<void> } {
  const store = new cacheStores.MemoryCacheStore(size)
  const agent = new Agent({ connections: 16, keepAliveTimeout: 30_000 })
  const dispatcher = agent.compose(interceptors.cache({ store, methods: ['GET'], type: 'private' }))
  const cached = (input: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    // Without this the cache would answer by itself for as long as GitHub's max-age says.
    if ((init.method ?? 'GET') === 'GET') headers.set('cache-control', 'no-cache')
    return undiciFetch(input, { ...init, headers, dispatcher } as Parameters<typeof undiciFetch>[1])
  }
  return { fetch: cached as unknown as typeof fetch, close: () => agent.close() }
}
