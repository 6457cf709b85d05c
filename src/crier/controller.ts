// One reporter at work: which jobs it is asked about, when, and how its answer is noted.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { ProwJob } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import type { Informer } from '../kube/informer.ts'
import { type Next, workQueue } from '../kube/queue.ts'
import type { Clock } from '../system/clock.ts'
import { type Enablement, isEnabled } from './enablement.ts'
import type { Marks } from './marks.ts'
import type { CrierMetrics } from './metrics.ts'
import type { Reporter } from './reporter.ts'

export interface ControllerOptions {
  readonly reporter: Reporter
  readonly jobs: Informer<ProwJob>
  readonly config: () => Config
  readonly enablement: Enablement
  readonly marks: Marks
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
  readonly metrics: CrierMetrics
}

/** Reports until the signal aborts. */
export async function runReporter(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { reporter, jobs, clock, registry } = options
  const log = options.log.child({ reporter: reporter.name })
  const queue = workQueue({
    name: `crier_${reporter.name}`,
    workers: reporter.workers,
    reconcile: (key, end) => reconcile(key, { ...options, log }, end),
    rateLimit: { perSecond: 10, burst: 100 },
    clock,
    log,
    metrics: registry,
  })
  // Most jobs have been told about long ago: they never get into the queue.
  const unsubscribe = jobs.on((change) => {
    if (change.type === 'deleted' || !isDue(change.now, options)) return
    queue.add(keyOf(change.now), { low: change.type === 'added' && change.initial })
  })
  for (const job of jobs.list()) if (isDue(job, options)) queue.add(keyOf(job), { low: true })
  try {
    await queue.run(signal)
  } finally {
    unsubscribe()
  }
}

const keyOf = ({ metadata }: ProwJob) => `${metadata.namespace}/${metadata.name}`

/** Whether the reporter has yet to tell the state that the job is in. A job that is not scheduled has none to tell. */
function isDue(job: ProwJob, { reporter, config, enablement }: ControllerOptions): boolean {
  const { state, prev_report_states = {} } = job.status ?? {}
  if (!state || state === 'scheduling' || prev_report_states[reporter.name] === state) return false
  return isEnabled(job, enablement) && reporter.shouldReport(job, config())
}

async function reconcile(key: string, options: ControllerOptions, end: AbortSignal): Promise<Next> {
  const { reporter, jobs, marks, metrics, clock, log } = options
  const [namespace = '', name = ''] = key.split('/')
  const job = jobs.get(namespace, name)
  if (!job || !isDue(job, options)) return undefined
  try {
    const { mark, requeueAfterMs } = await inTime(options, end, (signal) => reporter.report(job, signal))
    if (requeueAfterMs !== undefined) return { after: requeueAfterMs }
    metrics.results.inc({ reporter: reporter.name, result: 'SUCCESS' })
    await Promise.all(mark.map((told) => marks.mark(told, reporter.name)))
  } catch (error) {
    metrics.results.inc({ reporter: reporter.name, result: 'ERROR' })
    throw error
  }
  const { state, completionTime } = job.status
  if (completionTime !== undefined) {
    const seconds = Math.floor((clock.now() - Date.parse(completionTime)) / 1000)
    metrics.latency.observe({ reporter: reporter.name }, seconds)
  }
  log.info({ job: job.spec.job, name, state }, 'reported')
  return undefined
}

/** The work's result, if it comes before the deadline. */
async function inTime<T>(
  { reporter, clock }: ControllerOptions,
  end: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const signal = AbortSignal.any([end, over.signal])
  let late = () => {}
  const deadline = new Promise<never>((_, reject) => {
    late = clock.after(reporter.deadlineMs, () => {
      const error = new Error(`report by ${reporter.name} took longer than ${reporter.deadlineMs / 1000} s`)
      over.abort(error)
      reject(error)
    })
  })
  try {
    return await Promise.race([work(signal), deadline])
  } finally {
    late()
  }
}
