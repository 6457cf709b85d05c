// Laws of layered sets, on any sets.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { difference, flat, layered, list, pick, union } from './layered-set.ts'

const name = fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e', 'f')
const layers = fc.array(fc.array(name, { maxLength: 4 }), { maxLength: 4 })
const sets = layers.map(layered)
const plain = (set: readonly ReadonlySet<string>[]) => set.map((layer) => [...layer].sort())

test('a name is in the first layer that it was put into', () => {
  expect(plain(layered([['b', 'a'], [], ['a', 'c', 'c']]))).toEqual([['a', 'b'], [], ['c']])
  fc.assert(
    fc.property(layers, (given) => {
      const set = layered(given)
      for (const one of new Set(given.flat())) {
        const first = given.findIndex((layer) => layer.includes(one))
        expect(set.map((layer) => layer.has(one))).toEqual(given.map((_, index) => index === first))
      }
    }),
  )
})

test('a union has everything once, and the first set decides where', () => {
  expect(plain(union(layered([['a'], ['b']]), layered([['b', 'c'], [], ['a', 'd']])))).toEqual([
    ['a', 'c'],
    ['b'],
    ['d'],
  ])
  fc.assert(
    fc.property(sets, sets, (one, other) => {
      const both = union(one, other)
      expect(list(both).sort()).toEqual([...flat(one).union(flat(other))].sort())
      for (const [index, layer] of one.entries()) expect(layer.isSubsetOf(both[index] ?? new Set())).toBe(true)
    }),
  )
})

test('a difference keeps the layers', () => {
  fc.assert(
    fc.property(sets, fc.array(name), (set, without) => {
      const gone = new Set(without)
      expect(plain(difference(set, gone))).toEqual(plain(set).map((layer) => layer.filter((one) => !gone.has(one))))
    }),
  )
})

test('a list has the layers in order, each sorted', () =>
  fc.assert(
    fc.property(sets, (set) => {
      expect(list(set)).toEqual(plain(set).flat())
    }),
  ))

test('picks are from the first layer that has somebody, all alike', () => {
  const set = layered([[], ['c', 'a'], ['b']])
  expect([0, 0.49, 0.5, 0.99].map((value) => pick(set, { fraction: () => value }))).toEqual(['a', 'a', 'c', 'c'])
  expect(pick(layered([[], []]), { fraction: () => 0 })).toBeUndefined()
})
