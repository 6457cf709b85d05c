// Reads one file of a configuration, and nothing that is no file: a pipe or a device may never end.
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { configErrors, type Finding } from './errors.ts'

/** A file, or why there is none. */
export type SourceFile = { readonly file: string } & (
  | { readonly text: string; readonly finding?: undefined }
  | { readonly text?: undefined; readonly finding: Finding }
)

// Far more than any configuration, and far less than memory. Upstream has no limit.
const maxBytes = 256 * 1024 * 1024

/** Reads a file, following links. What cannot be read is a finding. */
export function readSource(file: string): SourceFile {
  try {
    const finding = findingOf(statSync(file))
    if (finding !== undefined) return { file, finding }
    // Without waiting for a writer, should it have become a pipe by now.
    const open = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const changed = findingOf(fstatSync(open))
      return changed === undefined ? { file, text: textOf(readFileSync(open)) } : { file, finding: changed }
    } finally {
      closeSync(open)
    }
  } catch (error) {
    return { file, finding: configErrors.FILE_UNREADABLE({ why: (error as Error).message }) }
  }
}

function findingOf(stats: Stats): Finding | undefined {
  if (stats.isDirectory()) return configErrors.NOT_A_FILE({})
  if (!stats.isFile()) return configErrors.NOT_REGULAR({})
  if (stats.size > maxBytes) return configErrors.FILE_UNREADABLE({ why: `it has more than ${maxBytes} bytes` })
  return undefined
}

// The config updater may store gzipped content under any name.
const textOf = (bytes: Buffer): string =>
  (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes).toString()
