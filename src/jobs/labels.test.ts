// Labels and annotations, one row per rule.
import { describe, expect, test } from 'vitest'
import type { ProwJobSpec } from '../api/prowjob.ts'
import { labelsAndAnnotations, labelValue } from './labels.ts'

const spec = (change: Partial<ProwJobSpec>): ProwJobSpec => ({ type: 'presubmit', job: 'j', ...change })
const label = (change: Partial<ProwJobSpec>, name: string) => labelsAndAnnotations(spec(change)).labels[name]

test('a long name is cut in the label and whole in the annotation', () => {
  const job = `${'a'.repeat(62)}-${'b'.repeat(97)}`
  const { labels, annotations } = labelsAndAnnotations(spec({ job }))
  expect(labels['prow.k8s.io/job']).toBe('a'.repeat(62))
  expect(annotations['prow.k8s.io/job']).toBe(job)
  expect(label({ context: 'c'.repeat(64) }, 'prow.k8s.io/context')).toBe('c'.repeat(63))
})

test('Gerrit', () => {
  const refs = { org: 'https://some-gerrit.foo.com', repo: 'some/invalid/repo' }
  expect(labelsAndAnnotations(spec({ refs })).labels).toMatchObject({
    'prow.k8s.io/refs.org': 'some-gerrit.foo.com',
    'prow.k8s.io/refs.repo': 'repo',
  })
})

test('a periodic takes them from its first extra refs', () => {
  const extra_refs = [
    { org: 'o', repo: 'r', base_ref: 'main' },
    { org: 'x', repo: 'y' },
  ]
  expect(labelsAndAnnotations({ type: 'periodic', job: 'j', extra_refs })).toEqual({
    labels: {
      'created-by-prow': 'true',
      'prow.k8s.io/type': 'periodic',
      'prow.k8s.io/job': 'j',
      'prow.k8s.io/context': '',
      'prow.k8s.io/refs.org': 'o',
      'prow.k8s.io/refs.repo': 'r',
      'prow.k8s.io/refs.base_ref': 'main',
    },
    annotations: { 'prow.k8s.io/job': 'j', 'prow.k8s.io/context': '' },
  })
})

test('a periodic without refs has none of them', () => {
  expect(Object.keys(labelsAndAnnotations({ type: 'periodic', job: 'j' }).labels)).toEqual([
    'created-by-prow',
    'prow.k8s.io/type',
    'prow.k8s.io/job',
    'prow.k8s.io/context',
  ])
})

test('what the caller adds wins, and is held to the same rules', () => {
  const added = { labels: { 'prow.k8s.io/type': 'x', mine: 'a/b', bad: '_' }, annotations: { 'prow.k8s.io/job': 'y' } }
  const { labels, annotations } = labelsAndAnnotations(spec({}), added)
  expect(labels['prow.k8s.io/type']).toBe('x')
  expect(labels.mine).toBe('b')
  expect(labels).not.toHaveProperty('bad')
  expect(annotations['prow.k8s.io/job']).toBe('y')
})

describe('a value as a label', () => {
  test.each([
    ['feature/x', 'x'],
    ['feature/x//', 'x'],
    ['a.b_c-D', 'a.b_c-D'],
    ['', ''],
    ['/', undefined],
    ['-a', undefined],
    ['é', undefined],
    ['.github', undefined],
  ])('%j is %j', (value, kept) => expect(labelValue(value)).toBe(kept))
})
