// A job with every default, and where each of its values comes from. The defaulting itself is that of loading.
import type { Branches } from '../../config/branches.ts'
import { asMap } from '../../config/fields.ts'
import { type EntryFilter, entryApplies, lowerLayerHolds } from '../../config/jobs/decoration.ts'
import {
  type JobDefaults,
  jobDefaultsOf,
  periodicOf,
  postsubmitOf,
  presubmitOf,
  type ReadJob,
} from '../../config/jobs/defaults.ts'
import type { RawJob } from '../../config/jobs/fields.ts'
import { type JobFile, readJobFile } from '../../config/jobs/read.ts'
import { silent } from '../../config/report.ts'
import { layeredKeys } from '../../config/sections/plank.ts'
import type { Config, JobBase, SourcePlace } from '../../config/types.ts'
import type { Path, YamlFile } from '../../config/yaml.ts'
import { type AnyJob, durationFields, inWords } from '../all-jobs.ts'
import { type Layer, type Traced, trace } from './trace.ts'

/** Where a value comes from. */
export interface Origin {
  readonly from: 'job' | 'preset' | 'decoration default' | 'prowjob default' | 'main configuration' | 'built-in default'
  /** Which preset or entry, and why it applies; which setting; what a built-in default is made of. */
  readonly what?: string
  /** Where it is written; built-in defaults are nowhere. */
  readonly place?: SourcePlace
}

/** A job, and the origin of each of its values. Durations are text, as they would be written. */
export interface Explanation {
  readonly type: AnyJob['type']
  /** The key it stands under; for periodics that of the first extra refs, or empty. */
  readonly repo: string
  readonly job: JobBase
  readonly values: readonly Traced<Origin>[]
}

/** The files of a configuration that hold jobs and their defaults. */
export interface JobFiles {
  readonly main: YamlFile
  readonly jobs: readonly YamlFile[]
}

/** Which jobs: asked before defaults are filled in. */
export type Wanted = (
  type: AnyJob['type'],
  job: { readonly repo: string; readonly raw: { readonly name: string } & Branches },
) => boolean

/** Explains the jobs that are wanted, in the order of the files. `config`: what was loaded from the very same files. */
export function explainJobs(config: Config, { main, jobs }: JobFiles, wanted: Wanted): readonly Explanation[] {
  const files = [main, ...jobs].map((file) => ({ file, ...readJobFile(file, silent) }))
  const presets = files.flatMap(presetsOf)
  // Presets are known by their identity, so they must be those that were read here.
  const defaults = jobDefaultsOf({ ...config, presets: presets.map(({ value }) => value) })
  const context = { defaults, main, below: [mainLayer(main), ...presets] }
  return files.flatMap(({ file, ...read }) => {
    const explained = <Raw extends RawJob>(type: AnyJob['type'], all: readonly ReadJob<Raw>[], fill: Fill<Raw>) =>
      all
        .filter((job) => wanted(type, job))
        .map((job) => ({ type, repo: job.repo, ...explainJob(job, fill(job, defaults), file, context) }))
    return [
      ...explained('presubmit', read.presubmits, presubmitOf),
      ...explained('postsubmit', read.postsubmits, postsubmitOf),
      ...explained('periodic', read.periodics, periodicOf),
    ]
  })
}

type Fill<Raw extends RawJob> = (job: ReadJob<Raw>, defaults: JobDefaults) => JobBase

interface Context {
  readonly defaults: JobDefaults
  readonly main: YamlFile
  /** What lies below the entries of defaults and the job itself. */
  readonly below: readonly Layer<Origin>[]
}

function explainJob(
  { raw, repo, path: at, source }: ReadJob<RawJob>,
  filled: JobBase,
  file: YamlFile,
  { defaults, main, below }: Context,
): Pick<Explanation, 'job' | 'values'> {
  const { source: _, ...rest } = inWords(filled)
  const { name, agent, cluster, namespace } = rest
  // What tells a job from others goes first.
  const job = { ...{ name, agent, cluster, namespace }, ...rest }
  const own: Layer<Origin> = {
    at: [],
    value: ownValue(raw, job),
    origin: (path) => originAt(file, [...at, ...path], { from: 'job' }),
  }
  const layers = [...below, ...entryLayers(defaults, main, { repo, cluster }), own]
  return { job: { ...job, source }, values: trace(job, layers, { lowerHolds, otherwise: builtIn }) }
}

const lowerHolds = ([field, ...path]: Path): boolean => field === 'decoration_config' && lowerLayerHolds(path)

// What these are when nothing sets them.
const ofTheName: ReadonlySet<string> = new Set(['context', 'trigger', 'rerun_command'])

