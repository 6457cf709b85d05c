// sidecar: the container that waits for the tests, then uploads logs, artifacts and the verdict.
import type { Container, PodSpec } from '../../api/kubernetes.ts'
import type { CensoringOptions, SidecarOptions, WrapperOptions } from '../../api/pod-utilities.ts'
import type { DecorationConfig } from '../../api/prowjob.ts'
import { goJson } from '../go-json.ts'
import { wireDecoration } from '../wire.ts'
import type { BucketAccess } from './bucket.ts'
import { artifacts, logs, type Mount } from './places.ts'

/** The container. `secrets` are the mounts whose files must not show up in what is uploaded. */
export function sidecar(
  config: DecorationConfig,
  bucket: BucketAccess,
  jobSpec: string,
  entries: readonly WrapperOptions[],
  secrets: readonly Mount[],
): Container {
  const options: SidecarOptions = {
    gcs_options: { items: [artifacts], ...bucket.options },
    entries,
    ...(config.upload_ignores_interrupts && { ignore_interrupts: true }),
    censoring_options: censoringOptions(config, secrets),
  }
  return {
    name: 'sidecar',
    image: config.utility_images?.sidecar ?? '',
    env: [
      { name: 'JOB_SPEC', value: jobSpec },
      { name: 'SIDECAR_OPTIONS', value: goJson(options) },
    ],
    ...(config.resources?.sidecar && { resources: config.resources.sidecar }),
    volumeMounts: [logs.mount, ...bucket.mounted.map(({ mount }) => mount), ...secrets],
  }
}

function censoringOptions(config: DecorationConfig, secrets: readonly Mount[]): CensoringOptions {
  const { censoring_options: given } = wireDecoration({ censoring_options: config.censoring_options ?? {} })
  const { include_directories, exclude_directories, minimum_secret_length, ...sizes } = given ?? {}
  return {
    ...(secrets.length > 0 && { secret_directories: secrets.map(({ mountPath }) => mountPath) }),
    ...sizes,
    ...(include_directories && { include_directories }),
    ...(exclude_directories && { exclude_directories }),
    ...(minimum_secret_length !== undefined && { minimum_secret_length }),
  }
}

/**
 * Mounts of the user's secrets that the sidecar repeats to know what to censor: of plain secret volumes only. A mount
 * that several containers share is repeated once; a second secret at a path that is taken goes to a path of its own.
 */
export function secretMounts(config: DecorationConfig, spec: PodSpec): readonly Mount[] {
  if (!config.censor_secrets) return []
  const secretVolumes = new Set((spec.volumes ?? []).filter(({ secret }) => secret).map(({ name }) => name))
  const byPath = new Map<string, Mount>()
  for (const mount of spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts)) {
    if (!secretVolumes.has(mount.name)) continue
    const taken = byPath.get(mount.mountPath)
    if (taken === undefined) byPath.set(mount.mountPath, mount)
    else if (taken.name !== mount.name || taken.subPath !== mount.subPath) {
      const mountPath = `/secrets/censored/${mount.name}`
      byPath.set(mountPath, { name: mount.name, mountPath, readOnly: true })
    }
  }
  return [...byPath.values()]
}
