// The cache, against what a plain list would keep.
import { expect, test } from 'vitest'
import { boundedCache } from './bounded-cache.ts'

test('what was not asked for the longest goes first', () => {
  const cache = boundedCache<string>(3)
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 1)
  cache.get('a')
  cache.set('d', 'd', 1)
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c', 'd'])
})

test('a heavy value takes the place of several, and one too heavy is not kept', () => {
  const cache = boundedCache<string>(3)
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 1)
  cache.set('heavy', 'heavy', 2)
  expect(['a', 'b', 'c', 'heavy'].map((key) => cache.get(key))).toEqual([undefined, undefined, 'c', 'heavy'])
  cache.set('c', 'too heavy', 4)
  expect(['c', 'heavy'].map((key) => cache.get(key))).toEqual([undefined, 'heavy'])
})

test('a value set twice weighs once', () => {
  const cache = boundedCache<number>(2)
  for (let value = 0; value < 10; value++) cache.set('a', value, 1)
  cache.set('b', 1, 1)
  expect([cache.get('a'), cache.get('b')]).toEqual([9, 1])
})
