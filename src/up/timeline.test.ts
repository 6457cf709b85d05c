// The sentences of the timeline.
import { expect, test } from 'vitest'
import type { ContainerStatus, Pod } from '../api/kubernetes.ts'
import type { JobState, ProwJob } from '../api/prowjob.ts'
import { at, jobLines, podLines, took } from './timeline.ts'

const job = (state: JobState, status: Partial<ProwJob['status']> = {}): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'x' },
  spec: { type: 'presubmit', job: 'unit' },
  status: { state, startTime: '2026-01-01T00:00:00Z', ...status },
})
const done = { completionTime: '2026-01-01T00:00:02Z', description: 'Job succeeded.' }

test.each<[why: string, before: ProwJob | undefined, now: ProwJob, want: string[]]>([
  ['a new job', undefined, job('triggered'), ['ProwJob unit (presubmit) was made']],
  ['its Pod', job('triggered'), job('pending', { build_id: '7' }), ['plank started its Pod, build 7']],
  ['nothing new', job('pending'), job('pending', { url: 'x' }), []],
  ['its end', job('pending'), job('success', done), ['✓ unit: success after 2.0 s. Job succeeded.']],
  ['an abort takes two steps: asked for', job('pending'), job('aborted'), ['unit was aborted']],
])('%s', (_why, before, now, want) => expect(jobLines(before, now)).toEqual(want))

const pod = (...containerStatuses: ContainerStatus[]): Pod => ({ status: { containerStatuses } })
const status = (state: ContainerStatus['state']): ContainerStatus => ({
  name: 'test',
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...(state && { state }),
})
const running = status({ running: {} })
const failed = status({ terminated: { exitCode: 3 } })

test.each<[why: string, before: Pod | undefined, now: Pod, want: string[]]>([
  ['a start', pod(status({ waiting: {} })), pod(running), ['  test – the job itself']],
  ['a start that was missed', undefined, pod(failed), ['  test – the job itself', '  test ended with 3']],
  ['a bad end', pod(running), pod(failed), ['  test ended with 3']],
  ['a good end is no news', pod(running), pod(status({ terminated: { exitCode: 0 } })), []],
  ['no change', pod(running), pod(running), []],
])('%s', (_why, before, now, want) => expect(podLines(before, now)).toEqual(want))

test('times are easy to read', () => {
  expect([at(38), took(38), took(1234), took(200_000)]).toEqual(['   0.04 s', '38 ms', '1.2 s', '3 min 20 s'])
})
