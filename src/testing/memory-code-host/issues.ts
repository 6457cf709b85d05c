// The code host in memory: issues, and what pull requests share with them.
import type { FoundIssue, Issue, IssueOperations, IssueRef, RepoRef } from '../../api/code-host.ts'
import { commentOperations } from './comments.ts'
import { matches } from './search.ts'
import {
  append,
  belongs,
  change,
  exists,
  freeNumber,
  invalid,
  issueKey,
  type Memory,
  notFound,
  pageOf,
  repoKey,
  sameText,
  sharedAt,
  userNamed,
} from './state.ts'

const mostAssignees = 10
const mostPinned = 3

export function issueOperations(memory: Memory): IssueOperations {
  const { state, bot, effect, doing, now } = memory

  const event = (at: IssueRef, name: string, label?: string) =>
    append(state.events, issueKey(at), { event: name, actor: bot, created_at: now(), ...(label && { label }) })

  /** Strangers are assigned only where they have said something. */
  function assignable(at: IssueRef, login: string): boolean {
    const said = (state.comments.get(issueKey(at)) ?? []).map(({ user }) => user.login)
    return belongs(memory, at, login) || [sharedAt(memory, at).user.login, ...said].some(sameText(login))
  }

  function assign(at: IssueRef, logins: readonly string[]): readonly string[] {
    const there = sharedAt(memory, at).assignees
    const isThere = (login: string) => there.some((one) => sameText(one.login)(login))
    const room = mostAssignees - there.length
    const fresh = logins.filter((login) => !isThere(login) && assignable(at, login)).slice(0, room)
    if (fresh.length > 0) {
      change(memory, at, { assignees: [...there, ...fresh.map(userNamed)] })
      effect(`${issueKey(at)} assign ${fresh.join(' ')}`)
    }
    return logins.filter((login) => !isThere(login) && !fresh.includes(login))
  }

  return {
    ...commentOperations(memory),

    issue: (at) => doing('issue', issueKey(at), () => issueAt(memory, at)),
    createIssue: (at, { title, body, labels = [] }) =>
      doing('createIssue', repoKey(at), () => {
        if (!exists(memory, at)) throw notFound(repoKey(at))
        if (title.trim() === '') throw invalid('title: missing_field')
        const ref = { ...at, number: freeNumber(memory, at) }
        state.issues.set(issueKey(ref), newIssue(memory, ref, { title, body, labels, user: userNamed(bot) }))
        effect(`${repoKey(at)} new issue #${ref.number}: ${title}`)
        return ref.number
      }),
    edit: (at, { title, body }) =>
      doing('edit', issueKey(at), () => {
        const before = sharedAt(memory, at)
        if (title?.trim() === '') throw invalid('title: missing_field')
        if (title !== undefined && title !== before.title) effect(`${issueKey(at)} title: ${title}`)
        if (body !== undefined && body !== before.body) effect(`${issueKey(at)} body: ${body}`)
        change(memory, at, { ...(title !== undefined && { title }), ...(body !== undefined && { body }) })
      }),
    close: (at, reason) =>
      doing('close', issueKey(at), () => {
        if (sharedAt(memory, at).state === 'closed') return
        change(memory, at, { state: 'closed' })
        const issue = state.issues.get(issueKey(at))
        if (issue) state.issues.set(issueKey(at), { ...issue, state_reason: reason ?? 'completed' })
        event(at, 'closed')
        effect(`${issueKey(at)} close${reason ? ` ${reason}` : ''}`)
      }),
    reopen: (at) =>
      doing('reopen', issueKey(at), () => {
        if (sharedAt(memory, at).state === 'open') return undefined
        if (state.pulls.get(issueKey(at))?.merged)
          return 'state cannot be changed. The pull request cannot be reopened.'
        change(memory, at, { state: 'open' })
        const issue = state.issues.get(issueKey(at))
        if (issue) {
          const { state_reason: _, ...rest } = issue
          state.issues.set(issueKey(at), rest)
        }
        event(at, 'reopened')
        effect(`${issueKey(at)} reopen`)
        return undefined
      }),
    lock: (at, locked) =>
      doing('lock', issueKey(at), () => {
        sharedAt(memory, at)
        if (state.locked.has(issueKey(at)) === locked) return
        if (locked) state.locked.add(issueKey(at))
        else state.locked.delete(issueKey(at))
        effect(`${issueKey(at)} ${locked ? 'lock' : 'unlock'}`)
      }),

    labels: (at) => doing('labels', issueKey(at), () => sharedAt(memory, at).labels),
    addLabel: (at, label) =>
      doing('addLabel', issueKey(at), () => {
        const { labels } = sharedAt(memory, at)
        if (labels.some(sameText(label))) return
        const known = state.repoLabels.get(repoKey(at)) ?? []
        const name = known.find((one) => sameText(one.name)(label))?.name ?? label
        if (name === label && !known.some((one) => one.name === label))
          append(state.repoLabels, repoKey(at), { name, color: 'ededed', description: '' })
        change(memory, at, { labels: [...labels, name] })
        event(at, 'labeled', name)
        effect(`${issueKey(at)} +${name}`)
      }),
    removeLabel: (at, label) =>
      doing('removeLabel', issueKey(at), () => {
        const { labels } = sharedAt(memory, at)
        const there = labels.find(sameText(label))
        if (there === undefined) return
        change(memory, at, { labels: labels.filter((one) => one !== there) })
        event(at, 'unlabeled', there)
        effect(`${issueKey(at)} -${there}`)
      }),
    setMilestone: (at, number) =>
      doing('setMilestone', issueKey(at), () => {
        if (sharedAt(memory, at).milestone?.number === number) return
        const milestone = (state.milestones.get(repoKey(at)) ?? []).find((one) => one.number === number)
        if (number !== undefined && !milestone) throw invalid(`milestone ${number} does not exist`)
        withoutMilestone(memory, at)
        if (milestone) change(memory, at, { milestone })
        event(at, milestone ? 'milestoned' : 'demilestoned')
        effect(`${issueKey(at)} milestone: ${milestone?.title ?? 'none'}`)
      }),
    assign: (at, logins) => doing('assign', issueKey(at), () => assign(at, logins)),
    unassign: (at, logins) =>
      doing('unassign', issueKey(at), () => {
        const { assignees } = sharedAt(memory, at)
        const gone = assignees.filter(({ login }) => logins.some(sameText(login)))
        if (gone.length === 0) return
        change(memory, at, { assignees: assignees.filter((one) => !gone.includes(one)) })
        effect(`${issueKey(at)} unassign ${gone.map(({ login }) => login).join(' ')}`)
      }),
    issueEvents: (at) =>
      doing('issueEvents', issueKey(at), () => {
        sharedAt(memory, at)
        return [...(state.events.get(issueKey(at)) ?? [])]
      }),

    searchIssues: (_org, query, most = 1000) =>
      doing('searchIssues', query, () => allIssues(memory).filter(matches(memory, query)).slice(0, most)),
    pinIssue: (at, pinned) =>
      doing('pinIssue', issueKey(at), () => {
        const key = issueKey(at)
        if (!state.issues.has(key)) throw notFound(key)
        if (state.pinned.has(key) === pinned) return
        const here = [...state.pinned].filter((one) => one.startsWith(`${repoKey(at)}#`))
        if (pinned && here.length >= mostPinned) throw invalid(`${repoKey(at)} has ${mostPinned} pinned issues already`)
        if (pinned) state.pinned.add(key)
        else state.pinned.delete(key)
        effect(`${key} ${pinned ? 'pin' : 'unpin'}`)
      }),
    transferIssue: (at, to) =>
      doing('transferIssue', issueKey(at), () => {
        const before = state.transfers.get(issueKey(at))
        if (before && repoKey(before) === repoKey(to)) return before
        const issue = state.issues.get(issueKey(at))
        if (!issue) throw notFound(issueKey(at))
        if (!exists(memory, to)) throw notFound(repoKey(to))
        if (repoKey(at) === repoKey(to)) return at
        const there = { ...to, number: freeNumber(memory, to) }
        state.issues.delete(issueKey(at))
        state.transfers.set(issueKey(at), there)
        state.issues.set(issueKey(there), newIssue(memory, there, { ...issue, number: there.number }))
        state.comments.set(issueKey(there), state.comments.get(issueKey(at)) ?? [])
        state.comments.delete(issueKey(at))
        effect(`${issueKey(at)} transfer to ${issueKey(there)}`)
        return there
      }),
  }
}

