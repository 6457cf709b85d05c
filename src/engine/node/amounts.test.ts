// Amounts as people read them.
import { expect, test } from 'vitest'
import { formatBytes, formatCpu } from './amounts.ts'

test('people read them', () => {
  expect([formatCpu(2), formatCpu(0.25), formatCpu(0.1 + 0.2)]).toEqual(['2', '250m', '300m'])
  expect([formatBytes(2 ** 30), formatBytes(1.5 * 2 ** 30), formatBytes(100), formatBytes(0)]).toEqual([
    '1Gi',
    '1.5Gi',
    '100',
    '0',
  ])
})
