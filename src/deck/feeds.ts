// The feeds that dashboards and scripts have always read: /prowjobs.js, /data.js and the YAML of one job.
import { dump } from 'js-yaml'
import type { ProwJob } from '../api/prowjob.ts'
import { refsText } from '../jobs/refs.ts'

/** Query of /prowjobs.js; absent and empty are the same. */
export interface FeedQuery {
  /** Comma list of annotations, labels, decoration_config, pod_spec; other words are ignored. */
  readonly omit?: string
  readonly org?: string
  readonly repo?: string
  readonly owner?: string
}

/** Body of /prowjobs.js. */
export function prowJobsFeed(jobs: readonly ProwJob[], query: FeedQuery): { items: object[] } {
  const omit = new Set(query.omit?.split(',') ?? [])
  return { items: jobs.filter((job) => matches(job, query)).map((job) => trimmed(job, omit)) }
}

function matches({ spec }: ProwJob, { org, repo, owner }: FeedQuery): boolean {
  const repos = spec.refs ? [spec.refs] : (spec.extra_refs ?? [])
  if (org && !repos.some((refs) => refs.org === org)) return false
  if (repo && !repos.some((refs) => refs.repo === repo)) return false
  return !owner || (spec.refs?.pulls ?? []).some((pull) => pull.author === owner)
}

function trimmed(job: ProwJob, omit: ReadonlySet<string>): object {
  const { metadata, spec, status, ...rest } = withoutManagedFields(job)
  const { annotations, labels, ...meta } = metadata
  const { decoration_config, pod_spec, ...others } = spec
  return {
    ...rest,
    metadata: {
      ...meta,
      ...(labels && !omit.has('labels') && { labels }),
      ...(annotations && !omit.has('annotations') && { annotations }),
    },
    spec: {
      ...others,
      ...(decoration_config && !omit.has('decoration_config') && { decoration_config }),
      ...(pod_spec && { pod_spec: omit.has('pod_spec') ? emptyContainers(pod_spec.containers.length) : pod_spec }),
    },
    status,
  }
}

const emptyContainers = (count: number) => ({
  containers: Array.from({ length: count }, () => ({ name: '', resources: {} })),
})

/** The object as people want to read it, apiVersion and kind always there. */
export function withoutManagedFields(job: ProwJob): ProwJob {
  const { managedFields: _, ...metadata } = job.metadata
  return { ...job, apiVersion: 'prow.k8s.io/v1', kind: 'ProwJob', metadata }
}

/** Body of /data.js: every value but refs is a text, every key is always there. */
export function dataFeed(jobs: readonly ProwJob[]): object[] {
  return jobs.map(({ spec, status, metadata }) => ({
    type: spec.type,
    refs: spec.refs ?? { org: '', repo: '' },
    refs_key: spec.refs ? refsText(spec.refs) : '',
    job: spec.job,
    build_id: status.build_id ?? '',
    context: spec.context ?? '',
    started: String(Math.floor(Date.parse(status.startTime ?? '') / 1000) || 0),
    finished: status.completionTime ?? '',
    duration: status.completionTime
      ? goSeconds((Date.parse(status.completionTime) - Date.parse(status.startTime ?? '')) / 1000)
      : '',
    state: status.state,
    description: status.description ?? '',
    url: status.url ?? '',
    pod_name: status.pod_name ?? '',
    agent: spec.agent ?? '',
    prow_job: metadata.name ?? '',
  }))
}

/** Go's text of a duration of whole seconds: 59 → 59s, 3661 → 1h1m1s, 3600 → 1h0m0s. */
function goSeconds(seconds: number): string {
  const whole = Math.round(seconds) || 0
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  if (h > 0) return `${h}h${m}m${s}s`
  return m > 0 ? `${m}m${s}s` : `${s}s`
}

/** The job as YAML, keys sorted, as `kubectl create -f` takes it. */
export function toYaml(job: ProwJob): string {
  return dump(withoutManagedFields(job), { sortKeys: true, lineWidth: -1, noRefs: true })
}

/** With a variable name the feed is a script that sets it, else plain JSON. A name that is none gives undefined. */
export function asFeed(body: string, variable: string | undefined): { type: string; body: string } | undefined {
  if (!variable) return { type: 'application/json; charset=utf-8', body }
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(variable)) return undefined
  return { type: 'application/javascript; charset=utf-8', body: `var ${variable} = ${body};` }
}
