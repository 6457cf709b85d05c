// What happened on the code host, in the words of the domain: the events that plugins handle.
import type {
  Comment,
  CommitStatus,
  Issue as HostIssue,
  Review as HostReview,
  PullRequest,
  RepoRef,
  User,
} from '../api/code-host.ts'

/** A repository as an event names it. */
export interface EventRepo extends RepoRef {
  readonly html_url: string
  readonly default_branch: string
}

/** An issue, or the issue side of a pull request, as it was when the event was sent. */
export type Issue = Omit<HostIssue, 'state_reason' | 'locked' | 'milestone' | 'created_at' | 'updated_at'>

/** A pull request as it was when the event was sent. */
export interface EventPull extends PullRequest {
  readonly node_id: string
}

/** A text that somebody wrote under an issue, in a review or at a line of a diff. */
export interface Remark extends Omit<Comment, 'created_at' | 'updated_at'> {
  readonly node_id: string
}

type Review = Remark & Pick<HostReview, 'state' | 'commit_id'>

interface PushedCommit {
  readonly id: string
  readonly message: string
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly modified: readonly string[]
}

interface InRepo {
  readonly repo: EventRepo
  /** Who caused the event. */
  readonly sender: User
}

interface Acted extends InRepo {
  /** GitHub's word: `opened`, `labeled`, `submitted` … */
  readonly action: string
}

export interface IssuesEvent extends Acted {
  readonly type: 'issues'
  readonly issue: Issue
  /** Of `labeled` and `unlabeled`. */
  readonly label?: string
  readonly changes: TextChanges
}

/** Of `edited`: what was there before. Absent means: unchanged. */
interface TextChanges {
  readonly title?: string
  readonly body?: string
}

export interface IssueCommentEvent extends Acted {
  readonly type: 'issue_comment'
  readonly issue: Issue
  readonly comment: Remark
}

export interface PullRequestEvent extends Acted {
  readonly type: 'pull_request'
  readonly pr: EventPull
  /** Of `labeled` and `unlabeled`. */
  readonly label?: string
  readonly changes: TextChanges & { readonly baseRef?: string; readonly baseSha?: string }
}

export interface ReviewEvent extends Acted {
  readonly type: 'pull_request_review'
  readonly pr: EventPull
  readonly review: Review
}

export interface ReviewCommentEvent extends Acted {
  readonly type: 'pull_request_review_comment'
  readonly pr: EventPull
  readonly comment: Remark
}

export interface PushEvent extends InRepo {
  readonly type: 'push'
  /** Name that the push itself gives; usually the login of the sender. */
  readonly pusher: string
  /** `refs/heads/main`, `refs/tags/v1` */
  readonly ref: string
  /** `ref` without `refs/heads/` or `refs/tags/`. */
  readonly branch: string
  readonly before: string
  readonly after: string
  readonly created: boolean
  readonly deleted: boolean
  readonly forced: boolean
  /** Address of the comparison of before and after. */
  readonly compare: string
  readonly commits: readonly PushedCommit[]
}

export interface StatusEvent extends InRepo, CommitStatus {
  readonly type: 'status'
  readonly id: number
  readonly sha: string
}

/** What has no kind of its own: `workflow_run`, `check_suite`, `release` … */
export interface OtherEvent extends Acted {
  readonly type: 'other'
  /** GitHub's name of it. */
  readonly event: string
  /** As it came: of any shape, so look before you use it. */
  readonly payload: unknown
}

/**
 * Somebody wrote text: in a comment, a review, or the description of a new issue or pull request. Derived from the other
 * events. State, labels and assignees are those of the payload.
 */
export interface CommentEvent extends InRepo {
  readonly type: 'comment'
  readonly action: 'created' | 'edited' | 'deleted'
  /** The event that this was derived from. */
  readonly source: 'issues' | 'issue_comment' | 'pull_request' | 'pull_request_review' | 'pull_request_review_comment'
  readonly body: string
  /** Who wrote it; for descriptions the author of the issue. */
  readonly user: User
  readonly html_url: string
  readonly node_id: string
  /** Absent for descriptions and reviews. */
  readonly comment_id?: number
  readonly issue: Issue
}

/** What the webhook said. */
export type WebhookEvent =
  | IssuesEvent
  | IssueCommentEvent
  | PullRequestEvent
  | ReviewEvent
  | ReviewCommentEvent
  | PushEvent
  | StatusEvent
  | OtherEvent

/** What a plugin can handle, by kind. */
export interface EventKinds {
  issues: IssuesEvent
  issue_comment: IssueCommentEvent
  pull_request: PullRequestEvent
  push: PushEvent
  pull_request_review: ReviewEvent
  pull_request_review_comment: ReviewCommentEvent
  status: StatusEvent
  other: OtherEvent
  comment: CommentEvent
}
export type EventKind = keyof EventKinds
export type PluginEvent = EventKinds[EventKind]

/** Each kind with its name in `/plugin-help`, in the order in which help lists them. */
export const kindNames: Readonly<Record<EventKind, string>> = {
  issues: 'issue',
  issue_comment: 'issue_comment',
  pull_request: 'pull_request',
  push: 'push',
  pull_request_review: 'pull_request_review',
  pull_request_review_comment: 'pull_request_review_comment',
  status: 'status',
  other: 'any other event',
  comment: 'GenericCommentEvent (any event for user text)',
}

/** The repository whose plugins get the event: where a pull request wants to go, else where it happened. */
export const pluginRepoOf = (event: PluginEvent): RepoRef => ('pr' in event ? event.pr.base.repo : event.repo)

/** Number of the issue or pull request that the event is about; undefined for events about neither. */
export function numberOf(event: PluginEvent): number | undefined {
  if ('pr' in event) return event.pr.number
  return 'issue' in event ? event.issue.number : undefined
}

/** The action as metrics know it: `none` for events without one. */
export const actionOf = (event: PluginEvent): string => ('action' in event ? event.action : 'none')

/** GitHub's name of the event, also for derived ones. */
export function githubTypeOf(event: PluginEvent): string {
  if (event.type === 'other') return event.event
  return event.type === 'comment' ? event.source : event.type
}
