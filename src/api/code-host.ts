// The code host in the words of the domain. GitHub is its first implementation (src/github); plugins and reporters know only this.

/** A repository and, where it matters, an issue or pull request in it. */
export interface RepoRef {
  readonly org: string
  readonly repo: string
}
export interface IssueRef extends RepoRef {
  readonly number: number
}

export interface User {
  readonly login: string
  /** `User`, `Bot`, `Organization`. */
  readonly type: string
  readonly html_url: string
}

export interface Comment {
  readonly id: number
  readonly body: string
  readonly user: User
  readonly html_url: string
  readonly created_at: string
  readonly updated_at: string
}

export interface PullRequest {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly state: 'open' | 'closed'
  readonly draft: boolean
  readonly merged: boolean
  /** Undefined while the host is still computing it. */
  readonly mergeable?: boolean
  readonly user: User
  readonly html_url: string
  readonly labels: readonly string[]
  readonly assignees: readonly User[]
  readonly base: { readonly ref: string; readonly sha: string; readonly repo: { html_url: string } & RepoRef }
  readonly head: { readonly ref: string; readonly sha: string }
}

export interface ChangedFile {
  readonly filename: string
  readonly status: string
  readonly previous_filename?: string
  readonly additions: number
  readonly deletions: number
}

export type StatusState = 'pending' | 'success' | 'failure' | 'error'

export interface CommitStatus {
  readonly context: string
  readonly state: StatusState
  readonly description: string
  readonly target_url: string
}

/** What a review says. */
export type ReviewState = 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending'

/**
 * Operations on the code host. All of them retry what is worth retrying and throw CodeHostError otherwise; all mutations
 * are safe to repeat (adding a label twice is one label).
 */
export interface CodeHost {
  /** The account that acts here. `login` without the suffix `[bot]`. */
  bot(): Promise<{ login: string }>
  /** True for the acting account's login; for an app with or without the suffix `[bot]`. */
  isBot(login: string): Promise<boolean>
  isMember(org: string, login: string): Promise<boolean>
  isCollaborator(at: RepoRef, login: string): Promise<boolean>
  pullRequest(at: IssueRef): Promise<PullRequest>
  changedFiles(at: IssueRef): Promise<readonly ChangedFile[]>
  /** Commit that the branch points to; throws CodeHostError `not-found` when there is no such branch. */
  branchSha(at: RepoRef, branch: string): Promise<string>
  /** SHA of the tree of a commit. */
  treeSha(at: RepoRef, commit: string): Promise<string>
  labels(at: IssueRef): Promise<readonly string[]>
  addLabel(at: IssueRef, label: string): Promise<void>
  /** Fine when the label is not there. */
  removeLabel(at: IssueRef, label: string): Promise<void>
  comments(at: IssueRef): Promise<readonly Comment[]>
  comment(at: IssueRef, body: string): Promise<Comment>
  editComment(at: RepoRef, id: number, body: string): Promise<void>
  /** Fine when the comment is gone. */
  deleteComment(at: RepoRef, id: number): Promise<void>
  setStatus(at: RepoRef, sha: string, status: CommitStatus): Promise<void>
  /** Newest status per context. */
  statuses(at: RepoRef, ref: string): Promise<readonly CommitStatus[]>
  assign(at: IssueRef, logins: readonly string[]): Promise<void>
  requestReview(at: IssueRef, logins: readonly string[]): Promise<void>
  /** Logins of the members of the team with that display name; undefined when the org has no such team. */
  teamMembers(org: string, teamName: string): Promise<readonly string[] | undefined>
  /** Names of the repositories of an organisation, or of a user of that name. */
  repositories(org: string): Promise<readonly string[]>
  /** How many merged pull requests of this author the org has. */
  countMerged(org: string, login: string): Promise<number>
  /** Workflow runs of a commit that failed or wait for approval. */
  workflowRuns(
    at: RepoRef,
    head: { branch: string; sha: string },
    which: 'failed' | 'waiting',
  ): Promise<readonly number[]>
  rerunWorkflow(at: RepoRef, run: number, how: 'rerun-failed' | 'approve'): Promise<void>
}

/** A request that the code host did not carry out. */
export class CodeHostError extends Error {
  override readonly name = 'CodeHostError'
  readonly kind: 'not-found' | 'forbidden' | 'invalid' | 'conflict' | 'rate-limited' | 'unavailable' | 'failed'
  /** HTTP status, 0 when there was no answer. */
  readonly status: number

  constructor(kind: CodeHostError['kind'], status: number, message: string) {
    super(message)
    this.kind = kind
    this.status = status
  }
}
