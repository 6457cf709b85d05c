// Pods: what is filled in, refused, and frozen.
import { describe, expect, test } from 'vitest'
import { type ApiObject, jsonAt, listAt } from '../object.ts'
import { amountOf } from './amount.ts'
import { podRules } from './pod.ts'

const podWith = (spec: object, status: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'a', image: 'x' }], ...spec },
  status,
})
const created = (spec: object) => podRules.forCreate?.(podWith(spec), '') ?? podWith(spec)

test.each<[image: string, policy: string]>([
  ['busybox', 'Always'],
  ['busybox:latest', 'Always'],
  ['busybox:1.36', 'IfNotPresent'],
  ['registry:5000/busybox', 'Always'],
  ['busybox@sha256:abc', 'IfNotPresent'],
])('%s is pulled %s', (image, policy) => {
  expect(listAt(created({ containers: [{ name: 'a', image }] }), 'spec.containers')[0]?.imagePullPolicy).toBe(policy)
})

test.each<[why: string, resources: object, qos: string]>([
  ['nothing said', {}, 'BestEffort'],
  ['limits are requests, too', { limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [
    'equal in other words',
    { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } },
    'Guaranteed',
  ],
  ['less than the limit', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1m' } }, 'Burstable'],
  ['only one resource', { requests: { memory: '1Gi' } }, 'Burstable'],
])('quality of service: %s', (_why, resources, qos) => {
  expect(created({ containers: [{ name: 'a', image: 'x', resources }] }).status).toEqual({
    phase: 'Pending',
    qosClass: qos,
  })
})

describe('refuses', () => {
  const one = (container: object) => ({ containers: [{ name: 'a', image: 'x', ...container }] })
  test.each<[spec: object, field: string]>([
    [{ containers: [] }, 'spec.containers'],
    [{ containers: [{ image: 'x' }] }, 'spec.containers[0].name'],
    [one({ name: 'A' }), 'spec.containers[0].name'],
    [{ initContainers: [{ name: 'a', image: 'x' }] }, 'spec.containers[0].name'],
    [one({ image: '' }), 'spec.containers[0].image'],
    [one({ image: ' x' }), 'spec.containers[0].image'],
    [one({ imagePullPolicy: 'Sometimes' }), 'spec.containers[0].imagePullPolicy'],
    [one({ env: [{ value: '1' }] }), 'spec.containers[0].env[0].name'],
    [one({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }), 'spec.containers[0].volumeMounts[0].name'],
    [
      { ...one({ volumeMounts: [{ name: 'v' }] }), volumes: [{ name: 'v' }] },
      'spec.containers[0].volumeMounts[0].mountPath',
    ],
    [{ volumes: [{ name: 'v' }, { name: 'v' }] }, 'spec.volumes[1].name'],
    [one({ ports: [{ containerPort: 0 }] }), 'spec.containers[0].ports[0].containerPort'],
    [one({ resources: { limits: { cpu: 'lots' } } }), 'spec.containers[0].resources.limits[cpu]'],
    [one({ resources: { limits: { cpu: 1 }, requests: { cpu: 2 } } }), 'spec.containers[0].resources.requests[cpu]'],
    [{ restartPolicy: 'Perhaps' }, 'spec.restartPolicy'],
    [{ activeDeadlineSeconds: 0 }, 'spec.activeDeadlineSeconds'],
    [{ terminationGracePeriodSeconds: -1 }, 'spec.terminationGracePeriodSeconds'],
  ])('%j', (spec, field) => {
    expect(podRules.validate?.(podWith(spec)).map((cause) => cause.field)).toEqual([field])
  })
})

describe('an update', () => {
  const changes = (from: object, to: object) => podRules.validateUpdate?.(podWith(to), podWith(from)).length
  test.each<[why: string, from: object, to: object, refused: number]>([
    ['of nothing', {}, {}, 0],
    ['of an image', {}, { containers: [{ name: 'a', image: 'y' }] }, 0],
    ['of tolerations', {}, { tolerations: [{ key: 'x' }] }, 0],
    ['that schedules', {}, { nodeName: 'here' }, 0],
    ['that moves', { nodeName: 'here' }, { nodeName: 'there' }, 1],
    ['of a command', {}, { containers: [{ name: 'a', image: 'x', command: ['y'] }] }, 1],
    [
      'that adds a container',
      {},
      {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'b', image: 'y' },
        ],
      },
      1,
    ],
    ['of the restart policy', { restartPolicy: 'Never' }, { restartPolicy: 'Always' }, 1],
  ])('%s', (_why, from, to, refused) => {
    expect(changes(from, to)).toBe(refused)
  })
})

test.each<[why: string, pod: ApiObject, asked: number | undefined, grace: number]>([
  ['no node', podWith({}), undefined, 0],
  ['its own', podWith({ nodeName: 'n', terminationGracePeriodSeconds: 7 }), undefined, 7],
  ['the usual', podWith({ nodeName: 'n' }), undefined, 30],
  ['asked for', podWith({ nodeName: 'n' }), 3, 3],
  ['by force', podWith({ nodeName: 'n' }), 0, 0],
  ['has ended', podWith({ nodeName: 'n' }, { phase: 'Failed' }), 9, 0],
])('grace: %s', (_why, pod, asked, grace) => {
  expect(podRules.graceSeconds?.(pod, asked)).toBe(grace)
})

test('a service account in either spelling', () => {
  expect(jsonAt(created({ serviceAccount: 'bot' }), 'spec')).toMatchObject({
    serviceAccountName: 'bot',
    serviceAccount: 'bot',
  })
  expect(jsonAt(created({}), 'spec').serviceAccountName).toBe('default')
})

test.each<[text: unknown, value: number | undefined]>([
  ['1', 1],
  [2, 2],
  ['500m', 0.5],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['.5', 0.5],
  ['2e3', 2000],
  ['1E', 1e18],
  ['1k', 1000],
  ['Gi', undefined],
  ['1 Gi', undefined],
  ['1gi', undefined],
  [true, undefined],
])('quantity %s', (text, value) => {
  expect(amountOf(text)).toBe(value)
})
