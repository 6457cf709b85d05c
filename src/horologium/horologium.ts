// horologium: makes a ProwJob for each periodic whose time has come.
import { rerun } from '../api/labels.ts'
import { isComplete, type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Component } from '../component.ts'
import type { Config, ConfigAgent, Periodic } from '../config/types.ts'
import type { Kube } from '../kube/client.ts'
import { informer } from '../kube/informer.ts'
import { every } from '../system/clock.ts'
import { cronTable } from './cron-table.ts'
import { due, latestRuns } from './due.ts'

/** What horologium needs beside the context. */
export interface HorologiumNeeds {
  /** The cluster of the ProwJobs. */
  readonly kube: Kube
  readonly config: ConfigAgent
  /** A new run of the job. `now` in milliseconds since the epoch. */
  readonly newPeriodic: (
    periodic: Periodic,
    making: { config: Config; now: number; name: string; labels: Readonly<Record<string, string>> },
  ) => ProwJob
}

/** Exactly one may run at a time: two would each make a run. */
export const horologium: Component<HorologiumNeeds> = {
  name: 'horologium',
  async run(ctx) {
    const { kube, config: agent, newPeriodic, clock, ids, log, signal } = ctx
    const current = () => agent.current().config
    const { prowjob_namespace: namespace } = current()
    const jobs = informer({ ...ctx, resource: prowJobs, selection: { namespace }, transform: slim })
    const crons = cronTable(log)
    try {
      await jobs.synced
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    ctx.ready()

    async function make(periodic: Periodic, config: Config, retry: number | undefined): Promise<void> {
      const labels: Record<string, string> = retry === undefined ? {} : { [rerun]: String(retry) }
      const job = newPeriodic(periodic, { config, now: clock.now(), name: ids.uuid(), labels })
      jobs.observe(await kube.create(prowJobs, job))
    }

    for await (const now of every(clock, () => current().horologium.tick_interval, signal)) {
      const config = current()
      const latest = latestRuns(jobs.list())
      crons.sync(config.periodics, latest, now, config.horologium.tick_interval)
      for (const periodic of config.periodics) {
        const { name } = periodic
        const run = latest.get(name)
        const verdict = due(periodic, run, crons.hasFired(name), now)
        try {
          if (verdict.create) {
            await make(periodic, config, verdict.retry)
            log.info({ job: name, because: verdict.because, retry: verdict.retry }, 'made a run of a periodic')
          } else if (crons.hasFired(name)) {
            log.info({ job: name, because: verdict.because }, 'a cron job does not run this time')
          }
          // Only now: a fire whose run could not be made is not lost.
          crons.take(name)
        } catch (err) {
          if (signal.aborted) return
          log.error({ err, job: name }, 'cannot make a run of a periodic')
        }
      }
    }
  },
}

// Of each run only what decides about the next one is kept.
function slim(job: ProwJob): ProwJob {
  const { name = '', namespace = '', uid = '', resourceVersion = '', labels = {} } = job.metadata
  const { state, startTime, completionTime } = job.status
  const label = labels[rerun]
  return {
    apiVersion: job.apiVersion,
    kind: job.kind,
    metadata: { name, namespace, uid, resourceVersion, ...(label === undefined ? {} : { labels: { [rerun]: label } }) },
    spec: { type: job.spec.type, job: job.spec.job },
    status: {
      state,
      ...(startTime === undefined ? {} : { startTime }),
      ...(isComplete(job) && completionTime !== undefined ? { completionTime } : {}),
    },
  }
}
