// Fields of a decoration config, as jobs and as plank's defaults have them.
import type { DecorationConfig } from '../../api/prowjob.ts'
import { list, mapOf, named, object, optional } from '../collections.ts'
import { asMap, durationText, type Field, flag, type Infer, quantity, text, whole } from '../fields.ts'
import { kubernetes } from '../kubernetes.ts'

const maybeText = (about: string) => optional(text({ about }))
const maybeFlag = (about: string) => optional(flag({ about }))
const maybeWhole = (about: string) => optional(whole({ about }))
const maybeTexts = (about: string) => optional(list(text({ about: '' }), { about }))

type Resources = NonNullable<NonNullable<DecorationConfig['resources']>['sidecar']>
type Scheduling = NonNullable<DecorationConfig['scheduling_options']>

const resources = optional(
  kubernetes<Resources>('ResourceRequirements', { about: 'Requests and limits of the container.' }),
)

const secretKey = (about: string) =>
  optional(object({ name: maybeText('Secret.'), key: maybeText('Key in it.') }, { about }))

const fields = object(
  {
    timeout: optional(durationText({ numbers: true, about: 'How long the test may run; 0 or unset is 2h.' })),
    grace_period: optional(durationText({ numbers: true, about: 'Time from SIGINT to SIGKILL; 0 or unset is 15s.' })),
    utility_images: optional(
      object(
        {
          clonerefs: maybeText('Clones the code.'),
          initupload: maybeText('Tells the bucket that the run started.'),
          entrypoint: maybeText('Wraps the test.'),
          sidecar: maybeText('Uploads the results.'),
        },
        { about: 'Images of the pod utilities; all four are needed.' },
      ),
    ),
    resources: optional(
      object(
        { clonerefs: resources, initupload: resources, place_entrypoint: resources, sidecar: resources },
        { about: 'Resources of the pod utilities.' },
      ),
    ),
    gcs_configuration: optional(
      object(
        {
          bucket: maybeText('gs://b, s3://b, file:///dir, or bare b for gs://b.'),
          path_prefix: maybeText('Put before the path of each run.'),
          path_strategy: maybeText('explicit, single or legacy.'),
          default_org: maybeText('Org that single and legacy shorten.'),
          default_repo: maybeText('Repository that single and legacy shorten.'),
          mediaTypes: optional(mapOf(text({ about: '' }), { about: 'File extension without dot → media type.' })),
          job_url_prefix: maybeText('Base of the job URL.'),
          local_output_dir: maybeText('Copy results to this folder instead of uploading them.'),
          compress_file_types: maybeTexts('Extensions to compress; * is all.'),
        },
        { about: 'Where results go.' },
      ),
    ),
    gcs_credentials_secret: maybeText('Secret with service-account.json; an empty text is none.'),
    s3_credentials_secret: maybeText('Secret with service-account.json for S3; an empty text is none.'),
    default_service_account_name: maybeText('For Pods that name none; an empty text is none.'),
    ssh_key_secrets: maybeTexts('Secrets with SSH keys for cloning.'),
    ssh_host_fingerprints: maybeTexts('Lines of known_hosts.'),
    blobless_fetch: maybeFlag('For refs that do not say.'),
    sparse_checkout_files: maybeTexts('Patterns for the primary refs.'),
    skip_cloning: maybeFlag('Clone nothing.'),
    cookiefile_secret: maybeText('secret or secret/key with cookies for git; an empty text is none.'),
    oauth_token_secret: secretKey('GitHub token for cloning.'),
    github_api_endpoints: maybeTexts('Default: https://api.github.com.'),
    github_app_id: maybeText('GitHub app that clones.'),
    github_app_private_key_secret: secretKey('Key of that app.'),
    censor_secrets: maybeFlag("Replace the values of the job's secrets in what is uploaded."),
    censoring_options: optional(
      object(
        {
          censoring_concurrency: maybeWhole('Files at once; default 10.'),
          censoring_buffer_size: maybeWhole('Bytes; default 10 MiB.'),
          include_directories: maybeTexts('Globs of paths to censor.'),
          exclude_directories: maybeTexts('Globs of paths to leave alone.'),
          minimum_secret_length: maybeWhole('Bytes; shorter secrets are left alone.'),
        },
        { about: 'How censoring works.' },
      ),
    ),
    upload_ignores_interrupts: maybeFlag('sidecar ignores SIGINT and SIGTERM.'),
    set_limit_equals_memory_request: maybeFlag('Memory limit := memory request.'),
    default_memory_request: optional(quantity({ about: 'For containers that request no memory.' })),
    scheduling_options: optional(
      object(
        {
          affinity: optional(
            kubernetes<NonNullable<Scheduling['affinity']>>('Affinity', { about: 'For Pods that have none.' }),
          ),
          tolerations: optional(
            list(kubernetes<NonNullable<Scheduling['tolerations']>[number]>('Toleration', { about: '' }), {
              about: 'For Pods that have none.',
            }),
          ),
        },
        { about: 'Where Pods run.' },
      ),
    ),
    pod_pending_timeout: optional(durationText({ about: "Overrides plank's." })),
    pod_running_timeout: optional(durationText({ about: "Overrides plank's." })),
    pod_unscheduled_timeout: optional(durationText({ about: "Overrides plank's." })),
    run_as_user: maybeWhole('Security context of the Pod.'),
    run_as_group: maybeWhole('Security context of the Pod.'),
    fs_group: maybeWhole('Security context of the Pod.'),
  },
  { about: 'How the Pod is decorated.' },
)
type Read = Infer<typeof fields>

/** A decoration config as it stands in a file: nothing is filled in. */
export const decorationConfig: Field<DecorationConfig, false> = named('DecorationConfig', {
  ...fields,
  read: (value, path, report): DecorationConfig => fields.read(asMap(value) ?? value, path, report) satisfies Read,
  absent: () => ({}),
})
