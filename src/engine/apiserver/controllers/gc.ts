// Garbage collection: what belongs to an object that is gone goes as well.
import type { ApiObject } from '../object.ts'
import type { Row, Tx } from '../store.ts'
import {
  fieldsOfRow,
  foregroundFinalizer,
  parseRow,
  remove,
  update,
  type WriteContext,
  withoutOwners,
} from '../write.ts'
import type { ControllerContext } from './namespaces.ts'

/** Follows owner references, from the moment it is started and for what went while it was not running. */
export function runGarbageCollector({ store, registry, now, ids, failed }: ControllerContext): void {
  const queued = new Set<string>()

  store.onCommit((changes) => {
    for (const { type, body } of changes) {
      const owned = type !== 'MODIFIED' && body.includes('"ownerReferences"')
      const waits = type === 'MODIFIED' && body.includes(`"${foregroundFinalizer}"`)
      if (type !== 'DELETED' && !owned && !waits) continue
      const { metadata }: ApiObject = JSON.parse(body)
      // A deleted object may have been the last that its owner waited for; a new one may have come too late.
      for (const owner of metadata.ownerReferences ?? []) collect(owner.uid)
      if (type !== 'ADDED') collect(metadata.uid ?? '')
    }
  })
  for (const uid of store.missingOwners()) collect(uid)

  function collect(uid: string): void {
    if (queued.has(uid)) return
    queued.add(uid)
    store
      .write((tx) => {
        queued.delete(uid)
        const writing = { nowMs: now(), ids, manager: 'garbage-collector', dryRun: false }
        const owner = tx.byUid(uid)
        if (!owner) for (const dependent of tx.dependents(uid)) release(tx, dependent, writing)
        else if (waitsForDependents(parseRow(owner))) finishForeground(tx, owner, writing)
      })
      .catch(failed)
  }

  // An object without owners is deleted; one that has others only forgets those that are gone.
  function release(tx: Tx, row: Row, writing: WriteContext): void {
    const kind = registry.byResource(row.resource)
    if (!kind) return
    const object = parseRow(row)
    const owners = object.metadata.ownerReferences ?? []
    const gone = owners.filter((owner) => registry.byKind(owner.apiVersion, owner.kind) && isGone(tx, owner.uid))
    if (gone.length === 0) return
    if (gone.length === owners.length) remove(tx, kind, row, {}, writing)
    else
      tx.put(
        row,
        withoutOwners(
          object,
          gone.map((owner) => owner.uid),
        ),
        fieldsOfRow(row),
      )
  }

  const isGone = (tx: Tx, uid: string) => {
    const row = tx.byUid(uid)
    return !row || waitsForDependents(parseRow(row))
  }

  function finishForeground(tx: Tx, owner: Row, writing: WriteContext): void {
    for (const dependent of tx.dependents(owner.uid)) release(tx, dependent, writing)
    const blocking = tx
      .dependents(owner.uid)
      .some((row) =>
        parseRow(row).metadata.ownerReferences?.some((one) => one.uid === owner.uid && one.blockOwnerDeletion),
      )
    const kind = registry.byResource(owner.resource)
    if (blocking || !kind) return
    const object = parseRow(owner)
    const finalizers = (object.metadata.finalizers ?? []).filter((finalizer) => finalizer !== foregroundFinalizer)
    update(tx, kind, owner, { ...object, metadata: { ...object.metadata, finalizers } }, 'object', writing)
  }
}

const waitsForDependents = ({ metadata }: ApiObject) =>
  Boolean(metadata.deletionTimestamp) && metadata.finalizers?.includes(foregroundFinalizer) === true
