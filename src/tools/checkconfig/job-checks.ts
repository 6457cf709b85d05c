// Checks of jobs: what loads, but is rarely meant.
import type { JobBase } from '../../config/types.ts'
import { type AnyJob, allJobs } from '../all-jobs.ts'
import type { Checking, Found } from './check.ts'

const found = (job: JobBase, field: string, message: string, hint?: string): Found => ({
  place: job.source,
  field,
  message: `${job.name}: ${message}`,
  ...(hint !== undefined && { hint }),
})

const kubernetesJobs = ({ config }: Checking): readonly AnyJob[] =>
  allJobs(config).filter(({ job }) => job.agent === 'kubernetes')

/** Jobs that upload no results. */
export const nonDecoratedJobs = (checking: Checking): readonly Found[] =>
  kubernetesJobs(checking)
    .filter(({ job }) => !job.decorate)
    .map(({ job }) =>
      found(job, 'decorate', 'is not decorated, so nothing clones for it or uploads its results', 'set decorate: true'),
    )

// The longest value of a label.
const maxNameBytes = 63

/** Names that do not fit into a label. */
export const longJobNames = (checking: Checking): readonly Found[] =>
  kubernetesJobs(checking)
    .map(({ job }) => ({ job, bytes: Buffer.byteLength(job.name) }))
    .filter(({ bytes }) => bytes > maxNameBytes)
    .map(({ job, bytes }) =>
      found(job, 'name', `has a name of ${bytes} bytes; labels hold ${maxNameBytes}, so it is cut there`),
    )

/** Presubmits that clone a repository twice. */
export const duplicateJobRefs = ({ config }: Checking): readonly Found[] =>
  Object.entries(config.presubmits).flatMap(([repo, jobs]) =>
    jobs.flatMap((job) => {
      const seen = new Set([repo])
      return (job.extra_refs ?? []).flatMap(({ org, repo: name }, index) => {
        const extra = `${org}/${name}`
        const isTwice = seen.has(extra)
        seen.add(extra)
        return isTwice ? [found(job, `extra_refs[${index}]`, `clones ${extra} twice`)] : []
      })
    }),
  )

/** Periodics have no repository of their own that these fields could be about. */
export const periodicCloneConfig = ({ config }: Checking): readonly Found[] =>
  config.periodics.flatMap((job) =>
    (['clone_depth', 'clone_uri', 'path_alias'] as const)
      .filter((field) => job[field])
      .map((field) =>
        found(job, field, `is a periodic, so ${field} at its top level has no effect`, 'set it in extra_refs'),
      ),
  )

/** Jobs without the annotations that an installation asks for. */
export const missingAnnotations = ({ config, requiredAnnotations }: Checking): readonly Found[] =>
  allJobs(config).flatMap(({ job }) => {
    const missing = requiredAnnotations.filter((name) => !Object.hasOwn(job.annotations ?? {}, name))
    return missing.length === 0 ? [] : [found(job, 'annotations', `lacks the annotation ${missing.join(', ')}`)]
  })

/** Clusters of jobs that are none: Jenkins has no build clusters, and others must be in the list of them if there is one. */
export const clusterField = ({ config, clusters }: Checking): readonly Found[] =>
  allJobs(config).flatMap(({ job }) => {
    const { agent, cluster } = job
    if (agent === 'jenkins') {
      if (cluster === 'default') return []
      return [found(job, 'cluster', `is a jenkins job, so cluster must be default, but is ${cluster}`)]
    }
    if (clusters === undefined || clusters.has(cluster)) return []
    return [found(job, 'cluster', `names the cluster ${cluster}, which plank.build_cluster_status_file does not list`)]
  })
