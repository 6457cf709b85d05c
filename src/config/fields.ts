// The kinds of fields that a configuration is described with: type, default, unit and meaning of a setting in one place.
import { DurationError, formatDurationNs, parseDuration, parseDurationNs } from './durations.ts'
import { configErrors } from './errors.ts'
import { canonicalQuantity, QuantityError } from './quantities.ts'
import { compileRe2, Re2Error } from './re2.ts'
import type { Report } from './report.ts'
import type { Path } from './yaml.ts'

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
}

type Fields = Readonly<Record<string, Field<unknown>>>
type Of<F> = F extends Field<infer T> ? T : never
type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, true> ? K : never }[keyof F]
type Simple<T> = { [K in keyof T]: T[K] }

/** The type of what a field reads. */
export type Infer<F extends Field<unknown>> = Of<F>
type ObjectOf<F extends Fields> = Simple<
  { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Of<F[K]> } & { readonly [K in OptionalKeys<F>]?: Of<F[K]> }
>

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

function scalar<T>(
  type: string,
  { about, default: fallback }: { about: string; default?: T },
  zero: T,
  parse: (value: unknown, refuse: () => T, path: Path, report: Report) => T,
): Field<T, false> {
  const absent = () => fallback ?? zero
  return {
    type,
    about,
    ...(fallback !== undefined && { defaultText: String(fallback) }),
    optional: false,
    absent,
    read: (value, path, report) => {
      const refuse = () => {
        report.error(path, configErrors.TYPE({ wants: type, got: typeName(value) }))
        return absent()
      }
      return parse(value, refuse, path, report)
    },
  }
}

/** Text. Unquoted numbers and booleans are taken too: upstream takes them in some places only. */
export const text = (options: About<string>): Field<string, false> =>
  scalar('text', options, '', (value, refuse) => {
    if (typeof value === 'string') return value
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : refuse()
  })

/** True or false. */
export const flag = (options: About<boolean>): Field<boolean, false> =>
  scalar('true or false', options, false, (value, refuse) => (typeof value === 'boolean' ? value : refuse()))

/** A whole number. */
export const whole = (options: About<number>): Field<number, false> =>
  scalar('a whole number', options, 0, (value, refuse) =>
    typeof value === 'number' && Number.isInteger(value) ? value : refuse(),
  )

/** A Go duration, read as milliseconds. `from` takes the value of a setting that stands before it. */
export function duration(options: { about: string; default?: string | { from: string } }): Field<number, false> {
  const { default: fallback } = options
  const from = typeof fallback === 'object' ? fallback.from : undefined
  const ms = typeof fallback === 'string' ? parseDuration(fallback) : 0
  const field = scalar('duration', { about: options.about }, ms, (value, refuse, path, report) => {
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
export const durationText = (options: { about: string; numbers?: boolean }): Field<string, false> =>
  scalar('duration', { about: options.about }, '', (value, refuse, path, report) => {
    if (options.numbers && typeof value === 'number' && Number.isInteger(value)) return formatDurationNs(BigInt(value))
    if (typeof value !== 'string') return refuse()
    try {
      return formatDurationNs(parseDurationNs(value))
    } catch (error) {
      report.error(path, configErrors.DURATION({ why: because(error, DurationError) }))
      return ''
    }
  })

/** A Kubernetes quantity, in canonical form. */
export const quantity = (options: { about: string }): Field<string, false> =>
  scalar('quantity', options, '', (value, refuse, path, report) => {
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
  try {
    compileRe2(source)
    return true
  } catch (error) {
    report.error(path, configErrors.REGEXP({ why: because(error, Re2Error) }))
    return false
  }
}

function because(error: unknown, kind: new (...args: never[]) => Error): string {
  if (error instanceof kind) return error.message
  throw error
}

/** A list; an item without text reads as the item's zero value. */
export function list<T>(item: Field<T>, { about, default: fallback }: About<readonly T[]>): Field<T[], false> {
  const absent = () => [...(fallback ?? [])]
  return {
    type: `list of ${item.type}`,
    about,
    ...(fallback !== undefined && { defaultText: `[${fallback.join(', ')}]` }),
    optional: false,
    absent,
    read: (value, path, report) => {
      if (!Array.isArray(value)) {
        report.error(path, configErrors.TYPE({ wants: 'a list', got: typeName(value) }))
        return absent()
      }
      return value.map((each, index) =>
        each === null || each === undefined ? item.absent({}) : item.read(each, [...path, index], report),
      )
    },
  }
}

/** A map from names to values of one kind. */
export function mapOf<T>(item: Field<T>, options: About<never>): Field<Record<string, T>, false> {
  return {
    type: `map of ${item.type}`,
    about: options.about,
    optional: false,
    absent: () => ({}),
    read: (value, path, report) => {
      const map = asMap(value)
      if (map === undefined) {
        report.error(path, configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
        return {}
      }
      return Object.fromEntries(
        Object.entries(map).map(([key, each]) => [
          key,
          each === null || each === undefined ? item.absent({}) : item.read(each, [...path, key], report),
        ]),
      )
    },
  }
}

/** A value that is not looked into: a map of somebody else's API. */
export const opaque = <T extends object>(options: { about: string }): Field<T, false> => ({
  type: 'map',
  about: options.about,
  optional: false,
  absent: () => ({}) as T,
  read: (value, path, report) => {
    if (asMap(value) !== undefined) return value as T
    report.error(path, configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
    return {} as T
  },
})

/** The same setting, but absent when nothing sets it. */
export const optional = <T>(field: Field<T>): Field<T, true> => ({ ...field, optional: true })

/** Several settings, read in the order they are declared; unknown ones are left alone. */
export function object<F extends Fields>(fields: F, options: { about: string } = { about: '' }): ObjectField<F> {
  const names = Object.keys(fields)
  const spelled = new Map(names.map((name) => [name.toLowerCase(), name]))
  const build = (given: ReadonlyMap<string, Given>, path: Path, report: Report): ObjectOf<F> => {
    const result: Record<string, unknown> = {}
    for (const [name, field] of Object.entries(fields)) {
      const set = given.get(name)
      if (set !== undefined) result[name] = field.read(set.value, [...path, set.key], report)
      else if (!field.optional) result[name] = field.absent(result)
    }
    return result as ObjectOf<F>
  }
  return {
    fields,
    type: 'map',
    about: options.about,
    optional: false,
    absent: () => build(new Map(), [], silent),
    read: (value, path, report) => {
      const map = asMap(value)
      if (map === undefined) report.error(path, configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
      return build(givenIn(map ?? {}, fields, spelled), path, report)
    },
  }
}

/** A group of settings; its fields are open to documentation. */
export interface ObjectField<F extends Fields> extends Field<ObjectOf<F>, false> {
  readonly fields: F
}

interface Given {
  readonly key: string
  readonly value: unknown
}

/** Settings by declared name. Names match in any case; of several spellings the one last in byte order holds. */
function givenIn(
  map: Readonly<Record<string, unknown>>,
  fields: Fields,
  spelled: ReadonlyMap<string, string>,
): ReadonlyMap<string, Given> {
  const given = new Map<string, Given>()
  for (const [key, value] of Object.entries(map)) {
    const name = Object.hasOwn(fields, key) ? key : spelled.get(key.toLowerCase())
    if (name === undefined || value === null || value === undefined) continue
    const other = given.get(name)
    if (other === undefined || other.key < key) given.set(name, { key, value })
  }
  return given
}

const silent: Report = { error: () => {}, warn: () => {} }
