// Reads the jobs and presets of one file.

import { list } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { asMap, type Field, type Infer, typeName } from '../fields.ts'
import type { Report } from '../report.ts'
import type { SourcePlace } from '../types.ts'
import type { Path, YamlFile } from '../yaml.ts'
import type { ReadJob } from './defaults.ts'
import {
  type Preset,
  periodicFields,
  postsubmitFields,
  presetFields,
  presubmitFields,
  type RawJob,
  type RawPeriodic,
  type RawPostsubmit,
  type RawPresubmit,
} from './fields.ts'
import { inRepoFields, jobFileFields } from './file-fields.ts'

/** What one file has, in its order. */
export interface JobFile {
  readonly presubmits: readonly ReadJob<RawPresubmit>[]
  readonly postsubmits: readonly ReadJob<RawPostsubmit>[]
  readonly periodics: readonly ReadJob<RawPeriodic>[]
  readonly presets: readonly { readonly preset: Preset; readonly path: Path; readonly report: Report }[]
}

/** Reads the job config of a file. What else stands in it is left alone. */
export function readJobFile(file: YamlFile, report: Report): JobFile {
  const map = lowerKeys(asMap(file.value) ?? {})
  const jobs = jobsIn(file, report)
  const byRepo = <Raw extends RawJob>(field: Field<Raw>, key: Key | undefined): ReadJob<Raw>[] => {
    if (key === undefined || key.value === null) return []
    const repos = asMap(key.value)
    if (repos === undefined) {
      report.error(
        [key.name],
        configErrors.TYPE({ wants: 'a map from repositories to jobs', got: typeName(key.value) }),
      )
    }
    return Object.entries(repos ?? {}).flatMap(([name, value]) => jobs(field, { name, value }, () => name, [key.name]))
  }
  return {
    presubmits: byRepo<Infer<typeof presubmitFields>>(presubmitFields, map.get('presubmits')),
    postsubmits: byRepo<Infer<typeof postsubmitFields>>(postsubmitFields, map.get('postsubmits')),
    periodics: jobs<Infer<typeof periodicFields>>(periodicFields, map.get('periodics'), firstExtraRepo),
    presets: presetsIn(map.get('presets'), report),
  }
}

/** Reads a file that a repository brings: its jobs are plain lists. Reports what else stands in it. */
export function readRepoFile(file: YamlFile, repo: string, report: Report): Omit<JobFile, 'periodics'> {
  inRepoFields.read(file.value ?? {}, [], report)
  const map = lowerKeys(asMap(file.value) ?? {})
  const jobs = jobsIn(file, report)
  return {
    presubmits: jobs<Infer<typeof presubmitFields>>(presubmitFields, map.get('presubmits'), () => repo),
    postsubmits: jobs<Infer<typeof postsubmitFields>>(postsubmitFields, map.get('postsubmits'), () => repo),
    presets: presetsIn(map.get('presets'), report),
  }
}

type JobsIn = <Raw extends RawJob>(
  field: Field<Raw>,
  key: Key | undefined,
  repoOf: (raw: Raw) => string,
  within?: Path,
) => ReadJob<Raw>[]

/** Reads lists of jobs of a file. */
function jobsIn(file: YamlFile, report: Report): JobsIn {
  const places = file.places(3)
  return (field, key, repoOf, within = []) => {
    if (key === undefined || key.value === null) return []
    const path = [...within, key.name]
    return list(field, { about: '' })
      .read(key.value, path, report)
      .map((raw, index) => {
        const at = [...path, index]
        const source: SourcePlace = places.get(at.join('\0')) ?? file.place(at)
        return { raw, repo: repoOf(raw), path: at, report, source }
      })
  }
}

function presetsIn(key: Key | undefined, report: Report): JobFile['presets'] {
  if (key === undefined || key.value === null) return []
  return list(presetFields, { about: '' })
    .read(key.value, [key.name], report)
    .map((preset, index) => ({ preset, path: [key.name, index], report }))
}

/** Reports what else stands in a file of jobs; none of it has an effect. */
export function checkJobFile(file: YamlFile, report: Report): void {
  const { decorate_all_jobs } = jobFileFields.file.read(file.value ?? {}, [], report)
  if (!decorate_all_jobs) return
  const why = 'only the main file decides about all jobs'
  report.warn(['decorate_all_jobs'], configErrors.NO_EFFECT({ field: 'decorate_all_jobs', why }), 'key')
}

interface Key {
  readonly name: string
  readonly value: unknown
}

const lowerKeys = (map: Readonly<Record<string, unknown>>): ReadonlyMap<string, Key> =>
  new Map(Object.entries(map).map(([name, value]) => [name.toLowerCase(), { name, value }]))

function firstExtraRepo({ extra_refs: [first] = [] }: RawPeriodic): string {
  return first === undefined ? '' : `${first.org}/${first.repo}`
}
