// Compression on the way to the bucket, for content that is worth it.
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'

/** Smaller content gains nothing. Bytes. */
const smallest = 1024

export interface Compressed {
  readonly content: AsyncIterable<Uint8Array>
  readonly compressed: boolean
}

/** Compresses the content unless it is small or is gzip already. Looks only at the first chunk. */
export async function compressIfWorth(content: AsyncIterable<Uint8Array>): Promise<Compressed> {
  const chunks = content[Symbol.asyncIterator]()
  const first = await chunks.next()
  const head = first.done ? new Uint8Array() : first.value
  const rest = async function* () {
    if (!first.done) yield head
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
  }
  const isGzip = head[0] === 0x1f && head[1] === 0x8b && head[2] === 8
  if (head.length <= smallest || isGzip) return { content: rest(), compressed: false }
  return { content: pipeline(Readable.from(rest()), createGzip(), whoeverReads), compressed: true }
}

// A failure of the source destroys the compressor, and so reaches whoever reads.
const whoeverReads = () => {}
