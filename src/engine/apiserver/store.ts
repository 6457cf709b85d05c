// The objects and their history in SQLite. What a write has returned is on the disk.
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../system/clock.ts'
import type { ApiObject } from './object.ts'
import { migrate } from './store-schema.ts'
import { openReader, type Reader, readStatements, writeStatements } from './store-sql.ts'

/** Where an object is kept. `resource` is plural.group; `namespace` is empty for cluster-scoped kinds. */
export interface Key {
  readonly resource: string
  readonly namespace: string
  readonly name: string
}

/** An object as it is kept: its JSON text, and what is needed to select it without parsing that. */
export interface Row extends Key {
  readonly id: number
  readonly uid: string
  readonly revision: number
  /** JSON of the labels; empty for none. */
  readonly labels: string
  /** JSON of the selectable fields; empty for none. */
  readonly fields: string
  readonly body: string
}

/** One event of the history. `old_labels` is null when the object is new. */
export interface Change extends Key {
  readonly revision: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly labels: string
  readonly fields: string
  readonly old_labels: string | null
  readonly old_fields: string | null
  readonly body: string
}

/** The store inside one write. All of it is committed or none. */
export interface Tx {
  get(key: Key): Row | undefined
  byUid(uid: string): Row | undefined
  /** Every object of a resource; in one namespace when that is given. */
  list(resource: string, namespace?: string): readonly Row[]
  /** Whether any object lies in a namespace. */
  anyIn(namespace: string): boolean
  /** Objects that name this uid as an owner. */
  dependents(uid: string): readonly Row[]
  /** Creates or replaces, and gives the object its new resourceVersion. */
  put(key: Key, object: ApiObject, fields: Readonly<Record<string, string>>): ApiObject
  /** Removes an object; `last` is its final state, which watchers see. */
  remove(row: Row, last: ApiObject): ApiObject
}

/** A consistent look at the objects at one revision, which does not hold up writers. */
export interface Snapshot {
  readonly revision: number
  /** Rows in order of namespace and name, strictly after `after`. */
  rows(resource: string, namespace: string | undefined, after?: { namespace: string; name: string }): Iterable<Row>
  close(): void
}

export interface Store {
  /** Revision of the last committed write. */
  revision(): number
  /** History up to and including this revision is gone. */
  compacted(): number
  get(key: Key): Row | undefined
  /**
   * Queues a write; many are committed together. `op` runs later, exactly once, and must not await. The promise settles
   * after the commit; what `op` throws is its rejection, and then nothing of it is kept.
   */
  write<T>(op: (tx: Tx) => T): Promise<T>
  snapshot(): Snapshot
  /** Events after a revision, oldest first, at most `limit`. */
  changes(after: number, limit: number): readonly Change[]
  /** Calls back after each commit with its events in order, before the writers get their answers. */
  onCommit(listener: (changes: readonly Change[]) => void): void
  /** Rows of a resource that were last written before `ms` since the epoch. */
  writtenBefore(resource: string, ms: number): readonly Row[]
  /** Owners' uids that no object has. */
  missingOwners(): readonly string[]
  /** Drops history that is too old. */
  compact(): void
  /** Commits what is queued and closes the files. */
  close(): void
}

export interface StoreOptions {
  readonly path: string
  readonly clock: Clock
  /** How much history is kept for watches that resume: at most so many events, none older than so many milliseconds. */
  readonly history: { readonly events: number; readonly ageMs: number }
}

interface Pending {
  run(tx: Tx): void
  settle(): void
  fail(error: unknown): void
}

// One commit answers at most this many writes, so that the first of a flood does not wait for all of it.
const maxBatch = 500
// Compaction lags behind by this share of the history, so that it runs once per many writes.
const slack = 0.1
const maxIdleReaders = 4