const builtIn = ([field = '']: Path): Origin => ({
  from: 'built-in default',
  ...(ofTheName.has(String(field)) && { what: 'made of the name' }),
})

/** What the job's own file says, with its durations as they are printed. */
function ownValue(raw: RawJob, finished: JobBase): object {
  const printed = [...durationFields, 'retry'].filter((name) => Object.hasOwn(raw, name))
  return { ...raw, ...Object.fromEntries(printed.map((name) => [name, asMap(finished)?.[name]])) }
}

/** What the main file says about all jobs. */
function mainLayer(file: YamlFile): Layer<Origin> {
  const fields: Readonly<Record<string, string>> = { namespace: 'pod_namespace', decorate: 'decorate_all_jobs' }
  const value = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, written(file.value, [field])?.value]),
  )
  return {
    at: [],
    value,
    origin: ([name = '']) => {
      const what = fields[name] ?? ''
      return originAt(file, [what], { from: 'main configuration', what })
    },
  }
}

const presetsOf = ({ file, presets }: JobFile & { readonly file: YamlFile }) =>
  presets.map(({ preset, path: at }) => {
    const labels = Object.entries(preset.labels).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    const what = labels.length === 0 ? 'without labels' : labels.join(', ')
    return { value: preset, origin: (path: Path) => originAt(file, [...at, ...path], { from: 'preset', what }) }
  })

/** The entries of defaults that apply to a job, in the order in which they lie over each other. */
function entryLayers(
  { decoration, prowjob }: JobDefaults,
  main: YamlFile,
  job: { readonly repo: string; readonly cluster: string },
): readonly Layer<Origin>[] {
  const older = layeredKeys(
    Object.keys(asMap(written(main.value, ['plank', 'default_decoration_configs'])?.value) ?? {}),
  )
  const layers = (
    entries: readonly (EntryFilter & { readonly config: object })[],
    at: string,
    from: Origin['from'],
    pathOf: (index: number) => Path,
  ) =>
    entries.flatMap((entry, index): Layer<Origin>[] => {
      if (!entryApplies(entry, job)) return []
      const what = `${textOf(pathOf(index))}, for ${audience(entry, job)}`
      return [
        {
          at: [at],
          value: entry.config,
          origin: (path) => originAt(main, [...pathOf(index), ...path], { from, what }),
        },
      ]
    })
  return [
    ...layers(decoration, 'decoration_config', 'decoration default', (index) => {
      const key = older[index]
      if (key !== undefined) return ['plank', 'default_decoration_configs', key]
      return ['plank', 'default_decoration_config_entries', index, 'config']
    }),
    ...layers(prowjob, 'prowjob_defaults', 'prowjob default', (index) => ['prowjob_default_entries', index, 'config']),
  ]
}

const textOf = (path: Path): string =>
  path
    .filter((part) => part !== 'config' && part !== 'plank')
    .map((part, index) => (index === 0 ? part : `[${JSON.stringify(part)}]`))
    .join('')

/** Whom an entry is for, as far as that is why it applies to a job. */
function audience({ repo = '', cluster = '' }: EntryFilter, job: { readonly repo: string }): string {
  const isAny = (text: string) => text === '' || text === '*'
  const named = repo === job.repo || repo.includes('/') ? 'repository' : 'org'
  const parts = [...(isAny(repo) ? [] : [`${named} ${repo}`]), ...(isAny(cluster) ? [] : [`cluster ${cluster}`])]
  return parts.length === 0 ? 'all jobs' : parts.join(' in ')
}

/** The origin with its place, when something is written there. */
function originAt(file: YamlFile, path: Path, origin: Origin): Origin | undefined {
  const found = written(file.value, path)
  return found && { ...origin, place: file.place(found.path) }
}

/** The value at a path, and the path as it is spelled in the file. Undefined when nothing is written there. */
function written(value: unknown, path: Path): { readonly path: Path; readonly value: unknown } | undefined {
  let inner = value
  const spelled: (string | number)[] = []
  for (const part of path) {
    const map = asMap(inner)
    const key = map ? spelling(map, String(part)) : part
    inner = map ? map[key] : Array.isArray(inner) ? inner[Number(part)] : undefined
    // An empty item of a list is a value; an empty setting is none.
    if (inner === undefined || (map && inner === null)) return undefined
    spelled.push(key)
  }
  return { path: spelled, value: inner }
}

/** Names match in any case; of several spellings the one last in byte order holds. */
function spelling(map: Readonly<Record<string, unknown>>, name: string): string {
  if (Object.hasOwn(map, name)) return name
  const spellings = Object.keys(map).filter((key) => key.toLowerCase() === name.toLowerCase())
  return spellings.sort().at(-1) ?? name
}
