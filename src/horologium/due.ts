// Whether a periodic has to run now, and why.
import { rerun } from '../api/labels.ts'
import { isComplete, type ProwJob } from '../api/prowjob.ts'
import { milliseconds } from '../api/time.ts'
import type { Periodic } from '../config/types.ts'

export type Verdict =
  | {
      readonly create: true
      readonly because: string /** Number of the retry; undefined for a run of its own. */
      readonly retry?: number
    }
  | { readonly create: false; readonly because: string }

// However many attempts the configuration asks for.
const mostAttempts = 10

const yes = (because: string): Verdict => ({ create: true, because })
const no = (because: string): Verdict => ({ create: false, because })

/**
 * @param latest The run of that name that started last, whoever made it.
 * @param fired For jobs with `cron`: a fire has come since the last look.
 * @param now Milliseconds since the epoch.
 */
export function due(periodic: Periodic, latest: ProwJob | undefined, fired: boolean, now: number): Verdict {
  const own = periodic.cron === undefined ? byInterval(periodic, latest, now) : byCron(latest, fired)
  if (own.create || !latest) return own
  return retryDue(periodic, latest, now) ?? own
}

function byCron(latest: ProwJob | undefined, fired: boolean): Verdict {
  if (!fired) return no('its time has not come')
  if (latest && !isComplete(latest)) return no('the run before has not ended')
  return yes('its time has come')
}

function byInterval({ interval, minimum_interval }: Periodic, latest: ProwJob | undefined, now: number): Verdict {
  if (!latest) return yes('it has never run')
  const ended = milliseconds(latest.status.completionTime)
  if (ended === undefined) return no('the run before has not ended')
  const [reference, wait] = minimum_interval ? [ended, minimum_interval] : [startOf(latest), interval ?? 0]
  return now - reference > wait ? yes('its interval is over') : no('its interval is not over')
}

/** A retry of the latest run, if the job asks for one and it is time. */
function retryDue({ retry }: Periodic, latest: ProwJob, now: number): Verdict | undefined {
  if (!retry) return undefined
  if (!retry.run_all && (!isComplete(latest) || latest.status.state === 'success')) return undefined
  const label = latest.metadata.labels?.[rerun]
  if (label !== undefined && !/^\d{1,9}$/.test(label)) return undefined
  const number = label === undefined ? 1 : Number(label) + 1
  if (number > Math.min(retry.attempts, mostAttempts)) return undefined
  if (now - startOf(latest) <= retry.interval) return undefined
  return { create: true, because: 'it is tried again', retry: number }
}

const startOf = ({ status }: ProwJob) => milliseconds(status.startTime) ?? 0

/** The run of each periodic that started last, by job name. A run without a start time does not count. */
export function latestRuns(jobs: Iterable<ProwJob>): ReadonlyMap<string, ProwJob> {
  const latest = new Map<string, ProwJob>()
  for (const job of jobs) {
    if (job.spec.type !== 'periodic' || milliseconds(job.status.startTime) === undefined) continue
    const known = latest.get(job.spec.job)
    if (!known || startOf(job) > startOf(known)) latest.set(job.spec.job, job)
  }
  return latest
}
