// REST: issues, their comments, assignees, reactions, events and timeline.
import { createComment, deleteComment, editComment } from '../actions/comments.ts'
import { assign, createIssue, editIssue, react, setLocked, unassign } from '../actions/issues.ts'
import { editPull } from '../actions/pulls.ts'
import { type Core, gitDir, isPull, issueNow, sameLogin } from '../core.ts'
import { notFound } from '../errors.ts'
import { log } from '../git/read.ts'
import { gitCommitShape } from '../shapes/commits.ts'
import { commentShape, eventShape, issueShape, reactionShape } from '../shapes/issues.ts'
import { reviewShape } from '../shapes/pulls.ts'
import type { Schemas } from '../shapes/shape.ts'
import { userOf } from '../shapes/users.ts'
import type { Comment, Issue, Repo } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import { type Body, given } from './body.ts'
import { inOrder, since } from './lists.ts'
import { answer, noContent, repoOf, route } from './route.ts'

const fieldsIn = (body: Body) =>
  given({
    title: body.text('title'),
    body: body.nullableText('body'),
    state: body.oneOf('state', ['open', 'closed']),
    state_reason: body.isNull('state_reason')
      ? null
      : body.oneOf('state_reason', ['completed', 'not_planned', 'reopened']),
    milestone: body.nullableNumber('milestone'),
    labels: body.isNull('labels') ? undefined : body.texts('labels'),
    assignees: body.isNull('assignees') ? undefined : body.texts('assignees'),
  })

function commentOf(core: Core, repo: Repo, id: number): Comment {
  const comment = core.state.comments.get(id)
  if (!comment || comment.repo !== repo.id) throw notFound()
  return comment
}

