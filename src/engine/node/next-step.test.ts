// One row per rule: what the node does next with a Pod whose containers are in these states.
import { describe, expect, test } from 'vitest'
import type { Pod } from '../../api/kubernetes.ts'
import { nextStep, outcome, restartDelayMs } from './next-step.ts'
import { type ContainerRun, newRun, type PodRun } from './pod-run.ts'
import { phaseOf } from './pod-status.ts'

type Policy = 'Never' | 'OnFailure' | 'Always'
type State = 'new' | 'running' | number | { waitsUntil: number; code: number }

const now = 1_000_000

// init containers i1 and i2, sidecar s between them if given, containers a and b.
function scene(policy: Policy, states: Readonly<Record<string, State>>, more: Partial<PodRun> = {}) {
  const spec = (name: string) => ({ name, ...(name.startsWith('s') ? { restartPolicy: 'Always' } : {}) })
  const names = Object.keys(states)
  const pod: Pod = {
    metadata: { name: 'p', namespace: 'ns', uid: 'u' },
    spec: {
      restartPolicy: policy,
      initContainers: names.filter((name) => /^[is]/.test(name)).map(spec),
      containers: names.filter((name) => !/^[is]/.test(name)).map(spec),
    },
  }
  const run = newRun(pod, now)
  const containers = run.containers.map((one): ContainerRun => {
    const state = states[one.name] ?? 'new'
    if (state === 'new') return one
    if (state === 'running') return { ...one, attempts: 1, running: { id: 'x', startedAt: now } }
    const code = typeof state === 'number' ? state : state.code
    const ended = { exitCode: code, reason: code === 0 ? 'Completed' : 'Error' }
    const notBefore = typeof state === 'number' ? now : state.waitsUntil
    return { ...one, attempts: 1, ended, notBefore }
  })
  return { pod, run: { ...run, containers, ...more } }
}

type Row = [why: string, policy: Policy, states: Readonly<Record<string, State>>, want: object]

