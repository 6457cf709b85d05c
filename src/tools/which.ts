// Which jobs a change would start, and why: asked of the very functions that decide it.
import type { Config, Postsubmit, Presubmit, SourcePlace } from '../config/types.ts'
import type { Verdict } from '../jobs/changes.ts'
import { type Change, postsubmitVerdict, presubmitVerdict } from '../jobs/decide.ts'
import { filterOfComment, type ReportedContexts, testAllFilter } from '../jobs/filters.ts'

/** A change that somebody thinks of. */
export interface Imagined {
  readonly repo: string
  readonly branch: string
  /** Undefined when nobody said which files change. */
  readonly files?: readonly string[]
  /** A comment on the pull request; without it, the pull request is opened or pushed to, and then merged. */
  readonly comment?: string
  /** What the head commit has reported, for `/retest`. */
  readonly contexts: ReportedContexts
}

/** What would happen to one job. `runs` is undefined when that depends on files that nobody has named. */
export interface Answer {
  readonly type: 'presubmit' | 'postsubmit'
  readonly name: string
  readonly runs: boolean | undefined
  readonly because: string
  readonly place: SourcePlace | undefined
}

class FilesUnknown extends Error {}

/** All presubmits of the repository, and without a comment all postsubmits, in the order of the configuration. */
export async function whichJobs(
  { presubmits, postsubmits }: Config,
  { repo, branch, files, comment, contexts }: Imagined,
): Promise<readonly Answer[]> {
  const change: Change = {
    branch,
    changes: async () => {
      if (files === undefined) throw new FilesUnknown()
      return files
    },
  }
  const filter =
    comment === undefined
      ? testAllFilter
      : await filterOfComment(comment, { honourOkToTest: true, contexts: async () => contexts })
  const answers: Answer[] = []
  for (const job of presubmits[repo] ?? []) {
    answers.push(await answer('presubmit', job, () => presubmitVerdict(job, change, filter(job))))
  }
  if (comment !== undefined) return answers
  for (const job of postsubmits[repo] ?? []) {
    answers.push(await answer('postsubmit', job, () => postsubmitVerdict(job, change)))
  }
  return answers
}

async function answer(
  type: Answer['type'],
  job: Presubmit | Postsubmit,
  decide: () => Promise<Verdict>,
): Promise<Answer> {
  const about = { type, name: job.name, place: job.source }
  try {
    return { ...about, ...(await decide()) }
  } catch (error) {
    if (!(error instanceof FilesUnknown)) throw error
    const field = job.run_if_changed ? 'run_if_changed' : 'skip_if_only_changed'
    return { ...about, runs: undefined, because: `${field} ${job[field]} decides; name the changed files` }
  }
}