function withoutMilestone({ state }: Memory, at: IssueRef): void {
  for (const map of [state.issues, state.pulls] as Map<string, Partial<Issue>>[]) {
    const found = map.get(issueKey(at))
    if (!found) continue
    const { milestone: _, ...rest } = found
    map.set(issueKey(at), rest)
  }
}

/** An issue; what is not given is made up. */
export function newIssue(memory: Memory, at: IssueRef, given: Partial<Issue> = {}): Issue {
  return {
    number: at.number,
    node_id: `I_${issueKey(at)}`,
    title: 'a problem',
    body: '',
    state: 'open',
    locked: false,
    user: userNamed('author'),
    labels: [],
    assignees: [],
    isPullRequest: false,
    created_at: memory.now(),
    updated_at: memory.now(),
    ...given,
    html_url: `${pageOf(at)}/issues/${at.number}`,
  }
}

/** An issue, or the issue side of a pull request. */
function issueAt(memory: Memory, at: IssueRef): Issue {
  const key = issueKey(at)
  const locked = memory.state.locked.has(key)
  const issue = memory.state.issues.get(key)
  if (issue) return { ...issue, locked }
  const pull = memory.state.pulls.get(key)
  if (!pull) throw notFound(key)
  const { title, body, state, user, labels, assignees, milestone, html_url } = pull
  const shared = { title, body, state, user, labels, assignees, ...(milestone && { milestone }) }
  return { ...newIssue(memory, at, shared), node_id: `PR_${key}`, isPullRequest: true, locked, html_url }
}

/** Newest first. */
function allIssues(memory: Memory): FoundIssue[] {
  const keys = [...memory.state.issues.keys(), ...memory.state.pulls.keys()]
  return keys
    .map((key): RepoRef & { number: number } => {
      const [, org = '', repo = '', number = ''] = /^(.+)\/(.+)#(\d+)$/.exec(key) ?? []
      return { org, repo, number: Number(number) }
    })
    .sort((a, b) => b.number - a.number)
    .map((at) => ({ ...issueAt(memory, at), repo: { org: at.org, repo: at.repo } }))
}
