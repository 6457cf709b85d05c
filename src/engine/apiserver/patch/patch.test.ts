// The forms of patches, on plain data.
import { describe, expect, test } from 'vitest'
import { builtinDefinitions } from '../kinds/builtin.ts'
import type { Json } from '../object.ts'
import { reference } from '../schema/types.ts'
import { jsonPatch } from './json.ts'
import { mergePatch } from './merge.ts'
import { strategicMergePatch } from './strategic.ts'

describe('merge patch: the examples of RFC 7386', () => {
  test.each<[target: unknown, patch: unknown, result: unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j + %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result)
  })
})

describe('JSON patch', () => {
  test('applies to a copy', () => {
    const target = { a: { b: [1, 2] } }
    const patch = [
      { op: 'test', path: '/a/b/0', value: 1 },
      { op: 'add', path: '/a/b/-', value: 3 },
      { op: 'remove', path: '/a/b/0' },
      { op: 'move', from: '/a', path: '/c' },
    ]
    expect(jsonPatch(target, patch)).toEqual({ c: { b: [2, 3] } })
    expect(target).toEqual({ a: { b: [1, 2] } })
  })

  test.each<[why: string, patch: unknown, code: number]>([
    ['no list', { op: 'add' }, 400],
    ['an unknown operation', [{ op: 'jump', path: '/a' }], 400],
    ['no path', [{ op: 'add', value: 1 }], 400],
    ['a test that fails', [{ op: 'test', path: '/a', value: 2 }], 422],
    ['a path that is not there', [{ op: 'remove', path: '/x' }], 422],
    ['a key that every object has', [{ op: 'add', path: '/__proto__/polluted', value: 1 }], 422],
  ])('refuses %s', (_why, patch, code) => {
    expect(() => jsonPatch({ a: 1 }, patch)).toThrow(
      expect.objectContaining({ status: expect.objectContaining({ code }) }),
    )
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('strategic merge patch', () => {
  const pod = { schema: reference('Pod'), definitions: builtinDefinitions }
  const containers = [
    { name: 'a', image: 'x:1', env: [{ name: 'K', value: '1' }] },
    { name: 'b', image: 'y:1' },
  ]
  const old = {
    metadata: { finalizers: ['f/1', 'f/2'], labels: { l: '1' } },
    spec: { containers, tolerations: [{ key: 'k' }] },
  }

  test.each<[why: string, patch: Json, result: Json]>([
    [
      'an item by its key',
      { spec: { containers: [{ name: 'b', image: 'y:2' }] } },
      { containers: [containers[0], { name: 'b', image: 'y:2' }] },
    ],
    [
      'a list in an item',
      { spec: { containers: [{ name: 'a', env: [{ name: 'L', value: '2' }] }] } },
      {
        containers: [
          {
            ...containers[0],
            env: [
              { name: 'K', value: '1' },
              { name: 'L', value: '2' },
            ],
          },
          containers[1],
        ],
      },
    ],
    ['a new item', { spec: { containers: [{ name: 'c' }] } }, { containers: [...containers, { name: 'c' }] }],
    ['an item goes', { spec: { containers: [{ name: 'a', $patch: 'delete' }] } }, { containers: [containers[1]] }],
    [
      'the list is replaced',
      { spec: { containers: [{ $patch: 'replace' }, { name: 'z' }] } },
      { containers: [{ name: 'z' }] },
    ],
    [
      'an order',
      { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } },
      { containers: [containers[1], containers[0]] },
    ],
    ['a list without a key is replaced', { spec: { tolerations: [{ key: 'z' }] } }, { tolerations: [{ key: 'z' }] }],
    ['null removes', { spec: { tolerations: null } }, { tolerations: undefined }],
  ])('%s', (_why, patch, result) => {
    const spec = strategicMergePatch(old, patch, pod).spec
    expect(spec).toEqual({ ...old.spec, ...result })
  })

  test('sets of plain values', () => {
    const merged = strategicMergePatch(
      old,
      { metadata: { finalizers: ['f/2', 'f/3'], '$deleteFromPrimitiveList/finalizers': ['f/1'] } },
      pod,
    )
    expect(merged.metadata).toEqual({ finalizers: ['f/2', 'f/3'], labels: { l: '1' } })
  })

  test('maps: replaced or kept to some keys when asked to', () => {
    expect(strategicMergePatch(old, { metadata: { $patch: 'replace', labels: { m: '2' } } }, pod).metadata).toEqual({
      labels: { m: '2' },
    })
    const volumes = [{ name: 'v', emptyDir: {} }]
    const patch = { spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] } }
    expect(strategicMergePatch({ spec: { volumes } }, patch, pod)).toEqual({
      spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
    })
  })

  test('refuses an item without its key and unknown directives', () => {
    expect(() => strategicMergePatch(old, { spec: { containers: [{ image: 'x' }] } }, pod)).toThrow(
      'does not contain declared merge key: name',
    )
    expect(() => strategicMergePatch(old, { spec: { $patch: 'smash' } }, pod)).toThrow('unknown $patch "smash"')
  })
})
