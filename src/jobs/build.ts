// From a job and refs to a ProwJob: the run as it is stored, before anything has happened to it.
import * as names from '../api/labels.ts'
import type { ProwJob, ProwJobSpec, Refs, ReporterConfig } from '../api/prowjob.ts'
import { timestamp } from '../api/time.ts'
import type { BranchJob, Config, JobBase, Periodic, Postsubmit, Presubmit } from '../config/types.ts'
import { labelsAndAnnotations } from './labels.ts'

/** What a new ProwJob needs beside its job. */
export interface Making {
  readonly config: Pick<Config, 'prowjob_namespace' | 'scheduler'>
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Name of the object: a random UUID, or a derived one where the same event must not make two. */
  readonly name: string
  /** Put over the job's own labels. */
  readonly labels?: Readonly<Record<string, string>>
  /** Put over the job's own annotations. */
  readonly annotations?: Readonly<Record<string, string>>
}

/** A run of a presubmit for the pull requests in `refs`. */
export const newPresubmit = (job: Presubmit, refs: Refs, making: Making): ProwJob =>
  prowJob(job, making, {
    type: 'presubmit',
    ...branchJobSpec(job, refs),
    report: !job.skip_report,
    rerun_command: job.rerun_command,
    ...(job.jenkins_spec && { jenkins_spec: job.jenkins_spec }),
  })

/** Labels that a presubmit started for an event on a pull request carries beside its own. */
export const pullRequestEventLabels = (job: Presubmit, deliveryId: string): Record<string, string> => ({
  [names.eventGuid]: deliveryId,
  [names.isOptional]: String(job.optional),
})

/** A run of a postsubmit for the commit in `refs`. */
export const newPostsubmit = (job: Postsubmit, refs: Refs, making: Making): ProwJob =>
  prowJob(job, making, {
    type: 'postsubmit',
    ...branchJobSpec(job, refs),
    report: !job.skip_report,
    ...(job.jenkins_spec && { jenkins_spec: job.jenkins_spec }),
  })

/** A run of a presubmit for several pull requests together; never reported to the code host. */
export const newBatch = (job: Presubmit, refs: Refs, making: Making): ProwJob =>
  prowJob(job, making, { type: 'batch', ...branchJobSpec(job, refs) })

/** A run of a periodic. */
export const newPeriodic = (job: Periodic, making: Making): ProwJob =>
  prowJob(job, making, { type: 'periodic', report: true })

const branchJobSpec = (job: BranchJob, refs: Refs) => ({ context: job.context, refs: completeRefs(refs, job) })

function prowJob(job: JobBase, making: Making, own: Pick<ProwJobSpec, 'type'> & Partial<ProwJobSpec>): ProwJob {
  const spec = { ...withoutEmpty(commonSpec(job)), ...withoutEmpty(own), type: own.type, job: job.name }
  const metadata = labelsAndAnnotations(spec, {
    labels: { ...job.labels, ...making.labels },
    annotations: { ...job.annotations, ...making.annotations },
  })
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name: making.name, namespace: making.config.prowjob_namespace, ...metadata },
    spec,
    status: {
      startTime: timestamp(making.now),
      state: making.config.scheduler.enabled ? 'scheduling' : 'triggered',
    },
  }
}

function commonSpec(job: JobBase): Partial<ProwJobSpec> {
  const { blobless_fetch } = job.decoration_config ?? {}
  return {
    agent: job.agent,
    cluster: job.cluster,
    namespace: job.namespace,
    max_concurrency: job.max_concurrency,
    error_on_eviction: job.error_on_eviction,
    hidden: job.hidden,
    ...(job.job_queue_name && { job_queue_name: job.job_queue_name }),
    ...(job.extra_refs && {
      extra_refs: job.extra_refs.map((refs) =>
        blobless_fetch === undefined ? refs : { ...refs, blobless_fetch: refs.blobless_fetch ?? blobless_fetch },
      ),
    }),
    ...(job.decoration_config && { decoration_config: job.decoration_config }),
    ...(job.spec && { pod_spec: job.spec }),
    ...(job.pipeline_run_spec && { pipeline_run_spec: job.pipeline_run_spec }),
    ...(job.tekton_pipeline_run_spec && { tekton_pipeline_run_spec: job.tekton_pipeline_run_spec }),
    ...(job.reporter_config && { reporter_config: withSlackReport(job.reporter_config) }),
    ...(job.rerun_auth_config && { rerun_auth_config: job.rerun_auth_config }),
    ...(job.prowjob_defaults && { prowjob_defaults: job.prowjob_defaults }),
  }
}

/** The refs as the job wants them cloned; what the job does not set stays as the caller gave it. */
export function completeRefs(refs: Refs, job: JobBase): Refs {
  const { blobless_fetch, sparse_checkout_files = [] } = job.decoration_config ?? {}
  const blobless = refs.blobless_fetch ?? blobless_fetch
  return {
    ...refs,
    ...(job.path_alias && { path_alias: job.path_alias }),
    ...(job.clone_uri && { clone_uri: job.clone_uri }),
    ...(job.skip_submodules && { skip_submodules: true }),
    ...(job.clone_depth > 0 && { clone_depth: job.clone_depth }),
    ...(job.skip_fetch_head && { skip_fetch_head: true }),
    ...(blobless !== undefined && { blobless_fetch: blobless }),
    ...(sparse_checkout_files.length > 0 && { sparse_checkout_files }),
  }
}

/** An empty list of states means "report nothing", but does not survive encoding; `report` does. */
function withSlackReport(reporter: ReporterConfig): ReporterConfig {
  const { slack } = reporter
  if (slack === undefined || slack.report !== undefined) return reporter
  const { job_states_to_report: states } = slack
  return { ...reporter, slack: { ...slack, report: states === undefined || states.length > 0 } }
}

const isEmpty = (value: unknown): boolean => value === '' || value === 0 || value === false

/** Leaves out what the wire leaves out. Only for the top level of the spec, where no empty value has a meaning. */
function withoutEmpty(spec: Partial<ProwJobSpec>): Partial<ProwJobSpec> {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => !isEmpty(value)))
}
