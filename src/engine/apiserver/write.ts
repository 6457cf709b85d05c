// Creating, changing and deleting objects inside one write of the store: the rules that hold for every kind.
import { isDeepStrictEqual } from 'node:util'
import type { Ids } from '../../system/ids.ts'
import { type Kind, resourceOf, selectableFields } from './kinds/kind.ts'
import { metaForUpdate, tidied, validateMeta } from './meta.ts'
import { type ApiObject, isJson, timestamp, without } from './object.ts'
import { recordUpdate } from './patch/apply.ts'
import {
  ApiError,
  alreadyExists,
  conflict,
  forbidden,
  forbiddenField,
  invalid,
  invalidValue,
  modified,
  notFound,
} from './status.ts'
import type { Key, Row, Tx } from './store.ts'

/** What a write is done with. */
export interface WriteContext {
  readonly nowMs: number
  readonly ids: Ids
  /** Who writes, for the book-keeping of server-side apply; undefined when the object's managers are already in order. */
  readonly manager: string | undefined
  /** Everything is checked, nothing is kept. */
  readonly dryRun: boolean
}

/** Which part of an object a request may change. */
export type Part = 'object' | 'status'

/** How a deletion was asked for. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** The outcome of a deletion: the last state of an object that is gone, or one that waits for grace or finalizers. */
export interface Deletion {
  readonly object: ApiObject
  readonly gone: boolean
}

// Names that generateName makes up can collide; Kubernetes tries as often.
const nameAttempts = 8
const generatedSuffix = 5

/** Finalizer of a deletion that waits for the dependents. */
export const foregroundFinalizer = 'foregroundDeletion'

/** The object in a row. */
export const parseRow = (row: Row): ApiObject => JSON.parse(row.body)

/** The store's key of an object of a kind. */
export const keyOf = (kind: Kind, namespace: string, name: string): Key => ({
  resource: resourceOf(kind),
  namespace: kind.namespaced ? namespace : '',
  name,
})

/** The object, or a 404. */
export function mustGet(tx: Pick<Tx, 'get'>, kind: Kind, namespace: string, name: string): Row {
  const row = tx.get(keyOf(kind, namespace, name))
  if (!row) throw notFound({ ...kind, name })
  return row
}

/** Creates an object in a namespace (empty for cluster-scoped kinds). */
export function create(tx: Tx, kind: Kind, namespace: string, given: ApiObject, context: WriteContext): ApiObject {
  const now = timestamp(context.nowMs)
  if (kind.namespaced) checkNamespace(tx, kind, namespace, given.metadata.name)
  const name = chooseName(tx, kind, namespace, given, context.ids)
  const { namespace: _namespace, managedFields, ...meta } = given.metadata
  const own = without(
    meta,
    'resourceVersion',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'selfLink',
    'generation',
  )
  const metadata: ApiObject['metadata'] = tidied({
    ...own,
    name,
    ...(kind.namespaced ? { namespace } : {}),
    uid: context.ids.uuid(),
    ...(hasGeneration(kind) ? { generation: 1 } : {}),
    creationTimestamp: now as unknown as NonNullable<ApiObject['metadata']['creationTimestamp']>,
    ...(managedFields ? { managedFields } : {}),
  })
  const dropsStatus = kind.statusSubresource && !kind.rules.keepsStatusAtCreation
  const base: ApiObject = { ...(dropsStatus ? (without(given, 'status') as ApiObject) : given), metadata }
  const object = kind.rules.forCreate?.(base, now) ?? base
  check(kind, object)
  if (given.metadata.resourceVersion) {
    throw new ApiError(400, 'BadRequest', 'resourceVersion should not be set on objects to be created')
  }
  return context.dryRun ? object : tx.put(keyOf(kind, namespace, name), object, selectableFields(kind, object))
}

function chooseName(tx: Tx, kind: Kind, namespace: string, { metadata }: ApiObject, ids: Ids): string {
  const { name, generateName } = metadata
  if (name) {
    if (tx.get(keyOf(kind, namespace, name))) throw alreadyExists({ ...kind, name })
    return name
  }
  if (!generateName) return ''
  const longest = (kind.nameRule === 'label' ? 63 : 253) - generatedSuffix
  let made = ''
  for (let attempt = 0; attempt < nameAttempts; attempt++) {
    made = generateName.slice(0, longest) + ids.suffix(generatedSuffix)
    if (!tx.get(keyOf(kind, namespace, made))) return made
  }
  throw alreadyExists({ ...kind, name: made })
}

