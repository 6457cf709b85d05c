// What the code host in memory remembers, and what its operations share.
import {
  type BlameRange,
  type ChangedFile,
  type CheckRun,
  type CodeHost,
  CodeHostError,
  type Comment,
  type Commit,
  type CommitStatus,
  type Issue,
  type IssueEvent,
  type IssueRef,
  type Label,
  type Milestone,
  type PullRequest,
  type RepoPermission,
  type RepoRef,
  type Repository,
  type Review,
  type ReviewComment,
  type User,
} from '../../api/code-host.ts'
import type { Clock } from '../../system/clock.ts'

/** What is on the host. Tests fill it before and read it after. Keys are written like `org/repo`, `org/repo#1`. */
export interface MemoryCodeHostState {
  /** `org/login` */
  readonly members: Set<string>
  /** `org/repo/login` */
  readonly collaborators: Set<string>
  /** `org/repo/login` → permission. Default: collaborators may write. */
  readonly permissions: Map<string, RepoPermission>
  /** Logins of people who are known only because they exist; others come with what they do. */
  readonly accounts: Set<string>
  /** Logins of those who are busy. */
  readonly busy: Set<string>
  /** E-mail address → logins. */
  readonly emails: Map<string, readonly string[]>
  /** `org/team name` → logins. */
  readonly teams: Map<string, readonly string[]>

  /** `org/repo#number`. Issues may live here, too, where only what both have is looked at. */
  readonly pulls: Map<string, PullRequest>
  /** `org/repo#number` of issues. */
  readonly issues: Map<string, Issue>
  /** `org/repo#number` of what is locked. */
  readonly locked: Set<string>
  /** `org/repo#number` → where an issue is now. */
  readonly transfers: Map<string, IssueRef>
  /** `org/repo#number` of what is pinned. */
  readonly pinned: Set<string>
  /** `org/repo#number` → file names, or what else is known of the files. */
  readonly files: Map<string, readonly (string | (Partial<ChangedFile> & { readonly filename: string }))[]>
  /** `org/repo#number` → its commits, oldest first. */
  readonly commits: Map<string, readonly Commit[]>
  /** `org/repo#number` → its commits as mails. */
  readonly patches: Map<string, string>
  /** `org/repo#number`, in order of creation. */
  readonly comments: Map<string, Comment[]>
  readonly reviews: Map<string, Review[]>
  readonly reviewComments: Map<string, ReviewComment[]>
  readonly events: Map<string, IssueEvent[]>

  /** Org → names of its repositories; default: those that something is known of. */
  readonly repositories: Map<string, readonly string[]>
  /** `org/repo` → what is not as usual there. */
  readonly repos: Map<string, Partial<Repository>>
  readonly repoLabels: Map<string, Label[]>
  readonly milestones: Map<string, Milestone[]>
  /** `org/repo:branch` → SHA. */
  readonly branches: Map<string, string>
  /** `org/repo:tag` → SHA. */
  readonly tags: Map<string, string>
  /** `org/repo@commit` → SHA of the tree. */
  readonly trees: Map<string, string>
  /** `org/repo:base...head` → SHA. */
  readonly mergeBases: Map<string, string>
  /** `org/repo@ref` → contents by path, as they are at that branch or commit. */
  readonly contents: Map<string, Readonly<Record<string, string | Uint8Array>>>
  /** `org/repo:path` */
  readonly blames: Map<string, readonly BlameRange[]>
  /** `org/repo:branch` → contexts that its protection requires. */
  readonly requiredContexts: Map<string, readonly string[]>

  /** `org/repo@ref` → newest status per context. */
  readonly statuses: Map<string, CommitStatus[]>
  /** `org/repo@ref` → all of them, newest first; default: the newest per context. */
  readonly statusHistory: Map<string, CommitStatus[]>
  /** `org/repo@ref` */
  readonly checkRuns: Map<string, CheckRun[]>
  /** `org/login` → merged pull requests. */
  readonly merged: Map<string, number>
  /** `org/repo@sha failed` or `org/repo@sha waiting` → run ids. */
  readonly workflowRuns: Map<string, readonly number[]>
}

