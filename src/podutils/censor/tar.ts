// Censors the files inside of a tar stream where they stand. Since secrets are replaced by as many X, all sizes, links,
// owners and modes stay as they are.
import { type Bytes, bytesOf } from './bytes.ts'

type Censor = (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

const block = 512
/** A pax header is text of some hundred bytes; one that is larger is not worth the memory. */
const largestHeader = 1024 * 1024

/** A tar stream has its files censored one by one; anything else is censored as a whole. */
export async function* censoredTar(content: AsyncIterable<Uint8Array>, censor: Censor): AsyncGenerator<Uint8Array> {
  const bytes = bytesOf(content)
  const first = await bytes.take(block)
  if (isHeader(first)) yield* entries(first, bytes, censor)
  else yield* censor(joined(first, bytes))
}

async function* joined(first: Buffer, rest: Bytes): AsyncGenerator<Buffer> {
  yield first
  yield* rest.part()
}

async function* entries(first: Buffer, bytes: Bytes, censor: Censor): AsyncGenerator<Uint8Array> {
  let longSize: number | undefined
  for (let header = first; header.length > 0; header = await bytes.take(block)) {
    yield header
    if (header.every((byte) => byte === 0)) {
      yield* bytes.part()
      return
    }
    if (!isHeader(header)) throw new Error('the archive is damaged')
    const type = String.fromCharCode(header[156] ?? 0)
    // GNU's sparse files may have further blocks of header.
    for (let more = type === 'S' && header[482] !== 0; more; ) {
      const extension = await bytes.take(block)
      yield extension
      more = (extension[504] ?? 0) !== 0
    }
    let size = sizeOf(header)
    if (type === 'x') {
      if (size > largestHeader) throw new Error(`the archive has a header of ${size} bytes`)
      const pax = await bytes.take(size)
      longSize = paxSize(pax)
      yield pax
    } else if (type === 'g' || type === 'L' || type === 'K') {
      yield* bytes.part(size)
    } else {
      size = longSize ?? size
      longSize = undefined
      yield* censor(bytes.part(size))
    }
    yield* bytes.part((block - (size % block)) % block)
  }
}

/** True for a block whose checksum is right. */
function isHeader(header: Buffer): boolean {
  if (header.length !== block) return false
  const claimed = Number.parseInt(header.toString('latin1', 148, 156).replace(/\0.*$/, '').trim(), 8)
  let sum = 0
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte
  return sum === claimed || header.every((byte) => byte === 0)
}

function sizeOf(header: Buffer): number {
  const field = header.subarray(124, 136)
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(4))
  return Number.parseInt(field.toString('latin1').replace(/\0.*$/s, '').trim() || '0', 8)
}

/** The size that a pax header gives to the entry after it: records of `<length> <key>=<value>\n`. */
function paxSize(pax: Buffer): number | undefined {
  for (let at = 0; at < pax.length; ) {
    const [, length] = /^(\d+) /.exec(pax.toString('latin1', at, at + 20)) ?? []
    if (length === undefined || Number(length) === 0) return undefined
    const [, size] = /^\d+ size=(\d+)\n$/.exec(pax.toString('latin1', at, at + Number(length))) ?? []
    if (size !== undefined) return Number(size)
    at += Number(length)
  }
  return undefined
}
