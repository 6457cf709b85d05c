// Tables: a change is whole or not at all, in memory and in the store.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, type Store } from './store.ts'
import { openTables } from './tables.ts'

interface Thing {
  readonly id: number
  readonly kind: string
}

let dir: string
let store: Store
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'simulator-tables-'))
  store = openStore(join(dir, 'world.db'))
})
afterEach(async () => {
  store.close()
  await rm(dir, { recursive: true, force: true })
})

function open() {
  let written = 0
  const batch = openTables(store, () => {
    written += 1
  })
  const things = batch.table<Thing>({ name: 'thing', key: (thing) => thing.id, group: (thing) => thing.kind })
  return { ...batch, things, written: () => written }
}

test('what was committed is there after opening again, in the order in which it was put', () => {
  const { commit, things, nextId } = open()
  commit(() => {
    for (const kind of ['b', 'a', 'b']) things.put({ id: nextId(), kind })
    const [first] = things.of('b')
    if (first) things.put({ ...first, kind: 'b' })
  })
  const again = open()
  expect([...again.things.all()].map(({ kind }) => kind)).toEqual(['b', 'a', 'b'])
  expect(again.things.of('b')).toEqual(things.of('b'))
  expect(again.commit(() => again.nextId())).toBe(1004)
})

test('a change that fails leaves nothing behind', () => {
  const { commit, things, nextId, written } = open()
  const kept = commit(() => things.put({ id: nextId(), kind: 'a' }))
  expect(() =>
    commit(() => {
      things.put({ ...kept, kind: 'a', extra: true } as Thing)
      things.put({ id: nextId(), kind: 'a' })
      things.delete(kept.id)
      commit(() => {
        throw new Error('no')
      })
    }),
  ).toThrow('no')
  expect(things.of('a')).toEqual([kept])
  expect(open().things.of('a')).toEqual([kept])
  expect(written()).toBe(1)
  expect(commit(() => nextId())).toBe(kept.id + 1)
})

test('outside of a commit nothing changes', () => {
  const { things } = open()
  expect(() => things.put({ id: 1, kind: 'a' })).toThrow(/outside of commit/)
  expect(things.get(1)).toBeUndefined()
})

test('only so many deliveries are kept, and none that is still to be sent goes', () => {
  const { commit, addDelivery, nextId } = open()
  const row = {
    hook: 1,
    guid: 'g',
    event: 'push',
    action: null,
    repo: null,
    installation: null,
    payload: '{}',
    redelivery: 0,
    created_at: '',
  } as const
  const ids = commit(() => Array.from({ length: 3100 }, () => nextId()))
  commit(() => addDelivery({ ...row, id: ids[0] ?? 0 }))
  commit(() => {
    for (const id of ids.slice(1)) addDelivery({ ...row, id })
  })
  for (const id of ids.slice(1)) {
    const { action: _, ...blank } = {
      ...row,
      status: 'OK',
      status_code: 200,
      url: '',
      delivered_at: '',
      duration: 0,
      request_headers: '{}',
      response_headers: '{}',
      response_body: '',
    }
    store.finishDelivery({ ...blank, id })
  }
  commit(() => addDelivery({ ...row, id: 10_000 }))
  expect(store.delivery(ids[0] ?? 0)).toMatchObject({ status: null })
  expect(store.delivery(ids[1] ?? 0)).toBeUndefined()
  expect(store.recentDeliveries(9999)).toHaveLength(3001)
})
