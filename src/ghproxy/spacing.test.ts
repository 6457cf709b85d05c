// When the next request may go: the rows of upstream's tests, and those around them.
import { expect, test } from 'vitest'
import { schedule } from './spacing.ts'

const spacing = { generalMs: 1000, getMs: 100, longestMs: 10_000 }
const now = 1_000_000

test.each<[why: string, lastAgoMs: number | undefined, lastIsGet: boolean, isGet: boolean, waitMs: number]>([
  ['the first of all', undefined, false, false, 0],
  ['a change half a second after a change', 500, false, false, 500],
  ['a change half a second after a read', 500, true, false, 500],
  ['a read half a second after a read', 500, true, true, 0],
  ['a read right after a read', 30, true, true, 70],
  ['a read right after a change', 50, false, true, 50],
  ['a read a while after a change', 100, false, true, 0],
  ['a change a second after', 1000, false, false, 0],
  ['a change behind a queue', -1000, false, false, 2000],
  ['a read behind a queue', -1000, false, true, 1100],
  ['a change behind what is sent now', 0, true, false, 1000],
  ['a change behind a queue that is too long', -9999, false, false, 10_000],
  ['a read behind a queue that is just short enough', -9899, true, true, 9999],
])('%s', (_why, lastAgoMs, lastIsGet, isGet, waitMs) => {
  const last = lastAgoMs === undefined ? undefined : { at: now - lastAgoMs, isGet: lastIsGet }
  expect(schedule(last, isGet, now, spacing) - now).toBe(waitMs)
})
