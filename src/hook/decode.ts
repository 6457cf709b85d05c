// From GitHub's payloads to events. Lenient: a missing or misshapen field is empty, and only what makes an event useless drops it.
import type {
  IssueCommentCreatedEvent,
  IssuesLabeledEvent,
  PullRequestEditedEvent,
  PullRequestLabeledEvent,
  PullRequestReviewCommentCreatedEvent,
  PullRequestReviewSubmittedEvent,
  PushEvent as PushPayload,
  StatusEvent as StatusPayload,
} from '@octokit/webhooks-types'
import type { ReviewState, StatusState, User } from '../api/code-host.ts'
import type { EventPull, EventRepo, Issue, PushEvent, Remark, WebhookEvent } from './events.ts'

/** A payload of a kind that plugins handle, but without what identifies its repository or issue. */
export interface Unusable {
  readonly type: 'unusable'
  readonly why: string
}

/** Any JSON value, read by GitHub's field names. Optional chaining and the readers below make every access safe. */
type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[] | null | undefined
  : T extends object
    ? { readonly [K in keyof T]?: Loose<T[K]> } | null | undefined
    : T | null | undefined

type Payload = Loose<
  Omit<IssueCommentCreatedEvent, 'action' | 'comment' | 'issue'> & {
    action: string
    comment: IssueCommentCreatedEvent['comment'] | PullRequestReviewCommentCreatedEvent['comment']
    issue: IssueCommentCreatedEvent['issue']
    label: IssuesLabeledEvent['label']
    pull_request: PullRequestLabeledEvent['pull_request']
    changes: PullRequestEditedEvent['changes']
    review: PullRequestReviewSubmittedEvent['review']
  }
>
type PullPayload = NonNullable<Payload>['pull_request']
type IssuePayload = NonNullable<Payload>['issue']
type UserPayload = { readonly login?: unknown; readonly type?: unknown; readonly html_url?: unknown } | null | undefined

/**
 * Reads the payload of one delivery.
 * @param name Value of X-GitHub-Event.
 * @param json The parsed body, of any shape.
 * @returns undefined for events of no repository, which no plugin handles.
 */
export function decode(name: string, json: unknown): WebhookEvent | Unusable | undefined {
  const payload = json as Payload
  const repo = repository(payload?.repository)
  if (!handled.has(name)) {
    if (!repo) return undefined
    const { action, sender } = payload ?? {}
    return { type: 'other', event: name, action: text(action), repo, sender: user(sender), payload: json }
  }
  if (!repo) return { type: 'unusable', why: 'the payload names no repository with owner and name' }
  const sender = user(payload?.sender)
  if (name === 'push') return push(json as Loose<PushPayload>, repo, sender)
  if (name === 'status') return status(json as Loose<StatusPayload>, repo, sender)

  const common = { action: text(payload?.action), repo, sender }
  const label = text(payload?.label?.name)
  const labelled = label === '' ? {} : { label }
  if (name === 'issues' || name === 'issue_comment') {
    if (!isNumber(payload?.issue?.number)) return { type: 'unusable', why: 'the payload has no issue number' }
    const about = { ...common, issue: issue(payload?.issue) }
    if (name === 'issues') return { type: 'issues', ...about, ...labelled, changes: changes(payload?.changes) }
    return { type: 'issue_comment', ...about, comment: remark(payload?.comment) }
  }

  if (!isNumber(payload?.pull_request?.number))
    return { type: 'unusable', why: 'the payload has no pull request number' }
  const pr = pullRequest(payload?.pull_request, repo)
  if (name === 'pull_request_review') {
    const review = {
      ...remark(payload?.review),
      state: text(payload?.review?.state).toLowerCase() as ReviewState,
      commit_id: text(payload?.review?.commit_id),
    }
    return { type: name, ...common, pr, review }
  }
  if (name === 'pull_request_review_comment') return { type: name, ...common, pr, comment: remark(payload?.comment) }
  return { type: 'pull_request', ...common, ...labelled, pr, changes: changes(payload?.changes) }
}

const handled = new Set([
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'push',
  'status',
])

