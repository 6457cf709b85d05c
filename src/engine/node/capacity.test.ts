// Who gets room: what Pods ask for, and the order of the queue.
import { expect, test } from 'vitest'
import type { Container, Pod, PodSpec } from '../../api/kubernetes.ts'
import { admit, requestsOf } from './capacity.ts'

const asks = (requests: Record<string, string>, more: Partial<Container> = {}): Container => ({
  name: 'c',
  resources: { requests },
  ...more,
})
const pod = (name: string, second: number, spec: Partial<PodSpec> = {}): Pod => ({
  metadata: { namespace: 'ns', name, creationTimestamp: `2026-01-02T03:04:${String(second).padStart(2, '0')}Z` },
  spec: { containers: [], ...spec },
})
const sidecar = { restartPolicy: 'Always' }

test.each<[string, Partial<PodSpec>, object]>([
  ['nothing asked', { containers: [{ name: 'c' }] }, {}],
  [
    'containers add up',
    { containers: [asks({ cpu: '500m' }), asks({ cpu: '1', memory: '1Gi' })] },
    { cpu: 1.5, memory: 2 ** 30 },
  ],
  [
    'a limit without a request is a request',
    { containers: [{ name: 'c', resources: { limits: { cpu: '2' } } }] },
    { cpu: 2 },
  ],
  [
    'the largest init container, if that is more',
    { initContainers: [asks({ cpu: '3' }), asks({ cpu: '1' })], containers: [asks({ cpu: '2' })] },
    { cpu: 3 },
  ],
  [
    'a sidecar counts with the containers and with the init containers after it',
    { initContainers: [asks({ cpu: '1' }, sidecar), asks({ cpu: '3' })], containers: [asks({ cpu: '2' })] },
    { cpu: 4 },
  ],
  ['disk is not metered', { containers: [asks({ 'ephemeral-storage': '1Ti' })] }, {}],
  ['overhead', { containers: [asks({ cpu: '1' })], overhead: { cpu: '250m' } }, { cpu: 1.25 }],
])('asks: %s', (_why, spec, want) => expect(requestsOf(pod('p', 0, spec))).toEqual({ ...want, pods: 1 }))

const capacity = { cpu: 4, memory: 2 ** 30, pods: 3 }
const cpu = (name: string, second: number, cores: string) => pod(name, second, { containers: [asks({ cpu: cores })] })
const result = (
  unassigned: Pod[],
  running: Pod[] = [],
  of: typeof capacity & { [name: string]: number } = capacity,
) => {
  const { start, waiting } = admit(unassigned, running, of)
  return {
    start: start.map(({ metadata }) => metadata?.name),
    waiting: waiting.map((one) => `${one.pod.metadata?.name}: ${one.message}`),
  }
}

test('as many as fit start, oldest first', () => {
  expect(result([cpu('c', 3, '2'), cpu('a', 1, '2'), cpu('b', 2, '2')])).toEqual({
    start: ['a', 'b'],
    waiting: ['c: 0/1 nodes are available: 1 Insufficient cpu (asks for 2, 0 of 4 free). Next in the queue.'],
  })
})

test('nobody overtakes the first one who waits', () => {
  expect(result([cpu('big', 1, '4'), cpu('small', 2, '1')], [cpu('r', 0, '1')])).toEqual({
    start: [],
    waiting: [
      'big: 0/1 nodes are available: 1 Insufficient cpu (asks for 4, 3 of 4 free). Next in the queue.',
      'small: 0/1 nodes are available: 1 is taken by earlier pods. 1 pod is ahead in the queue.',
    ],
  })
})

test('one that never fits does not hold up the others, and what is unknown never fits', () => {
  expect(result([pod('gpu', 1, { containers: [asks({ 'nvidia.com/gpu': '1' })] }), cpu('small', 2, '1')])).toEqual({
    start: ['small'],
    waiting: [
      'gpu: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu (asks for 1, 0 of 0 free). The node is too small for this pod.',
    ],
  })
})

test('the number of pods is a resource like the others', () => {
  const running = [pod('x', 0), pod('y', 0), pod('z', 0)]
  expect(result([pod('p', 1)], running).waiting).toEqual([
    'p: 0/1 nodes are available: 1 Too many pods (3 at a time). Next in the queue.',
  ])
})

test('tenths of cores add up to whole ones', () => {
  const running = Array.from({ length: 9 }, (_, index) => cpu(`r${index}`, 0, '100m'))
  expect(result([cpu('p', 1, '100m')], running, { cpu: 1, memory: 1, pods: 20 }).start).toEqual(['p'])
})

test('far back in the queue the place is told roughly, so that it does not change with every start', () => {
  const queue = Array.from({ length: 60 }, (_, index) => cpu(`p${index}`, index, '4'))
  const { waiting } = result(queue, [cpu('r', 0, '4')])
  expect(waiting[10]).toContain('10 pods are ahead')
  expect(waiting[11]).toContain('More than 10 pods are ahead')
  expect(waiting[20]).toContain('More than 10 pods are ahead')
  expect(waiting[59]).toContain('More than 50 pods are ahead')
})
