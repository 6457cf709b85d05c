// Quantities as Kubernetes writes them.
import { expect, test } from 'vitest'
import { formatBytes, formatCpu, parseQuantity } from './quantity.ts'

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
])('%s', (text, value) => expect(parseQuantity(text)).toBeCloseTo(value, 9))

test.each(['', 'x', '1x', '1 Gi', '1KiB', 'Gi', '1..2', '0x10', '1constructor'])('"%s" is refused', (text) =>
  expect(() => parseQuantity(text)).toThrow(`"${text}" is not a quantity`),
)

test('people read them', () => {
  expect([formatCpu(2), formatCpu(0.25), formatCpu(0.1 + 0.2)]).toEqual(['2', '250m', '300m'])
  expect([formatBytes(2 ** 30), formatBytes(1.5 * 2 ** 30), formatBytes(100), formatBytes(0)]).toEqual([
    '1Gi',
    '1.5Gi',
    '100',
    '0',
  ])
})
