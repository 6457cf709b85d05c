// Server-side apply: who owns what, on plain data.
import { describe, expect, test } from 'vitest'
import { builtinDefinitions } from '../kinds/builtin.ts'
import { type ApiObject, jsonAt, listAt } from '../object.ts'
import { reference } from '../schema/types.ts'
import { managersOf, recordUpdate, serverSideApply } from './apply.ts'

const root = { schema: reference('Pod'), definitions: builtinDefinitions }
const now = '2026-01-01T00:00:00Z'
const podWith = (spec: object, metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec,
})
const apply = (live: ApiObject | undefined, config: ApiObject, manager: string, force = false) =>
  serverSideApply(live, config, root, { manager, now, force }) as ApiObject

test('owns fields, items of lists by key, and nothing that identifies the object', () => {
  const made = apply(
    undefined,
    podWith({ containers: [{ name: 'a', ports: [{ containerPort: 80 }] }], hostNetwork: true }, { labels: { l: '1' } }),
    'm',
  )
  expect(managersOf(made)).toEqual([
    {
      manager: 'm',
      operation: 'Apply',
      apiVersion: 'v1',
      time: now,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { 'f:l': {} } },
        'f:spec': {
          'f:hostNetwork': {},
          'f:containers': {
            'k:{"name":"a"}': {
              '.': {},
              'f:name': {},
              'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
            },
          },
        },
      },
    },
  ])
})

describe('a second apply', () => {
  const first = apply(
    undefined,
    podWith({
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y' },
      ],
      hostNetwork: true,
    }),
    'one',
  )

  test('removes what the manager no longer declares', () => {
    const { spec } = apply(first, podWith({ containers: [{ name: 'b', image: 'y' }] }), 'one')
    expect(spec).toEqual({ containers: [{ name: 'b', image: 'y' }] })
  })

  test('leaves what somebody else declares, too', () => {
    const both = apply(first, podWith({ containers: [{ name: 'a', image: 'x' }] }), 'two')
    const after = apply(both, podWith({ hostNetwork: true }), 'one')
    expect(after.spec).toEqual({ containers: [{ name: 'a', image: 'x' }], hostNetwork: true })
    expect(managersOf(after).map(({ manager }) => manager)).toEqual(['one', 'two'])
  })

  test('leaves what somebody else added to an item', () => {
    const both = apply(first, podWith({ containers: [{ name: 'a', workingDir: '/' }] }), 'two')
    const after = apply(both, podWith({ hostNetwork: true }), 'one')
    expect(listAt(after, 'spec.containers')).toEqual([{ name: 'a', workingDir: '/' }])
  })

  test('agreeing is no conflict; differing is, and force takes over', () => {
    expect(() => apply(first, podWith({ hostNetwork: true }), 'two')).not.toThrow()
    const other = podWith({ hostNetwork: false, containers: [{ name: 'a', image: 'z' }] })
    expect(() => apply(first, other, 'two')).toThrow(
      'Apply failed with 2 conflicts: conflict with "one": .spec.hostNetwork, conflict with "one": .spec.containers[name="a"].image',
    )
    const taken = apply(first, other, 'two', true)
    expect(jsonAt(taken, 'spec').hostNetwork).toBe(false)
    const one = managersOf(taken).find(({ manager }) => manager === 'one')
    expect(one?.fieldsV1['f:spec']).not.toHaveProperty('f:hostNetwork')
  })

  test('that changes nothing keeps its time', () => {
    const again = serverSideApply(first, podWith({ ...jsonAt(first, 'spec') }), root, {
      manager: 'one',
      now: 'later',
      force: false,
    })
    expect(again).toEqual(first)
  })
})

describe('ordinary writes', () => {
  const applied = apply(undefined, podWith({ hostNetwork: true, hostPID: true }), 'one')

  test('take over what they change', () => {
    const next = { ...applied, spec: { hostNetwork: false, hostPID: true } }
    const managers = managersOf(recordUpdate(applied, next, root, { manager: 'edit', now }))
    expect(managers.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1])).toEqual([
      ['one', 'Apply', { 'f:spec': { 'f:hostPID': {} } }],
      ['edit', 'Update', { 'f:spec': { 'f:hostNetwork': {} } }],
    ])
    expect(() =>
      apply(
        { ...next, metadata: { ...next.metadata, managedFields: managers as never } },
        podWith({ hostNetwork: true }),
        'one',
      ),
    ).toThrow('conflict with "edit" using v1: .spec.hostNetwork')
  })

  test('are not written down while nobody applies', () => {
    const plain = podWith({ hostNetwork: true })
    const next = podWith({ hostNetwork: false })
    expect(recordUpdate(plain, next, root, { manager: 'edit', now })).toBe(next)
  })

  test('before the first apply count as somebody else', () => {
    const plain = podWith({ hostNetwork: true })
    expect(() => apply(plain, podWith({ hostNetwork: false }), 'one')).toThrow(
      'conflict with "before-first-apply" using v1',
    )
    expect(jsonAt(apply(plain, podWith({ hostPID: true }), 'one'), 'spec')).toEqual({
      hostNetwork: true,
      hostPID: true,
    })
  })
})
