// The jobs that trigger considers: the central ones, then those that the repository brings itself.
import type { RepoRef } from '../../api/code-host.ts'
import { type InRepoJobs, noInRepoJobs } from '../../config/in-repo/evaluate.ts'
import { patternsOf } from '../../config/in-repo/patterns.ts'
import { inRepoEnabled } from '../../config/in-repo/policy.ts'
import type { BranchJob, Postsubmit, Presubmit } from '../../config/types.ts'
import { GitError } from '../../git/git.ts'
import type { ContextOf } from '../../hook/plugin.ts'
import type { InRepoAsk } from '../../inrepo/in-repo.ts'

type Task = Pick<ContextOf<'push'>, 'config' | 'delivery' | 'inRepo' | 'log' | 'signal'>
type Commits = Pick<InRepoAsk, 'baseSha' | 'heads'>

/** Central jobs, own jobs of the repository, and what is wrong with the latter. */
export interface Considered<Job> {
  readonly central: readonly Job[]
  readonly own: readonly Job[]
  readonly found: Pick<InRepoJobs, 'problems' | 'warnings'>
}

/** Whether a repository may bring jobs itself, so that asking for them takes requests. */
export const bringsJobs = ({ org, repo }: RepoRef, { config, inRepo }: Pick<Task, 'config' | 'inRepo'>): boolean =>
  inRepo !== undefined && inRepoEnabled(config, `${org}/${repo}`)

/** Presubmits for a merge of these commits. Throws what asking for the commits throws. */
export async function presubmitsAt(at: RepoRef, commits: Commits, task: Task): Promise<Considered<Presubmit>> {
  const found = await inRepoAt(at, commits, task)
  return { central: task.config.presubmits[`${at.org}/${at.repo}`] ?? [], own: found.presubmits, found }
}

/** Postsubmits for a commit. */
export async function postsubmitsAt(at: RepoRef, commit: string, task: Task): Promise<Considered<Postsubmit>> {
  const found = await inRepoAt(at, { baseSha: async () => commit, heads: async () => [] }, task)
  return { central: task.config.postsubmits[`${at.org}/${at.repo}`] ?? [], own: found.postsubmits, found }
}

// A git server that is away for a moment should not cost anybody their jobs; one that is away should not hold up the central ones.
const attemptsForOwn = 3

/** What cannot be had leaves the central jobs, so that one that checks `.prow.yaml` can still run. */
async function inRepoAt(
  { org, repo }: RepoRef,
  commits: Commits,
  { config, delivery, inRepo, log, signal }: Task,
): Promise<InRepoJobs> {
  if (inRepo === undefined) return noInRepoJobs
  try {
    const found = await inRepo.jobs({ org, repo, ...commits, config, signal })
    const [first] = found.problems
    if (first)
      log.info({ problems: found.problems.length, first }, "the repository's own jobs have mistakes and are left out")
    return found
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    if (error.kind === 'unavailable' && delivery.attempt < attemptsForOwn) throw error
    log.warn({ err: error }, "the repository's own jobs cannot be had and are left out")
    return noInRepoJobs
  }
}

/** All of these jobs, in the order in which they count. */
export const allOf = <Job>({ central, own }: Considered<Job>): readonly Job[] => [...central, ...own]

/** The same; without the repository's own jobs when their patterns take too long on these texts. */
export async function affordable<Job extends BranchJob>(
  considered: Considered<Job>,
  what: 'comments' | 'paths',
  texts: () => Promise<readonly string[]>,
  { inRepo, log }: Pick<Task, 'inRepo' | 'log'>,
): Promise<Considered<Job>> {
  const patterns = considered.own.flatMap((job) => patternsOf(job)[what])
  if (patterns.length === 0 || (await inRepo?.canMatch({ patterns, texts: await texts() }))) return considered
  log.warn({ what }, "patterns of the repository's own jobs take too long, so these jobs are left out")
  return { ...considered, own: [] }
}