export const issueRoutes = [
  route('get', '/repos/{owner}/{repo}/issues', (call) => {
    const { core, query, page } = call
    const repo = repoOf(call)
    const state = query('state') ?? 'open'
    const labels = (query('labels') ?? '').split(',').filter(Boolean)
    const creator = query('creator')
    const assignee = query('assignee')
    const wanted = core.state.issues.of(repo.id).filter((issue) => {
      const names = issue.labels.map((id) => core.state.labels.get(id)?.name.toLowerCase())
      return (
        (state === 'all' || issue.state === state) &&
        labels.every((label) => names.includes(label.toLowerCase())) &&
        (creator === undefined || sameLogin(issue.user, creator)) &&
        (assignee === undefined || assignedTo(issue, assignee))
      )
    })
    return answer(
      200,
      page(inOrder(since(wanted, query), query)).map((issue) => issueShape(core, repo, issue)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/issues', (call) => {
    const { core, body, by } = call
    const repo = repoOf(call)
    const issue = createIssue(core, repo, by(), { ...fieldsIn(body), title: body.requiredText('title') })
    return answer(201, issueShape(core, repo, issue))
  }),

  route('get', '/repos/{owner}/{repo}/issues/{issue_number}', (call) => {
    const repo = repoOf(call)
    return answer(200, issueShape(call.core, repo, issueNow(call.core.state, repo.id, call.path.issue_number)))
  }),

  route('patch', '/repos/{owner}/{repo}/issues/{issue_number}', async (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const { state, ...fields } = fieldsIn(body)
    const issue = issueNow(core.state, repo.id, path.issue_number)
    if (isPull(issue) && state !== undefined) await editPull(core, repo, by(), issue.number, { state })
    const rest = isPull(issue) || state === undefined ? fields : { ...fields, state }
    return answer(200, issueShape(core, repo, editIssue(core, repo, by(), issue.number, rest)))
  }),

  route('put', '/repos/{owner}/{repo}/issues/{issue_number}/lock', (call) => {
    setLocked(call.core, repoOf(call), call.by(), call.path.issue_number, true)
    return noContent
  }),

  route('delete', '/repos/{owner}/{repo}/issues/{issue_number}/lock', (call) => {
    setLocked(call.core, repoOf(call), call.by(), call.path.issue_number, false)
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/issues/{issue_number}/comments', (call) => {
    const { core, path, page, query } = call
    const repo = repoOf(call)
    const issue = issueNow(core.state, repo.id, path.issue_number)
    const all = since(core.state.comments.of(issueKey(repo.id, issue.number)), query)
    return answer(
      200,
      page(all).map((comment) => commentShape(core, repo, comment)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/issues/{issue_number}/comments', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const comment = createComment(core, repo, by(), path.issue_number, body.requiredText('body'))
    return answer(201, commentShape(core, repo, comment))
  }),

  route('get', '/repos/{owner}/{repo}/issues/comments', (call) => {
    const { core, page, query } = call
    const repo = repoOf(call)
    const all = core.state.issues
      .of(repo.id)
      .flatMap((issue) => core.state.comments.of(issueKey(repo.id, issue.number)))
    return answer(
      200,
      page(since(all, query)).map((comment) => commentShape(core, repo, comment)),
    )
  }),

  route('get', '/repos/{owner}/{repo}/issues/comments/{comment_id}', (call) => {
    const repo = repoOf(call)
    return answer(200, commentShape(call.core, repo, commentOf(call.core, repo, call.path.comment_id)))
  }),

  route('patch', '/repos/{owner}/{repo}/issues/comments/{comment_id}', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const edited = editComment(core, repo, by(), commentOf(core, repo, path.comment_id), body.requiredText('body'))
    return answer(200, commentShape(core, repo, edited))
  }),

  route('delete', '/repos/{owner}/{repo}/issues/comments/{comment_id}', (call) => {
    const repo = repoOf(call)
    deleteComment(call.core, repo, call.by(), commentOf(call.core, repo, call.path.comment_id))
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', (call) => {
    const repo = repoOf(call)
    const comment = commentOf(call.core, repo, call.path.comment_id)
    return answer(
      200,
      call.page(call.core.state.reactions.of(`comment:${comment.id}`)).map((r) => reactionShape(call.core, r)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const comment = commentOf(core, repo, path.comment_id)
    const { reaction, created } = react(core, repo, by(), `comment:${comment.id}`, body.requiredText('content'))
    return answer(created ? 201 : 200, reactionShape(core, reaction))
  }),

  route('get', '/repos/{owner}/{repo}/issues/{issue_number}/reactions', (call) => {
    const repo = repoOf(call)
    const issue = issueNow(call.core.state, repo.id, call.path.issue_number)
    return answer(
      200,
      call.page(call.core.state.reactions.of(`issue:${issue.id}`)).map((r) => reactionShape(call.core, r)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/issues/{issue_number}/reactions', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const issue = issueNow(core.state, repo.id, path.issue_number)
    const { reaction, created } = react(core, repo, by(), `issue:${issue.id}`, body.requiredText('content'))
    return answer(created ? 201 : 200, reactionShape(core, reaction))
  }),

  route('post', '/repos/{owner}/{repo}/issues/{issue_number}/assignees', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    return answer(
      201,
      issueShape(core, repo, assign(core, repo, by(), path.issue_number, body.texts('assignees') ?? [])),
    )
  }),

  route('delete', '/repos/{owner}/{repo}/issues/{issue_number}/assignees', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    return answer(
      200,
      issueShape(core, repo, unassign(core, repo, by(), path.issue_number, body.texts('assignees') ?? [])),
    )
  }),

  route('get', '/repos/{owner}/{repo}/issues/{issue_number}/events', (call) => {
    const { core, path, page } = call
    const repo = repoOf(call)
    const issue = issueNow(core.state, repo.id, path.issue_number)
    return answer(
      200,
      page(core.state.events.of(issueKey(repo.id, issue.number))).map((event) =>
        eventShape(core, repo, event),
      ) as Schemas['issue-event-for-issue'][],
    )
  }),

  route('get', '/repos/{owner}/{repo}/issues/{issue_number}/timeline', async (call) => {
    const repo = repoOf(call)
    const entries = await timeline(call.core, repo, issueNow(call.core.state, repo.id, call.path.issue_number))
    return answer(200, call.page(entries) as Schemas['timeline-issue-events'][])
  }),
]

function assignedTo(issue: Issue, assignee: string): boolean {
  if (assignee === 'none') return issue.assignees.length === 0
  return assignee === '*' ? issue.assignees.length > 0 : issue.assignees.some((login) => sameLogin(login, assignee))
}

/** Everything that happened to an issue, oldest first: events, comments, reviews and commits. */
async function timeline(core: Core, repo: Repo, issue: Issue) {
  const key = issueKey(repo.id, issue.number)
  const commits = isPull(issue)
    ? await log(gitDir(core, repo), [issue.pull.head.sha, `^${issue.pull.base.sha}`], ['--reverse'])
    : []
  const entries = [
    ...commits.map((commit) => ({
      at: commit.committer.date,
      entry: { event: 'committed', ...gitCommitShape(core, repo, commit) },
    })),
    ...core.state.events.of(key).map((event) => ({ at: event.created_at, entry: eventShape(core, repo, event) })),
    ...core.state.comments.of(key).map((comment) => ({
      at: comment.created_at,
      entry: { event: 'commented', actor: userOf(core, comment.user), ...commentShape(core, repo, comment) },
    })),
    ...core.state.reviews.of(key).map((review) => ({
      at: review.submitted_at,
      entry: { event: 'reviewed', ...reviewShape(core, repo, review), state: review.state.toLowerCase() },
    })),
  ]
  return entries.sort((a, b) => a.at.localeCompare(b.at)).map(({ entry }) => entry)
}
