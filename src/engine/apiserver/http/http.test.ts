// The edges of the HTTP layer that are pure: paths, Accept headers, protobuf, containers of logs.
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../object.ts'
import { acceptedForm } from './accept.ts'
import { containerFor } from './logs.ts'
import { parsePath } from './path.ts'
import { decodeProtobuf } from './protobuf.ts'

test.each<[path: string, parts: object | undefined]>([
  ['/api/v1/pods', { group: '', version: 'v1', plural: 'pods' }],
  ['/api/v1/namespaces', { group: '', version: 'v1', plural: 'namespaces' }],
  ['/api/v1/namespaces/a', { group: '', version: 'v1', plural: 'namespaces', name: 'a' }],
  ['/api/v1/namespaces/a/status', { group: '', version: 'v1', plural: 'namespaces', name: 'a', subresource: 'status' }],
  ['/api/v1/namespaces/a/pods', { group: '', version: 'v1', plural: 'pods', namespace: 'a' }],
  ['/api/v1/namespaces/a/pods/', { group: '', version: 'v1', plural: 'pods', namespace: 'a' }],
  [
    '/api/v1/namespaces/a/pods/p/log',
    { group: '', version: 'v1', plural: 'pods', namespace: 'a', name: 'p', subresource: 'log' },
  ],
  [
    '/apis/g.io/v1/namespaces/a/things/t',
    { group: 'g.io', version: 'v1', plural: 'things', namespace: 'a', name: 't' },
  ],
  ['/apis/g.io/v1/things/a%2Fb', { group: 'g.io', version: 'v1', plural: 'things', name: 'a/b' }],
  ['/api/v1/namespaces/a/pods/p/log/more', undefined],
  ['/api/v1', undefined],
  ['/apis/g.io/v1', undefined],
  ['/api/v1//pods', undefined],
  ['/healthz', undefined],
])('%s', (path, parts) => {
  expect(parsePath(path)).toEqual(parts)
})

test.each<[accept: string | undefined, form: string]>([
  [undefined, 'object'],
  ['*/*', 'object'],
  ['application/json', 'object'],
  ['application/vnd.kubernetes.protobuf,application/json', 'object'],
  ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'table'],
  ['application/json; as=PartialObjectMetadataList; g=meta.k8s.io; v=v1', 'metadata'],
  ['application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json', 'object'],
])('Accept: %s', (accept, form) => {
  expect(acceptedForm(accept)).toBe(form)
})

test('an Accept header without JSON is a 406', () => {
  expect(() => acceptedForm('application/vnd.kubernetes.protobuf')).toThrow(
    'only the following media types are accepted',
  )
})

