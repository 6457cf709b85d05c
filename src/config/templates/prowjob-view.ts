// ProwJob as the Go struct that templates of a configuration see: Go's names over the fields of the wire.
import type { ObjectMeta } from '../../api/kubernetes.ts'
import {
  clusterOf,
  type DecorationConfig,
  type GCSConfiguration,
  isComplete,
  type ProwJob,
  type ProwJobSpec,
  type ProwJobStatus,
  type Pull,
  type Refs,
  type ReporterConfig,
  type RerunAuthConfig,
} from '../../api/prowjob.ts'
import { orgRepo, refsText } from '../../api/refs.ts'
import { metaDuration, metaTime } from './go-time.ts'
import { type GoType, goBool, goInt, goInt64, goString, loose, mapOf, named, pointerTo, sliceOf } from './go-types.ts'
import { bool, type GoValue, goValue, string } from './go-values.ts'
import { getter, pointed, struct } from './struct.ts'

type Part<T, K extends keyof T> = NonNullable<T[K]>
type Item<T> = T extends readonly (infer I)[] ? I : never

const strings = sliceOf(goString)
const labels = mapOf(goString)
const text = pointerTo(goString)
const flag = pointerTo(goBool)
const whole = pointerTo(goInt)
const whole64 = pointerTo(goInt64)
const duration = pointerTo(metaDuration)
const state = named('v1.ProwJobState')
/** An object of Kubernetes' or Tekton's API. */
const foreign = (name: string): GoType => pointerTo(loose(name))

const pull = struct<Pull>('v1.Pull', [
  ['Number', 'number', goInt],
  ['Author', 'author', goString],
  ['SHA', 'sha', goString],
  ['Title', 'title', goString],
  ['Ref', 'ref', goString],
  ['HeadRef', 'head_ref', goString],
  ['Link', 'link', goString],
  ['CommitLink', 'commit_link', goString],
  ['AuthorLink', 'author_link', goString],
])

const refs = struct<Refs>(
  'v1.Refs',
  [
    ['Org', 'org', goString],
    ['Repo', 'repo', goString],
    ['RepoLink', 'repo_link', goString],
    ['BaseRef', 'base_ref', goString],
    ['BaseSHA', 'base_sha', goString],
    ['BaseLink', 'base_link', goString],
    ['Pulls', 'pulls', sliceOf(pull)],
    ['PathAlias', 'path_alias', goString],
    ['WorkDir', 'workdir', goBool],
    ['Auxiliary', 'auxiliary', goBool],
    ['CloneURI', 'clone_uri', goString],
    ['SkipSubmodules', 'skip_submodules', goBool],
    ['CloneDepth', 'clone_depth', goInt],
    ['SkipFetchHead', 'skip_fetch_head', goBool],
    ['BloblessFetch', 'blobless_fetch', flag],
    ['SparseCheckoutFiles', 'sparse_checkout_files', strings],
  ],
  {
    String: getter<Refs>((data) => string(data ? refsText(data) : '')),
    OrgRepoString: getter<Refs>((data) => string(data ? orgRepo(data) : '/')),
  },
)

type Secret = Part<DecorationConfig, 'oauth_token_secret'>
const secret = (name: string) =>
  pointed<Secret>(name, [
    ['Name', 'name', goString],
    ['Key', 'key', goString],
  ])

