// GraphQL: issues and pull requests with their commits, statuses, labels and reviews.
import { mergeableState, reviewDecision, withTrial } from '../actions/mergeability.ts'
import { accountOf, type Core, gitDir, isPull, repoNow } from '../core.ts'
import { type CommitInfo, log } from '../git/read.ts'
import { combinedState, newestStatuses } from '../shapes/commits.ts'
import { issuePage } from '../shapes/issues.ts'
import { nodeId } from '../shapes/shape.ts'
import type { CheckRun, Label, PullRequest, Repo, Review, Status } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import {
  accountSource,
  type CommitSource,
  type Context,
  commitSource,
  connect,
  type IssueSource,
  type PullSource,
  repoSource,
} from './context.ts'
import { type Args, type Fields, typeOf } from './cut.ts'

// Commits between two SHAs never change; Tide asks for those of every pull request in every round.
const commitMemo = new WeakMap<Core, Map<string, Promise<CommitInfo[]>>>()
const memoized = 2000

/** Commits of a pull request, oldest first. */
function commitsOf(core: Core, repo: Repo, pr: PullRequest): Promise<CommitInfo[]> {
  const memo = commitMemo.get(core) ?? new Map<string, Promise<CommitInfo[]>>()
  commitMemo.set(core, memo)
  const key = `${repo.id} ${pr.pull.base.sha} ${pr.pull.head.sha}`
  const known = memo.get(key)
  if (known) return known
  if (memo.size >= memoized) memo.clear()
  const commits = log(gitDir(core, repo), [pr.pull.head.sha, `^${pr.pull.base.sha}`], ['--reverse', '--max-count=250'])
  memo.set(key, commits)
  return commits
}

async function mergeState(source: PullSource, { core }: Context) {
  const pr = await withTrial(core, source.repo, source.issue)
  return mergeableState(core.state, repoNow(core.state, source.repo.id), pr)
}

const login = (core: Core, name: string) => accountSource(accountOf(core.state, name))

type Either = IssueSource | PullSource

const common = typeOf<Either>({
  id: ({ issue }) => (isPull(issue) ? nodeId('PullRequest', issue.pull.id) : nodeId('Issue', issue.id)),
  databaseId: ({ issue }) => issue.pull?.id ?? issue.id,
  number: ({ issue }) => issue.number,
  title: ({ issue }) => issue.title,
  body: ({ issue }) => issue.body ?? '',
  url: ({ repo, issue }, _args, { core }) => issuePage(core, repo, issue),
  createdAt: ({ issue }) => issue.created_at,
  updatedAt: ({ issue }) => issue.updated_at,
  closedAt: ({ issue }) => issue.closed_at,
  closed: ({ issue }) => issue.state === 'closed',
  author: ({ issue }, _args, { core }) => login(core, issue.user),
  repository: ({ repo }) => repoSource(repo),
  labels: ({ issue }, args, { core }) =>
    connect(
      issue.labels.flatMap((id) => core.state.labels.get(id) ?? []),
      args,
    ),
  milestone: ({ issue }, _args, { core }) =>
    issue.milestone === null ? null : core.state.milestones.get(issue.milestone),
  assignees: ({ issue }, args, { core }) =>
    connect(
      issue.assignees.map((name) => login(core, name)),
      args,
    ),
  comments: ({ repo, issue }, args, { core }) => connect(core.state.comments.of(issueKey(repo.id, issue.number)), args),
})

