// The sidecar's options: their JSON, their flags, their rules, and the deprecated forms of them.
import type { CensoringOptions, SidecarOptions, UploaderOptions, WrapperOptions } from '../../api/pod-utilities.ts'
import { check, OptionsError, readOptions, type Shape } from '../options.ts'
import { checkUploader, uploaderFromFlags, uploaderShape } from '../upload/options.ts'
import type { World } from '../world.ts'
import { wrapperShape } from '../wrapper.ts'

const shape: Shape<SidecarOptions> = {
  gcs_options: 'object',
  entries: 'objects',
  entry_error: 'bool',
  ignore_interrupts: 'bool',
  censoring_options: 'object',
  wrapper_options: 'object',
  secret_directories: 'texts',
  censoring_concurrency: 'whole',
  censoring_buffer_size: 'whole',
}

const censoringShape: Shape<CensoringOptions> = {
  secret_directories: 'texts',
  censoring_concurrency: 'whole',
  censoring_buffer_size: 'whole',
  include_directories: 'texts',
  exclude_directories: 'texts',
  ini_filenames: 'texts',
  minimum_secret_length: 'whole',
}

/** What the sidecar works with, in the present form. */
export interface SidecarSettings {
  readonly gcs: UploaderOptions
  /** At least one. */
  readonly entries: readonly WrapperOptions[]
  readonly entryError: boolean
  readonly ignoreInterrupts: boolean
  readonly censoring: CensoringOptions
}

/** Throws OptionsError or FlagError. */
export function readSidecar(world: World, args: readonly string[]): SidecarSettings {
  const options = readOptions<SidecarOptions>(world, 'sidecar', shape, () => ({ gcs_options: uploaderFromFlags(args) }))
  const wrappers = [...(options.wrapper_options ? [options.wrapper_options] : []), ...(options.entries ?? [])]
  const entries = wrappers.map((entry, index) => check<WrapperOptions>(entry, wrapperShape, `entry ${index}`))
  if (entries.length === 0) throw new OptionsError('no wrapper options (entries) specified')
  for (const [index, { process_log, marker_file }] of entries.entries()) {
    if (!process_log) throw new OptionsError(`entry ${index} has no process_log`)
    if (!marker_file) throw new OptionsError(`entry ${index} has no marker_file`)
  }
  const gcs = check<UploaderOptions>(options.gcs_options ?? {}, uploaderShape, 'gcs_options')
  checkUploader(gcs)
  return {
    gcs,
    entries,
    entryError: options.entry_error ?? false,
    ignoreInterrupts: options.ignore_interrupts ?? false,
    censoring: censoringOf(options),
  }
}

function censoringOf(options: SidecarOptions): CensoringOptions {
  const { censoring_options, secret_directories, censoring_concurrency, censoring_buffer_size } = options
  const deprecated = {
    ...(secret_directories ? { secret_directories } : {}),
    ...(censoring_concurrency !== undefined ? { censoring_concurrency } : {}),
    ...(censoring_buffer_size !== undefined ? { censoring_buffer_size } : {}),
  }
  const names = Object.keys(deprecated)
  if (censoring_options && names.length > 0) {
    throw new OptionsError(`cannot use both censoring_options and the deprecated ${names.join(', ')}`)
  }
  return check(censoring_options ?? deprecated, censoringShape, 'censoring_options')
}
