// Key order and empty values of Refs and DecorationConfig, as upstream's structs are encoded.
import type { DecorationConfig, ProwJobSpec, Refs } from '../api/prowjob.ts'
import { formatDurationNs, parseDurationNs } from '../config/durations.ts'
import { canonicalQuantity } from '../config/quantities.ts'

/**
 * How one field is encoded: `always`, or `zero` values (empty, 0, false) left out, or as a `pointer`, which is kept
 * whatever it points to; texts in canonical form; a struct, or a list of structs.
 */
type Field = 'always' | 'zero' | 'pointer' | 'duration' | 'quantity' | 'sorted' | 'resources' | Shape | readonly [Shape]
interface Shape {
  readonly [key: string]: Field
}

const pull: Shape = {
  number: 'always',
  author: 'always',
  sha: 'always',
  title: 'zero',
  ref: 'zero',
  head_ref: 'zero',
  link: 'zero',
  commit_link: 'zero',
  author_link: 'zero',
}

const refs: Shape = {
  org: 'always',
  repo: 'always',
  repo_link: 'zero',
  base_ref: 'zero',
  base_sha: 'zero',
  base_link: 'zero',
  pulls: [pull],
  path_alias: 'zero',
  workdir: 'zero',
  auxiliary: 'zero',
  clone_uri: 'zero',
  skip_submodules: 'zero',
  clone_depth: 'zero',
  skip_fetch_head: 'zero',
  blobless_fetch: 'pointer',
  sparse_checkout_files: 'zero',
}

const secretKey: Shape = { name: 'zero', key: 'zero' }

const decoration: Shape = {
  timeout: 'duration',
  grace_period: 'duration',
  utility_images: { clonerefs: 'zero', initupload: 'zero', entrypoint: 'zero', sidecar: 'zero' },
  resources: { clonerefs: 'resources', initupload: 'resources', place_entrypoint: 'resources', sidecar: 'resources' },
  gcs_configuration: {
    bucket: 'zero',
    path_prefix: 'zero',
    path_strategy: 'zero',
    default_org: 'zero',
    default_repo: 'zero',
    mediaTypes: 'sorted',
    job_url_prefix: 'zero',
    local_output_dir: 'zero',
    compress_file_types: 'zero',
  },
  gcs_credentials_secret: 'pointer',
  s3_credentials_secret: 'pointer',
  default_service_account_name: 'pointer',
  ssh_key_secrets: 'zero',
  ssh_host_fingerprints: 'zero',
  blobless_fetch: 'pointer',
  sparse_checkout_files: 'zero',
  skip_cloning: 'pointer',
  cookiefile_secret: 'pointer',
  oauth_token_secret: secretKey,
  github_api_endpoints: 'zero',
  github_app_id: 'zero',
  github_app_private_key_secret: secretKey,
  censor_secrets: 'pointer',
  censoring_options: {
    censoring_concurrency: 'pointer',
    censoring_buffer_size: 'pointer',
    include_directories: 'zero',
    exclude_directories: 'zero',
    minimum_secret_length: 'pointer',
  },
  upload_ignores_interrupts: 'pointer',
  set_limit_equals_memory_request: 'pointer',
  default_memory_request: 'quantity',
  scheduling_options: { affinity: 'pointer', tolerations: 'zero' },
  pod_pending_timeout: 'duration',
  pod_running_timeout: 'duration',
  pod_unscheduled_timeout: 'duration',
  run_as_user: 'pointer',
  run_as_group: 'pointer',
  fs_group: 'pointer',
}

/** JOB_SPEC before it becomes text: keys in order, empty ones left out. Throws when a duration or quantity is none. */
export const jobSpec = (name: string, spec: ProwJobSpec, buildId: string): object => ({
  type: spec.type,
  job: spec.job,
  ...(buildId !== '' && { buildid: buildId }),
  ...(name !== '' && { prowjobid: name }),
  ...(spec.refs && { refs: wireRefs(spec.refs) }),
  ...(spec.extra_refs && spec.extra_refs.length > 0 && { extra_refs: spec.extra_refs.map(wireRefs) }),
  ...(spec.decoration_config && { decoration_config: wireDecoration(spec.decoration_config) }),
})

/** The same refs with upstream's key order and without empty values. */
export const wireRefs = (value: Refs): Refs => arrange(value, refs) as Refs

/** The same decoration with upstream's key order, canonical durations and quantities, and without empty values. */
export const wireDecoration = (value: DecorationConfig): DecorationConfig =>
  arrange(value, decoration) as DecorationConfig

function arrange(value: object, shape: Shape): object {
  const given = value as Readonly<Record<string, unknown>>
  const result: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(shape)) {
    const encoded = encode(given[key], field)
    if (encoded !== undefined) result[key] = encoded
  }
  return result
}

function encode(value: unknown, field: Field): unknown {
  if (value === undefined || value === null) return undefined
  if (isList(field)) {
    return Array.isArray(value) && value.length > 0 ? value.map((item) => arrange(item, field[0])) : undefined
  }
  if (typeof field === 'object') return arrange(Object(value), field)
  switch (field) {
    case 'zero':
      return isZero(value) ? undefined : value
    case 'duration':
      return formatDurationNs(typeof value === 'number' ? BigInt(value) : parseDurationNs(String(value)))
    case 'quantity':
      return canonicalQuantity(typeof value === 'number' ? value : String(value))
    case 'sorted':
      return isZero(value) ? undefined : sorted(value, (text) => text)
    case 'resources':
      return resources(value)
    default:
      return value
  }
}

const isList = (field: Field): field is readonly [Shape] => Array.isArray(field)

const isZero = (value: unknown): boolean =>
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

function resources(value: unknown): object {
  const given = Object(value)
  const quantities = (map: unknown) => sorted(map, (quantity) => canonicalQuantity(quantity as string | number))
  return {
    ...(given.limits && { limits: quantities(given.limits) }),
    ...(given.requests && { requests: quantities(given.requests) }),
    ...(given.claims && { claims: given.claims }),
  }
}

function sorted(map: unknown, change: (value: unknown) => unknown): object {
  const entries = Object.entries(Object(map)).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]))
}
