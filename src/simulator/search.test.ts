// The search qualifiers that Prow's queries are made of, read apart and applied.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.ts'
import { inRange, parseQuery } from './search.ts'

test.each([
  ['is:pr', [{ negated: false, name: 'is', values: ['pr'] }]],
  ['-label:"needs rebase"', [{ negated: true, name: 'label', values: ['needs rebase'] }]],
  ['label:"this","or","that"', [{ negated: false, name: 'label', values: ['this', 'or', 'that'] }]],
  ['label:a,b', [{ negated: false, name: 'label', values: ['a', 'b'] }]],
  [
    'crash "on start" repo:o/r',
    [
      { negated: false, name: '', values: ['crash'] },
      { negated: false, name: '', values: ['on start'] },
      { negated: false, name: 'repo', values: ['o/r'] },
    ],
  ],
  [
    'updated:2007-01-01T00:00:00Z..2026-01-02T03:04:05Z',
    [{ negated: false, name: 'updated', values: ['2007-01-01T00:00:00Z..2026-01-02T03:04:05Z'] }],
  ],
  ['review-requested:@me', [{ negated: false, name: 'review-requested', values: ['@me'] }]],
])('%s is cut into its terms', (text, terms) => expect(parseQuery(text)).toEqual(terms))

test.each([
  ['2024-05-06', true],
  ['>=2024-05-06', true],
  ['>2024-05-06', false],
  ['<2024-05-07', true],
  ['<=2024-05-05', false],
  ['2024-05-01..2024-05-06', true],
  ['*..2024-05-05', false],
  ['2024-05-06T13:00:00Z..*', false],
])('2024-05-06 at noon is in %s: %s', (range, is) =>
  expect(inRange(Date.parse('2024-05-06T12:00:00Z'), range)).toBe(is),
)

describe('a search', () => {
  let fixture: Fixture
  beforeAll(async () => {
    fixture = await startFixture()
    const { world } = fixture
    const repo = 'acme/site'
    const open = (title: string, author: string, more: object = {}) =>
      world.openPullRequest({ repo, author, title, branch: title.toLowerCase(), ...more })
    await open('Alpha', 'carol') // 1
    await open('Beta', 'stranger', { draft: true }) // 2
    await open('Gamma', 'carol') // 3
    await open('Delta', 'alice') // 4
    world.openIssue({ repo, author: 'bob', title: 'Epsilon', body: 'about alpha, cc @carol', labels: [] }) // 5
    world.addLabel({ repo, number: 1, by: 'carol', label: 'lgtm' })
    world.addLabel({ repo, number: 3, by: 'carol', label: 'lgtm' })
    world.addLabel({ repo, number: 3, by: 'carol', label: 'do-not-merge/hold' })
    world.assign({ repo, number: 1, by: 'carol', assignees: ['bob'] })
    world.comment({ repo, number: 3, author: 'bob', body: 'hm' })
    await world.review({ repo, number: 3, author: 'alice', event: 'APPROVE' })
    await world.merge({ repo, number: 4, by: 'alice' })
    await world.close({ repo, number: 2, by: 'stranger' })
    world.openIssue({ repo: 'acme/secret', author: 'alice', title: 'Hidden alpha' })
  })
  afterAll(() => fixture.close())

  test.each<[query: string, numbers: number[], as?: string]>([
    ['repo:acme/site', [1, 2, 3, 4, 5]],
    ['repo:acme/site is:pr', [1, 2, 3, 4]],
    ['repo:acme/site type:issue', [5]],
    ['org:acme is:pr is:open', [1, 3]],
    ['org:acme is:pr state:closed', [2, 4]],
    ['org:acme is:merged', [4]],
    ['org:acme is:pr is:unmerged is:closed', [2]],
    ['org:acme draft:true', [2]],
    ['org:acme label:lgtm', [1, 3]],
    ['org:acme label:lgtm -label:"do-not-merge/hold"', [1]],
    ['org:acme label:nosuch,"do-not-merge/hold"', [3]],
    ['org:acme is:pr author:carol', [1, 3]],
    ['org:acme is:pr author:carol author:alice', [1, 3, 4]],
    ['org:acme -author:carol is:open', [5], 'stranger'],
    ['org:acme assignee:bob', [1]],
    ['org:acme commenter:bob', [3]],
    ['org:acme mentions:carol', [5]],
    ['org:acme review:approved', [3]],
    ['org:acme is:pr review:none is:open', [1]],
    ['org:acme head:alpha', [1]],
    ['org:acme base:main is:open', [1, 3]],
    ['org:acme is:pr no:label', [2, 4]],
    ['repo:acme/site repo:acme/none is:open', [1, 3, 5]],
    ['org:acme -repo:acme/secret alpha', [1, 5]],
    ['alpha', [1, 5], 'stranger'],
    ['hidden', [], 'stranger'],
    ['org:acme archived:true', []],
    ['org:acme updated:>2099-01-01', []],
  ])('%s finds %j', async (query, numbers, as = 'bob') => {
    const { body, text } = await fixture.request(
      as,
      `GET /search/issues?q=${encodeURIComponent(query)}&sort=created&order=asc`,
    )
    expect(
      (body as { items?: { number: number }[] }).items?.map((item) => item.number),
      text,
    ).toEqual(numbers)
  })

  test('an unknown qualifier is refused, not ignored', async () => {
    const { status, text } = await fixture.request('bob', 'GET /search/issues?q=flavour:sweet')
    expect([status, text]).toEqual([422, expect.stringContaining('flavour')])
  })
})
