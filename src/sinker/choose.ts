// Which ProwJobs and Pods sinker removes, and why.
import type { Pod } from '../api/kubernetes.ts'
import { podReporterFinalizer, prowJobId } from '../api/labels.ts'
import { isComplete, type ProwJob } from '../api/prowjob.ts'
import { milliseconds } from '../api/time.ts'
import type { SinkerConfig } from '../config/types.ts'

export const jobReasons = ['aged', 'aged-periodic'] as const
export const podReasons = ['aged', 'ttled', 'orphaned'] as const
type JobReason = (typeof jobReasons)[number]
export type PodReason = (typeof podReasons)[number]

// A Pod may be seen before its ProwJob.
const orphanAgeMs = 30_000

export interface ChosenJob {
  readonly job: ProwJob
  readonly reason: JobReason
}

/**
 * ProwJobs to remove. Those that have not ended never go, whatever their age.
 * @param periodics Names of the periodics in the configuration: the newest run of each stays, for the schedule.
 */
export function chooseJobs(
  jobs: readonly ProwJob[],
  settings: Pick<SinkerConfig, 'max_prowjob_age'>,
  periodics: ReadonlySet<string>,
  now: number,
): readonly ChosenJob[] {
  const newest = new Map<string, ProwJob>()
  for (const job of jobs) {
    if (job.spec.type !== 'periodic' || !periodics.has(job.spec.job)) continue
    const known = newest.get(job.spec.job)
    if (!known || startOf(job) > startOf(known)) newest.set(job.spec.job, job)
  }
  return jobs.flatMap((job): ChosenJob[] => {
    if (!isComplete(job) || now - startOf(job) <= settings.max_prowjob_age) return []
    if (job.spec.type !== 'periodic') return [{ job, reason: 'aged' }]
    return newest.get(job.spec.job) === job ? [] : [{ job, reason: 'aged-periodic' }]
  })
}

/** Why a Pod goes by its age or its job's end; undefined is: it stays. `job` is its ProwJob as it was at the start of the round. */
export function choosePod(
  pod: Pod,
  job: ProwJob | undefined,
  settings: Pick<SinkerConfig, 'max_pod_age' | 'terminated_pod_ttl'>,
  now: number,
): Exclude<PodReason, 'orphaned'> | undefined {
  if (!job || !isComplete(job)) return undefined
  const started = milliseconds(pod.status?.startTime)
  if (started !== undefined && now - started > settings.max_pod_age) return 'aged'
  const ended = milliseconds(job.status.completionTime)
  return ended !== undefined && now - ended > settings.terminated_pod_ttl ? 'ttled' : undefined
}

/** True when the Pod is old enough to be an orphan, if its ProwJob does not exist. */
export const mayBeOrphan = ({ metadata }: Pod, now: number): boolean =>
  now - (milliseconds(metadata?.creationTimestamp) ?? 0) > orphanAgeMs

/** True when crier's pod reporter is done with the Pod, or will never come, and its finalizer is left. */
export function hasLeftoverFinalizer(pod: Pod, job: ProwJob | undefined): boolean {
  if (!pod.metadata?.finalizers?.includes(podReporterFinalizer)) return false
  return !job || (isComplete(job) && job.status.prev_report_states?.gcsk8sreporter === job.status.state)
}

/** Name of the ProwJob that a Pod belongs to. */
export const jobNameOf = ({ metadata }: Pod): string => metadata?.labels?.[prowJobId] || (metadata?.name ?? '')

const startOf = ({ metadata, status }: ProwJob) => milliseconds(status.startTime ?? metadata.creationTimestamp) ?? 0
