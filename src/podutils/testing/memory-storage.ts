// A bucket in memory that notes who wrote what, in which order, and fails when told to.
import { type Storage, StorageError, type WriteOptions } from '../../storage/storage.ts'

export interface MemoryStorage extends Storage {
  readonly objects: Map<string, { content: Buffer; options: WriteOptions }>
  /** URLs of successful writes, in order. */
  readonly written: string[]
  /** Runs before each write; throw to make it fail. */
  beforeWrite: (url: string) => void | Promise<void>
  text(url: string): string | undefined
}

export function memoryStorage(): MemoryStorage {
  const objects: MemoryStorage['objects'] = new Map()
  const found = (url: string) => {
    const object = objects.get(url)
    if (!object) throw new StorageError('not-found', url, `${url} does not exist`)
    return object
  }
  const storage: MemoryStorage = {
    objects,
    written: [],
    beforeWrite: () => {},
    text: (url) => objects.get(url)?.content.toString(),
    read: async (url) => found(url).content,
    async stream(url) {
      const { content } = found(url)
      return (async function* () {
        yield content
      })()
    },
    async write(url, content, options = {}) {
      await storage.beforeWrite(url)
      if (options.mustNotExist && objects.has(url)) throw new StorageError('exists', url, `${url} exists already`)
      const chunks: Uint8Array[] = []
      if (typeof content === 'string' || content instanceof Uint8Array) chunks.push(Buffer.from(content))
      else for await (const chunk of content) chunks.push(chunk)
      objects.set(url, { content: Buffer.concat(chunks), options })
      storage.written.push(url)
    },
    async stat(url) {
      const object = objects.get(url)
      return object && { size: object.content.length, modified: new Date(0) }
    },
    async *list() {},
  }
  return storage
}