/** Opens the database, creating or upgrading it. */
export function openStore({ path, clock, history }: StoreOptions): Store {
  // Secrets lie in it; its journal gets the same permissions.
  closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000')
  migrate(db)
  const sql = { ...readStatements(db), ...writeStatements(db) }

  let revision = Number(sql.counter.get('revision')?.value ?? 0)
  let compacted = Number(sql.counter.get('compacted')?.value ?? 0)
  let changes: Change[] = []
  let queue: Pending[] = []
  let scheduled = false
  let closed = false
  const listeners: ((changes: readonly Change[]) => void)[] = []
  const idleReaders: Reader[] = []

  const get = (key: Key) => sql.get.get(key.resource, key.namespace, key.name) as unknown as Row | undefined

  function record(type: Change['type'], key: Key, labels: string, fields: string, old: Row | undefined, body: string) {
    const { resource, namespace, name } = key
    const change: Change = {
      revision,
      type,
      resource,
      namespace,
      name,
      labels,
      fields,
      old_labels: old?.labels ?? null,
      old_fields: old?.fields ?? null,
      body,
    }
    sql.addChange.run(
      revision,
      clock.now(),
      type,
      resource,
      namespace,
      name,
      labels,
      fields,
      change.old_labels,
      change.old_fields,
      body,
    )
    changes.push(change)
  }

  const tx: Tx = {
    get,
    byUid: (uid) => sql.byUid.get(uid) as unknown as Row | undefined,
    list: (resource, namespace) =>
      (namespace === undefined
        ? sql.listAll.all(resource, '', '')
        : sql.listIn.all(resource, namespace, '')) as unknown as Row[],
    anyIn: (namespace) => sql.anyIn.get(namespace) !== undefined,
    dependents: (uid) => sql.dependents.all(uid) as unknown as Row[],
    put(key, object, selectable) {
      const old = get(key)
      revision++
      const stored = withRevision(object, revision)
      const body = JSON.stringify(stored)
      const labels = textOf(object.metadata.labels)
      const fields = textOf(selectable)
      const uid = object.metadata.uid ?? ''
      const id = old
        ? old.id
        : Number(
            sql.insert.run(key.resource, key.namespace, key.name, uid, revision, clock.now(), labels, fields, body)
              .lastInsertRowid,
          )
      if (old) {
        sql.update.run(revision, clock.now(), labels, fields, body, id)
        sql.dropOwners.run(id)
      }
      for (const owner of object.metadata.ownerReferences ?? []) sql.addOwner.run(owner.uid, id)
      record(old ? 'MODIFIED' : 'ADDED', key, labels, fields, old, body)
      return stored
    },
    remove(row, last) {
      revision++
      const gone = withRevision(last, revision)
      sql.remove.run(row.id)
      sql.dropOwners.run(row.id)
      record('DELETED', row, textOf(last.metadata.labels), row.fields, row, JSON.stringify(gone))
      return gone
    },
  }

  function flush(): void {
    scheduled = false
    const batch = queue.slice(0, maxBatch)
    queue = queue.slice(maxBatch)
    if (queue.length > 0) schedule()
    if (batch.length === 0) return
    const before = revision
    const done: Pending[] = []
    const failed: [Pending, unknown][] = []
    changes = []
    try {
      db.exec('BEGIN IMMEDIATE')
      for (const pending of batch) {
        const mark = { revision, changes: changes.length }
        sql.savepoint.run()
        try {
          pending.run(tx)
          done.push(pending)
        } catch (error) {
          sql.undo.run()
          revision = mark.revision
          changes.length = mark.changes
          failed.push([pending, error])
        }
        sql.release.run()
      }
      if (revision !== before) {
        sql.setCounter.run('revision', revision)
        if (revision - compacted > history.events * (1 + slack)) compactTo(revision - history.events)
      }
      db.exec('COMMIT')
    } catch (error) {
      // The disk is full or broken: nothing of the batch happened.
      if (db.isTransaction) db.exec('ROLLBACK')
      revision = before
      compacted = Number(sql.counter.get('compacted')?.value ?? 0)
      for (const pending of batch) pending.fail(error)
      return
    }
    const committed = changes
    changes = []
    for (const listener of listeners) listener(committed)
    for (const pending of done) pending.settle()
    for (const [pending, error] of failed) pending.fail(error)
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }

  function compactTo(upTo: number): void {
    sql.dropHistory.run(upTo)
    sql.setCounter.run('compacted', upTo)
    compacted = upTo
  }

  return {
    revision: () => revision,
    compacted: () => compacted,
    get,
    write: (op) =>
      new Promise((resolve, reject) => {
        if (closed) throw new Error('the store is closed')
        let result: ReturnType<typeof op>
        queue.push({
          run: (inside) => {
            result = op(inside)
          },
          settle: () => resolve(result),
          fail: reject,
        })
        schedule()
      }),
    snapshot() {
      const reader = idleReaders.pop() ?? openReader(path)
      const { read } = reader
      reader.db.exec('BEGIN')
      const at = Number(read.counter.get('revision')?.value ?? 0)
      let open = true
      return {
        revision: at,
        rows: (resource, namespace, after) =>
          (namespace === undefined
            ? read.listAll.iterate(resource, after?.namespace ?? '', after?.name ?? '')
            : read.listIn.iterate(resource, namespace, after?.name ?? '')) as unknown as Iterable<Row>,
        close() {
          if (!open) return
          open = false
          reader.db.exec('ROLLBACK')
          if (closed || idleReaders.length >= maxIdleReaders) reader.db.close()
          else idleReaders.push(reader)
        },
      }
    },
    changes: (after, limit) => sql.changes.all(after, limit) as unknown as Change[],
    onCommit: (listener) => listeners.push(listener),
    writtenBefore: (resource, ms) => sql.writtenBefore.all(resource, ms) as unknown as Row[],
    missingOwners: () => sql.missingOwners.all().map((row) => String(row.owner)),
    compact() {
      const last = Number(sql.lastBefore.get(clock.now() - history.ageMs)?.revision ?? 0)
      if (last <= compacted) return
      db.exec('BEGIN IMMEDIATE')
      compactTo(last)
      db.exec('COMMIT')
    },
    close() {
      if (closed) return
      while (queue.length > 0) flush()
      closed = true
      for (const reader of idleReaders) reader.db.close()
      db.close()
    },
  }
}

const textOf = (record: Readonly<Record<string, string>> | undefined) =>
  record && Object.keys(record).length > 0 ? JSON.stringify(record) : ''

function withRevision(object: ApiObject, revision: number): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
}
