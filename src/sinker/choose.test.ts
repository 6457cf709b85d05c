// One row per rule of what sinker removes.
import { describe, expect, test } from 'vitest'
import type { Pod } from '../api/kubernetes.ts'
import { podReporterFinalizer, prowJobId } from '../api/labels.ts'
import type { ProwJob, ProwJobSpec, ProwJobStatus } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import { chooseJobs, choosePod, hasLeftoverFinalizer, jobNameOf, mayBeOrphan } from './choose.ts'

const now = Date.parse('2026-01-02T12:00:00Z')
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const ago = (ms: number) => timestamp(now - ms)

function job(name: string, startedAgo: number, endedAgo: number | undefined, spec: Partial<ProwJobSpec> = {}): ProwJob {
  const status: ProwJobStatus = {
    state: endedAgo === undefined ? 'pending' : 'success',
    startTime: ago(startedAgo),
    ...(endedAgo === undefined ? {} : { completionTime: ago(endedAgo) }),
  }
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name },
    spec: { type: 'presubmit', job: 'j', ...spec },
    status,
  }
}
const retester = (name: string, startedAgo: number, endedAgo: number | undefined = hour) =>
  job(name, startedAgo, endedAgo, { type: 'periodic', job: 'retester' })

describe('ProwJobs', () => {
  test.each<[why: string, jobs: ProwJob[], want: string[], configured?: string[]]>([
    ['too old since its start', [job('a', 2 * day + second, second)], ['a aged']],
    ['exactly at the age', [job('a', 2 * day, second)], []],
    ['not ended', [job('a', 30 * day, undefined)], []],
    [
      'the newest run of a configured periodic stays',
      [retester('a', 3 * day), retester('b', 4 * day), retester('c', 5 * day)],
      ['b aged-periodic', 'c aged-periodic'],
      ['retester'],
    ],
    [
      'one that is not configured any more goes',
      [retester('a', 3 * day), retester('b', 4 * day), retester('c', 5 * day)],
      ['a aged-periodic', 'b aged-periodic', 'c aged-periodic'],
    ],
    [
      'the newest may be one that goes on',
      [
        retester('a', 2 * day),
        retester('old', 4 * day),
        { ...retester('b', day), status: job('', day, undefined).status },
      ],
      ['old aged-periodic'],
      ['retester'],
    ],
    ['a young periodic stays', [retester('a', hour), retester('b', 2 * hour)], []],
  ])('%s', (_why, jobs, want, configured = []) => {
    const chosen = chooseJobs(jobs, { max_prowjob_age: 2 * day }, new Set(configured), now)
    expect(chosen.map(({ job: { metadata }, reason }) => `${metadata.name} ${reason}`)).toEqual(want)
  })
})

const pod = (metadata: Pod['metadata'], startedAgo?: number): Pod => ({
  metadata: { name: 'pj', ...metadata },
  status: { phase: 'Running', ...(startedAgo === undefined ? {} : { startTime: ago(startedAgo) }) },
})

describe('Pods', () => {
  const settings = { max_pod_age: 12 * hour, terminated_pod_ttl: 30 * minute }
  test.each<[why: string, pod: Pod, job: ProwJob | undefined, want: string | undefined]>([
    ['old, of a job that goes on', pod({}, day), job('pj', 2 * day, undefined), undefined],
    ['old, of a job that has ended', pod({}, day), job('pj', 2 * day, minute), 'aged'],
    ['still pulling its image long after the end', pod({}), job('pj', hour, 31 * minute), 'ttled'],
    ['of a job that has just ended', pod({}, hour), job('pj', hour, second), undefined],
    ['exactly at its time', pod({}, 12 * hour), job('pj', day, 30 * minute), undefined],
    ['of no job', pod({}, day), undefined, undefined],
  ])('%s', (_why, given, itsJob, want) => expect(choosePod(given, itsJob, settings, now)).toBe(want))

  test.each<[creationTimestamp: string | undefined, want: boolean]>([
    [ago(31 * second), true],
    [ago(30 * second), false],
    [ago(0), false],
    [undefined, true],
  ])('made %s, it may be an orphan: %s', (creationTimestamp, want) => {
    expect(mayBeOrphan(pod(creationTimestamp === undefined ? {} : { creationTimestamp }, 10 * second), now)).toBe(want)
  })

  const finalizers = [podReporterFinalizer]
  const ended = job('pj', hour, second)
  const reported = (state: string) => ({
    ...ended,
    status: { ...ended.status, prev_report_states: { gcsk8sreporter: state } },
  })
  test.each<[why: string, pod: Pod, job: ProwJob | undefined, want: boolean]>([
    ['of no job', pod({ finalizers }), undefined, true],
    ['without it', pod({ finalizers: ['x/y'] }), undefined, false],
    ['of a job whose end was reported', pod({ finalizers }), reported('success'), true],
    ['of a job whose end was not reported', pod({ finalizers }), reported('pending'), false],
    ['of a job that goes on', pod({ finalizers }), job('pj', hour, undefined), false],
  ])('the finalizer of a Pod %s is left over', (_why, given, itsJob, want) => {
    expect(hasLeftoverFinalizer(given, itsJob)).toBe(want)
  })

  test('belong to the job of their label, else of their name', () => {
    expect(jobNameOf(pod({}))).toBe('pj')
    expect(jobNameOf(pod({ labels: { [prowJobId]: 'other' } }))).toBe('other')
  })
})
