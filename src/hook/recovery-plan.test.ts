// What is asked for again, row by row: a delivery's attempts, what the journal knows, and how often it was asked for.
import { describe, expect, test } from 'vitest'
import { type Asked, firstFrom, lookFrom, planRecovery } from './recovery-plan.ts'

const minute = 60_000
const hour = 60 * minute
const now = 100 * hour
let ids = 0
const attempt = (guid: string, minutesAgo: number, ok = false) => ({
  id: ++ids,
  guid,
  event: 'push',
  at: now - minutesAgo * minute,
  ok,
})

test.each<
  [why: string, attempts: [minutesAgo: number, ok: boolean][], known: boolean, asked: Asked | undefined, want: string]
>([
  ['failed once', [[10, false]], false, undefined, 'ask'],
  ['came through', [[10, true]], false, undefined, 'nothing'],
  [
    'failed, then came through',
    [
      [10, false],
      [5, true],
    ],
    false,
    undefined,
    'nothing',
  ],
  [
    'came through, then failed when a person sent it once more',
    [
      [10, true],
      [5, false],
    ],
    false,
    undefined,
    'nothing',
  ],
  ['failed for GitHub, but is in the journal', [[10, false]], true, undefined, 'nothing'],
  ['was asked for just now', [[10, false]], false, { times: 1, at: now - minute }, 'wait'],
  [
    'was asked for and failed again',
    [
      [10, false],
      [5, false],
    ],
    false,
    { times: 1, at: now - 5 * minute },
    'ask',
  ],
  [
    'was asked for twice, not long ago',
    [
      [30, false],
      [14, false],
    ],
    false,
    { times: 2, at: now - 14 * minute },
    'wait',
  ],
  ['was asked for four times, hours ago', [[600, false]], false, { times: 4, at: now - 6 * hour }, 'ask'],
  ['was asked for five times', [[900, false]], false, { times: 5, at: now - 6 * hour }, 'give up'],
])('a delivery that %s: %s', (_why, rows, known, asked, want) => {
  const attempts = rows.map(([minutesAgo, ok]) => attempt('g', minutesAgo, ok)).toReversed()
  const plan = planRecovery(attempts, { knows: () => known, asked: new Map(asked && [['g', asked]]), now })
  const newest = attempts[0]?.id
  expect(plan.ask.map(({ id }) => id)).toEqual(want === 'ask' ? [newest] : [])
  expect(plan.givenUp.map(({ id }) => id)).toEqual(want === 'give up' ? [newest] : [])
  const oldest = attempts.at(-1)?.at
  expect(plan.from).toBe(want === 'ask' || want === 'wait' ? oldest : now)
})

test('the oldest is asked for first, and each guid once', () => {
  const attempts = [attempt('c', 1), attempt('a', 2), attempt('b', 3), attempt('a', 9)]
  const { ask, from } = planRecovery(attempts, { knows: () => false, asked: new Map(), now })
  expect(ask.map(({ guid }) => guid)).toEqual(['b', 'a', 'c'])
  expect(from).toBe(now - 9 * minute)
})

describe('how far a look goes back', () => {
  test.each<[why: string, from: number, hoursAgo: number]>([
    ['the first one: an hour, and some more', firstFrom(now), 1.25],
    ['the next one: to where the last one ended, and some more', now - hour, 1.25],
    ['after a long time away: three days, which is all that is kept', 0, 72],
    ['a clock that was ahead does not matter', now + hour, 0.25],
  ])('%s', (_why, from, hoursAgo) => expect(lookFrom(from, now)).toBe(now - hoursAgo * hour))
})
