// One row per rule of when a periodic runs.
import { describe, expect, test } from 'vitest'
import { rerun } from '../api/labels.ts'
import type { JobState, ProwJob } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import type { Periodic } from '../config/types.ts'
import { due, latestRuns } from './due.ts'

const now = Date.parse('2026-01-02T12:00:00Z')
const minute = 60_000
const hour = 60 * minute

const periodic = (extra: Partial<Periodic>): Periodic => ({
  name: 'nightly',
  agent: 'kubernetes',
  cluster: 'default',
  namespace: 'test-pods',
  max_concurrency: 0,
  error_on_eviction: false,
  hidden: false,
  decorate: false,
  skip_submodules: false,
  skip_fetch_head: false,
  clone_depth: 0,
  ...extra,
})
interface Run {
  readonly startedAgo?: number
  readonly endedAgo?: number
  readonly state?: JobState
  readonly label?: string
}
const run = ({ startedAgo = hour, endedAgo, state = 'success', label }: Run): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'run', ...(label === undefined ? {} : { labels: { [rerun]: label } }) },
  spec: { type: 'periodic', job: 'nightly' },
  status: {
    state,
    startTime: timestamp(now - startedAgo),
    ...(endedAgo === undefined ? {} : { completionTime: timestamp(now - endedAgo) }),
  },
})

type Row = [why: string, job: Partial<Periodic>, latest: Run | undefined, want: boolean | number, fired?: boolean]
const rows = (all: Row[]) =>
  test.each<Row>(all)('%s', (_why, job, latest, want, fired = false) => {
    const verdict = due(periodic(job), latest && run(latest), fired, now)
    expect(verdict.create && (verdict.retry ?? true)).toBe(want)
    expect(verdict.because).toMatch(/^[a-z ]+$/)
  })

describe('interval, from start to start', () => {
  const job = { interval: 30 * minute }
  rows([
    ['never ran', job, undefined, true],
    ['started long ago', job, { startedAgo: hour, endedAgo: 50 * minute }, true],
    ['goes on', job, { startedAgo: hour, state: 'pending' }, false],
    ['started just now', job, { startedAgo: minute, endedAgo: 1000 }, false],
    ['exactly the interval is not over it', job, { startedAgo: 30 * minute, endedAgo: minute }, false],
    ['an aborted run that is not complete goes on', job, { startedAgo: hour, state: 'aborted' }, false],
  ])
})

describe('minimum_interval, from end to start', () => {
  const job = { minimum_interval: minute }
  rows([
    ['never ran', job, undefined, true],
    ['ended just now', job, { startedAgo: hour, endedAgo: 0 }, false],
    ['ended long ago', job, { startedAgo: hour, endedAgo: 30 * minute }, true],
  ])
})

describe('cron', () => {
  const job = { cron: '0 * * * *' }
  rows([
    ['not fired, never ran', job, undefined, false],
    ['not fired, ran', job, { endedAgo: minute }, false],
    ['fired, never ran', job, undefined, true, true],
    ['fired, ended', job, { endedAgo: minute }, true, true],
    ['fired, goes on', job, { state: 'pending' }, false, true],
  ])
})

describe('retries', () => {
  const retry = { attempts: 3, interval: minute, run_all: false }
  const all = { ...retry, run_all: true }
  const cron = { cron: '0 * * * *' }
  rows([
    ['a failed run is tried again', { ...cron, retry }, { endedAgo: minute, state: 'failure' }, 1],
    ['and again', { ...cron, retry }, { endedAgo: minute, state: 'failure', label: '1' }, 2],
    ['as often as attempts say', { ...cron, retry }, { endedAgo: minute, state: 'failure', label: '3' }, false],
    [
      'ten times at most',
      { ...cron, retry: { ...retry, attempts: 13 } },
      { endedAgo: minute, state: 'failure', label: '10' },
      false,
    ],
    [
      'the tenth',
      { ...cron, retry: { ...retry, attempts: 13 } },
      { endedAgo: minute, state: 'failure', label: '9' },
      10,
    ],
    ['not before its interval', { ...cron, retry }, { startedAgo: minute, endedAgo: 0, state: 'failure' }, false],
    ['an error is a failure', { ...cron, retry }, { endedAgo: minute, state: 'error' }, 1],
    ['so is an abort', { ...cron, retry }, { endedAgo: minute, state: 'aborted' }, 1],
    ['a success is not', { ...cron, retry }, { endedAgo: minute, state: 'success' }, false],
    ['unless all are to run', { ...cron, retry: all }, { endedAgo: minute, state: 'success', label: '1' }, 2],
    ['even beside each other', { ...cron, retry: all }, { state: 'pending', label: '1' }, 2],
    ['a run that goes on is not tried again', { ...cron, retry }, { state: 'pending' }, false],
    [
      'a label that is no number ends it',
      { ...cron, retry },
      { endedAgo: minute, state: 'failure', label: 'x' },
      false,
    ],
    ['a run of its own goes first', { ...cron, retry }, { endedAgo: minute, state: 'failure', label: '1' }, true, true],
    ['an interval job as well', { interval: 24 * hour, retry }, { endedAgo: minute, state: 'failure' }, 1],
    ['no retry without history', { ...cron, retry: all }, undefined, false],
  ])
})

test('the latest run is the one that started last, whoever made it; without a start it does not count', () => {
  const of = (name: string, startedAgo: number, spec: Partial<ProwJob['spec']> = {}) => {
    const job = run({ startedAgo })
    return { ...job, metadata: { name }, spec: { ...job.spec, ...spec } }
  }
  const { startTime: _none, ...status } = run({}).status
  const unstarted = { ...run({}), metadata: { name: 'unstarted' }, status }
  const jobs = [unstarted, of('old', hour), of('new', 1000), of('tie', 1000), of('other', 0, { type: 'postsubmit' })]
  expect([...latestRuns(jobs).values()].map(({ metadata }) => metadata.name)).toEqual(['new'])
})
