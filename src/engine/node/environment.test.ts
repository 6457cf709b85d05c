// The environment of a container: order, references, and what is said when one is missing.
import { expect, test } from 'vitest'
import type { ConfigMap, Container, Pod, Secret } from '../../api/kubernetes.ts'
import { environmentOf, neededByEnvironment } from './environment.ts'

const node = { nodeName: 'n', hostIP: '127.0.0.1', cpu: 4, memory: 2 ** 30 }
const references = {
  configMaps: new Map<string, ConfigMap>([['cm', { metadata: {}, data: { A: 'cm-a', 'odd key': 'odd' } }]]),
  secrets: new Map<string, Secret>([['s', { metadata: {}, data: { T: btoa('secret') } }]]),
}
const pod: Pod = {
  metadata: { name: 'p', namespace: 'ns', uid: 'u', labels: { a: 'l', 'x/y': 'z' }, annotations: { b: 'q"uote' } },
  spec: {
    serviceAccountName: 'sa',
    containers: [
      { name: 'c', resources: { limits: { cpu: '1500m' }, requests: { memory: '100Mi' } } },
      { name: 'd', resources: { requests: { cpu: '1m' } } },
    ],
  },
}
const container = (more: Partial<Container>): Container => ({ ...pod.spec?.containers[0], name: 'c', ...more })
const env = (more: Partial<Container>) => environmentOf(container(more), pod, references, node)
const field = (fieldPath: string) => ({ name: 'V', valueFrom: { fieldRef: { fieldPath } } })
const resource = (resource: string, more = {}) => ({
  name: 'V',
  valueFrom: { resourceFieldRef: { resource, ...more } },
})

test.each<[string, Partial<Container>, object]>([
  ['a literal', { env: [{ name: 'V', value: 'v' }] }, { V: 'v' }],
  ['no value at all is empty', { env: [{ name: 'V' }] }, { V: '' }],
  [
    'the later one of a name wins',
    {
      env: [
        { name: 'V', value: '1' },
        { name: 'V', value: '2' },
      ],
    },
    { V: '2' },
  ],
  [
    'it may use the earlier one',
    {
      env: [
        { name: 'V', value: '1' },
        { name: 'V', value: '$(V)2' },
      ],
    },
    { V: '12' },
  ],
  [
    'only what comes before is known',
    {
      env: [
        { name: 'V', value: '$(W)' },
        { name: 'W', value: 'w' },
      ],
    },
    { V: '$(W)', W: 'w' },
  ],
  ['envFrom brings all keys', { envFrom: [{ configMapRef: { name: 'cm' } }] }, { A: 'cm-a', 'odd key': 'odd' }],
  ['with a prefix', { envFrom: [{ prefix: 'P_', secretRef: { name: 's' } }] }, { P_T: 'secret' }],
  [
    'env wins over envFrom, and does not see it',
    { envFrom: [{ secretRef: { name: 's' } }], env: [{ name: 'T', value: '[$(T)]' }] },
    { T: '[$(T)]' },
  ],
  ['an optional map that is not there', { envFrom: [{ configMapRef: { name: 'no', optional: true } }] }, {}],
  ['a key of a map', { env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'cm', key: 'A' } } }] }, { V: 'cm-a' }],
  [
    'a key of a secret',
    { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 's', key: 'T' } } }] },
    { V: 'secret' },
  ],
  [
    'an optional key that is not there leaves the variable out',
    { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 's', key: 'no', optional: true } } }] },
    {},
  ],
  ['name', { env: [field('metadata.name')] }, { V: 'p' }],
  ['a label', { env: [field("metadata.labels['x/y']")] }, { V: 'z' }],
  ['all annotations', { env: [field('metadata.annotations')] }, { V: 'b="q\\"uote"' }],
  ['the node', { env: [field('spec.nodeName')] }, { V: 'n' }],
  ['the service account', { env: [field('spec.serviceAccountName')] }, { V: 'sa' }],
  ['the address', { env: [field('status.podIP')] }, { V: '127.0.0.1' }],
  ['cores are rounded up', { env: [resource('limits.cpu')] }, { V: '2' }],
  ['in milli-cores', { env: [resource('limits.cpu', { divisor: '1m' })] }, { V: '1500' }],
  ['bytes by a divisor', { env: [resource('requests.memory', { divisor: '1Mi' })] }, { V: '100' }],
  ['a limit that is not set is what the node has', { env: [resource('limits.memory')] }, { V: String(2 ** 30) }],
  ['a request that is not set is the limit', { env: [resource('requests.cpu')] }, { V: '2' }],
  ['of another container', { env: [resource('requests.cpu', { containerName: 'd', divisor: '1m' })] }, { V: '1' }],
])('%s', (_why, given, want) => expect(env(given)).toEqual({ env: want }))

test.each<[string, Partial<Container>, string]>([
  ['map', { envFrom: [{ configMapRef: { name: 'no' } }] }, 'configmap "no" not found'],
  ['secret', { envFrom: [{ secretRef: { name: 'no' } }] }, 'secret "no" not found'],
  [
    'map of a key',
    { env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'no', key: 'k' } } }] },
    'configmap "no" not found',
  ],
  [
    'key',
    { env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'cm', key: 'k' } } }] },
    "couldn't find key k in ConfigMap ns/cm",
  ],
  [
    'key of a secret',
    { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
    "couldn't find key k in Secret ns/s",
  ],
  ['field', { env: [field('spec.hostname')] }, 'unsupported fieldPath: spec.hostname'],
])('missing: %s', (_why, given, problem) => expect(env(given)).toEqual({ problem }))

test('all references are found', () => {
  const found = neededByEnvironment(
    container({
      envFrom: [{ configMapRef: { name: 'a' } }, { secretRef: { name: 'b' } }],
      env: [
        { name: 'V', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
        { name: 'W', valueFrom: { secretKeyRef: { name: 'd', key: 'k' } } },
      ],
    }),
  )
  expect([[...found.configMaps], [...found.secrets]]).toEqual([
    ['a', 'c'],
    ['b', 'd'],
  ])
})
