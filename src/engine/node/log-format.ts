// One container log on disk: the line format of container runtimes, `<time> <stream> <F|P> <text>`, where P is a piece of a longer line.

export type Stream = 'stdout' | 'stderr'

/** One record of a log file. */
export interface LogRecord {
  /** RFC 3339 with fractions, as it stands in the file. */
  readonly time: string
  /** False when more of the same line follows. */
  readonly whole: boolean
  readonly text: Buffer
}

/** The longest text of one record; a longer line is written in pieces. */
export const longestText = 16 * 1024

const newline = 0x0a

/** Cuts what a stream writes into records, keeping an unfinished line until it ends or grows too long. */
export function lineCutter(stream: Stream) {
  let held = Buffer.alloc(0)
  const record = (text: Buffer, whole: boolean, now: number) =>
    Buffer.concat([Buffer.from(`${timeOf(now)} ${stream} ${whole ? 'F' : 'P'} `), text, Buffer.from('\n')])

  return {
    /** Records that `chunk` completes, written at `now`. */
    push(chunk: Buffer, now: number): Buffer[] {
      const records: Buffer[] = []
      let rest = held.length > 0 ? Buffer.concat([held, chunk]) : chunk
      for (;;) {
        const end = rest.indexOf(newline)
        if (end >= 0 && end <= longestText) {
          records.push(record(rest.subarray(0, end), true, now))
          rest = rest.subarray(end + 1)
        } else if (rest.length > longestText) {
          records.push(record(rest.subarray(0, longestText), false, now))
          rest = rest.subarray(longestText)
        } else break
      }
      // A copy, so that a few bytes do not keep a large chunk alive.
      held = Buffer.from(rest)
      return records
    },
    /** What is left when the stream ends: a last line without its newline. */
    end(now: number): Buffer[] {
      if (held.length === 0) return []
      const last = record(held, false, now)
      held = Buffer.alloc(0)
      return [last]
    },
  }
}

// The clock knows milliseconds; Kubernetes' readers expect nanoseconds, trailing zeros or not.
function timeOf(now: number): string {
  return `${new Date(now).toISOString().slice(0, -1)}000000Z`
}

/** Reads the records of `bytes`, which must begin at a record. `rest` is the start of one that is not there yet. */
export function readRecords(bytes: Buffer): { records: LogRecord[]; rest: Buffer } {
  const records: LogRecord[] = []
  let from = 0
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
    const record = parseRecord(bytes.subarray(from, end))
    if (record) records.push(record)
    from = end + 1
  }
  return { records, rest: bytes.subarray(from) }
}

function parseRecord(line: Buffer): LogRecord | undefined {
  const space = 0x20
  const first = line.indexOf(space)
  const second = line.indexOf(space, first + 1)
  const third = line.indexOf(space, second + 1)
  // A line that was half written when the node was killed is left out.
  if (first < 0 || second < 0 || third < 0) return undefined
  return {
    time: line.toString('latin1', 0, first),
    whole: line[second + 1] === 0x46,
    text: line.subarray(third + 1),
  }
}

/** Where the last `lines` lines begin: the offset in `bytes`, and how many lines from there to the end. */
export function tailOffset(bytes: Buffer, lines: number): { offset: number; lines: number } {
  let offset = bytes.length
  let count = 0
  let end = bytes.length
  while (end > 0) {
    const start = end < 2 ? 0 : bytes.lastIndexOf(newline, end - 2) + 1
    const record = parseRecord(bytes.subarray(start, end - 1))
    // A line counts at its end, whose record is whole; pieces before it belong to it.
    if (record?.whole || end === bytes.length) {
      if (count === lines) break
      count++
    }
    offset = start
    end = start
  }
  return { offset, lines: count }
}
