// The metadata that tests leave for finished.json.
import type { WrapperOptions } from '../../api/pod-utilities.ts'
import { messageOf } from '../log.ts'
import { isObject } from '../options.ts'
import { openRegular } from '../regular-file.ts'

/** A file larger than this is no metadata. Bytes. */
const largest = 16 * 1024 * 1024

/** Key under which problems with an entry are told. */
export const entryKey = (index: number, entry: WrapperOptions) => `entry ${index}: ${(entry.args ?? []).join(' ')}`

/**
 * The metadata of all entries, one over the other; later ones win, key by key. Problems are told under `sidecar-errors`.
 * @param problems What else went wrong with entries, by `entryKey`.
 */
export async function mergedMetadata(
  entries: readonly WrapperOptions[],
  problems: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const merged: Record<string, unknown> = {}
  const errors: Record<string, string> = { ...problems }
  for (const [index, entry] of entries.entries()) {
    if (!entry.metadata_file) continue
    try {
      Object.assign(merged, await readMetadata(entry.metadata_file))
    } catch (error) {
      const key = entryKey(index, entry)
      errors[key] = [errors[key], messageOf(error)].filter(Boolean).join('; ')
    }
  }
  return Object.keys(errors).length > 0 ? { ...merged, 'sidecar-errors': errors } : merged
}

async function readMetadata(path: string): Promise<object> {
  try {
    const file = await openRegular(path)
    try {
      const info = await file.stat()
      if (info.size > largest) throw new Error(`${path} has ${info.size} bytes, more than ${largest}`)
      const parsed: unknown = JSON.parse(await file.readFile('utf8'))
      if (parsed !== null && !isObject(parsed)) throw new Error(`${path} is not a JSON object`)
      return parsed ?? {}
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
