// The test clock: time stands still until advanced, and stops at every timer on the way.
import { expect, test } from 'vitest'
import { every } from '../system/clock.ts'
import { settle, testClock } from './clock.ts'

test('a sleeper wakes at its time and not before', async () => {
  const clock = testClock(0)
  let woke = -1
  clock.sleep(100).then(() => {
    woke = clock.now()
  })
  await clock.advance(99)
  expect(woke).toBe(-1)
  await clock.advance('1ms')
  expect(woke).toBe(100)
})

test('an aborted sleeper rejects with the reason and leaves nothing waiting', async () => {
  const clock = testClock(0)
  const stop = new AbortController()
  const sleep = clock.sleep(100, stop.signal)
  stop.abort(new Error('enough'))
  await expect(sleep).rejects.toThrow('enough')
  expect(clock.waiting).toBe(0)
})

test('rounds start one period apart, and end with the signal', async () => {
  const clock = testClock(0)
  const stop = new AbortController()
  const starts: number[] = []
  const done = (async () => {
    for await (const start of every(clock, () => 60_000, stop.signal)) starts.push(start)
  })()
  await clock.advance('3m')
  stop.abort()
  await settle()
  await done
  expect(starts).toEqual([0, 60_000, 120_000, 180_000])
})

test('refuses what is not a time', async () => {
  await expect(testClock().advance('soon')).rejects.toThrow('"soon" is not a time')
})
