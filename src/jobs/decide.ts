// Which jobs run for a change, and why: by branch, by files, by command.
import { allowsBranch } from '../config/branches.ts'
import type { BranchJob, Postsubmit, Presubmit } from '../config/types.ts'
import { type Changes, changesVerdict, fetchedOnce, looksAtChanges, type Verdict } from './changes.ts'
import type { Asked, Filter } from './filters.ts'

/** A change to a branch. */
export interface Change {
  readonly branch: string
  readonly changes: Changes
}

const no = (because: string): Verdict => ({ runs: false, because })
const yes = (because: string): Verdict => ({ runs: true, because })

/** Why the job is not for the branch, or undefined when it is. */
function notOnBranch(job: BranchJob, branch: string): Verdict | undefined {
  if (allowsBranch(job, branch)) return undefined
  const { skip_branches } = job
  const isSkipped = skip_branches !== undefined && !allowsBranch({ skip_branches }, branch)
  if (isSkipped) return no(`skip_branches (${skip_branches.join(', ')}) matches the branch ${branch}`)
  return no(`branches (${job.branches?.join(', ')}) does not match the branch ${branch}`)
}

/**
 * Whether a presubmit runs that was asked for in this way: on its branches only, and there if it is forced, always runs,
 * its files changed, or else by the default of the asking. Throws what fetching the files throws.
 */
export async function presubmitVerdict(job: Presubmit, { branch, changes }: Change, asked: Asked): Promise<Verdict> {
  if (!asked.asked) return no(asked.because)
  const elsewhere = notOnBranch(job, branch)
  if (elsewhere) return elsewhere
  if (asked.forced || asked.otherwise) return yes(asked.because)
  if (job.always_run) return yes('always_run is true')
  const byFiles = looksAtChanges(job) ? changesVerdict(job, await changes()) : undefined
  return byFiles ?? no('always_run is false, and it looks at no files')
}

/** Whether a postsubmit runs for a push: on its branches, if its files changed, or if it looks at none and is not off. */
export async function postsubmitVerdict(job: Postsubmit, { branch, changes }: Change): Promise<Verdict> {
  const elsewhere = notOnBranch(job, branch)
  if (elsewhere) return elsewhere
  const byFiles = looksAtChanges(job) ? changesVerdict(job, await changes()) : undefined
  if (byFiles) return byFiles
  return job.always_run === false ? no('always_run is false, and it looks at no files') : yes('it runs for every push')
}

/** The presubmits that the filter selects and that run for the change, in order. Files are fetched at most once. */
export async function presubmitsFor(
  jobs: readonly Presubmit[],
  change: Change,
  filter: Filter,
): Promise<readonly Presubmit[]> {
  const once = { ...change, changes: fetchedOnce(change.changes) }
  const running: Presubmit[] = []
  for (const job of jobs) if ((await presubmitVerdict(job, once, filter(job))).runs) running.push(job)
  return running
}

/** The postsubmits that run for a push, in order. Files are fetched at most once. */
export async function postsubmitsFor(jobs: readonly Postsubmit[], change: Change): Promise<readonly Postsubmit[]> {
  const once = { ...change, changes: fetchedOnce(change.changes) }
  const running: Postsubmit[] = []
  for (const job of jobs) if ((await postsubmitVerdict(job, once)).runs) running.push(job)
  return running
}
