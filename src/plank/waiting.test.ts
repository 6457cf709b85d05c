// The words and codes for everything that keeps a job from running.
import { describe, expect, test } from 'vitest'
import type { ContainerStatus, Event, Pod } from '../api/kubernetes.ts'
import { waitingNext, waitingReason, waitingSince } from '../api/labels.ts'
import type { ProwJob } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import { needsEvents, obstacle, podWaiting, waitingPatch } from './waiting.ts'

const now = Date.parse('2026-01-02T12:00:00Z')
const second = 1000
const ago = (ms: number) => timestamp(now - ms)

const container = (reason: string, message?: string): ContainerStatus => ({
  name: 'test',
  image: 'img:1',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { waiting: { reason, ...(message ? { message } : {}) } },
})
const pod = (status: Pod['status'], ageMs = 60 * second): Pod => ({
  metadata: { name: 'pj', creationTimestamp: ago(ageMs) },
  status: { phase: 'Pending', ...status },
})
const scheduled = (status: string, reason?: string, message?: string, sinceMs = 60 * second) => ({
  conditions: [
    {
      type: 'PodScheduled',
      status,
      lastTransitionTime: ago(sinceMs),
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    },
  ],
})
const failed = (reason: string, message: string, ageMs = 0): Event => ({
  metadata: { name: 'e' },
  involvedObject: {},
  type: 'Warning',
  reason,
  message,
  lastTimestamp: ago(ageMs),
})

describe('a Pod', () => {
  const started = { startTime: ago(60 * second), ...scheduled('True') }
  test.each<[why: string, pod: Pod, want: string | undefined, words?: string, events?: Event[]]>([
    ['that runs', pod({ ...started, phase: 'Running' }), undefined],
    ['that was just made', pod({}, 5 * second), undefined],
    ['that nothing looks at', pod({}), 'NotScheduled'],
    ['whose containers take long', pod(started), 'ContainersStarting'],
    [
      'whose containers begin',
      pod({ ...started, containerStatuses: [container('ContainerCreating')] }, 5 * second),
      undefined,
    ],
    [
      'that fits nowhere',
      pod(scheduled('False', 'Unschedulable', '0/5 nodes are available')),
      'Unschedulable',
      '0/5 nodes',
    ],
    ['that fits nowhere for a moment', pod(scheduled('False', 'Unschedulable', '0/5', 5 * second)), undefined],
    ['that is gated', pod(scheduled('False', 'SchedulingGated', 'gated')), 'SchedulingGated'],
    [
      'without its image',
      pod({ ...started, containerStatuses: [container('ErrImagePull', 'manifest unknown')] }),
      'ImagePull',
      'cannot be pulled: manifest unknown',
    ],
    [
      'without its image, between tries',
      pod({ ...started, containerStatuses: [container('ImagePullBackOff', 'Back-off')] }),
      'ImagePull',
    ],
    [
      'whose init container lacks its image',
      pod({
        ...started,
        initContainerStatuses: [container('ImagePullBackOff')],
        containerStatuses: [container('PodInitializing')],
      }),
      'ImagePull',
    ],
    [
      'with a wrong image name',
      pod({ ...started, containerStatuses: [container('InvalidImageName')] }),
      'InvalidImageName',
      'img:1',
    ],
    [
      'with a missing secret',
      pod({ ...started, containerStatuses: [container('CreateContainerConfigError', 'secret "s" not found')] }),
      'MissingSecret',
      'secret s',
    ],
    [
      'with a missing config map',
      pod({ ...started, containerStatuses: [container('CreateContainerConfigError', 'configmap "c" not found')] }),
      'MissingConfigMap',
    ],
    [
      'with a volume that the node cannot set up, where the node says so in the status',
      pod({
        ...started,
        containerStatuses: [
          container('ContainerCreating', 'MountVolume.SetUp failed for volume "v" : secret "s" not found'),
        ],
      }),
      'MissingSecret',
      'secret s',
    ],
    [
      'with another problem of a volume',
      pod({
        ...started,
        containerStatuses: [container('PodInitializing', 'MountVolume.SetUp failed: it is not there')],
      }),
      'VolumeMount',
      'it is not there',
    ],
    [
      'with a missing key',
      pod({
        ...started,
        containerStatuses: [container('CreateContainerConfigError', "couldn't find key k in Secret ns/s")],
      }),
      'ContainerConfig',
      'key k',
    ],
    [
      'that cannot be started',
      pod({ ...started, containerStatuses: [container('RunContainerError', 'no such file')] }),
      'ContainerCreate',
    ],
    [
      'with a volume of a missing secret',
      pod(started),
      'MissingSecret',
      'secret s',
      [failed('FailedMount', 'MountVolume.SetUp failed for volume "v" : secret "s" not found')],
    ],
    ['with a volume that hangs', pod(started), 'VolumeMount', 'timed out', [failed('FailedAttachVolume', 'timed out')]],
    ['on a node without network', pod(started), 'PodSandbox', 'cni', [failed('FailedCreatePodSandBox', 'cni failed')]],
    [
      'with several events: the newest tells',
      pod(started),
      'PodSandbox',
      'cni',
      [failed('FailedMount', 'old', 5000), failed('FailedCreatePodSandBox', 'cni', 1000)],
    ],
    ['with events that mean nothing', pod(started), 'ContainersStarting', '', [failed('BackOff', 'x')]],
  ])('%s', (_why, given, want, words = '', events = []) => {
    const waiting = podWaiting(given, events, now)
    expect(waiting?.reason).toBe(want)
    expect(waiting?.message ?? '').toContain(words)
  })

  test('that goes is not waited for', () => {
    const going = pod({})
    expect(
      podWaiting({ ...going, metadata: { ...going.metadata, deletionTimestamp: ago(0) } }, [], now),
    ).toBeUndefined()
  })

  test('asks for its events only when its status says nothing', () => {
    expect(needsEvents(pod(started), now)).toBe(true)
    expect(needsEvents(pod(started, 5 * second), now)).toBe(false)
    expect(needsEvents(pod({ ...started, containerStatuses: [container('ErrImagePull')] }), now)).toBe(false)
  })
})

