// Ages as kubectl shows them.
import { type Column, column } from './column.ts'

/** A span like `5m12s`, in Kubernetes' rounding: two units where they matter, one where not. */
export function shortDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return two(days, 'd', hours % 24, 'h')
  if (days < 2 * 365) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? two(years, 'y', days % 365, 'd') : `${years}y`
}

const two = (a: number, unit: string, b: number, small: string) => (b === 0 ? `${a}${unit}` : `${a}${unit}${b}${small}`)

/** Time since an RFC 3339 time; `<unknown>` when there is none. */
export function ageSince(time: unknown, nowMs: number): string {
  if (typeof time !== 'string') return '<unknown>'
  const then = Date.parse(time)
  return Number.isNaN(then) ? '<unknown>' : shortDuration(nowMs - then)
}

/** Time since the object was made. */
export const ageColumn: Column = column('Age', ({ metadata }, nowMs) => ageSince(metadata.creationTimestamp, nowMs))
