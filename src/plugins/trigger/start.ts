// Starts the jobs that were chosen, for a pull request as it is.
import type { PullRequest } from '../../api/code-host.ts'
import type { Presubmit } from '../../config/types.ts'
import type { ContextOf } from '../../hook/plugin.ts'
import { newPresubmit, pullRequestEventLabels } from '../../jobs/build.ts'
import { type Change, presubmitsFor } from '../../jobs/decide.ts'
import { testAllFilter } from '../../jobs/filters.ts'
import { refsOfPullRequest } from '../../jobs/refs.ts'
import { affordable, allOf, type Considered, presubmitsAt } from './in-repo.ts'

/** What the handlers of this plugin share. */
export type About = Omit<ContextOf<'pull_request'>, 'event'>

/** The presubmits that a pull request would have after its merge. */
export const presubmitsOf = (pull: () => Promise<PullRequest>, about: About): Promise<Considered<Presubmit>> =>
  presubmitsAt(
    about.pr,
    {
      baseSha: async () => about.host.branchSha(about.pr, (await pull()).base.ref),
      heads: async () => [(await pull()).head.sha],
    },
    about,
  )

/** Those of them whose patterns can be held against the files of the pull request. */
export async function presubmitsByFiles(
  considered: Considered<Presubmit>,
  about: About,
): Promise<readonly Presubmit[]> {
  const paths = async () => (await about.pr.changedFiles()).map(({ filename }) => filename)
  return allOf(await affordable(considered, 'paths', paths, about))
}

/** Branch and files of a pull request; files are fetched when somebody asks. */
export const changeOf = (pull: PullRequest, { pr }: Pick<About, 'pr'>): Change => ({
  branch: pull.base.ref,
  changes: async () => (await pr.changedFiles()).map(({ filename }) => filename),
})

/** Starts every automatic job. */
export async function startAll(pull: PullRequest, considered: Considered<Presubmit>, about: About): Promise<void> {
  const baseSha = await about.host.branchSha(about.pr, pull.base.ref)
  const jobs = await presubmitsFor(await presubmitsByFiles(considered, about), changeOf(pull, about), testAllFilter)
  await start(jobs, pull, baseSha, about)
}

/**
 * Starts these jobs. One that cannot be started does not stop the others; all failures are thrown together. A pull request
 * with conflicts gets none, because there is nothing to test.
 */
export async function start(
  jobs: readonly Presubmit[],
  pull: PullRequest,
  baseSha: string,
  { config, clock, delivery, log, jobs: runs }: Pick<About, 'config' | 'clock' | 'delivery' | 'log' | 'jobs'>,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (pull.mergeable === false) {
    log.info({ jobs: jobs.length }, 'no job is started for a pull request with conflicts')
    return
  }
  const refs = refsOfPullRequest(pull, baseSha)
  const failures: unknown[] = []
  for (const job of jobs) {
    const made = newPresubmit(job, refs, {
      config,
      now: clock.now(),
      // The delivery gives it its name when it is created.
      name: '',
      labels: { ...labels, ...pullRequestEventLabels(job, delivery.id) },
    })
    try {
      await runs.create(made)
    } catch (error) {
      log.error({ err: error, job: job.name }, 'cannot start a job')
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `cannot start ${failures.length} of ${jobs.length} jobs`)
}
