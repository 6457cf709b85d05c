// The kinds of plain settings that a configuration is described with: type, default, unit and meaning in one place.
import { DurationError, formatDurationNs, parseDuration, parseDurationNs } from './durations.ts'
import { configErrors, type Finding } from './errors.ts'
import { goUrlError } from './jobs/go-url.ts'
import { canonicalQuantity, QuantityError } from './quantities.ts'
import { compileRe2, Re2Error } from './re2.ts'
import type { Report } from './report.ts'
import { type JsonSchema, nullable, type SchemaParts } from './schema-parts.ts'
import { type Path, shortest32 } from './yaml.ts'

/** How one setting is read. */
export interface Field<T, Optional extends boolean = boolean> {
  /** Type word for people: `duration`, `list of text`. */
  readonly type: string
  readonly about: string
  /** Default as it would be written, when there is one. */
  readonly defaultText?: string
  /** Whether an absent setting stays absent. */
  readonly optional: Optional
  /** Reads a value that is there; a value that does not fit is reported and read as if it were absent. */
  read(value: unknown, path: Path, report: Report): T
  /** The value of an absent setting, given the settings of the section that were read before it. */
  absent(before: Readonly<Record<string, unknown>>): T
  /** Whether a value says no more than an absent one does. */
  isZero(value: unknown): boolean
  /** JSON Schema of the values that are taken; what several fields share goes into the parts. */
  schema(parts: SchemaParts): JsonSchema
}

/** The type of what a field reads. */
export type Infer<F extends Field<unknown>> = F extends Field<infer T> ? T : never

/** What a person calls the type of a value. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`
  return `the ${typeof value} ${String(value)}`
}

/** The map that a value is, or undefined. */
export const asMap = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined

interface About<T> {
  readonly about: string
  readonly default?: T
}

const isZeroScalar = (value: unknown): boolean => [null, undefined, '', 0, false].includes(value as null)

function scalar<T>(
  type: string,
  { about, default: fallback }: { about: string; default?: T },
  zero: T,
  schema: JsonSchema,
  parse: (value: unknown, refuse: () => T, path: Path, report: Report) => T,
): Field<T, false> {
  const absent = () => fallback ?? zero
  return {
    type,
    about,
    ...(fallback !== undefined && { defaultText: String(fallback) }),
    optional: false,
    absent,
    isZero: isZeroScalar,
    schema: () => schema,
    read: (value, path, report) => {
      const refuse = () => {
        report.error(path, configErrors.TYPE({ wants: type, got: typeName(value) }))
        return absent()
      }
      return parse(value, refuse, path, report)
    },
  }
}

/** Text. Unquoted numbers and booleans are taken too, and warned of: upstream takes them in some places only. */
export const text = (options: About<string>): Field<string, false> =>
  scalar('text', options, '', anyText, (value, refuse, path, report) => textOf(value, path, report) ?? refuse())

const anyText = nullable('string', 'number', 'boolean')

function textOf(value: unknown, path: Path, report: Report): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined
  // As upstream prints them.
  const read = typeof value === 'boolean' || Number.isInteger(value) ? String(value) : shortest32(value)
  report.warn(path, configErrors.UNQUOTED({ got: typeName(value), quoted: JSON.stringify(read) }))
  return read
}

/** Text with a rule: `wrong` says what is wrong with it. An empty text is not asked about. A wrong one stays set. */
function checkedText(
  type: string,
  options: About<string>,
  schema: JsonSchema,
  wrong: (text: string) => Finding | undefined,
): Field<string, false> {
  return scalar(type, options, '', schema, (value, refuse, path, report) => {
    const given = textOf(value, path, report)
    if (given === undefined) return refuse()
    const finding = given === '' ? undefined : wrong(given)
    // What else is checked must not take it for absent.
    if (finding !== undefined) report.error(path, finding)
    return given
  })
}

/** A pattern of RE2 that must compile when it is read. */
export const pattern = (options: About<string>): Field<string, false> =>
  checkedText('RE2 pattern', options, anyText, (source) => {
    const why = patternError(source)
    return why === undefined ? undefined : configErrors.REGEXP({ why })
  })

/** A pattern of RE2 that upstream compiles only when it uses it: one that does not compile is warned of. */
export function latePattern(options: About<string>): Field<string, false> {
  const field = text(options)
  return {
    ...field,
    type: 'RE2 pattern',
    read: (value, path, report) => {
      const source = field.read(value, path, report)
      const why = patternError(source)
      if (why !== undefined) report.warn(path, configErrors.REGEXP_LATE({ why }))
      return source
    },
  }
}

