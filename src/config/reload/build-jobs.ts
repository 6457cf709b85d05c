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
import type { YamlFile } from '../yaml.ts'
import type { Made, Memory } from './remember.ts'

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

interface FilledFile {
  readonly presubmits: readonly FilledJob<Presubmit>[]
  readonly postsubmits: readonly FilledJob<Postsubmit>[]
  readonly periodics: readonly FilledJob<Periodic>[]
}

/** Makes all jobs; keeps by `remember` what does not follow from a change. */
export function jobBuilder(remember: Memory): (inputs: JobInputs) => Made<Jobs> {
  let defaults: JobDefaults | undefined
  let rules: JobRules | undefined

  return ({ main, files, config }) => {
    const read = [main, ...files].map((file, index) => ({
      file,
      ...remember(`read ${index === 0 ? 'main' : 'jobs'} ${file.file}`, [file], () => readFile(file, index === 0)),
    }))
    const presets = read.flatMap(({ made }) => made.presets.map(({ preset }) => preset))
    // Equal ones stay the same, so that what was made with them is kept.
    defaults = unlessEqual(defaults, jobDefaultsOf({ ...config, presets }))
    rules = unlessEqual(rules, jobRulesOf(config))
    const [withDefaults, byRules] = [defaults, rules]
    const filled = read.map(({ file, made }, index) =>
      remember(`fill ${index === 0 ? 'main' : 'jobs'} ${file.file}`, [made, withDefaults], () =>
        fillFile(file, made, withDefaults),
      ),
    )
    const lists = <Job extends JobBase>(
      kind: string,
      of: (file: FilledFile) => readonly FilledJob<Job>[],
      check: (jobs: readonly Checked<Job>[], rules: JobRules) => void,
    ) =>
      Object.entries(byRepo(filled.flatMap(({ made }) => of(made)))).map(([repo, jobs]) => ({
        repo,
        ...remember(`${kind} ${repo}`, [byRules, ...jobs], () => checkAll(jobs, byRules, check)),
      }))
    const presubmits = lists('presubmits', (file) => file.presubmits, checkPresubmits)
    const postsubmits = lists('postsubmits', (file) => file.postsubmits, checkPostsubmits)
    const all = filled.flatMap(({ made }) => made.periodics)
    const periodics = remember('periodics', [byRules, ...all], () => checkAll(all, byRules, checkPeriodics))
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

const unlessEqual = <T>(before: T | undefined, now: T): T =>
  before !== undefined && isDeepStrictEqual(before, now) ? before : now

function readFile(file: YamlFile, isMain: boolean): Made<JobFile> {
  const findings = noFindings()
  const report = reportOn(file, findings)
  if (!isMain) checkJobFile(file, report)
  return { ...findings, made: readJobFile(file, report) }
}

function fillFile(file: YamlFile, read: JobFile, defaults: JobDefaults): Made<FilledFile> {
  const findings = noFindings()
  const report = reportOn(file, findings)
  const fill = <Raw extends RawJob, Job extends JobBase>(
    jobs: readonly ReadJob<Raw>[],
    finish: (job: ReadJob<Raw>, defaults: JobDefaults) => Job,
  ): FilledJob<Job>[] =>
    jobs.map((job) => ({ job: finish({ ...job, report }, defaults), repo: job.repo, path: job.path, file }))
  const made: FilledFile = {
    presubmits: fill(read.presubmits, presubmitOf),
    postsubmits: fill(read.postsubmits, postsubmitOf),
    periodics: fill(read.periodics, periodicOf),
  }
  return { ...findings, made }
}

function checkPresets(files: readonly (Made<JobFile> & { readonly file: YamlFile })[]): Findings {
  const findings = noFindings()
  const all = files.flatMap(({ file, made }) => made.presets.map(({ preset, path }) => ({ preset, path, file })))
  const presets: readonly Preset[] = all.map(({ preset }) => preset)
  for (const { index, pair } of repeatedPairs(presets)) {
    const at = all[index]
    if (at === undefined) continue
    const why = `another preset has the label ${pair} too`
    reportOn(at.file, findings).error(at.path, configErrors.PRESET({ why }))
  }
  return findings
}

function byRepo<Job extends JobBase>(jobs: readonly FilledJob<Job>[]): Record<string, FilledJob<Job>[]> {
  return Object.fromEntries([...Map.groupBy(jobs, ({ repo }) => repo)].sort(([a], [b]) => (a < b ? -1 : 1)))
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
