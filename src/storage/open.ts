// Opens the buckets: one Storage over all providers, told apart by the scheme of the URL.
import { fileStorage } from './file.ts'
import { type Storage, StorageError } from './storage.ts'

/**
 * Storage for every URL in use. Keys are taken as they are: no character of a URL after its bucket has a meaning of its
 * own, so `?`, `#` and `%` may be part of a name.
 * @param buckets URLs of the buckets in use, asked for at each access. A `file://` bucket may lie behind links; in none are
 * links followed.
 */
export function openStorage(buckets: () => Iterable<string> = () => []): Storage {
  const files = fileStorage(buckets)
  const of = (url: string): Storage => {
    const [, scheme] = /^([^:/]*):\/\//.exec(url) ?? []
    if (scheme === 'file' || (scheme === undefined && url.startsWith('/'))) return files
    const why =
      scheme === undefined
        ? 'it has no scheme; write e.g. file:///path'
        : `${scheme}:// buckets are not supported; file:// is`
    throw new StorageError('invalid', url, `cannot open bucket of ${url}: ${why}`)
  }
  return {
    read: async (url, range) => of(url).read(url, range),
    stream: async (url, range) => of(url).stream(url, range),
    write: async (url, content, options) => of(url).write(url, content, options),
    stat: async (url) => of(url).stat(url),
    async *list(folder) {
      yield* of(folder).list(folder)
    },
  }
}
