// The list after changes is the list that a new visitor would be sent.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type JobRow, newestFirst } from '../../src/deck/wire.ts'
import { applyChanges } from './changes.ts'
import { row } from './testing/rows.ts'

const some = fc
  .record({ name: fc.constantFrom(...'abcdefgh'), created: fc.nat(5), job: fc.constantFrom('x', 'y') })
  .map(row)
const list = fc.uniqueArray(some, { selector: ({ name }) => name }).map((rows) => rows.sort(newestFirst))

test('changed rows replace, new ones find their place, removed ones go', () => {
  fc.assert(
    fc.property(list, list, fc.subarray([...'abcdefgh']), (before, put, removed) => {
      const gone = removed.filter((name) => !put.some((one) => one.name === name))
      const expected = new Map<string, JobRow>(before.map((one) => [one.name, one]))
      for (const name of gone) expected.delete(name)
      for (const one of put) expected.set(one.name, one)
      expect(applyChanges(before, { put: put.toReversed(), removed: gone })).toEqual(
        [...expected.values()].sort(newestFirst),
      )
    }),
  )
})

test('rows that did not change stay the same objects, and no change is no new list', () => {
  const before = [row({ name: 'a', created: 2 }), row({ name: 'b', created: 1 })]
  expect(applyChanges(before, { put: [], removed: [] })).toBe(before)
  expect(applyChanges(before, { put: [row({ name: 'c', created: 3 })], removed: [] })[1]).toBe(before[0])
})
