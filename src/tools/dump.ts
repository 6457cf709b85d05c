// A loaded configuration as upstream would print it: its field names, durations as text, and no values that say nothing.
import type { DecorationConfig } from '../api/prowjob.ts'
import { formatDuration } from '../config/durations.ts'
import { asMap } from '../config/fields.ts'
import type { Config, JobBase, PluginConfig } from '../config/types.ts'
import { wireDecoration, wireRefs } from '../jobs/wire.ts'
import { type AnyJob, allJobs, byFileAndName } from './all-jobs.ts'

/** JSON data with sorted keys. */
export type Dumped = Readonly<Record<string, unknown>>

/** Settings that are numbers of milliseconds after loading. Those of decoration configs stay text. */
export const durationFields: ReadonlySet<string> = new Set([
  'cleanup_interval',
  'client_timeout',
  'default_job_timeout',
  'entry_timeout_interval',
  'interval',
  'max_pod_age',
  'max_prowjob_age',
  'minimum_interval',
  'pod_pending_timeout',
  'pod_running_timeout',
  'pod_unscheduled_timeout',
  'resync_period',
  'status_update_period',
  'sync_period',
  'terminated_pod_ttl',
  'tick_interval',
  'tide_update_period',
])

/** Fields whose zero says something else than their absence, or that are always printed. */
const keepsZero: ReadonlySet<string> = new Set(['always_run', 'report', 'job_states_to_report'])

/** Settings whose keys people choose: every entry says something. */
const maps: ReadonlySet<string> = new Set([
  'allowed_clusters',
  'annotations',
  'batch_size_limit',
  'branches',
  'enabled',
  'gcs_browser_prefixes',
  'gcs_browser_prefixes_by_bucket',
  'github_merge_blocks_policy',
  'job_queue_capacities',
  'job_url_prefix_config',
  'labels',
  'mappings',
  'merge_commit_template',
  'merge_method',
  'org_repo_config',
  'orgs',
  'pr_status_base_urls',
  'prioritize_existing_batches',
  'report_templates',
  'repos',
  'slack_reporter_configs',
  'target_urls',
])

/** Sections in which a lower level inherits what it does not set, so that false and empty lists say something. */
const inheriting: ReadonlySet<string> = new Set(['branch-protection', 'context_options'])

/** Everything except jobs; sections without a setting stay as `{}`. */
export function dumpMain(config: Config): Dumped {
  // The presets are in the jobs already.
  const { presets: _, presubmits: __, postsubmits: ___, periodics: ____, ...sections } = config
  const printed = Object.entries(sections).map(([name, section]) => {
    const value = print(section, [name])
    return [name, value === undefined && asMap(section) ? {} : value] as const
  })
  return sorted(Object.fromEntries(printed.filter(([, value]) => value !== undefined)))
}

/** One job. Where it stands is left out, as it is no setting. */
export function dumpJob({ type, job }: AnyJob): Dumped {
  const { source: _, spec, decoration_config, extra_refs, ...fields }: JobBase & { readonly always_run?: boolean } = job
  // A presubmit's is always printed; a postsubmit's only when somebody has set it.
  const always_run = type === 'presubmit' ? { always_run: fields.always_run ?? false } : {}
  return sorted({
    ...(print(fields, []) as object),
    ...always_run,
    ...(spec && { spec }),
    ...(decoration_config && { decoration_config: wireDecoration(decoration_config) }),
    ...(extra_refs && { extra_refs: extra_refs.map(wireRefs) }),
  })
}

/** Everything, as one tree. Jobs are sorted by file and name. */
export function dumpConfig(config: Config): Dumped {
  const jobs = allJobs(config).toSorted((a, b) => byFileAndName(a.job, b.job))
  const byRepo = (wanted: 'presubmit' | 'postsubmit') => {
    const repos = Map.groupBy(
      jobs.flatMap((each) => (each.type === wanted ? [each] : [])),
      ({ repo }) => repo,
    )
    return sorted(Object.fromEntries([...repos].map(([repo, list]) => [repo, list.map(dumpJob)])))
  }
  const lists = {
    presubmits: byRepo('presubmit'),
    postsubmits: byRepo('postsubmit'),
    periodics: jobs.filter(({ type }) => type === 'periodic').map(dumpJob),
  }
  return sorted({ ...dumpMain(config), ...withoutEmpty(lists) })
}

/** plugins.yaml, with sections of plugins as they were written. */
export const dumpPlugins = ({ sections, ...read }: PluginConfig): Dumped =>
  sorted({ ...withoutEmpty(sections), ...(print(read, []) as object) })

/** The value without what says nothing; undefined when nothing is left. `path`: the keys that lead to it. */
function print(value: unknown, path: readonly string[]): unknown {
  const key = path.at(-1) ?? ''
  const saysAll = keepsZero.has(key) || path.some((each) => inheriting.has(each))
  if (path.at(-2) === 'default_decoration_config_entries' && key === 'config') {
    return wireDecoration(value as DecorationConfig)
  }
  if (typeof value === 'number' && durationFields.has(key)) return value === 0 ? undefined : formatDuration(value)
  if (Array.isArray(value)) {
    const isKept = value.length > 0 || saysAll
    return isKept ? value.map((each) => print(each, path) ?? (asMap(each) ? {} : each)) : undefined
  }
  const map = asMap(value)
  if (map) {
    const entries = Object.entries(map).map(([name, each]) => {
      const printed = print(each, [...path, name])
      if (key === 'default_rerun_auth_configs' && name === 'config') return ['rerun_auth_configs', printed] as const
      return [name, maps.has(key) ? (printed ?? (asMap(each) ? {} : each)) : printed] as const
    })
    const left = entries.filter(([, each]) => each !== undefined)
    return left.length > 0 ? sorted(Object.fromEntries(left)) : undefined
  }
  const isZero = value === '' || value === 0 || value === false || value === null
  return isZero && !saysAll ? undefined : value
}

const withoutEmpty = (map: Dumped): Dumped =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => Object.keys(Object(value)).length > 0))

const sorted = (map: Dumped): Dumped => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
