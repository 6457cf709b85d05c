// Comment events from all the places where people write commands: comments, reviews, descriptions.
import type { CommentEvent, EventPull, Issue, WebhookEvent } from './events.ts'

/** What GitHub calls it → what it is for a text. Other actions say nothing about text. */
const actions: Readonly<Record<string, CommentEvent['action']>> = {
  created: 'created',
  opened: 'created',
  submitted: 'created',
  edited: 'edited',
  deleted: 'deleted',
  dismissed: 'deleted',
}

/** The comment event of an event, if it has one. */
export function genericComment(event: WebhookEvent): CommentEvent | undefined {
  if (event.type === 'push' || event.type === 'status' || event.type === 'other') return undefined
  const action = Object.hasOwn(actions, event.action) ? actions[event.action] : undefined
  if (!action) return undefined
  // Plugins of a pull request are those of the repository it wants to go to.
  const repo = 'pr' in event ? { ...event.repo, ...event.pr.base.repo } : event.repo
  const common = { type: 'comment', action, repo, sender: event.sender } as const
  switch (event.type) {
    case 'issues': {
      const { body, user, html_url, node_id } = event.issue
      return { ...common, source: event.type, body, user, html_url, node_id, issue: event.issue }
    }
    case 'issue_comment': {
      const { id, body, user, html_url } = event.comment
      // Upstream gives the issue's node here, and plugins look at it as that.
      const { node_id } = event.issue
      return { ...common, source: event.type, body, user, html_url, node_id, comment_id: id, issue: event.issue }
    }
    case 'pull_request': {
      const { body, user, html_url, node_id } = event.pr
      return { ...common, source: event.type, body, user, html_url, node_id, issue: asIssue(event.pr) }
    }
    case 'pull_request_review': {
      const { body, user, html_url, node_id } = event.review
      return { ...common, source: event.type, body, user, html_url, node_id, issue: asIssue(event.pr) }
    }
    case 'pull_request_review_comment': {
      const { id, body, user, html_url, node_id } = event.comment
      const issue = asIssue(event.pr)
      return { ...common, source: event.type, body, user, html_url, node_id, comment_id: id, issue }
    }
  }
}

/** The issue side of a pull request. */
const asIssue = (pr: EventPull): Issue => ({
  number: pr.number,
  node_id: pr.node_id,
  title: pr.title,
  body: pr.body,
  state: pr.state,
  user: pr.user,
  html_url: pr.html_url,
  labels: pr.labels,
  assignees: pr.assignees,
  isPullRequest: true,
})
