// What can be overridden on a commit, and what of that was named.
import type { CheckRun, CommitStatus } from '../../api/code-host.ts'
import { allowsBranch } from '../../config/branches.ts'
import type { Presubmit } from '../../config/types.ts'

/** What is known of a commit. */
export interface Known {
  /** The newest of each context. */
  readonly statuses: readonly CommitStatus[]
  readonly checkRuns: readonly CheckRun[]
  /** Central ones first. */
  readonly presubmits: readonly Presubmit[]
  /** The base. */
  readonly branch: string
  /** The task runs again: some of it may be done. */
  readonly again: boolean
}

/** A context to make green. */
interface Target {
  readonly context: string
  readonly target_url: string
  /** The job that reports it. */
  readonly job: Presubmit | undefined
}

export interface Targets {
  readonly statuses: readonly Target[]
  /** Names of check runs to make green. */
  readonly checkRuns: readonly string[]
  /** Names that cannot be overridden, sorted. */
  readonly unknown: readonly string[]
  /** Names that can, sorted. */
  readonly valid: readonly string[]
}

/** Whether a status was set by an override; the word is looked for in statuses of older versions of Prow, too. */
export const isOverridden = ({ description }: Pick<CommitStatus, 'description'>): boolean =>
  description.includes('Overridden by')

/** The job of a context: the first on that branch, else the first at all, for a pull request that was moved to another branch. */
export const jobOf = (context: string, { presubmits, branch }: Pick<Known, 'presubmits' | 'branch'>) => {
  const jobs = presubmits.filter((job) => job.context === context)
  return jobs.find((job) => allowsBranch(job, branch)) ?? jobs[0]
}

/** Neither did it succeed nor does it run. */
const hasFailed = ({ completed_at, conclusion }: CheckRun): boolean =>
  Boolean(completed_at) && conclusion !== 'success' && conclusion !== 'neutral'

/** Check runs by name, where none of that name has succeeded or runs. */
const failedRuns = ({ checkRuns, again }: Pick<Known, 'checkRuns' | 'again'>): string[] => {
  const names = [...new Set(checkRuns.map(({ name }) => name))]
  return names.filter((name) => again || checkRuns.filter((run) => run.name === name).every(hasFailed))
}

/** @param required Contexts that the protection of the branch asks for; also a green one can be named. */
export function targetsFor(names: ReadonlySet<string>, known: Known, required: readonly string[]): Targets {
  // One that was overridden before may be again: for another base, or to stay.
  const open = known.statuses.filter((status) => status.state !== 'success' || isOverridden(status))
  const runs = failedRuns(known)
  const namesOf = (context: string) => [context, jobOf(context, known)?.name ?? context]
  const reported = new Set([...open.flatMap(({ context }) => namesOf(context)), ...runs])
  const more = required.filter((context) => !reported.has(context))
  const valid = new Set([...reported, ...more])
  const contexts = [...open.map(({ context }) => context), ...new Set(more)]
  return {
    statuses: contexts
      .filter((context) => namesOf(context).some((name) => names.has(name)))
      .map((context) => {
        const status = known.statuses.find((one) => one.context === context)
        return { context, target_url: status?.target_url ?? '', job: jobOf(context, known) }
      }),
    checkRuns: runs.filter((name) => names.has(name)),
    unknown: [...names].filter((name) => !valid.has(name)).sort(),
    valid: [...valid].sort(),
  }
}
