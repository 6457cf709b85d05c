// What is known about the lines of a log as a whole: colours that go on, matches, errors. Pure.
import { parseLine, plainStyle, type Style, stripAnsi } from './ansi.ts'

/** Line → the style it starts with, for the lines that start with one: colours go on until they are reset. */
export function startStyles(lines: readonly string[]): ReadonlyMap<number, Style> {
  const starts = new Map<number, Style>()
  let style = plainStyle
  for (const [index, line] of lines.entries()) {
    if (style !== plainStyle && Object.keys(style).length > 0) starts.set(index, style)
    if (line.includes('\u001b')) style = parseLine(line, style).end
  }
  return starts
}

/** Indexes of the lines that contain the text, whatever its case; none for an empty text. */
export function findLines(lines: readonly string[], query: string): number[] {
  const wanted = query.toLowerCase()
  if (!wanted) return []
  const found: number[] = []
  for (const [index, line] of lines.entries()) if (stripAnsi(line).toLowerCase().includes(wanted)) found.push(index)
  return found
}

// Upstream's default of what to highlight in a build log.
const trouble = /timed out|ERROR:|(?:FAIL|Failure \[)\b|panic\b|^E\d{4} \d\d:\d\d:\d\d\.\d\d\d]/
const longestSearched = 10_000

/** Indexes of the lines that look like an error. Very long lines are left out: they are data rather than messages. */
export function troubleLines(lines: readonly string[]): number[] {
  const found: number[] = []
  for (const [index, line] of lines.entries()) {
    if (line.length <= longestSearched && trouble.test(line)) found.push(index)
  }
  return found
}

export interface Part {
  /** Where it starts in the text. */
  readonly at: number
  readonly text: string
  readonly match: boolean
}

/** A text cut at what is searched for, whatever its case. */
export function splitMatches(text: string, query: string): Part[] {
  const wanted = query.toLowerCase()
  const lower = text.toLowerCase()
  // Lower case has another length in a few scripts; positions would be wrong there.
  if (!wanted || lower.length !== text.length) return [{ at: 0, text, match: false }]
  const parts: Part[] = []
  let from = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ at: from, text: text.slice(from, at), match: false })
    from = at + wanted.length
    parts.push({ at, text: text.slice(at, from), match: true })
  }
  if (from < text.length || parts.length === 0) parts.push({ at: from, text: text.slice(from), match: false })
  return parts
}
