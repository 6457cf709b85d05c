// Selectors: what their text forms mean, and which are refused.
import { describe, expect, test } from 'vitest'
import { matchesFields, matchesLabels, parseFieldSelector, parseLabelSelector } from './selectors.ts'

describe('label selectors', () => {
  const labels = { tier: 'web', 'prow.k8s.io/type': 'batch', size: '7' }
  test.each<[selector: string, matches: boolean]>([
    ['', true],
    ['tier=web', true],
    ['tier==web', true],
    ['tier=db', false],
    ['tier!=db', true],
    ['absent!=x', true],
    ['tier=', false],
    ['prow.k8s.io/type=batch,tier=web', true],
    ['prow.k8s.io/type=batch,tier=db', false],
    ['tier in (db, web)', true],
    ['tier notin (db,web)', false],
    ['absent notin (a)', true],
    ['tier', true],
    ['!tier', false],
    ['absent', false],
    ['! absent', true],
    ['size>6', true],
    ['size < 7', false],
    ['absent>1', false],
    [' tier in (a,web) , size=7 ', true],
    ['toString', false],
  ])('%s', (selector, matches) => {
    expect(matchesLabels(parseLabelSelector(selector), labels)).toBe(matches)
  })

  test.each(['a=b=c', 'a in b', 'a,,b', '=x', 'a=ü', '-a=b', `a=${'x'.repeat(64)}`, 'a in (x', 'a b'])(
    'refuses %s',
    (selector) => {
      expect(() => parseLabelSelector(selector)).toThrow(/label selector/)
    },
  )
})

describe('field selectors', () => {
  const fields = { 'metadata.name': 'p', 'status.phase': 'Running' }
  const known = ['metadata.name', 'status.phase', 'spec.nodeName']
  test.each<[selector: string, matches: boolean]>([
    ['', true],
    ['metadata.name=p', true],
    ['metadata.name==q', false],
    ['status.phase!=Running', false],
    ['spec.nodeName=', true],
    ['spec.nodeName!=', false],
    ['metadata.name=p,status.phase=Running', true],
    ['metadata.name=p\\,q', false],
  ])('%s', (selector, matches) => {
    expect(matchesFields(parseFieldSelector(selector, known), fields)).toBe(matches)
  })

  test('refuses fields that the kind does not know, and what is no comparison', () => {
    expect(() => parseFieldSelector('spec.x=1', known)).toThrow('field label not supported: spec.x')
    expect(() => parseFieldSelector('metadata.name', known)).toThrow('"metadata.name" is no comparison')
  })
})
