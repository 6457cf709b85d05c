// A pull request as people see it, for tests and for the pages.
import { labelNames } from './actions/labels.ts'
import { type MergeableState, mergeableState, withTrial } from './actions/mergeability.ts'
import { repoNamed } from './actions/pulls.ts'
import { type Core, fullName, gitDir, issueNow, pullNow, repoNow } from './core.ts'
import { Refusal } from './errors.ts'
import { readBlob, readPath } from './git/read.ts'
import { resolveCommit } from './git/refs.ts'
import { newestStatuses } from './shapes/commits.ts'
import { issuePage } from './shapes/issues.ts'
import type { Comment, PullRequest, Reaction, Repo, Review, Status } from './state/records.ts'
import { issueKey } from './state/state.ts'

/** A pull request as people see it. */
export interface PullView {
  readonly repo: string
  readonly number: number
  readonly url: string
  readonly title: string
  readonly body: string
  readonly author: string
  readonly state: 'open' | 'closed'
  readonly draft: boolean
  readonly merged: boolean
  readonly mergeable: MergeableState
  readonly base: { readonly ref: string; readonly sha: string }
  /** `repo` is null when the fork is gone. */
  readonly head: { readonly repo: string | null; readonly ref: string; readonly sha: string }
  readonly labels: readonly string[]
  readonly assignees: readonly string[]
  readonly reviewers: readonly string[]
  readonly comments: readonly Comment[]
  readonly reviews: readonly Review[]
  /** The newest status of each context on the head commit. */
  readonly statuses: Readonly<Record<string, Status>>
  /** Everything that happened, oldest first, as `labeled do-not-merge/hold` or `renamed old → new`. */
  readonly timeline: readonly string[]
}

/** What can be read of the world, from inside the process. */
export const views = (core: Core) => ({
  /** What is known of a pull request now. Refuses 404 an unknown one. */
  pullRequest(name: string, number: number): PullView {
    const repo = repoNamed(core, name)
    return pullView(core, repo, pullNow(core.state, repo.id, number))
  },

  /** The pull request with `mergeable` brought up to date with its branches. */
  async freshPullRequest(name: string, number: number): Promise<PullView> {
    const repo = repoNamed(core, name)
    return pullView(
      core,
      repoNow(core.state, repo.id),
      await withTrial(core, repo, pullNow(core.state, repo.id, number)),
    )
  },

  /** Reactions to a comment, or to an issue or pull request itself. */
  reactions(name: string, number: number, comment?: number): readonly Reaction[] {
    const { id } = issueNow(core.state, repoNamed(core, name).id, number)
    return core.state.reactions.of(comment === undefined ? `issue:${id}` : `comment:${comment}`)
  },

  /** Number of the milestone of that title. Refuses 404 an unknown one. */
  milestoneNumber(name: string, title: string): number {
    const all = core.state.milestones.of(repoNamed(core, name).id)
    const found = all.find((milestone) => milestone.title === title)
    if (!found) throw new Refusal(404, `${name} has no milestone ${title}`)
    return found.number
  },

  /** An issue or pull request with the names of its labels, the title of its milestone, and its comments. */
  issue(name: string, number: number) {
    const repo = repoNamed(core, name)
    const issue = core.state.issues.get(issueKey(repo.id, number))
    if (!issue) throw new Refusal(404, `${name} has no issue ${number}`)
    return {
      ...issue,
      labels: labelNames(core, repo.id, number),
      milestone: issue.milestone === null ? undefined : core.state.milestones.get(issue.milestone)?.title,
      comments: core.state.comments.of(issueKey(repo.id, number)),
    }
  },

  /** SHA of a branch, tag or commit, or undefined. */
  revision: (name: string, revision: string): Promise<string | undefined> =>
    resolveCommit(gitDir(core, repoNamed(core, name)), revision),

  /** Text of a file at a revision (default: the default branch), or undefined. */
  async file(name: string, path: string, revision?: string): Promise<string | undefined> {
    const repo = repoNamed(core, name)
    const dir = gitDir(core, repo)
    const commit = await resolveCommit(dir, revision ?? repo.default_branch)
    const found = commit && (await readPath(dir, commit, path))
    return found && !found.entries ? (await readBlob(dir, found.entry.sha))?.toString('utf8') : undefined
  },
})

function pullView(core: Core, repo: Repo, pr: PullRequest): PullView {
  const { state } = core
  const { pull } = pr
  const key = issueKey(repo.id, pr.number)
  const headRepo = pull.head.repo === null ? undefined : state.repos.get(pull.head.repo)
  return {
    repo: fullName(repo),
    number: pr.number,
    url: issuePage(core, repo, pr),
    title: pr.title,
    body: pr.body ?? '',
    author: pr.user,
    state: pr.state,
    draft: pull.draft,
    merged: pull.merged_at !== null,
    mergeable: mergeableState(state, repo, pr),
    base: pull.base,
    head: { repo: headRepo ? fullName(headRepo) : null, ref: pull.head.ref, sha: pull.head.sha },
    labels: labelNames(core, repo.id, pr.number),
    assignees: pr.assignees,
    reviewers: pull.requested_reviewers,
    comments: state.comments.of(key),
    reviews: state.reviews.of(key),
    statuses: Object.fromEntries(newestStatuses(core, repo, pull.head.sha).map((status) => [status.context, status])),
    timeline: state.events
      .of(key)
      .map((event) =>
        [
          event.event,
          event.label?.name ?? event.assignee ?? event.requested_reviewer ?? event.milestone ?? '',
          event.rename ? `${event.rename.from} → ${event.rename.to}` : '',
        ]
          .filter(Boolean)
          .join(' '),
      ),
  }
}
