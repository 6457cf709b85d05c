// Keeps the secrets of a Pod out of what is uploaded: its logs, its artifacts, its verdict.
import type { CensoringOptions } from '../../api/pod-utilities.ts'
import type { Log } from '../log.ts'
import { isObject } from '../options.ts'
import { openFile } from '../upload/items.ts'
import { censoredFile } from './file.ts'
import { isCensored } from './globs.ts'
import { patternsOf } from './patterns.ts'
import { censoredText } from './replace.ts'
import { loadSecrets } from './secrets.ts'

const defaultBuffer = 10 * 1024 * 1024
/** Reading in larger pieces gains nothing. Bytes. */
const largestFrame = 1024 * 1024
/** What an archive of any size may unpack to: some ten seconds of looking. Bytes. */
const unpacked = 4 * 1024 ** 3

export interface Censor {
  text(text: string): string
  /** A JSON value, with secrets blotted out of all its texts. */
  value(value: unknown): unknown
  /** Bytes of a log: always censored. Throws CensorError. */
  log(path: string): Promise<AsyncIterable<Uint8Array>>
  /** Bytes of an artifact; the options say by its path below its item whether it is censored. Throws CensorError. */
  artifact(path: string, name: string): Promise<AsyncIterable<Uint8Array>>
}

/** Reads the secrets. Without any, everything is left as it is. */
export async function loadCensor(options: CensoringOptions, log: Log): Promise<Censor> {
  const secrets = await loadSecrets(options.secret_directories ?? [], options.ini_filenames)
  for (const problem of secrets.problems) log.warn('Could not load all secrets', { error: problem })
  const patterns = patternsOf(secrets.values, options.minimum_secret_length)
  const longest = Math.max(1, ...patterns.map((pattern) => pattern.length))
  const buffer = Math.max(options.censoring_buffer_size || defaultBuffer, 2 * longest)
  const frame = Math.min(Math.floor(buffer / 2), Math.max(largestFrame, longest))
  const text = (plain: string) => (patterns.length === 0 ? plain : censoredText(plain, patterns))
  const read = (path: string) =>
    patterns.length === 0 ? openFile(path) : censoredFile(path, { patterns, frame, unpacked })

  const value = (given: unknown): unknown => {
    if (typeof given === 'string') return text(given)
    if (Array.isArray(given)) return given.map(value)
    if (!isObject(given)) return given
    return Object.fromEntries(Object.entries(given).map(([key, inner]) => [text(key), value(inner)]))
  }
  return {
    text,
    value,
    log: read,
    artifact: (path, name) =>
      isCensored(name, options.include_directories, options.exclude_directories) ? read(path) : openFile(path),
  }
}