describe('protobuf', () => {
  // A few bytes of the format, enough to write the messages of the tests.
  const bytes = (number: number, value: Buffer | string) => {
    const data = Buffer.from(value)
    return Buffer.concat([Buffer.from([(number << 3) | 2, data.length]), data])
  }
  const int = (number: number, ...varint: number[]) => Buffer.from([number << 3, ...varint])
  const entry = (key: string, value: string) => Buffer.concat([bytes(1, key), bytes(2, value)])
  const body = (apiVersion: string, kind: string, ...raw: Buffer[]) =>
    Buffer.concat([
      Buffer.from('k8s\0'),
      bytes(1, Buffer.concat([bytes(1, apiVersion), bytes(2, kind)])),
      bytes(2, Buffer.concat(raw)),
    ])

  test('reads what kubectl sends', () => {
    // Go writes empty fields as well: generateName, resourceVersion and creationTimestamp here.
    const metadata = Buffer.concat([
      bytes(1, 'm'),
      bytes(2, ''),
      bytes(6, ''),
      bytes(8, ''),
      bytes(11, entry('l', '1')),
      bytes(11, entry('k', '2')),
    ])
    expect(
      decodeProtobuf(
        body('v1', 'ConfigMap', bytes(1, metadata), bytes(2, entry('a', 'b')), bytes(3, entry('c', '\x01')), int(4, 0)),
      ),
    ).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', labels: { l: '1', k: '2' } },
      data: { a: 'b' },
      binaryData: { c: 'AQ==' },
      immutable: false,
    })
    expect(decodeProtobuf(body('apps/v1', 'DeleteOptions', int(1, 0), bytes(4, 'Orphan')))).toMatchObject({
      gracePeriodSeconds: 0,
      propagationPolicy: 'Orphan',
    })
    const time = Buffer.concat([int(1, 0x80, 0xa2, 0xcd, 0xb8, 0x06), int(2, 0x80, 0xca, 0xb5, 0xee, 0x01)])
    expect(
      decodeProtobuf(body('coordination.k8s.io/v1', 'Lease', bytes(2, Buffer.concat([int(2, 15), bytes(4, time)])))),
    ).toMatchObject({
      spec: { leaseDurationSeconds: 15, renewTime: '2024-10-19T06:26:08.500000Z' },
    })
  })

  test.each<[why: string, body: Buffer, message: string]>([
    ['something else', Buffer.from('{}'), 'not Kubernetes protobuf'],
    ['a kind that has to come as JSON', body('v1', 'Pod'), 'a v1 Pod has to be sent as application/json'],
    ['a length beyond the end', Buffer.concat([Buffer.from('k8s\0'), Buffer.from([10, 99, 1])]), 'broken protobuf'],
    ['an endless number', Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(20, 0xff)]), 'broken protobuf'],
    ['a number where text belongs', body('v1', 'ConfigMap', bytes(1, int(1, 5))), 'broken protobuf'],
    ['a dangerous key', body('v1', 'ConfigMap', bytes(2, entry('__proto__', 'x'))), 'not allowed'],
  ])('refuses %s', (_why, broken, message) => {
    expect(() => decodeProtobuf(broken)).toThrow(message)
  })
})

describe('the container of a log', () => {
  const state = (name: string, status: object) => ({ name, ...status })
  const podWith = (containers: string[], ...containerStatuses: object[]): ApiObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { nodeName: 'n', containers: containers.map((name) => ({ name })), initContainers: [{ name: 'init' }] },
    status: { containerStatuses, initContainerStatuses: [state('init', { state: { terminated: {} } })] },
  })
  const running = { state: { running: {} } }

  test.each<[why: string, pod: ApiObject, asked: string | null, name: string]>([
    ['the only one', podWith(['a'], state('a', running)), null, 'a'],
    ['asked for', podWith(['a', 'b'], state('b', running)), 'b', 'b'],
    ['an init container', podWith(['a']), 'init', 'init'],
    ['ended', podWith(['a'], state('a', { state: { terminated: {} } })), null, 'a'],
    [
      'waiting to run again',
      podWith(['a'], state('a', { state: { waiting: {} }, lastState: { terminated: {} } })),
      null,
      'a',
    ],
  ])('%s', (_why, pod, asked, name) => {
    expect(containerFor(pod, asked, false)).toBe(name)
  })

  test.each<[pod: ApiObject, asked: string | null, previous: boolean, message: string]>([
    [
      podWith(['a', 'b']),
      null,
      false,
      'a container name must be specified for pod p, choose one of: [a b] or one of the init containers: [init]',
    ],
    [podWith(['a']), 'z', false, 'container z is not valid for pod p'],
    [podWith(['a']), 'a', false, 'container "a" in pod "p" is waiting to start: ContainerCreating'],
    [
      podWith(['a'], state('a', { state: { waiting: { reason: 'ErrImagePull' } } })),
      'a',
      false,
      'is waiting to start: ErrImagePull',
    ],
    [podWith(['a'], state('a', running)), 'a', true, 'previous terminated container "a" in pod "p" not found'],
  ])('%#: %s', (pod, asked, previous, message) => {
    expect(() => containerFor(pod, asked, previous)).toThrow(message)
  })
})
