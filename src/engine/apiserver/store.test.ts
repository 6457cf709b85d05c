// The store: what a commit keeps, what a failure leaves, what compaction drops.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../system/clock.ts'
import type { ApiObject } from './object.ts'
import { type Change, openStore, type Store } from './store.ts'

let dir: string
let store: Store
let now = 1_000_000
const clock: Clock = { now: () => now, sleep: () => Promise.resolve(), after: () => () => {} }
const open = (history = { events: 100, ageMs: 1000 }) => openStore({ path: join(dir, 'state.db'), clock, history })

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bowsprit-store-'))
  store = open()
})
afterEach(async () => {
  store.close()
  await rm(dir, { recursive: true, force: true })
})

const key = (name: string) => ({ resource: 'things', namespace: 'n', name })
const object = (name: string, metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, uid: `uid-${name}`, ...metadata },
})
const put = (name: string, metadata: object = {}) => store.write((tx) => tx.put(key(name), object(name, metadata), {}))
const names = (changes: readonly Change[]) => changes.map(({ type, name }) => `${type} ${name}`)

test('writes made together are committed together, in order, and announced once', async () => {
  const commits: string[][] = []
  store.onCommit((changes) => commits.push(names(changes)))
  const stored = await Promise.all([put('a'), put('b'), put('a')])
  expect(stored.map(({ metadata }) => metadata.resourceVersion)).toEqual(['1', '2', '3'])
  expect(commits).toEqual([['ADDED a', 'ADDED b', 'MODIFIED a']])
  expect(store.get(key('a'))).toMatchObject({ revision: 3, body: JSON.stringify(stored[2]) })
})

test('a write that throws leaves nothing, and takes no other with it', async () => {
  const bad = store.write((tx) => {
    tx.put(key('bad'), object('bad'), {})
    throw new Error('changed my mind')
  })
  const good = put('good')
  await expect(bad).rejects.toThrow('changed my mind')
  expect((await good).metadata.resourceVersion).toBe('1')
  expect(store.get(key('bad'))).toBeUndefined()
  expect(names(store.changes(0, 10))).toEqual(['ADDED good'])
})

test('a snapshot does not see later writes, nor hold them up', async () => {
  await Promise.all(['a', 'b', 'c'].map((name) => put(name)))
  const snapshot = store.snapshot()
  const rows = snapshot.rows('things', undefined)[Symbol.iterator]()
  expect(rows.next().value?.name).toBe('a')
  await store.write((tx) => {
    const row = tx.get(key('b'))
    if (row) tx.remove(row, object('b'))
  })
  expect([rows.next().value?.name, rows.next().value?.name, rows.next().done]).toEqual(['b', 'c', true])
  expect(snapshot.revision).toBe(3)
  snapshot.close()
  snapshot.close()
  const next = store.snapshot()
  expect([...next.rows('things', 'n', { namespace: 'n', name: 'a' })].map(({ name }) => name)).toEqual(['c'])
  next.close()
})

test('deleted objects are gone, their last event has a revision of its own', async () => {
  await put('a', { labels: { l: '1' } })
  await store.write((tx) => {
    const row = tx.get(key('a'))
    if (row) tx.remove(row, object('a'))
  })
  const [, deleted] = store.changes(0, 10)
  expect(deleted).toMatchObject({ type: 'DELETED', revision: 2, old_labels: '{"l":"1"}', labels: '' })
  expect(JSON.parse(deleted?.body ?? '').metadata.resourceVersion).toBe('2')
})

test('owners are followed by uid', async () => {
  const owner = (uid: string) => ({ ownerReferences: [{ apiVersion: 'v1', kind: 'Thing', name: 'x', uid }] })
  await put('a')
  await put('b', owner('uid-a'))
  await put('c', owner('ghost'))
  const find = (uid: string) => store.write((tx) => tx.dependents(uid).map(({ name }) => name))
  expect([await find('uid-a'), await find('ghost'), store.missingOwners()]).toEqual([['b'], ['c'], ['ghost']])
  await put('c', owner('uid-a'))
  expect([await find('uid-a'), await find('ghost'), store.missingOwners()]).toEqual([['b', 'c'], [], []])
})

describe('history', () => {
  test('is cut by count', async () => {
    for (let n = 0; n < 111; n++) await put('a')
    expect([store.compacted(), store.changes(0, 1000).length, store.revision()]).toEqual([11, 100, 111])
  })

  test('is cut by age', async () => {
    await put('old')
    now += 5000
    await put('new')
    store.compact()
    expect([store.compacted(), names(store.changes(0, 10))]).toEqual([1, ['ADDED new']])
    now += 5000
    store.compact()
    expect([store.compacted(), store.changes(0, 10), store.revision()]).toEqual([2, [], 2])
  })

  test('and revisions go on after a restart', async () => {
    await put('a')
    now += 5000
    store.compact()
    store.close()
    store = open()
    expect([store.revision(), store.compacted()]).toEqual([1, 1])
    expect((await put('b')).metadata.resourceVersion).toBe('2')
  })
})

test('what is queued when the store closes is committed; what comes later is refused', async () => {
  const last = put('last')
  store.close()
  expect((await last).metadata.resourceVersion).toBe('1')
  await expect(put('late')).rejects.toThrow('the store is closed')
  store = open()
  expect(store.get(key('last'))).toBeDefined()
})

test('a commit that fails fails every write of it, and the store goes on', async () => {
  await put('a')
  const other = new DatabaseSync(join(dir, 'state.db'))
  other.exec('BEGIN IMMEDIATE')
  await expect(put('b')).rejects.toThrow(/locked/)
  other.exec('ROLLBACK')
  other.close()
  expect((await put('c')).metadata.resourceVersion).toBe('2')
})

test('a database of a newer program is refused', () => {
  store.close()
  const db = new DatabaseSync(join(dir, 'state.db'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  expect(() => open()).toThrow('the database has version 99')
  const back = new DatabaseSync(join(dir, 'state.db'))
  back.exec('PRAGMA user_version = 1')
  back.close()
  store = open()
})
