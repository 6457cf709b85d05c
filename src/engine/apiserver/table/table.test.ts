// What kubectl prints: ages, paths, the state of pods.
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../object.ts'
import { ageSince, shortDuration } from './age.ts'
import { eventColumns, nodeColumns } from './builtin.ts'
import { customColumns } from './custom.ts'
import { compileJsonPath } from './jsonpath.ts'
import { podColumns, podStatus } from './pod.ts'

const s = 1000
const m = 60 * s
const h = 60 * m
const d = 24 * h
test.each<[ms: number, text: string]>([
  [-5 * s, '<invalid>'],
  [-0.5 * s, '0s'],
  [0, '0s'],
  [119 * s, '119s'],
  [120 * s, '2m'],
  [125 * s, '2m5s'],
  [10 * m, '10m'],
  [179 * m, '179m'],
  [180 * m, '3h'],
  [3 * h + 5 * m, '3h5m'],
  [8 * h + 5 * m, '8h'],
  [47 * h, '47h'],
  [48 * h, '2d'],
  [51 * h, '2d3h'],
  [8 * d + h, '8d'],
  [729 * d, '729d'],
  [731 * d, '2y1d'],
  [9 * 365 * d, '9y'],
])('%i ms is %s', (ms, text) => {
  expect(shortDuration(ms)).toBe(text)
})

test('no time, no age', () => {
  expect([ageSince(undefined, 0), ageSince('soon', 0)]).toEqual(['<unknown>', '<unknown>'])
})

describe('JSONPath', () => {
  const object = {
    spec: { a: { 'b.c': 1 }, list: [{ n: 1 }, { n: 2 }, {}] },
    metadata: { annotations: { 'x.y/z': 'v' } },
  }
  test.each<[path: string, values: readonly unknown[] | undefined]>([
    ['.spec.list[*].n', [1, 2]],
    ['.spec.list[1].n', [2]],
    ['.spec.list[-1]', [{}]],
    ["{.spec.a['b.c']}", [1]],
    ['.spec.a.b\\.c', [1]],
    ['$.metadata.annotations["x.y/z"]', ['v']],
    ['.metadata.annotations.x\\.y/z', ['v']],
    ['.spec.absent.deep', []],
    ['.spec.toString', []],
    ['..n', undefined],
    ['.list[?(@.n==1)]', undefined],
  ])('%s', (path, values) => {
    expect(compileJsonPath(path)?.(object)).toEqual(values)
  })
})

const podWith = (status: object, more: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }, { name: 'j' }] },
  status,
  ...more,
})
const terminated = (exitCode: number, reason?: string) => ({
  state: { terminated: { exitCode, ...(reason ? { reason } : {}) } },
})
const running = { ready: true, state: { running: {} } }
const waiting = (reason: string) => ({ state: { waiting: { reason } } })

describe('STATUS of a pod', () => {
  test.each<[status: object, word: string]>([
    [{ phase: 'Pending' }, 'Pending'],
    [{}, 'Unknown'],
    [{ phase: 'Failed', reason: 'Evicted' }, 'Evicted'],
    [{ phase: 'Pending', initContainerStatuses: [terminated(0), waiting('PodInitializing')] }, 'Init:1/2'],
    [{ phase: 'Pending', initContainerStatuses: [waiting('ImagePullBackOff')] }, 'Init:ImagePullBackOff'],
    [{ phase: 'Failed', initContainerStatuses: [terminated(3)] }, 'Init:ExitCode:3'],
    [{ phase: 'Failed', initContainerStatuses: [terminated(1, 'Error')] }, 'Init:Error'],
    [{ phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] }, 'ContainerCreating'],
    [{ phase: 'Running', containerStatuses: [running, running] }, 'Running'],
    [{ phase: 'Running', containerStatuses: [terminated(0, 'Completed'), running] }, 'NotReady'],
    [
      {
        phase: 'Running',
        containerStatuses: [terminated(0, 'Completed'), running],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
      'Running',
    ],
    [{ phase: 'Succeeded', containerStatuses: [terminated(0, 'Completed')] }, 'Completed'],
    [{ phase: 'Failed', containerStatuses: [terminated(137, 'OOMKilled')] }, 'OOMKilled'],
    [{ phase: 'Failed', containerStatuses: [{ state: { terminated: { signal: 9, exitCode: 137 } } }] }, 'Signal:9'],
  ])('%j', (status, word) => {
    expect(podStatus(podWith(status))).toBe(word)
  })

  test('while it is deleted', () => {
    const metadata = { name: 'p', deletionTimestamp: '2026-01-01T00:00:00Z' }
    const deleted = (phase: string) => podStatus(podWith({ phase }, { metadata }))
    expect([deleted('Running'), deleted('Succeeded')]).toEqual(['Terminating', 'Succeeded'])
  })
})

const cells = (columns: typeof podColumns, object: ApiObject) =>
  Object.fromEntries(columns.map((column) => [column.name, column.cell(object, Date.parse('2026-01-01T01:00:00Z'))]))

test('READY and RESTARTS of a pod', () => {
  const last = { lastState: { terminated: { finishedAt: '2026-01-01T00:55:00Z' } } }
  const pod = podWith({
    containerStatuses: [
      { ...running, restartCount: 2, ...last },
      { ...terminated(0), ready: true, restartCount: 1 },
    ],
  })
  expect(cells(podColumns, pod)).toMatchObject({ Ready: '1/2', Restarts: '3 (5m ago)', 'Readiness Gates': '<none>' })
})

test('nodes and events', () => {
  const node: ApiObject = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'n',
      labels: { 'node-role.kubernetes.io/worker': '' },
      creationTimestamp: '2026-01-01T00:00:00Z' as never,
    },
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
    },
  }
  expect(cells(nodeColumns, node)).toMatchObject({
    Status: 'Ready,SchedulingDisabled',
    Roles: 'worker',
    Age: '60m',
    'Internal-IP': '10.0.0.1',
  })
  const event: ApiObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p' },
    lastTimestamp: '2026-01-01T00:59:30Z',
    message: 'hello\n',
  }
  expect(cells(eventColumns, event)).toMatchObject({ 'Last Seen': '30s', Object: 'pod/p', Message: 'hello' })
})

test('columns of a definition', () => {
  const columns = customColumns([
    { name: 'Count', type: 'integer', jsonPath: '.spec.count' },
    { name: 'Since', type: 'date', jsonPath: '.status.at', priority: 1 },
    { name: 'All', type: 'string', jsonPath: '.spec.list[*]' },
    { name: 'Broken', type: 'string', jsonPath: '..x' },
  ])
  const object: ApiObject = {
    apiVersion: 'x/v1',
    kind: 'X',
    metadata: { name: 'x' },
    spec: { count: 3, list: ['a', { b: 1 }] },
    status: { at: '2026-01-01T00:59:00Z' },
  }
  expect(cells(columns, object)).toEqual({ Name: 'x', Count: 3, Since: '60s', All: 'a,{"b":1}', Broken: null })
  expect(columns.map(({ priority }) => priority)).toEqual([0, 0, 1, 0, 0])
  expect(customColumns([]).map(({ name }) => name)).toEqual(['Name', 'Age'])
})
