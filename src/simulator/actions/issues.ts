// Issues, and what pull requests share with them: title, body, state, assignees, locks and reactions.
import { accountOf, type Core, isPull, issueNow, repoNow, sameLogin, timestamp } from '../core.ts'
import { adminRightsNeeded, invalid, Refusal } from '../errors.ts'
import { userOf } from '../shapes/users.ts'
import type { Account, Issue, Reaction, ReactionContent, Repo } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import { addLabels, setLabels } from './labels.ts'
import { milestoneNumbered, setMilestone } from './milestones.ts'
import { atLeast, demand, isCollaborator, permissionOf } from './permissions.ts'
import { emitChange, recordEvent, update } from './timeline.ts'

export interface IssueFields {
  readonly title?: string
  readonly body?: string | null
  readonly state?: 'open' | 'closed'
  readonly state_reason?: 'completed' | 'not_planned' | 'reopened' | null
  /** Number of the milestone. */
  readonly milestone?: number | null
  readonly labels?: readonly string[]
  readonly assignees?: readonly string[]
}

const longestBody = 65_536

/** Refuses a body that GitHub would not keep. */
export function checkBody(resource: string, body: string | null | undefined): void {
  if ((body?.length ?? 0) <= longestBody) return
  throw invalid({
    resource,
    code: 'custom',
    field: 'body',
    message: `body is too long (maximum is ${longestBody} characters)`,
  })
}

/** The next number of a repository's issues and pull requests. Only inside `commit`. */
export function takeNumber(core: Core, repo: Repo): number {
  const now = repoNow(core.state, repo.id)
  core.state.repos.put({ ...now, last_number: now.last_number + 1 })
  return now.last_number + 1
}

export function createIssue(core: Core, repo: Repo, by: Account, fields: IssueFields & { title: string }): Issue {
  demand(core.state, repo, by, 'pull')
  if (!repo.has_issues) throw new Refusal(410, 'Issues are disabled for this repo')
  if (fields.title.trim() === '') throw invalid({ resource: 'Issue', code: 'missing_field', field: 'title' })
  checkBody('Issue', fields.body)
  const milestone = fields.milestone == null ? null : milestoneNumbered(core, repo, fields.milestone).id
  // Without rights, labels, assignees and milestone are dropped silently.
  const mayTriage = atLeast(permissionOf(core.state, repo, by), 'triage')
  const unknown = mayTriage ? fields.assignees?.find((login) => !member(core, repo, login)) : undefined
  if (unknown !== undefined) throw invalid({ resource: 'Issue', code: 'invalid', field: 'assignees', value: unknown })
  return core.state.commit(() => {
    const now = timestamp(core)
    const issue = core.state.issues.put({
      id: core.state.nextId(),
      repo: repo.id,
      number: takeNumber(core, repo),
      title: fields.title,
      body: fields.body ?? null,
      user: by.login,
      state: 'open',
      state_reason: null,
      labels: [],
      assignees: [],
      milestone: mayTriage ? milestone : null,
      locked: false,
      created_at: now,
      updated_at: now,
      closed_at: null,
      closed_by: null,
    })
    emitChange(core, repo, issue, 'opened', by)
    if (mayTriage && fields.labels?.length) addLabels(core, repo, by, issue.number, fields.labels)
    if (mayTriage && fields.assignees?.length) assign(core, repo, by, issue.number, fields.assignees)
    return issueNow(core.state, repo.id, issue.number)
  })
}

/** Title, body, state, milestone, labels and assignees of an issue, or of a pull request by its issue route. */
export function editIssue(core: Core, repo: Repo, by: Account, number: number, fields: IssueFields): Issue {
  const before = issueNow(core.state, repo.id, number)
  const own = sameLogin(before.user, by.login)
  const level = permissionOf(core.state, repo, by)
  demand(core.state, repo, by, 'pull')
  if ((fields.title !== undefined || fields.body !== undefined) && !own && !atLeast(level, 'push'))
    throw adminRightsNeeded()
  if (fields.state !== undefined && !own && !atLeast(level, 'triage')) throw adminRightsNeeded()
  if (fields.title?.trim() === '') throw invalid({ resource: 'Issue', code: 'missing_field', field: 'title' })
  checkBody('Issue', fields.body)
  return core.state.commit(() => {
    editText(core, repo, by, number, fields)
    if (fields.milestone !== undefined) setMilestone(core, repo, by, number, fields.milestone)
    if (fields.labels) setLabels(core, repo, by, number, fields.labels)
    if (fields.assignees) setAssignees(core, repo, by, number, fields.assignees)
    if (fields.state !== undefined) setState(core, repo, by, number, fields.state, fields.state_reason ?? null)
    return issueNow(core.state, repo.id, number)
  })
}

/** Changes title and body. Only inside `commit`; rights are the caller's business. */
export function editText(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  fields: Pick<IssueFields, 'title' | 'body'>,
): void {
  const issue = issueNow(core.state, repo.id, number)
  const title = fields.title ?? issue.title
  const body = fields.body === undefined ? issue.body : fields.body
  if (title === issue.title && body === issue.body) return
  const edited = update(core, issue, { title, body })
  const changes = {
    ...(title === issue.title ? {} : { title: { from: issue.title } }),
    ...(body === issue.body ? {} : { body: { from: issue.body ?? '' } }),
  }
  if (title !== issue.title) recordEvent(core, edited, by, 'renamed', { rename: { from: issue.title, to: title } })
  emitChange(core, repo, edited, 'edited', by, { changes })
}

