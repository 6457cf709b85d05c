// Fills in what the jobs of a repository leave out, and checks them together with the central jobs of that repository.

import type { Finding } from '../errors.ts'
import { jobRulesOf } from '../jobs/check-job.ts'
import { type Checked, checkPostsubmits, checkPresubmits } from '../jobs/check-lists.ts'
import { type JobDefaults, jobDefaultsOf, postsubmitOf, presubmitOf, type ReadJob } from '../jobs/defaults.ts'
import type { RawJob } from '../jobs/fields.ts'
import { addedBy, presetApplies } from '../jobs/presets.ts'
import type { Report } from '../report.ts'
import { silent } from '../report.ts'
import type { BranchJob, Config, JobBase, Postsubmit, Presubmit } from '../types.ts'
import { inRepoLimits } from './files.ts'
import { inRepoFindings } from './findings.ts'
import { checkPatternSizes } from './patterns.ts'
import { allowedClusters, staticJobs } from './policy.ts'
import type { ReadInRepo } from './read.ts'

/** What of the central configuration matters to the jobs of one repository; plain data, so that a thread can be sent it. */
export type CentralPart = Pick<
  Config,
  'pod_namespace' | 'decorate_all_jobs' | 'plank' | 'prowjob_default_entries' | 'presets' | 'in_repo_config'
> & {
  readonly presubmits: readonly Presubmit[]
  readonly postsubmits: readonly Postsubmit[]
}

/** That part, for a repository: `org/repo`, or Gerrit's `https://host/path`. */
export const centralPart = (config: Config, repo: string): CentralPart => ({
  pod_namespace: config.pod_namespace,
  decorate_all_jobs: config.decorate_all_jobs,
  prowjob_default_entries: config.prowjob_default_entries,
  presets: config.presets,
  in_repo_config: config.in_repo_config,
  plank: config.plank,
  presubmits: staticJobs(config.presubmits, repo),
  postsubmits: staticJobs(config.postsubmits, repo),
})

/** The jobs of a repository, ready to run if nothing was reported. */
export function finishInRepo(
  read: ReadInRepo,
  central: CentralPart,
  repo: string,
): { readonly presubmits: readonly Presubmit[]; readonly postsubmits: readonly Postsubmit[] } {
  const defaults = jobDefaultsOf({ ...central, presets: [...central.presets, ...read.presets] })
  const rules = jobRulesOf(central)
  if (!presetsFit(read, defaults)) return { presubmits: [], postsubmits: [] }
  const presubmits = read.presubmits.map((job) =>
    checkable(job, 'presubmit', central.presubmits, (one) => presubmitOf(one, defaults)),
  )
  const postsubmits = read.postsubmits.map((job) =>
    checkable(job, 'postsubmit', central.postsubmits, (one) => postsubmitOf(one, defaults)),
  )
  const all: readonly Checked<BranchJob>[] = [...presubmits, ...postsubmits]
  if (checkPatternSizes(all)) {
    checkPresubmits([...quiet(central.presubmits), ...presubmits], rules)
    checkPostsubmits([...quiet(central.postsubmits), ...postsubmits], rules)
  }
  const allowed = allowedClusters(central, repo)
  for (const { job, path, report } of all) {
    if (!allowed.has(job.cluster)) {
      report.error([...path, 'cluster'], inRepoFindings.cluster(job.cluster, repo, [...allowed]))
    }
  }
  return { presubmits: presubmits.map(({ job }) => job), postsubmits: postsubmits.map(({ job }) => job) }
}

/** Reports jobs and presets that are too many, before any is filled in; says whether none are. */
function presetsFit({ presubmits, postsubmits, presets }: ReadInRepo, defaults: JobDefaults): boolean {
  const jobs: readonly ReadJob<RawJob>[] = [...presubmits, ...postsubmits]
  const [first] = jobs
  const refuse = (job: ReadJob<RawJob> | undefined, finding: Finding) => {
    job?.report.error(job.path, finding)
    return false
  }
  if (jobs.length > inRepoLimits.jobs) return refuse(first, inRepoFindings.tooManyJobs(jobs.length, inRepoLimits.jobs))
  if (presets.length > inRepoLimits.presets) {
    return refuse(first, inRepoFindings.tooManyPresets(presets.length, inRepoLimits.presets))
  }
  let added = 0
  for (const job of jobs) {
    const { spec, labels = {} } = job.raw
    if (spec === undefined) continue
    for (const preset of defaults.presets) if (presetApplies(preset, labels)) added += addedBy(spec, preset)
    if (added > inRepoLimits.presetValues) return refuse(job, inRepoFindings.presetValues(inRepoLimits.presetValues))
  }
  return true
}

function checkable<Raw extends RawJob, Job extends JobBase>(
  read: ReadJob<Raw>,
  kind: 'presubmit' | 'postsubmit',
  central: readonly BranchJob[],
  fill: (job: ReadJob<Raw>) => Job,
): Checked<Job> {
  const report = naming(read, kind, central)
  return { job: fill({ ...read, report }), path: read.path, report }
}

/** Findings name the job, and the central job that it collides with. */
function naming({ raw, report }: ReadJob<RawJob>, kind: string, central: readonly BranchJob[]): Report {
  return {
    error: (path, finding) => {
      const name = raw.name.length > 100 ? `${raw.name.slice(0, 100)}…` : raw.name
      const message = `invalid ${kind} job ${name}: ${finding.message}`
      const other = collisionCodes.has(finding.code) ? central.find((job) => collides(job, raw)) : undefined
      const at = other?.source && ` (${other.source.file.split('/').at(-1)}:${other.source.line})`
      const hint = other
        ? `the central configuration has the job ${other.name} too${at ?? ''}; ${finding.hint ?? 'rename yours'}`
        : finding.hint
      report.error(path, { ...finding, message, ...(hint !== undefined && { hint }) })
    },
    warn: (path, finding, subject) => report.warn(path, finding, subject),
  }
}

const collisionCodes: ReadonlySet<string> = new Set(['CONFIG_JOB_DUPLICATE', 'CONFIG_JOB_SAME_CONTEXT'])
const collides = (central: BranchJob, own: RawJob & { readonly context?: string }): boolean =>
  central.name === own.name || central.context === (own.context || own.name)

/** The central jobs were checked when the configuration was loaded; here they only stand beside others. */
const quiet = <Job extends JobBase>(jobs: readonly Job[]): readonly Checked<Job>[] =>
  jobs.map((job) => ({ job, path: [], report: silent }))
