// Which jobs run for a change: by branch, by files, by command.
import { allowsBranch } from '../config/branches.ts'
import type { Postsubmit, Presubmit } from '../config/types.ts'
import { type Changes, changesCallFor, fetchedOnce, looksAtChanges } from './changes.ts'
import type { Filter, Selection } from './filters.ts'

/** A change to a branch. */
export interface Change {
  readonly branch: string
  readonly changes: Changes
}

/**
 * Whether a presubmit that a filter has selected runs: on its branches only, and there if it always runs, is forced,
 * its files changed, or else by the selection's default. Throws what fetching the files throws.
 */
export async function presubmitRuns(
  job: Presubmit,
  { branch, changes }: Change,
  selection: Selection,
): Promise<boolean> {
  if (!allowsBranch(job, branch)) return false
  if (job.always_run || selection.forced) return true
  if (selection.otherwise) return true
  return looksAtChanges(job) && changesCallFor(job, await changes()) === true
}

/** Whether a postsubmit runs for a push: on its branches, if its files changed, or if it looks at none and is not off. */
export async function postsubmitRuns(job: Postsubmit, { branch, changes }: Change): Promise<boolean> {
  if (!allowsBranch(job, branch)) return false
  if (looksAtChanges(job)) return changesCallFor(job, await changes()) === true
  return job.always_run ?? true
}

/** The presubmits that the filter selects and that run for the change, in order. Files are fetched at most once. */
export async function presubmitsFor(
  jobs: readonly Presubmit[],
  change: Change,
  filter: Filter,
): Promise<readonly Presubmit[]> {
  const once = { ...change, changes: fetchedOnce(change.changes) }
  const running: Presubmit[] = []
  for (const job of jobs) {
    const selection = filter(job)
    if (selection !== undefined && (await presubmitRuns(job, once, selection))) running.push(job)
  }
  return running
}

/** The postsubmits that run for a push, in order. Files are fetched at most once. */
export async function postsubmitsFor(jobs: readonly Postsubmit[], change: Change): Promise<readonly Postsubmit[]> {
  const once = { ...change, changes: fetchedOnce(change.changes) }
  const running: Postsubmit[] = []
  for (const job of jobs) if (await postsubmitRuns(job, once)) running.push(job)
  return running
}
