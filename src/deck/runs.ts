// Where the results of a run lie: addresses of the pages ↔ folders in a bucket, and which folders belong to a run. Pure.
import type { ProwJob } from '../api/prowjob.ts'
import { bucketUrl, jobPath, noPlace } from '../jobs/paths.ts'

/** What stands after /view/: a folder in a bucket, or a job to be found by name and build id. */
export type RunAddress =
  | { readonly kind: 'folder'; readonly url: string; readonly job: string; readonly build: string }
  | { readonly kind: 'prowjob'; readonly job: string; readonly build: string }

/** @param path `<provider>/<bucket and path>`, percent-decoded. Job name and build id are its last two parts. */
export function parseRun(path: string): RunAddress | { readonly refuse: string } {
  const [provider = '', ...parts] = path.replace(/\/+$/, '').split('/')
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || /[\0\\]/.test(part))
  if (bad || parts.length < 2) return { refuse: `"${path}" is no run: expected <provider>/<bucket>/…/<job>/<build id>` }
  const [job = '', build = ''] = parts.slice(-2)
  if (provider === 'prowjob') {
    return parts.length === 2 ? { kind: 'prowjob', job, build } : { refuse: `"${path}" is no prowjob/<job>/<build id>` }
  }
  const url = storageUrl(provider, parts)
  return url
    ? { kind: 'folder', url, job, build }
    : { refuse: `"${provider}" is no storage provider: use gs, s3, az or file` }
}

function storageUrl(provider: string, parts: readonly string[]): string | undefined {
  switch (provider) {
    case 'gcs': // how old links spell it
    case 'gs':
      return `gs://${parts.join('/')}`
    case 's3':
    case 'az':
      return `${provider}://${parts.join('/')}`
    case 'file':
      return `file:///${parts.join('/')}`
    default:
      return undefined
  }
}

/** A folder or object URL → what stands after /view/ or /artifact/, percent-encoded. The inverse of parseRun's reading. */
export function runPath(url: string): string {
  const [scheme = '', rest = ''] = url.split('://')
  return [scheme, ...rest.replace(/^\/+/, '').split('/')].map(encodeURIComponent).join('/')
}

/** True when the URL lies in one of the buckets. */
export function isInside(url: string, buckets: ReadonlySet<string>): boolean {
  if (url.split('/').some((part) => part === '..' || part === '.') || url.includes('\0')) return false
  for (const bucket of buckets) if (url.startsWith(`${bucket}/`)) return true
  return false
}

// logs/<job>/<build> and pr-logs/pull[/<org_repo>]/<number>/<job>/<build>, wherever in the bucket they start.
const runRoot = /^.*?\/(?:logs\/[^/]+|pr-logs\/pull\/(?:[^/]+\/)?[^/]+\/[^/]+)\/\d+(?=\/|$)/

/** The run that an object or folder belongs to; undefined outside of every run, where Deck shows nothing. */
export function runOf(url: string): string | undefined {
  return runRoot.exec(url)?.[0]
}

/** The folder of a ProwJob's results; undefined before it has a build id, and for a job that is not decorated. */
export function folderOf({ spec, status }: ProwJob): string | undefined {
  const gcs = spec.decoration_config?.gcs_configuration
  if (!gcs?.bucket || !status.build_id) return undefined
  const run = { ...spec, buildid: status.build_id }
  return noPlace(run, gcs) === undefined ? `${bucketUrl(gcs.bucket)}/${jobPath(run, gcs)}` : undefined
}

/** Job name and build id of a run's folder: its last two parts. */
export function jobAndBuild(run: string): { job: string; build: string } {
  const [job = '', build = ''] = run.split('/').slice(-2)
  return { job, build }
}
