// Who may spend what is left: one row per rule.
import { expect, test } from 'vitest'
import { type Priority, waitUntil } from './budget.ts'

const now = 1_000_000
const limit = 5000
const resetsAt = now + 600_000
const left = (remaining: number, at = resetsAt) => ({ quota: { limit, remaining, resetsAt: at } })
const go = undefined

test.each<[why: string, priority: Priority, given: Parameters<typeof waitUntil>[1], want: number | undefined]>([
  ['nothing is known yet', 'cosmetic', {}, go],
  ['plenty is left', 'cosmetic', left(4000), go],
  ['ornaments leave a fifth', 'cosmetic', left(1000), resetsAt + 1000],
  ['one more than a fifth', 'cosmetic', left(1001), go],
  ['commands go on', 'command', left(1000), go],
  ['commands leave a twentieth', 'command', left(250), resetsAt + 1000],
  ['merging goes on', 'merge', left(250), go],
  ['merging takes the last one', 'merge', left(1), go],
  ['nothing is left for anybody', 'merge', left(0), resetsAt + 1000],
  ['more is under way than is left', 'merge', left(-3), resetsAt + 1000],
  ['the window is over', 'cosmetic', left(0, now - 1000), go],
  ['the window ends in this second', 'cosmetic', left(0, now), now + 1000],
  ['a window that cannot be', 'command', left(0, now + 1e12), now + 3_600_000],
  ['a secondary limit holds for all', 'merge', { ...left(4000), pausedUntil: now + 5 }, now + 5],
  ['a secondary limit is over', 'merge', { ...left(4000), pausedUntil: now }, go],
  ['a secondary limit that cannot be', 'merge', { pausedUntil: now + 1e12 }, now + 3_600_000],
  [
    'a small limit, such as that of searches',
    'cosmetic',
    { quota: { limit: 30, remaining: 6, resetsAt } },
    resetsAt + 1000,
  ],
  ['the same for commands', 'command', { quota: { limit: 30, remaining: 2, resetsAt } }, go],
])('%s', (_why, priority, given, want) => expect(waitUntil(priority, given, now)).toBe(want))
