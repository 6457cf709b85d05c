// What is wrong with the jobs of one repository, or with all periodics: one by one and with each other.
import { branchesIntersect } from '../branches.ts'
import { isSchedule, parseCron } from '../cron.ts'
import { configErrors, type Finding } from '../errors.ts'
import { checkPattern } from '../fields.ts'
import { compileRe2 } from '../re2.ts'
import type { Report } from '../report.ts'
import type { BranchJob, JobBase, Periodic, Postsubmit, Presubmit } from '../types.ts'
import type { Path } from '../yaml.ts'
import { type JobRules, jobFindings, knownAgents } from './check-job.ts'
import { defaultRerunCommand, defaultTrigger } from './defaults.ts'

/** A finished job, and where its findings go. */
export interface Checked<J extends JobBase> {
  readonly job: J
  readonly path: Path
  readonly report: Report
}

/** Checks the presubmits of one repository. */
export function checkPresubmits(jobs: readonly Checked<Presubmit>[], rules: JobRules): void {
  checkBranchJobs(jobs, 'presubmit')
  for (const each of jobs) {
    checkBase(each, 'presubmit', rules)
    checkTrigger(each)
    if (each.job.always_run) checkAlwaysRun(each)
  }
}

/** Checks the postsubmits of one repository. */
export function checkPostsubmits(jobs: readonly Checked<Postsubmit>[], rules: JobRules): void {
  checkBranchJobs(jobs, 'postsubmit')
  for (const each of jobs) {
    checkBase(each, 'postsubmit', rules)
    if (each.job.always_run) checkAlwaysRun(each)
  }
}

/** Checks all periodics. */
export function checkPeriodics(jobs: readonly Checked<Periodic>[], rules: JobRules): void {
  const names = new Set<string>()
  for (const each of jobs) {
    const { job } = each
    if (names.has(job.name)) {
      error(each, ['name'], configErrors.JOB_DUPLICATE({ kind: 'periodic', name: job.name }))
    }
    names.add(job.name)
    checkBase(each, 'periodic', rules)
    const set = (['interval', 'minimum_interval', 'cron'] as const).filter((field) => job[field] !== undefined)
    if (set.length !== 1) error(each, [], configErrors.JOB_SCHEDULE({ set }))
    else if (job.cron !== undefined) {
      const parsed = parseCron(job.cron)
      if (!isSchedule(parsed)) error(each, ['cron'], configErrors.JOB_CRON({ cron: job.cron, why: parsed.error }))
    }
  }
}

const error = ({ path, report }: Checked<JobBase>, at: Path, finding: Finding) =>
  report.error([...path, ...at], finding)

function checkBase(each: Checked<JobBase>, type: 'presubmit' | 'postsubmit' | 'periodic', rules: JobRules): void {
  const { job } = each
  for (const { at, finding } of jobFindings({ ...job, type }, rules)) error(each, at, finding)
  if (!knownAgents.includes(job.agent)) {
    each.report.warn([...each.path, 'agent'], configErrors.JOB_AGENT_UNKNOWN({ agent: job.agent }))
  }
}

function checkBranchJobs(jobs: readonly Checked<BranchJob>[], kind: string): void {
  const compiled = jobs.filter(checkPatterns)
  checkPairs(compiled, kind)
  for (const each of jobs) {
    const { run_if_changed, skip_if_only_changed, skip_report, labels = {} } = each.job
    if (run_if_changed && skip_if_only_changed) {
      error(each, [], configErrors.EXCLUSIVE({ fields: ['run_if_changed', 'skip_if_only_changed'] }))
    }
    if (skip_report && labels['prow.k8s.io/gerrit-report-label']) {
      error(each, ['skip_report'], configErrors.JOB_SKIPPED_VOTE({}))
    }
  }
}

/** Reports patterns that do not compile; branch lists also as the one pattern they are used as. */
function checkPatterns({ job, path, report }: Checked<BranchJob>): boolean {
  const lists = (['branches', 'skip_branches'] as const).map((field) => {
    const list = job[field] ?? []
    const each = list.map((source, index) => checkPattern(source, [...path, field, index], report))
    return !each.includes(false) && (list.length === 0 || checkPattern(list.join('|'), [...path, field], report))
  })
  const fields = (['run_if_changed', 'skip_if_only_changed'] as const).map(
    (field) => !job[field] || checkPattern(job[field], [...path, field], report),
  )
  return ![...lists, ...fields].includes(false)
}

/** Only jobs with one name or one context are compared, so that a thousand jobs are no million pairs. */
function checkPairs(jobs: readonly Checked<BranchJob>[], kind: string): void {
  for (const [name, same] of groups(jobs, ({ job }) => job.name)) {
    const second = same.find(({ job }, index) =>
      same.slice(0, index).some((other) => branchesIntersect(job, other.job)),
    )
    if (second) error(second, ['name'], configErrors.JOB_DUPLICATE({ kind, name }))
  }
  for (const [context, same] of groups(jobs, ({ job }) => job.context)) {
    for (const each of same) {
      for (const other of same) {
        if (each.job.name === other.job.name || !branchesIntersect(each.job, other.job)) continue
        const names = { name: each.job.name, other: other.job.name }
        error(each, ['context'], configErrors.JOB_SAME_CONTEXT({ ...names, context }))
      }
    }
  }
}

function groups<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  return [...Map.groupBy(items, key)].filter(([, same]) => same.length > 1)
}

function checkAlwaysRun(each: Checked<BranchJob>): void {
  for (const field of ['run_if_changed', 'skip_if_only_changed'] as const) {
    if (each.job[field]) error(each, [field], configErrors.EXCLUSIVE({ fields: ['always_run', field] }))
  }
}

function checkTrigger(each: Checked<Presubmit>): void {
  const { name, trigger, rerun_command } = each.job
  // Most jobs have the defaults, which fit; compiling their patterns waits until a comment needs them.
  if (trigger === defaultTrigger(name) && rerun_command === defaultRerunCommand(name)) return
  if (trigger === '' || rerun_command === '') {
    const missing = trigger === '' ? 'trigger' : 'rerun_command'
    error(each, [], configErrors.JOB_TRIGGER({ missing }))
  } else if (
    checkPattern(trigger, [...each.path, 'trigger'], each.report) &&
    !compileRe2(trigger).test(rerun_command)
  ) {
    error(each, ['rerun_command'], configErrors.JOB_RERUN_COMMAND({ command: rerun_command, trigger }))
  }
}
