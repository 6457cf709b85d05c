// Branch lists, one row per rule.
import { expect, test } from 'vitest'
import { allowsBranch, type Branches, branchesIntersect } from './branches.ts'

test.each<[why: string, job: Branches, branch: string, allowed: boolean]>([
  ['no lists', {}, 'x', true],
  ['empty lists', { branches: [], skip_branches: [] }, 'x', true],
  ['patterns search anywhere', { branches: ['lease'] }, 'release-1', true],
  ['no pattern matches', { branches: ['^main$', 'dev'] }, 'x', false],
  ['skipped', { skip_branches: ['^x$'] }, 'x', false],
  ['not skipped', { skip_branches: ['^x$'] }, 'xy', true],
  ['skipping goes first', { branches: ['s', 'r'], skip_branches: ['s'] }, 's', false],
  ['and leaves the rest', { branches: ['s', 'r'], skip_branches: ['s'] }, 'r', true],
  ['a flag holds for later entries', { branches: ['(?i)foo', 'bar'] }, 'BAR', true],
])('%s', (_why, job, branch, allowed) => expect(allowsBranch(job, branch)).toBe(allowed))

test.each<[why: string, a: Branches, b: Branches, intersect: boolean]>([
  ['one is for all', {}, { branches: ['a'] }, true],
  ['different branches', { branches: ['master'] }, { branches: ['other'] }, false],
  ['a common text', { branches: ['a', 'b'] }, { branches: ['b'] }, true],
  [
    'all are skipped',
    { skip_branches: ['release-\\d+\\.\\d+'] },
    { branches: ['release-1.14', 'release-1.13'] },
    false,
  ],
  ['one is not', { skip_branches: ['release-\\d+\\.\\d+'] }, { branches: ['release-1.14', 'master'] }, true],
  ['both only skip', { skip_branches: ['a'] }, { skip_branches: ['b'] }, true],
])('%s', (_why, a, b, intersect) => {
  expect(branchesIntersect(a, b)).toBe(intersect)
  expect(branchesIntersect(b, a)).toBe(intersect)
})
