// Filters: what each of them lets through, and that an address says the same to everybody.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  choices,
  countStates,
  filterRows,
  isFiltering,
  noFilters,
  readFilters,
  states,
  types,
  writeFilters,
} from './filters.ts'
import { row } from './testing/rows.ts'

const rows = [
  row({ name: 'a' }),
  row({ name: 'b', job: 'pull-web-e2e', repo: 'web', state: 'failure', cluster: 'arm' }),
  row({
    name: 'c',
    job: 'ci-nightly',
    type: 'periodic',
    org: '',
    repo: '',
    pulls: [],
    state: 'pending',
    reason: 'Waiting for a node',
  }),
  row({
    name: 'd',
    type: 'batch',
    pulls: [
      { number: 71, author: 'Bob', title: 'Fix it', link: '', sha: 'x' },
      { number: 8, author: 'carol', title: 'Other', link: '', sha: 'y' },
    ],
  }),
]

describe('shown with', () => {
  test.each([
    ['', 'abcd'],
    ['?q=e2e', 'b'],
    ['?q=sample/app', 'ad'],
    ['?q=PULL-APP%20bob', 'd'],
    ['?q=node', 'c'],
    ['?q=%20%20', 'abcd'],
    ['?state=failure', 'b'],
    ['?state=failure,pending', 'bc'],
    ['?state=failure&state=pending', 'bc'],
    ['?state=nonsense', 'abcd'],
    ['?type=batch', 'd'],
    ['?repo=web', 'b'],
    ['?repo=Sample/App', 'ad'],
    ['?job=pull-*', 'abd'],
    ['?job=*-e2e', 'b'],
    ['?job=app', 'ad'],
    ['?job=a.p', ''],
    ['?job=pull-.*', ''],
    ['?author=bob', 'd'],
    ['?author=@carol', 'd'],
    ['?pull=7', 'ab'],
    ['?pull=%238', 'd'],
    ['?cluster=arm', 'b'],
    ['?state=failure&repo=app', ''],
  ])('%s: %s', (search, names) => {
    expect(
      filterRows(rows, readFilters(search))
        .map(({ name }) => name)
        .join(''),
    ).toBe(names)
  })
})

test('the order of the list stays, and without filters it is the very list', () => {
  expect(filterRows(rows, noFilters)).toBe(rows)
})

test('an address and back is the same choice', () => {
  const text = fc.string().map((value) => value.replace(/^[#\s]+/, '').trim())
  const filters = fc.record({
    q: fc.string(),
    state: fc.subarray([...states]),
    type: fc.subarray([...types]),
    repo: text,
    job: text,
    author: text,
    pull: text,
    cluster: text,
  })
  fc.assert(
    fc.property(filters, (given) => {
      expect(readFilters(writeFilters(given))).toEqual(given)
    }),
  )
})

test('an address without a choice is short; one with a choice can be read', () => {
  expect(writeFilters(noFilters)).toBe('')
  expect(isFiltering(noFilters)).toBe(false)
  expect(writeFilters({ ...noFilters, repo: 'o/r', state: ['failure', 'error'] })).toBe('?repo=o/r&state=failure,error')
})

test('numbers beside states count what choosing them would show', () => {
  const filters = readFilters('?repo=app&state=failure')
  expect(countStates(filterRows(rows, filters, 'state'))).toEqual(new Map([['success', 2]]))
})

test('what is offered: what occurs, the most frequent first', () => {
  expect(choices(rows)).toEqual({
    repos: ['sample/app', 'sample/web'],
    jobs: ['pull-app-test', 'pull-web-e2e', 'ci-nightly'],
    authors: ['alice', 'Bob', 'carol'],
  })
})
