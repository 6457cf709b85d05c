// ProwJob, prow.k8s.io/v1: one run of one job. Schema and types from one source; field names are the wire's.
import { type Static, Type } from 'typebox'
import type { KubeObject, ObjectMeta, PodSpec, Resource } from './kubernetes.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const flag = (description: string) => Type.Optional(Type.Boolean({ description }))
const texts = (description: string) => Type.Optional(Type.Array(Type.String(), { description }))
const duration = (description: string) => Type.Optional(Type.String({ description }))
const whole = (description: string) => Type.Optional(Type.Integer({ description, format: 'int64' }))
const keep = { 'x-kubernetes-preserve-unknown-fields': true }

/** A free-form object whose inner fields belong to somebody else's API. */
const opaque = <T>(description: string, extra: object = {}) =>
  Type.Optional(Type.Unsafe<T>({ type: 'object', description, ...keep, ...extra }))

/** What can start a job. */
export const jobTypes = ['presubmit', 'postsubmit', 'periodic', 'batch'] as const
export type JobType = (typeof jobTypes)[number]

const jobStates = ['scheduling', 'triggered', 'pending', 'success', 'failure', 'aborted', 'error'] as const
export type JobState = (typeof jobStates)[number]

const pull = Type.Object(
  {
    number: Type.Integer({ description: 'Number of the pull request or change.' }),
    author: Type.String({ description: 'Login of the author.' }),
    sha: Type.String({ description: 'Head commit under test.' }),
    title: text('Title when the job was made.'),
    ref: text('Ref to fetch instead of pull/N/head, e.g. a Gerrit change ref.'),
    head_ref: text('Name of the source branch.'),
    link: text('Address of the pull request.'),
    commit_link: text('Address of the head commit.'),
    author_link: text('Address of the author.'),
  },
  { description: 'A pull request under test.' },
)
export type Pull = Static<typeof pull>

const refs = Type.Object(
  {
    org: Type.String({ description: 'Organisation; for Gerrit the address of the instance.' }),
    repo: Type.String({ description: 'Repository name.' }),
    repo_link: text('Address of the repository; also decides the clone path and URI when set.'),
    base_ref: text('Branch that the change is for.'),
    base_sha: text('Commit of the branch that is tested.'),
    base_link: text('Address of the base commit.'),
    pulls: Type.Optional(Type.Array(pull, { description: 'Pull requests merged onto the base, in order.' })),
    path_alias: text('Folder under <root>/src to clone to.'),
    workdir: flag('Make this checkout the working directory of the test.'),
    auxiliary: flag('Never the main repository when the version of a periodic is determined.'),
    clone_uri: text('URI to clone from, in place of the one made from org and repo.'),
    skip_submodules: flag('Do not clone submodules.'),
    clone_depth: whole('History depth; 0 is all of it.'),
    skip_fetch_head: flag('Skip the fetch of all branches and tags.'),
    blobless_fetch: flag('Fetch with --filter=blob:none.'),
    sparse_checkout_files: texts('Patterns of a sparse checkout.'),
  },
  { description: 'One repository at one state.' },
)
export type Refs = Static<typeof refs>

const secretKey = Type.Object({ name: text('Name of the secret.'), key: text('Key inside the secret.') })

const gcsConfiguration = Type.Object({
  bucket: text('gs://b, s3://b, file:///dir, or bare b for gs://b.'),
  path_prefix: text('Put before the path of the job.'),
  path_strategy: text('explicit, single or legacy.'),
  default_org: text('For the strategies single and legacy.'),
  default_repo: text('For the strategies single and legacy.'),
  mediaTypes: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'File extension without dot → media type.' }),
  ),
  job_url_prefix: text('Base of the job URL.'),
  local_output_dir: text('Copy to this directory instead of uploading.'),
  compress_file_types: texts('Extensions to compress on upload; * is all.'),
})
export type GCSConfiguration = Static<typeof gcsConfiguration>

