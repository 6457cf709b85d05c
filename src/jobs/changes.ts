// Which files a change touches, and whether a job cares.
import { compileRe2 } from '../config/re2.ts'
import type { BranchJob } from '../config/types.ts'

/** Paths that a change touches, asked for only when a decision hangs on them. */
export type Changes = () => Promise<readonly string[]>

type ChangeMatcher = Pick<BranchJob, 'run_if_changed' | 'skip_if_only_changed'>

/** The same changes, fetched at most once; a failed fetch fails every question. */
export function fetchedOnce(changes: Changes): Changes {
  let fetched: Promise<readonly string[]> | undefined
  return () => {
    fetched ??= changes()
    return fetched
  }
}

/** Whether the job says anything about files. */
export const looksAtChanges = (job: ChangeMatcher): boolean =>
  Boolean(job.run_if_changed) || Boolean(job.skip_if_only_changed)

/** Whether the files call for the job; undefined when it says nothing about files. Without files it is not called for. */
export function changesCallFor(job: ChangeMatcher, files: readonly string[]): boolean | undefined {
  if (job.run_if_changed) {
    const pattern = compileRe2(job.run_if_changed)
    return files.some((file) => pattern.test(file))
  }
  if (job.skip_if_only_changed) {
    const pattern = compileRe2(job.skip_if_only_changed)
    return files.some((file) => !pattern.test(file))
  }
  return undefined
}
