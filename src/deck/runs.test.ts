// Addresses of runs, and which of them may be read.
import { describe, expect, test } from 'vitest'
import { parseRange } from './range.ts'
import { folderOf, isInside, parseRun, runOf, runPath } from './runs.ts'
import { job } from './testing/jobs.ts'

describe('what stands after /view/', () => {
  test.each([
    ['gs/b/logs/j/12', 'gs://b/logs/j/12'],
    ['gcs/b/logs/j/12/', 'gs://b/logs/j/12'],
    ['s3/b/pr-logs/pull/o_r/1/j/12', 's3://b/pr-logs/pull/o_r/1/j/12'],
    ['file/var/prow/logs/j/12', 'file:///var/prow/logs/j/12'],
  ])('%s is %s', (path, url) => expect(parseRun(path)).toEqual({ kind: 'folder', url, job: 'j', build: '12' }))

  test('prowjob/j/12 is a job to be found', () => {
    expect(parseRun('prowjob/j/12')).toEqual({ kind: 'prowjob', job: 'j', build: '12' })
  })

  test.each([
    '',
    'gs',
    'gs/b',
    'prowjob/j',
    'http/b/logs/j/1',
    'gs/b/../../etc/1',
    'file//etc/1',
    'gs/b/./1',
    'gs/b\\c/1',
    'gs/b/a\0b/1',
  ])('%j is refused', (path) => expect(parseRun(path)).toHaveProperty('refuse'))

  test.each(['gs://b/logs/j/12', 'file:///var/prow/logs/j/12', 'gs://b/logs/j/12/a b?#%.txt'])('%s and back', (url) => {
    const back = parseRun(decodeURIComponent(runPath(url)))
    expect(back).toMatchObject({ url })
  })
})

test.each([
  ['gs://b/logs/j/1', true],
  ['s3://b/logs/j/1', false],
  ['gs://bb/logs/j/1', false],
  ['gs://b', false],
  ['file:///data/prow/logs/j/1', true],
  ['file:///data/prowler/logs/j/1', false],
  ['file:///data/prow/../../etc/passwd', false],
  ['file:///etc/passwd', false],
])('%s may be read: %s', (url, may) => expect(isInside(url, new Set(['gs://b', 'file:///data/prow']))).toBe(may))

test.each([
  ['gs://b/logs/j/12', 'gs://b/logs/j/12'],
  ['gs://b/logs/j/12/artifacts/x/1', 'gs://b/logs/j/12'],
  ['gs://b/pre/fix/pr-logs/pull/o_r/7/j/12/build-log.txt', 'gs://b/pre/fix/pr-logs/pull/o_r/7/j/12'],
  ['gs://b/pr-logs/pull/7/j/12/build-log.txt', 'gs://b/pr-logs/pull/7/j/12'],
  ['gs://b/pr-logs/pull/batch/j/12/build-log.txt', 'gs://b/pr-logs/pull/batch/j/12'],
  ['gs://b/secrets/key.json', undefined],
  ['gs://b/logs/j/latest-build.txt', undefined],
])('%s belongs to %s', (url, run) => expect(runOf(url)).toBe(run))

describe('the folder of a job', () => {
  const decoration_config = { gcs_configuration: { bucket: 'file:///data', path_strategy: 'explicit' } }
  test('is where the pod utilities upload to', () => {
    expect(folderOf(job({ name: 'j', spec: { decoration_config } }))).toBe(
      'file:///data/pr-logs/pull/sample_app/7/pull-app-test/1948764332938473472',
    )
  })
  test('is none before there is a build id, without decoration, or without the pull request of a presubmit', () => {
    expect(folderOf(job({ name: 'j', spec: { decoration_config }, status: { build_id: '' } }))).toBeUndefined()
    expect(folderOf(job({ name: 'j' }))).toBeUndefined()
    expect(folderOf(job({ name: 'j', spec: { decoration_config, refs: { org: 'o', repo: 'r' } } }))).toBeUndefined()
  })
})

test.each([
  [undefined, 10, { kind: 'all' }],
  ['bytes=0-3', 10, { kind: 'part', start: 0, end: 4 }],
  ['bytes=4-', 10, { kind: 'part', start: 4, end: 10 }],
  ['bytes=-3', 10, { kind: 'part', start: 7, end: 10 }],
  ['bytes=-30', 10, { kind: 'part', start: 0, end: 10 }],
  ['bytes=5-99', 10, { kind: 'part', start: 5, end: 10 }],
  ['bytes=10-', 10, { kind: 'unsatisfiable' }],
  ['bytes=-0', 10, { kind: 'unsatisfiable' }],
  ['bytes=0-', 0, { kind: 'unsatisfiable' }],
  ['bytes=3-1', 10, { kind: 'all' }],
  ['bytes=0-1,3-4', 10, { kind: 'all' }],
  ['lines=0-1', 10, { kind: 'all' }],
])('Range %s of %d bytes', (header, size, range) => expect(parseRange(header, size)).toEqual(range))
