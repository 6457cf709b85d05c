// Server-side apply: merges what a manager declares, removes what it no longer declares, and refuses to take from others.
import { isDeepStrictEqual } from 'node:util'
import { type ApiObject, isJson, type Json } from '../object.ts'
import { type RootedSchema, resolve, type Schema } from '../schema/types.ts'
import { applyConflict, type Cause } from '../status.ts'
import {
  differences,
  type Fields,
  fieldSchema,
  fieldsOf,
  fromPaths,
  has,
  itemKey,
  leaves,
  listKeys,
  removeAt,
  subtract,
  union,
  valueAt,
} from './fields.ts'

/** Who owns which fields, as in `metadata.managedFields`. */
export interface ManagedFields {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: Fields
  readonly subresource?: string
}

/** Who writes, and when. `now` is RFC 3339. */
export interface Writer {
  readonly manager: string
  readonly now: string
}

// What nobody owns: identity, and what the server fills in.
const unowned = [
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
]
const lastApplied = 'f:kubectl.kubernetes.io/last-applied-configuration'

/** The managers of an object; empty when nobody ever applied it. */
export function managersOf(object: ApiObject): readonly ManagedFields[] {
  const list: unknown = object.metadata.managedFields
  return Array.isArray(list) ? list.filter((entry) => isJson(entry) && isJson(entry.fieldsV1)) : []
}

/**
 * Applies `config` over `live` (undefined: it is created). Throws 409 with a cause for each field that another manager
 * set to another value, unless `force`, which takes the field over.
 */
export function serverSideApply(
  live: ApiObject | undefined,
  config: ApiObject,
  root: RootedSchema,
  writer: Writer & { readonly force: boolean },
): Json {
  const declared = ownable(config, root)
  if (!live) return withManagers(config, [entry(writer, 'Apply', config.apiVersion, declared)])
  const managers = managersOf(live).length > 0 ? managersOf(live) : firstManager(live, root)
  const mine = managers.find((one) => one.manager === writer.manager && one.operation === 'Apply')
  const others = managers.filter((one) => one !== mine)
  let merged = mergeDeclared(live, config, root)

  const contested = (one: ManagedFields) =>
    [...leaves(declared)].filter(
      (path) => has(one.fieldsV1, path) && !isDeepStrictEqual(valueAt(live, path, root), valueAt(merged, path, root)),
    )
  if (!writer.force) {
    const causes = others.flatMap((one) => contested(one).map((path) => conflictCause(one, path)))
    if (causes.length > 0) throw applyConflict(causes)
  }
  const yielded = others.map((one) => ({ ...one, fieldsV1: subtract(one.fieldsV1, fromPaths(contested(one))) }))

  for (const path of leaves(subtract(mine?.fieldsV1 ?? {}, declared))) {
    if (yielded.some((one) => has(one.fieldsV1, path))) continue
    // The node of a list's item stands for the whole item, which others may still own parts of.
    if (path.at(-1) === '.' && yielded.some((one) => has(one.fieldsV1, path.slice(0, -1)))) continue
    merged = (removeAt(merged, path, root) ?? {}) as Json
  }
  const unchanged = mine && isDeepStrictEqual(mine.fieldsV1, declared)
  const next = unchanged ? mine : entry(writer, 'Apply', config.apiVersion, declared)
  // Everybody keeps their place, so that applying the same again changes nothing.
  const all = mine
    ? managers.map((one) => (one === mine ? next : (yielded[others.indexOf(one)] ?? one)))
    : [...yielded, next]
  return withManagers(
    merged,
    all.filter((one) => one === next || Object.keys(one.fieldsV1).length > 0),
  )
}

