// The bucket of tokens: how many at once, when more come, who is served first, and what is given back.
import { expect, test } from 'vitest'
import { settle, testClock } from '../testing/clock.ts'
import type { Priority } from './budget.ts'
import { throttle } from './throttle.ts'

function bucket(hourly: number, burst: number) {
  const clock = testClock()
  const stop = new AbortController()
  const tokens = throttle({ hourly, burst }, clock, stop.signal)
  const served: string[] = []
  const take = (name: string, priority: Priority = 'command') =>
    tokens.take(priority).then(
      () => served.push(name),
      (error: Error) => served.push(`${name}: ${error.message}`),
    )
  return { clock, stop, tokens, served, take }
}

test('a burst, then a pause as long as the burst takes to come back, then one at a time', async () => {
  // One in a minute.
  const { clock, served, take } = bucket(60, 2)
  for (const name of ['a', 'b', 'c', 'd']) void take(name)
  await settle()
  expect(served).toEqual(['a', 'b'])
  await clock.advance('2m59s')
  expect(served).toEqual(['a', 'b'])
  await clock.advance('1s')
  expect(served).toEqual(['a', 'b', 'c'])
  await clock.advance('1m')
  expect(served).toEqual(['a', 'b', 'c', 'd'])
})

test('a bucket that nobody uses holds no more than the burst', async () => {
  const { clock, served, take } = bucket(60, 2)
  await clock.advance('5h')
  for (const name of ['a', 'b', 'c']) void take(name)
  await settle()
  expect(served).toEqual(['a', 'b'])
})

test('merging before commands before ornaments, and by arrival among equals', async () => {
  const { clock, served, take } = bucket(60, 1)
  void take('first')
  void take('cat', 'cosmetic')
  void take('lgtm')
  void take('hold')
  void take('tide', 'merge')
  await clock.advance('10m')
  expect(served).toEqual(['first', 'tide', 'lgtm', 'hold', 'cat'])
})

test('what was free goes to the next', async () => {
  const { served, take, tokens } = bucket(60, 1)
  void take('a')
  void take('b')
  await settle()
  expect(served).toEqual(['a'])
  tokens.giveBack()
  await settle()
  expect(served).toEqual(['a', 'b'])
})

test('whoever waits is told of the end', async () => {
  const { clock, stop, served, take } = bucket(60, 1)
  void take('a')
  void take('b')
  await settle()
  stop.abort(new Error('closed'))
  await settle()
  void take('c')
  await settle()
  expect(served).toEqual(['a', 'b: closed', 'c: closed'])
  expect(clock.waiting).toBe(0)
})
