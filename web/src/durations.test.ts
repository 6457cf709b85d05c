// Times in words.
import { expect, test } from 'vitest'
import { ago, bytes, duration } from './durations.ts'

test.each([
  [0, '0s'],
  [999, '0s'],
  [-5000, '0s'],
  [59_000, '59s'],
  [60_000, '1m 00s'],
  [3_599_000, '59m 59s'],
  [3_600_000, '1h 00m'],
  [86_399_000, '23h 59m'],
  [90_000_000, '1d 1h'],
])('%d ms are %s', (ms, words) => expect(duration(ms)).toBe(words))

test.each([
  [-10, 'just now'],
  [4, 'just now'],
  [5, '5s ago'],
  [60, '1m ago'],
  [3599, '59m ago'],
  [3600, '1h ago'],
  [47 * 3600, '47h ago'],
  [48 * 3600, '2d ago'],
])('%d s before: %s', (seconds, words) =>
  expect(ago(1_000_000_000_000 - seconds * 1000, 1_000_000_000_000)).toBe(words),
)

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [123_456, '123 kB'],
  [1_500_000, '1.5 MB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (count, words) => expect(bytes(count)).toBe(words))
