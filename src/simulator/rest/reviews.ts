// REST: reviews of pull requests and comments on lines.

import { react } from '../actions/issues.ts'
import {
  createReview,
  createReviewComment,
  deleteReviewComment,
  dismissReview,
  editReview,
  editReviewComment,
  type LineComment,
  submitReview,
} from '../actions/reviews.ts'
import { type Core, pullNow, sameLogin } from '../core.ts'
import { notFound } from '../errors.ts'
import { reactionShape } from '../shapes/issues.ts'
import { reviewCommentShape, reviewShape } from '../shapes/pulls.ts'
import type { Account, Repo, Review, ReviewComment } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import { type Body, given } from './body.ts'
import { since } from './lists.ts'
import { answer, noContent, repoOf, route } from './route.ts'

const verdicts = ['APPROVE', 'REQUEST_CHANGES', 'COMMENT'] as const

const lineComment = (body: Body): LineComment => ({
  path: body.requiredText('path'),
  body: body.requiredText('body'),
  ...given({
    position: body.number('position'),
    line: body.number('line'),
    side: body.oneOf('side', ['LEFT', 'RIGHT']),
    start_line: body.number('start_line'),
    start_side: body.oneOf('start_side', ['LEFT', 'RIGHT']),
    commit_id: body.text('commit_id'),
    in_reply_to: body.number('in_reply_to'),
  }),
})

function reviewOf(core: Core, repo: Repo, number: number, id: number, actor: Account | null): Review {
  pullNow(core.state, repo.id, number)
  const review = core.state.reviews.get(id)
  if (!review || review.repo !== repo.id || review.number !== number || !visible(review, actor)) throw notFound()
  return review
}

const visible = (review: Review, actor: Account | null): boolean =>
  review.state !== 'PENDING' || (actor !== null && sameLogin(review.user, actor.login))

function commentOf(core: Core, repo: Repo, id: number): ReviewComment {
  const comment = core.state.reviewComments.get(id)
  if (!comment || comment.repo !== repo.id) throw notFound()
  return comment
}

export const reviewRoutes = [
  route('get', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews', (call) => {
    const { core, path, page, actor } = call
    const repo = repoOf(call)
    const pr = pullNow(core.state, repo.id, path.pull_number)
    const seen = core.state.reviews.of(issueKey(repo.id, pr.number)).filter((review) => visible(review, actor))
    return answer(
      200,
      page(seen).map((review) => reviewShape(core, repo, review)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews', async (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const fields = given({
      event: body.oneOf('event', verdicts),
      body: body.text('body'),
      commit_id: body.text('commit_id'),
      comments: body.objects('comments')?.map(lineComment),
    })
    return answer(200, reviewShape(core, repo, await createReview(core, repo, by(), path.pull_number, fields)))
  }),

  route('get', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', (call) => {
    const { core, path, actor } = call
    const repo = repoOf(call)
    return answer(200, reviewShape(core, repo, reviewOf(core, repo, path.pull_number, path.review_id, actor)))
  }),

  route('put', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const review = reviewOf(core, repo, path.pull_number, path.review_id, by())
    return answer(200, reviewShape(core, repo, editReview(core, repo, by(), review, body.requiredText('body'))))
  }),

  route('post', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const review = reviewOf(core, repo, path.pull_number, path.review_id, by())
    const event = body.oneOf('event', verdicts) ?? 'COMMENT'
    return answer(200, reviewShape(core, repo, submitReview(core, repo, by(), review, event, body.text('body'))))
  }),

  route('put', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const review = reviewOf(core, repo, path.pull_number, path.review_id, by())
    return answer(200, reviewShape(core, repo, dismissReview(core, repo, by(), review, body.requiredText('message'))))
  }),

  route('get', '/repos/{owner}/{repo}/pulls/{pull_number}/comments', (call) => {
    const { core, path, page, query } = call
    const repo = repoOf(call)
    const pr = pullNow(core.state, repo.id, path.pull_number)
    const all = since(core.state.reviewComments.of(issueKey(repo.id, pr.number)), query)
    return answer(
      200,
      page(all).map((comment) => reviewCommentShape(core, repo, comment)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/pulls/{pull_number}/comments', async (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const reply = body.number('in_reply_to')
    const first = reply === undefined ? undefined : commentOf(core, repo, reply)
    const fields = first
      ? {
          path: first.path,
          side: first.side,
          body: body.requiredText('body'),
          in_reply_to: first.id,
          ...replyLines(first),
        }
      : lineComment(body)
    const comment = await createReviewComment(core, repo, by(), path.pull_number, fields)
    return answer(201, reviewCommentShape(core, repo, comment))
  }),

  route('get', '/repos/{owner}/{repo}/pulls/comments/{comment_id}', (call) => {
    const repo = repoOf(call)
    return answer(200, reviewCommentShape(call.core, repo, commentOf(call.core, repo, call.path.comment_id)))
  }),

  route('patch', '/repos/{owner}/{repo}/pulls/comments/{comment_id}', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const edited = editReviewComment(
      core,
      repo,
      by(),
      commentOf(core, repo, path.comment_id),
      body.requiredText('body'),
    )
    return answer(200, reviewCommentShape(core, repo, edited))
  }),

  route('delete', '/repos/{owner}/{repo}/pulls/comments/{comment_id}', (call) => {
    const repo = repoOf(call)
    deleteReviewComment(call.core, repo, call.by(), commentOf(call.core, repo, call.path.comment_id))
    return noContent
  }),

  route('post', '/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const comment = commentOf(core, repo, path.comment_id)
    const { reaction, created } = react(core, repo, by(), `review_comment:${comment.id}`, body.requiredText('content'))
    return answer(created ? 201 : 200, reactionShape(core, reaction))
  }),
]

// A reply stands on the line of the comment it answers.
function replyLines({ position, line, start_line: startLine, start_side: startSide }: ReviewComment) {
  return given({
    position: position ?? undefined,
    line: line ?? undefined,
    start_line: startLine ?? undefined,
    start_side: startSide ?? undefined,
  })
}
