// What a text asks of labels, and what comes of it: one row per rule.
import { describe, expect, test } from 'vitest'
import { planOf, wishesIn, withoutHidden } from './decide.ts'

describe('what a text asks for', () => {
  test.each<[text: string, add: string[], remove: string[]]>([
    ['/kind bug', ['kind/bug'], []],
    ['/kind BuG', ['kind/bug'], []],
    ['/area api infra ', ['area/api', 'area/infra'], []],
    [
      '/committee x\n/language zh\n/priority p0\n/sig node\n/triage y\n/wg z',
      ['committee/x', 'language/zh', 'priority/p0', 'sig/node', 'triage/y', 'wg/z'],
      [],
    ],
    ['/remove-area prow\r\n/kind bug\r\n', ['kind/bug'], ['area/prow']],
    ['/kind bug\n/kind bug BUG', ['kind/bug'], []],
    ['/kind', [], []],
    ['/kindly review', ['kind/review'], []],
    ['/kind bug because it is', ['kind/bug', 'kind/because', 'kind/it', 'kind/is'], []],
    ['/kind\tbug', [], []],
    ['/Area x', [], []],
    ['  /area x', [], []],
    ['> /area x', [], []],
    ['/remove-area  infra', [], ['area/', 'area/infra']],
    ['/area\n\n/kind bug', ['area/bug'], []],
    ['/area \n/kind bug', ['area/\n/kind', 'area/bug'], []],
    ['/area\n/remove-kind bug', ['area/bug'], ['kind/bug']],
    ['/area\nwords that follow', ['area/that', 'area/follow'], []],
    ['/label Foo', ['foo'], []],
    ['/label foo\n/remove-label Bar', ['foo'], ['bar']],
    ['/label foo bar', [], []],
    ['/label  foo', [], []],
    ['/label', [], []],
    ['/labelfoo x', [], []],
    ['/label\nfoo', [], []],
    ['/Label foo', [], []],
    ['\u00a0/kind bug', [], []],
    ['/kind bug\u0085', ['kind/bug'], []],
  ])('%j: add %j, remove %j', (text, add, remove) => {
    expect(wishesIn(text, ['FOO', 'bar'])).toEqual({ add, remove, unsupported: [] })
  })

  test('labels that are not configured are told with the whole command, once', () => {
    expect(wishesIn('/label x\r\n/remove-label y\n/label foo\n/label x', ['foo'])).toEqual({
      ...{ add: ['foo'], remove: [], unsupported: ['/label x', '/remove-label y'] },
    })
  })

  test.each([
    ['<!-- /kind bug -->\n/area infra', '\n/area infra'],
    ['a<!-- x\n/kind bug\n--> b <!-- --> c', 'a b  c'],
    ['<!-- /kind bug', '<!-- /kind bug'],
  ])('%j is seen as %j', (text, want) => expect(withoutHidden(text)).toBe(want))
})

describe('what comes of it', () => {
  const repo = [
    'kind/bug',
    'Kind/Feature',
    'needs-kind',
    'needs-sig',
    'sig/node',
    'sig/testing',
    'triage/accepted',
    'needs-triage',
  ]
  type Row = [add: string[], remove: string[], issue: string[], want: Partial<ReturnType<typeof planOf>>]
  test.each<Row>([
    [['kind/bug'], [], [], { add: ['kind/bug'] }],
    [['kind/bug'], [], ['KIND/bug'], {}],
    [['kind/feature'], [], [], { add: ['kind/feature'] }],
    [['kind/x'], [], [], { missing: ['kind/x'] }],
    [[], ['sig/x'], ['sig/node'], { notSet: ['sig/x'] }],
    // On the issue, but no label of the repository any more.
    [[], ['area/old'], ['area/old'], {}],
    // Both in one comment: how it was before decides.
    [['area/x', 'kind/bug'], ['kind/bug'], [], { add: ['kind/bug'], missing: ['area/x'], notSet: ['kind/bug'] }],
    [['kind/bug'], ['kind/bug'], ['kind/bug'], { remove: ['kind/bug'] }],
    // The last one of a category goes.
    [[], ['kind/bug'], ['kind/bug'], { add: ['needs-kind'], remove: ['kind/bug'] }],
    [
      [],
      ['kind/bug', 'kind/feature'],
      ['kind/bug', 'Kind/Feature'],
      { add: ['needs-kind'], remove: ['kind/bug', 'kind/feature'] },
    ],
    [[], ['kind/bug'], ['kind/bug', 'kind/feature'], { remove: ['kind/bug'] }],
    [[], ['kind/bug'], [], { add: ['needs-kind'], notSet: ['kind/bug'] }],
    [[], ['kind/bug'], ['kind/bug', 'needs-kind'], { remove: ['kind/bug'] }],
    [['sig/node'], ['sig/testing'], ['sig/testing'], { add: ['sig/node'], remove: ['sig/testing'] }],
    [
      [],
      ['triage/needs-information', 'triage/accepted'],
      ['triage/accepted'],
      { add: ['needs-triage'], remove: ['triage/accepted'], notSet: ['triage/needs-information'] },
    ],
    // The repository has no needs-priority, and area is not among the categories.
    [[], ['priority/p0', 'area/x'], ['area/x'], { notSet: ['priority/p0'] }],
  ])('add %j, remove %j, on %j', (add, remove, issue, want) => {
    expect(planOf({ add, remove }, { repo, issue })).toEqual({ add: [], remove: [], missing: [], notSet: [], ...want })
  })
})
