// What initupload and sidecar need to reach the bucket: options, and credentials or a folder of the machine.
import type { UploaderOptions } from '../../api/pod-utilities.ts'
import type { DecorationConfig } from '../../api/prowjob.ts'
import { wireDecoration } from '../wire.ts'
import type { Mounted } from './places.ts'

/** Options of every upload, and the volumes they refer to. */
export interface BucketAccess {
  /** Keys in upstream's order; `items` and `log` are the caller's. */
  readonly options: UploaderOptions
  readonly mounted: readonly Mounted[]
}

/**
 * Access to the bucket of a job. With `outputDir`, a folder of the node, results are copied there and no credentials are
 * mounted. An addition to upstream: for a bucket `file:///dir` the node's folder of that path is mounted at that path.
 */
export function bucketAccess(config: DecorationConfig, outputDir?: string): BucketAccess {
  const local = outputDir !== undefined
  const gcs = { ...config.gcs_configuration, ...(local && { local_output_dir: '/output' }) }
  const { gcs_configuration: bucket = {} } = wireDecoration({ gcs_configuration: gcs })
  const { gcs_credentials_secret: gcsSecret, s3_credentials_secret: s3Secret } = local ? {} : config
  const mounted: Mounted[] = []
  if (gcsSecret) mounted.push(credentials('gcs-credentials', gcsSecret, '/secrets/gcs'))
  if (s3Secret) mounted.push(credentials('s3-credentials', s3Secret, '/secrets/s3-storage'))
  if (local) mounted.push(folder('output', outputDir, '/output'))
  else if (bucket.bucket?.startsWith('file://')) {
    const path = folderOf(bucket.bucket)
    mounted.push(folder('bucket', path, path, 'DirectoryOrCreate'))
  }
  return {
    options: {
      ...bucket,
      ...(gcsSecret && { gcs_credentials_file: '/secrets/gcs/service-account.json' }),
      ...(s3Secret && { s3_credentials_file: '/secrets/s3-storage/service-account.json' }),
      dry_run: false,
    },
    mounted,
  }
}

/** The folder of a `file://` bucket, taken as it is written, as those do who read and write there: `%20` is no space. */
function folderOf(bucket: string): string {
  const path = bucket.slice('file://'.length).replace(/(?<=.)\/+$/, '')
  if (!path.startsWith('/') || path === '/' || path.split('/').includes('..')) {
    throw new Error(`"${bucket}" must be file:///folder, without ".."`)
  }
  return path
}

const credentials = (name: string, secretName: string, mountPath: string): Mounted => ({
  volume: { name, secret: { secretName } },
  mount: { name, mountPath },
})

const folder = (name: string, path: string, mountPath: string, type?: string): Mounted => ({
  volume: { name, hostPath: { path, ...(type !== undefined && { type }) } },
  mount: { name, mountPath },
})
