// Issues and everything that hangs on them (labels, milestones, comments, reactions, events) as GitHub's JSON.
import { authorAssociation } from '../actions/permissions.ts'
import { type Core, isPull } from '../core.ts'
import type { Comment, Issue, IssueEvent, Label, Milestone, Reaction, Repo } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import { repoPage, repoUrl } from './repos.ts'
import { nodeId, type Schemas, segment } from './shape.ts'
import { teamShape, userOf } from './users.ts'

export function labelShape(core: Core, repo: Repo, label: Label): Schemas['label'] {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${repoUrl(core, repo)}/labels/${segment(label.name)}`,
    name: label.name,
    description: label.description,
    color: label.color,
    default: false,
  }
}

export function milestoneShape(core: Core, repo: Repo, milestone: Milestone): Schemas['milestone'] {
  const issues = core.state.issues.of(repo.id).filter((issue) => issue.milestone === milestone.id)
  const open = issues.filter((issue) => issue.state === 'open').length
  const url = `${repoUrl(core, repo)}/milestones/${milestone.number}`
  return {
    url,
    html_url: `${repoPage(core, repo)}/milestone/${milestone.number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: nodeId('Milestone', milestone.id),
    number: milestone.number,
    state: milestone.state,
    title: milestone.title,
    description: milestone.description,
    creator: userOf(core, milestone.creator),
    open_issues: open,
    closed_issues: issues.length - open,
    created_at: milestone.created_at,
    updated_at: milestone.updated_at,
    closed_at: milestone.closed_at,
    due_on: null,
  }
}

/** The labels of an issue, in the order in which they were added. */
export const labelsOf = (core: Core, repo: Repo, issue: Issue): Schemas['label'][] =>
  issue.labels.flatMap((id) => {
    const label = core.state.labels.get(id)
    return label ? [labelShape(core, repo, label)] : []
  })

export function milestoneOf(core: Core, repo: Repo, issue: Issue): Schemas['milestone'] | null {
  const milestone = issue.milestone === null ? undefined : core.state.milestones.get(issue.milestone)
  return milestone ? milestoneShape(core, repo, milestone) : null
}

const contents = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const

/** Counts of reactions to something. */
export function rollup(core: Core, subject: string, url: string): Schemas['reaction-rollup'] {
  const all = core.state.reactions.of(subject)
  const count = (content: (typeof contents)[number]): number => all.filter((r) => r.content === content).length
  return {
    url: `${url}/reactions`,
    total_count: all.length,
    '+1': count('+1'),
    '-1': count('-1'),
    laugh: count('laugh'),
    confused: count('confused'),
    heart: count('heart'),
    hooray: count('hooray'),
    rocket: count('rocket'),
    eyes: count('eyes'),
  }
}

export const issuePage = (core: Core, repo: Repo, issue: Issue): string =>
  `${repoPage(core, repo)}/${isPull(issue) ? 'pull' : 'issues'}/${issue.number}`

export function issueShape(
  core: Core,
  repo: Repo,
  issue: Issue,
): Schemas['issue'] & { labels: Schemas['label'][]; author_association: ReturnType<typeof authorAssociation> } {
  const url = `${repoUrl(core, repo)}/issues/${issue.number}`
  const page = issuePage(core, repo, issue)
  return {
    url,
    repository_url: repoUrl(core, repo),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    id: issue.id,
    node_id: nodeId(isPull(issue) ? 'PullRequest' : 'Issue', isPull(issue) ? issue.pull.id : issue.id),
    number: issue.number,
    title: issue.title,
    user: userOf(core, issue.user),
    labels: labelsOf(core, repo, issue),
    state: issue.state,
    state_reason: issue.state_reason,
    locked: issue.locked,
    active_lock_reason: null,
    assignee: issue.assignees[0] === undefined ? null : userOf(core, issue.assignees[0]),
    assignees: issue.assignees.map((login) => userOf(core, login)),
    milestone: milestoneOf(core, repo, issue),
    comments: core.state.comments.of(issueKey(repo.id, issue.number)).length,
    created_at: issue.created_at,
    updated_at: issue.updated_at,
    closed_at: issue.closed_at,
    closed_by: issue.closed_by === null ? null : userOf(core, issue.closed_by),
    author_association: authorAssociation(core.state, repo, issue.user),
    body: issue.body,
    reactions: rollup(core, `issue:${issue.id}`, url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    ...(isPull(issue)
      ? {
          draft: issue.pull.draft,
          pull_request: {
            url: `${repoUrl(core, repo)}/pulls/${issue.number}`,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: issue.pull.merged_at,
          },
        }
      : {}),
  }
}

export function commentShape(core: Core, repo: Repo, comment: Comment): Schemas['issue-comment'] {
  const url = `${repoUrl(core, repo)}/issues/comments/${comment.id}`
  const issue = core.state.issues.get(issueKey(repo.id, comment.number))
  return {
    url,
    html_url: `${issue ? issuePage(core, repo, issue) : repoPage(core, repo)}#issuecomment-${comment.id}`,
    issue_url: `${repoUrl(core, repo)}/issues/${comment.number}`,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: userOf(core, comment.user),
    created_at: comment.created_at,
    updated_at: comment.updated_at,
    body: comment.body,
    author_association: authorAssociation(core.state, repo, comment.user),
    reactions: rollup(core, `comment:${comment.id}`, url),
    performed_via_github_app: null,
  }
}

export function reactionShape(core: Core, reaction: Reaction): Schemas['reaction'] {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: userOf(core, reaction.user),
    content: reaction.content,
    created_at: reaction.created_at,
  }
}

/** One event of an issue's history; the fields depend on its kind. */
export function eventShape(core: Core, repo: Repo, event: IssueEvent) {
  const actor = userOf(core, event.actor)
  const team = event.requested_team === undefined ? undefined : core.state.teams.get(event.requested_team)
  return {
    id: event.id,
    node_id: nodeId('IssueEvent', event.id),
    url: `${repoUrl(core, repo)}/issues/events/${event.id}`,
    actor,
    event: event.event,
    commit_id: event.commit_id,
    commit_url: event.commit_id ? `${repoUrl(core, repo)}/commits/${event.commit_id}` : null,
    created_at: event.created_at,
    performed_via_github_app: null,
    ...(event.label ? { label: event.label } : {}),
    ...(event.assignee === undefined ? {} : { assignee: userOf(core, event.assignee), assigner: actor }),
    ...(event.rename ? { rename: event.rename } : {}),
    ...(event.milestone === undefined ? {} : { milestone: { title: event.milestone } }),
    ...(event.requested_reviewer === undefined
      ? {}
      : { requested_reviewer: userOf(core, event.requested_reviewer), review_requester: actor }),
    ...(team ? { requested_team: teamShape(core, team), review_requester: actor } : {}),
    ...(event.dismissed_review
      ? {
          dismissed_review: {
            state: event.dismissed_review.state,
            review_id: event.dismissed_review.review_id,
            dismissal_message: event.dismissed_review.message,
          },
        }
      : {}),
  }
}
