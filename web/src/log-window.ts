// The part of a log that is in memory: whole lines of a range of bytes. Pure.

/** Whole lines from byte `start` up to byte `end` of a log. */
export interface Segment {
  readonly start: number
  readonly end: number
  readonly lines: readonly string[]
}

/** Most that is held, in bytes and in lines: what a browser shows without trouble. */
export const mostBytes = 16 * 1024 * 1024
export const mostLines = 300_000
/** What is fetched at a time of a log that is too long to be fetched whole. */
export const stepBytes = 2 * 1024 * 1024
/** A log up to this long is fetched whole. */
export const wholeBytes = 8 * 1024 * 1024

const newline = 10

/**
 * Bytes [start, start + bytes.length) of a log of `size` bytes → the whole lines in them. A line that the range cuts is left
 * to the neighbouring one, unless the range holds nothing else.
 * @param aligned The range starts at a line.
 */
export function segmentOf(bytes: Uint8Array, start: number, size: number, aligned: boolean): Segment {
  let from = 0
  let to = bytes.length
  if (!aligned && start > 0) from = bytes.indexOf(newline) + 1
  if (start + bytes.length < size) {
    const last = bytes.lastIndexOf(newline)
    if (last >= from) to = last + 1
  }
  from = Math.max(from, startOfLastLines(bytes, from, to))
  const text = new TextDecoder().decode(bytes.subarray(from, to))
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return { start: start + from, end: start + to, lines }
}

/** Where the last `mostLines` lines begin: a file of line feeds only would otherwise be millions of lines. */
function startOfLastLines(bytes: Uint8Array, from: number, to: number): number {
  if (to - from <= mostLines) return from
  let count = 0
  for (let at = to - 2; at >= from; at--) if (bytes[at] === newline && ++count === mostLines) return at + 1
  return from
}

/** A neighbouring segment is taken in; what is then too much goes away at the other end. */
export function extend(segments: readonly Segment[], fresh: Segment, side: 'before' | 'after'): readonly Segment[] {
  const all = side === 'before' ? [fresh, ...segments] : [...segments, fresh]
  const total = () => all.reduce((sum, segment) => sum + segment.end - segment.start, 0)
  const lines = () => all.reduce((sum, segment) => sum + segment.lines.length, 0)
  while (all.length > 1 && (total() > mostBytes || lines() > mostLines)) side === 'before' ? all.pop() : all.shift()
  return all
}

/** A log that grows at its end: takes text in pieces, gives whole lines, forgets the oldest. */
export interface GrowingLog {
  append(text: string): void
  /** Lines so far; the last one may still be growing. */
  lines(): readonly string[]
  /** How many lines were forgotten. */
  dropped(): number
}

export function growingLog(most = mostLines): GrowingLog {
  let held: string[] = []
  let open = ''
  let dropped = 0
  return {
    append(text) {
      const parts = (open + text).split('\n')
      open = parts.pop() ?? ''
      // A line without end is cut, so that a job that never prints a line feed cannot fill the memory.
      if (open.length > 1_000_000) open = open.slice(-500_000)
      for (const part of parts) held.push(part)
      if (held.length > most * 1.1) {
        dropped += held.length - most
        held = held.slice(-most)
      }
    },
    lines: () => (open ? [...held, open] : held.slice()),
    dropped: () => dropped,
  }
}
