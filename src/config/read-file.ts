// Reads the files of a configuration, and nothing that is no file: a pipe or a device may never end.
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { configErrors, type Finding } from './errors.ts'
import { yamlLimits } from './yaml-limits.ts'

/** A file, or why there is none. */
export type SourceFile = { readonly file: string } & (
  | { readonly text: string; readonly finding?: undefined }
  | { readonly text?: undefined; readonly finding: Finding }
)

/** Reads a file, following links. What cannot be read is a finding. */
export type ReadFile = (file: string) => SourceFile

interface Known {
  readonly source: SourceFile
  readonly mark: string
  /** Whether any later edit would give it another mark. */
  readonly settled: boolean
}

// As many as the characters that YAML may have can take: what is longer need not be unpacked to be refused. Upstream has no limit.
const maxBytes = 4 * yamlLimits.size

// Two edits may fall into one tick of a file system's clock, of which the coarsest tick every two seconds.
const settledAfterMs = 3_000

/**
 * Reads files again and again. What is the same as before is the same object. `round` begins a new reading at a time, in
 * milliseconds since the epoch; with `anew`, files are read even where nothing tells of an edit.
 */
export function fileReader(): { readonly read: ReadFile; round(now: number, anew: boolean): void } {
  let before = new Map<string, Known>()
  let known = new Map<string, Known>()
  let time = Number.NEGATIVE_INFINITY
  let trusting = false
  const readOne = (file: string): Known => {
    const last = before.get(file)
    try {
      const stats = statSync(file, { bigint: true })
      const mark = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ')
      if (trusting && last?.settled && last.mark === mark) return last
      const source = findingIn(file, stats) ?? { file, text: textOf(file) }
      const isSame = last?.source.text !== undefined && last.source.text === source.text
      const settled = time - Number(stats.ctimeMs) > settledAfterMs
      return { source: isSame ? last.source : source, mark, settled }
    } catch (error) {
      const finding = unreadable(error)
      return { source: { file, finding }, mark: '', settled: false }
    }
  }
  return {
    read: (file) => {
      const result = known.get(file) ?? readOne(file)
      known.set(file, result)
      return result.source
    },
    round: (now, anew) => {
      before = known
      known = new Map()
      time = now
      trusting = !anew
    },
  }
}

/** Why a file or folder cannot be read, from what the operating system said. */
export function unreadable(error: unknown): Finding {
  const { message, code } = error as NodeJS.ErrnoException
  return configErrors.FILE_UNREADABLE({ why: message, code })
}

function findingIn(file: string, stats: BigIntStats): SourceFile | undefined {
  if (stats.isDirectory()) return { file, finding: configErrors.NOT_A_FILE({}) }
  if (!stats.isFile()) return { file, finding: configErrors.NOT_REGULAR({}) }
  const why = `it has more than ${maxBytes} bytes`
  return stats.size > maxBytes ? { file, finding: configErrors.FILE_UNREADABLE({ why }) } : undefined
}

function textOf(file: string): string {
  // Without waiting for a writer, should it have become a pipe by now.
  const open = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(open).isFile()) throw new Error('it was replaced while it was read')
    const bytes = readFileSync(open)
    // The config updater may store gzipped content under any name.
    return (
      bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes
    ).toString()
  } finally {
    closeSync(open)
  }
}
