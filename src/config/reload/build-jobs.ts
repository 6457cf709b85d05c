// Makes the jobs of a configuration. Kept by file: what was read, and what defaults made of it. Kept by repository: what checks found.
import { isDeepStrictEqual } from 'node:util'
import { configErrors } from '../errors.ts'
import { type JobRules, jobRulesOf } from '../jobs/check-job.ts'
import { type Checked, checkPeriodics, checkPostsubmits, checkPresubmits } from '../jobs/check-lists.ts'
import {
  type JobDefaults,
  jobDefaultsOf,
  periodicOf,
  postsubmitOf,
  presubmitOf,
  type ReadJob,
} from '../jobs/defaults.ts'
import type { Preset, RawJob } from '../jobs/fields.ts'
import { repeatedPairs } from '../jobs/presets.ts'
import { checkJobFile, type JobFile, readJobFile } from '../jobs/read.ts'
import { type Findings, noFindings, type Report, reportOn } from '../report.ts'
import type { MainConfig } from '../sections/main.ts'
import type { Config, JobBase, Periodic, Postsubmit, Presubmit } from '../types.ts'
import { inJobFiles } from '../unquoted.ts'
import type { YamlFile } from '../yaml.ts'
import { type Made, oncePer, whileSame } from './remember.ts'

/** What jobs are made of. */
interface JobInputs {
  readonly main: YamlFile
  readonly files: readonly YamlFile[]
  readonly config: MainConfig
}

type Jobs = Pick<Config, 'presets' | 'presubmits' | 'postsubmits' | 'periodics'>

/** A job with its defaults, and where it stands. */
interface FilledJob<Job extends JobBase> extends Omit<Checked<Job>, 'report'> {
  readonly repo: string
  readonly file: YamlFile
}

interface ReadFile {
  readonly file: YamlFile
  readonly jobs: JobFile
}

interface FilledFile {
  readonly presubmits: readonly FilledJob<Presubmit>[]
  readonly postsubmits: readonly FilledJob<Postsubmit>[]
  readonly periodics: readonly FilledJob<Periodic>[]
}

/** Makes all jobs, at each call again what follows from a change. */
export function jobBuilder(): (inputs: JobInputs) => Made<Jobs> {
  const readMainFile = oncePer((file: YamlFile) => readFile(file, true))
  const readOther = oncePer((file: YamlFile) => readFile(file, false))
  const presubmitsOf = jobLists(checkPresubmits)
  const postsubmitsOf = jobLists(checkPostsubmits)
  const periodicsWhileSame = whileSame<Made<readonly Periodic[]>>()
  let defaults: JobDefaults | undefined
  let rules: JobRules | undefined
  let fill = oncePer((_: ReadFile): Made<FilledFile> => nothing)

  return ({ main, files, config }) => {
    const read = [readMainFile(main), ...files.map(readOther)]
    const presets = read.flatMap(({ made }) => made.jobs.presets.map(({ preset }) => preset))
    const newest = jobDefaultsOf({ ...config, presets })
    if (!isDeepStrictEqual(defaults, newest)) {
      defaults = newest
      fill = oncePer((file) => fillFile(file, newest))
    }
    // Equal ones stay the same, so that what was found with them is kept.
    const newestRules = jobRulesOf(config)
    if (rules === undefined || !isDeepStrictEqual(rules, newestRules)) rules = newestRules
    const by = rules
    const filled = read.map(({ made }) => fill(made))
    const presubmits = presubmitsOf(
      filled.flatMap(({ made }) => made.presubmits),
      by,
    )
    const postsubmits = postsubmitsOf(
      filled.flatMap(({ made }) => made.postsubmits),
      by,
    )
    const all = filled.flatMap(({ made }) => made.periodics)
    const periodics = periodicsWhileSame([by, ...all], () => checkAll(all, by, checkPeriodics))
    const found: readonly Findings[] = [
      ...read,
      ...(files.length > 0 ? [checkPresets(read)] : []),
      ...filled,
      ...presubmits,
      ...postsubmits,
      periodics,
    ]
    return {
      errors: found.flatMap(({ errors }) => errors),
      warnings: found.flatMap(({ warnings }) => warnings),
      made: {
        presets,
        presubmits: Object.fromEntries(presubmits.map(({ repo, made }) => [repo, made])),
        postsubmits: Object.fromEntries(postsubmits.map(({ repo, made }) => [repo, made])),
        periodics: periodics.made,
      },
    }
  }
}

