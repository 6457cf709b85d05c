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

/** Whether a job runs, and in one line why, for people. */
export interface Verdict {
  readonly runs: boolean
  readonly because: string
}

/** What the files say about the job; undefined when it says nothing about files. Without files it does not run. */
export function changesVerdict(job: ChangeMatcher, files: readonly string[]): Verdict | undefined {
  if (job.run_if_changed) {
    const pattern = compileRe2(job.run_if_changed)
    const match = files.find((file) => pattern.test(file))
    return match === undefined
      ? { runs: false, because: `no changed file matches run_if_changed ${job.run_if_changed}` }
      : { runs: true, because: `${match} matches run_if_changed` }
  }
  if (job.skip_if_only_changed) {
    const pattern = compileRe2(job.skip_if_only_changed)
    const other = files.find((file) => !pattern.test(file))
    return other === undefined
      ? { runs: false, because: `all changed files match skip_if_only_changed ${job.skip_if_only_changed}` }
      : { runs: true, because: `${other} does not match skip_if_only_changed` }
  }
  return undefined
}
