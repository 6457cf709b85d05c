// What every program tells about itself.
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { addProcessMetrics, buildDate } from './process-metrics.ts'

test.each([
  ['v20260102-0123abc', Date.parse('2026-01-02T00:00:00Z') / 1000],
  ['v20261399-0123abc', -1],
  ['0.1.0', -1],
  ['', -1],
])('the build date of version %j is %i', (version, want) => expect(buildDate(version)).toBe(want))

test('the process is among the metrics', async () => {
  const registry = new Registry()
  addProcessMetrics(registry, 'v20260102-abc')
  const text = await registry.metrics()
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'prow_version 1767312000']) {
    expect(text).toContain(name)
  }
})
