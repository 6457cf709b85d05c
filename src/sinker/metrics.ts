// sinker's metrics, by upstream's names. Set at the end of each round; a reason that did not occur is 0.
import { Gauge, type Registry } from 'prom-client'
import { jobReasons, podReasons } from './choose.ts'

/** What one round did. */
export interface Tally {
  pods: number
  jobs: number
  readonly podsRemoved: Map<string, number>
  readonly podErrors: Map<string, number>
  readonly jobsRemoved: Map<string, number>
  readonly jobErrors: Map<string, number>
}

export const emptyTally = (): Tally => ({
  pods: 0,
  jobs: 0,
  podsRemoved: new Map(podReasons.map((reason) => [reason, 0])),
  podErrors: new Map(),
  jobsRemoved: new Map(jobReasons.map((reason) => [reason, 0])),
  jobErrors: new Map(),
})

/** One more of that reason. */
export const count = (counts: Map<string, number>, reason: string) => counts.set(reason, (counts.get(reason) ?? 0) + 1)

const known = new WeakMap<Registry, ReturnType<typeof create>>()

/** The metrics of a registry; made at the first call. */
export function sinkerMetrics(registry: Registry): ReturnType<typeof create> {
  const metrics = known.get(registry) ?? create(registry)
  known.set(registry, metrics)
  return metrics
}

function create(registry: Registry) {
  const plain = (name: string, help: string) => new Gauge({ name, help, registers: [registry] })
  const labelled = <L extends string>(name: string, help: string, label: L) =>
    new Gauge({ name, help, labelNames: [label], registers: [registry] })
  const pods = plain('sinker_pods_existing', 'Number of the existing pods in each sinker cleaning.')
  const seconds = plain('sinker_loop_duration_seconds', 'Time used in each sinker cleaning.')
  const jobs = plain('sinker_prow_jobs_existing', 'Number of the existing prow jobs in each sinker cleaning.')
  const perReason = {
    podsRemoved: labelled('sinker_pods_removed', 'Number of pods removed in each sinker cleaning.', 'reason'),
    podErrors: labelled(
      'sinker_pod_removal_errors',
      'Number of errors which occurred in each sinker pod cleaning.',
      'reason',
    ),
    jobsRemoved: labelled('sinker_prow_jobs_cleaned', 'Number of prow jobs cleaned in each sinker cleaning.', 'reason'),
    jobErrors: labelled(
      'sinker_prow_jobs_cleaning_errors',
      'Number of errors which occurred in each sinker prow job cleaning.',
      'reason',
    ),
  }
  return {
    configMapSize: labelled('job_configmap_size', 'Bytes of job configuration, by folder.', 'name'),
    report(tally: Tally, tookMs: number): void {
      pods.set(tally.pods)
      jobs.set(tally.jobs)
      seconds.set(tookMs / 1000)
      for (const kind of ['podsRemoved', 'podErrors', 'jobsRemoved', 'jobErrors'] as const) {
        perReason[kind].reset()
        for (const [reason, value] of tally[kind]) perReason[kind].set({ reason }, value)
      }
    },
  }
}
