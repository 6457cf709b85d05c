// Under which name and as what an uploaded file is stored, decided from its name alone.
import { extensionOf, mediaType } from '../../storage/media-types.ts'

export interface StoredAs {
  readonly name: string
  readonly contentType?: string
  readonly contentEncoding?: string
}

/**
 * A name that ends in .gz or .gzip loses that: browsers get `build-log.txt`, compressed for the transport, and show it.
 * @param mediaTypes Extension → type, before the usual ones.
 */
export function storedAs(name: string, mediaTypes: Readonly<Record<string, string>> = {}): StoredAs {
  const [, bare, compressed] = /^(.*[^/])\.(gz|gzip)$/s.exec(name) ?? []
  const type = mediaType(extensionOf(bare ?? name), mediaTypes)
  if (bare === undefined || compressed === undefined) return { name, ...(type ? { contentType: type } : {}) }
  if (type === undefined) return { name: bare, contentType: 'application/gzip' }
  return { name: bare, contentType: type, contentEncoding: 'gzip' }
}

/** Whether `compress_file_types` asks for a file of that stored name to be compressed. */
export function wantsCompression(name: string, types: readonly string[]): boolean {
  const extension = extensionOf(name)
  return extension !== 'gz' && extension !== 'gzip' && (types.includes('*') || types.includes(extension))
}
