// Where the files of a run go that crier writes: the same place that the Pod writes to.
import type { GCSConfiguration, ProwJob } from '../api/prowjob.ts'
import { clusterOf } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { bucketUrl, jobPath, noPlace } from '../jobs/paths.ts'
import { filedUnder, orgRepo } from '../jobs/refs.ts'

/** URL of the run's folder; undefined when no bucket is known for it, or it has no place there. */
export function folderOf(job: ProwJob, config: Config): string | undefined {
  const gcs = job.spec.decoration_config?.gcs_configuration ?? defaultConfiguration(job, config)
  if (!gcs?.bucket) return undefined
  const { type, job: name, refs } = job.spec
  const run = { type, job: name, buildid: job.status.build_id ?? '', ...(refs ? { refs } : {}) }
  return noPlace(run, gcs) === undefined ? `${bucketUrl(gcs.bucket)}/${jobPath(run, gcs)}` : undefined
}

/** What the default decoration would say for the job's repository and cluster, later entries over earlier ones. */
function defaultConfiguration(job: ProwJob, { plank }: Config): GCSConfiguration | undefined {
  const refs = filedUnder(job.spec)
  const repo = refs ? orgRepo(refs) : ''
  const cluster = clusterOf(job)
  let found: GCSConfiguration | undefined
  for (const entry of plank.default_decoration_config_entries) {
    const forCluster = !entry.cluster || entry.cluster === '*' || entry.cluster === cluster
    if (forCluster && isFor(entry.repo, repo) && entry.config.gcs_configuration) {
      found = { ...found, ...filled(entry.config.gcs_configuration) }
    }
  }
  return found
}

function isFor(pattern: string | undefined, repo: string): boolean {
  if (!pattern || pattern === '*' || pattern === repo) return true
  const plain = repo.replace(/^https?:\/\//, '').replace(/^([^./]+)-review(?=[./])/, '$1')
  return pattern === plain || pattern === plain.split('/')[0]
}

// An empty field says nothing.
const filled = (gcs: GCSConfiguration): GCSConfiguration =>
  Object.fromEntries(Object.entries(gcs).filter(([, value]) => value !== ''))
