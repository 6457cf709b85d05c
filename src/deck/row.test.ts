// Rows: what the list says of a job, above all of one that has not ended.
import { describe, expect, test } from 'vitest'
import * as labels from '../api/labels.ts'
import { rowOf } from './row.ts'
import { job, running, waiting } from './testing/jobs.ts'
import { fromColumns, newestFirst, toColumns } from './wire.ts'

const host = 'https://github.com'

describe('a job that has not ended says why, since when and what would move it', () => {
  test("in plank's words", () => {
    expect(rowOf(waiting({ name: 'w' }), host)).toMatchObject({
      reason: 'Two runs of this job are going on, and max_concurrency is 2',
      since: Date.parse('2026-01-02T03:00:00Z'),
      next: 'One of them ends',
    })
  })

  test.each(['scheduling', 'triggered', 'pending', 'aborted', 'success'] as const)(
    'in words of its own when nobody left any: %s',
    (state) => {
      const { reason, since, next } = rowOf(running({ name: 'r', status: { state } }), host)
      expect([reason, next]).not.toContain('')
      expect(since).toBeGreaterThan(0)
    },
  )

  test('a half-written annotation leaves no gap', () => {
    const half = running({
      name: 'r',
      annotations: { [labels.waitingReason]: 'The node is full', [labels.waitingSince]: 'soon' },
    })
    expect(rowOf(half, host)).toMatchObject({ reason: 'The node is full', since: Date.parse('2026-01-02T03:00:05Z') })
  })
})

test('a job that has ended does not wait, whatever its annotations say', () => {
  const done = job({ name: 'd', annotations: { [labels.waitingReason]: 'old' } })
  expect(rowOf(done, host)).toMatchObject({
    reason: '',
    since: 0,
    next: '',
    completed: Date.parse('2026-01-02T03:02:05Z'),
  })
})

test('links are those of the job, else made from its repository, else from the code host', () => {
  const refs = { org: 'o', repo: 'r', pulls: [{ number: 5, author: 'a', sha: 's' }] }
  const link = (given: object) => rowOf(job({ name: 'l', spec: { refs: { ...refs, ...given } } }), host).pulls[0]?.link
  expect(link({ pulls: [{ ...refs.pulls[0], link: 'https://x/5' }] })).toBe('https://x/5')
  expect(link({ repo_link: 'https://git.example/o/r' })).toBe('https://git.example/o/r/pull/5')
  expect(link({})).toBe('https://github.com/o/r/pull/5')
})

test('a periodic is filed under its first extra refs, and has no pull requests of its own', () => {
  const { refs: _, ...spec } = job({ name: 'p' }).spec
  const periodic = {
    ...job({ name: 'p' }),
    spec: { ...spec, type: 'periodic' as const, extra_refs: [{ org: 'o', repo: 'x' }] },
  }
  expect(rowOf(periodic, host)).toMatchObject({ org: 'o', repo: 'x', pulls: [] })
})

test('columns hold everything that rows hold', () => {
  const rows = [waiting({ name: 'a' }), running({ name: 'b' }), job({ name: 'c' })].map((one) => rowOf(one, host))
  expect(fromColumns(JSON.parse(JSON.stringify(toColumns('r', rows))))).toEqual(rows)
})

test('newest first, then by job, then by name', () => {
  const at = (name: string, job: string, created: number) => ({ ...rowOf(waiting({ name }), host), job, created })
  const rows = [at('b', 'x', 1), at('a', 'x', 1), at('c', 'a', 1), at('d', 'z', 2)]
  expect(rows.sort(newestFirst).map(({ name }) => name)).toEqual(['d', 'c', 'a', 'b'])
})
