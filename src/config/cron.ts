// Cron expressions in the dialect of Prow's periodics (robfig/cron v3 with optional seconds).
import { Cron } from 'croner'
import { DurationError, parseDurationNs } from './durations.ts'

/** When a periodic fires. */
export interface CronSchedule {
  /** First fire strictly after that time, both in milliseconds since the epoch; undefined when there is none within five years. */
  next(afterMs: number): number | undefined
  /** Set for `@every`: the period in milliseconds, counted from the time given to `next`. */
  readonly everyMs?: number
}

/** Why an expression is refused, for the person who wrote it. */
export interface CronProblem {
  readonly error: string
}

const fields = [
  { name: 'second', least: 0, most: 59, words: [] },
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of month', least: 1, most: 31, words: [] },
  {
    name: 'month',
    least: 1,
    most: 12,
    words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of week', least: 0, most: 6, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const
type Field = (typeof fields)[number]

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const secondNs = 1_000_000_000n
const horizonMs = 5 * 366 * 24 * 3_600_000

/**
 * Reads an expression; times are UTC. A prefix `TZ=<zone> ` or `CRON_TZ=<zone> `, which upstream accepts but never
 * fires, is honoured.
 */
export function parseCron(text: string): CronSchedule | CronProblem {
  const { zone, expression } = splitZone(text.trim())
  if (!isZone(zone)) return { error: `unknown time zone ${zone}` }
  if (expression.startsWith('@every ')) return every(expression.slice('@every '.length))
  const known = Object.hasOwn(descriptors, expression) ? descriptors[expression] : undefined
  if (expression.startsWith('@') && !known) {
    return {
      error: `unknown descriptor ${expression}; there are ${Object.keys(descriptors).join(', ')} and @every <duration>`,
    }
  }
  const parts = (known ?? expression).split(/\s+/).filter(Boolean)
  if (parts.length !== 5 && parts.length !== 6) {
    return {
      error: `expected 5 fields (minute hour day-of-month month day-of-week) or 6 with seconds first, found ${parts.length}: "${text}"`,
    }
  }
  const plain: string[] = []
  for (const [index, part] of (parts.length === 5 ? ['0', ...parts] : parts).entries()) {
    const field = fields[index]
    const values = field && fieldValues(part, field)
    if (typeof values !== 'string') return { error: values?.error ?? 'too many fields' }
    plain.push(values)
  }
  // Only lists and stars are left, on which all dialects agree; so is the rule for the two kinds of days.
  const cron = new Cron(plain.join(' '), { timezone: zone, paused: true, mode: '6-part' })
  return {
    next(afterMs) {
      const next = cron.nextRun(new Date(afterMs))?.getTime()
      return next === undefined || next - afterMs > horizonMs ? undefined : next
    },
  }
}

/** True when the expression could be read. */
export const isSchedule = (parsed: CronSchedule | CronProblem): parsed is CronSchedule => 'next' in parsed

function splitZone(text: string): { zone: string; expression: string } {
  const [, zone, expression] = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/s.exec(text) ?? []
  return zone === undefined || expression === undefined
    ? { zone: 'UTC', expression: text }
    : { zone, expression: expression.trim() }
}

// Asking Intl takes a tenth of a millisecond, and most of thousands of periodics have the same zone.
const zones = new Map<string, boolean>([['UTC', true]])

function isZone(zone: string): boolean {
  const known = zones.get(zone)
  if (known !== undefined) return known
  if (zones.size > 1000) zones.clear()
  const is = isZoneOfIntl(zone)
  zones.set(zone, is)
  return is
}

function isZoneOfIntl(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

function every(text: string): CronSchedule | CronProblem {
  try {
    const ns = parseDurationNs(text.trim())
    const seconds = ns < secondNs ? 1n : ns / secondNs
    const everyMs = Number(seconds) * 1000
    return { everyMs, next: (afterMs) => Math.floor(afterMs / 1000) * 1000 + everyMs }
  } catch (error) {
    if (error instanceof DurationError) return { error: `@every: ${error.message}` }
    throw error
  }
}

/** `*`, or the values of a field as a list. */
function fieldValues(text: string, field: Field): string | CronProblem {
  const values = new Set<number>()
  let star = false
  for (const item of text.split(',')) {
    // Empty items between commas are skipped, but a field of nothing else has no values.
    if (item === '') continue
    const range = itemRange(item, field)
    if ('error' in range) return range
    star ||= range.star
    for (let value = range.from; value <= range.to; value += range.step) values.add(value)
  }
  if (values.size === 0) return { error: `${field.name}: "${text}" has no values` }
  return star ? '*' : [...values].sort((a, b) => a - b).join(',')
}

function itemRange(
  item: string,
  field: Field,
): { from: number; to: number; step: number; star: boolean } | CronProblem {
  const wrong = (why: string) => ({ error: `${field.name}: "${item}" ${why}` })
  const [range = '', stepText, ...more] = item.split('/')
  if (more.length > 0) return wrong('has more than one "/"')
  const step = stepText === undefined ? 1 : whole(stepText)
  if (step === undefined) return wrong('has a step that is no number')
  if (step === 0) return wrong('has a step of 0')
  if (range === '*' || range === '?') return { from: field.least, to: field.most, step, star: step === 1 }
  const [low = '', high, ...rest] = range.split('-')
  if (rest.length > 0) return wrong('has more than one "-"')
  const from = numberOf(low, field)
  const to = high === undefined ? (stepText === undefined ? from : field.most) : numberOf(high, field)
  if (from === undefined || to === undefined) return wrong('is no number or name')
  if (from < field.least) return wrong(`is below ${field.least}`)
  if (to > field.most || from > field.most) return wrong(`is above ${field.most}`)
  if (from > to) return wrong('is a range that ends before it begins')
  return { from, to, step, star: false }
}

function numberOf(text: string, { words, least }: Field): number | undefined {
  const index = (words as readonly string[]).indexOf(text.toLowerCase())
  return index >= 0 ? index + least : whole(text)
}

const whole = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)
