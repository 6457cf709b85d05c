// What the store of answers keeps, and what it lets go; its file is tested with ghproxy.
import { expect, onTestFinished, test } from 'vitest'
import { openResponseStore } from './response-store.ts'

function store(mostBytes: number) {
  const opened = openResponseStore(undefined, mostBytes)
  onTestFinished(() => opened.close())
  return opened
}
const answer = (bytes: number) => ({
  status: 200,
  headers: { etag: '"1"' },
  body: new Uint8Array(bytes).fill(7),
  storedAt: 5,
})

test('gives back what was put in, and the newest of two', () => {
  const kept = store(1e6)
  kept.set('a', answer(10))
  kept.set('a', answer(20))
  expect(kept.get('a')).toEqual(answer(20))
  expect(kept.get('b')).toBeUndefined()
  kept.delete('a')
  expect(kept.get('a')).toBeUndefined()
  expect(kept.size()).toBe(0)
})

test('stays within its bound, and lets go of what was used least recently', () => {
  const kept = store(100_000)
  for (let index = 0; index < 5; index++) kept.set(`early ${index}`, answer(10_000))
  for (let index = 0; index < 200; index++) {
    kept.get('early 0')
    kept.set(String(index), answer(10_000))
    expect(kept.size()).toBeLessThanOrEqual(100_000)
  }
  expect(kept.get('early 0')).toBeDefined()
  expect(kept.get('early 1')).toBeUndefined()
  expect(kept.get('199')).toBeDefined()
  expect(kept.get('100')).toBeUndefined()
})

test('an answer that would push out most others is not kept, nor is the older one that it replaces', () => {
  const kept = store(100_000)
  kept.set('a', answer(10))
  kept.set('a', answer(20_000))
  expect(kept.get('a')).toBeUndefined()
  expect(kept.size()).toBe(0)
})

test('an empty body is one', () => {
  const kept = store(1e6)
  kept.set('a', answer(0))
  expect(kept.get('a')?.body.length).toBe(0)
})
