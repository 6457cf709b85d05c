// Go durations: what is read, what is refused, and how they are written.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DurationError, formatDuration, formatDurationNs, parseDuration, parseDurationNs } from './durations.ts'

describe('reading', () => {
  test.each([
    ['0', 0n],
    ['-0', 0n],
    ['0s', 0n],
    ['5ns', 5n],
    ['1h30m', 5_400_000_000_000n],
    ['1.5h', 5_400_000_000_000n],
    ['.5s', 500_000_000n],
    ['1.s', 1_000_000_000n],
    ['20µs', 20_000n],
    ['20μs', 20_000n],
    ['-1m', -60_000_000_000n],
    ['+1ms', 1_000_000n],
    ['1s1h', 3_601_000_000_000n],
    ['2562047h47m16.854775807s', 2n ** 63n - 1n],
  ])('%s', (text, ns) => expect(parseDurationNs(text)).toBe(ns))

  test.each(['', '-', '1', '1d', '1w', ' 1s', '1s ', '1 s', '.s', 's', '1h 1m', 'h1', '2562048h', '1S', '1.2.3s'])(
    'refuses %j',
    (text) => expect(() => parseDurationNs(text)).toThrow(DurationError),
  )

  test('gives milliseconds', () => {
    expect(parseDuration('2h')).toBe(7_200_000)
    expect(parseDuration('1.5ms')).toBe(1.5)
  })
})

test.each([
  [7_200_000, '2h0m0s'],
  [600_000, '10m0s'],
  [15_000, '15s'],
  [1_500, '1.5s'],
  [100, '100ms'],
  [0.02, '20µs'],
  [0.000005, '5ns'],
  [0, '0s'],
  [-90_000, '-1m30s'],
  [172_800_000, '48h0m0s'],
])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

test('what is written reads back as the same span', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }), (ns) => {
      expect(parseDurationNs(formatDurationNs(ns))).toBe(ns)
    }),
  )
})
