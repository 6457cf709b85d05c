// Reads a container's log as one stream of text: tail, since, timestamps, limit, and following while the container runs.
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LogRecord, readRecords, tailOffset } from './log-format.ts'
import { type LogWriter, logFileName } from './log-writer.ts'

export interface ReadOptions {
  readonly follow?: boolean
  /** Only the last lines; pieces of a line are one line. */
  readonly tailLines?: number
  /** Puts the time of each line before it. */
  readonly timestamps?: boolean
  /** Nothing written before this time; milliseconds since the epoch. */
  readonly since?: number
  /** Ends after this many bytes. */
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/**
 * The text of the log in `dir`. With `follow` it goes on until `live` has ended; without `live` the log is complete. Files that
 * rotation deletes while they are read are read to their end.
 */
export async function* readLog(
  dir: string,
  live: LogWriter | undefined,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const { limitBytes = Number.POSITIVE_INFINITY } = options
  const print = printer(options)
  let left = limitBytes
  for await (const records of recordsOf(dir, live, options)) {
    const text = print(records)
    if (text.length === 0) continue
    yield text.subarray(0, Math.min(left, text.length))
    left -= text.length
    if (left <= 0) return
  }
}

// Turns records into text. Remembers whether it is inside of a line, for the timestamps.
function printer({ timestamps, since }: ReadOptions): (records: readonly LogRecord[]) => Buffer {
  let inside = false
  return (records) => {
    const parts: Buffer[] = []
    for (const { time, whole, text } of records) {
      if (since === undefined || Date.parse(time) >= since) {
        if (timestamps && !inside) parts.push(Buffer.from(`${time} `))
        parts.push(text)
        if (whole) parts.push(Buffer.from('\n'))
      }
      inside = !whole
    }
    return Buffer.concat(parts)
  }
}

async function* recordsOf(
  dir: string,
  live: LogWriter | undefined,
  { follow, tailLines, signal }: ReadOptions,
): AsyncGenerator<LogRecord[]> {
  const abort = aborted(signal)
  let { index, offset } = tailLines === undefined ? { index: 0, offset: 0 } : await findTail(dir, tailLines)
  while (!signal?.aborted) {
    const existing = await firstFile(dir, index)
    if (existing === undefined) return
    if (existing !== index) offset = 0
    index = existing
    const file = await open(join(dir, logFileName(index)), 'r').catch(() => undefined)
    // Deleted between the two looks: the next one is older than it was.
    if (!file) continue
    try {
      yield* recordsOfFile(file, offset, follow ? live : undefined, async (changed) => {
        if (signal?.aborted || (await firstFile(dir, index + 1)) !== undefined) return false
        await Promise.race([changed, abort])
        return !signal?.aborted
      })
    } finally {
      await file.close()
    }
    offset = 0
    index++
  }
}

const chunkBytes = 256 * 1024

// Records of one file from `offset`; at its end, `wait` tells whether to look again.
async function* recordsOfFile(
  file: FileHandle,
  offset: number,
  live: LogWriter | undefined,
  wait: (changed: Promise<void>) => Promise<boolean>,
): AsyncGenerator<LogRecord[]> {
  let position = offset
  let rest = Buffer.alloc(0)
  for (let last = false; ; ) {
    // Asked for before reading, so that text which comes in between is not slept through.
    const changed = live && !live.ended ? live.changed() : undefined
    const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position)
    if (bytesRead > 0) {
      position += bytesRead
      const read = readRecords(Buffer.concat([rest, buffer.subarray(0, bytesRead)]))
      rest = Buffer.from(read.rest)
      if (read.records.length > 0) yield read.records
    } else if (last || !changed) return
    // Rotation or the end may have come with more text in this file: one more look.
    else last = !(await wait(changed))
  }
}

async function findTail(dir: string, lines: number): Promise<{ index: number; offset: number }> {
  const indexes = await fileIndexes(dir)
  let missing = lines
  for (const [position, index] of indexes.toReversed().entries()) {
    const bytes = await readFile(join(dir, logFileName(index))).catch(() => Buffer.alloc(0))
    const found = tailOffset(bytes, missing)
    missing -= found.lines
    if (found.offset > 0 || position === indexes.length - 1) return { index, offset: found.offset }
  }
  return { index: 0, offset: 0 }
}

async function firstFile(dir: string, from: number): Promise<number | undefined> {
  return (await fileIndexes(dir)).find((index) => index >= from)
}

async function fileIndexes(dir: string): Promise<number[]> {
  const names = await readdir(dir).catch(() => [])
  return names
    .filter((name) => /^\d+\.log$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b)
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}
