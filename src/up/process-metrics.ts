// Metrics of the process itself: what every program has, whatever runs in it.
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

/** Adds CPU, memory, event loop and version to a registry. Once per registry. */
export function addProcessMetrics(registry: Registry, version: string): void {
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'prow_version',
    help: 'Build date of the version, in seconds since the epoch; -1 when the version does not tell.',
    registers: [registry],
  }).set(buildDate(version))
}

/** Of a version such as `v20260102-0123abc`: the start of that day, in seconds since the epoch; -1 for other versions. */
export function buildDate(version: string): number {
  const [, year, month, day] = /^v(\d{4})(\d{2})(\d{2})-/.exec(version) ?? []
  const ms = Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  return Number.isNaN(ms) ? -1 : ms / 1000
}