describe('start and stop', () => {
  test.each<Row>([
    ['nothing ran yet: the first init container', 'Never', { i1: 'new', i2: 'new', a: 'new' }, { start: ['i1'] }],
    ['the next one waits for the one before', 'Never', { i1: 'running', i2: 'new', a: 'new' }, { start: [] }],
    ['the next one', 'Never', { i1: 0, i2: 'new', a: 'new' }, { start: ['i2'] }],
    ['all containers together', 'Never', { i1: 0, i2: 0, a: 'new', b: 'new' }, { start: ['a', 'b'] }],
    ['no init containers', 'Never', { a: 'new', b: 'new' }, { start: ['a', 'b'] }],
    ['one that is missing', 'Never', { a: 'running', b: 'new' }, { start: ['b'] }],
    ['a failed init container ends it all', 'Never', { i1: 1, a: 'new' }, { start: [], done: true }],
    ['unless it may be tried again', 'OnFailure', { i1: 1, a: 'new' }, { start: ['i1'], done: false }],
    ['all ended', 'Never', { a: 0, b: 3 }, { start: [], done: true }],
    ['one still runs', 'Never', { a: 1, b: 'running' }, { start: [], stop: [], done: false }],
    ['a failure is tried again, a success is not', 'OnFailure', { a: 1, b: 0 }, { start: ['a'] }],
    ['all succeeded', 'OnFailure', { a: 0, b: 0 }, { start: [], done: true }],
    ['Always means always', 'Always', { a: 0, b: 'running' }, { start: ['a'] }],
    [
      'a back-off is waited for',
      'OnFailure',
      { a: { waitsUntil: now + 10_000, code: 1 } },
      { start: [], wakeAt: now + 10_000 },
    ],
    ['a sidecar starts in its turn', 'Never', { i1: 0, s: 'new', i2: 'new', a: 'new' }, { start: ['s'] }],
    ['and does not hold up the next', 'Never', { i1: 0, s: 'running', i2: 'new', a: 'new' }, { start: ['i2'] }],
    ['it is started again whatever the policy', 'Never', { s: 1, a: 'running' }, { start: ['s'] }],
    ['also beside an init container', 'Never', { s: 0, i1: 'running', a: 'new' }, { start: ['s'] }],
    ['it is stopped when all is done', 'Never', { s: 'running', a: 0 }, { start: [], stop: ['s'], done: false }],
    ['the last one first', 'Never', { s1: 'running', s2: 'running', a: 0 }, { stop: ['s2'], done: false }],
    ['and not started again then', 'Never', { s: 1, a: 0 }, { start: [], done: true }],
  ])('%s', (_why, policy, states, want) => {
    const { pod, run } = scene(policy, states)
    expect(nextStep(pod, run, now)).toMatchObject(want)
  })

  test('a stop ends containers first, then sidecars from the last to the first', () => {
    const stop = { stop: { why: 'deleted' } } as const
    const step = (states: Record<string, State>) => {
      const { pod, run } = scene('Always', states, stop)
      return nextStep(pod, run, now)
    }
    expect(step({ s1: 'running', s2: 'running', a: 'running', b: 'running' })).toMatchObject({ stop: ['a', 'b'] })
    expect(step({ s1: 'running', s2: 'running', a: 143, b: 143 })).toMatchObject({ stop: ['s2'], start: [] })
    expect(step({ s1: 'running', s2: 143, a: 143, b: 143 })).toMatchObject({ stop: ['s1'], start: [] })
    expect(step({ s1: 143, s2: 143, a: 143, b: 143 })).toMatchObject({ stop: [], start: [], done: true })
  })

  test('volumes that are not ready hold up everything', () => {
    const volumes = { retryAt: now + 1000, failures: 1, message: 'x' }
    const { pod, run } = scene('Never', { a: 'new' }, { volumes })
    expect(nextStep(pod, run, now)).toMatchObject({ start: [], wakeAt: now + 1000 })
    expect(nextStep(pod, run, now + 1000)).toMatchObject({ start: ['a'] })
  })

  test('the deadline counts from the start of the pod', () => {
    const { pod, run } = scene('Never', { a: 'running' })
    const withDeadline = { ...pod, spec: { containers: [], ...pod.spec, activeDeadlineSeconds: 60 } }
    expect(nextStep(withDeadline, run, now + 59_999)).toMatchObject({ stop: [], wakeAt: now + 60_000 })
    expect(nextStep(withDeadline, run, now + 60_000)).toMatchObject({ end: { reason: 'DeadlineExceeded' } })
  })
})

test.each<[string, Policy, Record<string, State>, string | undefined, string]>([
  ['nothing yet', 'Never', { i1: 'running', a: 'new' }, undefined, 'Pending'],
  ['preparing again', 'OnFailure', { i1: 1, a: 'new' }, undefined, 'Pending'],
  ['prepared', 'Never', { i1: 0, a: 'new' }, undefined, 'Pending'],
  ['running', 'Never', { i1: 0, a: 'running' }, undefined, 'Running'],
  ['one of two has not come up', 'Never', { a: 'running', b: 'new' }, undefined, 'Pending'],
  ['between two attempts', 'Always', { a: 1 }, undefined, 'Running'],
  ['all well', 'Never', { a: 0, b: 0 }, 'Succeeded', 'Running'],
  ['one failed', 'Never', { a: 0, b: 1 }, 'Failed', 'Running'],
  ['preparation failed', 'Never', { i1: 1, a: 'new' }, 'Failed', 'Pending'],
])('outcome and phase: %s', (_why, policy, states, ends, phase) => {
  const { pod, run } = scene(policy, states)
  expect(outcome(pod, run)).toBe(ends)
  // Not final before the node has finished with it.
  expect(phaseOf(pod, run)).toBe(phase)
  if (ends) expect(phaseOf(pod, { ...run, finished: true })).toBe(ends)
})

test('the back-off doubles from ten seconds to five minutes, after one free restart', () => {
  expect([0, 1, 2, 3, 5, 6, 100].map((restarts) => restartDelayMs(restarts) / 1000)).toEqual([
    0, 10, 20, 40, 160, 300, 300,
  ])
})
