// How much an archive may unpack to: small files that unpack to petabytes would keep the sidecar busy for ever.

/** Passes content through and counts it; throws when, over all that passed, it was too much. */
export type Unpacking = (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

/** Logs of machines shrink to a fiftieth; only what was made to grow does better than this. */
const largestRatio = 100

/** @param least Bytes that are always fine. */
export function unpackingLimit(archive: { readonly size: number }, least: number): Unpacking {
  const limit = Math.max(least, largestRatio * archive.size)
  let passed = 0
  return async function* (content) {
    for await (const chunk of content) {
      passed += chunk.length
      if (passed > limit) throw new Error(`it unpacks to more than ${limit} bytes`)
      yield chunk
    }
  }
}
