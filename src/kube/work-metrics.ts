// Metrics of work queues and reconcilers, by the names of controller-runtime, which existing dashboards read.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

const tens = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000]
const reconcileSeconds = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
]

type WorkMetrics = ReturnType<typeof create>
const known = new WeakMap<Registry, WorkMetrics>()

/** The metrics of a registry; made at the first call. */
export function workMetrics(registry: Registry): WorkMetrics {
  const metrics = known.get(registry) ?? create(registry)
  known.set(registry, metrics)
  return metrics
}

/** Seconds since the epoch at which each key in work was taken up, by queue. Read when metrics are collected. */
interface InWork {
  readonly name: string
  /** Seconds that each key in work has taken so far. */
  seconds(): readonly number[]
}

function create(registry: Registry) {
  const registers = [registry]
  const queues = new Set<InWork>()
  const name = ['name'] as const
  const controller = ['controller'] as const

  const inWork = (metric: string, help: string, combine: (seconds: readonly number[]) => number) =>
    new Gauge({
      name: metric,
      help,
      labelNames: name,
      registers,
      collect() {
        const byName = new Map<string, number[]>()
        for (const queue of queues) byName.set(queue.name, [...(byName.get(queue.name) ?? []), ...queue.seconds()])
        for (const [label, seconds] of byName) this.set({ name: label }, combine(seconds))
      },
    })
  inWork('workqueue_unfinished_work_seconds', 'Seconds of work in progress that has not been observed yet.', (all) =>
    all.reduce((sum, one) => sum + one, 0),
  )
  inWork(
    'workqueue_longest_running_processor_seconds',
    'Seconds that the longest running worker has been at it.',
    (all) => Math.max(0, ...all),
  )

  return {
    /** Takes part in the gauges of unfinished work until the returned function is called. */
    track(queue: InWork): () => void {
      queues.add(queue)
      return () => queues.delete(queue)
    },
    depth: new Gauge({ name: 'workqueue_depth', help: 'Keys that wait in the queue.', labelNames: name, registers }),
    adds: new Counter({ name: 'workqueue_adds_total', help: 'Keys added to the queue.', labelNames: name, registers }),
    retries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Keys added again after an error.',
      labelNames: name,
      registers,
    }),
    waited: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'Seconds that a key waited before it was taken up.',
      labelNames: name,
      buckets: tens,
      registers,
    }),
    worked: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'Seconds that work on a key took.',
      labelNames: name,
      buckets: tens,
      registers,
    }),
    reconciles: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciles by result: success, error, requeue_after.',
      labelNames: ['controller', 'result'],
      registers,
    }),
    errors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Reconciles that failed.',
      labelNames: controller,
      registers,
    }),
    seconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Seconds that a reconcile took.',
      labelNames: controller,
      buckets: reconcileSeconds,
      registers,
    }),
    workers: new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Reconciles that may run at once.',
      labelNames: controller,
      registers,
    }),
    active: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Reconciles that run now.',
      labelNames: controller,
      registers,
    }),
  }
}