type JobList<Job extends JobBase> = Made<readonly Job[]> & { readonly repo: string }

/** Makes the lists of all repositories, sorted by their keys. */
function jobLists<Job extends JobBase>(check: (jobs: readonly Checked<Job>[], rules: JobRules) => void) {
  type List = ReturnType<typeof whileSame<JobList<Job>>>
  let before = new Map<string, List>()
  return (jobs: readonly FilledJob<Job>[], rules: JobRules): readonly JobList<Job>[] => {
    const groups = [...Map.groupBy(jobs, ({ repo }) => repo)].sort(([a], [b]) => (a < b ? -1 : 1))
    const now = new Map<string, List>(groups.map(([repo]) => [repo, before.get(repo) ?? whileSame()]))
    before = now
    return groups.flatMap(
      ([repo, list]) => now.get(repo)?.([rules, ...list], () => ({ repo, ...checkAll(list, rules, check) })) ?? [],
    )
  }
}

function readFile(file: YamlFile, isMain: boolean): Made<ReadFile> {
  const findings = noFindings()
  const own = reportOn(file, findings)
  const report = isMain ? own : inJobFiles(own)
  if (!isMain) checkJobFile(file, report)
  return { ...findings, made: { file, jobs: readJobFile(file, report) } }
}

const nothing: Made<FilledFile> = { ...noFindings(), made: { presubmits: [], postsubmits: [], periodics: [] } }

function fillFile({ file, jobs }: ReadFile, defaults: JobDefaults): Made<FilledFile> {
  const findings = noFindings()
  const report = reportOn(file, findings)
  const filled = <Raw extends RawJob, Job extends JobBase>(
    list: readonly ReadJob<Raw>[],
    finish: (job: ReadJob<Raw>, defaults: JobDefaults) => Job,
  ): FilledJob<Job>[] =>
    list.map((job) => ({ job: finish({ ...job, report }, defaults), repo: job.repo, path: job.path, file }))
  const made: FilledFile = {
    presubmits: filled(jobs.presubmits, presubmitOf),
    postsubmits: filled(jobs.postsubmits, postsubmitOf),
    periodics: filled(jobs.periodics, periodicOf),
  }
  return { ...findings, made }
}

function checkPresets(files: readonly Made<ReadFile>[]): Findings {
  const findings = noFindings()
  const all = files.flatMap(({ made: { file, jobs } }) =>
    jobs.presets.map(({ preset, path }) => ({ preset, path, file })),
  )
  const presets: readonly Preset[] = all.map(({ preset }) => preset)
  for (const { index, pair } of repeatedPairs(presets)) {
    const at = all[index]
    if (at === undefined) continue
    const why = `another preset has the label ${pair} too`
    reportOn(at.file, findings).error(at.path, configErrors.PRESET({ why }))
  }
  return findings
}

/** The jobs as they are given to components, and what a check says about them. */
function checkAll<Job extends JobBase>(
  jobs: readonly FilledJob<Job>[],
  rules: JobRules,
  check: (jobs: readonly Checked<Job>[], rules: JobRules) => void,
): Made<readonly Job[]> {
  const findings = noFindings()
  const reports = new Map<YamlFile, Report>()
  const reportFor = (file: YamlFile): Report => {
    const report = reports.get(file) ?? reportOn(file, findings)
    reports.set(file, report)
    return report
  }
  check(
    jobs.map(({ job, path, file }) => ({ job, path, report: reportFor(file) })),
    rules,
  )
  return { ...findings, made: jobs.map(({ job }) => job) }
}
