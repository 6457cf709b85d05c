// One row per rule of plank's decision on a job and its Pod.
import { describe, expect, test } from 'vitest'
import type { ContainerStatus, Pod } from '../api/kubernetes.ts'
import { buildId, lostPodUid, podUid, prowJobId } from '../api/labels.ts'
import type { ProwJob, ProwJobSpec, ProwJobStatus } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import { type Limits, limitsOf, nextStep, type Step } from './next-step.ts'
import { buildIdOf } from './pod-facts.ts'

const now = Date.parse('2026-01-02T12:00:00Z')
const minute = 60_000
const hour = 60 * minute
const ago = (ms: number) => timestamp(now - ms)
const limits: Limits = { pending: hour, running: 48 * hour, unscheduled: 5 * minute, maxRevivals: 3 }

function job(
  status: Partial<ProwJobStatus>,
  { spec, annotations }: { spec?: Partial<ProwJobSpec>; annotations?: Record<string, string> } = {},
): ProwJob {
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name: 'pj', uid: 'job-uid', ...(annotations ? { annotations } : {}) },
    spec: { type: 'periodic', agent: 'kubernetes', job: 'test', ...spec },
    status: { state: 'pending', startTime: ago(hour), ...status },
  }
}
function pod(status: Pod['status'], metadata: Pod['metadata'] = {}, spec?: Pod['spec']): Pod {
  return {
    metadata: { name: 'pj', uid: 'pod-uid', creationTimestamp: ago(minute), ...metadata },
    ...(spec ? { spec } : {}),
    ...(status ? { status } : {}),
  }
}
const ended = (name: string, exitCode: number, reason = ''): ContainerStatus => ({
  name,
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode, reason, finishedAt: ago(1) } },
})
const running = (name: string): ContainerStatus => ({ ...ended(name, 0), state: { running: {} } })
const finish = (state: string, description: string, deletePod = false) => ({
  do: 'finish',
  state,
  description,
  deletePod,
})
const deleted = { deletionTimestamp: ago(1) }
const gone = finish('error', 'Pod got deleted unexpectedly')
const tooMany = (cause: string, max = 3) =>
  finish('error', `Job pod reached max revivals (${max}) after being stopped unexpectedly (${cause})`)

type Row = [why: string, job: ProwJob, pod: Pod | undefined, want: object, limits?: Partial<Limits>]
const rows = (all: readonly Row[]) =>
  test.each<Row>([...all])('%s', (_why, given, itsPod, want, own = {}) => {
    const { pod: _pod, ...step } = { pod: undefined, ...nextStep(given, itsPod, { ...limits, ...own }, now) }
    expect(step).toEqual(want)
  })

describe('triggered', () => {
  const triggered = job({ state: 'triggered' })
  rows([
    ['without a Pod it starts', triggered, undefined, { do: 'start', lost: false }],
    ['a Pod from before is adopted', triggered, pod({ phase: 'Running' }), { do: 'adopt' }],
    [
      'a Pod of the name that says it is ours is adopted',
      triggered,
      pod({}, { labels: { [prowJobId]: 'pj' } }),
      { do: 'adopt' },
    ],
    [
      "another job's Pod of the name is not",
      triggered,
      pod({}, { labels: { [prowJobId]: 'other' } }),
      finish('error', 'Pod can not be created: a pod of that name belongs to another job'),
    ],
  ])
})

describe('pending: the Pod is missing (row 1)', () => {
  rows([
    ['a new Pod is made, and the loss is counted', job({}), undefined, { do: 'start', lost: true }],
    [
      'a loss that plank brought about itself has been counted',
      job({ pod_revival_count: 3 }, { annotations: { [podUid]: 'a', [lostPodUid]: 'a' } }),
      undefined,
      { do: 'start', lost: false },
    ],
    [
      'a Pod that replaced a lost one and is lost itself counts',
      job({}, { annotations: { [podUid]: 'b', [lostPodUid]: 'a' } }),
      undefined,
      { do: 'start', lost: true },
    ],
    ['not for ever', job({ pod_revival_count: 3 }), undefined, tooMany('missing')],
  ])
})

