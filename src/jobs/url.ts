// The page of a run: what statuses, comments and reports link to.
import { posix } from 'node:path'
import type { GCSConfiguration, ProwJob } from '../api/prowjob.ts'
import { renderForJob } from '../config/templates/job-template.ts'
import type { Config } from '../config/types.ts'
import { bucketUrl, jobPath, noPlace } from './paths.ts'
import { filedUnder, orgRepo } from './refs.ts'

type Settings = Pick<Config, 'plank'>

/**
 * The URL of a run's page. Of a decorated run that a prefix applies to: the prefix, then provider, bucket and the run's
 * folder; empty when there is nothing to point to. Of any other run: what plank's template gives.
 * @throws TemplateError when the template fails for this run.
 */
export function jobUrl(job: ProwJob, config: Settings): string {
  const decoration = job.spec.decoration_config
  const prefix = decoration && urlPrefix(job, config, decoration.gcs_configuration)
  if (prefix) return prefixed(prefix, job, config, decoration.gcs_configuration)
  const template = config.plank.job_url_template
  return template === '' ? '' : renderForJob(template, job)
}

function prefixed(prefix: string, job: ProwJob, { plank }: Settings, gcs: GCSConfiguration | undefined): string {
  if (gcs === undefined || !URL.canParse(prefix)) return ''
  const url = new URL(prefix)
  const bucket = bucketSegments(gcs, plank.jobURLPrefixDisableAppendStorageProvider)
  const folder = folderOf(job, gcs)
  if (bucket === undefined || folder === undefined) return ''
  url.pathname = posix.join('/', url.pathname, ...bucket, folder)
  return url.href
}

/** That a run without a folder cannot run is told elsewhere. */
function folderOf(job: ProwJob, gcs: GCSConfiguration): string | undefined {
  const run = { ...job.spec, buildid: job.status.build_id ?? '' }
  return noPlace(run, gcs) === undefined ? jobPath(run, gcs) : undefined
}

function bucketSegments(gcs: GCSConfiguration, withoutProvider: boolean): readonly string[] | undefined {
  const [, provider, bucket] = /^([^:/]*):\/\/(.*)$/.exec(bucketUrl(gcs.bucket ?? '')) ?? []
  if (provider === undefined || bucket === undefined) return undefined
  return withoutProvider ? [bucket] : [provider, bucket]
}

/** The job's own prefix, else that of the repository, the org, or of all; an empty one counts as absent. */
function urlPrefix(job: ProwJob, { plank }: Settings, gcs?: GCSConfiguration): string | undefined {
  const prefixes = new Map(Object.entries(plank.job_url_prefix_config))
  const refs = filedUnder(job.spec)
  const ofRepo = refs && (prefixes.get(orgRepo(refs)) || prefixes.get(refs.org))
  return gcs?.job_url_prefix || ofRepo || prefixes.get('*') || undefined
}