/** A text that Go takes as a URL. */
export const url = (options: About<string>): Field<string, false> =>
  checkedText('URL', options, anyText, (value) => {
    const why = goUrlError(value)
    return why === undefined ? undefined : configErrors.URL({ value, why })
  })

/** One of a few words, or nothing. */
export const choice = (choices: readonly string[], options: About<string>): Field<string, false> =>
  checkedText(`one of ${choices.join(', ')}`, options, { enum: [...choices, '', null] }, (value) =>
    choices.includes(value) ? undefined : configErrors.CHOICE({ value, choices }),
  )

/** An instant, RFC 3339 with a zone; stays text. One that is none reads as absent. */
export function time(options: { about: string }): Field<string, false> {
  const field = checkedText('time', options, { type: ['string', 'null'], format: 'date-time' }, (value) =>
    isRfc3339(value) ? undefined : configErrors.TIME({ value }),
  )
  const read: typeof field.read = (value, path, report) => {
    const given = field.read(value, path, report)
    return isRfc3339(given) ? given : ''
  }
  return { ...field, read }
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

function isRfc3339(text: string): boolean {
  const [, year, month, day] = rfc3339.exec(text) ?? []
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return year !== undefined && date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

/** True or false. */
export const flag = (options: About<boolean>): Field<boolean, false> =>
  scalar('true or false', options, false, nullable('boolean'), (value, refuse) =>
    typeof value === 'boolean' ? value : refuse(),
  )

/** A whole number. */
export const whole = (options: About<number>): Field<number, false> =>
  scalar('a whole number', options, 0, nullable('integer'), (value, refuse) =>
    typeof value === 'number' && Number.isInteger(value) ? value : refuse(),
  )

/** A number. */
export const number = (options: About<number>): Field<number, false> =>
  scalar('a number', options, 0, nullable('number'), (value, refuse) => (typeof value === 'number' ? value : refuse()))

const durationSchema = { type: ['string', 'null'], examples: ['90s', '1h30m'] }

/** A Go duration, read as milliseconds. `from` takes the value of a setting that stands before it. */
export function duration(options: { about: string; default?: string | { from: string } }): Field<number, false> {
  const { default: fallback } = options
  const from = typeof fallback === 'object' ? fallback.from : undefined
  const ms = typeof fallback === 'string' ? parseDuration(fallback) : 0
  const field = scalar('duration', { about: options.about }, ms, durationSchema, (value, refuse, path, report) => {
    if (typeof value !== 'string') return refuse()
    try {
      return parseDuration(value)
    } catch (error) {
      report.error(path, configErrors.DURATION({ why: because(error, DurationError) }))
      return ms
    }
  })
  return {
    ...field,
    ...(fallback !== undefined && { defaultText: from ?? String(fallback) }),
    absent: (before) => (from === undefined ? ms : Number(before[from] ?? ms)),
  }
}

/** A Go duration that stays text, in canonical form. With `numbers` whole nanoseconds are taken too. */
export const durationText = (options: About<string> & { numbers?: boolean }): Field<string, false> =>
  scalar(
    'duration',
    options,
    '',
    options.numbers ? nullable('string', 'integer') : durationSchema,
    (value, refuse, path, report) => {
      if (options.numbers && typeof value === 'number' && Number.isInteger(value))
        return formatDurationNs(BigInt(value))
      if (typeof value !== 'string') return refuse()
      try {
        return formatDurationNs(parseDurationNs(value))
      } catch (error) {
        report.error(path, configErrors.DURATION({ why: because(error, DurationError) }))
        return ''
      }
    },
  )

/** A Kubernetes quantity, in canonical form. */
export const quantity = (options: { about: string }): Field<string, false> =>
  scalar('quantity', options, '', nullable('string', 'number'), (value, refuse, path, report) => {
    if (typeof value !== 'string' && typeof value !== 'number') return refuse()
    try {
      return canonicalQuantity(value)
    } catch (error) {
      report.error(path, configErrors.QUANTITY({ why: because(error, QuantityError) }))
      return ''
    }
  })

/** Reports a pattern that RE2 refuses; says whether it is one. */
export function checkPattern(source: string, path: Path, report: Report): boolean {
  const why = patternError(source)
  if (why !== undefined) report.error(path, configErrors.REGEXP({ why }))
  return why === undefined
}

function patternError(source: string): string | undefined {
  try {
    compileRe2(source)
    return undefined
  } catch (error) {
    return because(error, Re2Error)
  }
}

function because(error: unknown, kind: new (...args: never[]) => Error): string {
  if (error instanceof kind) return error.message
  throw error
}