function checkNamespace(tx: Tx, kind: Kind, namespace: string, name = ''): void {
  const row = tx.get({ resource: 'namespaces', namespace: '', name: namespace })
  if (!row) throw notFound({ group: '', plural: 'namespaces', kind: 'Namespace', name: namespace })
  if (parseRow(row).metadata.deletionTimestamp) {
    throw forbidden(
      { ...kind, name },
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    )
  }
}

function check(kind: Kind, object: ApiObject): void {
  const causes = [...validateMeta(object.metadata, kind.nameRule), ...(kind.rules.validate?.(object) ?? [])]
  if (causes.length > 0) throw invalid({ ...kind, name: object.metadata.name ?? '' }, causes)
}

// Kubernetes counts generations where a controller could compare them with what it observed.
const hasGeneration = (kind: Kind) => kind.custom || kind.kind === 'CustomResourceDefinition'

/** Puts `next` in the place of the object in `row`. `part` says what of it counts. */
export function update(tx: Tx, kind: Kind, row: Row, next: ApiObject, part: Part, context: WriteContext): ApiObject {
  const old = parseRow(row)
  const about = { ...kind, name: row.name }
  const { resourceVersion, uid } = next.metadata
  if (uid && uid !== old.metadata.uid) {
    throw conflict(about, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
  }
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw modified(about)

  const merged = onlyPart(kind, old, { ...next, metadata: metaForUpdate(old, next) }, part)
  const completed = part === 'object' ? (kind.rules.forUpdate?.(merged, old) ?? merged) : merged
  check(kind, completed)
  const causes = [
    ...(part === 'object' ? (kind.rules.validateUpdate?.(completed, old) ?? []) : []),
    ...lateFinalizers(completed, old),
  ]
  if (causes.length > 0) throw invalid(about, causes)
  const counted = withGeneration(kind, completed, old)
  const { manager, nowMs } = context
  const object =
    manager === undefined ? counted : recordUpdate(old, counted, kind.schema, { manager, now: timestamp(nowMs) })
  return settle(tx, kind, row, old, object, context)
}

// Stores the object, unless nothing changed, or removes it when that was all its deletion waited for.
function settle(tx: Tx, kind: Kind, row: Row, old: ApiObject, object: ApiObject, context: WriteContext): ApiObject {
  if (isDeepStrictEqual(old, object)) return old
  if (context.dryRun) return object
  if (isReleased(kind, object)) return erase(tx, kind, row, object)
  return tx.put(row, object, selectableFields(kind, object))
}

/** Whether a deletion has nothing left to wait for. */
function isReleased(kind: Kind, { metadata }: ApiObject): boolean {
  if (kind.rules.whileDeleting) return false
  return Boolean(metadata.deletionTimestamp) && !metadata.finalizers?.length && !metadata.deletionGracePeriodSeconds
}

function erase(tx: Tx, kind: Kind, row: Row, last: ApiObject): ApiObject {
  const along = kind.rules.takesAlong?.(last)
  if (along !== undefined) for (const other of tx.list(along)) tx.remove(other, parseRow(other))
  return tx.remove(row, last)
}

function onlyPart(kind: Kind, old: ApiObject, next: ApiObject, part: Part): ApiObject {
  if (part === 'status') {
    // Through /status, labels and the like may change with it, but nothing that says what the object should be.
    const { ownerReferences: _owners, ...meta } = next.metadata
    const owners = old.metadata.ownerReferences
    const metadata = { ...meta, ...(owners ? { ownerReferences: owners } : {}) }
    return {
      ...without(old, 'status'),
      metadata,
      ...(next.status === undefined ? {} : { status: next.status }),
    } as ApiObject
  }
  if (!kind.statusSubresource) return next
  return { ...without(next, 'status'), ...(old.status === undefined ? {} : { status: old.status }) } as ApiObject
}

function lateFinalizers(next: ApiObject, old: ApiObject) {
  if (!old.metadata.deletionTimestamp) return []
  const known = old.metadata.finalizers ?? []
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !known.includes(finalizer))
  return added.length > 0
    ? [
        forbiddenField(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`,
        ),
      ]
    : []
}

function withGeneration(kind: Kind, next: ApiObject, old: ApiObject): ApiObject {
  if (!hasGeneration(kind)) return next
  const described = (object: ApiObject) => without(object, 'metadata', ...(kind.statusSubresource ? ['status'] : []))
  if (isDeepStrictEqual(described(next), described(old))) return next
  return { ...next, metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
}

/** Deletes an object: at once, or by marking it when grace or finalizers have to be waited for. */
export function remove(tx: Tx, kind: Kind, row: Row, options: DeleteOptions, context: WriteContext): Deletion {
  const old = parseRow(row)
  const about = { ...kind, name: row.name }
  const { uid, resourceVersion } = options.preconditions ?? {}
  if (uid !== undefined && uid !== old.metadata.uid) {
    throw conflict(about, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
  }
  if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(
      about,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${old.metadata.resourceVersion}`,
    )
  }
  const asked = options.gracePeriodSeconds
  if (asked !== undefined && (!Number.isSafeInteger(asked) || asked < 0)) {
    throw invalid(about, [invalidValue('gracePeriodSeconds', asked, 'must be a non-negative number of seconds')])
  }
  const grace = kind.rules.graceSeconds?.(old, asked) ?? 0
  if (options.propagationPolicy === 'Orphan' && !context.dryRun) orphan(tx, old, row)
  const marked = marking(kind, old, grace, options, context.nowMs)
  if (isReleased(kind, marked)) return { object: context.dryRun ? marked : erase(tx, kind, row, marked), gone: true }
  if (isDeepStrictEqual(marked, old)) return { object: old, gone: false }
  return { object: context.dryRun ? marked : tx.put(row, marked, selectableFields(kind, marked)), gone: false }
}

