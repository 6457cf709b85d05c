// Kubernetes quantities (4Gi, 500m, 0.5): read, and written in the one canonical form that upstream keeps.

/** A text or number that is not a quantity. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError'

  constructor(text: string) {
    super(`${JSON.stringify(text)} is not a quantity; examples: 500m, 2, 1.5Gi, 1e3`)
  }
}

const decimalSuffixes = new Map([
  [-9, 'n'],
  [-6, 'u'],
  [-3, 'm'],
  [0, ''],
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
  [18, 'E'],
])
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const form = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]?)|([KMGTPE]i)|[eE]([+-]?\d{1,3}))$/

interface Quantity {
  /** The value times 10⁹; smaller parts are rounded away from zero. */
  readonly nanos: bigint
  readonly family: 'decimal' | 'binary' | 'exponent'
}

/** The value of a quantity times 10⁹, for comparing. Throws QuantityError. */
export const quantityNanos = (quantity: string | number): bigint => read(String(quantity)).nanos

/** The value in its base unit (cores, bytes), as a number: exact to 15 digits. Throws QuantityError. */
export const quantityNumber = (quantity: string | number): number => {
  const nanos = quantityNanos(quantity)
  return Number(nanos / giga) + Number(nanos % giga) / 1e9
}

/**
 * The canonical text: the largest suffix of the quantity's own family that loses nothing, e.g. `1024Mi` → `1Gi`,
 * `0.5` → `500m`, `1000` → `1k`, `9000Mi` as it is. Throws QuantityError.
 */
export function canonicalQuantity(quantity: string | number): string {
  const { nanos, family } = read(String(quantity))
  if (nanos === 0n) return '0'
  // Below 1024 a binary quantity has no binary suffix to be written with.
  const size = nanos < 0n ? -nanos : nanos
  if (family === 'binary' && size >= 1024n * giga) return binary(nanos)
  const [value, exponent] = withoutThousands(nanos)
  if (family === 'exponent') return exponent === 0 ? `${value}` : `${value}e${exponent}`
  return `${value}${decimalSuffixes.get(exponent) ?? ''}`
}

const giga = 1_000_000_000n

function read(text: string): Quantity {
  const [, sign, digits, decimal, binarySuffix, exponent] = form.exec(text) ?? []
  if (digits === undefined) throw new QuantityError(text)
  const [whole = '0', fraction = ''] = digits.split('.')
  let power = 9 - fraction.length
  if (exponent !== undefined) power += Number(exponent)
  for (const [at, suffix] of decimalSuffixes) if (decimal && suffix === decimal) power += at
  const scale = binarySuffix === undefined ? 1n : 1024n ** BigInt(binarySuffixes.indexOf(binarySuffix))
  const value = BigInt(`${whole || '0'}${fraction}`) * scale
  const nanos = power >= 0 ? value * 10n ** BigInt(power) : dividedUp(value, 10n ** BigInt(-power))
  const family = binarySuffix !== undefined ? 'binary' : exponent !== undefined ? 'exponent' : 'decimal'
  return { nanos: sign === '-' ? -nanos : nanos, family }
}

const dividedUp = (value: bigint, by: bigint): bigint => (value + by - 1n) / by

function withoutThousands(nanos: bigint): [bigint, number] {
  let value = nanos
  let exponent = -9
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n
    exponent += 3
  }
  return [value, exponent]
}

function binary(nanos: bigint): string {
  let value = nanos < 0n ? -dividedUp(-nanos, giga) : dividedUp(nanos, giga)
  let power = 0
  while (value % 1024n === 0n && power < binarySuffixes.length - 1) {
    value /= 1024n
    power++
  }
  return `${value}${binarySuffixes[power]}`
}
