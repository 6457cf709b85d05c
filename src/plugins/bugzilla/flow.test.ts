// What an event asks for: one row per rule.
import { expect, test } from 'vitest'
import { bugIn, flowOf, withBug } from './flow.ts'

test.each<[title: string, bug: number | undefined]>([
  ['Bug 12: y', 12],
  ['bUG \t12: y', 12],
  ['Revert: "Bug 12: y"', 12],
  ['[release-1.0] Bug 12: Bug 13: y', 12],
  ['fooBug 12: y', 12],
  ['Bug 12 : x', undefined],
  ['Bug12: x', undefined],
  ['Bug #12: x', undefined],
  [`Bug ${'9'.repeat(16)}: x`, undefined],
  ['', undefined],
])('%j names %s', (title, bug) => expect(bugIn(title)).toBe(bug))

test.each([
  ['[release-1.0] bug  12: leak of 12', '[release-1.0] bug  34: leak of 12'],
  ['leak', 'Bug 34: leak'],
])('%j with another bug', (title, want) => expect(withBug(title, 34)).toBe(want))

const picked = 'This is an automated cherry-pick of #7'

test.each<[why: string, event: object, pr: object, options: object, want: object]>([
  ['a new one with a bug', { action: 'opened' }, {}, {}, { do: 'validate' }],
  ['one that is open again', { action: 'reopened' }, {}, {}, { do: 'validate' }],
  ['a push', { action: 'synchronize' }, {}, {}, { do: 'nothing' }],
  ['without a bug', { action: 'opened' }, { title: 'x' }, {}, { do: 'nothing' }],
  [
    'without a bug that it needs',
    { action: 'opened' },
    { title: 'x' },
    { validate_by_default: true },
    { do: 'validate' },
  ],
  ['merged', { action: 'closed' }, { merged: true }, {}, { do: 'merged' }],
  ['merged without a bug', { action: 'closed' }, { merged: true, title: 'x' }, {}, { do: 'nothing' }],
  ['closed', { action: 'closed' }, {}, {}, { do: 'closed' }],
  ['closed pick', { action: 'closed' }, { body: picked }, { enable_backporting: true }, { do: 'closed' }],
  ['a new pick', { action: 'opened' }, { body: picked }, { enable_backporting: true }, { do: 'pick', original: 7 }],
  [
    'an edited pick',
    { action: 'edited', title: 'x' },
    { body: picked },
    { enable_backporting: true },
    { do: 'validate' },
  ],
  ['a pick where picks get no bugs', { action: 'opened' }, { body: picked }, {}, { do: 'validate' }],
  ['another description', { action: 'edited' }, {}, { validate_by_default: true }, { do: 'nothing' }],
  ['another base', { action: 'edited', baseRef: 'dev' }, {}, {}, { do: 'validate' }],
  ['the first bug', { action: 'edited', title: 'x' }, {}, {}, { do: 'validate' }],
  ['the same bug', { action: 'edited', title: 'Bug 1: old' }, {}, {}, { do: 'nothing' }],
  ['another bug', { action: 'edited', title: 'Bug 2: y' }, {}, {}, { do: 'validate' }],
  ['no bug any more', { action: 'edited', title: 'Bug 1: y' }, { title: 'y' }, {}, { do: 'validate' }],
  ['no bug before and after', { action: 'edited', title: 'x' }, { title: 'y' }, {}, { do: 'nothing' }],
  ['another bug after the merge', { action: 'edited', title: 'x' }, { merged: true }, {}, { do: 'merged' }],
])('%s', (_why, { action, ...changes }: { action?: string }, pr, options, want) => {
  const event = { action: action ?? '', changes, pr: { title: 'Bug 1: y', body: '', merged: false, ...pr } }
  expect(flowOf(event, options)).toEqual(want)
})
