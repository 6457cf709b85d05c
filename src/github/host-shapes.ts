// From GitHub's REST JSON to the data of the domain.
import type {
  ChangedFile,
  CheckRun,
  Comment,
  Commit,
  CommitStatus,
  Issue,
  IssueEvent,
  Milestone,
  PullRequest,
  RepoRef,
  Repository,
  Review,
  ReviewComment,
  ReviewState,
  Signature,
  StatusState,
  User,
} from '../api/code-host.ts'
import type { Octokit } from './octokit.ts'

type Data<M extends (...args: never[]) => Promise<{ data: unknown }>> = Awaited<ReturnType<M>>['data']
type Rest = Octokit['rest']

type RestUser = { login: string; type: string; html_url: string } | null | undefined
/** GitHub shows a deleted account as no user at all; it calls that one "ghost". */
const userFrom = (from: RestUser): User => ({
  login: from?.login ?? 'ghost',
  type: from?.type ?? 'User',
  html_url: from?.html_url ?? '',
})

type RestMilestone = { number: number; title: string; state: string } | null | undefined
export const milestoneFrom = ({ number, title, state }: NonNullable<RestMilestone>): Milestone => ({
  number,
  title,
  state: openOrClosed(state),
})
const withMilestone = (from: RestMilestone) => (from ? { milestone: milestoneFrom(from) } : {})

const openOrClosed = (state: string) => (state === 'closed' ? 'closed' : 'open')

type FullPull = Data<Rest['pulls']['get']>
type ListedPull = Data<Rest['pulls']['list']>[number]

/** Of a list, too, where some fields are missing. */
export function pullFrom(pr: FullPull | ListedPull): PullRequest {
  const repo = repoFrom(pr.base.repo)
  // The description says that there always is one; a fork that was deleted is null.
  const headRepo = pr.head.repo as typeof pr.head.repo | null
  return {
    number: pr.number,
    title: pr.title,
    body: pr.body ?? '',
    state: openOrClosed(pr.state),
    draft: pr.draft ?? false,
    merged: pr.merged_at !== null,
    ...('mergeable' in pr && pr.mergeable !== null && { mergeable: pr.mergeable }),
    // Before the merge it is a test merge.
    ...(pr.merged_at !== null && pr.merge_commit_sha !== null && { merge_commit_sha: pr.merge_commit_sha }),
    user: userFrom(pr.user),
    html_url: pr.html_url,
    labels: pr.labels.map(({ name }) => name),
    assignees: (pr.assignees ?? []).map(userFrom),
    requested_reviewers: (pr.requested_reviewers ?? []).map(userFrom),
    requested_teams: (pr.requested_teams ?? []).map(({ slug }) => slug),
    ...withMilestone(pr.milestone),
    ...('commits' in pr && { commits: pr.commits }),
    base: { ref: pr.base.ref, sha: pr.base.sha, repo: { ...repo, html_url: pr.base.repo.html_url } },
    head: { ref: pr.head.ref, sha: pr.head.sha, ...(headRepo && { repo: repoFrom(headRepo) }) },
  }
}

const repoFrom = (from: { owner: { login: string }; name: string }): RepoRef => ({
  org: from.owner.login,
  repo: from.name,
})

type RestIssue = Data<Rest['issues']['get']> | Data<Rest['search']['issuesAndPullRequests']>['items'][number]

export const issueFrom = (from: RestIssue): Issue => ({
  number: from.number,
  node_id: from.node_id,
  title: from.title,
  body: from.body ?? '',
  state: openOrClosed(from.state),
  ...(from.state === 'closed' && from.state_reason && { state_reason: from.state_reason }),
  locked: from.locked,
  user: userFrom(from.user),
  html_url: from.html_url,
  labels: from.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
  assignees: (from.assignees ?? []).map(userFrom),
  ...withMilestone(from.milestone),
  isPullRequest: Boolean(from.pull_request),
  created_at: from.created_at,
  updated_at: from.updated_at,
})

