// Numbers, characters and quoted texts of Go templates.
import { Buffer } from 'node:buffer'
import type { NumberLiteral } from './nodes.ts'

/** A literal that Go would refuse; the parser adds the place. */
export class LiteralError extends Error {
  override readonly name = 'LiteralError'
}

const wholeNumber = /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|0|[1-9](?:_?[0-9])*)$/
const decimalNumber = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const hexNumber = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/
const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n }

/** Reads a number. Throws LiteralError. */
export function numberLiteral(text: string): NumberLiteral {
  if (wholeNumber.test(text)) {
    const int = wholeOf(text)
    if (int < int64.least || int >= 2n ** 64n) throw new LiteralError(`integer overflow: ${JSON.stringify(text)}`)
    return {
      ...(int <= int64.most && { int }),
      float: Number(int),
      isFloat: false,
    }
  }
  const float = floatOf(text.replaceAll('_', ''))
  const plain = !/__|_$|_[.eEpP+-]|[.eEpP+-]_/.test(text)
  if (float === undefined || !plain || !Number.isFinite(float)) {
    throw new LiteralError(`illegal number syntax: ${JSON.stringify(text)}`)
  }
  if (!/[.eEpP]/.test(text)) throw new LiteralError(`integer overflow: ${JSON.stringify(text)}`)
  const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63
  return { ...(isWhole && { int: BigInt(float) }), float, isFloat: true }
}

function wholeOf(text: string): bigint {
  const digits = text.replaceAll('_', '').replace(/^[+-]/, '')
  const isOctal = /^0[0-9]/.test(digits)
  const size = BigInt(isOctal ? `0o${digits}` : digits)
  return text.startsWith('-') ? -size : size
}

function floatOf(text: string): number | undefined {
  if (decimalNumber.test(text)) return Number(text)
  const [, sign, whole = '', fraction = '', exponent] = hexNumber.exec(text) ?? []
  if (exponent === undefined || whole + fraction === '') return undefined
  const size = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -size : size
}

/** The text of a quoted string or of a raw one, quotes included. Throws LiteralError. */
export function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1).replaceAll('\r', '')
  return Buffer.concat(pieces(text.slice(1, -1), '"')).toString()
}

/** The character number of a constant such as 'a'. Throws LiteralError. */
export function characterLiteral(text: string): NumberLiteral {
  const found = [...pieces(text.slice(1, -1), "'", true)]
  const [only] = found
  if (only === undefined || found.length > 1) throw new LiteralError(`malformed character constant: ${text}`)
  const number = only.length === 1 ? (only[0] ?? 0) : (only.toString().codePointAt(0) ?? 0)
  return { int: BigInt(number), float: number, isFloat: false }
}

const escapeCode = /\\(?:[abfnrtv\\'"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3})/y
const simple: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
}

/** The bytes of each character; escapes may stand for single bytes. */
function pieces(text: string, quote: '"' | "'", refusesQuote = false): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < text.length; ) {
    const [character = ''] = text.slice(at, at + 2)
    if (character !== '\\') {
      if (refusesQuote && character === quote) throw new LiteralError('invalid syntax')
      found.push(Buffer.from(character.toWellFormed()))
      at += character.length
      continue
    }
    escapeCode.lastIndex = at
    const [code] = escapeCode.exec(text) ?? []
    if (code === undefined) throw new LiteralError(`invalid escape in ${quote}${text}${quote}`)
    found.push(escaped(code, quote))
    at += code.length
  }
  return found
}

function escaped(code: string, quote: string): Buffer {
  const kind = code.charAt(1)
  const byte = simple[kind]
  if (byte !== undefined) return Buffer.from([byte])
  if (/[0-7]/.test(kind) || kind === 'x') {
    const number = kind === 'x' ? Number.parseInt(code.slice(2), 16) : Number.parseInt(code.slice(1), 8)
    if (number > 255) throw new LiteralError(`escape ${code} is larger than a byte`)
    return Buffer.from([number])
  }
  if (kind === 'u' || kind === 'U') {
    const number = Number.parseInt(code.slice(2), 16)
    if (number > 0x10ffff || (number >= 0xd800 && number < 0xe000)) {
      throw new LiteralError(`escape ${code} is no character`)
    }
    return Buffer.from(String.fromCodePoint(number))
  }
  if ((kind === '"' || kind === "'") && kind !== quote) throw new LiteralError(`invalid escape ${code}`)
  return Buffer.from(kind)
}
