// Brings an object into the shape of its schema: unknown fields go, defaults come, nulls without meaning go.
import { type RootedSchema, resolve, type Schema } from './types.ts'

/** The object in shape, and the paths of the fields that were dropped because the schema does not know them. */
export interface Normalized<T> {
  readonly value: T
  readonly unknown: readonly string[]
}

/** Whether a null means "not there", as it does for the built-in kinds, or is left to validation. */
export interface NormalizeOptions {
  readonly nullsAreAbsent: boolean
}

/** Returns a copy in shape; the input stays as it is. The schema's root has to be that of an object. */
export function normalize<T extends object>(
  object: T,
  { schema, definitions }: RootedSchema,
  { nullsAreAbsent }: NormalizeOptions,
): Normalized<T> {
  const unknown: string[] = []

  function shape(value: unknown, at: Schema, path: string): unknown {
    const node = resolve(at, definitions)
    if (Array.isArray(value)) {
      const items = node.items
      return items ? value.map((item, index) => shape(item, items, `${path}[${index}]`)) : value
    }
    if (typeof value !== 'object' || value === null) return value
    return shapeObject(value, node, path)
  }

  function shapeObject(value: object, node: Schema, path: string): object {
    if (node['x-kubernetes-int-or-string']) return value
    const properties = node.properties ?? {}
    const others = node.additionalProperties
    const keepsUnknown = node['x-kubernetes-preserve-unknown-fields'] === true || others === true
    const out: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(value)) {
      const where = path ? `${path}.${key}` : key
      const known = Object.hasOwn(properties, key) ? properties[key] : typeof others === 'object' ? others : undefined
      if (known) {
        if (item === null && dropsNull(known)) continue
        out[key] = shape(item, known, where)
      } else if (keepsUnknown || (node['x-kubernetes-embedded-resource'] && isResourceField(key))) {
        out[key] = item
      } else {
        unknown.push(where)
      }
    }
    for (const [key, property] of Object.entries(properties)) {
      if (out[key] !== undefined) continue
      const preset = property.default ?? resolve(property, definitions).default
      if (preset !== undefined) out[key] = shape(structuredClone(preset), property, path ? `${path}.${key}` : key)
    }
    return out
  }

  function dropsNull(schema: Schema): boolean {
    const node = resolve(schema, definitions)
    if (node.nullable) return false
    return nullsAreAbsent ? !node['x-kubernetes-preserve-unknown-fields'] : node.default !== undefined
  }

  const value = shape(object, schema, '') as T
  return { value, unknown }
}

const isResourceField = (key: string) => key === 'apiVersion' || key === 'kind' || key === 'metadata'
