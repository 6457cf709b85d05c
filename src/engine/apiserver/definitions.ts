// Keeps the registry in line with the definitions in the store, and installs those that come with the program.
import type { Ids } from '../../system/ids.ts'
import { decodeObject } from './decode.ts'
import { customResourceDefinitions } from './kinds/builtin.ts'
import { resourceOf } from './kinds/kind.ts'
import type { Registry } from './registry.ts'
import type { Store } from './store.ts'
import { create, keyOf, parseRow, update } from './write.ts'

const resource = resourceOf(customResourceDefinitions)

/** Serves what the store defines, now and whenever that changes. */
export function serveDefinitions(store: Store, registry: Registry): void {
  const snapshot = store.snapshot()
  for (const row of snapshot.rows(resource, undefined)) registry.define(parseRow(row))
  snapshot.close()
  store.onCommit((changes) => {
    for (const change of changes) {
      if (change.resource !== resource) continue
      if (change.type === 'DELETED') registry.undefine(change.name)
      else registry.define(JSON.parse(change.body))
    }
  })
}

/** Creates or updates definitions. Throws ApiError when one is invalid. */
export async function installDefinitions(
  store: Store,
  crds: readonly object[],
  nowMs: number,
  ids: Ids,
): Promise<void> {
  const writing = { nowMs, ids, manager: 'bowsprit', dryRun: false }
  for (const crd of crds) {
    const { object } = decodeObject(customResourceDefinitions, crd, 'Ignore')
    await store.write((tx) => {
      const row = tx.get(keyOf(customResourceDefinitions, '', object.metadata.name ?? ''))
      if (!row) create(tx, customResourceDefinitions, '', object, writing)
      else {
        const { resourceVersion: _resourceVersion, ...metadata } = object.metadata
        update(tx, customResourceDefinitions, row, { ...object, metadata }, 'object', writing)
      }
    })
  }
}
