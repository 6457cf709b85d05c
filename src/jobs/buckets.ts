// Which buckets the configuration names: what pages may read, and where links end.
import type { DecorationConfig } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { bucketUrl } from './paths.ts'

type Settings = Pick<Config, 'plank' | 'presubmits' | 'postsubmits' | 'periodics'>

// A configuration never changes, and may have ten thousand jobs.
const known = new WeakMap<Settings, ReadonlySet<string>>()

/** URLs of the buckets that the configuration names: of the decoration defaults and of the static jobs. */
export function bucketsOf(config: Settings): ReadonlySet<string> {
  const before = known.get(config)
  if (before) return before
  const decorations: (DecorationConfig | undefined)[] = [
    ...config.plank.default_decoration_config_entries.map((entry) => entry.config),
    ...Object.values(config.presubmits).flatMap((jobs) => jobs.map((job) => job.decoration_config)),
    ...Object.values(config.postsubmits).flatMap((jobs) => jobs.map((job) => job.decoration_config)),
    ...config.periodics.map((job) => job.decoration_config),
  ]
  const buckets = new Set<string>()
  for (const decoration of decorations) {
    const bucket = decoration?.gcs_configuration?.bucket
    if (bucket && /:\/\/\/?[^/]/.test(bucketUrl(bucket))) buckets.add(bucketUrl(bucket)) // "file:///" would be all of the disk
  }
  known.set(config, buckets)
  return buckets
}
