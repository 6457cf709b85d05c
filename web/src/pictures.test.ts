// What the small pictures are drawn from: bars of the last runs, stages of one run.
import { describe, expect, test } from 'vitest'
import type { ContainerDetail } from '../../src/deck/wire.ts'
import { barsOf } from './histogram.ts'
import { row } from './testing/rows.ts'
import { stagesOf } from './timeline.ts'

describe('bars', () => {
  const rows = [
    row({ name: 'new', created: 90_000, completed: 0 }),
    row({ name: 'mid', created: 0, completed: 40_000 }),
    row({ name: 'old', created: 0, completed: 0 }),
  ]
  test('the newest few, oldest first', () => {
    expect(barsOf(rows, 2, 100_000).map(({ name }) => name)).toEqual(['mid', 'new'])
  })
  test('the longest is full height, the shortest can still be seen', () => {
    const heights = barsOf(
      [row({ name: 'a', created: 0, completed: 1 }), row({ name: 'b', created: 0, completed: 3_600_000 })],
      9,
      0,
    ).map((bar) => bar.height)
    expect(heights).toEqual([1, 0.08])
  })
  test('a run that goes on counts until now, and a skewed clock makes none negative', () => {
    expect(barsOf([row({ name: 'a', created: 50_000, completed: 0 })], 1, 80_000)[0]?.took).toBe(30_000)
    expect(barsOf([row({ name: 'a', created: 50_000, completed: 0 })], 1, 10_000)[0]?.took).toBe(0)
  })
})

describe('stages', () => {
  const container = (name: string, started: number, init = false): ContainerDetail => ({
    name,
    init,
    state: 'running',
    reason: '',
    started,
    finished: 0,
  })
  const shape = (...given: Parameters<typeof stagesOf>) =>
    stagesOf(...given).map(({ label, from, to, open }) => [label, to - from, open])
  const going = { completed: 0, created: 1000, pending: 3000 }

  test.each<[string, Parameters<typeof stagesOf>, unknown[]]>([
    ['no Pod yet: waiting', [row({ name: 'a', ...going, pending: 0 }), [], ['test'], 9000], [['Waited', 8000, true]]],
    [
      'a Pod whose test has not started: preparing',
      [row({ name: 'a', ...going }), [container('test', 0), container('sidecar', 3500)], ['test'], 9000],
      [
        ['Waited', 2000, false],
        ['Prepared', 6000, true],
      ],
    ],
    [
      'running',
      [row({ name: 'a', ...going }), [container('clonerefs', 3200, true), container('test', 5000)], ['test'], 9000],
      [
        ['Waited', 2000, false],
        ['Prepared', 2000, false],
        ['Ran', 4000, true],
      ],
    ],
    [
      'ended, its Pod gone',
      [row({ name: 'a', ...going, completed: 8000 }), [], ['test'], 99_000],
      [
        ['Waited', 2000, false],
        ['Ran', 5000, false],
      ],
    ],
    [
      'ended before it had a Pod',
      [row({ name: 'a', ...going, pending: 0, completed: 8000 }), [], ['test'], 99_000],
      [['Waited', 7000, false]],
    ],
    [
      'times that contradict each other',
      [row({ name: 'a', created: 5000, pending: 9000, completed: 7000 }), [container('test', 1000)], ['test'], 0],
      [
        ['Waited', 2000, false],
        ['Prepared', 0, false],
        ['Ran', 0, false],
      ],
    ],
    ['nothing known', [row({ name: 'a', created: 0, pending: 0, completed: 0 }), [], ['test'], 9000], []],
  ])('%s', (_, given, stages) => expect(shape(...given)).toEqual(stages))
})
