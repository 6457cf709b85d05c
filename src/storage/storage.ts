// Where results are kept: buckets behind one interface, by URL scheme (gs://, s3://, file://).

/** What a writer may say about an object; absent fields are left to the provider. */
export interface WriteOptions {
  readonly contentType?: string
  readonly contentEncoding?: string
  readonly cacheControl?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** Fail with StorageError `exists` instead of overwriting. */
  readonly mustNotExist?: boolean
}

export interface ObjectInfo {
  /** Bytes. */
  readonly size: number
  readonly modified: Date
  readonly contentType?: string
  readonly contentEncoding?: string
  readonly metadata?: Readonly<Record<string, string>>
}

export interface Entry {
  /** Full URL of the object, or of the folder with a trailing slash. */
  readonly url: string
  /** Last segment, without slash. */
  readonly name: string
  readonly folder: boolean
  /** Bytes; 0 for folders. */
  readonly size: number
  readonly modified?: Date
}

/** Objects by full URL. Every method may throw StorageError. */
export interface Storage {
  /** The object's bytes, or the part [start, end) of them. */
  read(url: string, range?: { start: number; end?: number }): Promise<Uint8Array>
  stream(url: string, range?: { start: number; end?: number }): Promise<AsyncIterable<Uint8Array>>
  /** All or nothing: a reader never sees half an object. */
  write(url: string, content: Uint8Array | string | AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<void>
  /** Undefined when there is no such object. */
  stat(url: string): Promise<ObjectInfo | undefined>
  /** The direct children of a folder URL, sorted by name; nothing when there are none. */
  list(folder: string): AsyncIterable<Entry>
}

/** A storage failure: to which URL, and of which kind. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly kind: 'not-found' | 'exists' | 'invalid' | 'failed'
  readonly url: string

  constructor(kind: 'not-found' | 'exists' | 'invalid' | 'failed', url: string, message: string) {
    super(message)
    this.kind = kind
    this.url = url
  }
}
