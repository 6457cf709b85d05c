// Who may start now: keeps the verdicts of concurrency.ts current, and wakes waiting jobs when a slot frees.
import { isComplete, type ProwJob } from '../api/prowjob.ts'
import type { PlankConfig } from '../config/types.ts'
import type { Informer } from '../kube/informer.ts'
import type { Clock } from '../system/clock.ts'
import { admit, type Hold, isUnlimited } from './concurrency.ts'

export interface Slots {
  /** Undefined is: go, and the slot is the job's until `release`. A job that is held is woken when that changes. */
  ask(job: ProwJob): Hold | undefined
  /** The job has said in its state that it started, or it could not start. */
  release(job: ProwJob): void
  /** Notes that the job may start but cannot; it holds nobody up meanwhile. Returns since when, milliseconds since the epoch. */
  stuck(job: ProwJob): number
  /** The job could start. */
  unstuck(job: ProwJob): void
  /** The limits may have changed. */
  recheck(): void
}

/** Jobs that plank counts: its agent's, triggered or pending, not complete. */
export const isActive = (job: ProwJob): boolean =>
  job.spec.agent === 'kubernetes' && !isComplete(job) && ['triggered', 'pending'].includes(job.status.state)

// Changes come in bursts; one look at the line serves all of a burst.
const gatherMs = 20

/** @param options.wake Called with the key of a held job whose verdict has changed. */
export function slotKeeper(options: {
  /** With an index `active` that has all active jobs under `yes`. */
  readonly jobs: Informer<ProwJob>
  readonly limits: () => PlankConfig
  readonly wake: (key: string) => void
  readonly clock: Clock
}): Slots {
  const { jobs, limits, clock } = options
  const starting = new Set<string>()
  const stuckSince = new Map<string, number>()
  const held = new Map<string, { key: string; hold: string }>()
  let verdicts: ReadonlyMap<string, Hold | undefined> | undefined
  let planned = false

  const current = () => {
    verdicts ??= admit({
      jobs: jobs.by('active', 'yes'),
      limits: limits(),
      starting,
      stuck: new Set(stuckSince.keys()),
    })
    return verdicts
  }

  function changed(): void {
    verdicts = undefined
    if (planned || held.size === 0) return
    planned = true
    clock.after(gatherMs, () => {
      planned = false
      const now = current()
      for (const [uid, { key, hold }] of held) {
        if (!now.has(uid)) held.delete(uid)
        else if (JSON.stringify(now.get(uid)) !== hold) options.wake(key)
      }
    })
  }

  jobs.on((change) => {
    const before = change.type === 'added' ? undefined : change.before
    const now = change.type === 'deleted' ? undefined : change.now
    if (countsAs(before) === countsAs(now)) return
    const gone = before && countsAs(now) === ''
    if (gone) stuckSince.delete(uidOf(before))
    changed()
  })

  return {
    ask(job) {
      const uid = uidOf(job)
      if (isUnlimited(job, limits())) return undefined
      const hold = current().get(uid)
      if (hold) {
        held.set(uid, { key: `${job.metadata.namespace}/${job.metadata.name}`, hold: JSON.stringify(hold) })
        return hold
      }
      held.delete(uid)
      starting.add(uid)
      changed()
      return undefined
    },
    release(job) {
      if (starting.delete(uidOf(job))) changed()
    },
    stuck(job) {
      const uid = uidOf(job)
      const since = stuckSince.get(uid) ?? clock.now()
      if (!stuckSince.has(uid)) {
        stuckSince.set(uid, since)
        changed()
      }
      return since
    },
    unstuck(job) {
      if (stuckSince.delete(uidOf(job))) changed()
    },
    recheck: changed,
  }
}

const uidOf = ({ metadata }: ProwJob) => metadata.uid ?? metadata.name ?? ''

// Two versions of a job that are equal in this are equal to everybody in line.
const countsAs = (job: ProwJob | undefined): string =>
  job && isActive(job)
    ? `${job.metadata.uid} ${job.status.state} ${job.spec.job} ${job.spec.max_concurrency} ${job.spec.job_queue_name}`
    : ''
