// Floats as Go writes them: shortest digits, or exactly rounded to a precision (half to even).

/** Digits of a number 0.d1d2d3… × 10^point. */
interface Decimal {
  readonly digits: string
  readonly point: number
}

/**
 * Formats a number that is not negative. @param letter e, E, f, g or G. @param precision Digits behind the point; for g all
 * digits; undefined for as few as identify the number.
 */
export function formatFloat(value: number, letter: string, precision: number | undefined): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return 'Inf'
  const upper = letter === 'E' || letter === 'G'
  const shown = write(value, letter.toLowerCase(), precision)
  return upper ? shown.toUpperCase() : shown
}

function write(value: number, letter: string, precision: number | undefined): string {
  if (letter === 'f') {
    const { digits, point } = precision === undefined ? shortest(value) : rounded(value, (p) => p + precision)
    return fixed({ digits, point }, precision ?? Math.max(digits.length - point, 0))
  }
  if (letter === 'e') {
    const decimal = precision === undefined ? shortest(value) : rounded(value, () => precision + 1)
    return scientific(decimal, precision ?? decimal.digits.length - 1)
  }
  const most = precision === 0 ? 1 : precision
  const decimal = most === undefined ? shortest(value) : rounded(value, () => most)
  const digits = decimal.digits.replace(/0+$/, '')
  const exponent = value === 0 ? 0 : decimal.point - 1
  const limit = most === undefined ? 6 : most > digits.length && digits.length >= decimal.point ? digits.length : most
  if (exponent < -4 || exponent >= limit) return scientific({ ...decimal, digits }, Math.max(digits.length - 1, 0))
  return fixed({ ...decimal, digits }, Math.max(digits.length - decimal.point, 0))
}

function fixed({ digits, point }: Decimal, behind: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  if (behind === 0) return whole
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(Math.min(-point, behind)) + digits
  return `${whole}.${fraction.slice(0, behind).padEnd(behind, '0')}`
}

function scientific({ digits, point }: Decimal, behind: number): string {
  const isZero = /^0*$/.test(digits)
  const fraction = behind > 0 ? `.${digits.slice(1, behind + 1).padEnd(behind, '0')}` : ''
  const exponent = isZero ? 0 : point - 1
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${digits.charAt(0) || '0'}${fraction}e${exponent < 0 ? '-' : '+'}${size}`
}

function shortest(value: number): Decimal {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  return {
    digits: mantissa.replace('.', ''),
    point: value === 0 ? 1 : Number(exponent) + 1,
  }
}

/** All digits that a double has. */
function exact(value: number): Decimal {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const raw = bits.getBigUint64(0)
  const biased = Number(raw >> 52n)
  const fraction = raw & (2n ** 52n - 1n)
  const mantissa = biased === 0 ? fraction : fraction + 2n ** 52n
  const power = Math.max(biased, 1) - 1075
  if (power >= 0) {
    const digits = (mantissa << BigInt(power)).toString()
    return { digits, point: digits.length }
  }
  const digits = (mantissa * 5n ** BigInt(-power)).toString()
  return { digits, point: digits.length + power }
}

/** Rounded to a number of digits, which depends on where the point is. */
function rounded(value: number, count: (point: number) => number): Decimal {
  if (value === 0) return { digits: '0', point: 1 }
  const { digits, point } = exact(value)
  const keep = count(point)
  if (keep < 0) return { digits: '', point }
  if (keep >= digits.length) return { digits, point }
  const kept = digits.slice(0, keep)
  const rest = digits.slice(keep)
  const half = `5${'0'.repeat(rest.length - 1)}`
  const isOdd = /[13579]$/.test(kept)
  if (rest < half || (rest === half && !isOdd)) return { digits: kept, point }
  const up = (BigInt(kept === '' ? 0 : kept) + 1n).toString().padStart(keep, '0')
  return { digits: up, point: up.length > keep ? point + 1 : point }
}
