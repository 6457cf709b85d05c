// Metadata: names, labels, annotations, and what an update may not touch.
import { describe, expect, test } from 'vitest'
import { metaForUpdate, nameProblem, validateMeta } from './meta.ts'
import type { ApiObject } from './object.ts'

test.each<[name: string, rule: 'subdomain' | 'label', good: boolean]>([
  ['a', 'label', true],
  ['a-b.c', 'subdomain', true],
  ['a-b.c', 'label', false],
  ['-a', 'label', false],
  ['A', 'subdomain', false],
  ['a..b', 'subdomain', false],
  ['a_b', 'subdomain', false],
  ['a'.repeat(63), 'label', true],
  ['a'.repeat(64), 'label', false],
  ['a'.repeat(254), 'subdomain', false],
])('name %s as %s', (name, rule, good) => {
  expect(nameProblem(name, rule) === undefined).toBe(good)
})

describe('validateMeta', () => {
  test.each<[why: string, meta: object, field: string]>([
    ['no name', { name: '' }, 'metadata.name'],
    ['a label key', { labels: { 'a b': 'x' } }, 'metadata.labels'],
    ['a label prefix', { labels: { 'A_/b': 'x' } }, 'metadata.labels'],
    ['a label value', { labels: { a: 'x y' } }, 'metadata.labels'],
    ['an annotation key', { annotations: { '': 'x' } }, 'metadata.annotations'],
    ['large annotations', { annotations: { a: 'x'.repeat(300_000) } }, 'metadata.annotations'],
    ['a finalizer', { finalizers: ['a/b/c'] }, 'metadata.finalizers'],
    [
      'an owner without uid',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: '' }] },
      'metadata.ownerReferences[0].uid',
    ],
  ])('refuses %s', (_why, meta, field) => {
    expect(validateMeta({ name: 'x', ...meta }, 'subdomain').map((cause) => cause.field)).toEqual([field])
  })

  test('takes what Prow writes', () => {
    const meta = {
      name: '1b0f5b8e-0000-11ee-8000-0a580a800001',
      labels: { 'created-by-prow': 'true', 'prow.k8s.io/refs.base_ref': '', 'event-GUID': 'x-1' },
      annotations: { 'prow.k8s.io/job': 'anything at all: ✓', 'Upper.Case/Key': 'x' },
    }
    expect(validateMeta(meta, 'subdomain')).toEqual([])
  })
})

test('an update keeps what the server decided and drops empty maps', () => {
  const old: ApiObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '7', generation: 2, labels: { x: 'y' } },
  }
  const next = {
    ...old,
    metadata: { name: 'b', uid: 'other', resourceVersion: '9', generation: 5, labels: {}, annotations: { k: 'v' } },
  }
  expect(metaForUpdate(old, next)).toEqual({
    name: 'a',
    namespace: 'n',
    uid: 'u',
    resourceVersion: '7',
    generation: 2,
    annotations: { k: 'v' },
  })
})
