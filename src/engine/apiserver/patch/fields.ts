// Sets of fields in Kubernetes' fieldsV1 form: what server-side apply writes down about who owns what.
import { isDeepStrictEqual } from 'node:util'
import { isJson, type Json } from '../object.ts'
import { type Definitions, type RootedSchema, resolve, type Schema } from '../schema/types.ts'

/**
 * A set of fields: `f:NAME` is a field, `k:{…}` the list item with these keys, `v:…` a value of a set, `.` the node
 * itself. A node without children is a leaf.
 */
export interface Fields {
  readonly [key: string]: Fields
}

/** Keys from the root to one leaf of a set. */
export type FieldPath = readonly string[]

const leaf: Fields = {}
const isLeaf = (fields: Fields) => Object.keys(fields).length === 0

/** How a list of this schema is divided among owners; undefined when it has one owner as a whole. */
export function listKeys(node: Schema): readonly string[] | undefined {
  if (node['x-kubernetes-list-type'] === 'set') return []
  return node['x-kubernetes-list-type'] === 'map' ? node['x-kubernetes-list-map-keys'] : undefined
}

/** The schema of a named field; an empty one when nothing is known of it. */
export function fieldSchema(node: Schema, key: string, definitions: Definitions): Schema {
  const { properties, additionalProperties } = node
  const known = properties && Object.hasOwn(properties, key) ? properties[key] : undefined
  return resolve(known ?? (typeof additionalProperties === 'object' ? additionalProperties : {}), definitions)
}

/** The name of a list's item in a set of fields. */
export function itemKey(item: unknown, keys: readonly string[], itemSchema: Schema): string {
  if (keys.length === 0) return `v:${JSON.stringify(item)}`
  const record = isJson(item) ? item : {}
  const sorted = [...keys].sort().map((key) => [key, record[key] ?? itemSchema.properties?.[key]?.default])
  return `k:${JSON.stringify(Object.fromEntries(sorted))}`
}

/** The set of all fields of a value. */
export function fieldsOf(value: unknown, { schema, definitions }: RootedSchema): Fields {
  function walk(part: unknown, node: Schema): Fields {
    if (Array.isArray(part)) {
      const keys = listKeys(node)
      if (!keys) return leaf
      const items = node.items ? resolve(node.items, definitions) : {}
      return Object.fromEntries(
        part.map((item) => [
          itemKey(item, keys, items),
          keys.length === 0 ? leaf : { '.': leaf, ...walk(item, items) },
        ]),
      )
    }
    if (!isJson(part) || node['x-kubernetes-map-type'] === 'atomic') return leaf
    return Object.fromEntries(
      Object.entries(part).map(([key, child]) => [`f:${key}`, walk(child, fieldSchema(node, key, definitions))]),
    )
  }
  return walk(value, resolve(schema, definitions))
}

/** Fields in either set. */
export function union(a: Fields, b: Fields): Fields {
  const out: Record<string, Fields> = { ...a }
  for (const [key, fields] of Object.entries(b)) out[key] = out[key] ? union(out[key], fields) : fields
  return out
}

/** Leaves of `a` that are not in `b`. */
export function subtract(a: Fields, b: Fields): Fields {
  const out: Record<string, Fields> = {}
  for (const [key, fields] of Object.entries(a)) {
    const other = b[key]
    if (!other) out[key] = fields
    else if (!isLeaf(fields)) {
      const rest = subtract(fields, other)
      if (!isLeaf(rest)) out[key] = rest
    }
  }
  return out
}

/** The leaves of a set, each with its path. */
export function* leaves(fields: Fields, path: FieldPath = []): Generator<FieldPath> {
  for (const [key, children] of Object.entries(fields)) {
    if (isLeaf(children)) yield [...path, key]
    else yield* leaves(children, [...path, key])
  }
}

/** Whether the set has something at the path. */
export function has(fields: Fields, path: FieldPath): boolean {
  let node: Fields | undefined = fields
  for (const key of path) {
    node = node[key]
    if (!node) return false
  }
  return true
}

/** The set of exactly these paths. */
export const fromPaths = (paths: Iterable<FieldPath>): Fields => {
  let out: Fields = leaf
  for (const path of paths) {
    out = union(
      out,
      path.reduceRight<Fields>((child, key) => ({ [key]: child }), leaf),
    )
  }
  return out
}

/** The value of an object at a path of a set; undefined where there is none. */
export function valueAt(object: unknown, path: FieldPath, root: RootedSchema): unknown {
  let value = object
  let node = resolve(root.schema, root.definitions)
  for (const key of path) {
    if (key === '.') return value === undefined ? undefined : true
    if (key.startsWith('f:')) {
      const field = key.slice(2)
      value = isJson(value) && Object.hasOwn(value, field) ? value[field] : undefined
      node = fieldSchema(node, field, root.definitions)
    } else {
      const items = node.items ? resolve(node.items, root.definitions) : {}
      const keys = listKeys(node) ?? []
      value = Array.isArray(value) ? value.find((item) => itemKey(item, keys, items) === key) : undefined
      node = items
    }
  }
  return value
}

/** A copy of the object without what is at the path; containers that become empty by it go as well. */
export function removeAt(object: unknown, path: FieldPath, { schema, definitions }: RootedSchema): unknown {
  function walk(value: unknown, node: Schema, [key, ...rest]: FieldPath): unknown {
    if (key === undefined || key === '.') return undefined
    if (key.startsWith('f:')) {
      const field = key.slice(2)
      if (!isJson(value) || !Object.hasOwn(value, field)) return value
      const child = walk(value[field], fieldSchema(node, field, definitions), rest)
      const out: Record<string, unknown> = { ...value }
      if (child === undefined) delete out[field]
      else out[field] = child
      return Object.keys(out).length > 0 ? out : undefined
    }
    if (!Array.isArray(value)) return value
    const items = node.items ? resolve(node.items, definitions) : {}
    const keys = listKeys(node) ?? []
    const out = value.flatMap((item) => {
      if (itemKey(item, keys, items) !== key) return [item]
      const child = rest.length > 0 ? walk(item, items, rest) : undefined
      return child === undefined ? [] : [child]
    })
    return out.length > 0 ? out : undefined
  }
  return walk(object, resolve(schema, definitions), path)
}

/** Leaves whose value differs between two objects: set or changed in `next`, and gone from it. */
export function differences(old: Json, next: Json, root: RootedSchema): { changed: Fields; removed: Fields } {
  const before = fieldsOf(old, root)
  const after = fieldsOf(next, root)
  const changed = [...leaves(after)].filter(
    (path) => !isDeepStrictEqual(valueAt(old, path, root), valueAt(next, path, root)),
  )
  return { changed: fromPaths(changed), removed: subtract(before, after) }
}
