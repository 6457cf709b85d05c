// Go's fmt.Sprintf: reads the format and gives each verb its argument.
import { maxText, textBuilder } from './budget.ts'
import { goTypeName } from './go-types.ts'
import type { GoValue } from './go-values.ts'
import { formatted } from './print.ts'
import { plain, type Verb } from './verb.ts'

/** An index such as [2] or a number such as * or 12, as they stand before a verb. */
const index = /\[([^\]]*)\]/y
const number = /[0-9]+/y

/** Formats values. Throws CallError when the text gets too long. */
export function sprintf(format: string, values: readonly GoValue[]): string {
  const text = textBuilder()
  const args = argumentsOf(values)
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf('%', at)
    text.add(format.slice(at, percent < 0 ? undefined : percent))
    if (percent < 0) break
    const { shown, end } = directive(format, percent + 1, args)
    text.add(shown)
    at = end
  }
  if (args.reordered() || args.used() >= values.length) return text.text()
  const extra = values.slice(args.used()).map(describe)
  text.add(`%!(EXTRA ${extra.join(', ')})`)
  return text.text()
}

const describe = (value: GoValue): string =>
  value.kind === 'none' ? '<nil>' : `${goTypeName(value.type)}=${formatted(value, plain)}`

/** Gives the arguments in order, or as an index in the format says. */
function argumentsOf(values: readonly GoValue[]) {
  let next = 0
  let wasReordered = false
  let isGood = true
  return {
    /** Starts a directive. */
    begin: () => {
      isGood = true
    },
    select: (position: string) => {
      wasReordered = true
      const wanted = /^[0-9]+$/.test(position) ? Number(position) : 0
      if (wanted < 1 || wanted > values.length) isGood = false
      else next = wanted - 1
    },
    isGood: () => isGood,
    /** An index that is none. */
    spoil: () => {
      isGood = false
    },
    reorder: () => {
      wasReordered = true
    },
    take: (): GoValue | undefined => {
      const value = values[next]
      if (value !== undefined) next++
      return value
    },
    used: () => next,
    reordered: () => wasReordered,
  }
}
type Arguments = ReturnType<typeof argumentsOf>

function directive(format: string, start: number, args: Arguments): { readonly shown: string; readonly end: number } {
  let at = start
  const flags = /[#0+\- ]*/y
  flags.lastIndex = at
  const [given = ''] = flags.exec(format) ?? []
  at += given.length
  args.begin()
  let complaint = ''
  let isIndexed = false
  const readIndex = () => {
    index.lastIndex = at
    const [whole, position] = index.exec(format) ?? []
    isIndexed = whole !== undefined
    if (whole === undefined || position === undefined) {
      if (format[at] === '[') {
        args.reorder()
        args.spoil()
        at++
      }
      return
    }
    args.select(position)
    at += whole.length
  }
  const readNumber = (bad: string): number | undefined => {
    if (format[at] === '*') {
      at++
      isIndexed = false
      const value = args.take()
      if ((value?.kind === 'int' || value?.kind === 'uint') && value.data <= 1_000_000n && value.data >= -1_000_000n)
        return Number(value.data)
      complaint += bad
      return undefined
    }
    number.lastIndex = at
    const [digits] = number.exec(format) ?? []
    if (digits === undefined) return undefined
    // Like Go, take the rest for a part of a number that is too long.
    at = Number(digits) > 1_000_000 ? format.length : at + digits.length
    if (isIndexed) args.spoil()
    return Math.min(Number(digits), maxText + 1)
  }
  readIndex()
  const width = readNumber('%!(BADWIDTH)')
  let precision: number | undefined
  if (format[at] === '.') {
    at++
    if (isIndexed) args.spoil()
    readIndex()
    const isStar = format[at] === '*'
    precision = readNumber('%!(BADPREC)') ?? (isStar ? undefined : 0)
    if (precision !== undefined && precision < 0) {
      precision = undefined
      complaint += '%!(BADPREC)'
    }
  }
  if (!isIndexed) readIndex()
  const [letter] = format.slice(at, at + 2)
  if (letter === undefined) return { shown: `${complaint}%!(NOVERB)`, end: at }
  const end = at + letter.length
  if (letter === '%') return { shown: `${complaint}%`, end }
  if (!args.isGood()) return { shown: `${complaint}%!${letter}(BADINDEX)`, end }
  const value = args.take()
  if (value === undefined) return { shown: `${complaint}%!${letter}(MISSING)`, end }
  const minus = given.includes('-') || (width ?? 0) < 0
  const isValue = letter === 'v'
  const verb: Verb = {
    letter,
    plus: given.includes('+') && !isValue,
    minus,
    sharp: given.includes('#') && !isValue,
    withNames: given.includes('+') && isValue,
    goSyntax: given.includes('#') && isValue,
    space: given.includes(' '),
    zero: given.includes('0') && !minus,
    width: width === undefined ? undefined : Math.abs(width),
    precision,
  }
  return { shown: complaint + formatted(value, verb), end }
}
