// mkpj: a ProwJob of a configured job, as it would be made for a pull request, a push or a tick of the clock.
import type { CodeHost, PullRequest } from '../api/code-host.ts'
import type { ProwJob, Pull, Refs } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { type Making, newPeriodic, newPostsubmit, newPresubmit } from '../jobs/build.ts'
import { type AnyJob, allJobs } from './all-jobs.ts'

/** What is known about the code; empty and 0 are unknown. */
export interface KnownRefs {
  readonly baseRef: string
  readonly baseSha: string
  readonly pullNumber: number
  readonly pullSha: string
  readonly pullAuthor: string
  readonly pullHeadRef: string
}

/** Who knows the rest. */
export interface Sources {
  /** Asked only for what is unknown. */
  readonly host: () => Pick<CodeHost, 'pullRequest' | 'branchSha'>
  /** Asks a person; an empty text when there is none. */
  readonly ask: (question: string) => Promise<string>
}

/** The first job of that name: presubmits, then postsubmits, then periodics. */
export const jobNamed = (config: Config, name: string): AnyJob | undefined =>
  allJobs(config).find(({ job }) => job.name === name)

/** A new ProwJob of the job. Throws what the sources throw, and for answers of people that are of no use. */
export async function makeProwJob(found: AnyJob, known: KnownRefs, sources: Sources, making: Making): Promise<ProwJob> {
  switch (found.type) {
    case 'presubmit':
      return newPresubmit(found.job, await refsOf(found.repo, known, sources, 'presubmit'), making)
    case 'postsubmit':
      return newPostsubmit(found.job, await refsOf(found.repo, known, sources, 'postsubmit'), making)
    case 'periodic':
      return newPeriodic(found.job, making)
  }
}

async function refsOf(
  key: string,
  known: KnownRefs,
  { host, ask }: Sources,
  type: 'presubmit' | 'postsubmit',
): Promise<Refs> {
  const at = orgAndRepo(key)
  const number = known.pullNumber || (type === 'presubmit' ? await askForNumber(ask) : 0)
  let fetched: Promise<PullRequest> | undefined
  const pr = () => {
    fetched ??= host().pullRequest({ ...at, number })
    return fetched
  }
  const pulls: Pull[] | undefined =
    type === 'presubmit'
      ? [
          {
            number,
            author: known.pullAuthor || (await pr()).user.login,
            sha: known.pullSha || (await pr()).head.sha,
            ...(known.pullHeadRef && { head_ref: known.pullHeadRef }),
          },
        ]
      : undefined
  const base_ref = known.baseRef || (number > 0 ? (await pr()).base.ref : await askForBranch(ask))
  const base_sha = known.baseSha || (number > 0 ? (await pr()).base.sha : await host().branchSha(at, base_ref))
  return { ...at, base_ref, base_sha, ...(pulls && { pulls }) }
}

/** Keys of Gerrit are an address and a project; the address is the org. */
function orgAndRepo(key: string): { org: string; repo: string } {
  const [, org = '', repo = ''] = /^(https?:\/\/[^/]+|[^/]+)\/(.*)$/.exec(key) ?? []
  return { org, repo }
}

async function askForNumber(ask: Sources['ask']): Promise<number> {
  const answer = (await ask('PR Number: ')).trim()
  if (!/^[1-9][0-9]*$/.test(answer))
    throw new Error(`"${answer}" is not the number of a pull request: give --pull-number`)
  return Number(answer)
}

async function askForBranch(ask: Sources['ask']): Promise<string> {
  const answer = (await ask('Base ref (e.g. master): ')).trim()
  if (answer === '') throw new Error('the branch is unknown: give --base-ref')
  return answer
}
