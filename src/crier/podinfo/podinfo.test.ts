// What is kept of a job's Pod, and how long the Pod is held for it.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { events, nodes, type Pod, pods } from '../../api/kubernetes.ts'
import { podReporterFinalizer } from '../../api/labels.ts'
import type { JobState, ProwJob } from '../../api/prowjob.ts'
import { type Kube, KubeError } from '../../kube/client.ts'
import { clustersOf } from '../../kube/clusters.ts'
import { openStorage } from '../../storage/open.ts'
import { testClock } from '../../testing/clock.ts'
import { snapshot } from '../../testing/config.ts'
import { type MemoryKube, memoryKube } from '../../testing/memory-kube.ts'
import { crc32c } from './crc32c.ts'
import { podReporter } from './podinfo.ts'

let folder = ''
let kube: MemoryKube
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podinfo-'))
  kube = memoryKube({ clock: testClock() })
})
afterEach(() => rm(folder, { recursive: true }))

const at = { namespace: 'test-pods', name: 'u1' }
function job(state: JobState, more: Partial<ProwJob['spec']> = {}, status: Partial<ProwJob['status']> = {}): ProwJob {
  const ended = ['success', 'failure', 'error'].includes(state)
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name: 'u1', namespace: 'prow' },
    spec: {
      type: 'periodic',
      agent: 'kubernetes',
      job: 'ci',
      decoration_config: { gcs_configuration: { bucket: `file://${folder}`, path_strategy: 'explicit' } },
      ...more,
    },
    status: {
      state,
      build_id: '42',
      pendingTime: '2026-01-01T00:00:00Z',
      ...(ended && { completionTime: '2026-01-01T00:10:00Z' }),
      ...status,
    },
  }
}
const reporter = (fraction = 1, build: (alias: string) => Kube | undefined = clustersOf(kube).build) =>
  podReporter({
    build,
    storage: openStorage(),
    config: () => snapshot().config,
    log: pino({ enabled: false }),
    workers: 1,
    fraction,
  })
const report = (one: ProwJob) => reporter().report(one, new AbortController().signal)
const pod = (metadata: Pod['metadata'] = {}, nodeName = 'n1') =>
  kube.create(pods, { metadata: { ...at, ...metadata }, spec: { nodeName, containers: [{ name: 'test' }] } })
const finalizers = () => kube.read(pods, at).metadata?.finalizers
const written = async () => JSON.parse(await readFile(join(folder, 'logs/ci/42/podinfo.json'), 'utf8'))

describe('while the job runs', () => {
  test('the Pod is held, once, and beside what others hold', async () => {
    await pod({ finalizers: ['other/one'] })
    expect((await report(job('pending'))).mark).toHaveLength(1)
    expect(finalizers()).toEqual(['other/one', podReporterFinalizer])
    const writes = kube.writes.length
    await report(job('pending'))
    expect(kube.writes).toHaveLength(writes)
  })

  test('a Pod that is not there yet is waited for', async () => {
    await expect(report(job('pending'))).rejects.toThrow('there is no pod test-pods/u1')
  })

  test('a Pod that is being deleted is let go', async () => {
    await pod({ finalizers: ['other/one'] })
    await kube.delete(pods, at)
    await report(job('pending'))
    expect(finalizers()).toEqual(['other/one'])
  })

  test('also when its deletion comes in between', async () => {
    await pod()
    kube.onRequest(({ verb }) => {
      if (verb === 'patch') {
        throw new KubeError(
          422,
          'Invalid',
          'Pod "u1" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers [...]',
        )
      }
    })
    expect((await report(job('pending'))).mark).toHaveLength(1)
  })

  test('a change by somebody else in between is not lost', async () => {
    await pod()
    let changed = false
    kube.onRequest(async ({ verb }) => {
      if (verb !== 'patch' || changed) return
      changed = true
      await kube.patch(pods, at, { merge: { metadata: { finalizers: ['other/one'] } } })
    })
    await expect(report(job('pending'))).rejects.toMatchObject({ code: 409 })
    await report(job('pending'))
    expect(finalizers()).toEqual(['other/one', podReporterFinalizer])
  })

  test('on a cluster of its own, it is held there', async () => {
    const trusted = memoryKube({ clock: testClock(), cluster: 'trusted' })
    await trusted.create(pods, { metadata: at, spec: { containers: [] } })
    const build = (alias: string) => (alias === 'trusted' ? trusted : undefined)
    await reporter(1, build).report(job('pending', { cluster: 'trusted' }), new AbortController().signal)
    expect(trusted.read(pods, at).metadata?.finalizers).toEqual([podReporterFinalizer])
    await trusted.delete(pods, at)
    await reporter(1, build).report(job('success', { cluster: 'trusted' }), new AbortController().signal)
    expect(trusted.all(pods)).toEqual([])
  })

  test('an unknown cluster is an error', async () => {
    await expect(report(job('pending', { cluster: 'x' }))).rejects.toThrow('no build cluster x')
  })
})

