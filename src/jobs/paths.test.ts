// The bucket layout, one row per rule.
import { expect, test } from 'vitest'
import { aliasPath, bucketUrl, buildsRoot, jobPath, type Layout, latestBuildPaths, noPlace, type Run } from './paths.ts'

const refs = (org: string, repo: string) => ({ org, repo, pulls: [{ number: 7, author: 'al', sha: 'p1' }] })
const presubmit: Run = { type: 'presubmit', job: 'pull-foo', buildid: '42', refs: refs('o', 'r') }
const batch: Run = { ...presubmit, type: 'batch', job: 'b' }
const periodic: Run = { type: 'periodic', job: 'ci-foo', buildid: '42' }

test.each<[why: string, run: Run, layout: Layout, want: string]>([
  ['a periodic', periodic, {}, 'logs/ci-foo/42'],
  ['a postsubmit', { ...presubmit, type: 'postsubmit' }, {}, 'logs/pull-foo/42'],
  ['a batch', batch, {}, 'pr-logs/pull/batch/b/42'],
  ['a presubmit', presubmit, {}, 'pr-logs/pull/o_r/7/pull-foo/42'],
  ['without build id', { type: 'presubmit', job: 'j', refs: refs('o', 'r') }, {}, 'pr-logs/pull/o_r/7/j'],
  ['with a prefix', periodic, { path_prefix: 'a//b/' }, 'a/b/logs/ci-foo/42'],
  ['a leading slash survives', periodic, { path_prefix: '/a' }, '/a/logs/ci-foo/42'],
  [
    'Gerrit',
    { ...presubmit, refs: refs('https://host.example/', 'a/b') },
    {},
    'pr-logs/pull/host.example_a_b/7/pull-foo/42',
  ],
])('%s', (_why, run, layout, want) => expect(jobPath(run, layout)).toBe(want))

test.each<[strategy: string, org: string, repo: string, want: string]>([
  ['explicit', 'o', 'r', 'o_r'],
  ['explicit', 'o', 'other', 'o_other'],
  ['single', 'o', 'r', ''],
  ['single', 'o', 'other', 'o_other'],
  ['single', 'x', 'r', 'x_r'],
  ['legacy', 'o', 'r', ''],
  ['legacy', 'o', 'other', 'other'],
  ['legacy', 'x', 'r', 'x_r'],
])('%s strategy, %s/%s → %j', (path_strategy, org, repo, want) => {
  const layout = { path_strategy, default_org: 'o', default_repo: 'r' }
  const path = jobPath({ ...presubmit, refs: refs(org, repo) }, layout)
  expect(path).toBe(['pr-logs/pull', want, '7/pull-foo/42'].filter((part) => part !== '').join('/'))
})

test('only presubmits have an alias, and nobody prefixes it', () => {
  expect(aliasPath(presubmit)).toBe('pr-logs/directory/pull-foo/42.txt')
  expect([aliasPath(batch), aliasPath(periodic)]).toEqual([undefined, undefined])
})

test('the newest build is told beside the builds, for presubmits also beside those of the pull request', () => {
  const layout = { path_prefix: 'prefix' }
  expect(latestBuildPaths(periodic, layout)).toEqual(['logs/ci-foo/latest-build.txt'])
  expect(latestBuildPaths(batch, layout)).toEqual(['pr-logs/directory/b/latest-build.txt'])
  expect(latestBuildPaths(presubmit, layout)).toEqual([
    'pr-logs/directory/pull-foo/latest-build.txt',
    'pr-logs/pull/o_r/7/pull-foo/latest-build.txt',
  ])
  expect([periodic, batch, presubmit].map(buildsRoot)).toEqual([
    'logs/ci-foo',
    'pr-logs/directory/b',
    'pr-logs/directory/pull-foo',
  ])
})

test.each<[why: string, run: Run, layout: Layout, says: string]>([
  ['without pull request', { type: 'presubmit', job: 'j' }, {}, 'presubmit j has no pull request'],
  ['beside the bucket', { ...periodic, job: '../../etc' }, {}, 'job "../../etc" is no path'],
  ['in another job', { ...periodic, job: '../pr-logs/pull/o_r/7/pull-foo' }, {}, 'is no path'],
  ['in all jobs', { ...periodic, job: '..' }, {}, 'job ".." is no path'],
  ['of another build', { ...periodic, buildid: '../41' }, {}, 'build id "../41" is no path'],
  ['of another org', { ...presubmit, refs: refs('../../logs', 'r') }, {}, 'org "../../logs" is no path'],
  ['by prefix', periodic, { path_prefix: 'a/../..' }, 'path_prefix "a/../.." is no path'],
])('%s there is no place', (_why, run, layout, says) => {
  expect(noPlace(run, layout)).toContain(says)
  expect(() => jobPath(run, layout)).toThrow(says)
})

test.each([
  ['b', 'gs://b'],
  ['gs://b/', 'gs://b'],
  ['s3://b/x', 's3://b/x'],
  ['file:///var/b', 'file:///var/b'],
])('bucket %s is %s', (setting, url) => expect(bucketUrl(setting)).toBe(url))
