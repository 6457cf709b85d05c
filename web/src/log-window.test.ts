// The part of a log in memory: whole lines only, none lost between neighbours, bounded.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extend, growingLog, mostBytes, mostLines, segmentOf } from './log-window.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('a segment', () => {
  const log = 'one\ntwo\nthree\n'
  const part = (start: number, end: number, aligned = false) =>
    segmentOf(bytes(log).slice(start, end), start, log.length, aligned)
  test('of the whole log', () => expect(part(0, 14)).toEqual({ start: 0, end: 14, lines: ['one', 'two', 'three'] }))
  test('from its middle: without the cut lines', () =>
    expect(part(2, 10)).toEqual({ start: 4, end: 8, lines: ['two'] }))
  test('to its end', () => expect(part(5, 14)).toEqual({ start: 8, end: 14, lines: ['three'] }))
  test('that is known to start at a line', () => expect(part(4, 9, true)).toEqual({ start: 4, end: 8, lines: ['two'] }))
  test('of a log without a last line feed', () =>
    expect(segmentOf(bytes('a\nb'), 0, 3, true).lines).toEqual(['a', 'b']))
  test('of an empty log', () => expect(segmentOf(bytes(''), 0, 0, true).lines).toEqual([]))
  test('of nothing but line feeds is bounded', () => {
    const size = mostLines * 2
    const segment = segmentOf(new Uint8Array(size).fill(10), 0, size, true)
    expect([segment.lines.length, segment.end]).toEqual([mostLines, size])
    expect(segment.start).toBe(size - mostLines)
  })
})

test('going through a log backwards gives every line once', () => {
  const line = fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\n', ' '))
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), fc.integer({ min: 60, max: 90 }), (lines, step) => {
      const log = bytes(`${lines.join('\n')}\n`)
      let segments: readonly ReturnType<typeof segmentOf>[] = []
      let from = log.length
      while (from > 0) {
        const start = Math.max(0, from - step)
        segments = extend(segments, segmentOf(log.slice(start, from), start, from, false), 'before')
        from = segments[0]?.start ?? 0
      }
      expect(segments.flatMap((segment) => segment.lines)).toEqual(lines)
    }),
  )
})

test('what is too much goes away at the other end', () => {
  const big = (start: number) => ({ start, end: start + mostBytes / 2, lines: ['x'] })
  const three = [big(0), big(mostBytes / 2)]
  expect(extend(three, big(mostBytes), 'after').map(({ start }) => start)).toEqual([mostBytes / 2, mostBytes])
  expect(extend(three, big(-mostBytes / 2), 'before').map(({ start }) => start)).toEqual([-mostBytes / 2, 0])
})

describe('a growing log', () => {
  test('gives whole lines and the one that is being written', () => {
    const log = growingLog()
    log.append('one\ntw')
    expect(log.lines()).toEqual(['one', 'tw'])
    log.append('o\n')
    expect(log.lines()).toEqual(['one', 'two'])
  })

  test('forgets the oldest lines', () => {
    const log = growingLog(10)
    for (let at = 0; at < 25; at++) log.append(`${at}\n`)
    expect(log.lines().at(-1)).toBe('24')
    expect(log.lines().length + log.dropped()).toBe(25)
    expect(log.lines().length).toBeLessThanOrEqual(11)
  })

  test('does not keep all of a line that never ends', () => {
    const log = growingLog()
    for (let at = 0; at < 30; at++) log.append('x'.repeat(100_000))
    expect(log.lines()[0]?.length).toBeLessThanOrEqual(1_000_000)
  })
})
