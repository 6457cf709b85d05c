// The uploader's options: their JSON, their flags, their rules.
import type { UploaderOptions } from '../../api/pod-utilities.ts'
import { FlagError, parseFlags } from '../flags.ts'
import { OptionsError, type Shape } from '../options.ts'

export const uploaderShape: Shape<UploaderOptions> = {
  items: 'texts',
  sub_dir: 'text',
  bucket: 'text',
  path_prefix: 'text',
  path_strategy: 'text',
  default_org: 'text',
  default_repo: 'text',
  mediaTypes: 'map',
  job_url_prefix: 'text',
  local_output_dir: 'text',
  compress_file_types: 'texts',
  gcs_credentials_file: 'text',
  s3_credentials_file: 'text',
  dry_run: 'bool',
}

/** Options from flags; `dry_run` is on unless told otherwise. Throws FlagError. */
export function uploaderFromFlags(args: readonly string[]): UploaderOptions & { readonly log?: string } {
  const { flags, rest } = parseFlags(args, {
    'sub-dir': 'text',
    'path-strategy': 'text',
    'default-org': 'text',
    'default-repo': 'text',
    'gcs-path': 'text',
    'dry-run': 'bool',
    'media-type': 'texts',
    'local-output-dir': 'text',
    'gcs-credentials-file': 'text',
    's3-credentials-file': 'text',
    'clone-log': 'text',
  })
  const path = flags['gcs-path'] ?? ''
  // A folder is a bucket as a whole.
  const [, bucket = path, prefix = ''] = /^(?!file:)((?:[^/]*:\/\/)?[^/]*)\/*(.*)$/s.exec(path) ?? []
  return {
    items: rest,
    sub_dir: flags['sub-dir'] ?? '',
    bucket,
    path_prefix: prefix,
    path_strategy: flags['path-strategy'] ?? 'explicit',
    default_org: flags['default-org'] ?? '',
    default_repo: flags['default-repo'] ?? '',
    mediaTypes: Object.fromEntries((flags['media-type'] ?? []).map(mediaTypePair)),
    local_output_dir: flags['local-output-dir'] ?? '',
    gcs_credentials_file: flags['gcs-credentials-file'] ?? '',
    s3_credentials_file: flags['s3-credentials-file'] ?? '',
    dry_run: flags['dry-run'] ?? true,
    ...(flags['clone-log'] ? { log: flags['clone-log'] } : {}),
  }
}

function mediaTypePair(text: string): [string, string] {
  const colon = text.indexOf(':')
  if (colon < 1) throw new FlagError(`invalid value "${text}" for flag -media-type: it must be extension:type`)
  return [text.slice(0, colon), text.slice(colon + 1)]
}

const strategies = ['explicit', 'single', 'legacy']

/** Throws OptionsError with the first rule that the options break. */
export function checkUploader(options: UploaderOptions): void {
  if (options.local_output_dir) return
  const { bucket = '', path_strategy = '', default_org, default_repo, mediaTypes = {} } = options
  if (!bucket && !options.dry_run) throw new OptionsError('GCS upload was requested but no bucket was given')
  if (bucket.includes('://') && !/^[a-z][a-z0-9+.-]*:\/\/./i.test(bucket)) {
    throw new OptionsError(`invalid bucket "${bucket}": it must be scheme://name`)
  }
  for (const [extension, type] of Object.entries(mediaTypes)) {
    if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;.*)?$/.test(type)) {
      throw new OptionsError(`invalid media type "${type}" for extension "${extension}"`)
    }
  }
  if (!strategies.includes(path_strategy)) {
    throw new OptionsError(`invalid path_strategy "${path_strategy}": it must be one of ${strategies.join(', ')}`)
  }
  if (path_strategy !== 'explicit' && !(default_org && default_repo)) {
    throw new OptionsError(`path_strategy "${path_strategy}" needs default_org and default_repo`)
  }
}
