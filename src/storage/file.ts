// Buckets in folders of this machine: file:///folder/key. Plain files, laid out as upstream lays out its buckets.
import { createReadStream, type Stats } from 'node:fs'
import { type FileHandle, link, lstat, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { folderFor, openFileBelow, openFolderBelow, WrongPlace } from './below.ts'
import { extensionOf, mediaType } from './media-types.ts'
import { type Entry, type ObjectInfo, type Storage, StorageError } from './storage.ts'

/** Folders of writes that are under way; nobody sees them. */
const unfinished = '.unfinished-'

/**
 * A folder has no place for an object's attributes: content type and encoding are told from the name and the first bytes.
 *
 * Who may write into a bucket must not make its readers and other writers follow links to somewhere else: a link is no object
 * and no folder.
 * @param buckets URLs or paths of the buckets in use; above them links are fine. Of a path in none of them no part may be a link.
 */
export function fileStorage(buckets: () => Iterable<string>): Storage {
  const openObject = (url: string) => {
    const path = pathOf(url)
    return told(url, () => openFileBelow(rootOf(path, buckets()), path))
  }
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
      const parent = await toldWriter(url, () => folderFor(rootOf(path, buckets()), path))
      await told(url, async () => {
        const folder = await mkdtemp(join(parent.at, unfinished))
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
          const place = join(parent.at, basename(path))
          if (options.mustNotExist) await link(fresh, place)
          else await rename(fresh, place)
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      }).finally(parent.close)
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
      const path = pathOf(folder.replace(/(?<=.)\/+$/, ''))
      const opened = await told(base, () => openFolderBelow(rootOf(path, buckets()), path)).catch((error) => {
        if (error instanceof StorageError && error.kind === 'not-found') return undefined
        throw error
      })
      if (!opened) return
      try {
        const names = await told(base, () => readdir(opened.at))
        const visible = names.filter((name) => !name.startsWith(unfinished)).sort(byName)
        for (let at = 0; at < visible.length; at += 64) {
          const some = visible.slice(at, at + 64)
          for (const entry of await Promise.all(some.map((name) => entryOf(base, opened.at, name))))
            if (entry) yield entry
        }
      } finally {
        await opened.close()
      }
    },
  }
}

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

async function entryOf(base: string, path: string, name: string): Promise<Entry | undefined> {
  let info: Stats
  try {
    info = await lstat(join(path, name))
  } catch {
    return undefined // removed since
  }
  if (info.isDirectory()) return { url: `${base}${name}/`, name, folder: true, size: 0 }
  if (!info.isFile()) return undefined
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

/** The deepest bucket that the path lies in; the whole disk when it lies in none. */
function rootOf(path: string, buckets: Iterable<string>): string {
  let root = '/'
  for (const bucket of buckets) {
    const folder = bucket.replace(/^file:\/\//, '').replace(/(?<=.)\/+$/, '')
    if (folder.length > root.length && path.startsWith(`${folder}/`)) root = folder
  }
  return root
}

/** What is in the way of a reader is no object; what is in the way of a writer stays there, so trying again is useless. */
async function toldWriter<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof WrongPlace) throw new StorageError('invalid', url, `cannot write ${url}: ${error.message}`)
    return told(url, () => Promise.reject(error))
  }
}

/** Turns the file system's errors into StorageError. */
async function told<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StorageError) throw error
    if (error instanceof WrongPlace)
      throw new StorageError('not-found', url, `${url} is not an object: ${error.message}`)
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new StorageError('not-found', url, `${url} does not exist`)
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
