// All tables of the simulated GitHub, and how each record is found.
import type {
  Account,
  App,
  CheckRun,
  Comment,
  Hook,
  Installation,
  Intent,
  Invitation,
  Issue,
  IssueEvent,
  Label,
  Milestone,
  Org,
  Reaction,
  Repo,
  Review,
  ReviewComment,
  Status,
  Team,
  Token,
  Transfer,
} from './records.ts'
import type { Store } from './store.ts'
import { openTables } from './tables.ts'

export type State = ReturnType<typeof openState>

/** Key of an issue or pull request, and the group of what belongs to it. */
export const issueKey = (repo: number, number: number): string => `${repo}#${number}`

/** Loads everything into memory. `written` is called after each durable change. */
export function openState(store: Store, written: () => void) {
  const { table, commit, nextId, addDelivery } = openTables(store, written)
  const byIssue = (record: { repo: number; number: number }): string => issueKey(record.repo, record.number)
  const id = (record: { id: number }): number => record.id
  const lower = (text: string): string => text.toLowerCase()
  return {
    commit,
    nextId,
    addDelivery,
    accounts: table<Account>({ name: 'account', key: (a) => lower(a.login) }),
    tokens: table<Token>({ name: 'token', key: (t) => t.token, group: (t) => lower(t.login) }),
    orgs: table<Org>({ name: 'org', key: (o) => lower(o.login) }),
    teams: table<Team>({ name: 'team', key: id, group: (t) => lower(t.org) }),
    repos: table<Repo>({ name: 'repo', key: id, group: (r) => lower(r.owner) }),
    labels: table<Label>({ name: 'label', key: id, group: (l) => l.repo }),
    milestones: table<Milestone>({ name: 'milestone', key: id, group: (m) => m.repo }),
    issues: table<Issue>({ name: 'issue', key: byIssue, group: (i) => i.repo }),
    transfers: table<Transfer>({ name: 'transfer', key: byIssue }),
    comments: table<Comment>({ name: 'comment', key: id, group: byIssue }),
    reviews: table<Review>({ name: 'review', key: id, group: byIssue }),
    reviewComments: table<ReviewComment>({ name: 'review_comment', key: id, group: byIssue }),
    events: table<IssueEvent>({ name: 'event', key: id, group: byIssue }),
    reactions: table<Reaction>({ name: 'reaction', key: id, group: (r) => r.subject }),
    statuses: table<Status>({ name: 'status', key: id, group: (s) => `${s.repo} ${s.sha}` }),
    checkRuns: table<CheckRun>({ name: 'check_run', key: id, group: (c) => `${c.repo} ${c.head_sha}` }),
    hooks: table<Hook>({ name: 'hook', key: id, group: (h) => lower(h.of) }),
    invitations: table<Invitation>({ name: 'invitation', key: id }),
    apps: table<App>({ name: 'app', key: id }),
    installations: table<Installation>({ name: 'installation', key: id, group: (i) => i.app }),
    intents: table<Intent>({ name: 'intent', key: (i) => i.repo }),
  }
}
