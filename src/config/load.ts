// Loads a configuration: read → parse → merge → default → validate → one frozen snapshot, or everything that is wrong.
import { ConfigError, configErrors } from './errors.ts'
import { asMap, typeName } from './fields.ts'
import { type ConfigBase, type ConfigPaths, readSources, type SourceFile, type Sources } from './files.ts'
import { jobRulesOf } from './jobs/check-job.ts'
import { type Checked, checkPeriodics, checkPostsubmits, checkPresubmits } from './jobs/check-lists.ts'
import {
  type JobDefaults,
  jobDefaultsOf,
  periodicOf,
  postsubmitOf,
  presubmitOf,
  type ReadJob,
} from './jobs/defaults.ts'
import type { RawJob } from './jobs/fields.ts'
import { repeatedPairs } from './jobs/presets.ts'
import { checkJobFile, type JobFile, readJobFile } from './jobs/read.ts'
import { type Findings, noFindings, type Opened, reportOn } from './report.ts'
import { finishMain, type MainConfig, mainFields } from './sections/main.ts'
import { noPlugins, readPlugins } from './sections/plugins.ts'
import { withSupplemental } from './sections/supplemental.ts'
import { withoutDuplicates } from './sections/tide-queries.ts'
import type { Config, JobBase, Snapshot } from './types.ts'
import { parseYaml, YamlError, type YamlFile } from './yaml.ts'

/** Loads once. `now`: milliseconds since the epoch. Throws ConfigError with all problems. */
export async function loadConfig(options: ConfigPaths & { readonly now: number }): Promise<Snapshot> {
  const parsed = parsedFiles()
  return buildSnapshot(await readSources(options, parsed), options.now, parsed)
}

/** Parses files, and remembers what it has parsed as long as the text stays the same. */
export interface ParsedFiles {
  (file: SourceFile): YamlFile | YamlError | undefined
  /** Forgets the files that are not among these. */
  keepOnly(files: ReadonlySet<string>): void
}

/** An empty memory of parsed files. */
export function parsedFiles(): ParsedFiles {
  const known = new Map<string, { text: string; result: YamlFile | YamlError }>()
  const parse = (source: SourceFile) => {
    if (source.text === undefined) return undefined
    const before = known.get(source.file)
    if (before?.text === source.text) return before.result
    const result = parseOrError(source.text, source.file)
    known.set(source.file, { text: source.text, result })
    return result
  }
  return Object.assign(parse, {
    keepOnly: (files: ReadonlySet<string>) => {
      for (const file of known.keys()) if (!files.has(file)) known.delete(file)
    },
  })
}

function parseOrError(text: string, file: string): YamlFile | YamlError {
  try {
    return parseYaml(text, file)
  } catch (error) {
    if (error instanceof YamlError) return error
    throw error
  }
}

/** Makes a snapshot of files that have been read. Throws ConfigError with all problems. */
export function buildSnapshot(sources: Sources, loadedAt: number, parsed: ParsedFiles = parsedFiles()): Snapshot {
  const findings = noFindings()
  const open = (source: SourceFile) => usable(source, parsed(source), findings)
  const opened = (files: readonly SourceFile[] = []) => files.flatMap((source) => open(source) ?? [])
  const main = open(sources.main)
  const shards = opened(sources.supplemental)
  const jobFiles = opened(sources.jobs)
  const plugins = sources.plugins && open(sources.plugins)
  const pluginShards = opened(sources.supplementalPlugins)
  const config = main && mainAndJobs({ main, shards, jobFiles }, sources, loadedAt)
  const pluginConfig = plugins ? readPlugins(plugins, pluginShards) : noPlugins()
  if (config === undefined || findings.errors.length > 0) throw new ConfigError(findings.errors)
  return deepFreeze({ config, plugins: pluginConfig, loadedAt, warnings: findings.warnings })
}

function usable(
  source: SourceFile,
  parsed: YamlFile | YamlError | undefined,
  { errors, warnings }: Findings,
): Opened | undefined {
  const place = { file: source.file, line: 1, column: 1 }
  if (source.finding !== undefined) {
    errors.push({ ...source.finding, field: '', place })
  } else if (parsed instanceof YamlError) {
    errors.push({ ...configErrors.YAML({ why: parsed.message }), field: '', place: parsed.place })
  } else if (parsed?.value !== undefined && asMap(parsed.value) === undefined) {
    const finding = configErrors.NOT_A_MAP({})
    errors.push({ ...finding, message: `${finding.message}, but is ${typeName(parsed.value)}`, field: '', place })
  } else if (parsed !== undefined) {
    const report = reportOn(parsed, { errors, warnings })
    for (const { path } of parsed.repeated) {
      report.warn(path, configErrors.DUPLICATE_KEY({ key: String(path.at(-1)) }), 'key')
    }
    return { file: parsed, report }
  }
  return undefined
}

