// Everything the page of one job shows, from the ProwJob, its Pod and its folder in the bucket.
import { type Pod, pods } from '../api/kubernetes.ts'
import { clusterOf, isComplete, type JobState, type ProwJob } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { filedUnder } from '../jobs/refs.ts'
import type { Clusters } from '../kube/client.ts'
import { permission, type RerunRule, refuseAbort } from './actions.ts'
import { withoutManagedFields } from './feeds.ts'
import type { Kept, Objects } from './objects.ts'
import { containersOf, logName, placeOfLog, testContainers } from './pod.ts'
import { rowOf } from './row.ts'
import { runPath } from './runs.ts'
import type { JobDetail, LinkDetail, LogDetail } from './wire.ts'

export interface DetailParts {
  readonly clusters: Clusters
  readonly objects: Objects
  readonly config: Config
  readonly admin: boolean
  readonly now: number
  /** The run's folder; undefined when there is none, or none that may be read. */
  readonly run: string | undefined
}

/** A ProwJob that is in the cluster. */
export async function detailOf(job: ProwJob, parts: DetailParts): Promise<JobDetail> {
  const { objects, run, config } = parts
  const row = rowOf(job, config.github.link_url)
  const pod = await podOf(job, parts.clusters, config.pod_namespace)
  const names = testContainers(job)
  const logs = await Promise.all(
    names.map(async (container): Promise<LogDetail> => {
      const object = run && `${run}/${logName(container, names.length)}`
      const info = object ? await objects.stat(object) : undefined
      const place = placeOfLog({ job, row, container, pod, uploaded: info !== undefined })
      const title = container
      if (place.from === 'bucket' && object && info) return { container, title, ...inBucket(object, info) }
      if (place.from === 'nowhere') return { container, title, ...place }
      const query = new URLSearchParams({ job: row.job, id: row.build, container })
      const url = `/api/jobs/${encodeURIComponent(row.name)}/log?container=${encodeURIComponent(container)}`
      return { container, title, from: 'pod', url, raw: `/log?${query}` }
    }),
  )
  const rules: readonly RerunRule[] = config.deck.default_rerun_auth_configs
  const may = permission(job, rules, parts.admin)
  const cannotAbort = refuseAbort(job)
  return {
    row,
    job: withoutManagedFields(job),
    live: true,
    pod: {
      name: job.status.pod_name ?? '',
      node: pod?.spec?.nodeName ?? '',
      phase: pod?.status?.phase ?? '',
      gone: !pod && Boolean(job.status.pod_name),
    },
    containers: containersOf(pod),
    logs,
    links: [
      ...linksOf(job, row.repoLink),
      { label: 'ProwJob YAML', href: `/prowjob?prowjob=${encodeURIComponent(row.name)}` },
      { label: 'YAML for a rerun', href: `/rerun?prowjob=${encodeURIComponent(row.name)}` },
    ],
    artifacts: run && (isComplete(job) || logs.some((log) => log.from === 'bucket')) ? folderApi(run) : '',
    rerun: may,
    abort: cannotAbort ? { allowed: false, why: cannotAbort } : may,
    now: parts.now,
  }
}

async function podOf(job: ProwJob, clusters: Clusters, namespace: string): Promise<Pod | undefined> {
  const name = job.status.pod_name
  if (!name) return undefined
  return clusters.build(clusterOf(job))?.get(pods, { namespace, name })
}

const folderApi = (run: string): string => `/api/artifacts/${runPath(run)}/`

const inBucket = (url: string, info: { size: number; contentEncoding?: string }) => ({
  from: 'bucket' as const,
  url: `/api/text/${runPath(url)}`,
  raw: `/api/text/${runPath(url)}`,
  size: info.contentEncoding === 'gzip' ? -1 : info.size,
})

/** Links to the code host, in the order in which people look for them. */
function linksOf({ spec }: ProwJob, repoLink: string): LinkDetail[] {
  const refs = filedUnder(spec)
  if (!refs) return []
  const links: LinkDetail[] = []
  const add = (label: string, href: string | undefined) => href && links.push({ label, href })
  for (const pull of refs.pulls ?? []) {
    add(`Pull request #${pull.number}`, pull.link ?? (repoLink && `${repoLink}/pull/${pull.number}`))
    add(
      `Commit ${pull.sha.slice(0, 7)}`,
      pull.commit_link ?? (repoLink && `${repoLink}/pull/${pull.number}/commits/${pull.sha}`),
    )
  }
  const base = refs.base_sha
    ? `Base ${refs.base_ref ?? ''} ${refs.base_sha.slice(0, 7)}`
    : `Branch ${refs.base_ref ?? ''}`
  add(base, refs.base_link ?? (repoLink && (refs.base_sha ? `${repoLink}/commit/${refs.base_sha}` : '')))
  add(`${refs.org}/${refs.repo}`, repoLink)
  return links
}

/** A run whose ProwJob is gone: what the bucket kept of it. Nothing of it is trusted enough to be run again. */
export async function detailOfKept(
  kept: Kept,
  at: { readonly run: string; readonly job: string; readonly build: string },
  parts: Pick<DetailParts, 'objects' | 'config' | 'now'>,
): Promise<JobDetail> {
  const job = kept.prowjob ?? fromFiles(kept, at)
  const row = { ...rowOf(job, parts.config.github.link_url), reason: '', next: '' }
  const names = testContainers(job)
  const logs = await Promise.all(
    names.map(async (container): Promise<LogDetail> => {
      const object = `${at.run}/${logName(container, names.length)}`
      const info = await parts.objects.stat(object)
      if (info) return { container, title: container, ...inBucket(object, info) }
      return { container, title: container, from: 'nowhere', why: 'No log was uploaded for this run', next: '' }
    }),
  )
  const no = { allowed: false, why: 'The ProwJob is gone; only its results are left' }
  return {
    row,
    job: withoutManagedFields(job),
    live: false,
    pod: { name: job.status.pod_name ?? '', node: '', phase: '', gone: true },
    containers: [],
    logs,
    links: linksOf(job, row.repoLink),
    artifacts: folderApi(at.run),
    rerun: no,
    abort: no,
    now: parts.now,
  }
}

/** A ProwJob made up from started.json and finished.json, when crier left none. */
function fromFiles({ started, finished }: Kept, { job, build }: { job: string; build: string }): ProwJob {
  const time = (seconds: number | undefined) =>
    typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : undefined
  const [startTime, completionTime] = [time(started?.timestamp), time(finished?.timestamp)]
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: {},
    spec: { type: started?.pull ? 'presubmit' : 'periodic', job },
    status: {
      state: resultState(finished),
      build_id: build,
      ...(startTime !== undefined && { startTime }),
      ...(completionTime !== undefined && { completionTime }),
    },
  }
}

function resultState(finished: Kept['finished']): JobState {
  const result = finished?.result?.toLowerCase()
  if (result === 'success' || result === 'failure' || result === 'aborted' || result === 'error') return result
  if (!finished) return 'pending'
  return finished.passed ? 'success' : 'failure'
}
