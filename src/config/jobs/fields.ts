// Fields of jobs and presets as they stand in a file: nothing is filled in yet.
import type { Container, PodSpec } from '../../api/kubernetes.ts'
import type { Refs, RerunAuthConfig } from '../../api/prowjob.ts'
import { list, mapOf, named, object, opaque, optional } from '../collections.ts'
import { type Field, flag, type Infer, text, whole } from '../fields.ts'
import { type Kind, kubernetes } from '../kubernetes.ts'
import { lateJobTemplate } from '../sections/templates.ts'
import { decorationConfig } from './decoration-fields.ts'

const maybeText = (about: string) => optional(text({ about }))
const maybeFlag = (about: string) => optional(flag({ about }))
const maybeTexts = (about: string) => optional(list(text({ about: '' }), { about }))
const textMap = (about: string) => optional(mapOf(text({ about: '' }), { about }))

/** Who may rerun and abort. */
export const rerunAuthConfig: Field<RerunAuthConfig, false> = named(
  'RerunAuthConfig',
  object(
    {
      allow_anyone: maybeFlag('Anybody may; then nobody may be listed.'),
      github_team_ids: optional(list(whole({ about: '' }), { about: 'Ids of teams of the org.' })),
      github_team_slugs: optional(
        list(object({ slug: text({ about: 'Team.' }), org: text({ about: 'Its org.' }) }), { about: 'Teams.' }),
      ),
      github_users: maybeTexts('Logins.'),
      github_orgs: maybeTexts('Orgs whose members may.'),
    },
    { about: 'Who may rerun and abort.' },
  ),
)

const pull = object({
  number: whole({ about: 'Number.' }),
  author: text({ about: 'Login.' }),
  sha: text({ about: 'Head commit.' }),
  title: maybeText('Title.'),
  ref: maybeText('Ref to fetch.'),
  head_ref: maybeText('Source branch.'),
  link: maybeText('Address.'),
  commit_link: maybeText('Address of the head commit.'),
  author_link: maybeText('Address of the author.'),
})

const extraRefs: Field<Refs, false> = named(
  'Refs',
  object(
    {
      org: text({ about: 'Organisation.' }),
      repo: text({ about: 'Repository.' }),
      repo_link: maybeText('Address; decides clone path and URI when set.'),
      base_ref: maybeText('Branch.'),
      base_sha: maybeText('Commit.'),
      base_link: maybeText('Address of the commit.'),
      pulls: optional(list(pull, { about: 'Pull requests to merge.' })),
      path_alias: maybeText('Folder under src/ to clone to.'),
      workdir: maybeFlag('Start the test here.'),
      auxiliary: maybeFlag('Never the main repository.'),
      clone_uri: maybeText('URI to clone from.'),
      skip_submodules: maybeFlag('No submodules.'),
      clone_depth: optional(whole({ about: 'Commits of history; 0 is all.' })),
      skip_fetch_head: maybeFlag('No plain fetch of the remote.'),
      blobless_fetch: maybeFlag('Fetch without blobs.'),
      sparse_checkout_files: maybeTexts('Patterns of a sparse checkout.'),
    },
    { about: 'One more repository to clone.' },
  ),
)

/** ResultStore project and tenant. */
export const prowjobDefaults = object(
  {
    resultstore_config: optional(object({ project_id: maybeText('ResultStore project.') }, { about: 'ResultStore.' })),
    tenant_id: maybeText('Tenant.'),
  },
  { about: 'Defaults of ProwJobs.' },
)

const slack = object(
  {
    host: maybeText('Key of the token.'),
    channel: maybeText('Channel.'),
    job_states_to_report: maybeTexts('States; an empty list is none.'),
    report_template: optional(lateJobTemplate({ about: 'Go template of the message, about a ProwJob.' })),
    report: maybeFlag('Report at all.'),
  },
  { about: 'Reports to Slack.' },
)

