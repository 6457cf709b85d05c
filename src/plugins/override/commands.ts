// The commands of override, and the names that stand behind them.
import { type Match, re2 } from '../../config/re2.ts'

/** One pattern per command; group 2 holds the names. */
export const commands = {
  override: re2`(?mi)^/override( ([^\r\n]+))?[\r\n]?$`,
  'override-sticky': re2`(?mi)^/override-sticky( ([^\r\n]+))?[\r\n]?$`,
  'override-cancel': re2`(?mi)^/override-cancel( ([^\r\n]+))?[\r\n]?$`,
} as const

/** What a comment asks for with one command. */
export interface Asked {
  readonly names: ReadonlySet<string>
  /** One of the commands stands alone. */
  readonly bare: boolean
}

/** What all commands of one kind ask for together; undefined where there is none. */
export function askedBy(matches: readonly Match[]): Asked | undefined {
  if (matches.length === 0) return undefined
  const texts = matches.map(({ groups }) => groups[1])
  return {
    names: new Set(texts.flatMap((text) => namesIn(text ?? ''))),
    bare: texts.includes(undefined),
  }
}

/** Names are parted by blanks, apart from those between double quotes. */
const namesIn = (text: string): string[] =>
  (text.match(/(?:[^ "]|"[^"]*(?:"|$))+/g) ?? []).map(trimmed).filter((name) => name !== '')

/** Without blanks and quotes at the ends. Takes linear time, which a pattern would not: anybody may write such a text. */
function trimmed(name: string): string {
  let [start, end] = [0, name.length]
  while (start < end && ' "'.includes(name[start] ?? '')) start++
  while (end > start && ' "'.includes(name[end - 1] ?? '')) end--
  return name.slice(start, end)
}
