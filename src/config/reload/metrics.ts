// What monitoring learns about the configuration: whether the newest files are in force, and since when they are.
import { Counter, Gauge, type Registry } from 'prom-client'

export type ConfigMetrics = ReturnType<typeof create>
const known = new WeakMap<Registry, ConfigMetrics>()

/** The metrics of a registry; made at the first call. */
export function configMetrics(registry: Registry): ConfigMetrics {
  const metrics = known.get(registry) ?? create(registry)
  known.set(registry, metrics)
  return metrics
}

function create(registry: Registry) {
  const registers = [registry]
  return {
    isCurrent: new Gauge({
      name: 'prow_config_reload_successful',
      help: '1 if the newest configuration files are in force, 0 if they are broken and older ones are.',
      registers,
    }),
    since: new Gauge({
      name: 'prow_config_reload_success_timestamp_seconds',
      help: 'When the configuration in force was loaded, in seconds since the epoch.',
      registers,
    }),
    reloads: new Counter({
      name: 'prow_config_reloads_total',
      help: 'Readings of changed configuration files. Result: taken, broken, or failed for another reason.',
      labelNames: ['result'] as const,
      registers,
    }),
  }
}