// The object as its deletion leaves it. A second deletion may only shorten the grace of the first.
function marking(
  kind: Kind,
  old: ApiObject,
  grace: number,
  { propagationPolicy }: DeleteOptions,
  nowMs: number,
): ApiObject {
  const { metadata } = old
  const first = !metadata.deletionTimestamp
  const finalizers = new Set(metadata.finalizers)
  if (propagationPolicy === 'Foreground' && first) finalizers.add(foregroundFinalizer)
  const before = metadata.deletionGracePeriodSeconds ?? 0
  if (!first && grace >= before) return old
  const time = timestamp(nowMs + grace * 1000) as unknown as NonNullable<typeof metadata.deletionTimestamp>
  const marked: ApiObject = {
    ...old,
    metadata: {
      ...metadata,
      ...(hasGeneration(kind) && first ? { generation: (metadata.generation ?? 0) + 1 } : {}),
      deletionTimestamp: time,
      deletionGracePeriodSeconds: grace,
      ...(finalizers.size > 0 ? { finalizers: [...finalizers] } : {}),
    },
  }
  return kind.rules.whileDeleting?.(marked) ?? marked
}

// Dependents forget an owner that is deleted without them.
function orphan(tx: Tx, owner: ApiObject, row: Row): void {
  for (const dependent of tx.dependents(row.uid)) {
    tx.put(dependent, withoutOwners(parseRow(dependent), [owner.metadata.uid ?? '']), fieldsOfRow(dependent))
  }
}

/** A copy that no longer names these owners. */
export function withoutOwners(object: ApiObject, uids: readonly string[]): ApiObject {
  const left = (object.metadata.ownerReferences ?? []).filter((owner) => !uids.includes(owner.uid))
  const { ownerReferences: _owners, ...metadata } = object.metadata
  return { ...object, metadata: { ...metadata, ...(left.length > 0 ? { ownerReferences: left } : {}) } }
}

/** The selectable fields of a row. */
export function fieldsOfRow(row: Row): Readonly<Record<string, string>> {
  const fields: unknown = row.fields ? JSON.parse(row.fields) : {}
  return isJson(fields) ? (fields as Record<string, string>) : {}
}
