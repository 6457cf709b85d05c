// Which presubmits are superseded by a newer run of the same job on the same pull requests.
import { isComplete, type ProwJob, type Refs } from '../api/prowjob.ts'
import { milliseconds } from '../api/time.ts'

/** Runs to abort: per identity all but the newest by start time. On equal times the one earlier in the list stays. */
export function superseded(jobs: readonly ProwJob[]): readonly ProwJob[] {
  const newest = new Map<string, ProwJob>()
  const losers: ProwJob[] = []
  for (const job of jobs) {
    if (job.spec.type !== 'presubmit' || isComplete(job)) continue
    const key = identity(job)
    const known = newest.get(key)
    if (known && startOf(known) >= startOf(job)) losers.push(job)
    else {
      if (known) losers.push(known)
      newest.set(key, job)
    }
  }
  return losers
}

const startOf = (job: ProwJob) => milliseconds(job.status.startTime) ?? 0

// Commits do not matter: a new push is what makes the older run pointless. The base branch does.
function identity({ spec }: ProwJob): string {
  const refs = [...(spec.refs ? [spec.refs] : []), ...(spec.extra_refs ?? [])]
  return JSON.stringify([spec.type, spec.job, ...refs.map(digest)].sort())
}

function digest({ org, repo, base_ref = '', pulls = [] }: Refs): string {
  const numbers = pulls.map(({ number }) => number).sort((a, b) => a - b)
  return JSON.stringify([org, repo, base_ref, numbers])
}
