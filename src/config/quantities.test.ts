// Quantities in canonical form, as Kubernetes writes them back.
import { expect, test } from 'vitest'
import { canonicalQuantity, QuantityError, quantityNanos, quantityNumber } from './quantities.ts'

test.each<[string | number, string]>([
  ['1024Mi', '1Gi'],
  ['0.5', '500m'],
  [0.5, '500m'],
  ['1000m', '1'],
  ['4000m', '4'],
  ['9000Mi', '9000Mi'],
  ['1000', '1k'],
  [4, '4'],
  ['0.5Gi', '512Mi'],
  ['1.5Ki', '1536'],
  ['0.5Ki', '512'],
  ['100m', '100m'],
  ['0', '0'],
  ['0Gi', '0'],
  ['-1000m', '-1'],
  ['1e3', '1e3'],
  ['12e6', '12e6'],
  ['0.1n', '1n'],
  ['.5', '500m'],
  ['2.', '2'],
  ['123', '123'],
  ['1E', '1E'],
])('%s is written %s', (given, canonical) => expect(canonicalQuantity(given)).toBe(canonical))

test.each(['', 'Gi', '1gb', '1 Gi', '1KB', '--1', '1e', 'one'])('refuses %j', (text) =>
  expect(() => canonicalQuantity(text)).toThrow(QuantityError),
)

test('compares across families', () => {
  expect(quantityNanos('1Gi')).toBe(quantityNanos('1073741824'))
  expect(quantityNanos('500m')).toBeLessThan(quantityNanos('1'))
})

test.each([
  ['0', 0],
  ['1', 1],
  ['100m', 0.1],
  ['1500m', 1.5],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['64Mi', 64 * 2 ** 20],
  ['1k', 1000],
  ['2E', 2e18],
  ['1e3', 1000],
  ['1E3', 1000],
  ['12e-1', 1.2],
  ['250u', 0.00025],
  ['-1', -1],
])('%s', (text, value) => expect(quantityNumber(text)).toBeCloseTo(value, 9))

test.each(['', 'x', '1x', '1 Gi', '1KiB', 'Gi', '1..2', '0x10', '1constructor'])('"%s" is refused', (text) =>
  expect(() => quantityNumber(text)).toThrow('is not a quantity'),
)