const job = (
  description = '',
  annotations?: Record<string, string>,
  state: ProwJob['status']['state'] = 'triggered',
): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'pj', creationTimestamp: ago(60 * second), ...(annotations ? { annotations } : {}) },
  spec: { type: 'periodic', job: 'test', job_queue_name: 'q' },
  status: { state, description },
})

describe('an obstacle', () => {
  const slot = (by: 'job' | 'queue' | 'plank', limit: number | undefined, place = 2) =>
    ({ by: 'slot', hold: { by, limit, active: 1, place } }) as const
  test.each([
    [
      slot('job', 1),
      'MaxConcurrency',
      'Waiting for a free slot: 1 of at most 1 runs of this job are active; number 2 in line.',
    ],
    [
      slot('job', 1, 40),
      'MaxConcurrency',
      'Waiting for a free slot: 1 of at most 1 runs of this job are active; about number 40 in line.',
    ],
    [
      slot('queue', 5),
      'JobQueueFull',
      'Waiting for a free slot: 1 of at most 5 jobs of queue q are active; number 2 in line.',
    ],
    [slot('queue', 0), 'JobQueueClosed', 'Waiting: job queue q has capacity 0, so nothing in it starts.'],
    [slot('queue', undefined), 'JobQueueUnknown', 'Waiting: job queue q has no capacity in the configuration.'],
    [
      slot('plank', 9),
      'PlankFull',
      'Waiting for a free slot: 1 of at most 9 jobs are active in all; number 2 in line.',
    ],
  ])('%o is %s', (what, reason, message) => {
    expect(obstacle(job(), what)).toMatchObject({ reason, message, since: now - 60 * second })
  })

  test('with a long message is cut, and one with line ends is one line', () => {
    const { message } = obstacle(job(), { by: 'quota', cluster: 'c', error: `a\n  b${'x'.repeat(1000)}`, since: now })
    expect(message).toContain('a b')
    expect(message).toHaveLength(400)
  })
})

describe('what is written', () => {
  const waiting = { reason: 'ImagePull', message: 'no image', since: now - 5000, next: 'push it' } as const
  const said = { [waitingReason]: 'ImagePull', [waitingSince]: ago(9000), [waitingNext]: 'push it' }

  test.each<[why: string, job: ProwJob, waiting: typeof waiting | undefined, want: unknown]>([
    ['nothing for a job that does not wait', job('Job triggered.'), undefined, undefined],
    [
      'all of it the first time',
      job('', undefined, 'pending'),
      waiting,
      {
        metadata: { annotations: { ...said, [waitingSince]: ago(5000) } },
        status: { description: 'no image' },
      },
    ],
    ['nothing the second time', job('no image', said, 'pending'), waiting, undefined],
    ['nothing when more detail is said already', job('no image: 404', said, 'pending'), waiting, undefined],
    [
      'a new wording keeps its since',
      job('other', said, 'pending'),
      waiting,
      { metadata: { annotations: said }, status: { description: 'no image' } },
    ],
    [
      'a new reason has a new since',
      job('no secret', { ...said, [waitingReason]: 'MissingSecret' }, 'pending'),
      waiting,
      { metadata: { annotations: { ...said, [waitingSince]: ago(5000) } }, status: { description: 'no image' } },
    ],
    [
      'all is taken back at the end of the wait',
      job('no image', said, 'pending'),
      undefined,
      {
        metadata: { annotations: { [waitingReason]: null, [waitingSince]: null, [waitingNext]: null } },
        status: { description: 'Job triggered.' },
      },
    ],
    [
      'an aborted job keeps its words',
      job('by hand', undefined, 'aborted'),
      waiting,
      { metadata: { annotations: { ...said, [waitingSince]: ago(5000) } } },
    ],
    ['and is not told twice', job('by hand', said, 'aborted'), waiting, undefined],
  ])('%s', (_why, given, what, want) => expect(waitingPatch(given, what)).toEqual(want))
})