const decorationConfig = pointed<DecorationConfig>('v1.DecorationConfig', [
  ['Timeout', 'timeout', duration],
  ['GracePeriod', 'grace_period', duration],
  [
    'UtilityImages',
    'utility_images',
    pointed<Part<DecorationConfig, 'utility_images'>>('v1.UtilityImages', [
      ['CloneRefs', 'clonerefs', goString],
      ['InitUpload', 'initupload', goString],
      ['Entrypoint', 'entrypoint', goString],
      ['Sidecar', 'sidecar', goString],
    ]),
  ],
  [
    'Resources',
    'resources',
    pointed<Part<DecorationConfig, 'resources'>>('v1.Resources', [
      ['CloneRefs', 'clonerefs', foreign('v1.ResourceRequirements')],
      ['InitUpload', 'initupload', foreign('v1.ResourceRequirements')],
      ['PlaceEntrypoint', 'place_entrypoint', foreign('v1.ResourceRequirements')],
      ['Sidecar', 'sidecar', foreign('v1.ResourceRequirements')],
    ]),
  ],
  [
    'GCSConfiguration',
    'gcs_configuration',
    pointed<GCSConfiguration>('v1.GCSConfiguration', [
      ['Bucket', 'bucket', goString],
      ['PathPrefix', 'path_prefix', goString],
      ['PathStrategy', 'path_strategy', goString],
      ['DefaultOrg', 'default_org', goString],
      ['DefaultRepo', 'default_repo', goString],
      ['MediaTypes', 'mediaTypes', labels],
      ['JobURLPrefix', 'job_url_prefix', goString],
      ['LocalOutputDir', 'local_output_dir', goString],
      ['CompressFileTypes', 'compress_file_types', strings],
    ]),
  ],
  ['GCSCredentialsSecret', 'gcs_credentials_secret', text],
  ['S3CredentialsSecret', 's3_credentials_secret', text],
  ['DefaultServiceAccountName', 'default_service_account_name', text],
  ['SSHKeySecrets', 'ssh_key_secrets', strings],
  ['SSHHostFingerprints', 'ssh_host_fingerprints', strings],
  ['BloblessFetch', 'blobless_fetch', flag],
  ['SparseCheckoutFiles', 'sparse_checkout_files', strings],
  ['SkipCloning', 'skip_cloning', flag],
  ['CookiefileSecret', 'cookiefile_secret', text],
  ['OauthTokenSecret', 'oauth_token_secret', secret('v1.OauthTokenSecret')],
  ['GitHubAPIEndpoints', 'github_api_endpoints', strings],
  ['GitHubAppID', 'github_app_id', goString],
  ['GitHubAppPrivateKeySecret', 'github_app_private_key_secret', secret('v1.GitHubAppPrivateKeySecret')],
  ['CensorSecrets', 'censor_secrets', flag],
  [
    'CensoringOptions',
    'censoring_options',
    pointed<Part<DecorationConfig, 'censoring_options'>>('v1.CensoringOptions', [
      ['CensoringConcurrency', 'censoring_concurrency', whole64],
      ['CensoringBufferSize', 'censoring_buffer_size', whole],
      ['IncludeDirectories', 'include_directories', strings],
      ['ExcludeDirectories', 'exclude_directories', strings],
      ['MinimumSecretLength', 'minimum_secret_length', whole],
    ]),
  ],
  ['UploadIgnoresInterrupts', 'upload_ignores_interrupts', flag],
  ['SetLimitEqualsMemoryRequest', 'set_limit_equals_memory_request', flag],
  ['DefaultMemoryRequest', 'default_memory_request', foreign('resource.Quantity')],
  ['SchedulingOptions', 'scheduling_options', foreign('v1.SchedulingOptions')],
  ['PodPendingTimeout', 'pod_pending_timeout', duration],
  ['PodRunningTimeout', 'pod_running_timeout', duration],
  ['PodUnscheduledTimeout', 'pod_unscheduled_timeout', duration],
  ['RunAsUser', 'run_as_user', whole64],
  ['RunAsGroup', 'run_as_group', whole64],
  ['FsGroup', 'fs_group', whole64],
])

const reporterConfig = pointed<ReporterConfig>('v1.ReporterConfig', [
  [
    'Slack',
    'slack',
    pointed<Part<ReporterConfig, 'slack'>>('v1.SlackReporterConfig', [
      ['Host', 'host', goString],
      ['Channel', 'channel', goString],
      ['JobStatesToReport', 'job_states_to_report', sliceOf(state)],
      ['ReportTemplate', 'report_template', goString],
      ['Report', 'report', flag],
    ]),
  ],
])

const teamSlug = struct<Item<Part<RerunAuthConfig, 'github_team_slugs'>>>('github.TeamSlug', [
  ['Slug', 'slug', goString],
  ['Org', 'org', goString],
])
const rerunAuthConfig = pointed<RerunAuthConfig>('v1.RerunAuthConfig', [
  ['AllowAnyone', 'allow_anyone', goBool],
  ['GitHubTeamIDs', 'github_team_ids', sliceOf(goInt)],
  ['GitHubTeamSlugs', 'github_team_slugs', sliceOf(teamSlug)],
  ['GitHubUsers', 'github_users', strings],
  ['GitHubOrgs', 'github_orgs', strings],
])

type Defaults = Part<ProwJobSpec, 'prowjob_defaults'>
const prowJobDefault = pointed<Defaults>('v1.ProwJobDefault', [
  [
    'ResultStoreConfig',
    'resultstore_config',
    pointed<Part<Defaults, 'resultstore_config'>>('v1.ResultStoreConfig', [['ProjectID', 'project_id', goString]]),
  ],
  ['TenantID', 'tenant_id', goString],
])

