// Namespaces: the ones that always exist, and emptying those that are deleted.
import type { Ids } from '../../../system/ids.ts'
import { namespaces, serviceAccounts } from '../kinds/builtin.ts'
import { resourceOf } from '../kinds/kind.ts'
import type { Registry } from '../registry.ts'
import type { Change, Store, Tx } from '../store.ts'
import { create, keyOf, parseRow, remove, type WriteContext } from '../write.ts'

const alwaysThere = ['default', 'kube-system']
const manager = 'namespace-controller'

/** Makes the service account `default` of a namespace, which pods run as. */
export function defaultServiceAccount(tx: Tx, namespace: string, writing: WriteContext): void {
  if (tx.get(keyOf(serviceAccounts, namespace, 'default'))) return
  create(
    tx,
    serviceAccounts,
    namespace,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
    writing,
  )
}

/** Makes the namespaces that always exist. */
export async function bootstrapNamespaces(store: Store, nowMs: number, ids: Ids): Promise<void> {
  const writing = { nowMs, ids, manager, dryRun: false }
  await store.write((tx) => {
    for (const name of alwaysThere) {
      if (!tx.get(keyOf(namespaces, '', name))) {
        create(tx, namespaces, '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, writing)
      }
      defaultServiceAccount(tx, name, writing)
    }
  })
}

/** What the controllers need. */
export interface ControllerContext {
  readonly store: Store
  readonly registry: Registry
  readonly now: () => number
  readonly ids: Ids
  /** Reports what a controller could not do. */
  readonly failed: (error: unknown) => void
}

/** Empties namespaces that are being deleted, now and as their last objects go. */
export function runNamespaceController({ store, registry, now, ids, failed }: ControllerContext): void {
  const leaving = new Set<string>()
  const queued = new Set<string>()

  store.onCommit((changes) => {
    for (const change of changes) {
      const name = concerns(change)
      if (name !== undefined) look(name)
    }
  })

  function concerns(change: Change): string | undefined {
    if (change.resource !== 'namespaces') {
      return change.type === 'DELETED' && leaving.has(change.namespace) ? change.namespace : undefined
    }
    if (change.type === 'DELETED') leaving.delete(change.name)
    else if (change.body.includes('"deletionTimestamp"')) {
      leaving.add(change.name)
      return change.name
    }
    return undefined
  }

  function look(name: string): void {
    if (queued.has(name)) return
    queued.add(name)
    store
      .write((tx) => {
        queued.delete(name)
        empty(tx, name)
      })
      .catch(failed)
  }

  function empty(tx: Tx, name: string): void {
    const row = tx.get(keyOf(namespaces, '', name))
    if (!row) return
    const namespace = parseRow(row)
    if (!namespace.metadata.deletionTimestamp) return
    const writing = { nowMs: now(), ids, manager, dryRun: false }
    for (const kind of registry.all()) {
      if (!kind.namespaced) continue
      for (const content of tx.list(resourceOf(kind), name)) remove(tx, kind, content, {}, writing)
    }
    if (!tx.anyIn(name) && !namespace.metadata.finalizers?.length) tx.remove(row, namespace)
  }

  store
    .write((tx) => tx.list('namespaces').filter((row) => parseRow(row).metadata.deletionTimestamp))
    .then((rows) => {
      for (const { name } of rows) {
        leaving.add(name)
        look(name)
      }
    })
    .catch(failed)
}
