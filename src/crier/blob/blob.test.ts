// What crier writes into the bucket, and what it leaves alone.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type JobState, type ProwJob, prowJobs } from '../../api/prowjob.ts'
import type { Config } from '../../config/types.ts'
import { openStorage } from '../../storage/open.ts'
import { type Storage, StorageError } from '../../storage/storage.ts'
import { testClock } from '../../testing/clock.ts'
import { snapshot } from '../../testing/config.ts'
import { type MemoryKube, memoryKube } from '../../testing/memory-kube.ts'
import { folderOf } from '../destination.ts'
import { blobReporter } from './blob.ts'

let folder = ''
let kube: MemoryKube
const storage = openStorage()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crier-'))
  kube = memoryKube({ clock: testClock() })
})
afterEach(() => rm(folder, { recursive: true }))

const refs = { org: 'o', repo: 'r', base_ref: 'main', base_sha: 'b1', pulls: [{ number: 7, author: 'al', sha: 'p1' }] }
function job(state: JobState, more: Partial<ProwJob['spec']> = {}): ProwJob {
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name: 'u1', namespace: 'prow' },
    spec: {
      type: 'presubmit',
      job: 'pull-foo',
      refs,
      pod_spec: { containers: [{ name: 'test' }] },
      decoration_config: { gcs_configuration: { bucket: `file://${folder}`, path_strategy: 'explicit' } },
      ...more,
    },
    status: {
      state,
      build_id: '42',
      startTime: '2023-11-14T22:13:20Z',
      ...(state === 'pending' ? {} : { completionTime: '2023-11-14T22:19:20Z' }),
    },
  }
}
const reporter = () =>
  blobReporter({ kube, storage, config: () => snapshot().config, log: pino({ enabled: false }), workers: 1 })
async function report(one: ProwJob) {
  await kube.delete(prowJobs, { namespace: 'prow', name: 'u1' })
  await kube.create(prowJobs, one)
  return reporter().report(one, new AbortController().signal)
}
const base = () => join(folder, 'pr-logs/pull/o_r/7/pull-foo/42')
const text = (name: string) => readFile(join(base(), name), 'utf8')
const read = async (name: string) => JSON.parse(await text(name))
const put = (name: string, value: unknown) =>
  storage.write(`file://${base()}/${name}`, typeof value === 'string' ? value : JSON.stringify(value))

