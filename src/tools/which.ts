// Which jobs a change would start, and why: asked of the very functions that decide it.
import { allowsBranch } from '../config/branches.ts'
import type { Config, Postsubmit, Presubmit, SourcePlace } from '../config/types.ts'
import type { Verdict } from '../jobs/changes.ts'
import { type Change, postsubmitVerdict, presubmitVerdict } from '../jobs/decide.ts'
import { type Asked, filterOfComment, type ReportedContexts, testAllFilter } from '../jobs/filters.ts'

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
  /** Whether it is for the branch at all. */
  readonly forBranch: boolean
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
    const byBranch = await presubmitVerdict(job, change, anyway)
    const decide = () => presubmitVerdict(job, change, filter(job))
    answers.push(await answer('presubmit', job, byBranch.runs, byBranch.runs ? decide : async () => byBranch))
  }
  if (comment !== undefined) return answers
  for (const job of postsubmits[repo] ?? []) {
    const forBranch = allowsBranch(job, branch)
    answers.push(await answer('postsubmit', job, forBranch, () => postsubmitVerdict(job, change)))
  }
  return answers
}

// Only its branches keep a job from running then: the reason that no comment changes is told before all others.
const anyway: Asked = { asked: true, forced: true, otherwise: true, because: '' }

async function answer(
  type: Answer['type'],
  job: Presubmit | Postsubmit,
  forBranch: boolean,
  decide: () => Promise<Verdict>,
): Promise<Answer> {
  const about = { type, name: job.name, forBranch, place: job.source }
  try {
    const { runs, because } = await decide()
    const isLater = forBranch && !runs && 'run_before_merge' in job && job.run_before_merge
    return { ...about, runs, because: isLater ? `${because}; Tide starts it before a merge` : because }
  } catch (error) {
    if (!(error instanceof FilesUnknown)) throw error
    const field = job.run_if_changed ? 'run_if_changed' : 'skip_if_only_changed'
    return { ...about, runs: undefined, because: `${field} ${job[field]} decides; name the changed files` }
  }
}
