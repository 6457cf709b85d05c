// Which triggered jobs may start now, and what holds the others back.
import type { ProwJob } from '../api/prowjob.ts'
import { milliseconds } from '../api/time.ts'
import type { PlankConfig } from '../config/types.ts'

/** What keeps a job from starting. */
export interface Hold {
  /** The limit: of the job itself, of its queue, or of plank as a whole. */
  readonly by: 'job' | 'queue' | 'plank'
  /** How many may be active at once; undefined when the queue is not configured. */
  readonly limit: number | undefined
  /** How many are active. */
  readonly active: number
  /** Place in line, from 1; rounded beyond 10, so that a long line does not mean a write per job and step. */
  readonly place: number
}

export interface Situation {
  /** Jobs of plank in the states triggered and pending, without a completion time. */
  readonly jobs: readonly ProwJob[]
  readonly limits: Pick<PlankConfig, 'max_concurrency' | 'job_queue_capacities'>
  /** UIDs of triggered jobs whose Pod is being made: they have their place already. */
  readonly starting: ReadonlySet<string>
  /** UIDs of triggered jobs that could start, but whose cluster does not let them: they hold nobody up. */
  readonly stuck: ReadonlySet<string>
}

/** Verdict on each triggered job by UID; undefined is: go. The oldest goes first. */
export function admit({ jobs, limits, starting, stuck }: Situation): ReadonlyMap<string, Hold | undefined> {
  const verdicts = new Map<string, Hold | undefined>()
  const active = new Map<string, number>()
  const lines = new Map<string, number>()
  const take = (job: ProwJob) => {
    for (const { key } of constraints(job, limits)) active.set(key, (active.get(key) ?? 0) + 1)
  }

  const line: { job: ProwJob; made: number; started: number }[] = []
  for (const job of jobs) {
    if (job.status.state === 'pending' || starting.has(uidOf(job))) take(job)
    else line.push({ job, ...agesOf(job) })
  }
  line.sort((a, b) => a.made - b.made || a.started - b.started || (uidOf(a.job) < uidOf(b.job) ? -1 : 1))
  for (const { job } of line) {
    const full = constraints(job, limits).find(
      ({ key, limit }) => limit === undefined || (active.get(key) ?? 0) >= limit,
    )
    if (!full) {
      verdicts.set(uidOf(job), undefined)
      if (!stuck.has(uidOf(job))) take(job)
      continue
    }
    const place = (lines.get(full.key) ?? 0) + 1
    lines.set(full.key, place)
    verdicts.set(uidOf(job), {
      by: full.by,
      limit: full.limit,
      active: active.get(full.key) ?? 0,
      place: rounded(place),
    })
  }
  return verdicts
}

/** True when no limit concerns the job, so that nobody else needs to be looked at. */
export const isUnlimited = (job: ProwJob, limits: Situation['limits']): boolean => constraints(job, limits).length === 0

function constraints({ spec }: ProwJob, limits: Situation['limits']) {
  const all: { by: Hold['by']; key: string; limit: number | undefined }[] = []
  if (spec.max_concurrency) all.push({ by: 'job', key: `job ${spec.job}`, limit: spec.max_concurrency })
  if (spec.job_queue_name) {
    const limit = Object.hasOwn(limits.job_queue_capacities, spec.job_queue_name)
      ? limits.job_queue_capacities[spec.job_queue_name]
      : undefined
    // A negative capacity is no limit.
    if (limit === undefined || limit >= 0) all.push({ by: 'queue', key: `queue ${spec.job_queue_name}`, limit })
  }
  if (limits.max_concurrency > 0) all.push({ by: 'plank', key: 'plank', limit: limits.max_concurrency })
  return all
}

const uidOf = ({ metadata }: ProwJob) => metadata.uid ?? metadata.name ?? ''

// Jobs are looked at again and again while they wait, and reading times is what takes the time.
const ages = new WeakMap<ProwJob, { made: number; started: number }>()
function agesOf(job: ProwJob) {
  const known = ages.get(job) ?? {
    made: milliseconds(job.metadata.creationTimestamp) ?? 0,
    started: milliseconds(job.status.startTime) ?? 0,
  }
  ages.set(job, known)
  return known
}

function rounded(place: number): number {
  if (place <= 10) return place
  return place <= 100 ? Math.ceil(place / 10) * 10 : Math.ceil(place / 100) * 100
}
