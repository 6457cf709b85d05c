// What started.json and finished.json say.
import { describe, expect, test } from 'vitest'
import type { JobSpec } from '../api/pod-utilities.ts'
import { refsText } from './refs.ts'
import { finishedOf, mainRefs, revisionOf, startedOf } from './results.ts'

const refs = { org: 'o', repo: 'r', base_ref: 'main', base_sha: 'b1', pulls: [{ number: 7, author: 'al', sha: 'p1' }] }
const presubmit: JobSpec = { type: 'presubmit', job: 'pull-foo', buildid: '42', refs }

test.each([
  [{ org: 'o', repo: 'r', base_ref: 'main' }, 'main'],
  [refs, 'main:b1,7:p1'],
  [
    { ...refs, pulls: [{ number: 1, author: 'a', sha: 'qwe', ref: 'refs/changes/00/1/1' }] },
    'main:b1,1:qwe:refs/changes/00/1/1',
  ],
  [{ org: 'o', repo: 'r', base_ref: 'foo', pulls: [{ number: 1, author: 'a', sha: '' }] }, 'foo,1:'],
])('%j is written %s', (refs, text) => expect(refsText(refs)).toBe(text))

describe('the revision', () => {
  const branch = { org: 'o', repo: 'r', base_ref: 'main' }
  const other = { org: 'o', repo: 'x', base_ref: 'dev', base_sha: 'd1' }
  test.each<[why: string, spec: Pick<JobSpec, 'refs' | 'extra_refs'>, want: string]>([
    ['of a pull request is its head', { refs }, 'p1'],
    ['of a commit is the commit', { refs: { ...refs, pulls: [] } }, 'b1'],
    ['of a branch is the branch', { refs: branch }, 'main'],
    ['of a periodic is that of its first extra refs', { extra_refs: [other, branch] }, 'd1'],
    ['is never that of auxiliary refs', { extra_refs: [{ ...other, auxiliary: true }, branch] }, 'main'],
    ['of nothing is empty', {}, ''],
  ])('%s', (_why, spec, want) => expect(revisionOf(spec)).toBe(want))

  test('is what was checked out, if a record with the very same refs tells', () => {
    const record = { refs: { ...refs, skip_submodules: false }, commands: [], final_sha: 'merge' }
    expect(revisionOf(presubmit, [record])).toBe('merge')
    expect(revisionOf(presubmit, [{ ...record, final_sha: '' }])).toBe('p1')
    expect(revisionOf(presubmit, [{ ...record, refs: { ...refs, clone_depth: 1 } }])).toBe('p1')
  })
})

test('started.json of a presubmit, byte by byte', () => {
  const records = [{ refs, commands: [], final_sha: 'f1' }]
  expect(JSON.stringify(startedOf(presubmit, { timestamp: 1700000000, records }))).toBe(
    '{"timestamp":1700000000,"pull":"7","repos":{"o/r":"main:b1,7:p1"},"repo-commit":"f1","repo-version":"f1"}',
  )
  expect(JSON.stringify(startedOf({}, { timestamp: 1 }))).toBe('{"timestamp":1}')
})

test('finished.json, byte by byte', () => {
  expect(JSON.stringify(finishedOf({ timestamp: 1700000360, passed: true, result: 'SUCCESS', revision: 'p1' }))).toBe(
    '{"timestamp":1700000360,"passed":true,"result":"SUCCESS","revision":"p1"}',
  )
  expect(JSON.stringify(finishedOf({ timestamp: 1, passed: false, result: 'failure', metadata: { a: 1 } }))).toBe(
    '{"timestamp":1,"passed":false,"metadata":{"a":1},"result":"failure"}',
  )
})

test('refs go before extra refs', () => {
  expect(mainRefs({ refs, extra_refs: [{ org: 'x', repo: 'y' }] })).toBe(refs)
})
