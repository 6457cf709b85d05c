// The review that tells of broken OWNERS files: where its comments stand, and what is not said twice.
import { expect, test } from 'vitest'
import type { ChangedFile } from '../../api/code-host.ts'
import { positionOf, reviewOf } from './review.ts'

const added = (lines: number) =>
  ['@@ -0,0 +1,9 @@', ...Array.from({ length: lines }, (_, index) => `+line ${index + 1}`)].join('\n')

test.each<[why: string, line: number, patch: string, position: number]>([
  ['a line of a new file', 7, added(9), 7],
  ['a line that the patch does not add', 70, added(9), 1],
  ['a line that was there before', 1, '@@ -1,2 +1,3 @@\n a\n+b\n c', 1],
  ['an added line below others', 2, '@@ -1,2 +1,3 @@\n a\n+b\n c', 2],
  ['a replaced line', 2, '@@ -1,2 +1,2 @@\n a\n-b\n+c', 3],
  ['a line of the second hunk', 21, '@@ -1,1 +1,1 @@\n-a\n+b\n@@ -20,1 +20,2 @@ x:\n c\n+d', 5],
  ['a file without a last line end', 1, '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b', 3],
  ['an added line that looks like the head of a hunk', 2, '@@ -0,0 +1,2 @@\n+@@ -1 +9 @@\n+b', 2],
  ['an empty patch', 1, '', 1],
])('%s', (_why, line, patch, position) => {
  expect(positionOf(line, patch)).toBe(position)
})

const file = (filename: string, patch?: string): ChangedFile => ({
  ...{ filename, status: 'modified', additions: 1, deletions: 1, blob_url: '' },
  ...(patch !== undefined && { patch }),
})
const files = [file('OWNERS', added(9)), file('a/OWNERS', added(2)), file('big/OWNERS')]
const noApprovers = { file: 'OWNERS', line: 1, message: 'No approvers defined in this root directory OWNERS file.' }
const broken = { file: 'a/OWNERS', line: 2, message: 'Cannot parse file: `x` is @nobody\n/lgtm.' }
const big = { file: 'big/OWNERS', line: 1, message: 'File contains banned labels: [approved lgtm].' }
const nothing = { comments: [], reviews: [] }

test('one comment for each file, at its line; what a parser says is shown as code', () => {
  expect(reviewOf([noApprovers, broken], files, 'OWNERS', nothing)).toEqual({
    message: '2 invalid OWNERS files',
    comments: [
      { path: 'OWNERS', position: 1, body: noApprovers.message },
      { path: 'a/OWNERS', position: 2, body: 'Cannot parse file: `` `x` is @nobody /lgtm. ``' },
    ],
  })
})

test('of a file without a patch the message tells', () => {
  expect(reviewOf([big], files, 'PEOPLE', nothing)).toEqual({
    message: '1 invalid PEOPLE file\n\n* `big/OWNERS`: File contains banned labels: [approved lgtm].',
    comments: [],
  })
})

test('what was said and is still there is not said again', () => {
  const said = [{ path: 'OWNERS', body: noApprovers.message, position: 1 }]
  const reviews = ['1 invalid\n\n* `big/OWNERS`: File contains banned labels: [approved lgtm].\n']
  expect(reviewOf([noApprovers, big], files, 'OWNERS', { comments: said, reviews })).toBeUndefined()
  expect(reviewOf([noApprovers, broken], files, 'OWNERS', { comments: said, reviews: [] })?.comments).toHaveLength(1)
  for (const other of [
    { path: 'OWNERS', body: noApprovers.message },
    { path: 'OWNERS', body: 'another', position: 1 },
    { path: 'a/OWNERS', body: noApprovers.message, position: 1 },
  ])
    expect(reviewOf([noApprovers], files, 'OWNERS', { comments: [other], reviews: [] })?.comments).toHaveLength(1)
})

test('of very many files the first are told, and all are counted', () => {
  const names = Array.from({ length: 3000 }, (_, index) => `${'d/'.repeat(1000)}${index}/OWNERS`)
  const invalid = names.map((name) => ({ ...big, file: name, message: `Cannot parse file: ${'x'.repeat(100_000)}` }))
  const review = reviewOf(
    invalid,
    [...names.slice(1).map((name) => file(name)), file(names[0] ?? '', added(1))],
    'OWNERS',
    nothing,
  )
  expect(review?.message).toMatch(/^3000 invalid OWNERS files\n\n/)
  expect(review?.message.length).toBeLessThan(25_000)
  expect(review?.comments[0]?.body.length).toBeLessThan(1100)
})