export const pullTypes: Readonly<Record<string, Fields>> = {
  Issue: {
    ...common,
    ...typeOf<IssueSource>({
      state: ({ issue }) => issue.state.toUpperCase(),
      isPinned: ({ issue }) => issue.pinned ?? false,
    }),
  },

  PullRequest: {
    ...common,
    ...typeOf<PullSource>({
      state: ({ issue }) => (issue.pull.merged_at === null ? issue.state.toUpperCase() : 'MERGED'),
      isDraft: ({ issue }) => issue.pull.draft,
      merged: ({ issue }) => issue.pull.merged_at !== null,
      mergedAt: ({ issue }) => issue.pull.merged_at,
      baseRefName: ({ issue }) => issue.pull.base.ref,
      baseRefOid: ({ issue }) => issue.pull.base.sha,
      baseRef: ({ repo, issue }) => refSource(repo, issue.pull.base.ref),
      headRefName: ({ issue }) => issue.pull.head.ref,
      headRefOid: ({ issue }) => issue.pull.head.sha,
      headRef: ({ issue }, _args, { core }) => {
        const repo = issue.pull.head.repo === null ? undefined : core.state.repos.get(issue.pull.head.repo)
        return repo ? refSource(repo, issue.pull.head.ref) : null
      },
      headRepository: ({ issue }, _args, { core }) => {
        const repo = issue.pull.head.repo === null ? undefined : core.state.repos.get(issue.pull.head.repo)
        return repo ? repoSource(repo) : null
      },
      mergeable: async (source, _args, context) => {
        const state = await mergeState(source, context)
        if (state === 'unknown') return 'UNKNOWN'
        return state === 'dirty' ? 'CONFLICTING' : 'MERGEABLE'
      },
      mergeStateStatus: async (source, _args, context) => (await mergeState(source, context)).toUpperCase(),
      canBeRebased: async (source, _args, context) => !['dirty', 'unknown'].includes(await mergeState(source, context)),
      reviewDecision: ({ repo, issue }, _args, { core }) => reviewDecision(core.state, repo, issue),
      additions: ({ issue }) => issue.pull.stats.additions,
      deletions: ({ issue }) => issue.pull.stats.deletions,
      changedFiles: ({ issue }) => issue.pull.stats.changed_files,
      commits: async ({ repo, issue }, args, { core }) => {
        const commits = await commitsOf(core, repo, issue)
        return connect(
          commits.map((commit) => ({ commit: commitSource(repo, commit) })),
          args,
        )
      },
      reviews: ({ repo, issue }, args, { core }) =>
        connect(core.state.reviews.of(issueKey(repo.id, issue.number)), args),
    }),
  },

  PullRequestCommitConnection: { nodes: true, totalCount: true, pageInfo: true },
  PullRequestCommit: { commit: true },

  Commit: typeOf<CommitSource>({
    id: ({ commit }) => nodeId('Commit', commit.sha),
    oid: ({ commit }) => commit.sha,
    abbreviatedOid: ({ commit }) => commit.sha.slice(0, 7),
    message: ({ commit }) => commit.message,
    messageHeadline: ({ commit }) => commit.message.split('\n')[0] ?? '',
    committedDate: ({ commit }) => commit.committer.date,
    authoredDate: ({ commit }) => commit.author.date,
    author: ({ commit }) => commit.author,
    committer: ({ commit }) => commit.committer,
    repository: ({ repo }) => repoSource(repo),
    status: ({ repo, commit }, _args, { core }) => {
      const contexts = newestStatuses(core, repo, commit.sha)
      return contexts.length === 0 ? null : { contexts, state: combinedState(contexts).toUpperCase() }
    },
    statusCheckRollup: ({ repo, commit }, _args, { core }) => {
      const statuses = newestStatuses(core, repo, commit.sha)
      const runs = newestRuns(core, repo, commit.sha)
      if (statuses.length + runs.length === 0) return null
      return { statuses, runs }
    },
  }),

  Status: { contexts: true, state: true },
  StatusContext: typeOf<Status>({
    id: (status) => nodeId('StatusContext', status.id),
    context: (status) => status.context,
    description: (status) => status.description,
    state: (status) => status.state.toUpperCase(),
    targetUrl: (status) => status.target_url,
    createdAt: (status) => status.created_at,
  }),

  StatusCheckRollup: typeOf<{ statuses: Status[]; runs: CheckRun[] }>({
    state: ({ statuses, runs }) => rollupState(statuses, runs),
    contexts: ({ statuses, runs }, args) =>
      connect<object>(
        [
          ...runs.map((run) => ({ ...run, __typename: 'CheckRun' })),
          ...statuses.map((status) => ({ ...status, __typename: 'StatusContext' })),
        ],
        args,
      ),
  }),
  StatusCheckRollupContextConnection: { nodes: true, totalCount: true, pageInfo: true },
  StatusCheckRollupContext: {},
  CheckRun: typeOf<CheckRun>({
    id: (run) => nodeId('CheckRun', run.id),
    databaseId: (run) => run.id,
    name: (run) => run.name,
    status: (run) => run.status.toUpperCase(),
    conclusion: (run) => run.conclusion?.toUpperCase() ?? null,
    detailsUrl: (run) => run.details_url,
  }),

  PullRequestReviewConnection: { nodes: true, totalCount: true, pageInfo: true },
  PullRequestReview: typeOf<Review>({
    id: (review) => nodeId('PullRequestReview', review.id),
    state: (review) => review.state,
    body: (review) => review.body,
    author: (review, _args, { core }) => login(core, review.user),
    submittedAt: (review) => review.submitted_at,
  }),

  LabelConnection: { nodes: true, totalCount: true, pageInfo: true },
  Label: typeOf<Label>({ id: (label) => nodeId('Label', label.id), name: true, color: true, description: true }),
  Milestone: { title: true, number: true },
  UserConnection: { nodes: true, totalCount: true, pageInfo: true },
  IssueCommentConnection: { nodes: true, totalCount: true, pageInfo: true },
  IssueComment: typeOf<{ id: number; user: string; body: string; created_at: string }>({
    id: (comment) => nodeId('IssueComment', comment.id),
    body: true,
    author: (comment, _args, { core }) => login(core, comment.user),
    createdAt: (comment) => comment.created_at,
  }),
}

function newestRuns(core: Core, repo: Repo, sha: string): CheckRun[] {
  const newest = new Map<string, CheckRun>()
  for (const run of core.state.checkRuns.of(`${repo.id} ${sha}`)) newest.set(run.name, run)
  return [...newest.values()]
}

function rollupState(statuses: readonly Status[], runs: readonly CheckRun[]): string {
  const good = ['success', 'neutral', 'skipped']
  const states = [
    ...statuses.map(({ state }) => (state === 'error' ? 'failure' : state)),
    ...runs.map((run) =>
      run.status !== 'completed' ? 'pending' : good.includes(run.conclusion ?? '') ? 'success' : 'failure',
    ),
  ]
  if (states.includes('failure')) return 'FAILURE'
  return states.includes('pending') ? 'PENDING' : 'SUCCESS'
}

/** A branch as GraphQL's Ref. */
export function refSource(repo: Repo, name: string, prefix = 'refs/heads/') {
  const sha = repo.refs[`${prefix}${name}`]
  return sha === undefined ? null : { repo, name, prefix, sha }
}

/** Argument that is a number. */
export const numberIn = (args: Args, name: string): number => Number(args[name])