/** Opens or closes. Only inside `commit`; what reopening a pull request asks for is checked in actions/pulls.ts. */
export function setState(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  state: 'open' | 'closed',
  reason: IssueFields['state_reason'] = null,
): void {
  const issue = issueNow(core.state, repo.id, number)
  if (issue.state === state) return
  if (state === 'closed') {
    const stateReason = isPull(issue) ? null : (reason ?? 'completed')
    const closed = update(core, issue, {
      state,
      state_reason: stateReason,
      closed_at: timestamp(core),
      closed_by: by.login,
    })
    recordEvent(core, closed, by, 'closed')
    emitChange(core, repo, closed, 'closed', by)
    return
  }
  if (isPull(issue) && issue.pull.merged_at !== null) {
    throw invalid({
      resource: 'PullRequest',
      code: 'invalid',
      field: 'state',
      message: 'state cannot be changed. The pull request cannot be reopened.',
    })
  }
  const reopened = update(core, issue, {
    state,
    state_reason: isPull(issue) ? null : 'reopened',
    closed_at: null,
    closed_by: null,
  })
  recordEvent(core, reopened, by, 'reopened')
  emitChange(core, repo, reopened, 'reopened', by)
}

function member(core: Core, repo: Repo, login: string): boolean {
  const account = core.state.accounts.get(login.toLowerCase())
  return account !== undefined && isCollaborator(core.state, repo, account)
}

/** Members, collaborators, the author and those who have commented can be assigned. */
function assignable(core: Core, repo: Repo, issue: Issue, login: string): Account | undefined {
  const account = core.state.accounts.get(login.toLowerCase())
  if (!account || account.type === 'Organization') return undefined
  const commented = core.state.comments.of(issueKey(repo.id, issue.number)).some((c) => sameLogin(c.user, login))
  return isCollaborator(core.state, repo, account) || sameLogin(issue.user, login) || commented ? account : undefined
}

/** Assigns up to ten people; those who cannot be assigned are left out silently, as GitHub does. */
export function assign(core: Core, repo: Repo, by: Account, number: number, logins: readonly string[]): Issue {
  demand(core.state, repo, by, 'triage')
  return core.state.commit(() => {
    for (const login of logins) {
      const issue = issueNow(core.state, repo.id, number)
      const account = assignable(core, repo, issue, login)
      if (!account || issue.assignees.length >= 10 || issue.assignees.some((a) => sameLogin(a, login))) continue
      const assigned = update(core, issue, { assignees: [...issue.assignees, account.login] })
      recordEvent(core, assigned, by, 'assigned', { assignee: account.login })
      emitChange(core, repo, assigned, 'assigned', by, { assignee: userOf(core, account.login) })
    }
    return issueNow(core.state, repo.id, number)
  })
}

export function unassign(core: Core, repo: Repo, by: Account, number: number, logins: readonly string[]): Issue {
  demand(core.state, repo, by, 'triage')
  return core.state.commit(() => {
    for (const login of logins) {
      const issue = issueNow(core.state, repo.id, number)
      const there = issue.assignees.find((a) => sameLogin(a, login))
      if (there === undefined) continue
      const left = update(core, issue, { assignees: issue.assignees.filter((a) => a !== there) })
      recordEvent(core, left, by, 'unassigned', { assignee: there })
      emitChange(core, repo, left, 'unassigned', by, { assignee: userOf(core, there) })
    }
    return issueNow(core.state, repo.id, number)
  })
}

function setAssignees(core: Core, repo: Repo, by: Account, number: number, logins: readonly string[]): void {
  const now = issueNow(core.state, repo.id, number).assignees
  unassign(
    core,
    repo,
    by,
    number,
    now.filter((login) => !logins.some((wanted) => sameLogin(wanted, login))),
  )
  assign(core, repo, by, number, logins)
}

export function setLocked(core: Core, repo: Repo, by: Account, number: number, locked: boolean): void {
  demand(core.state, repo, by, 'triage')
  const issue = issueNow(core.state, repo.id, number)
  if (issue.locked === locked) return
  core.state.commit(() => {
    const changed = update(core, issue, { locked })
    recordEvent(core, changed, by, locked ? 'locked' : 'unlocked')
    emitChange(core, repo, changed, locked ? 'locked' : 'unlocked', by)
  })
}

const reactionContents: readonly string[] = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']

/** Reacts. Somebody's second reaction of the same kind is the first one again (`created` false). */
export function react(
  core: Core,
  repo: Repo,
  by: Account,
  subject: string,
  content: string,
): { reaction: Reaction; created: boolean } {
  demand(core.state, repo, by, 'pull')
  if (!isReaction(content)) throw invalid({ resource: 'Reaction', code: 'invalid', field: 'content' })
  const same = core.state.reactions.of(subject).find((r) => r.content === content && sameLogin(r.user, by.login))
  if (same) return { reaction: same, created: false }
  const reaction = core.state.commit(() =>
    core.state.reactions.put({
      id: core.state.nextId(),
      subject,
      user: accountOf(core.state, by.login).login,
      content,
      created_at: timestamp(core),
    }),
  )
  return { reaction, created: true }
}

const isReaction = (content: string): content is ReactionContent => reactionContents.includes(content)
