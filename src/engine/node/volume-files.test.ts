// The files of volumes: items, modes, and what is said when something is missing.

import type { Volume } from 'kubernetes-types/core/v1.js'
import { expect, test } from 'vitest'
import type { ConfigMap, Secret } from '../../api/kubernetes.ts'
import { filesOf, isPlainPath, neededByVolumes } from './volume-files.ts'

const references = {
  configMaps: new Map<string, ConfigMap>([
    ['cm', { metadata: {}, data: { a: 'A', b: 'B' }, binaryData: { c: btoa('\x00\x01') } }],
  ]),
  secrets: new Map<string, Secret>([['s', { metadata: {}, data: { k: btoa('K') } }]]),
}
const pod = { metadata: { name: 'p', namespace: 'ns', labels: { b: '2', a: '1' } }, spec: { containers: [] } }
const node = { nodeName: 'n', hostIP: '127.0.0.1', cpu: 4, memory: 1024 }

const files = (volume: Omit<Volume, 'name'>) => {
  const made = filesOf({ name: 'v', ...volume }, pod, references, node)
  return 'problem' in made
    ? made.problem
    : made.files.map(({ path, data, mode }) => `${path} ${data.toString('latin1')} ${mode.toString(8)}`)
}

test.each<[string, Omit<Volume, 'name'>, string[] | string]>([
  ['all keys of a map', { configMap: { name: 'cm' } }, ['a A 644', 'b B 644', 'c \x00\x01 644']],
  ['chosen keys', { configMap: { name: 'cm', items: [{ key: 'b', path: 'x/y' }] } }, ['x/y B 644']],
  ['a secret with a mode', { secret: { secretName: 's', defaultMode: 0o400 } }, ['k K 400']],
  ['a mode of one item', { secret: { secretName: 's', items: [{ key: 'k', path: 'k', mode: 0o600 }] } }, ['k K 600']],
  ['no such map', { configMap: { name: 'no' } }, 'configmap "no" not found'],
  ['no such secret', { secret: { secretName: 'no' } }, 'secret "no" not found'],
  ['none needed', { secret: { secretName: 'no', optional: true } }, []],
  [
    'no such key',
    { secret: { secretName: 's', items: [{ key: 'x', path: 'x' }] } },
    'references non-existent secret key: x (ns/s)',
  ],
  ['key not needed', { secret: { secretName: 's', optional: true, items: [{ key: 'x', path: 'x' }] } }, []],
  [
    'a path that leads out',
    { configMap: { name: 'cm', items: [{ key: 'a', path: '../a' }] } },
    'invalid path "../a": must be relative and without ".."',
  ],
  [
    'what the pod is called',
    { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    ['labels a="1"\nb="2" 644'],
  ],
  [
    'several sources in one',
    {
      projected: {
        defaultMode: 0o440,
        sources: [{ configMap: { name: 'cm', items: [{ key: 'a', path: 'a' }] } }, { secret: { name: 's' } }],
      },
    },
    ['a A 440', 'k K 440'],
  ],
  [
    'a source that this node does not have',
    { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
    'projected volume source serviceAccountToken is not supported by this node',
  ],
])('%s', (_why, volume, want) => expect(files(volume)).toEqual(want))

test('all references are found', () => {
  const needed = neededByVolumes([
    { name: '1', configMap: { name: 'a' } },
    { name: '2', secret: { secretName: 'b' } },
    { name: '3', projected: { sources: [{ configMap: { name: 'c' } }, { secret: { name: 'd' } }] } },
    { name: '4', emptyDir: {} },
  ])
  expect([[...needed.configMaps], [...needed.secrets]]).toEqual([
    ['a', 'c'],
    ['b', 'd'],
  ])
})

test('plain paths', () => {
  expect(['a', 'a/b', './a', '..a', 'a..'].filter(isPlainPath)).toHaveLength(5)
  expect(['', '/a', '..', '../a', 'a/../../b'].filter(isPlainPath)).toEqual([])
})
