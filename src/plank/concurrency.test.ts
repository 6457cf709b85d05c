// Which triggered jobs may start: one row per rule.
import { describe, expect, test } from 'vitest'
import type { ProwJob, ProwJobSpec } from '../api/prowjob.ts'
import { admit, isUnlimited, type Situation } from './concurrency.ts'

let made = 0
function job(
  uid: string,
  state: 'triggered' | 'pending',
  spec: Partial<ProwJobSpec> = {},
  minute = made++ % 60,
): ProwJob {
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name: uid, uid, creationTimestamp: `2026-01-02T00:${String(minute).padStart(2, '0')}:00Z` },
    spec: { type: 'periodic', agent: 'kubernetes', job: 'j', ...spec },
    status: { state },
  }
}
const many = (count: number, state: 'triggered' | 'pending', spec: Partial<ProwJobSpec>, minute = 0) =>
  Array.from({ length: count }, (_, index) =>
    job(`${spec.job ?? 'j'}${spec.job_queue_name ?? ''}-${index}`, state, spec, minute),
  )

type More = Partial<Omit<Situation, 'limits' | 'jobs'> & Situation['limits']>
function admitted(jobs: ProwJob[], { starting, stuck, ...limits }: More = {}) {
  const verdicts = admit({
    jobs,
    limits: { max_concurrency: 0, job_queue_capacities: {}, ...limits },
    starting: starting ?? new Set(),
    stuck: stuck ?? new Set(),
  })
  return [...verdicts].filter(([, hold]) => !hold).map(([uid]) => uid)
}
const one = { max_concurrency: 1 }
const ten = { max_concurrency: 10 }
const queued = (job_queue_name: string, more = {}) => ({ job_queue_name, ...more })

describe('who may start', () => {
  test.each<[why: string, jobs: ProwJob[], want: string[], more?: More]>([
    ['no limit', [job('a', 'triggered'), job('b', 'triggered')], ['a', 'b']],
    ['one runs, one is allowed', [job('r', 'pending', one), job('a', 'triggered', one)], []],
    ['in whatever cluster', [job('r', 'pending', { ...one, cluster: 'trusted' }), job('a', 'triggered', one)], []],
    ['another job is another limit', [job('r', 'pending', { job: 'other' }), job('a', 'triggered', one)], ['a']],
    ['the older of two goes first', [job('b', 'triggered', one, 2), job('a', 'triggered', one, 1)], ['a']],
    ['5 of 5 run', [...many(5, 'pending', { max_concurrency: 5 }), job('a', 'triggered', { max_concurrency: 5 })], []],
    [
      '9 run and an older one takes the tenth place',
      [...many(9, 'pending', ten), job('older', 'triggered', ten, 1), job('a', 'triggered', ten, 2)],
      ['older'],
    ],
    [
      '20 in all run',
      [
        ...many(10, 'pending', { job: 'x' }),
        ...many(8, 'pending', { job: 'y' }),
        ...many(2, 'pending', { job: 'z' }),
        job('a', 'triggered'),
      ],
      [],
      { max_concurrency: 20 },
    ],
    [
      'one more is allowed',
      [...many(20, 'pending', { job: 'x' }), job('a', 'triggered')],
      ['a'],
      { max_concurrency: 21 },
    ],
    [
      'the limit of all goes by age',
      [job('b', 'triggered', { job: 'x' }, 2), job('a', 'triggered', { job: 'y' }, 1)],
      ['a'],
      { max_concurrency: 1 },
    ],
    [
      'an older job held back by its own limit leaves the place to the next',
      [job('r', 'pending', one, 0), job('old', 'triggered', one, 1), job('new', 'triggered', { job: 'x' }, 2)],
      ['new'],
      { max_concurrency: 2 },
    ],
    [
      'a queue of capacity 0 never starts',
      [job('a', 'triggered', queued('q'))],
      [],
      { job_queue_capacities: { q: 0 } },
    ],
    [
      'a negative capacity is no limit',
      [...many(50, 'pending', queued('q')), job('a', 'triggered', queued('q'))],
      ['a'],
      { job_queue_capacities: { q: -1 } },
    ],
    ['an unknown queue never starts', [job('a', 'triggered', queued('constructor'))], []],
    [
      'a queue counts over job names',
      [...many(10, 'pending', queued('q', { job: 'x' })), job('a', 'triggered', queued('q', { max_concurrency: 100 }))],
      [],
      { job_queue_capacities: { q: 10 } },
    ],
    [
      'a job that is being started has its place',
      [job('s', 'triggered', one, 9), job('a', 'triggered', one, 1)],
      [],
      { starting: new Set(['s']) },
    ],
    [
      'a job that cannot start for its cluster holds nobody up',
      [job('s', 'triggered', { ...one, cluster: 'dead' }, 1), job('a', 'triggered', one, 2)],
      ['s', 'a'],
      { stuck: new Set(['s']) },
    ],
    ['equal ages are ordered all the same', [job('b', 'triggered', one, 1), job('a', 'triggered', one, 1)], ['a']],
  ])('%s', (_why, jobs, want, more) => expect(admitted(jobs, more)).toEqual(want))
})

test('a hold says which limit, how many run, and the place in line', () => {
  const jobs = [job('r', 'pending', one, 0), job('a', 'triggered', one, 1), job('b', 'triggered', one, 2)]
  const verdicts = admit({
    jobs,
    limits: { max_concurrency: 0, job_queue_capacities: {} },
    starting: new Set(),
    stuck: new Set(),
  })
  expect([...verdicts]).toEqual([
    ['a', { by: 'job', limit: 1, active: 1, place: 1 }],
    ['b', { by: 'job', limit: 1, active: 1, place: 2 }],
  ])
})

test('the limit of all is told as such', () => {
  const verdicts = admit({
    jobs: [job('r', 'pending', { job: 'plank' }, 0), job('a', 'triggered', {}, 1)],
    limits: { max_concurrency: 1, job_queue_capacities: {} },
    starting: new Set(),
    stuck: new Set(),
  })
  expect([...verdicts]).toEqual([['a', { by: 'plank', limit: 1, active: 1, place: 1 }]])
})

test('places far back in line are rounded', () => {
  const verdicts = admit({
    jobs: Array.from({ length: 250 }, (_, index) => job(`${1000 + index}`, 'triggered', queued('q'), 1)),
    limits: { max_concurrency: 0, job_queue_capacities: { q: 0 } },
    starting: new Set(),
    stuck: new Set(),
  })
  const places = [...verdicts.values()].map((hold) => hold?.place)
  expect([0, 9, 10, 19, 20, 99, 100, 249].map((index) => places[index])).toEqual([1, 10, 20, 20, 30, 100, 200, 300])
})

test.each([
  [{}, {}, true],
  [one, {}, false],
  [queued('q'), {}, false],
  [queued('q'), { job_queue_capacities: { q: -1 } }, true],
  [{}, { max_concurrency: 5 }, false],
])('%o under %o is unlimited: %s', (spec, limits, want) => {
  expect(isUnlimited(job('a', 'triggered', spec), { max_concurrency: 0, job_queue_capacities: {}, ...limits })).toBe(
    want,
  )
})
