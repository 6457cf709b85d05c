// Settings that are made of others: lists, maps, groups. Unknown settings of a group are found here.
import { nearest } from './did-you-mean.ts'
import { configErrors } from './errors.ts'
import { asMap, type Field, type Infer, typeName } from './fields.ts'
import { type Report, silent } from './report.ts'
import { type JsonSchema, nullable, type SchemaParts, shared } from './schema-parts.ts'
import type { Path } from './yaml.ts'

export type Fields = Readonly<Record<string, Field<unknown>>>
type OptionalKeys<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, true> ? K : never }[keyof F]
type Simple<T> = { [K in keyof T]: T[K] }
type ObjectOf<F extends Fields> = Simple<
  { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & { readonly [K in OptionalKeys<F>]?: Infer<F[K]> }
>

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined

/** Schema of a setting with its meaning. */
function described(field: Field<unknown>, parts: SchemaParts): JsonSchema {
  const meaning = [field.about, field.defaultText !== undefined && `Default: ${field.defaultText}.`].filter(Boolean)
  return { ...field.schema(parts), ...(meaning.length > 0 && { description: meaning.join(' ') }) }
}

/** A list; an item without text reads as the item's zero value. */
export function list<T>(
  item: Field<T>,
  { about, default: fallback }: { about: string; default?: readonly T[] },
): Field<T[], false> {
  const absent = () => [...(fallback ?? [])]
  return {
    type: `list of ${item.type}`,
    about,
    ...(fallback !== undefined && { defaultText: `[${fallback.join(', ')}]` }),
    optional: false,
    absent,
    isZero: isAbsent,
    schema: (parts) => ({ ...nullable('array'), items: described(item, parts) }),
    read: (value, path, report) => {
      if (!Array.isArray(value)) {
        report.error(path, configErrors.TYPE({ wants: 'a list', got: typeName(value) }))
        return absent()
      }
      return value.map((each, index) => (isAbsent(each) ? item.absent({}) : item.read(each, [...path, index], report)))
    },
  }
}

/** A map from names to values of one kind; a name without a value has the zero value, or with `leavesOutNulls` none. */
export function mapOf<T>(
  item: Field<T>,
  options: { about: string; leavesOutNulls?: boolean },
): Field<Record<string, T>, false> {
  return {
    type: `map of ${item.type}`,
    about: options.about,
    optional: false,
    absent: () => ({}),
    isZero: isAbsent,
    schema: (parts) => ({ ...nullable('object'), additionalProperties: described(item, parts) }),
    read: (value, path, report) => {
      const map = asMap(value)
      if (map === undefined) {
        report.error(path, configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
        return {}
      }
      const entries = Object.entries(map).filter(([, each]) => !(options.leavesOutNulls && isAbsent(each)))
      return Object.fromEntries(
        entries.map(([key, each]) => [key, isAbsent(each) ? item.absent({}) : item.read(each, [...path, key], report)]),
      )
    },
  }
}

/** A map that is not looked into. */
export const opaque = <T extends object>(options: { about: string }): Field<T, false> => ({
  type: 'map',
  about: options.about,
  optional: false,
  absent: () => ({}) as T,
  isZero: isAbsent,
  schema: () => nullable('object'),
  read: (value, path, report) => {
    if (asMap(value) !== undefined) return value as T
    report.error(path, configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
    return {} as T
  },
})

/** Whatever stands there. */
export const anything = (options: { about: string }): Field<unknown, true> => ({
  type: 'anything',
  about: options.about,
  optional: true,
  absent: () => undefined,
  isZero: isAbsent,
  schema: () => ({}),
  read: (value) => value,
})

/** The same setting, but absent when nothing sets it. */
export const optional = <T>(field: Field<T>): Field<T, true> => ({ ...field, optional: true })

/** The same setting, which still works, but should be written in another way. `instead`: how. */
export function deprecated<T, O extends boolean>(field: Field<T, O>, instead: string): Field<T, O> {
  return {
    ...field,
    about: `Deprecated: ${instead}. ${field.about}`.trimEnd(),
    schema: (parts) => ({ ...field.schema(parts), deprecated: true }),
    read: (value, path, report) => {
      report.warn(path, configErrors.DEPRECATED({ field: String(path.at(-1)), instead }), 'key')
      return field.read(value, path, report)
    },
  }
}

/** The same setting, described once under a name in the JSON Schema. */
export const named = <F extends Field<unknown>>(name: string, field: F): F => ({
  ...field,
  schema: (parts: SchemaParts) => shared(parts, name, () => field.schema(parts)),
})

interface ObjectOptions {
  readonly about?: string
  /** Settings that stand among these and are read by somebody else. */
  readonly elsewhere?: Fields
}

/** Several settings, read in the order they are declared. What is not declared is warned of and left alone. */
export function object<F extends Fields>(
  fields: F,
  { about = '', elsewhere = {} }: ObjectOptions = {},
): ObjectField<F> {
  const known: Fields = { ...fields, ...elsewhere }
  const entries = Object.entries(fields)
  const spelled = new Map(Object.keys(known).map((name) => [name.toLowerCase(), name]))
  const build = (given: ReadonlyMap<string, Given>, path: Path, report: Report): ObjectOf<F> => {
    const result: Record<string, unknown> = {}
    for (const [name, field] of entries) {
      const set = given.get(name)
      if (set !== undefined) result[name] = field.read(set.value, [...path, set.key], report)
      else if (!field.optional) result[name] = field.absent(result)
    }
    return result as ObjectOf<F>
  }
  return {
    fields,
    nameOf: (key) => (Object.hasOwn(known, key) ? key : spelled.get(key.toLowerCase())),
    type: 'map',
    about,
    optional: false,
    absent: () => build(new Map(), [], silent),
    isZero: (value) =>
      isAbsent(value) ||
      Object.entries(asMap(value) ?? { '': value }).every(([key, each]) => {
        const name = spelled.get(key.toLowerCase())
        return name === undefined ? asMap(value) !== undefined : (known[name]?.isZero(each) ?? true)
      }),
    schema: (parts) => ({
      ...nullable('object'),
      properties: Object.fromEntries(Object.entries(known).map(([name, field]) => [name, described(field, parts)])),
      additionalProperties: false,
    }),
    read: (value, path, report) => {
      const map = asMap(value)
      if (map === undefined) report.error(path, configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
      return build(givenIn(map ?? {}, known, spelled, path, report), path, report)
    },
  }
}

/** A group of settings; its fields are open to documentation. */
export interface ObjectField<F extends Fields> extends Field<ObjectOf<F>, false> {
  readonly fields: F
  /** The declared name that a key is a spelling of; undefined for one that nothing knows. */
  nameOf(key: string): string | undefined
}

interface Given {
  readonly key: string
  readonly value: unknown
}

/** Settings by declared name. Names match in any case; of several spellings the one last in byte order holds. */
function givenIn(
  map: Readonly<Record<string, unknown>>,
  known: Fields,
  spelled: ReadonlyMap<string, string>,
  path: Path,
  report: Report,
): ReadonlyMap<string, Given> {
  const given = new Map<string, Given>()
  for (const key in map) {
    const name = Object.hasOwn(known, key) ? key : spelled.get(key.toLowerCase())
    if (name === undefined) {
      warnUnknown(key, Object.keys(known), path, report)
      continue
    }
    const value = map[key]
    if (isAbsent(value)) continue
    const other = given.get(name)
    if (other === undefined || other.key < key) given.set(name, { key, value })
  }
  return given
}

/** Reports a setting that nothing knows; nothing happens with it, as upstream. */
export function warnUnknown(key: string, known: readonly string[], path: Path, report: Report): void {
  const near = nearest(key, known)
  report.warn([...path, key], configErrors.UNKNOWN_FIELD({ key, ...(near !== undefined && { near }) }), 'key')
}
