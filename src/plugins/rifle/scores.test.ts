// Who knows the changed lines: patches, blame and points.
import { expect, test } from 'vitest'
import type { ChangedFile } from '../../api/code-host.ts'
import { changedLines, sample, scoresOf, total } from './scores.ts'

test.each<[patch: string, lines: [start: number, end: number][]]>([
  ['@@ -10,5 +10,7 @@', [[10, 14]]],
  ['@@ -20,0 +21,3 @@', [[15, 20]]],
  ['@@ -2,0 +1,5 @@', [[1, 2]]],
  ['@@ -7 +7 @@ func main() {\n-a\n+b', [[7, 7]]],
  ['@@ -0,0 +1,2 @@\n+a\n+b', [[1, 0]]],
  [
    '@@ -1,2 +1,2 @@\n a\n-b\n+c\n@@ -40,3 +40 @@ x\n-d',
    [
      [1, 2],
      [40, 42],
    ],
  ],
  ['+@@ -1,2 +1,2 @@', []],
  ['', []],
])('%j changes the lines %j', (patch, lines) => {
  expect(changedLines(patch)).toEqual(lines.map(([start, end]) => ({ start, end })))
})

test('of a patch with very many hunks some are looked at', () => {
  expect(changedLines('@@ -1 +1 @@\n'.repeat(10_000))).toHaveLength(200)
})

const file = (filename: string, status = 'modified'): ChangedFile => ({
  filename,
  status,
  additions: 1,
  deletions: 1,
  blob_url: '',
})

test('up to twenty files are all looked at, apart from those removed', () => {
  const files = Array.from({ length: 20 }, (_, index) => file(`a/${index}`))
  expect(sample([...files, file('a/gone', 'removed')])).toEqual(files)
})

test('of more files each folder has its turn', () => {
  const files = [
    ...Array.from({ length: 30 }, (_, index) => file(`a/${index}`)),
    file('root'),
    file('b/c/1'),
    file('b/c/2'),
    file('b/1'),
  ]
  const names = sample(files).map(({ filename }) => filename)
  expect(names.slice(0, 7)).toEqual(['a/0', 'root', 'b/c/1', 'b/1', 'a/1', 'b/c/2', 'a/2'])
  expect(names).toHaveLength(20)
  expect(new Set(names).size).toBe(20)
})

const day = 86_400_000
const now = Date.parse('2030-06-01T00:00:00Z')
const ago = (days: number) => new Date(now - days * day).toISOString()

test('ten points for each line, and up to five for the newest change of them', () => {
  const blame = [
    { start: 1, end: 10, login: 'Amy', date: ago(9) },
    { start: 11, end: 12, date: ago(0) },
    { start: 13, end: 20, login: 'ben', date: ago(0) },
    { start: 21, end: 30, login: 'amy', date: ago(4) },
    { start: 31, end: 40, login: 'cleo', date: ago(1) },
  ]
  const scores = scoresOf(
    [
      { start: 8, end: 13 },
      { start: 21, end: 21 },
    ],
    blame,
    now,
  )
  expect(Object.fromEntries(scores)).toEqual({ amy: 4 * 10 + 5 / 5, ben: 10 + 5 })
})

test('what comes from the future is new, and what has no date old', () => {
  const blame = [
    { start: 1, end: 1, login: 'amy', date: ago(-9) },
    { start: 2, end: 2, login: 'ben', date: 'once' },
  ]
  const scores = scoresOf([{ start: 1, end: 2 }], blame, now)
  expect(scores.get('amy')).toBe(15)
  expect(scores.get('ben')).toBeCloseTo(10, 2)
})

test('points for all files come together, with some more for owners', () => {
  const scores = [
    new Map([
      ['amy', 10],
      ['ben', 5],
    ]),
    new Map([
      ['amy', 1],
      ['cleo', 2],
      ['dan', 3],
    ]),
  ]
  const sum = total(scores, new Set(['amy', 'zoe']), new Set(['amy', 'ben', 'cleo']))
  expect(Object.fromEntries(sum)).toEqual({ amy: 14, ben: 7, cleo: 4, dan: 3 })
})
