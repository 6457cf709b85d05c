// Values of Kubernetes' API inside of a configuration, held against Kubernetes' own schemas.
import kubernetesSchemas from '../api/kubernetes-schemas.json' with { type: 'json' }
import { warnUnknown } from './collections.ts'
import { configErrors } from './errors.ts'
import { asMap, type Field, flag, number, quantity, text, typeName, whole } from './fields.ts'
import type { Report } from './report.ts'
import { type JsonSchema, nullable, type SchemaParts, shared } from './schema-parts.ts'

/** Kinds that stand in configurations. */
export type Kind = 'PodSpec' | 'EnvVar' | 'Volume' | 'VolumeMount' | 'Toleration' | 'Affinity' | 'ResourceRequirements'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
  readonly items?: Schema
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
}

/** Reads a value that is there. The path is only good during the call. */
type Read = (value: unknown, path: (string | number)[], report: Report) => unknown

const definitions: Readonly<Record<string, Schema>> = kubernetesSchemas

// What the API always has; everything that reads a job relies on it.
const always: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  PodSpec: { containers: [] },
  Container: { name: '' },
  EnvVar: { name: '' },
}

// The schemas say of quantities only that they are numbers or texts.
const quantities = /^(limits|requests|capacity|overhead|divisor|sizeLimit)$/

/** A value of a kind. Texts written as numbers become texts, quantities canonical; a field nobody knows stays as it is. */
export const kubernetes = <T extends object>(kind: Kind, options: { about: string }): Field<T, false> => ({
  type: kind,
  about: options.about,
  optional: false,
  absent: () => ({ ...always[kind] }) as T,
  isZero: (value) => value === null || value === undefined,
  schema: (parts) => schemaOfKind(kind, parts),
  read: (value, path, report) => ofKind(kind)(value, [...path], report) as T,
})

const readers = new Map<string, Read>()

function ofKind(kind: string): Read {
  const known = readers.get(kind)
  if (known !== undefined) return known
  const read = mapReader(definitions[kind]?.properties ?? {}, always[kind] ?? {})
  readers.set(kind, read)
  return read
}

function readerOf(schema: Schema, name: string): Read {
  // Kinds may hold themselves, so they are looked up when they are met.
  const kind = schema.$ref?.split('/').at(-1)
  if (kind !== undefined) return (value, path, report) => ofKind(kind)(value, path, report)
  if (schema.type === 'array') return arrayReader(schema.items ?? {}, name)
  if (schema.type === 'object') return namesReader(readerOf(schema.additionalProperties ?? {}, name))
  if (schema['x-kubernetes-int-or-string']) return quantities.test(name) ? scalar(quantity) : numberOrText
  if (schema.type === 'integer') return scalar(whole)
  if (schema.type === 'number') return scalar(number)
  if (schema.type === 'boolean') return scalar(flag)
  return schema.type === 'string' ? scalar(text) : (value) => value
}

// An item without text is the zero value of its type.
function arrayReader(items: Schema, name: string): Read {
  const kind = items.$ref?.split('/').at(-1)
  const zero = kind === undefined ? { string: '', integer: 0 }[items.type ?? ''] : { ...always[kind] }
  return listReader(readerOf(items, name), zero)
}

function scalar(kind: (options: { about: string }) => Field<unknown>): Read {
  const field = kind({ about: '' })
  return (value, path, report) => field.read(value, path, report)
}

const numberOrText: Read = (value, path, report) => {
  if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return value
  report.error([...path], configErrors.TYPE({ wants: 'a whole number or text', got: typeName(value) }))
  return 0
}

const listReader =
  (item: Read, zero: unknown): Read =>
  (value, path, report) => {
    if (!Array.isArray(value)) {
      report.error([...path], configErrors.TYPE({ wants: 'a list', got: typeName(value) }))
      return []
    }
    const given: readonly unknown[] = value
    const read = given.map((each, index) => {
      path.push(index)
      const result = each === null ? zero : item(each, path, report)
      path.pop()
      return result
    })
    return read.some((each, index) => each !== given[index]) ? read : value
  }

function namesReader(item: Read): Read {
  return (value, path, report) => {
    const map = asMap(value)
    if (map === undefined) report.error([...path], configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
    return changed(map ?? {}, (key, each) => {
      path.push(key)
      const read = each === null ? '' : item(each, path, report)
      path.pop()
      return [key, read]
    })
  }
}

function mapReader(properties: Readonly<Record<string, Schema>>, filled: Readonly<Record<string, unknown>>): Read {
  const fields = new Map(Object.entries(properties).map(([name, schema]) => [name, readerOf(schema, name)]))
  const spelled = new Map([...fields.keys()].map((name) => [name.toLowerCase(), name]))
  return (value, path, report) => {
    const map = asMap(value)
    if (map === undefined) report.error([...path], configErrors.TYPE({ wants: 'a map', got: typeName(value) }))
    const read = changed(map ?? {}, (key, each) => {
      const name = fields.has(key) ? key : spelled.get(key.toLowerCase())
      const field = name === undefined ? undefined : fields.get(name)
      if (name === undefined || field === undefined) {
        warnUnknown(key, [...fields.keys()], [...path], report)
        return [key, each]
      }
      if (each === null || each === undefined) return undefined
      path.push(key)
      const result = field(each, path, report)
      path.pop()
      return [name, result]
    })
    const missing = Object.keys(filled).some((name) => read[name] === undefined)
    return missing ? { ...structuredClone(filled), ...read } : read
  }
}

/** The same map where nothing changes, because most of thousands of jobs is as it should be. */
function changed(
  map: Readonly<Record<string, unknown>>,
  read: (key: string, value: unknown) => readonly [name: string, value: unknown] | undefined,
): Readonly<Record<string, unknown>> {
  const entries: (readonly [string, unknown])[] = []
  let same = true
  for (const key in map) {
    const entry = read(key, map[key])
    if (entry?.[0] !== key || entry[1] !== map[key]) same = false
    if (entry !== undefined) entries.push(entry)
  }
  return same ? map : Object.fromEntries(entries)
}

const schemaOfKind = (kind: string, parts: SchemaParts): JsonSchema =>
  shared(parts, `kubernetes.${kind}`, () => ({
    ...nullable('object'),
    properties: Object.fromEntries(
      Object.entries(definitions[kind]?.properties ?? {}).map(([name, schema]) => [name, schemaFor(schema, parts)]),
    ),
    additionalProperties: false,
  }))

function schemaFor(schema: Schema, parts: SchemaParts): JsonSchema {
  const kind = schema.$ref?.split('/').at(-1)
  if (kind !== undefined) return schemaOfKind(kind, parts)
  const { type = '', items = {}, additionalProperties = {} } = schema
  if (schema['x-kubernetes-int-or-string']) return nullable('string', 'number')
  if (type === 'array') return { ...nullable('array'), items: schemaFor(items, parts) }
  if (type === 'object') return { ...nullable('object'), additionalProperties: schemaFor(additionalProperties, parts) }
  if (type === 'string') return nullable('string', 'number', 'boolean')
  return type === '' ? {} : nullable(type)
}