function push(payload: Loose<PushPayload>, repo: EventRepo, sender: User): PushEvent {
  const ref = text(payload?.ref)
  return {
    type: 'push',
    repo,
    sender,
    pusher: text(payload?.pusher?.name),
    ref,
    branch: ref.replace(/^refs\/(?:heads|tags)\//, ''),
    before: text(payload?.before),
    after: text(payload?.after),
    created: payload?.created === true,
    deleted: payload?.deleted === true,
    forced: payload?.forced === true,
    compare: text(payload?.compare),
    commits: list(payload?.commits).map((commit) => ({
      id: text(commit?.id),
      message: text(commit?.message),
      added: texts(commit?.added),
      removed: texts(commit?.removed),
      modified: texts(commit?.modified),
    })),
  }
}

function status(payload: Loose<StatusPayload>, repo: EventRepo, sender: User): WebhookEvent {
  return {
    type: 'status',
    repo,
    sender,
    id: whole(payload?.id),
    sha: text(payload?.sha),
    context: text(payload?.context),
    state: text(payload?.state) as StatusState,
    description: text(payload?.description),
    target_url: text(payload?.target_url),
  }
}

type RepositoryPayload = Loose<PushPayload['repository']>

function repository(from: RepositoryPayload): EventRepo | undefined {
  const [fullOrg = '', fullRepo = ''] = text(from?.full_name).split('/')
  // Pushes of old GitHub servers name the owner only by `name`.
  const org = text(from?.owner?.login) || text(from?.owner?.name) || fullOrg
  const repo = text(from?.name) || fullRepo
  if (org === '' || repo === '') return undefined
  return { org, repo, html_url: text(from?.html_url), default_branch: text(from?.default_branch) }
}

function pullRequest(from: PullPayload, at: EventRepo): EventPull {
  const base = repository(from?.base?.repo as RepositoryPayload) ?? at
  const head = repository(from?.head?.repo as RepositoryPayload)
  const { milestone, commits } = from ?? {}
  // Before the merge GitHub gives the commit of a merge that it made to try.
  const merged = from?.merged === true ? text(from.merge_commit_sha) : ''
  return {
    node_id: text(from?.node_id),
    ...(isNumber(commits) && { commits }),
    ...(isNumber(milestone?.number) && {
      milestone: { number: milestone.number, title: text(milestone.title), state: state(milestone.state) },
    }),
    ...(merged !== '' && { merge_commit_sha: merged }),
    requested_reviewers: list(from?.requested_reviewers).map((one) => user(one as UserPayload)),
    requested_teams: list(from?.requested_teams).map((team) => text(team?.slug)),
    number: whole(from?.number),
    title: text(from?.title),
    body: text(from?.body),
    state: state(from?.state),
    draft: from?.draft === true,
    merged: from?.merged === true,
    ...(typeof from?.mergeable === 'boolean' ? { mergeable: from.mergeable } : {}),
    user: user(from?.user),
    html_url: text(from?.html_url),
    labels: list(from?.labels).map((label) => text(label?.name)),
    assignees: list(from?.assignees).map(user),
    base: {
      ref: text(from?.base?.ref),
      sha: text(from?.base?.sha),
      repo: { org: base.org, repo: base.repo, html_url: base.html_url },
    },
    head: {
      ref: text(from?.head?.ref),
      sha: text(from?.head?.sha),
      ...(head && { repo: { org: head.org, repo: head.repo } }),
    },
  }
}

function issue(from: IssuePayload): Issue {
  return {
    number: whole(from?.number),
    node_id: text(from?.node_id),
    title: text(from?.title),
    body: text(from?.body),
    state: state(from?.state),
    user: user(from?.user),
    html_url: text(from?.html_url),
    labels: list(from?.labels).map((label) => text(label?.name)),
    assignees: list(from?.assignees).map(user),
    isPullRequest: Boolean(from?.pull_request),
  }
}

function remark(from: NonNullable<Payload>['comment'] | NonNullable<Payload>['review']): Remark {
  return {
    id: whole(from?.id),
    node_id: text(from?.node_id),
    body: text(from?.body),
    user: user(from?.user),
    html_url: text(from?.html_url),
  }
}

function changes(from: NonNullable<Payload>['changes']) {
  const base = { baseRef: text(from?.base?.ref?.from), baseSha: text(from?.base?.sha?.from) }
  return {
    // A description may have been empty.
    ...(from?.title && { title: text(from.title.from) }),
    ...(from?.body && { body: text(from.body.from) }),
    ...Object.fromEntries(Object.entries(base).filter(([, value]) => value !== '')),
  }
}

// GitHub shows deleted accounts as "ghost", and sends null for them.
function user(from: UserPayload): User {
  const login = text(from?.login) || 'ghost'
  return { login, type: text(from?.type) || 'User', html_url: text(from?.html_url) || `https://github.com/${login}` }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const texts = (value: unknown): string[] => list(value).filter((item): item is string => typeof item === 'string')
const isNumber = (value: unknown): value is number => Number.isSafeInteger(value)
const whole = (value: unknown): number => (isNumber(value) ? value : 0)
const state = (value: unknown): 'open' | 'closed' => (value === 'closed' ? 'closed' : 'open')
function list<T>(value: readonly T[] | null | undefined): readonly T[]
function list(value: unknown): readonly unknown[]
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
