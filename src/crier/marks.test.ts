// Notes on ProwJobs: together where they can be, never lost, never out of order.
import { beforeEach, expect, test } from 'vitest'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import { KubeError } from '../kube/client.ts'
import { testClock } from '../testing/clock.ts'
import { type MemoryKube, memoryKube } from '../testing/memory-kube.ts'
import { type Marks, marks } from './marks.ts'

let kube: MemoryKube
let noted: Marks
const seen: (string | undefined)[] = []
const job: ProwJob = {
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'u1', namespace: 'prow' },
  spec: { type: 'periodic', job: 'ci' },
  status: { state: 'pending', prev_report_states: { other: 'triggered' } },
}
beforeEach(async () => {
  seen.length = 0
  kube = memoryKube({ clock: testClock() })
  noted = marks(kube, { observe: (one) => seen.push(one.metadata.resourceVersion) })
  await kube.create(prowJobs, job)
})
const states = () => kube.read(prowJobs, { namespace: 'prow', name: 'u1' }).status.prev_report_states
const patches = () => kube.writes.filter(({ verb }) => verb === 'patch')

test('reporters that end together share a patch, and the others keep their notes', async () => {
  await Promise.all(['a', 'b', 'c'].map((reporter) => noted.mark(job, reporter)))
  expect(states()).toEqual({ other: 'triggered', a: 'pending', b: 'pending', c: 'pending' })
  expect(patches()).toHaveLength(1)
  expect(seen).toHaveLength(1)
})

test('what comes while a patch is under way goes with the next one', async () => {
  const first = noted.mark(job, 'a')
  while (seen.length === 0 && patches().length === 0) await Promise.resolve()
  const later = { ...job, status: { ...job.status, state: 'success' as const } }
  await Promise.all([first, noted.mark(later, 'a'), noted.mark(later, 'b')])
  expect(states()).toEqual({ other: 'triggered', a: 'success', b: 'success' })
  expect(patches()).toHaveLength(2)
})

test('a failure is told to those whose note it was, and to nobody else', async () => {
  let fail = true
  kube.onRequest(({ verb }) => {
    if (verb === 'patch' && fail) throw new KubeError(500, 'InternalError', 'no')
  })
  await expect(Promise.all([noted.mark(job, 'a'), noted.mark(job, 'b')])).rejects.toThrow('no')
  fail = false
  await noted.mark(job, 'c')
  expect(states()).toEqual({ other: 'triggered', c: 'pending' })
})

test('a job that is gone needs no note', async () => {
  await kube.delete(prowJobs, { namespace: 'prow', name: 'u1' })
  await noted.mark(job, 'a')
  expect(seen).toEqual([])
})
