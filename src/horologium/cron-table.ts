// Which cron jobs have fired: keeps the next fire of each, in step with the configuration.
import type { Logger } from 'pino'
import type { ProwJob } from '../api/prowjob.ts'
import { milliseconds } from '../api/time.ts'
import { type CronSchedule, isSchedule, parseCron } from '../config/cron.ts'
import type { Periodic } from '../config/types.ts'

export interface CronTable {
  /**
   * Takes over the jobs of the configuration and notes who has fired until `now`. Several fires in between are one.
   * @param latest Job name → its run that started last.
   * @param sinceMs How far back the first look may reach, for fires between the end of a process and the start of the next.
   */
  sync(periodics: readonly Periodic[], latest: ReadonlyMap<string, ProwJob>, now: number, sinceMs: number): void
  /** True when the job has fired and nobody has taken the fire yet. */
  hasFired(name: string): boolean
  /** The fire was used, or lost because the run before goes on. */
  take(name: string): void
}

interface Entry {
  readonly expression: string
  readonly schedule: CronSchedule
  next: number | undefined
  fired: boolean
}

export function cronTable(log: Logger): CronTable {
  const entries = new Map<string, Entry>()
  let first = true

  function register(name: string, expression: string, run: ProwJob | undefined, now: number, sinceMs: number) {
    const schedule = parseCron(expression)
    if (!isSchedule(schedule)) {
      log.error(
        { job: name, cron: expression, problem: schedule.error },
        'cannot read a cron expression; the job will not run',
      )
      return
    }
    const start = milliseconds(run?.status.startTime)
    let next: number | undefined
    // Without a run before, the first is due at once; otherwise a restart of this process changes nothing.
    if (schedule.everyMs !== undefined) next = start === undefined ? now : start + schedule.everyMs
    // A fire just before this start was lost with the process before, unless a run shows that it was not.
    else if (first && start !== undefined) next = schedule.next(Math.max(now - sinceMs, start))
    else next = schedule.next(now)
    entries.set(name, { expression, schedule, next, fired: false })
  }

  return {
    sync(periodics, latest, now, sinceMs) {
      const wanted = new Set<string>()
      for (const { name, cron } of periodics) {
        if (cron === undefined) continue
        wanted.add(name)
        if (entries.get(name)?.expression !== cron) {
          entries.delete(name)
          register(name, cron, latest.get(name), now, sinceMs)
        }
        const entry = entries.get(name)
        if (entry?.next === undefined || entry.next > now) continue
        entry.fired = true
        entry.next = entry.schedule.next(now)
      }
      for (const name of entries.keys()) if (!wanted.has(name)) entries.delete(name)
      first = false
    },
    hasFired: (name) => entries.get(name)?.fired ?? false,
    take(name) {
      const entry = entries.get(name)
      if (entry) entry.fired = false
    },
  }
}