test('a running job: it is there, and has started', async () => {
  expect((await report(job('pending'))).mark).toHaveLength(1)
  expect(await text('started.json')).toBe(
    '{\n\t"timestamp": 1700000000,\n\t"pull": "7",\n\t"repos": {\n\t\t"o/r": "main:b1,7:p1"\n\t},\n\t"repo-commit": "p1",\n\t"metadata": {\n\t\t"uploader": "crier"\n\t},\n\t"repo-version": "p1"\n}',
  )
  expect(await text('prowjob.json')).toMatch(
    /^\{\n\t"kind": "ProwJob",\n\t"apiVersion": "prow.k8s.io\/v1",\n\t"metadata"/,
  )
  expect((await read('prowjob.json')).spec.pod_spec.containers).toHaveLength(1)
  await expect(text('finished.json')).rejects.toThrow('ENOENT')
})

test('prowjob.json is always the newest', async () => {
  await report(job('pending'))
  expect((await read('prowjob.json')).status.state).toBe('pending')
  await report(job('success'))
  expect((await read('prowjob.json')).status.state).toBe('success')
})

test('a job that has ended, and whose Pod did not say so', async () => {
  await report(job('error'))
  expect(await read('finished.json')).toEqual({
    timestamp: 1700000360,
    passed: false,
    metadata: { uploader: 'crier' },
    result: 'error',
  })
  expect((await read('prowjob.json')).status.state).toBe('error')
})

describe('what the Pod wrote stays', () => {
  test('finished.json', async () => {
    await put('finished.json', { passed: true })
    await report(job('failure'))
    expect(await read('finished.json')).toEqual({ passed: true })
  })

  test.each([
    ['started.json without a word of crier', { timestamp: 1 }],
    ['started.json of others', { timestamp: 1, metadata: { uploader: 'somebody' } }],
    ['unreadable started.json', '{'],
  ])('%s', async (_what, value) => {
    await put('started.json', value)
    await report(job('pending'))
    expect(await text('started.json')).toBe(typeof value === 'string' ? value : JSON.stringify(value))
  })

  test("crier's own started.json learns the merge commit, once", async () => {
    await report(job('pending'))
    await put('clone-records.json', [{ refs, commands: [], final_sha: 'f1' }])
    await report(job('success'))
    expect(await read('started.json')).toMatchObject({ 'repo-commit': 'f1', 'repo-version': 'f1' })
    await put('clone-records.json', [{ refs, commands: [], final_sha: 'f2' }])
    await report(job('success'))
    expect(await read('started.json')).toMatchObject({ 'repo-commit': 'f1' })
  })
})

test('a periodic has no started.json of crier', async () => {
  const { refs: _, ...spec } = job('success').spec
  const periodic: ProwJob = { ...job('success'), spec: { ...spec, type: 'periodic', job: 'ci' } }
  await report(periodic)
  expect(await readFile(join(folder, 'logs/ci/42/finished.json'), 'utf8')).toContain('"passed": true')
  await expect(readFile(join(folder, 'logs/ci/42/started.json'))).rejects.toThrow('ENOENT')
})

test('one file that cannot be written does not keep the others from it', async () => {
  await put('finished.json/in-the-way', '')
  await report(job('success')).catch(() => {})
  expect((await read('prowjob.json')).status.state).toBe('success')
  const broken = { ...storage, write: async (url: string) => Promise.reject(new Error(`no ${url.split('/').at(-1)}`)) }
  const failing = blobReporter({
    kube,
    storage: broken,
    config: () => snapshot().config,
    log: pino({ enabled: false }),
    workers: 1,
  })
  await expect(failing.report(job('pending'), new AbortController().signal)).rejects.toThrow('no prowjob.json')
})

test.each(['read', 'write'] as const)(
  'a bucket that fails to %s is an error, not an absent or present file',
  async (what) => {
    const failing: Storage = {
      ...storage,
      [what]: async (url: string) => Promise.reject(new StorageError('failed', url, `cannot ${what}`)),
    }
    const log = pino({ enabled: false })
    const reporting = blobReporter({ kube, storage: failing, config: () => snapshot().config, log, workers: 1 })
    await kube.create(prowJobs, job('success'))
    await expect(reporting.report(job('success'), new AbortController().signal)).rejects.toThrow(`cannot ${what}`)
  },
)

test('only jobs with a build id are reported', () => {
  const { build_id: _, ...status } = job('triggered').status
  expect(reporter().shouldReport({ ...job('triggered'), status }, snapshot().config)).toBe(false)
  expect(reporter().shouldReport(job('pending'), snapshot().config)).toBe(true)
})

describe('the place', () => {
  const gcs = (bucket: string, more: object = {}) => ({
    config: { gcs_configuration: { bucket, path_strategy: 'explicit', ...more } },
  })
  const { decoration_config: _, ...bare } = job('success').spec
  const plain: ProwJob = { ...job('success'), spec: bare }
  const withEntries = (...entries: Config['plank']['default_decoration_config_entries'][number][]): Config => {
    const { config } = snapshot()
    return { ...config, plank: { ...config.plank, default_decoration_config_entries: entries } }
  }

  test('is that of the job', () => {
    expect(folderOf(job('success'), withEntries(gcs('other')))).toBe(`file://${base()}`)
  })
  test('is else guessed, later entries over earlier ones', () => {
    const config = withEntries(
      gcs('none'),
      { repo: '*', cluster: '*', ...gcs('all', { path_prefix: 'p' }) },
      { repo: 'o', ...gcs('org') },
      { repo: 'o/r', cluster: 'trusted', ...gcs('no') },
      { repo: 'x/r', ...gcs('no') },
    )
    expect(folderOf(plain, config)).toBe('gs://org/p/pr-logs/pull/o_r/7/pull-foo/42')
  })
  test('keeps what a bucket setting has behind the bucket', () => {
    expect(folderOf(plain, withEntries(gcs('s3://b/x')))).toBe('s3://b/x/pr-logs/pull/o_r/7/pull-foo/42')
  })
  test('is nowhere without a bucket, which counts as reported', async () => {
    expect(folderOf(plain, withEntries())).toBeUndefined()
    expect((await report(plain)).mark).toHaveLength(1)
  })
})