test('an aborted job is looked at again until it is complete', async () => {
  expect(await report(job('aborted'))).toEqual({ mark: [], requeueAfterMs: 10_000 })
})

describe('when the job has ended', () => {
  test('Pod, events and node are kept, and only our finalizer goes', async () => {
    await pod({ finalizers: ['other/one', podReporterFinalizer] })
    const { uid = '' } = kube.read(pods, at).metadata ?? {}
    const event = (name: string, about: object) =>
      kube.create(events, {
        metadata: { name, namespace: 'test-pods' },
        involvedObject: { kind: 'Pod', ...at, uid, ...about },
        reason: name,
      })
    await event('mine', {})
    await event('earlier', { uid: 'another' })
    await event('foreign', { name: 'other' })
    await kube.create(nodes, { metadata: { name: 'n1' } })
    expect((await report(job('failure'))).mark).toHaveLength(1)
    expect(await written()).toMatchObject({
      pod: { metadata: { name: 'u1', uid } },
      events: [{ reason: 'mine' }],
      node: { metadata: { name: 'n1' } },
    })
    expect(finalizers()).toEqual(['other/one'])
  })

  test('what cannot be read is left out', async () => {
    await pod({ finalizers: [podReporterFinalizer] })
    kube.onRequest(({ resource }) => {
      if (resource === 'events' || resource === 'nodes') throw new KubeError(403, 'Forbidden', 'no')
    })
    await report(job('success'))
    expect(Object.keys(await written())).toEqual(['pod'])
    expect(finalizers()).toBeUndefined()
  })

  test('a Pod that waited for nothing else is gone then', async () => {
    await pod({ finalizers: [podReporterFinalizer] })
    await kube.delete(pods, at)
    await report(job('success'))
    expect((await written()).pod.metadata.deletionTimestamp).toBeDefined()
    expect(kube.all(pods)).toEqual([])
  })

  test('a Pod that goes while its file is written is no problem; another failure is', async () => {
    for (const [code, reason] of [
      [404, 'NotFound'],
      [403, 'Forbidden'],
    ] as const) {
      const kube = memoryKube({ clock: testClock() })
      await kube.create(pods, { metadata: { ...at, finalizers: [podReporterFinalizer] }, spec: { containers: [] } })
      kube.onRequest(({ verb }) => {
        if (verb === 'patch') throw new KubeError(code, reason, 'no')
      })
      const reported = reporter(1, clustersOf(kube).build).report(job('success'), new AbortController().signal)
      await (code === 404 ? expect(reported).resolves.toBeDefined() : expect(reported).rejects.toThrow('no'))
      expect((await written()).pod.metadata.name).toBe('u1')
    }
  })

  test.each<[why: string, more: Partial<ProwJob['spec']>]>([
    ['without a Pod', {}],
    ['in an unknown cluster', { cluster: 'x' }],
  ])('%s nothing is written, and that is all right', async (_why, more) => {
    expect((await report(job('success', more))).mark).toHaveLength(1)
    await expect(written()).rejects.toThrow('ENOENT')
  })

  test('a file that cannot be written keeps the Pod', async () => {
    await pod({ finalizers: [podReporterFinalizer] })
    const elsewhere = { gcs_configuration: { bucket: 'nowhere://b', path_strategy: 'explicit' } }
    await expect(report(job('success', { decoration_config: elsewhere }))).rejects.toThrow('nowhere')
    expect(finalizers()).toEqual([podReporterFinalizer])
  })
})

test('a job without a bucket is done at once', async () => {
  await pod()
  expect((await report(job('pending', { decoration_config: {} }))).mark).toHaveLength(1)
  expect(finalizers()).toBeUndefined()
})

test.each<[why: string, job: ProwJob, want: boolean]>([
  ['a running job', job('pending'), true],
  ['another agent', job('pending', { agent: 'tekton-pipeline' }), false],
  ['no build id', job('pending', {}, { build_id: '' }), false],
  ['a job that never had a Pod', job('error', {}, { pendingTime: '' }), false],
])('%s: %#', (_why, one, want) => expect(reporter().shouldReport(one, snapshot().config)).toBe(want))

test('a fraction of the jobs is chosen by their names', () => {
  // The check value of the standard, and one of RFC 3720.
  expect(crc32c('123456789')).toBe(0xe306_9283)
  expect(crc32c('')).toBe(0)
  const sum = crc32c('u1') / 0xffff_ffff
  const asked = (fraction: number) => reporter(fraction).shouldReport(job('pending'), snapshot().config)
  expect([sum - 0.001, sum, sum + 0.001].map(asked)).toEqual([false, true, true])
  expect([asked(0), asked(1)]).toEqual([false, true])
})