export const emptyState = (): MemoryCodeHostState => ({
  members: new Set(),
  collaborators: new Set(),
  permissions: new Map(),
  accounts: new Set(),
  busy: new Set(),
  emails: new Map(),
  teams: new Map(),
  pulls: new Map(),
  issues: new Map(),
  locked: new Set(),
  transfers: new Map(),
  pinned: new Set(),
  files: new Map(),
  commits: new Map(),
  patches: new Map(),
  comments: new Map(),
  reviews: new Map(),
  reviewComments: new Map(),
  events: new Map(),
  repositories: new Map(),
  repos: new Map(),
  repoLabels: new Map(),
  milestones: new Map(),
  branches: new Map(),
  tags: new Map(),
  trees: new Map(),
  mergeBases: new Map(),
  contents: new Map(),
  blames: new Map(),
  requiredContexts: new Map(),
  statuses: new Map(),
  statusHistory: new Map(),
  checkRuns: new Map(),
  merged: new Map(),
  workflowRuns: new Map(),
})

/** A user with the usual fields. */
export const userNamed = (login: string): User => ({
  login,
  type: login.endsWith('[bot]') ? 'Bot' : 'User',
  html_url: `https://github.com/${login}`,
})

export const repoKey = ({ org, repo }: RepoRef) => `${org}/${repo}`
export const issueKey = (at: IssueRef) => `${repoKey(at)}#${at.number}`
export const commitKey = (at: RepoRef, ref: string) => `${repoKey(at)}@${ref}`
export const branchKey = (at: RepoRef, branch: string) => `${repoKey(at)}:${branch}`
export const pageOf = (at: RepoRef) => `https://github.com/${repoKey(at)}`

export const notFound = (what: string) => new CodeHostError('not-found', 404, `there is no ${what}`)
export const invalid = (why: string) => new CodeHostError('invalid', 422, why)

export const sameText = (a: string) => (b: string) => a.toLowerCase() === b.toLowerCase()

/** What each operation is given. */
export interface Memory {
  readonly state: MemoryCodeHostState
  readonly bot: string
  readonly isApp: boolean
  /** Writes a change down, in words. */
  effect(text: string): void
  /** One operation, with what tests put before and after it. */
  doing<T>(operation: keyof CodeHost, at: string, act: () => T): Promise<T>
  /** A number that was not given out before. */
  id(): number
  now(): string
}

export const timeOf = (clock: Clock) => new Date(clock.now()).toISOString().replace('.000Z', 'Z')

export function pullAt({ state }: Memory, at: IssueRef): PullRequest {
  const pull = state.pulls.get(issueKey(at))
  if (!pull) throw notFound(issueKey(at))
  return pull
}

/** What issues and pull requests have in common. */
type Shared = Pick<PullRequest, 'title' | 'body' | 'state' | 'user' | 'labels' | 'assignees' | 'milestone'>

export function sharedAt({ state }: Memory, at: IssueRef): Shared {
  const found = state.issues.get(issueKey(at)) ?? state.pulls.get(issueKey(at))
  if (!found) throw notFound(issueKey(at))
  return found
}

/** Changes an issue or a pull request, whichever it is. */
export function change({ state, now }: Memory, at: IssueRef, fields: Partial<Shared>): void {
  const key = issueKey(at)
  const [issue, pull] = [state.issues.get(key), state.pulls.get(key)]
  if (issue) state.issues.set(key, { ...issue, ...fields, updated_at: now() })
  else if (pull) state.pulls.set(key, { ...pull, ...fields })
}

/** Adds to a list that may not be there yet. */
export const append = <T>(lists: Map<string, T[]>, key: string, item: T): void =>
  void lists.set(key, [...(lists.get(key) ?? []), item])

/** The next free number of a repository. */
export function freeNumber({ state }: Pick<Memory, 'state'>, at: RepoRef): number {
  const numbers = [...state.pulls.keys(), ...state.issues.keys()]
    .filter((key) => key.startsWith(`${repoKey(at)}#`))
    .map((key) => Number(key.slice(key.indexOf('#') + 1)))
  return Math.max(0, ...numbers) + 1
}

/** Whether something is known of a repository. */
export function exists({ state }: Memory, at: RepoRef): boolean {
  const { pulls, issues, branches, contents, repos, repositories } = state
  if (repos.has(repoKey(at)) || repositories.get(at.org)?.includes(at.repo)) return true
  const begins = ['#', ':', '@'].map((mark) => `${repoKey(at)}${mark}`)
  const keys = [pulls, issues, branches, contents].flatMap((map) => [...map.keys()])
  return keys.some((key) => begins.some((start) => key.startsWith(start)))
}

/** Whether somebody belongs to the organisation or the repository. */
export function belongs({ state }: Memory, at: RepoRef, login: string): boolean {
  const { members, collaborators, permissions } = state
  return (
    [...members].some(sameText(`${at.org}/${login}`)) ||
    [...collaborators, ...permissions.keys()].some(sameText(`${repoKey(at)}/${login}`))
  )
}