/** The repository behind an address of the API: `…/repos/org/name`. */
export function repoAt(url: string): RepoRef {
  const [org = '', repo = ''] = url.split('/').slice(-2)
  return { org, repo }
}

export const eventFrom = (from: Data<Rest['issues']['listEvents']>[number]): IssueEvent => ({
  event: from.event,
  actor: from.actor?.login ?? '',
  created_at: from.created_at,
  ...('label' in from && from.label?.name && { label: from.label.name }),
})

export const commentFrom = (from: Data<Rest['issues']['createComment']>): Comment => ({
  id: Number(from.id),
  body: from.body ?? '',
  user: userFrom(from.user),
  html_url: from.html_url,
  created_at: from.created_at,
  updated_at: from.updated_at,
})

export const reviewFrom = (from: Data<Rest['pulls']['createReview']>): Review => ({
  id: Number(from.id),
  body: from.body,
  user: userFrom(from.user),
  // Capitals here, small letters in webhooks.
  state: from.state.toLowerCase() as ReviewState,
  html_url: from.html_url,
  commit_id: from.commit_id ?? '',
  submitted_at: from.submitted_at ?? '',
})

export const reviewCommentFrom = (from: Data<Rest['pulls']['listReviewComments']>[number]): ReviewComment => ({
  id: Number(from.id),
  body: from.body,
  user: userFrom(from.user),
  html_url: from.html_url,
  created_at: from.created_at,
  updated_at: from.updated_at,
  path: from.path,
  // Null, against the description, once the line has changed.
  ...(from.position != null && { position: from.position }),
  ...(from.line != null && { line: from.line }),
})

export const changedFileFrom = (from: Data<Rest['pulls']['listFiles']>[number]): ChangedFile => ({
  filename: from.filename,
  status: from.status,
  ...(from.previous_filename !== undefined && { previous_filename: from.previous_filename }),
  additions: from.additions,
  deletions: from.deletions,
  blob_url: from.blob_url,
  ...(from.patch !== undefined && { patch: from.patch }),
})

type RestCommit = Data<Rest['repos']['getCommit']>
type RestSignature = RestCommit['commit']['author']
type RestAccount = RestCommit['author']

const signature = (from: RestSignature, account: RestAccount): Signature => ({
  name: from?.name ?? '',
  email: from?.email ?? '',
  date: from?.date ?? '',
  ...(account && 'login' in account && { login: account.login }),
})

export const commitFrom = (from: RestCommit): Commit => ({
  sha: from.sha,
  html_url: from.html_url,
  message: from.commit.message,
  author: signature(from.commit.author, from.author),
  committer: signature(from.commit.committer, from.committer),
  parents: from.parents.map(({ sha }) => sha),
  tree: from.commit.tree.sha,
  verification: {
    verified: from.commit.verification?.verified ?? false,
    reason: from.commit.verification?.reason ?? '',
  },
})

type RestStatus = { context: string; state: string; description: string | null; target_url: string | null }
export const statusFrom = (from: RestStatus): CommitStatus => ({
  context: from.context,
  state: from.state as StatusState,
  description: from.description ?? '',
  target_url: from.target_url ?? '',
})

export const checkRunFrom = (from: Data<Rest['checks']['create']>): CheckRun => ({
  id: Number(from.id),
  name: from.name,
  head_sha: from.head_sha,
  status: from.status,
  ...(from.conclusion !== null && { conclusion: from.conclusion }),
  ...(from.completed_at !== null && { completed_at: from.completed_at }),
  html_url: from.html_url ?? '',
})

export const repositoryFrom = (from: Data<Rest['repos']['get']>): Repository => ({
  ...repoFrom(from),
  node_id: from.node_id,
  html_url: from.html_url,
  default_branch: from.default_branch,
  private: from.private,
  archived: from.archived,
  ...(from.parent && { parent: repoFrom(from.parent) }),
  allow_merge_commit: from.allow_merge_commit ?? true,
  allow_squash_merge: from.allow_squash_merge ?? true,
  allow_rebase_merge: from.allow_rebase_merge ?? true,
})
