// What plank works with, and its one way to write to a job.
import type { Logger } from 'pino'
import type { Pod } from '../api/kubernetes.ts'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { type Kube, KubeError } from '../kube/client.ts'
import type { Informer } from '../kube/informer.ts'
import type { Recorder } from '../kube/recorder.ts'
import type { Clock } from '../system/clock.ts'
import type { BuildIds } from './build-ids.ts'
import type { Slots } from './slots.ts'

/** One build cluster as plank sees it. */
export interface Build {
  readonly kube: Kube
  readonly pods: Informer<Pod>
  /** Whether the first list of Pods is in. */
  readonly synced: () => boolean
}

/** What plank works with. */
export interface Plank {
  readonly infrastructure: Kube
  /** With the indexes `active` (`yes`) and `job` (name), both of active jobs. */
  readonly jobs: Informer<ProwJob>
  readonly build: (alias: string) => Build | undefined
  readonly config: () => Config
  readonly slots: Slots
  readonly buildIds: BuildIds
  readonly podFor: (job: ProwJob, buildId: string, config: Config) => Pod
  readonly jobUrl: (job: ProwJob, config: Config) => string
  readonly version: string
  readonly record: Recorder
  /** When each job was last told why it waits, by UID, in milliseconds since the epoch. */
  readonly told: Map<string, number>
  readonly clock: Clock
  readonly log: Logger
}

/** The job is no longer what the decision was made on: decide anew. */
export class Moved extends Error {
  override readonly name = 'Moved'
}

/**
 * Writes to the job, unless somebody else has written since it was read: abort and completion come from many sides,
 * and what was decided on an older version must not undo them.
 * @throws Moved
 */
export async function patchJob(
  job: ProwJob,
  patch: { metadata?: object; status?: object },
  plank: Plank,
): Promise<void> {
  const at = { namespace: job.metadata.namespace ?? '', name: job.metadata.name ?? '' }
  const { resourceVersion } = job.metadata
  const merge = { ...patch, metadata: { ...patch.metadata, ...(resourceVersion ? { resourceVersion } : {}) } }
  try {
    plank.jobs.observe(await plank.infrastructure.patch(prowJobs, at, { merge }))
  } catch (error) {
    if (!(error instanceof KubeError) || error.code !== 409) throw error
    const live = await plank.infrastructure.get(prowJobs, at)
    if (live) plank.jobs.observe(live)
    throw new Moved(`ProwJob ${at.name} changed`)
  }
}