interface MainFiles {
  readonly main: Opened
  readonly shards: readonly Opened[]
  readonly jobFiles: readonly Opened[]
}

function mainAndJobs({ main, shards, jobFiles }: MainFiles, { version, base }: Sources, now: number): Config {
  const raw = asMap(main.file.value) ?? {}
  const read = withSupplemental(mainFields.read(raw, [], main.report), main, shards)
  const finished = onBase(finishMain(read, raw, now, main.report), base)
  for (const { file, report } of jobFiles) checkJobFile(file, report)
  const files = [main, ...jobFiles].map(({ file, report }) => readJobFile(file, report))
  if (jobFiles.length > 0) checkPresets(files)
  const presets = files.flatMap((file) => file.presets.map(({ preset }) => preset))
  const defaults = jobDefaultsOf({ ...finished, presets })
  const rules = jobRulesOf(finished)
  const presubmits = byRepo(
    files.flatMap((file) => file.presubmits),
    defaults,
    presubmitOf,
  )
  const postsubmits = byRepo(
    files.flatMap((file) => file.postsubmits),
    defaults,
    postsubmitOf,
  )
  const periodics = files.flatMap((file) => file.periodics).map((job) => checkable(job, defaults, periodicOf))
  for (const jobs of Object.values(presubmits)) checkPresubmits(jobs, rules)
  for (const jobs of Object.values(postsubmits)) checkPostsubmits(jobs, rules)
  checkPeriodics(periodics, rules)
  return {
    ...finished,
    tide: { ...finished.tide, queries: withoutDuplicates(finished.tide.queries, read.prowjob_default_entries) },
    ...(version !== undefined && { config_version_sha: version }),
    presets,
    presubmits: onlyJobs(presubmits),
    postsubmits: onlyJobs(postsubmits),
    periodics: periodics.map(({ job }) => job),
  }
}

function onBase(main: MainConfig, { decoration, githubLink }: ConfigBase = {}): MainConfig {
  const isDefaultLink = main.github.link_url === 'https://github.com'
  const { default_decoration_config_entries: entries } = main.plank
  return {
    ...main,
    ...(githubLink !== undefined && isDefaultLink && { github: { ...main.github, link_url: githubLink } }),
    ...(decoration && {
      plank: { ...main.plank, default_decoration_config_entries: [{ config: decoration }, ...entries] },
    }),
  }
}

function checkPresets(files: readonly JobFile[]): void {
  const all = files.flatMap(({ presets }) => presets)
  for (const { index, pair } of repeatedPairs(all.map(({ preset }) => preset))) {
    const at = all[index]
    at?.report.error(at.path, configErrors.PRESET({ why: `another preset has the label ${pair} too` }))
  }
}

type Fill<Raw extends RawJob, Job extends JobBase> = (job: ReadJob<Raw>, defaults: JobDefaults) => Job

const checkable = <Raw extends RawJob, Job extends JobBase>(
  job: ReadJob<Raw>,
  defaults: JobDefaults,
  fill: Fill<Raw, Job>,
): Checked<Job> => ({ job: fill(job, defaults), path: job.path, report: job.report })

function byRepo<Raw extends RawJob, Job extends JobBase>(
  jobs: readonly ReadJob<Raw>[],
  defaults: JobDefaults,
  fill: Fill<Raw, Job>,
): Record<string, Checked<Job>[]> {
  const groups = [...Map.groupBy(jobs, ({ repo }) => repo)].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(groups.map(([repo, list]) => [repo, list.map((job) => checkable(job, defaults, fill))]))
}

const onlyJobs = <Job extends JobBase>(
  checked: Readonly<Record<string, readonly Checked<Job>[]>>,
): Record<string, Job[]> =>
  Object.fromEntries(Object.entries(checked).map(([repo, list]) => [repo, list.map(({ job }) => job)]))

/** Freezes a value and everything in it. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
