// Takes bytes off a stream by count, however they come.

export interface Bytes {
  /** The next `count` bytes; fewer only at the end. */
  take(count: number): Promise<Buffer>
  /** The next `count` bytes (all that are left without), as they come. */
  part(count?: number): AsyncGenerator<Buffer>
}

export function bytesOf(content: AsyncIterable<Uint8Array>): Bytes {
  const chunks = content[Symbol.asyncIterator]()
  let held = Buffer.alloc(0)
  async function more(): Promise<boolean> {
    const next = await chunks.next()
    if (next.done) return false
    held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value])
    return true
  }
  function cut(count: number): Buffer {
    const piece = held.subarray(0, count)
    held = held.subarray(piece.length)
    return piece
  }
  return {
    async take(count) {
      while (held.length < count && (await more()));
      return cut(count)
    },
    async *part(count = Number.POSITIVE_INFINITY) {
      for (let left = count; left > 0; ) {
        if (held.length === 0 && !(await more())) return
        const piece = cut(left)
        left -= piece.length
        yield piece
      }
    },
  }
}