describe('pending: unexpected stops (rows 2 to 5)', () => {
  const unknown = pod({ phase: 'Unknown' })
  rows([
    [
      'a container killed for its memory ends the job, the Pod stays for the reporters',
      job({}),
      pod({ phase: 'Running', containerStatuses: [running('sidecar'), ended('test', 137, 'OOMKilled')] }),
      finish('error', 'Job pod was OOM killed by the cluster.'),
    ],
    [
      'so does an init container',
      job({}),
      pod({ phase: 'Running', initContainerStatuses: [ended('clonerefs', 137, 'OOMKilled')] }),
      finish('error', 'Job pod was OOM killed by the cluster.'),
    ],
    [
      'a Pod that ended by it is an ordinary failure',
      job({}),
      pod({ phase: 'Failed', containerStatuses: [ended('test', 137, 'OOMKilled')] }),
      finish('failure', 'Job failed.'),
    ],
    [
      'an evicted Pod is made anew',
      job({}),
      pod({ phase: 'Failed', reason: 'Evicted' }),
      { do: 'revive', counted: false },
    ],
    [
      'unless the job forbids it',
      job({}, { spec: { error_on_eviction: true } }),
      pod({ phase: 'Failed', reason: 'Evicted' }),
      finish('error', 'Job pod was evicted by the cluster.'),
    ],
    [
      'which says nothing of other causes',
      job({}, { spec: { error_on_eviction: true } }),
      unknown,
      { do: 'revive', counted: false },
    ],
    ['a Pod in phase Unknown is made anew', job({}), unknown, { do: 'revive', counted: false }],
    ['the last time', job({ pod_revival_count: 2 }), unknown, { do: 'revive', counted: false }],
    ['and then no more', job({ pod_revival_count: 3 }), unknown, tooMany('unknown')],
    [
      'the limit does not stop a revival that was counted before a restart',
      job({ pod_revival_count: 3 }, { annotations: { [lostPodUid]: 'pod-uid' } }),
      unknown,
      { do: 'revive', counted: true },
    ],
    ['0 is never', job({}), unknown, tooMany('unknown', 0), { maxRevivals: 0 }],
    [
      'a Pod on a lost node is made anew',
      job({}),
      pod({ phase: 'Running', reason: 'NodeLost', startTime: ago(minute) }, deleted),
      { do: 'revive', counted: false },
    ],
    [
      'but not for ever',
      job({ pod_revival_count: 3 }),
      pod({ phase: 'Running', reason: 'NodeLost' }, deleted),
      tooMany('unreachable'),
    ],
    [
      'a lost node without a deletion may come back',
      job({}),
      pod({ phase: 'Running', reason: 'NodeLost', startTime: ago(47 * hour) }),
      { do: 'nothing', lookAgainIn: hour },
    ],
  ])
})

describe('pending: ends (rows 6 and 7)', () => {
  const sidecar = {
    containers: [{ name: 'test' }],
    initContainers: [{ name: 'db', restartPolicy: 'Always' }],
  }
  rows([
    [
      'success',
      job({}),
      pod({ phase: 'Succeeded', containerStatuses: [ended('test', 0)] }),
      finish('success', 'Job succeeded.'),
    ],
    ['no statuses count as success', job({}), pod({ phase: 'Succeeded' }), finish('success', 'Job succeeded.')],
    [
      'a container that has not ended does not',
      job({}),
      pod({ phase: 'Succeeded', containerStatuses: [running('test')] }),
      finish('error', "Pod was in succeeded phase but some containers didn't finish"),
    ],
    [
      'nor an init container',
      job({}),
      pod({ phase: 'Succeeded', initContainerStatuses: [running('clonerefs')], containerStatuses: [ended('test', 0)] }),
      finish('error', "Pod was in succeeded phase but some containers didn't finish"),
    ],
    [
      'a native sidecar that was stopped at the end does not matter',
      job({}),
      pod(
        { phase: 'Succeeded', initContainerStatuses: [ended('db', 143)], containerStatuses: [ended('test', 0)] },
        {},
        sidecar,
      ),
      finish('success', 'Job succeeded.'),
    ],
    ['failure', job({}), pod({ phase: 'Failed' }), finish('failure', 'Job failed.')],
    [
      'a node that shut down is a failure',
      job({}),
      pod({ phase: 'Failed', reason: 'Terminated' }),
      finish('failure', 'Job failed.'),
    ],
    [
      'an end counts although the Pod is being deleted',
      job({}),
      pod({ phase: 'Failed' }, deleted),
      finish('failure', 'Job failed.'),
    ],
  ])
})

describe('pending: time limits (rows 8 to 15)', () => {
  const pendingSince = (ms: number, metadata = {}) => pod({ phase: 'Pending', startTime: ago(ms) }, metadata)
  const runningSince = (ms: number, metadata = {}) => pod({ phase: 'Running', startTime: ago(ms) }, metadata)
  const unscheduledSince = (ms: number) => pod({ phase: 'Pending' }, { creationTimestamp: ago(ms) })
  rows([
    ['not scheduled in time', job({}), unscheduledSince(5 * minute), finish('error', 'Pod scheduling timeout.', true)],
    ['not scheduled yet', job({}), unscheduledSince(1000), { do: 'nothing', lookAgainIn: 5 * minute - 1000 }],
    ['not running in time', job({}), pendingSince(hour), finish('error', 'Pod pending timeout.', true)],
    ['not running yet', job({}), pendingSince(50 * minute), { do: 'nothing', lookAgainIn: 10 * minute }],
    ['deleted while pending', job({}), pendingSince(minute, deleted), gone],
    ['deleted while running', job({}), runningSince(minute, deleted), gone],
    ['deleted after it ran too long', job({}), runningSince(49 * hour, deleted), gone],
    ['running', job({}), runningSince(47 * hour), { do: 'nothing', lookAgainIn: hour }],
    ['running without a start time', job({}), pod({ phase: 'Running' }), { do: 'nothing' }],
    ['ran too long', job({}), runningSince(48 * hour), finish('aborted', 'Pod running timeout.', true)],
    ['deleted without a phase', job({}), pod(undefined, deleted), gone],
    [
      'a foreign finalizer keeps the Pod, not the job',
      job({}),
      runningSince(minute, { ...deleted, finalizers: ['x/y'] }),
      gone,
    ],
    ['no phase yet', job({}), pod({}), { do: 'nothing' }],
  ])
})

