// Where a run's results lie in the bucket: the layout that dashboards and scripts know.
import { posix } from 'node:path'
import type { JobSpec } from '../api/pod-utilities.ts'
import type { GCSConfiguration, Refs } from '../api/prowjob.ts'

/** What of a run decides its place. Without build id the paths lack their last segment. */
export type Run = Pick<JobSpec, 'type' | 'job' | 'buildid' | 'refs'>
/** What of the configuration decides it. */
export type Layout = Pick<GCSConfiguration, 'path_prefix' | 'path_strategy' | 'default_org' | 'default_repo'>

/**
 * Why the results of a run have no place in a bucket; undefined when they have one. Names that would lead elsewhere, i.e. into the
 * results of another job or out of the bucket, are refused.
 */
export function noPlace(run: Run, layout: Layout): string | undefined {
  if (run.type === 'presubmit' && !run.refs?.pulls?.[0]) return `presubmit ${run.job} has no pull request`
  const names = {
    job: run.job,
    'build id': run.buildid,
    org: run.refs?.org,
    repo: run.refs?.repo,
    path_prefix: layout.path_prefix,
  }
  for (const [what, name = ''] of Object.entries(names)) {
    if (name.split('/').some((part) => part === '..' || part === '.') || name.includes('\0')) {
      return `${what} ${JSON.stringify(name)} is no path: it must be without "." and ".."`
    }
  }
  return undefined
}

/** Folder of the run, below the bucket, with `path_prefix`. Throws when it has no place. */
export function jobPath(run: Run, layout: Layout): string {
  const why = noPlace(run, layout)
  if (why !== undefined) throw new Error(`${why}, so its results have no place`)
  return joined(layout.path_prefix, jobRoot(run, layout), run.buildid)
}

/** The file that leads from a presubmit's build id to its folder; undefined for the other types. Never prefixed. */
export function aliasPath(run: Run): string | undefined {
  return run.type === 'presubmit' ? joined('pr-logs/directory', run.job, `${run.buildid ?? ''}.txt`) : undefined
}

/** The files that name the newest build of the job. Never prefixed. */
export function latestBuildPaths(run: Run, layout: Layout): readonly string[] {
  const folders = run.type === 'presubmit' ? [buildsRoot(run), jobRoot(run, layout)] : [buildsRoot(run)]
  return folders.map((folder) => joined(folder, 'latest-build.txt'))
}

/** Folder that lists all builds of a job. */
export function buildsRoot(run: Pick<Run, 'type' | 'job'>): string {
  const all = run.type === 'presubmit' || run.type === 'batch' ? 'pr-logs/directory' : 'logs'
  return joined(all, run.job)
}

/** URL of a bucket setting, without trailing slash: a bare name is a bucket of Google Cloud Storage. */
export function bucketUrl(bucket: string): string {
  return (bucket.includes('://') ? bucket : `gs://${bucket}`).replace(/\/+$/, '')
}

function jobRoot(run: Run, layout: Layout): string {
  if (run.type === 'batch') return joined('pr-logs/pull/batch', run.job)
  if (run.type !== 'presubmit') return joined('logs', run.job)
  const pull = run.refs?.pulls?.[0]
  if (!run.refs || !pull) return joined('pr-logs/pull', run.job)
  return joined('pr-logs/pull', repoSegment(run.refs, layout), String(pull.number), run.job)
}

function repoSegment({ org, repo }: Refs, layout: Layout): string {
  const { path_strategy = 'explicit', default_org, default_repo } = layout
  const home = org === default_org
  if (path_strategy !== 'explicit' && home && repo === default_repo) return ''
  if (path_strategy === 'legacy' && home) return repo
  return `${org.replace(/^https?:\/\//, '').replace(/\/+$/, '')}_${repo.replaceAll('/', '_')}`
}

// As Go joins paths: empty parts dropped, the rest cleaned, no slash at the end.
function joined(...parts: readonly (string | undefined)[]): string {
  const given = parts.filter((part) => part !== undefined).filter((part) => part !== '')
  if (given.length === 0) return ''
  const path = posix.join(...given)
  return path.length > 1 ? path.replace(/\/$/, '') : path
}
