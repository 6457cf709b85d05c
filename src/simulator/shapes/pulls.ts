// Pull requests, reviews and review comments as GitHub's JSON.

import { mergeableState } from '../actions/mergeability.ts'
import { authorAssociation } from '../actions/permissions.ts'
import type { Core } from '../core.ts'
import type { PullRequest, Repo, Review, ReviewComment } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import { issuePage, labelsOf, milestoneOf, rollup } from './issues.ts'
import { repoPage, repoShape, repoUrl } from './repos.ts'
import { nodeId, type Schemas } from './shape.ts'
import { teamShape, userOf } from './users.ts'

function common(core: Core, repo: Repo, pr: PullRequest) {
  const url = `${repoUrl(core, repo)}/pulls/${pr.number}`
  const issueUrl = `${repoUrl(core, repo)}/issues/${pr.number}`
  const page = issuePage(core, repo, pr)
  const { pull } = pr
  const headRepo = pull.head.repo === null ? undefined : core.state.repos.get(pull.head.repo)
  const statuses = `${repoUrl(core, repo)}/statuses/${pull.head.sha}`
  return {
    url,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    number: pr.number,
    state: pr.state,
    locked: pr.locked,
    title: pr.title,
    user: userOf(core, pr.user),
    body: pr.body,
    created_at: pr.created_at,
    updated_at: pr.updated_at,
    closed_at: pr.closed_at,
    merged_at: pull.merged_at,
    merge_commit_sha: pull.merge_commit_sha ?? pull.trial?.commit ?? null,
    assignee: pr.assignees[0] === undefined ? null : userOf(core, pr.assignees[0]),
    assignees: pr.assignees.map((login) => userOf(core, login)),
    requested_reviewers: pull.requested_reviewers.map((login) => userOf(core, login)),
    requested_teams: pull.requested_teams.flatMap((id) => {
      const team = core.state.teams.get(id)
      return team ? [teamShape(core, team)] : []
    }),
    labels: labelsOf(core, repo, pr),
    milestone: milestoneOf(core, repo, pr),
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repoUrl(core, repo)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statuses,
    head: {
      label: `${pull.head.owner}:${pull.head.ref}`,
      ref: pull.head.ref,
      sha: pull.head.sha,
      user: userOf(core, pull.head.owner),
      // A fork that is gone is null on GitHub, which its description does not know: the base stands in for it here.
      repo: repoShape(core, headRepo ?? repo),
    },
    base: {
      label: `${repo.owner}:${pull.base.ref}`,
      ref: pull.base.ref,
      sha: pull.base.sha,
      user: userOf(core, repo.owner),
      repo: repoShape(core, repo),
    },
    _links: {
      self: { href: url },
      html: { href: page },
      issue: { href: issueUrl },
      comments: { href: `${issueUrl}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repoUrl(core, repo)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: authorAssociation(core.state, repo, pr.user),
    auto_merge: null,
    active_lock_reason: null,
  }
}

/** As lists show it, where a label without a description has an empty one. */
export function simplePull(core: Core, repo: Repo, pr: PullRequest): Schemas['pull-request-simple'] {
  const pull = common(core, repo, pr)
  return { ...pull, labels: pull.labels.map((label) => ({ ...label, description: label.description ?? '' })) }
}

/** `mergeable` is null when the trial merge is out of date: have it made before (actions/mergeability.ts). */
export function fullPull(core: Core, repo: Repo, pr: PullRequest): Schemas['pull-request'] {
  const key = issueKey(repo.id, pr.number)
  const state = mergeableState(core.state, repo, pr)
  return {
    ...common(core, repo, pr),
    merged: pr.pull.merged_at !== null,
    mergeable: pr.pull.merged_at !== null || state === 'unknown' ? null : state !== 'dirty',
    rebaseable: pr.pull.merged_at !== null || state === 'unknown' ? null : state !== 'dirty',
    mergeable_state: state,
    merged_by: pr.pull.merged_by === null ? null : userOf(core, pr.pull.merged_by),
    comments: core.state.comments.of(key).length,
    review_comments: core.state.reviewComments.of(key).length,
    maintainer_can_modify: pr.pull.maintainer_can_modify,
    commits: pr.pull.stats.commits,
    additions: pr.pull.stats.additions,
    deletions: pr.pull.stats.deletions,
    changed_files: pr.pull.stats.changed_files,
  }
}

export function reviewShape(core: Core, repo: Repo, review: Review): Schemas['pull-request-review'] {
  const page = `${repoPage(core, repo)}/pull/${review.number}`
  const url = `${repoUrl(core, repo)}/pulls/${review.number}`
  const html = `${page}#pullrequestreview-${review.id}`
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: userOf(core, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: url,
    author_association: authorAssociation(core.state, repo, review.user),
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: review.submitted_at,
    commit_id: review.commit_id,
  }
}

export function reviewCommentShape(
  core: Core,
  repo: Repo,
  comment: ReviewComment,
): Schemas['pull-request-review-comment'] {
  const self = `${repoUrl(core, repo)}/pulls/comments/${comment.id}`
  const html = `${repoPage(core, repo)}/pull/${comment.number}#discussion_r${comment.id}`
  const pullUrl = `${repoUrl(core, repo)}/pulls/${comment.number}`
  return {
    url: self,
    pull_request_review_id: comment.review,
    id: comment.id,
    node_id: nodeId('PullRequestReviewComment', comment.id),
    diff_hunk: comment.diff_hunk,
    path: comment.path,
    ...(comment.position === null ? {} : { position: comment.position, original_position: comment.position }),
    commit_id: comment.commit_id,
    original_commit_id: comment.original_commit_id,
    ...(comment.in_reply_to === null ? {} : { in_reply_to_id: comment.in_reply_to }),
    user: userOf(core, comment.user),
    body: comment.body,
    created_at: comment.created_at,
    updated_at: comment.updated_at,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: authorAssociation(core.state, repo, comment.user),
    _links: { self: { href: self }, html: { href: html }, pull_request: { href: pullUrl } },
    ...(comment.line === null ? {} : { line: comment.line, original_line: comment.line }),
    side: comment.side,
    start_line: comment.start_line,
    original_start_line: comment.start_line,
    start_side: comment.start_side,
    reactions: rollup(core, `review_comment:${comment.id}`, self),
    subject_type: comment.line === null && comment.position === null ? 'file' : 'line',
  }
}