describe('pending: a Pod that was made just before plank was stopped', () => {
  const made = (build: string) => pod({ phase: 'Running', startTime: ago(minute) }, { labels: { [buildId]: build } })
  rows([
    ['is adopted with its build id', job({ build_id: '1' }), made('2'), { do: 'adopt' }],
    ['and then left alone', job({ build_id: '2' }), made('2'), { do: 'nothing', lookAgainIn: 48 * hour - minute }],
  ])
})

test.each<[why: string, labels: Record<string, string>, env: { name: string; value?: string }[][], want: string]>([
  ['its label', { [buildId]: 'X' }, [[{ name: 'BUILD_ID', value: 'Y' }]], 'X'],
  [
    'else the first container’s variable',
    { [buildId]: '' },
    [
      [
        { name: 'A', value: 'Z' },
        { name: 'BUILD_ID', value: 'Y' },
      ],
    ],
    'Y',
  ],
  ['and no other container’s', {}, [[], [{ name: 'BUILD_ID', value: 'Y' }]], ''],
  ['or it is not known', {}, [[{ name: 'BUILD_ID' }]], ''],
])('the build id of a Pod is %s', (_why, labels, env, want) => {
  const containers = env.map((variables, index) => ({ name: String(index), env: variables }))
  expect(buildIdOf(pod({}, { labels }, { containers }))).toBe(want)
})

describe('other states', () => {
  const oom = { state: 'error', description: 'Job pod was OOM killed by the cluster.' } as const
  const stillRunning = pod({
    phase: 'Running',
    containerStatuses: [running('sidecar'), ended('test', 137, 'OOMKilled')],
  })
  rows([
    ['aborted', job({ state: 'aborted' }), pod({ phase: 'Running' }), { do: 'abort' }],
    ['aborted without a Pod', job({ state: 'aborted' }), undefined, { do: 'abort' }],
    [
      'aborted and completed is left alone',
      job({ state: 'aborted', completionTime: ago(1) }),
      pod({ phase: 'Running' }),
      { do: 'nothing' },
    ],
    ['scheduling is not for plank', job({ state: 'scheduling' }), undefined, { do: 'nothing' }],
    [
      'success is over',
      job({ state: 'success', completionTime: ago(1) }),
      pod({ phase: 'Running' }),
      { do: 'nothing' },
    ],
    [
      'what was killed for its memory stays while a reporter has not seen the end',
      job({ ...oom, completionTime: ago(minute), prev_report_states: { gcsreporter: 'error', other: 'pending' } }),
      stillRunning,
      { do: 'nothing', lookAgainIn: 4 * minute },
    ],
    [
      'and goes when all have',
      job({ ...oom, completionTime: ago(minute), prev_report_states: { gcsreporter: 'error', other: 'error' } }),
      stillRunning,
      { do: 'clean' },
    ],
    ['or when they take too long', job({ ...oom, completionTime: ago(5 * minute) }), stillRunning, { do: 'clean' }],
    [
      'a Pod that has ended stays',
      job({ ...oom, completionTime: ago(5 * minute) }),
      pod({ phase: 'Failed' }),
      { do: 'nothing' },
    ],
  ])
})

test('a job may have limits of its own', () => {
  const plank = { pod_pending_timeout: 1, pod_running_timeout: 2, pod_unscheduled_timeout: 3, max_revivals: 4 }
  const config = { ...plank, job_url_template: '', report_templates: {}, max_concurrency: 0 }
  const whole = {
    ...config,
    default_decoration_config_entries: [],
    job_url_prefix_config: {},
    jobURLPrefixDisableAppendStorageProvider: false,
    job_queue_capacities: {},
  }
  const own = job({}, { spec: { decoration_config: { pod_pending_timeout: '2h', pod_running_timeout: 'nonsense' } } })
  expect(limitsOf(own, whole)).toEqual({ pending: 2 * hour, running: 2, unscheduled: 3, maxRevivals: 4 })
})

test('the Pod to adopt or revive comes with the step', () => {
  const itsPod = pod({ phase: 'Unknown' })
  const step: Step = nextStep(job({}), itsPod, limits, now)
  expect(step).toMatchObject({ do: 'revive', pod: itsPod })
})
