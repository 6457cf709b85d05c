// On which branches a job runs, and whether two jobs could run on one branch.
import { compileRe2 } from './re2.ts'

/** The branch lists of a job. A list is one pattern, joined with bars: a flag in one entry holds for all later ones. */
export interface Branches {
  readonly branches?: readonly string[]
  readonly skip_branches?: readonly string[]
}

const given = (list: readonly string[] | undefined): list is readonly string[] => list !== undefined && list.length > 0

const matches = (list: readonly string[], branch: string): boolean => compileRe2(list.join('|')).test(branch)

/** Whether the lists allow the branch; `skip_branches` goes first. Throws Re2Error for a pattern nobody has checked. */
export function allowsBranch({ branches, skip_branches }: Branches, branch: string): boolean {
  if (given(skip_branches) && matches(skip_branches, branch)) return false
  return !given(branches) || matches(branches, branch)
}

/**
 * Whether two jobs are for a common branch, as far as that can be told: patterns are compared as texts, or taken as
 * branch names that the other job's lists may allow.
 */
export function branchesIntersect(a: Branches, b: Branches): boolean {
  if (isForAll(a) || isForAll(b)) return true
  if (given(a.branches) && given(b.branches)) {
    const [mine, others] = [a.branches, b.branches]
    return mine.some((branch) => others.includes(branch))
  }
  if (given(a.branches)) return a.branches.some((branch) => allowsBranch(b, branch))
  if (given(b.branches)) return b.branches.some((branch) => allowsBranch(a, branch))
  return true
}

const isForAll = (job: Branches): boolean => !given(job.branches) && !given(job.skip_branches)
