// crier's metrics, under the names that dashboards know.
import { Counter, Histogram, type Registry } from 'prom-client'

export type CrierMetrics = ReturnType<typeof create>
const known = new WeakMap<Registry, CrierMetrics>()

/** The metrics of a registry; made at the first call, so that crier can be started again. */
export function crierMetrics(registry: Registry): CrierMetrics {
  const metrics = known.get(registry) ?? create(registry)
  known.set(registry, metrics)
  return metrics
}

function create(registry: Registry) {
  return {
    latency: new Histogram({
      name: 'crier_report_latency',
      help: 'Time from the completion of a ProwJob to its report, in seconds.',
      labelNames: ['reporter'] as const,
      buckets: [1, 10, 20, 30, 60, 120, 180, 300, 600, 1200, 1800, 2700, 3600, 5400, 7200],
      registers: [registry],
    }),
    results: new Counter({
      name: 'crier_reporting_results',
      help: 'Reports that were made, and attempts that failed.',
      labelNames: ['reporter', 'result'] as const,
      registers: [registry],
    }),
  }
}
