// initupload: the init container that tells the bucket that a run has started, and how its clones went.
import type { Container } from '../../api/kubernetes.ts'
import type { InituploadOptions } from '../../api/pod-utilities.ts'
import type { DecorationConfig } from '../../api/prowjob.ts'
import { goJson } from '../go-json.ts'
import type { BucketAccess } from './bucket.ts'
import { cloneLog, logs } from './places.ts'

/** The container; `cloned` says whether there is a clone log to upload. */
export function initupload(
  config: DecorationConfig,
  bucket: BucketAccess,
  jobSpec: string,
  cloned: boolean,
): Container {
  const options: InituploadOptions = { ...bucket.options, ...(cloned && { log: cloneLog }) }
  return {
    name: 'initupload',
    image: config.utility_images?.initupload ?? '',
    env: [
      { name: 'INITUPLOAD_OPTIONS', value: goJson(options) },
      { name: 'JOB_SPEC', value: jobSpec },
    ],
    ...(config.resources?.initupload && { resources: config.resources.initupload }),
    volumeMounts: [...(cloned ? [logs.mount] : []), ...bucket.mounted.map(({ mount }) => mount)],
  }
}
