// Looks for secrets inside of a zip file. Finding one is enough to hold the file back; it is not written anew.
import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { hasSecret } from './replace.ts'
import type { Unpacking } from './unpacked.ts'

/** Largest list of contents that is read. Bytes. */
const largestDirectory = 64 * 1024 * 1024

/** Throws when the contents cannot be read, or are too much: then nobody can say what is in there. */
export async function zipHasSecret(
  file: FileHandle,
  patterns: readonly Buffer[],
  limited: Unpacking,
): Promise<boolean> {
  for (const { start, size, method } of await entriesOf(file)) {
    if (size === 0) continue
    const raw = file.createReadStream({ start, end: start + size - 1, autoClose: false })
    const content = method === 8 ? pipeline(raw, createInflateRaw(), () => {}) : raw
    if (await hasSecret(limited(content), patterns)) return true
  }
  return false
}

interface ZipEntry {
  /** Where the compressed content begins. */
  readonly start: number
  /** Compressed size in bytes. */
  readonly size: number
  readonly method: number
}

async function entriesOf(file: FileHandle): Promise<ZipEntry[]> {
  const { size: total } = await file.stat()
  const tail = await at(file, Math.max(0, total - 65_557), Math.min(total, 65_557))
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0 || end + 22 > tail.length) throw new Error('the zip file has no list of its contents')
  const size = tail.readUInt32LE(end + 12)
  const offset = tail.readUInt32LE(end + 16)
  if (offset === 0xffffffff || size > largestDirectory) throw new Error('the zip file is too large to look into')
  const directory = await at(file, offset, size)

  const entries: ZipEntry[] = []
  for (let here = 0; here + 46 <= directory.length; ) {
    if (directory.readUInt32LE(here) !== 0x02014b50) throw new Error('the list of contents of the zip file is damaged')
    const flags = directory.readUInt16LE(here + 8)
    const method = directory.readUInt16LE(here + 10)
    const packed = directory.readUInt32LE(here + 20)
    const header = directory.readUInt32LE(here + 42)
    if ((flags & 1) !== 0) throw new Error('the zip file is encrypted')
    if (method !== 0 && method !== 8) throw new Error(`the zip file uses compression method ${method}`)
    if (packed === 0xffffffff || header === 0xffffffff) throw new Error('the zip file is too large to look into')
    const local = await at(file, header, 30)
    if (local.length < 30) throw new Error('the zip file is damaged')
    entries.push({ start: header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), size: packed, method })
    const names = directory.readUInt16LE(here + 28) + directory.readUInt16LE(here + 30)
    here += 46 + names + directory.readUInt16LE(here + 32)
  }
  return entries
}

async function at(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start)
  return buffer.subarray(0, bytesRead)
}
