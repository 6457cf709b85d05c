// The metrics of hook, under the names and labels that dashboards know, and a few of our own.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

const taskLabels = ['event_type', 'action', 'plugin', 'took_action'] as const

export type HookMetrics = ReturnType<typeof create>
const known = new WeakMap<Registry, HookMetrics>()

/** The metrics of a registry; made at the first call, so that hook can be started again. */
export function hookMetrics(registry: Registry): HookMetrics {
  const metrics = known.get(registry) ?? create(registry)
  known.set(registry, metrics)
  return metrics
}

function create(registry: Registry) {
  const registers = [registry]
  return {
    registry,
    received: new Counter({
      name: 'prow_webhook_counter',
      help: 'Valid webhook deliveries.',
      labelNames: ['event_type'] as const,
      registers,
    }),
    responses: new Counter({
      name: 'prow_webhook_response_codes',
      help: 'Answers to requests for the webhook path.',
      labelNames: ['response_code'] as const,
      registers,
    }),
    duration: new Histogram({
      name: 'prow_plugin_handle_duration_seconds',
      help: 'How long plugins took for an event.',
      labelNames: taskLabels,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640],
      registers,
    }),
    errors: new Counter({
      name: 'prow_plugin_handle_errors',
      help: 'Plugin tasks that ended with an error.',
      labelNames: taskLabels,
      registers,
    }),
    redeliveries: new Counter({
      name: 'bowsprit_webhook_redeliveries_total',
      help: 'Deliveries that did not arrive, by what came of asking GitHub to send them again.',
      labelNames: ['result'] as const,
      registers,
    }),
    lookedAt: new Gauge({
      name: 'bowsprit_webhook_recovery_timestamp_seconds',
      help: 'When hook last looked for deliveries that did not arrive.',
      registers,
    }),
  }
}
