// The content of one file without secrets, as it is read. The file itself is never touched: the test may still be
// writing it, and what is not written cannot be left half written.
import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { openRegular } from '../regular-file.ts'
import { CensorError } from './errors.ts'
import { censored, hasSecret } from './replace.ts'
import { censoredTar } from './tar.ts'
import { unpackingLimit } from './unpacked.ts'
import { zipHasSecret } from './zip.ts'

export interface Censoring {
  readonly patterns: readonly Buffer[]
  /** Bytes that are read at once. */
  readonly frame: number
  /** Bytes that any archive may unpack to; more only if it is large itself. */
  readonly unpacked: number
}

/**
 * The file's bytes, secrets blotted out. Archives (gzip, and tar in gzip) are packed anew only if there is a secret in
 * them. Throws CensorError for a zip file with a secret, and for archives that cannot be looked into: damaged ones, bombs.
 */
export async function censoredFile(
  path: string,
  { patterns, frame, unpacked }: Censoring,
): Promise<AsyncIterable<Uint8Array>> {
  const file = await openRegular(path)
  const read = () => file.createReadStream({ start: 0, autoClose: false, highWaterMark: frame })
  const closing = async function* (content: AsyncIterable<Uint8Array>) {
    try {
      yield* content
    } finally {
      await file.close()
    }
  }
  try {
    const kind = await kindOf(file)
    if (kind === 'plain') return closing(censored(read(), patterns))
    if (kind === 'zip') {
      const found =
        (await hasSecret(read(), patterns)) ||
        (await looking(async () => zipHasSecret(file, patterns, unpackingLimit(await file.stat(), unpacked))))
      if (found) throw new CensorError('there is a secret in this zip file')
      return closing(read())
    }
    const { size } = await file.stat()
    const clean = (onMatch?: () => void) => {
      const content = unpackingLimit({ size }, unpacked)(pipeline(read(), createGunzip(), whoeverReads))
      return censoredTar(content, (entry) => censored(entry, patterns, onMatch))
    }
    const found = await looking(async () => {
      let seen = false
      for await (const _ of clean(() => {
        seen = true
      })) {
        // To its end, so that a damaged archive is noticed before a part of it is on its way.
      }
      return seen
    })
    return closing(found ? pipeline(clean(), createGzip(), whoeverReads) : read())
  } catch (error) {
    await file.close()
    throw error
  }
}

// Failures of the source come out where the stream is read.
const whoeverReads = () => {}

async function looking(look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look()
  } catch (error) {
    throw new CensorError(`cannot look into this archive: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function kindOf(file: FileHandle): Promise<'gzip' | 'zip' | 'plain'> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
  const magic = buffer.toString('latin1', 0, bytesRead)
  if (magic.startsWith('\x1f\x8b\x08')) return 'gzip'
  return magic === 'PK\x03\x04' || magic === 'PK\x05\x06' ? 'zip' : 'plain'
}
