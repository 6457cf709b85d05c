// The board: what is shown, in which order, and what has changed since then.
import { describe, expect, test } from 'vitest'
import { createBoard } from './board.ts'
import { rowOf } from './row.ts'
import { job, running } from './testing/jobs.ts'
import { isVisible } from './visible.ts'

function board(hidden: readonly string[] = []) {
  return createBoard({ epoch: 'e', row: (one) => rowOf(one, ''), visible: (one) => isVisible(one, hidden) })
}

describe('what is shown', () => {
  test.each([
    ['a hidden job', { hidden: true }, []],
    ['a job of another tenant', { prowjob_defaults: { tenant_id: 'x' } }, []],
    ['a job of a hidden repository', {}, ['sample/app']],
    ['a job of a hidden org', {}, ['sample']],
    ['a job with a hidden repository only beside its own', { extra_refs: [{ org: 'secret', repo: 'x' }] }, ['secret']],
  ])('not %s', (_, spec, hidden) => {
    const b = board(hidden)
    b.put(job({ name: 'h', spec }))
    expect(b.rows()).toEqual([])
    expect([b.get('h'), b.byBuild('pull-app-test', '1948764332938473472')]).toEqual([undefined, undefined])
  })

  test('a job of the default tenant', () => {
    const b = board()
    b.put(job({ name: 'd', spec: { prowjob_defaults: { tenant_id: 'GlobalDefaultID' } } }))
    expect(b.rows()).toHaveLength(1)
  })

  test('a job that becomes hidden disappears for those who saw it', () => {
    const b = board()
    b.put(job({ name: 'h' }))
    const seen = b.revision()
    b.put(job({ name: 'h', spec: { hidden: true } }))
    expect(b.since(seen)).toEqual({ put: [], removed: ['h'] })
  })

  test('a setting that changes takes effect at once', () => {
    const hidden: string[] = []
    const b = board(hidden)
    b.put(job({ name: 'h' }))
    hidden.push('sample')
    b.refresh()
    expect(b.rows()).toEqual([])
    hidden.pop()
    b.refresh()
    expect(b.rows()).toHaveLength(1)
  })
})

describe('what has changed since', () => {
  test('nothing, right after', () => {
    const b = board()
    b.put(job({ name: 'a' }))
    expect(b.since(b.revision())).toEqual({ put: [], removed: [] })
  })

  test('each job once, as it is now', () => {
    const b = board()
    const start = b.revision()
    b.put(running({ name: 'a' }))
    b.put(job({ name: 'a' }))
    b.put(job({ name: 'b' }))
    b.remove('b')
    const changes = b.since(start)
    expect(changes?.put.map(({ name, state }) => [name, state])).toEqual([['a', 'success']])
    expect(changes?.removed).toEqual(['b'])
  })

  test('a job that comes back is there, not gone', () => {
    const b = board()
    b.put(job({ name: 'a' }))
    const start = b.revision()
    b.remove('a')
    b.put(job({ name: 'a' }))
    expect(b.since(start)).toMatchObject({ put: [{ name: 'a' }], removed: [] })
  })

  test.each(['other.1', 'e.99', 'e.x', '', 'e.-1'])('start over with %j', (revision) => {
    expect(board().since(revision)).toBeUndefined()
  })

  test('start over when removals were forgotten', () => {
    const b = board()
    const start = b.revision()
    for (let at = 0; at <= 10_000; at++) {
      b.put(job({ name: `j${at}` }))
      b.remove(`j${at}`)
    }
    expect(b.since(start)).toBeUndefined()
    expect(b.since(b.revision())).toBeDefined()
  })

  test('a hidden job changes nothing', () => {
    const b = board()
    const start = b.revision()
    b.put(job({ name: 'h', spec: { hidden: true } }))
    b.remove('h')
    expect(b.revision()).toBe(start)
  })
})

test('of two runs with one build id the newer is found', () => {
  const b = board()
  b.put(job({ name: 'new', status: { startTime: '2026-01-02T04:00:00Z' } }))
  b.put(job({ name: 'old', status: { startTime: '2026-01-02T03:00:00Z' } }))
  expect(b.byBuild('pull-app-test', '1948764332938473472')?.metadata.name).toBe('new')
})
