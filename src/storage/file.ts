// Buckets in folders of this machine: file:///folder/key. Plain files, laid out as upstream lays out its buckets.
import { constants, createReadStream, type Stats } from 'node:fs'
import { type FileHandle, link, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { extensionOf, mediaType } from './media-types.ts'
import { type Entry, type ObjectInfo, type Storage, StorageError } from './storage.ts'

/** Folders of writes that are under way; nobody sees them. */
const unfinished = '.unfinished-'

/** A folder has no place for an object's attributes: content type and encoding are told from the name and the first bytes. */
export function fileStorage(): Storage {
  return {
    async read(url, range) {
      const file = await openObject(url)
      try {
        const { start, end } = slice(url, (await file.stat()).size, range)
        const bytes = Buffer.alloc(end - start)
        let filled = 0
        while (filled < bytes.length) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
          if (bytesRead === 0) break
          filled += bytesRead
        }
        return bytes.subarray(0, filled)
      } finally {
        await file.close()
      }
    },

    async stream(url, range) {
      const file = await openObject(url)
      const { start, end } = slice(url, (await file.stat()).size, range)
      if (start === end) {
        await file.close()
        return (async function* () {})()
      }
      return createReadStream('', { fd: file, start, end: end - 1 })
    },

    async write(url, content, options = {}) {
      const path = pathOf(url)
      await told(url, async () => {
        await mkdir(dirname(path), { recursive: true, mode: 0o755 })
        const folder = await mkdtemp(join(dirname(path), unfinished))
        try {
          const fresh = join(folder, 'object')
          const file = await open(fresh, 'w', 0o666)
          try {
            await file.writeFile(content)
            await file.sync()
          } finally {
            await file.close()
          }
          // A hard link cannot replace a file, so of two writers only one succeeds.
          if (options.mustNotExist) await link(fresh, path)
          else await rename(fresh, path)
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      })
    },

    async stat(url) {
      let file: FileHandle
      try {
        file = await openObject(url)
      } catch (error) {
        if (error instanceof StorageError && error.kind === 'not-found') return undefined
        throw error
      }
      try {
        const head = await file.read(Buffer.alloc(3), 0, 3, 0)
        return describe(url, await file.stat(), head.buffer.subarray(0, head.bytesRead))
      } finally {
        await file.close()
      }
    },

    async *list(folder) {
      const base = folder.endsWith('/') ? folder : `${folder}/`
      const path = pathOf(base)
      const names = await told(base, () => readdir(path)).catch((error) => {
        if (error instanceof StorageError && error.kind === 'not-found') return []
        throw error
      })
      const visible = names.filter((name) => !name.startsWith(unfinished)).sort(byName)
      for (let at = 0; at < visible.length; at += 64) {
        const some = visible.slice(at, at + 64)
        for (const entry of await Promise.all(some.map((name) => entryOf(base, path, name)))) if (entry) yield entry
      }
    },
  }
}

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

async function entryOf(base: string, path: string, name: string): Promise<Entry | undefined> {
  let info: Stats
  try {
    info = await stat(join(path, name))
  } catch {
    return undefined // removed since, or a dangling link
  }
  if (info.isDirectory()) return { url: `${base}${name}/`, name, folder: true, size: 0 }
  return { url: base + name, name, folder: false, size: info.size, modified: info.mtime }
}

function describe(url: string, info: Stats, head: Uint8Array): ObjectInfo {
  const known = mediaType(extensionOf(url))
  const gzipped = head.length === 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8
  const type = known ?? (gzipped ? 'application/gzip' : undefined)
  return {
    size: info.size,
    modified: info.mtime,
    ...(type ? { contentType: type } : {}),
    // Compressed content under the name of something else was compressed for the transport.
    ...(gzipped && known && known !== 'application/gzip' ? { contentEncoding: 'gzip' } : {}),
  }
}

/** The path of a URL. Throws StorageError `invalid`. */
function pathOf(url: string): string {
  const path = url.startsWith('file://') ? url.slice('file://'.length) : url
  const invalid = (why: string) =>
    new StorageError('invalid', url, `invalid storage URL ${JSON.stringify(url)}: ${why}`)
  if (!path.startsWith('/')) throw invalid('a file URL has the form file:///folder/name')
  if (path.includes('\0')) throw invalid('it contains a NUL character')
  if (path.split('/').includes('..')) throw invalid('".." is not allowed in it')
  return path
}

async function openObject(url: string): Promise<FileHandle> {
  const path = pathOf(url)
  return told(url, async () => {
    // Without blocking, so that a named pipe in the folder cannot hold the reader.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if ((await file.stat()).isFile()) return file
    await file.close()
    throw new StorageError('not-found', url, `${url} is not an object`)
  })
}

/** Turns the file system's errors into StorageError. */
async function told<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StorageError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new StorageError('not-found', url, `${url} does not exist`)
    if (code === 'EEXIST') throw new StorageError('exists', url, `${url} exists already`)
    throw new StorageError('failed', url, `${url}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function slice(url: string, size: number, range?: { start: number; end?: number }): { start: number; end: number } {
  const { start = 0, end = Number.POSITIVE_INFINITY } = range ?? {}
  if (!(start >= 0) || end < start) {
    throw new StorageError('invalid', url, `invalid range ${start}–${end} of ${url}: it must be 0 ≤ start ≤ end`)
  }
  return { start: Math.min(start, size), end: Math.min(end, size) }
}
