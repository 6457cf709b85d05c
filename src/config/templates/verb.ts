// One verb of Go's fmt on one plain value: text, truth, whole number or float; with flags, width and precision.
import { Buffer } from 'node:buffer'
import { maxText } from './budget.ts'
import { CallError } from './errors.ts'
import { formatFloat } from './floats.ts'

/** A verb such as `%-8.3f`. */
export interface Verb {
  readonly letter: string
  readonly plus: boolean
  readonly minus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
  /** What + and # are for %v: names of fields, and Go syntax. They are not `plus` and `sharp` then. */
  readonly withNames: boolean
  readonly goSyntax: boolean
  /** Characters; undefined when there is none. */
  readonly width: number | undefined
  readonly precision: number | undefined
}

export const plain: Verb = {
  letter: 'v',
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  withNames: false,
  goSyntax: false,
  width: undefined,
  precision: undefined,
}

/** The text with blanks, or zeros, up to the width. */
export function padded(text: string, { width = 0, minus, zero }: Pick<Verb, 'width' | 'minus' | 'zero'>): string {
  if (width > maxText) throw new CallError(`text longer than ${maxText} characters`)
  const missing = width - [...text].length
  if (missing <= 0) return text
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text
}

/** Each function returns undefined for a verb that does not go with the value. */
export function formatString(text: string, verb: Verb): string | undefined {
  const { precision, letter } = verb
  const cut = precision === undefined ? text : [...text].slice(0, precision).join('')
  switch (letter) {
    case 'v':
      return padded(verb.goSyntax ? quoted(cut) : cut, verb)
    case 's':
      return padded(cut, verb)
    case 'q':
      if (verb.sharp && canBackquote(cut)) return padded(`\`${cut}\``, verb)
      return padded(quoted(cut, '"', verb.plus), verb)
    case 'x':
    case 'X':
      return padded(hexOf(text, verb), verb)
    default:
      return undefined
  }
}

function hexOf(text: string, { precision, space, sharp, letter }: Verb): string {
  const bytes = Buffer.from(text).subarray(0, precision)
  if (bytes.length === 0) return ''
  const prefix = sharp ? '0x' : ''
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
  const hex = space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('')
  return letter === 'X' ? hex.toUpperCase() : hex
}

export function formatBool(value: boolean, verb: Verb): string | undefined {
  return verb.letter === 't' || verb.letter === 'v' ? padded(String(value), verb) : undefined
}

const bases: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  v: [10, ''],
  d: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, ''],
  x: [16, '0x'],
  X: [16, '0X'],
}

export function formatInt(value: bigint, verb: Verb): string | undefined {
  const { letter } = verb
  const noZeros = { ...verb, zero: false }
  if (letter === 'c') return padded(character(value), verb)
  if (letter === 'q') return padded(quoted(character(value), "'", verb.plus), verb)
  if (letter === 'U') return padded(unicode(value, verb), noZeros)
  const [base, prefix] = bases[letter] ?? []
  if (base === undefined || prefix === undefined) return undefined
  const { precision, width, zero, minus } = verb
  if (precision === 0 && value === 0n) return padded('', noZeros)
  if ((precision ?? 0) > maxText || (width ?? 0) > maxText) {
    throw new CallError(`text longer than ${maxText} characters`)
  }
  const sign = value < 0n ? '-' : verb.plus ? '+' : verb.space ? ' ' : ''
  const digits = (value < 0n ? -value : value).toString(base)
  const least = precision ?? (zero && !minus && width !== undefined ? width - sign.length : 0)
  let number = digits.padStart(least, '0')
  if (letter === 'X') number = number.toUpperCase()
  if (letter === 'O') number = `0o${number}`
  else if (verb.sharp && !(letter === 'o' && number.startsWith('0'))) number = prefix + number
  return padded(sign + number, noZeros)
}

const character = (value: bigint): string => {
  const number = value < 0n || value > 0x10ffffn ? 0xfffd : Number(value)
  return String.fromCodePoint(number).toWellFormed()
}

function unicode(value: bigint, { precision = 4, sharp }: Verb): string {
  const code = `U+${BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.min(Math.max(precision, 4), 64), '0')}`
  const shown = value >= 0n && value <= 0x10ffffn && isPrintable(character(value))
  return sharp && shown ? `${code} '${character(value)}'` : code
}

export function formatGoFloat(value: number, verb: Verb): string | undefined {
  const letter = verb.letter === 'v' ? 'g' : verb.letter === 'F' ? 'f' : verb.letter
  if (!/^[eEfgG]$/.test(letter)) return undefined
  const precision = verb.precision ?? (/^[gG]$/.test(letter) ? undefined : 6)
  if ((precision ?? 0) > 1000) throw new CallError('precision of more than 1000 digits')
  const digits = formatFloat(Math.abs(value), letter, precision)
  const isNegative = value < 0 || Object.is(value, -0)
  const sign = isNegative ? '-' : verb.plus || value === Infinity ? '+' : verb.space ? ' ' : ''
  const shownSign = verb.letter === 'v' && value === Infinity ? '+' : sign
  if (!Number.isFinite(value)) {
    return padded(Number.isNaN(value) ? `${verb.plus ? '+' : ''}NaN` : shownSign + digits, { ...verb, zero: false })
  }
  if (!verb.zero || verb.minus || verb.width === undefined) return padded(sign + digits, verb)
  return sign + padded(digits, { ...verb, width: verb.width - sign.length })
}

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const isPrintable = (one: string): boolean => printable.test(one)
const canBackquote = (text: string): boolean =>
  ![...text].some((one) => (one < ' ' && one !== '\t') || /[`\u007f\ufeff\ufffd]/.test(one))

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
}

/** The text as a Go literal. */
function quoted(text: string, mark = '"', ascii = false): string {
  const inner = [...text].map((one) => {
    if (one === mark) return `\\${mark}`
    const known = escapes[one]
    if (known !== undefined) return known
    const code = one.codePointAt(0) ?? 0
    if (code < 0x80 ? code >= 0x20 && code < 0x7f : !ascii && isPrintable(one)) return one
    const hex = code.toString(16)
    if (code < 0x80) return `\\x${hex.padStart(2, '0')}`
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
  })
  return mark + inner.join('') + mark
}
