// Reviews of pull requests and their comments on lines.
import { type Core, gitDir, pullNow, sameLogin, timestamp } from '../core.ts'
import { adminRightsNeeded, invalid, malformed, notFound, Refusal } from '../errors.ts'
import { fileChanges, mergeBase } from '../git/read.ts'
import { reviewCommentShape, reviewShape, simplePull } from '../shapes/pulls.ts'
import type { Account, PullRequest, Repo, Review, ReviewComment, ReviewState } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'
import { checkBody } from './issues.ts'
import { demand } from './permissions.ts'
import { textsOf } from './texts.ts'
import { recordEvent, update } from './timeline.ts'

export type ReviewVerdict = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'

export interface LineComment {
  readonly path: string
  readonly body: string
  readonly position?: number
  readonly line?: number
  readonly side?: 'LEFT' | 'RIGHT'
  readonly start_line?: number
  readonly start_side?: 'LEFT' | 'RIGHT'
  readonly commit_id?: string
  readonly in_reply_to?: number
}

const states: Readonly<Record<ReviewVerdict, ReviewState>> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
}

/** Reviews. Without a verdict the review stays pending, which only its author sees. */
export async function createReview(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  {
    event,
    body = '',
    comments = [],
    commit_id: commitId,
  }: {
    event?: ReviewVerdict
    body?: string
    comments?: readonly LineComment[]
    commit_id?: string
  },
): Promise<Review> {
  demand(core.state, repo, by, 'pull')
  const pr = pullNow(core.state, repo.id, number)
  refuseVerdict(pr, by, event, body, comments.length)
  checkBody('PullRequestReview', body)
  const hunks = await Promise.all(comments.map((comment) => hunkOf(core, repo, pr, comment)))
  return core.state.commit(() => {
    const review = core.state.reviews.put({
      id: core.state.nextId(),
      repo: repo.id,
      number,
      user: by.login,
      body,
      state: event ? states[event] : 'PENDING',
      commit_id: commitId ?? pr.pull.head.sha,
      submitted_at: timestamp(core),
    })
    comments.forEach((comment, index) => void putComment(core, repo, by, pr, review, comment, hunks[index] ?? ''))
    if (event) announceReview(core, repo, by, review)
    return review
  })
}

function refuseVerdict(
  pr: PullRequest,
  by: Account,
  event: ReviewVerdict | undefined,
  body: string,
  comments: number,
): void {
  if (event !== undefined && !Object.hasOwn(states, event))
    throw malformed('event', `${event} is not a member of ["APPROVE", "REQUEST_CHANGES", "COMMENT"]`)
  if (sameLogin(pr.user, by.login)) {
    if (event === 'APPROVE') throw new Refusal(422, 'Unprocessable Entity', ['Can not approve your own pull request'])
    if (event === 'REQUEST_CHANGES')
      throw new Refusal(422, 'Unprocessable Entity', ['Can not request changes on your own pull request'])
  }
  if (event !== undefined && event !== 'APPROVE' && body.trim() === '' && comments === 0) {
    throw new Refusal(422, 'Unprocessable Entity', ['Body cannot be blank'])
  }
}

/** Gives a pending review its verdict. */
export function submitReview(
  core: Core,
  repo: Repo,
  by: Account,
  review: Review,
  event: ReviewVerdict,
  body?: string,
): Review {
  const pr = pullNow(core.state, repo.id, review.number)
  if (review.state !== 'PENDING' || !sameLogin(review.user, by.login)) throw notFound()
  const comments = core.state.reviewComments.of(`${repo.id}#${review.number}`).filter((c) => c.review === review.id)
  refuseVerdict(pr, by, event, body ?? review.body, comments.length)
  return core.state.commit(() => {
    const submitted = core.state.reviews.put({
      ...review,
      state: states[event],
      body: body ?? review.body,
      submitted_at: timestamp(core),
    })
    announceReview(core, repo, by, submitted)
    return submitted
  })
}

function announceReview(core: Core, repo: Repo, by: Account, review: Review): void {
  const pr = pullNow(core.state, repo.id, review.number)
  const left = pr.pull.requested_reviewers.filter((login) => !sameLogin(login, by.login))
  update(core, pr, { pull: { ...pr.pull, requested_reviewers: left } })
  emitReview(core, repo, by, review, 'submitted')
  for (const comment of core.state.reviewComments.of(`${repo.id}#${review.number}`)) {
    if (comment.review === review.id) emitComment(core, repo, by, comment, 'created')
  }
}

function emitReview(core: Core, repo: Repo, sender: Account, review: Review, action: string, extra: object = {}): void {
  const pr = pullNow(core.state, repo.id, review.number)
  const shape = reviewShape(core, repo, review)
  // Webhooks say the state in small letters, REST in capitals.
  const body = {
    review: { ...shape, state: shape.state.toLowerCase() },
    pull_request: simplePull(core, repo, pr),
    ...extra,
  }
  emit(core, { event: 'pull_request_review', action, repo, sender, body })
}

