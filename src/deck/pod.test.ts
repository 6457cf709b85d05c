// Where a log is now, in every stage of a run.
import { expect, test } from 'vitest'
import type { Pod } from '../api/kubernetes.ts'
import { containersOf, logName, placeOfLog, testContainers } from './pod.ts'
import { rowOf } from './row.ts'
import { job, pod, running, waiting } from './testing/jobs.ts'

const going = running({ name: 'r' })
const done = job({ name: 'd' })
const started = pod('r', { running: { startedAt: '2026-01-02T03:00:20Z' } })
const stuck = pod('r', { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } })
const ended = pod('d', { terminated: { exitCode: 1, reason: 'Error' } })
const cloning: Pod = {
  ...stuck,
  status: {
    ...stuck.status,
    initContainerStatuses: [{ ...init('clonerefs'), state: { running: { startedAt: '2026-01-02T03:00:06Z' } } }],
  },
}

function init(name: string) {
  return { name, image: name, imageID: name, ready: false, restartCount: 0 }
}

test.each([
  [
    'no Pod yet: the reason of the job',
    waiting({ name: 'w' }),
    undefined,
    false,
    { from: 'nowhere', why: expect.stringContaining('max_concurrency') },
  ],
  ['cloning: says so', going, cloning, false, { from: 'nowhere', why: 'Init container clonerefs is running' }],
  [
    'the image is missing: says which',
    going,
    stuck,
    false,
    { from: 'nowhere', why: expect.stringContaining('no such image') },
  ],
  ['running: the Pod', going, started, false, { from: 'pod' }],
  ['ended, not uploaded yet: the Pod', done, ended, false, { from: 'pod' }],
  ['ended and uploaded: the bucket', done, ended, true, { from: 'bucket' }],
  ['the Pod is gone: the bucket', done, undefined, true, { from: 'bucket' }],
  ['uploaded before the job is complete: the Pod, which has it all', going, started, true, { from: 'pod' }],
  ['gone everywhere: says so', done, undefined, false, { from: 'nowhere', why: expect.stringContaining('gone') }],
  [
    'ended before it started: says so',
    done,
    stuck,
    false,
    { from: 'nowhere', why: expect.stringContaining('before this container started') },
  ],
])('%s', (_, one, its, uploaded, place) => {
  expect(placeOfLog({ job: one, row: rowOf(one, ''), container: 'test', pod: its, uploaded })).toMatchObject(place)
})

test('containers, init ones first, with state and times', () => {
  expect(containersOf(started).map(({ name, init, state }) => [name, init, state])).toEqual([
    ['clonerefs', true, 'terminated'],
    ['test', false, 'running'],
    ['sidecar', false, 'running'],
  ])
  expect(containersOf(stuck)[1]).toMatchObject({
    state: 'waiting',
    reason: 'ImagePullBackOff: no such image',
    started: 0,
  })
  expect(containersOf(undefined)).toEqual([])
})

test('a single container is called test when it has no name, and only one of several has its name on the log', () => {
  expect(testContainers(job({ name: 'j', spec: { pod_spec: { containers: [{ name: '' }] } } }))).toEqual(['test'])
  expect(
    testContainers(job({ name: 'j', spec: { pod_spec: { containers: [{ name: 'a' }, { name: 'b' }] } } })),
  ).toEqual(['a', 'b'])
  expect([logName('test', 1), logName('b', 2)]).toEqual(['build-log.txt', 'b-build-log.txt'])
})
