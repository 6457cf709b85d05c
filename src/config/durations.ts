// Go's durations: the text form of every time span in the configuration and in ProwJobs.

/** A text that is not a Go duration. */
export class DurationError extends Error {
  override readonly name = 'DurationError'

  constructor(text: string, why: string) {
    super(`${JSON.stringify(text)} is not a duration: ${why}; examples: 90s, 1h30m, 1.5h`)
  }
}

// Nanoseconds per unit; both signs for micro (U+00B5 and U+03BC) are in use.
const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}
const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h|[^\d.]*)/y
const largest = 2n ** 63n - 1n

/** Nanoseconds of a Go duration text, exactly. Throws DurationError. */
export function parseDurationNs(text: string): bigint {
  const negative = text.startsWith('-')
  const rest = /^[+-]/.test(text) ? text.slice(1) : text
  if (rest === '0') return 0n
  if (rest === '') throw new DurationError(text, 'it has no number')
  let total = 0n
  part.lastIndex = 0
  while (part.lastIndex < rest.length) {
    const found = part.exec(rest)
    const [, whole = '', fraction = '', unit = ''] = found ?? []
    if (whole === '' && fraction === '') throw new DurationError(text, 'each part is a number and a unit')
    const size = units[unit]
    if (size === undefined) {
      throw new DurationError(text, unit === '' ? 'a number has no unit' : `${JSON.stringify(unit)} is not a unit`)
    }
    total += BigInt(whole || '0') * size
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length)
    if (total > largest) throw new DurationError(text, 'it is longer than 292 years')
  }
  return negative ? -total : total
}

/** Milliseconds of a Go duration text; spans below one millisecond are fractions. Throws DurationError. */
export const parseDuration = (text: string): number => Number(parseDurationNs(text)) / 1e6

/** Go's canonical text of a span in nanoseconds: `2h0m0s`, `1.5s`, `100ms`, `0s`. */
export function formatDurationNs(ns: bigint): string {
  if (ns === 0n) return '0s'
  if (ns < 0n) return `-${formatDurationNs(-ns)}`
  if (ns < 1_000n) return `${ns}ns`
  if (ns < 1_000_000n) return `${decimal(ns, 1_000n)}µs`
  if (ns < 1_000_000_000n) return `${decimal(ns, 1_000_000n)}ms`
  const minutes = ns / 60_000_000_000n
  const seconds = `${decimal(ns % 60_000_000_000n, 1_000_000_000n)}s`
  if (minutes === 0n) return seconds
  if (minutes < 60n) return `${minutes}m${seconds}`
  return `${minutes / 60n}h${minutes % 60n}m${seconds}`
}

/** Go's canonical text of a span in milliseconds. */
export const formatDuration = (ms: number): string => formatDurationNs(BigInt(Math.round(ms * 1e6)))

function decimal(value: bigint, unit: bigint): string {
  const whole = value / unit
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '')
  return fraction === '' ? `${whole}` : `${whole}.${fraction}`
}
