// Fills in what a job leaves out: agent, cluster, context, trigger, decoration, presets.
import type { DecorationConfig } from '../../api/prowjob.ts'
import { DurationError, parseDuration } from '../durations.ts'
import { configErrors } from '../errors.ts'
import type { Report } from '../report.ts'
import type { Config, JobBase, Periodic, Postsubmit, Presubmit, SourcePlace } from '../types.ts'
import type { Path } from '../yaml.ts'
import { decorationFor, type EntryFilter, entryApplies } from './decoration.ts'
import type { Preset, RawJob, RawPeriodic, RawPostsubmit, RawPresubmit } from './fields.ts'
import { presetApplies, withPresets } from './presets.ts'

type ProwJobDefaults = NonNullable<JobBase['prowjob_defaults']>

/** What the main configuration says about all jobs. */
export interface JobDefaults {
  readonly podNamespace: string
  readonly decorateAll: boolean
  readonly decoration: readonly (EntryFilter & { readonly config: DecorationConfig })[]
  readonly prowjob: readonly (EntryFilter & { readonly config: ProwJobDefaults })[]
  readonly presets: readonly Preset[]
}

/** What a configuration says about all jobs, those in repositories included. */
export const jobDefaultsOf = (
  config: Pick<Config, 'pod_namespace' | 'decorate_all_jobs' | 'plank' | 'prowjob_default_entries' | 'presets'>,
): JobDefaults => ({
  podNamespace: config.pod_namespace,
  decorateAll: config.decorate_all_jobs,
  decoration: config.plank.default_decoration_config_entries,
  prowjob: config.prowjob_default_entries,
  presets: config.presets,
})

/** A job as it was read, and where. `repo` is the key it stands under; for periodics that of the first extra refs. */
export interface ReadJob<Raw extends RawJob> {
  readonly raw: Raw
  readonly repo: string
  readonly path: Path
  readonly report: Report
  readonly source: SourcePlace
}

const globalTenant = 'GlobalDefaultID'

/** The trigger of a job that has none. The name goes in as it is: a dot in it matches any character. */
export const defaultTrigger = (name: string): string => `(?m)^/test( | .* )${name},?($|\\s.*)`

/** The command that is shown to people for a job that names none. */
export const defaultRerunCommand = (name: string): string => `/test ${name}`

/** A presubmit with everything filled in. */
export function presubmitOf(job: ReadJob<RawPresubmit>, defaults: JobDefaults): Presubmit {
  const { raw } = job
  const named = raw.trigger || raw.rerun_command
  return {
    ...raw,
    ...baseOf(job, defaults),
    context: raw.context || raw.name,
    trigger: named ? (raw.trigger ?? '') : defaultTrigger(raw.name),
    rerun_command: named ? (raw.rerun_command ?? '') : defaultRerunCommand(raw.name),
  }
}

/** A postsubmit with everything filled in. */
export const postsubmitOf = (job: ReadJob<RawPostsubmit>, defaults: JobDefaults): Postsubmit => ({
  ...job.raw,
  ...baseOf(job, defaults),
  context: job.raw.context || job.raw.name,
})

/** A periodic with everything filled in; durations become milliseconds. */
export function periodicOf(job: ReadJob<RawPeriodic>, defaults: JobDefaults): Periodic {
  const { interval, minimum_interval, cron, retry, ...raw } = job.raw
  return {
    ...raw,
    ...baseOf(job, defaults),
    ...(interval && { interval: milliseconds(interval, ['interval'], job) }),
    ...(minimum_interval && { minimum_interval: milliseconds(minimum_interval, ['minimum_interval'], job) }),
    ...(cron && { cron }),
    ...(retry && { retry: { ...retry, interval: milliseconds(retry.interval, ['retry', 'interval'], job) } }),
  }
}

function milliseconds(text: string, at: Path, { path, report }: ReadJob<RawPeriodic>): number {
  try {
    return parseDuration(text)
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    report.error([...path, ...at], configErrors.DURATION({ why: error.message }))
    return 0
  }
}

function baseOf(job: ReadJob<RawJob>, defaults: JobDefaults): JobBase {
  const { raw, repo } = job
  const cluster = raw.cluster || 'default'
  const decorate = raw.decorate ?? defaults.decorateAll
  const { decoration_config: own, ...rest } = raw
  const decoration = decorate ? decorationFor(defaults.decoration, { repo, cluster }, own) : own
  const spec = specOf(job, defaults)
  return {
    ...rest,
    agent: raw.agent || 'kubernetes',
    cluster,
    namespace: raw.namespace || defaults.podNamespace,
    decorate,
    ...(decoration && { decoration_config: decoration }),
    ...(spec && { spec }),
    prowjob_defaults: prowjobDefaultsFor(defaults, { repo, cluster }, raw.prowjob_defaults),
    source: job.source,
  }
}

function prowjobDefaultsFor(
  { prowjob }: JobDefaults,
  job: { repo: string; cluster: string },
  own: ProwJobDefaults = {},
): ProwJobDefaults {
  const layers = [...prowjob.filter((entry) => entryApplies(entry, job)).map(({ config }) => config), own]
  const resultstore_config = layers.findLast((layer) => layer.resultstore_config)?.resultstore_config
  const tenant = layers.findLast((layer) => layer.tenant_id)?.tenant_id
  return { ...(resultstore_config && { resultstore_config }), tenant_id: tenant ?? globalTenant }
}

function specOf({ raw, path, report }: ReadJob<RawJob>, { presets }: JobDefaults): JobBase['spec'] {
  const { spec, labels = {} } = raw
  if (spec === undefined) return undefined
  const applying = presets.filter((preset) => presetApplies(preset, labels))
  return withPresets(spec, applying, (preset, conflict) => {
    const pairs = Object.entries(preset.labels).map(([key, value]) => `${key}: ${value}`)
    const which = pairs.length === 0 ? 'the preset without labels' : `the preset for ${pairs.join(', ')}`
    report.error([...path, 'spec'], configErrors.PRESET({ why: `${which} does not fit: ${conflict}` }))
  })
}