const decorationConfig = Type.Object(
  {
    timeout: duration('How long the test process may run.'),
    grace_period: duration('Time between SIGINT and SIGKILL.'),
    utility_images: Type.Optional(
      Type.Object({
        clonerefs: text('Image of clonerefs.'),
        initupload: text('Image of initupload.'),
        entrypoint: text('Image of entrypoint.'),
        sidecar: text('Image of sidecar.'),
      }),
    ),
    resources: Type.Optional(
      Type.Object({
        clonerefs: opaque<ResourceRequirements>('Resources of clonerefs.'),
        initupload: opaque<ResourceRequirements>('Resources of initupload.'),
        place_entrypoint: opaque<ResourceRequirements>('Resources of place-entrypoint.'),
        sidecar: opaque<ResourceRequirements>('Resources of sidecar.'),
      }),
    ),
    gcs_configuration: Type.Optional(gcsConfiguration),
    gcs_credentials_secret: text('Secret with service-account.json; empty is explicitly none.'),
    s3_credentials_secret: text('Secret with service-account.json for S3; empty is explicitly none.'),
    default_service_account_name: text('Service account of Pods that name none; empty is explicitly none.'),
    ssh_key_secrets: texts('Secrets with SSH keys for cloning.'),
    ssh_host_fingerprints: texts('known_hosts lines.'),
    blobless_fetch: flag('For refs that do not say.'),
    sparse_checkout_files: texts('For the primary refs.'),
    skip_cloning: flag('Clone nothing.'),
    cookiefile_secret: text('secret or secret/key with a git http cookie file; empty is explicitly none.'),
    oauth_token_secret: Type.Optional(secretKey),
    github_api_endpoints: texts('GitHub endpoints for app tokens.'),
    github_app_id: text('GitHub app that clones.'),
    github_app_private_key_secret: Type.Optional(secretKey),
    censor_secrets: flag("Replace the values of the job's secrets in logs and artifacts."),
    censoring_options: Type.Optional(
      Type.Object({
        censoring_concurrency: whole('Files at once.'),
        censoring_buffer_size: whole('Bytes.'),
        include_directories: texts('Globs of paths to censor.'),
        exclude_directories: texts('Globs of paths to leave alone.'),
        minimum_secret_length: whole('Bytes; shorter secrets are not censored.'),
      }),
    ),
    upload_ignores_interrupts: flag('The sidecar ignores SIGINT and SIGTERM.'),
    set_limit_equals_memory_request: flag('Memory limit := memory request.'),
    default_memory_request: Type.Optional(
      Type.Unsafe<string | number>({
        anyOf: [{ type: 'integer' }, { type: 'string' }],
        'x-kubernetes-int-or-string': true,
        description: 'Memory request of containers that have none.',
      }),
    ),
    scheduling_options: Type.Optional(
      Type.Object({
        affinity: opaque<NonNullable<PodSpec['affinity']>>('Affinity of Pods that have none.'),
        tolerations: Type.Optional(
          Type.Array(Type.Unsafe<NonNullable<PodSpec['tolerations']>[number]>({ type: 'object', ...keep })),
        ),
      }),
    ),
    pod_pending_timeout: duration("Overrides plank's value."),
    pod_running_timeout: duration("Overrides plank's value."),
    pod_unscheduled_timeout: duration("Overrides plank's value."),
    run_as_user: whole('Pod security context.'),
    run_as_group: whole('Pod security context.'),
    fs_group: whole('Pod security context.'),
  },
  { description: 'How the Pod is decorated; its presence is what says that it is.' },
)
export type DecorationConfig = Static<typeof decorationConfig>
type ResourceRequirements = NonNullable<PodSpec['containers'][number]['resources']>

const rerunAuthConfig = Type.Object({
  allow_anyone: flag('Anybody may rerun.'),
  github_team_ids: Type.Optional(Type.Array(Type.Integer())),
  github_team_slugs: Type.Optional(Type.Array(Type.Object({ slug: Type.String(), org: Type.String() }))),
  github_users: texts('Logins.'),
  github_orgs: texts('Organisations.'),
})
export type RerunAuthConfig = Static<typeof rerunAuthConfig>

const reporterConfig = Type.Object({
  slack: Type.Optional(
    Type.Object({
      host: text('Key of the token.'),
      channel: text('Channel.'),
      job_states_to_report: texts('States.'),
      report_template: text('Go template.'),
      report: flag('Report at all.'),
    }),
  ),
})
export type ReporterConfig = Static<typeof reporterConfig>

