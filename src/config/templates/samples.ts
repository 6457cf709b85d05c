// ProwJobs to try templates on when a configuration is loaded.
import type { JobType, ProwJob, ProwJobSpec, ProwJobStatus, Pull, Refs } from '../../api/prowjob.ts'

const time = '2026-01-02T03:04:05Z'

const pull: Required<Pull> = {
  number: 1,
  author: 'author',
  sha: 'pull-sha',
  title: 'title',
  ref: 'ref',
  head_ref: 'branch',
  link: 'https://host.example/org/repo/pull/1',
  commit_link: 'https://host.example/org/repo/pull/1/commits/pull-sha',
  author_link: 'https://host.example/author',
}

const base: Refs = {
  org: 'org',
  repo: 'repo',
  repo_link: 'https://host.example/org/repo',
  base_ref: 'main',
  base_sha: 'base-sha',
  base_link: 'https://host.example/org/repo/commit/base-sha',
}

const status: ProwJobStatus = {
  startTime: time,
  pendingTime: time,
  state: 'pending',
  description: 'description',
  url: 'https://prow.example/view/1',
  pod_name: 'pod',
  build_id: '1',
}

const of = (type: JobType, spec: Partial<ProwJobSpec>, more: Partial<ProwJobStatus> = {}): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'name', namespace: 'default', uid: 'uid', creationTimestamp: time, labels: {}, annotations: {} },
  spec: { type, agent: 'kubernetes', cluster: 'default', job: 'job', report: true, context: 'job', ...spec },
  status: { ...status, ...more },
})

/** What a job of each type has at least, when its Pod has been made. */
export const typicalJobs: Readonly<Record<JobType, ProwJob>> = {
  presubmit: of('presubmit', { refs: { ...base, pulls: [pull] }, rerun_command: '/test job' }),
  postsubmit: of('postsubmit', { refs: base }),
  periodic: of('periodic', {}),
  batch: of('batch', { refs: { ...base, pulls: [pull, { ...pull, number: 2 }] } }),
}

const text = 'text'
const everyRef: Required<Refs> = {
  ...base,
  repo_link: text,
  base_ref: text,
  base_sha: text,
  base_link: text,
  pulls: [pull],
  path_alias: text,
  workdir: true,
  auxiliary: true,
  clone_uri: text,
  skip_submodules: true,
  clone_depth: 1,
  skip_fetch_head: true,
  blobless_fetch: true,
  sparse_checkout_files: [text],
}
const secret = { name: text, key: text }

/** A job in which every pointer leads somewhere and no list is empty: on it a template only fails at what no job has. */
export const fullJob = (type: JobType): ProwJob =>
  of(
    type,
    {
      namespace: text,
      refs: everyRef,
      extra_refs: [everyRef],
      rerun_command: text,
      max_concurrency: 1,
      pod_spec: { containers: [] },
      jenkins_spec: { github_branch_source_job: true },
      pipeline_run_spec: {},
      tekton_pipeline_run_spec: { v1beta1: {} },
      decoration_config: {
        timeout: '1h',
        grace_period: '1m',
        utility_images: {},
        resources: { clonerefs: {}, initupload: {}, place_entrypoint: {}, sidecar: {} },
        gcs_configuration: { bucket: text, mediaTypes: { text }, compress_file_types: [text] },
        gcs_credentials_secret: text,
        s3_credentials_secret: text,
        default_service_account_name: text,
        ssh_key_secrets: [text],
        ssh_host_fingerprints: [text],
        blobless_fetch: true,
        sparse_checkout_files: [text],
        skip_cloning: true,
        cookiefile_secret: text,
        oauth_token_secret: secret,
        github_api_endpoints: [text],
        github_app_private_key_secret: secret,
        censor_secrets: true,
        censoring_options: {
          censoring_concurrency: 1,
          censoring_buffer_size: 1,
          include_directories: [text],
          exclude_directories: [text],
          minimum_secret_length: 1,
        },
        upload_ignores_interrupts: true,
        set_limit_equals_memory_request: true,
        default_memory_request: '1Gi',
        scheduling_options: {},
        pod_pending_timeout: '1m',
        pod_running_timeout: '1m',
        pod_unscheduled_timeout: '1m',
        run_as_user: 1,
        run_as_group: 1,
        fs_group: 1,
      },
      reporter_config: { slack: { job_states_to_report: ['failure'], report: true } },
      rerun_auth_config: {
        github_team_ids: [1],
        github_team_slugs: [{ slug: text, org: text }],
        github_users: [text],
        github_orgs: [text],
      },
      hidden: true,
      prowjob_defaults: { resultstore_config: { project_id: text }, tenant_id: text },
      job_queue_name: text,
    },
    { completionTime: time, state: 'success', prev_report_states: { [text]: 'success' } },
  )
