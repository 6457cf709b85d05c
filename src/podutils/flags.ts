// Command-line flags in Go's syntax: -x or --x, a value after = or as the next argument, booleans only with =.
import { DurationError, parseDurationNs } from '../config/durations.ts'

/** A command line that cannot be understood; the program ends with 2. */
export class FlagError extends Error {
  override readonly name = 'FlagError'
}

/** `duration` gives nanoseconds. */
export type FlagKind = 'text' | 'texts' | 'bool' | 'whole' | 'duration'
type ValueOf<Kind extends FlagKind> = {
  text: string
  texts: string[]
  bool: boolean
  whole: number
  duration: number
}[Kind]
/** Values of the flags that were given. */
export type FlagValues<Kinds extends Record<string, FlagKind>> = { [Name in keyof Kinds]?: ValueOf<Kinds[Name]> }

/** Values of the flags, and the arguments after the last flag (or after `--`). Throws FlagError. */
export function parseFlags<const Kinds extends Record<string, FlagKind>>(
  args: readonly string[],
  kinds: Kinds,
): { flags: FlagValues<Kinds>; rest: string[] } {
  const found: Record<string, unknown> = {}
  let at = 0
  for (; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    const [, name, given] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(arg) ?? []
    if (name === undefined) {
      if (arg.startsWith('-') && arg !== '-') throw new FlagError(`bad flag syntax: ${arg}`)
      break
    }
    const kind = kinds[name]
    if (kind === undefined) throw new FlagError(`flag provided but not defined: -${name}`)
    let text = given
    if (text === undefined) {
      if (kind === 'bool') text = 'true'
      else if (at + 1 < args.length) text = args[++at] ?? ''
      else throw new FlagError(`flag needs an argument: -${name}`)
    }
    const value = readValue(name, kind, text)
    const before = found[name]
    found[name] = kind === 'texts' ? [...(Array.isArray(before) ? before : []), value] : value
  }
  return { flags: found as FlagValues<Kinds>, rest: args.slice(at) }
}

const booleans = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
])

function readValue(name: string, kind: FlagKind, text: string): unknown {
  const invalid = () => new FlagError(`invalid value "${text}" for flag -${name}: not a ${kind}`)
  if (kind === 'bool') {
    const value = booleans.get(text)
    if (value === undefined) throw invalid()
    return value
  }
  if (kind === 'whole') {
    if (!/^[+-]?\d+$/.test(text)) throw invalid()
    return Number(text)
  }
  if (kind === 'duration') {
    try {
      return Number(parseDurationNs(text))
    } catch (error) {
      throw error instanceof DurationError ? invalid() : error
    }
  }
  return text
}
