// What the journal promises: nothing acknowledged is lost, nothing is handled twice, and only unfinished work is left.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { type Delivery, type Journal, openJournal } from './journal.ts'

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'journal-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return join(path, 'hook.db')
}
const delivery = (id: string, receivedAt = 0): Delivery => ({
  id,
  event: 'push',
  headers: { 'x-github-delivery': id },
  body: Buffer.from(`{"id":"${id}"}`),
  receivedAt,
})
/** With the attempts of each task. */
const left = (journal: Journal) =>
  journal.unfinished().map(({ id, tasks }) => [id, tasks && [...tasks].map(([name, { attempts }]) => [name, attempts])])

test('a delivery is there after a restart, in order, with body and headers', async () => {
  const file = folder()
  const before = openJournal(file)
  expect(await Promise.all([before.receive(delivery('b')), before.receive(delivery('a'))])).toEqual(['new', 'new'])
  // No close: the process was killed.
  const after = openJournal(file)
  expect(left(after)).toEqual([
    ['b', undefined],
    ['a', undefined],
  ])
  const read = after.read('b')
  expect([read?.headers, Buffer.from(read?.body ?? []).toString()]).toEqual([
    { 'x-github-delivery': 'b' },
    '{"id":"b"}',
  ])
})

test('the same id is a repetition, also when it is done, until it is forgotten', async () => {
  const journal = openJournal(':memory:')
  await journal.receive(delivery('a', 100))
  expect(await journal.receive(delivery('a'))).toBe('known')
  await journal.plan('a', [])
  expect(await journal.receive(delivery('a'))).toBe('known')
  await journal.prune(100, 100)
  expect(await journal.receive(delivery('a'))).toBe('known')
  await journal.prune(101, 0)
  expect(await journal.receive(delivery('a'))).toBe('new')
})

test('only unfinished tasks are left, and an open one counts as attempted after a restart', async () => {
  const file = folder()
  const before = openJournal(file)
  await before.receive(delivery('a'))
  await before.plan('a', ['x', 'y', 'z'])
  expect(left(before)).toEqual([
    [
      'a',
      [
        ['x', 0],
        ['y', 0],
        ['z', 0],
      ],
    ],
  ])
  await before.finish('a', 'x')
  await before.attempted('a', 'y', 'no answer')
  const after = openJournal(file)
  expect(left(after)).toEqual([
    [
      'a',
      [
        ['y', 2],
        ['z', 1],
      ],
    ],
  ])
  await after.finish('a', 'y')
  await after.finish('a', 'z')
  expect(left(after)).toEqual([])
  expect(after.read('a')).toBeUndefined()
})

test('a failed task is kept with its error, and sending the delivery again opens it again', async () => {
  const journal = openJournal(':memory:')
  await journal.receive(delivery('a', 5))
  await journal.plan('a', ['x', 'y'])
  await journal.finish('a', 'x')
  await journal.finish('a', 'y', 'it broke')
  expect(left(journal)).toEqual([])
  expect(journal.failed(10)).toEqual([
    { id: 'a', event: 'push', task: 'y', attempts: 1, error: 'it broke', receivedAt: 5 },
  ])
  expect(await journal.receive(delivery('a'))).toBe('again')
  expect(left(journal)).toEqual([['a', [['y', 1]]]])
  await journal.finish('a', 'y', 'again')
  await journal.prune(1000, 5)
  expect(journal.failed(10)).toHaveLength(1)
  await journal.prune(0, 6)
  expect(journal.failed(10)).toEqual([])
})

test('a task that was put off keeps its time, and no restart counts as an attempt until it begins', async () => {
  const file = folder()
  const before = openJournal(file)
  await before.receive(delivery('a'))
  await before.plan('a', ['x', 'y'])
  await before.postpone('a', 'x', 5000)
  // No close: the process was killed, twice.
  openJournal(file)
  const after = openJournal(file)
  expect(after.left('a')?.tasks).toEqual(
    new Map([
      ['x', { attempts: 0, notBefore: 5000 }],
      ['y', { attempts: 2, notBefore: 0 }],
    ]),
  )
  await after.begin('a', 'x')
  expect(openJournal(file).left('a')?.tasks?.get('x')).toEqual({ attempts: 1, notBefore: 0 })
})

test('a journal from before tasks could be put off goes on', async () => {
  const file = folder()
  const before = openJournal(file)
  await before.receive(delivery('a'))
  await before.plan('a', ['x'])
  before.close()
  const old = new DatabaseSync(file)
  old.exec('ALTER TABLE tasks DROP COLUMN not_before; PRAGMA user_version = 1')
  old.close()
  const after = openJournal(file)
  expect(left(after)).toEqual([['a', [['x', 1]]]])
  await after.postpone('a', 'x', 5000)
  expect(openJournal(file).left('a')?.tasks?.get('x')).toEqual({ attempts: 1, notBefore: 5000 })
})

test('bodies of finished deliveries do not stay on disk', async () => {
  const file = folder()
  const journal = openJournal(file)
  await journal.receive({ ...delivery('a'), body: Buffer.alloc(100_000, 'x') })
  await journal.plan('a', ['x'])
  await journal.finish('a', 'x')
  journal.close()
  const db = new DatabaseSync(file)
  expect(db.prepare('SELECT length(body) AS size FROM deliveries').get()?.size).toBe(0)
  db.close()
})

test('one write that fails does not take down those it shares a commit with', async () => {
  const journal = openJournal(':memory:')
  const broken = { ...delivery('b'), receivedAt: 'never' as unknown as number }
  const outcomes = await Promise.allSettled([delivery('a'), broken, delivery('c')].map((one) => journal.receive(one)))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(left(journal).map(([id]) => id)).toEqual(['a', 'c'])
})

test('a file of a newer version is not touched', () => {
  const file = folder()
  openJournal(file).close()
  const db = new DatabaseSync(file)
  db.exec('PRAGMA user_version = 3')
  db.close()
  expect(() => openJournal(file)).toThrow(/newer/)
})

test('what was asked for is written at the close', async () => {
  const file = folder()
  const journal = openJournal(file)
  const written = journal.receive(delivery('a'))
  journal.close()
  expect(await written).toBe('new')
  expect(left(openJournal(file))).toEqual([['a', undefined]])
})

test('a delivery is known from its receipt until it is forgotten, done or not', async () => {
  const journal = openJournal(':memory:')
  expect(journal.knows('a')).toBe(false)
  await journal.receive(delivery('a', 100))
  expect(journal.knows('a')).toBe(true)
  await journal.plan('a', [])
  expect([journal.read('a'), journal.knows('a')]).toEqual([undefined, true])
  await journal.prune(200, 0)
  expect(journal.knows('a')).toBe(false)
})

test('a note is kept until the next one takes its place, also in a journal from before there were notes', async () => {
  const file = folder()
  openJournal(file).close()
  const old = new DatabaseSync(file)
  old.exec('DROP TABLE notes')
  old.close()
  const before = openJournal(file)
  expect(before.note('n')).toBeUndefined()
  await before.setNote('n', 'one')
  await before.setNote('n', 'two')
  await before.setNote('other', 'x')
  // No close: the process was killed.
  expect(openJournal(file).note('n')).toBe('two')
})
