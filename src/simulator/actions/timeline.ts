// Changes of an issue or pull request: its record, its history entry and its webhook go together.
import { type Core, isPull, timestamp } from '../core.ts'
import { issueShape } from '../shapes/issues.ts'
import { fullPull } from '../shapes/pulls.ts'
import type { Account, Issue, IssueEvent, Repo } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'

type EventFields = Omit<IssueEvent, 'id' | 'repo' | 'number' | 'actor' | 'event' | 'created_at' | 'commit_id'> & {
  readonly commit_id?: string | null
}

/** Adds an entry to the history. Only inside `commit`. */
export function recordEvent(core: Core, issue: Issue, by: Account, event: string, fields: EventFields = {}): void {
  core.state.events.put({
    id: core.state.nextId(),
    repo: issue.repo,
    number: issue.number,
    actor: by.login,
    event,
    created_at: timestamp(core),
    commit_id: null,
    ...fields,
  })
}

/** Replaces fields of the record and its time of change. Only inside `commit`. */
export function update<T extends Issue>(core: Core, issue: T, fields: Partial<T>): T {
  const updated = { ...issue, ...fields, updated_at: timestamp(core) }
  core.state.issues.put(updated)
  return updated
}

/** The webhook of a change: `pull_request` or `issues`, whichever it is. Only inside `commit`. */
export function emitChange(
  core: Core,
  repo: Repo,
  issue: Issue,
  action: string,
  sender: Account,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  const subject = isPull(issue)
    ? { number: issue.number, pull_request: fullPull(core, repo, issue) }
    : { issue: issueShape(core, repo, issue) }
  emit(core, { event: isPull(issue) ? 'pull_request' : 'issues', action, repo, sender, body: { ...subject, ...extra } })
}