const spec = struct<ProwJobSpec>('v1.ProwJobSpec', [
  ['Type', 'type', named('v1.ProwJobType')],
  ['Agent', 'agent', named('v1.ProwJobAgent')],
  ['Cluster', 'cluster', goString],
  ['Namespace', 'namespace', goString],
  ['Job', 'job', goString],
  ['Refs', 'refs', pointerTo(refs)],
  ['ExtraRefs', 'extra_refs', sliceOf(refs)],
  ['Report', 'report', goBool],
  ['Context', 'context', goString],
  ['RerunCommand', 'rerun_command', goString],
  ['MaxConcurrency', 'max_concurrency', goInt],
  ['ErrorOnEviction', 'error_on_eviction', goBool],
  ['PodSpec', 'pod_spec', foreign('v1.PodSpec')],
  [
    'JenkinsSpec',
    'jenkins_spec',
    pointed<Part<ProwJobSpec, 'jenkins_spec'>>('v1.JenkinsSpec', [
      ['GitHubBranchSourceJob', 'github_branch_source_job', goBool],
    ]),
  ],
  ['PipelineRunSpec', 'pipeline_run_spec', foreign('v1beta1.PipelineRunSpec')],
  [
    'TektonPipelineRunSpec',
    'tekton_pipeline_run_spec',
    pointed<Part<ProwJobSpec, 'tekton_pipeline_run_spec'>>('v1.TektonPipelineRunSpec', [
      ['V1Beta1', 'v1beta1', foreign('v1beta1.PipelineRunSpec')],
    ]),
  ],
  ['DecorationConfig', 'decoration_config', decorationConfig],
  ['ReporterConfig', 'reporter_config', reporterConfig],
  ['RerunAuthConfig', 'rerun_auth_config', rerunAuthConfig],
  ['Hidden', 'hidden', goBool],
  ['ProwJobDefault', 'prowjob_defaults', prowJobDefault],
  ['JobQueueName', 'job_queue_name', goString],
])

const status = struct<ProwJobStatus>('v1.ProwJobStatus', [
  ['StartTime', 'startTime', metaTime],
  ['PendingTime', 'pendingTime', pointerTo(metaTime)],
  ['CompletionTime', 'completionTime', pointerTo(metaTime)],
  ['State', 'state', state],
  ['Description', 'description', goString],
  ['URL', 'url', goString],
  ['PodRevivalCount', 'pod_revival_count', goInt],
  ['PodName', 'pod_name', goString],
  ['BuildID', 'build_id', goString],
  ['JenkinsBuildID', 'jenkins_build_id', goString],
  ['PrevReportStates', 'prev_report_states', mapOf(state)],
])

const objectMeta = struct<ObjectMeta>(
  'v1.ObjectMeta',
  [
    ['Name', 'name', goString],
    ['GenerateName', 'generateName', goString],
    ['Namespace', 'namespace', goString],
    ['SelfLink', 'selfLink', goString],
    ['UID', 'uid', named('types.UID')],
    ['ResourceVersion', 'resourceVersion', goString],
    ['Generation', 'generation', goInt64],
    ['CreationTimestamp', 'creationTimestamp', metaTime],
    ['DeletionTimestamp', 'deletionTimestamp', pointerTo(metaTime)],
    ['DeletionGracePeriodSeconds', 'deletionGracePeriodSeconds', whole64],
    ['Labels', 'labels', labels],
    ['Annotations', 'annotations', labels],
    ['OwnerReferences', 'ownerReferences', sliceOf(loose('v1.OwnerReference'))],
    ['Finalizers', 'finalizers', strings],
    ['ManagedFields', 'managedFields', sliceOf(loose('v1.ManagedFieldsEntry'))],
  ],
  {
    GetName: getter<ObjectMeta>((data) => string(data?.name ?? '')),
    GetNamespace: getter<ObjectMeta>((data) => string(data?.namespace ?? '')),
    GetLabels: getter<ObjectMeta>((data) => goValue(labels, data?.labels)),
    GetAnnotations: getter<ObjectMeta>((data) => goValue(labels, data?.annotations)),
  },
)

const typeMeta = struct<ProwJob>('v1.TypeMeta', [
  ['Kind', 'kind', goString],
  ['APIVersion', 'apiVersion', goString],
])

const prowJob = pointerTo(
  struct<ProwJob>(
    'v1.ProwJob',
    [
      { embeds: typeMeta, as: 'TypeMeta', key: '' },
      { embeds: objectMeta, as: 'ObjectMeta', key: 'metadata' },
      ['Spec', 'spec', spec],
      ['Status', 'status', status],
    ],
    {
      Complete: getter<ProwJob>((job) => bool(job !== undefined && isComplete(job))),
      ClusterAlias: getter<ProwJob>((job) => string(job === undefined ? 'default' : clusterOf(job))),
    },
  ),
)

/** A ProwJob as templates see it. Nothing is copied: fields are read when a template asks for them. */
export const goView = (job: ProwJob): GoValue => goValue(prowJob, job)
