// The content of one file without secrets, as it is read. The file itself is never touched: the test may still be
// writing it, and what is not written cannot be left half written.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { CensorError } from './errors.ts'
import { censored, hasSecret } from './replace.ts'
import { censoredTar } from './tar.ts'
import { zipHasSecret } from './zip.ts'

export interface Censoring {
  readonly patterns: readonly Buffer[]
  /** Bytes that are read at once. */
  readonly frame: number
}

/**
 * The file's bytes, secrets blotted out. Archives (gzip, and tar in gzip) are packed anew only if there is a secret in
 * them. Throws CensorError for a zip file with a secret, and for archives that cannot be looked into.
 */
export async function censoredFile(path: string, { patterns, frame }: Censoring): Promise<AsyncIterable<Uint8Array>> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  const read = () => file.createReadStream({ start: 0, autoClose: false, highWaterMark: frame })
  const closing = async function* (content: AsyncIterable<Uint8Array>) {
    try {
      yield* content
    } finally {
      await file.close()
    }
  }
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is not a regular file`)
    const kind = await kindOf(file)
    if (kind === 'plain') return closing(censored(read(), patterns))
    if (kind === 'zip') {
      const found = (await hasSecret(read(), patterns)) || (await looking(() => zipHasSecret(file, patterns)))
      if (found) throw new CensorError('there is a secret in this zip file')
      return closing(read())
    }
    const clean = (onMatch?: () => void) =>
      censoredTar(pipeline(read(), createGunzip(), whoeverReads), (content) => censored(content, patterns, onMatch))
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
