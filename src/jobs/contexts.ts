// Which status contexts of a branch a merge has to wait for.
import { allowsBranch } from '../config/branches.ts'
import type { Presubmit } from '../config/types.ts'
import { needsExplicitTrigger, triggersConditionally } from './filters.ts'

/** Whether a merge waits for the job's context at all. */
export const contextRequired = (job: Presubmit): boolean => !job.optional && !job.skip_report

/** Contexts of the jobs of a branch; sorted, each once. */
export interface BranchContexts {
  readonly required: readonly string[]
  /** Required once it is there. */
  readonly requiredIfPresent: readonly string[]
  readonly optional: readonly string[]
}

/** Sorts the contexts of the jobs that run on a branch. With `manual` jobs that are only started by name count too. */
export function branchContexts(jobs: readonly Presubmit[], branch: string, manual = false): BranchContexts {
  const required = new Set<string>()
  const requiredIfPresent = new Set<string>()
  const optional = new Set<string>()
  for (const job of jobs) {
    if (!allowsBranch(job, branch)) continue
    if (!contextRequired(job)) optional.add(job.context)
    else if (manual && needsExplicitTrigger(job)) required.add(job.context)
    else if (triggersConditionally(job)) requiredIfPresent.add(job.context)
    else required.add(job.context)
  }
  return {
    required: [...required].sort(),
    requiredIfPresent: [...requiredIfPresent].sort(),
    optional: [...optional].sort(),
  }
}
