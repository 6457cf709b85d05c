// initupload and gcsupload into a bucket in a folder.
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gcsupload } from './gcsupload.ts'
import { initupload } from './initupload.ts'
import { type TestWorld, testWorld } from './testing/world.ts'

let world: TestWorld
const refs = { org: 'o', repo: 'r', base_ref: 'main', base_sha: 'b1', pulls: [{ number: 7, author: 'al', sha: 'p1' }] }
beforeEach(() => {
  world = testWorld(1_700_000_000_123)
  world.env.JOB_SPEC = JSON.stringify({ type: 'presubmit', job: 'pull-foo', buildid: '42', prowjobid: 'u1', refs })
})
afterEach(() => world.remove())
const options = (more: object = {}) =>
  JSON.stringify({ bucket: `file://${world.path('bucket')}`, path_strategy: 'explicit', dry_run: false, ...more })
const job = 'bucket/pr-logs/pull/o_r/7/pull-foo/42'

test('a run is announced', async () => {
  world.env.INITUPLOAD_OPTIONS = options()
  expect(await initupload(world, [])).toBe(0)
  expect(readdirSync(world.path(job))).toEqual(['started.json'])
  expect(world.text(job, 'started.json')).toBe(
    '{"timestamp":1700000000,"pull":"7","repos":{"o/r":"main:b1,7:p1"},"repo-commit":"p1","repo-version":"p1"}',
  )
  expect(world.text('bucket/pr-logs/directory/pull-foo/42.txt')).toBe(`file://${world.path(job)}`)
  expect(world.text('bucket/pr-logs/directory/pull-foo/latest-build.txt')).toBe('42')
  expect(world.text('bucket/pr-logs/pull/o_r/7/pull-foo/latest-build.txt')).toBe('42')
})

test('with how the code was cloned', async () => {
  const records = [
    { refs: { org: '', repo: '' }, commands: null },
    { refs, commands: [], final_sha: 'f1' },
  ]
  writeFileSync(world.path('clone.json'), JSON.stringify(records))
  world.env.INITUPLOAD_OPTIONS = options({ log: world.path('clone.json') })
  expect(await initupload(world, [])).toBe(0)
  expect(readdirSync(world.path(job))).toEqual(['clone-log.txt', 'clone-records.json', 'started.json'])
  expect(world.text(job, 'clone-log.txt')).toContain('# Cloning o/r at main(b1)')
  expect(world.text(job, 'clone-records.json')).toBe(JSON.stringify(records))
  expect(JSON.parse(world.text(job, 'started.json'))['repo-commit']).toBe('f1')
})

test('and ended when it was not', async () => {
  writeFileSync(world.path('clone.json'), JSON.stringify([{ refs, commands: [], failed: true }]))
  world.env.INITUPLOAD_OPTIONS = options({ log: world.path('clone.json') })
  expect(await initupload(world, [])).toBe(1)
  expect(world.text(job, 'build-log.txt')).toContain('# FAILED')
  expect(world.text(job, 'finished.json')).toBe('{"timestamp":1700000000,"passed":false,"result":"FAILURE"}')
})

test.each([
  ['missing', undefined],
  ['broken', '{'],
  ['odd', '{}'],
])('%s clone records upload nothing', async (_what, text) => {
  if (text !== undefined) writeFileSync(world.path('clone.json'), text)
  world.env.INITUPLOAD_OPTIONS = options({ log: world.path('clone.json') })
  expect(await initupload(world, [])).toBe(1)
  expect(existsSync(world.path('bucket'))).toBe(false)
})

test.each([
  [undefined, '$JOB_SPEC unset'],
  ['{', 'malformed $JOB_SPEC'],
])('JOB_SPEC %j is fatal', async (spec, why) => {
  world.env.JOB_SPEC = spec
  world.env.INITUPLOAD_OPTIONS = options()
  expect(await initupload(world, [])).toBe(1)
  expect(world.printed.stderr).toContain(why)
  expect(existsSync(world.path('bucket'))).toBe(false)
})

test('a bucket that cannot be used is fatal before anything is uploaded', async () => {
  world.env.INITUPLOAD_OPTIONS = options({ bucket: '://bucket' })
  expect(await initupload(world, [])).toBe(1)
  expect(world.printed.stderr).toContain('invalid bucket')
})

test('gcsupload puts files there by hand, and only says so unless told otherwise', async () => {
  writeFileSync(world.path('a.txt'), 'a')
  const flags = [`--gcs-path=file://${world.path('bucket')}`, '--sub-dir=extra']
  expect(await gcsupload(world, [...flags, world.path('a.txt')])).toBe(0)
  expect(world.messages()).toContain('Would upload')
  expect(existsSync(world.path('bucket'))).toBe(false)
  world.env.GCSUPLOAD_OPTIONS = options({ sub_dir: 'extra', items: [world.path('a.txt')] })
  expect(await gcsupload(world, ['--ignored'])).toBe(0)
  expect(world.text(job, 'extra/a.txt')).toBe('a')
})
