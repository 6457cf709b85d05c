// Go's time.Time and time.Duration in templates, and the types that Kubernetes makes of them. Times are in UTC.
import { milliseconds } from '../../api/time.ts'
import { DurationError, formatDurationNs, parseDurationNs } from '../durations.ts'
import { CallError } from './errors.ts'
import {
  type BasicType,
  type GoMethod,
  type GoType,
  goInt64,
  goString,
  named,
  pointerTo,
  type StructType,
} from './go-types.ts'
import { bool, float, type GoValue, goValue, int, string } from './go-values.ts'
import { getter, struct } from './struct.ts'
import { dayName, layoutText, monthName, yearDay } from './time-layout.ts'

/** Go's zero time: the beginning of the year 1, in milliseconds since the epoch. */
const zeroMs = -62_135_596_800_000

/** A time is its text on the wire, or its milliseconds; undefined is Go's zero time. */
const msOf = (raw: unknown): number =>
  typeof raw === 'number' ? raw : (milliseconds(typeof raw === 'string' ? raw : undefined) ?? zeroMs)
/** A duration is its text on the wire, or its nanoseconds. */
function nsOf(raw: unknown): bigint {
  if (typeof raw === 'bigint') return raw
  if (typeof raw !== 'string') return 0n
  try {
    return parseDurationNs(raw)
  } catch (error) {
    throw error instanceof DurationError ? new CallError(error.message) : error
  }
}
const dataOf = (value: GoValue | undefined): unknown => (value?.kind === 'struct' ? value.data : undefined)

const nanoseconds: BasicType = { ...goInt64, name: 'time.Duration' }
const units = (ns: number): GoMethod => getter((raw) => float(Number(nsOf(raw)) / ns))
const rounding =
  (round: (ns: bigint, unit: bigint) => bigint): GoMethod =>
  (raw) => ({
    params: [nanoseconds],
    call: ([unit]) => {
      const size = unit?.kind === 'int' ? unit.data : 0n
      return goValue(goDuration, size <= 0n ? nsOf(raw) : round(nsOf(raw), size))
    },
  })

const goDuration: StructType = struct('time.Duration', [], {
  String: getter((raw) => string(formatDurationNs(nsOf(raw)))),
  Seconds: units(1e9),
  Minutes: units(60e9),
  Hours: units(3600e9),
  Milliseconds: getter((raw) => goValue(goInt64, nsOf(raw) / 1_000_000n)),
  Truncate: rounding((ns, unit) => ns - (ns % unit)),
  Round: rounding((ns, unit) => {
    const rest = ns % unit
    const size = rest < 0n ? -rest : rest
    if (size * 2n < unit) return ns - rest
    return ns - rest + (ns < 0n ? -unit : unit)
  }),
})

/** metav1.Duration. */
export const metaDuration = struct<object>('v1.Duration', [{ embeds: goDuration, as: 'Duration', key: '' }])

const part = (get: (date: Date) => GoValue): GoMethod => getter((raw) => get(new Date(msOf(raw))))
/** Comes before or after another time, which may be a nil pointer for the types of Kubernetes. */
const comparing =
  (other: () => GoType, holds: (a: number, b: number) => boolean): GoMethod =>
  (raw) => ({
    params: [other()],
    call: ([value]) => {
      const time = value?.kind === 'pointer' ? value.data : value
      return bool(time !== undefined && holds(msOf(raw), msOf(dataOf(time))))
    },
  })

const goTime: StructType = struct('time.Time', [], {
  String: getter((raw) => string(layoutText(msOf(raw), '2006-01-02 15:04:05.999999999 -0700 MST'))),
  Format: (raw) => ({
    params: [goString],
    call: ([layout]) => string(layoutText(msOf(raw), layout?.kind === 'string' ? layout.data : '')),
  }),
  Unix: getter((raw) => goValue(goInt64, BigInt(Math.floor(msOf(raw) / 1000)))),
  UnixMilli: getter((raw) => goValue(goInt64, BigInt(msOf(raw)))),
  UnixNano: getter((raw) => goValue(goInt64, BigInt.asIntN(64, BigInt(msOf(raw)) * 1_000_000n))),
  IsZero: getter((raw) => bool(msOf(raw) === zeroMs)),
  Year: part((date) => int(date.getUTCFullYear())),
  Month: part((date) => goValue(named('time.Month'), monthName(date))),
  Day: part((date) => int(date.getUTCDate())),
  Hour: part((date) => int(date.getUTCHours())),
  Minute: part((date) => int(date.getUTCMinutes())),
  Second: part((date) => int(date.getUTCSeconds())),
  YearDay: part((date) => int(yearDay(date))),
  Weekday: part((date) => goValue(named('time.Weekday'), dayName(date))),
  UTC: getter((raw) => goValue(goTime, msOf(raw))),
  Local: getter((raw) => goValue(goTime, msOf(raw))),
  Sub: (raw) => ({
    params: [goTime],
    call: ([other]) => goValue(goDuration, BigInt(msOf(raw) - msOf(dataOf(other))) * 1_000_000n),
  }),
  Before: comparing(
    () => goTime,
    (a, b) => a < b,
  ),
  After: comparing(
    () => goTime,
    (a, b) => a > b,
  ),
  Equal: comparing(
    () => goTime,
    (a, b) => a === b,
  ),
})

/** metav1.Time. IsZero may be asked of a nil pointer. */
export const metaTime: StructType = {
  ...struct<object>('v1.Time', [{ embeds: goTime, as: 'Time', key: '' }], {
    Before: comparing(
      () => pointerTo(metaTime),
      (a, b) => a < b,
    ),
    Equal: comparing(
      () => pointerTo(metaTime),
      (a, b) => a === b,
    ),
  }),
  onNil: { IsZero: getter(() => bool(true)) },
}
