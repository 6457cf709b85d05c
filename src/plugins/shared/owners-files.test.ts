// Which files of a change are about owners: one row per rule.
import { expect, test } from 'vitest'
import { isAboutOwners } from './owners-files.ts'

test.each([
  ['OWNERS', 'modified', true],
  ['a/b/OWNERS', 'added', true],
  ['OWNERS', 'removed', false],
  ['OWNERS_ALIASES', 'removed', true],
  ['a/OWNERS_ALIASES', 'modified', false],
  ['a/MY_OWNERS', 'modified', false],
  ['OWNERS/x', 'modified', false],
])('%s, %s, is about owners: %s', (filename, status, want) => {
  expect(isAboutOwners({ filename, status }, { owners: 'OWNERS', owners_aliases: 'OWNERS_ALIASES' })).toBe(want)
})

test('a name that is not set is that of no file', () => {
  expect(isAboutOwners({ filename: 'a/', status: 'added' }, { owners: 'X', owners_aliases: '' })).toBe(false)
})
