// A loaded configuration as upstream would print it: its field names, durations as text, and no values that say nothing.
import type { DecorationConfig } from '../api/prowjob.ts'
import { formatDuration } from '../config/durations.ts'
import { asMap } from '../config/fields.ts'
import { configSchema } from '../config/schema.ts'
import type { JsonSchema } from '../config/schema-parts.ts'
import type { Config, PluginConfig } from '../config/types.ts'
import { wireDecoration, wireRefs } from '../jobs/wire.ts'
import { type AnyJob, allJobs, byFileAndName, inWords } from './all-jobs.ts'

/** JSON data with sorted keys. */
export type Dumped = Readonly<Record<string, unknown>>

/** Fields whose zero says something else than their absence, or that are always printed. */
const keepsZero: ReadonlySet<string> = new Set(['always_run', 'report', 'job_states_to_report'])

/** Sections in which a lower level inherits what it does not set, so that false and empty lists say something. */
const inheriting: ReadonlySet<string> = new Set(['branch-protection', 'context_options'])

/** Everything except jobs; sections without a setting stay as `{}`. */
export function dumpMain(config: Config): Dumped {
  // The presets are in the jobs already.
  const { presets: _, presubmits: __, postsubmits: ___, periodics: ____, ...sections } = config
  const settings = settingOf(configSchema())
  const printed = Object.entries(sections).map(([name, section]) => {
    const value = print(section, [name], settings.below(name))
    return [name, value === undefined && asMap(section) ? {} : value] as const
  })
  return sorted(Object.fromEntries(printed.filter(([, value]) => value !== undefined)))
}

/** One job. Where it stands is left out, as it is no setting. */
export function dumpJob({ type, job }: AnyJob): Dumped {
  const { source: _, spec, decoration_config, extra_refs, labels, annotations, ...fields } = inWords(job)
  // A presubmit's is always printed; a postsubmit's only when somebody has set it.
  const always_run = type === 'presubmit' && { always_run: Boolean(asMap(fields)?.always_run) }
  return sorted({
    ...(print(fields, []) as object),
    ...always_run,
    ...withoutEmpty({ labels: sorted(labels ?? {}), annotations: sorted(annotations ?? {}) }),
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

/** What the schema says of a setting. */
interface Setting {
  /** Its keys are people's: every entry says something. */
  readonly isMap: boolean
  /** It is written as text; read as a number, it is one of milliseconds. */
  readonly isText: boolean
  /** Of a key, or of the items of a list. */
  below(key?: string): Setting
}

function settingOf(root: JsonSchema, schema: unknown = root): Setting {
  const reference = asMap(schema)?.$ref
  if (typeof reference === 'string') return settingOf(root, asMap(root.$defs)?.[reference.replace('#/$defs/', '')])
  const { type, properties, additionalProperties, items } = asMap(schema) ?? {}
  return {
    isMap: asMap(additionalProperties) !== undefined,
    isText: Array.isArray(type) && type.includes('string') && !type.includes('number'),
    below: (key) => settingOf(root, key === undefined ? items : (asMap(properties)?.[key] ?? additionalProperties)),
  }
}

/** The value without what says nothing; undefined when nothing is left. `path`: the keys that lead to it. */
function print(value: unknown, path: readonly string[], setting: Setting = settingOf({})): unknown {
  const key = path.at(-1) ?? ''
  const saysAll = keepsZero.has(key) || path.some((each) => inheriting.has(each))
  if (path.at(-2) === 'default_decoration_config_entries' && key === 'config') {
    return wireDecoration(value as DecorationConfig)
  }
  if (typeof value === 'number' && setting.isText) return value === 0 ? undefined : formatDuration(value)
  if (Array.isArray(value)) {
    const isKept = value.length > 0 || saysAll
    return isKept ? value.map((each) => print(each, path, setting.below()) ?? (asMap(each) ? {} : each)) : undefined
  }
  const map = asMap(value)
  if (map) {
    const entries = Object.entries(map).map(([name, each]) => {
      const printed = print(each, [...path, name], setting.below(name))
      if (key === 'default_rerun_auth_configs' && name === 'config') return ['rerun_auth_configs', printed] as const
      return [name, setting.isMap ? (printed ?? (asMap(each) ? {} : each)) : printed] as const
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
