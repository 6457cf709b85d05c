// Replaces secrets in a stream by as many X, however the stream is cut into chunks.

/**
 * The same bytes with every secret blotted out: from left to right, without overlap; where several begin, the first of
 * the patterns wins. The size never changes.
 */
export async function* censored(
  content: AsyncIterable<Uint8Array>,
  patterns: readonly Buffer[],
  onMatch: () => void = () => {},
): AsyncGenerator<Buffer> {
  const longest = Math.max(0, ...patterns.map((pattern) => pattern.length))
  let rest = Buffer.alloc(0)
  for await (const chunk of content) {
    const buffer = Buffer.concat([rest, chunk])
    // What begins after this could be longer than what has come so far.
    const decided = Math.max(0, buffer.length - longest + 1)
    const done = blot(buffer, patterns, Math.min(decided, buffer.length), onMatch)
    if (done > 0) yield buffer.subarray(0, done)
    rest = buffer.subarray(done)
  }
  blot(rest, patterns, rest.length, onMatch)
  if (rest.length > 0) yield rest
}

/** The text with every secret blotted out. */
export function censoredText(text: string, patterns: readonly Buffer[]): string {
  const buffer = Buffer.from(text)
  blot(buffer, patterns, buffer.length, () => {})
  return buffer.toString()
}

/** Whether there is a secret in the content. Stops at the first. */
export async function hasSecret(content: AsyncIterable<Uint8Array>, patterns: readonly Buffer[]): Promise<boolean> {
  let found = false
  for await (const _ of censored(content, patterns, () => {
    found = true
  })) {
    if (found) return true
  }
  return found
}

/** Blots out what begins before `limit`; gives the number of bytes that are final. */
function blot(buffer: Buffer, patterns: readonly Buffer[], limit: number, onMatch: () => void): number {
  const where = (pattern: Buffer, from: number) => {
    const at = buffer.indexOf(pattern, from)
    return at < 0 ? Number.POSITIVE_INFINITY : at
  }
  const next = patterns.map((pattern) => where(pattern, 0))
  for (let cursor = 0; ; ) {
    let first = -1
    for (let index = 0; index < next.length; index++) {
      if ((next[index] ?? 0) < (next[first] ?? limit)) first = index
    }
    const at = next[first]
    if (at === undefined) return Math.max(cursor, limit)
    onMatch()
    cursor = at + (patterns[first]?.length ?? 0)
    buffer.fill('X', at, cursor)
    for (const [index, pattern] of patterns.entries()) {
      if ((next[index] ?? 0) < cursor) next[index] = where(pattern, cursor)
    }
  }
}