const prowJobDefaults = Type.Object({
  resultstore_config: Type.Optional(Type.Object({ project_id: text('ResultStore project.') })),
  tenant_id: text('Tenant.'),
})

const spec = Type.Object({
  type: Type.Enum([...jobTypes], { description: 'What started the job.' }),
  agent: text('Controller that runs it: kubernetes, jenkins, tekton-pipeline.'),
  cluster: text('Build cluster: a context of the kubeconfig; empty is default.'),
  namespace: text('Namespace of the resources.'),
  job: Type.String({ description: 'Name of the job.' }),
  refs: Type.Optional(refs),
  extra_refs: Type.Optional(Type.Array(refs)),
  report: flag('Whether results may be reported.'),
  context: text('Status context on the code host.'),
  rerun_command: text('What a person comments to run it again.'),
  max_concurrency: Type.Optional(Type.Integer({ minimum: 0, description: 'Per job name; 0 is no limit.' })),
  error_on_eviction: flag('An evicted Pod ends the job with error instead of a new Pod.'),
  pod_spec: Type.Optional(
    Type.Unsafe<PodSpec>({
      type: 'object',
      description: 'The Pod as the user wrote it, presets merged, undecorated.',
      required: ['containers'],
      properties: { containers: { type: 'array', items: { type: 'object', ...keep } } },
      ...keep,
    }),
  ),
  jenkins_spec: Type.Optional(Type.Object({ github_branch_source_job: flag('Naming of the branch source plugin.') })),
  pipeline_run_spec: opaque<object>('Tekton PipelineRunSpec, legacy form.'),
  tekton_pipeline_run_spec: Type.Optional(Type.Object({ v1beta1: opaque<object>('Tekton PipelineRunSpec.') })),
  decoration_config: Type.Optional(decorationConfig),
  reporter_config: Type.Optional(reporterConfig),
  rerun_auth_config: Type.Optional(rerunAuthConfig),
  hidden: flag('Shown only by a Deck that shows hidden jobs.'),
  prowjob_defaults: Type.Optional(prowJobDefaults),
  job_queue_name: text('Queue with a capacity of its own.'),
})
export type ProwJobSpec = Static<typeof spec>

const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const status = Type.Object({
  startTime: time('When the ProwJob was made.'),
  pendingTime: time('When it went from triggered to pending.'),
  completionTime: time('When it reached its end; set means complete, whatever the state.'),
  state: Type.Enum([...jobStates], { description: 'Where the run stands.' }),
  description: text('Short text for people.'),
  url: text('Where the details are.'),
  pod_revival_count: Type.Optional(Type.Integer({ description: 'How often the Pod was made anew.' })),
  pod_name: text('Name of the Pod.'),
  build_id: text('Decimal text of 19 digits: never a JavaScript number.'),
  jenkins_build_id: text('Build id of Jenkins.'),
  prev_report_states: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Reporter → the last state it has handled.' }),
  ),
})
export type ProwJobStatus = Static<typeof status>

/** JSON Schema of `spec` and `status`, from which the CRD is made. */
export const prowJobSchema = { spec, status }

/** One run of one job. */
export interface ProwJob extends KubeObject {
  apiVersion: 'prow.k8s.io/v1'
  kind: 'ProwJob'
  metadata: ObjectMeta
  spec: ProwJobSpec
  status: ProwJobStatus
}

export const prowJobs: Resource<ProwJob> = {
  group: 'prow.k8s.io',
  version: 'v1',
  kind: 'ProwJob',
  plural: 'prowjobs',
  namespaced: true,
  // What a person made by hand may lack either; a job without a state is one that nobody has to do anything for.
  complete: (job) => (job.spec && job.status ? job : { ...job, spec: job.spec ?? {}, status: job.status ?? {} }),
}

/** True when the run has reached its end: the completion time says so, not the state. */
export const isComplete = (job: ProwJob): boolean => job.status.completionTime !== undefined

/** The build cluster of a job; empty means `default`. */
export const clusterOf = (job: ProwJob): string => job.spec.cluster || 'default'
