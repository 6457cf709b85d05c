// What entrypoint and sidecar have to agree on, as JSON.
import type { WrapperOptions } from '../api/pod-utilities.ts'
import type { Shape } from './options.ts'

export const wrapperShape: Shape<WrapperOptions> = {
  args: 'texts',
  container_name: 'text',
  process_log: 'text',
  marker_file: 'text',
  metadata_file: 'text',
}
