// Runs of jobs as plugins start and stop them. A plugin starts each job at most once for a delivery, however often its task is repeated.
import { createHash } from 'node:crypto'
import type { IssueRef } from '../api/code-host.ts'
import { jobType, pull } from '../api/labels.ts'
import { isComplete, type ProwJob, type ProwJobSpec, prowJobs } from '../api/prowjob.ts'
import { type Kube, KubeError } from '../kube/client.ts'

/** Who starts runs. Two plugins may make runs of one job for the same delivery: one starts it, one overrides it. */
export interface Starter {
  readonly plugin: string
  /** Its id. */
  readonly delivery: string
}

/** Starting and stopping jobs on behalf of one plugin and delivery. */
export interface JobRuns {
  /** Starts a run. Its name comes from the delivery, the plugin and the job, so a repeated call changes nothing. */
  create(job: ProwJob): Promise<void>
  /**
   * Marks the incomplete presubmits of a pull request as aborted, for the controllers to end them. Those that this plugin
   * started for this delivery are left alone. Returns how many were marked.
   */
  abortPresubmits(at: IssueRef, description: string): Promise<number>
}

export function jobRuns(kube: Kube, namespace: string, starter: Starter): JobRuns {
  return {
    async create(job) {
      const name = runName(starter, job.spec)
      try {
        await kube.create(prowJobs, { ...job, metadata: { ...job.metadata, namespace, name } })
      } catch (error) {
        if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error
      }
    },

    async abortPresubmits(at, description) {
      // The labels of org and repo are cut to what a label may hold (`.github` may not), so the refs themselves decide.
      const labelSelector = `${jobType}=presubmit,${pull}=${at.number}`
      const { items } = await kube.list(prowJobs, { namespace, labelSelector })
      const failures: unknown[] = []
      let marked = 0
      for (const job of items) {
        const isOfPull = job.spec.refs?.org === at.org && job.spec.refs.repo === at.repo
        if (!isOfPull || job.metadata.name === runName(starter, job.spec)) continue
        try {
          if (await abort(kube, job, description)) marked++
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, `cannot abort ${failures.length} jobs`)
      return marked
    },
  }
}

const noCluster = async (): Promise<never> => {
  throw new Error('this program has no cluster with ProwJobs')
}

/** What plugins get in programs that know no cluster. */
export const noJobRuns: JobRuns = { create: noCluster, abortPresubmits: noCluster }

/**
 * The name of the run that a plugin starts of a job for a delivery. Commits are left out: when a task is repeated the branch may have
 * moved, and the job must still not run twice.
 */
function runName({ plugin, delivery }: Starter, { type, job, refs }: ProwJobSpec): string {
  const pulls = refs?.pulls?.map(({ number }) => number) ?? []
  const identity = JSON.stringify([delivery, plugin, type, job, refs?.org, refs?.repo, refs?.base_ref, pulls])
  const bytes = createHash('sha256').update(identity).digest().subarray(0, 16)
  // Version 8 of RFC 9562: a UUID of the maker's own making.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Marks one job; looks again when a controller was faster, so that a job which has just ended keeps its result. */
async function abort(kube: Kube, listed: ProwJob, description: string): Promise<boolean> {
  const at = { namespace: listed.metadata.namespace ?? '', name: listed.metadata.name ?? '' }
  for (let job: ProwJob | undefined = listed, tries = 0; job; job = await kube.get(prowJobs, at), tries++) {
    if (isComplete(job) || job.status.state === 'aborted') return false
    try {
      await kube.replace(prowJobs, { ...job, status: { ...job.status, state: 'aborted', description } })
      return true
    } catch (error) {
      if (!(error instanceof KubeError) || (error.code !== 409 && error.code !== 404) || tries >= 5) throw error
    }
  }
  return false
}