const base = {
  name: text({ about: 'Name, unique among the jobs of its kind and repository.' }),
  agent: maybeText('kubernetes (default), jenkins or tekton-pipeline.'),
  cluster: maybeText('Build cluster; default: default.'),
  namespace: maybeText('Default: pod_namespace.'),
  labels: textMap('Copied to ProwJob and Pod; they also select presets.'),
  annotations: textMap('Copied to ProwJob and Pod.'),
  max_concurrency: whole({ about: 'Runs at a time; 0 is no limit.' }),
  job_queue_name: maybeText('Queue whose capacity the job shares.'),
  error_on_eviction: flag({ about: 'An evicted Pod ends the run with error.' }),
  spec: optional(kubernetes<PodSpec>('PodSpec', { about: 'The Pod to run, as Kubernetes knows it.' })),
  pipeline_run_spec: optional(opaque<object>({ about: 'Tekton PipelineRunSpec, older form.' })),
  tekton_pipeline_run_spec: optional(
    object({ v1beta1: optional(opaque<object>({ about: 'Tekton PipelineRunSpec.' })) }, { about: 'Tekton.' }),
  ),
  reporter_config: optional(object({ slack: optional(slack) }, { about: 'Reports.' })),
  rerun_auth_config: optional(rerunAuthConfig),
  hidden: flag({ about: 'Shown only by a Deck that shows hidden jobs.' }),
  prowjob_defaults: optional(prowjobDefaults),
  decorate: maybeFlag('Run inside the pod utilities; default: decorate_all_jobs.'),
  decoration_config: optional(decorationConfig),
  clone_uri: maybeText('URI to clone the primary repository from.'),
  path_alias: maybeText('Folder under src/ for the primary repository.'),
  skip_submodules: flag({ about: 'Primary repository without submodules.' }),
  skip_fetch_head: flag({ about: 'No plain fetch of the primary repository.' }),
  clone_depth: whole({ about: 'Commits of history of the primary repository; 0 is all.' }),
  extra_refs: optional(list(extraRefs, { about: 'More repositories to clone.' })),
}

const branchJob = {
  ...base,
  branches: maybeTexts('RE2; branches the job is for.'),
  skip_branches: maybeTexts('RE2; branches it is not for.'),
  run_if_changed: maybeText('RE2; run if a changed path matches.'),
  skip_if_only_changed: maybeText('RE2; run unless all changed paths match.'),
  context: maybeText('Status context; default: the name.'),
  skip_report: flag({ about: 'No status, no comment.' }),
  jenkins_spec: optional(
    object({ github_branch_source_job: maybeFlag("Naming of Jenkins' branch source plugin.") }, { about: 'Jenkins.' }),
  ),
}

/** Fields of a presubmit. */
export const presubmitFields = named(
  'Presubmit',
  object({
    ...branchJob,
    always_run: flag({ about: 'Start for every change.' }),
    optional: flag({ about: 'Not required for merging.' }),
    run_before_merge: flag({ about: 'Tide starts it before merging.' }),
    trigger: maybeText('RE2; a comment that matches starts the job.'),
    rerun_command: maybeText('What people comment to start it; default: /test NAME.'),
  }),
)

/** Fields of a postsubmit. */
export const postsubmitFields = named(
  'Postsubmit',
  object({
    ...branchJob,
    always_run: maybeFlag('Default: true, unless a pattern decides.'),
  }),
)

/** Fields of a periodic. */
export const periodicFields = named(
  'Periodic',
  object({
    ...base,
    interval: maybeText('Go duration from start to start.'),
    minimum_interval: maybeText('Go duration from end to the next start.'),
    cron: maybeText('Cron expression, UTC.'),
    tags: maybeTexts('Not interpreted.'),
    retry: optional(
      object(
        {
          run_all: flag({ about: 'All attempts, whatever their results.' }),
          attempts: whole({ about: 'Attempts after a failure.' }),
          interval: text({ about: 'Go duration between attempts.' }),
        },
        { about: 'What happens after a failure.' },
      ),
    ),
  }),
)

type Items<T> = NonNullable<T> extends readonly (infer Item extends object)[] ? Item : never
const kubernetesList = <T extends object>(kind: Kind, about: string) =>
  optional(list(kubernetes<T>(kind, { about: '' }), { about }))

/** Fields of a preset. */
export const presetFields = named(
  'Preset',
  object({
    labels: mapOf(text({ about: '' }), { about: 'Labels of the jobs it is for; none is every job.' }),
    env: kubernetesList<Items<Container['env']>>('EnvVar', 'Variables of every container.'),
    volumes: kubernetesList<Items<PodSpec['volumes']>>('Volume', 'Volumes of the Pod.'),
    volumeMounts: kubernetesList<Items<Container['volumeMounts']>>('VolumeMount', 'Mounts of every container.'),
    tolerations: kubernetesList<Items<PodSpec['tolerations']>>('Toleration', 'Tolerations of the Pod.'),
  }),
)

export type RawPresubmit = Infer<typeof presubmitFields>
export type RawPostsubmit = Infer<typeof postsubmitFields>
export type RawPeriodic = Infer<typeof periodicFields>
export type RawJob = RawPresubmit | RawPostsubmit | RawPeriodic
export type Preset = Infer<typeof presetFields>