export function editReview(core: Core, repo: Repo, by: Account, review: Review, body: string): Review {
  if (!sameLogin(review.user, by.login)) throw adminRightsNeeded()
  checkBody('PullRequestReview', body)
  return core.state.commit(() => {
    const edited = core.state.reviews.put({ ...review, body })
    emitReview(core, repo, by, edited, 'edited', { changes: { body: { from: review.body } } })
    return edited
  })
}

export function dismissReview(core: Core, repo: Repo, by: Account, review: Review, message: string): Review {
  demand(core.state, repo, by, 'push')
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    throw new Refusal(422, 'Unprocessable Entity', [
      `Can not dismiss a ${review.state.toLowerCase()} pull request review`,
    ])
  }
  return core.state.commit(() => {
    const dismissed = core.state.reviews.put({ ...review, state: 'DISMISSED' })
    const pr = pullNow(core.state, repo.id, review.number)
    recordEvent(core, pr, by, 'review_dismissed', {
      dismissed_review: { state: review.state.toLowerCase(), review_id: review.id, message },
    })
    emitReview(core, repo, by, dismissed, 'dismissed')
    return dismissed
  })
}

/** One comment on a line, which GitHub wraps in a review of its own. */
export async function createReviewComment(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  comment: LineComment,
): Promise<ReviewComment> {
  demand(core.state, repo, by, 'pull')
  const pr = pullNow(core.state, repo.id, number)
  if (comment.body.trim() === '')
    throw invalid({ resource: 'PullRequestReviewComment', code: 'missing_field', field: 'body' })
  checkBody('PullRequestReviewComment', comment.body)
  const hunk = await hunkOf(core, repo, pr, comment)
  return core.state.commit(() => {
    const review = core.state.reviews.put({
      id: core.state.nextId(),
      repo: repo.id,
      number,
      user: by.login,
      body: '',
      state: 'COMMENTED',
      commit_id: comment.commit_id ?? pr.pull.head.sha,
      submitted_at: timestamp(core),
    })
    const written = putComment(core, repo, by, pr, review, comment, hunk)
    announceReview(core, repo, by, review)
    return written
  })
}

function putComment(
  core: Core,
  repo: Repo,
  by: Account,
  pr: PullRequest,
  review: Review,
  comment: LineComment,
  hunk: string,
): ReviewComment {
  const now = timestamp(core)
  return core.state.reviewComments.put({
    id: core.state.nextId(),
    repo: repo.id,
    number: pr.number,
    review: review.id,
    user: by.login,
    body: comment.body,
    path: comment.path,
    commit_id: pr.pull.head.sha,
    original_commit_id: comment.commit_id ?? pr.pull.head.sha,
    diff_hunk: hunk,
    position: comment.position ?? (comment.line === undefined ? null : 1),
    line: comment.line ?? null,
    side: comment.side ?? 'RIGHT',
    start_line: comment.start_line ?? null,
    start_side: comment.start_side ?? null,
    in_reply_to: comment.in_reply_to ?? null,
    created_at: now,
    updated_at: now,
  })
}

/** The part of the patch that a comment stands under; refuses 422 a file that the pull request does not change. */
async function hunkOf(core: Core, repo: Repo, pr: PullRequest, comment: LineComment): Promise<string> {
  const dir = gitDir(core, repo)
  const from = await mergeBase(dir, pr.pull.base.sha, pr.pull.head.sha)
  const file = (await fileChanges(dir, from ?? null, pr.pull.head.sha)).find((f) => f.filename === comment.path)
  if (!file) throw invalid({ resource: 'PullRequestReviewComment', code: 'invalid', field: 'path' })
  return (file.patch ?? '')
    .split('\n')
    .slice(0, (comment.position ?? 3) + 1)
    .join('\n')
}

export const { edit: editReviewComment, remove: deleteReviewComment } = textsOf(
  'PullRequestReviewComment',
  ({ state }) => state.reviewComments,
  emitComment,
)

function emitComment(
  core: Core,
  repo: Repo,
  sender: Account,
  comment: ReviewComment,
  action: string,
  extra: object = {},
): void {
  const pr = pullNow(core.state, repo.id, comment.number)
  // Here a comment without a line has null, where REST leaves it out.
  const lines = { position: comment.position, line: comment.line, original_line: comment.line ?? comment.position ?? 1 }
  const body = {
    comment: { ...reviewCommentShape(core, repo, comment), ...lines },
    pull_request: simplePull(core, repo, pr),
    ...extra,
  }
  emit(core, { event: 'pull_request_review_comment', action, repo, sender, body })
}