/** Writes down what an ordinary write changed. Objects that nobody ever applied are left alone: they have no managers. */
export function recordUpdate(old: ApiObject, next: ApiObject, root: RootedSchema, writer: Writer): ApiObject {
  const managers = managersOf(next)
  if (managers.length === 0) return next
  const { changed, removed } = differences(stripped(old), stripped(next), root)
  const touched = union(changed, removed)
  if (Object.keys(touched).length === 0) return next
  const before = managers.find((one) => one.manager === writer.manager && one.operation === 'Update')
  const rest = managers
    .filter((one) => one !== before)
    .map((one) => ({ ...one, fieldsV1: subtract(one.fieldsV1, touched) }))
  const mine = union(subtract(before?.fieldsV1 ?? {}, removed), changed)
  const all = [...rest, entry(writer, 'Update', next.apiVersion, mine)]
  return withManagers(
    next,
    all.filter((one) => Object.keys(one.fieldsV1).length > 0),
  ) as ApiObject
}

// An object that was never applied belongs to whoever made it.
function firstManager(live: ApiObject, root: RootedSchema): readonly ManagedFields[] {
  const fields = ownable(live, root)
  const byKubectl = has(fields, ['f:metadata', 'f:annotations', lastApplied])
  const manager = byKubectl ? 'kubectl-client-side-apply' : 'before-first-apply'
  const now = String(live.metadata.creationTimestamp)
  return [entry({ manager, now }, 'Update', live.apiVersion, fields)]
}

function entry(writer: Writer, operation: 'Apply' | 'Update', apiVersion: string, fieldsV1: Fields): ManagedFields {
  return { manager: writer.manager, operation, apiVersion, time: writer.now, fieldsType: 'FieldsV1', fieldsV1 }
}

const ownable = (object: ApiObject, root: RootedSchema): Fields => fieldsOf(stripped(object), root)

function stripped(object: ApiObject): Json {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object
  const meta = Object.fromEntries(Object.entries(metadata).filter(([key]) => !unowned.includes(key)))
  return Object.keys(meta).length > 0 ? { metadata: meta, ...rest } : rest
}

function withManagers(object: Json, managedFields: readonly ManagedFields[]): Json {
  return { ...object, metadata: { ...(isJson(object.metadata) ? object.metadata : {}), managedFields } }
}

function conflictCause({ manager, operation, apiVersion }: ManagedFields, path: readonly string[]): Cause {
  const how = operation === 'Update' ? ` using ${apiVersion}` : ''
  return {
    reason: 'FieldManagerConflict',
    message: `conflict with ${JSON.stringify(manager)}${how}`,
    field: shown(path),
  }
}

const shown = (path: readonly string[]) =>
  path
    .filter((key) => key !== '.')
    .map((key) => {
      if (key.startsWith('f:')) return `.${key.slice(2)}`
      if (key.startsWith('v:')) return `[=${key.slice(2)}]`
      const keys: Json = JSON.parse(key.slice(2))
      return `[${Object.entries(keys)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`
    })
    .join('')

// The live object with everything that is declared laid over it.
function mergeDeclared(live: Json, config: Json, { schema, definitions }: RootedSchema): Json {
  function merge(before: unknown, declared: unknown, node: Schema): unknown {
    if (Array.isArray(declared)) {
      const keys = listKeys(node)
      if (!keys || !Array.isArray(before)) return declared
      const items = node.items ? resolve(node.items, definitions) : {}
      const out: unknown[] = [...before]
      for (const item of declared) {
        const index = out.findIndex((old) => itemKey(old, keys, items) === itemKey(item, keys, items))
        if (index < 0) out.push(item)
        else out[index] = merge(out[index], item, items)
      }
      return out
    }
    if (!isJson(declared) || !isJson(before) || node['x-kubernetes-map-type'] === 'atomic') return declared
    const out: Record<string, unknown> = { ...before }
    for (const [key, value] of Object.entries(declared)) {
      out[key] = merge(Object.hasOwn(before, key) ? before[key] : undefined, value, fieldSchema(node, key, definitions))
    }
    return out
  }
  return merge(live, config, resolve(schema, definitions)) as Json
}
