// What the code host tells: plain data in the words of its JSON. Logins are written as the host writes them.

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

/** The account that acts. */
export interface BotAccount {
  /** Without the suffix `[bot]`. */
  readonly login: string
  /** For commits; empty when the host does not tell. */
  readonly email: string
  /** An app, which may do what tokens of people may not: create check runs. */
  readonly isApp: boolean
}

export interface Repository extends RepoRef {
  readonly node_id: string
  readonly html_url: string
  readonly default_branch: string
  readonly private: boolean
  readonly archived: boolean
  /** Where it was forked from; absent when it is no fork. */
  readonly parent?: RepoRef
  readonly allow_merge_commit: boolean
  readonly allow_squash_merge: boolean
  readonly allow_rebase_merge: boolean
}

export interface Label {
  readonly name: string
  /** Six hexadecimal digits. */
  readonly color: string
  readonly description: string
}

export interface Milestone {
  readonly number: number
  readonly title: string
  readonly state: 'open' | 'closed'
}

/** An issue, or the issue side of a pull request. */
export interface Issue {
  readonly number: number
  readonly node_id: string
  readonly title: string
  readonly body: string
  readonly state: 'open' | 'closed'
  /** Why it was closed: `completed`, `not_planned` …; absent for open issues and for pull requests. */
  readonly state_reason?: string
  readonly locked: boolean
  readonly user: User
  readonly html_url: string
  readonly labels: readonly string[]
  readonly assignees: readonly User[]
  readonly milestone?: Milestone
  readonly isPullRequest: boolean
  readonly created_at: string
  readonly updated_at: string
}

/** A hit of a search. */
export interface FoundIssue extends Issue {
  readonly repo: RepoRef
}

/** An entry in the history of an issue. */
export interface IssueEvent {
  /** `labeled`, `unlabeled`, `assigned`, `closed` … */
  readonly event: string
  /** Who did it; empty when the account is gone. */
  readonly actor: string
  readonly created_at: string
  /** Of `labeled` and `unlabeled`. */
  readonly label?: string
}

export interface Comment {
  readonly id: number
  readonly body: string
  readonly user: User
  readonly html_url: string
  readonly created_at: string
  readonly updated_at: string
}

export type Reaction = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes'

export interface PullRequest {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly state: 'open' | 'closed'
  readonly draft: boolean
  readonly merged: boolean
  /** Undefined while the host is still computing it, and in lists. */
  readonly mergeable?: boolean
  /** The commit that it was merged as; absent before. */
  readonly merge_commit_sha?: string
  readonly user: User
  readonly html_url: string
  readonly labels: readonly string[]
  readonly assignees: readonly User[]
  readonly requested_reviewers: readonly User[]
  /** Slugs. */
  readonly requested_teams: readonly string[]
  readonly milestone?: Milestone
  /** How many commits it has; absent in lists and in events about reviews. */
  readonly commits?: number
  readonly base: { readonly ref: string; readonly sha: string; readonly repo: { html_url: string } & RepoRef }
  /** `repo` is absent when the fork is gone. */
  readonly head: { readonly ref: string; readonly sha: string; readonly repo?: RepoRef }
}

/** A pull request as a search over many of them shows it. */
export interface FoundPullRequest extends IssueRef {
  readonly user: User
  readonly labels: readonly string[]
  /** Undefined while the host is still computing it. */
  readonly mergeable?: boolean
}

export interface ChangedFile {
  readonly filename: string
  /** `added`, `removed`, `modified`, `renamed`, `copied`, `changed`. */
  readonly status: string
  readonly previous_filename?: string
  readonly additions: number
  readonly deletions: number
  /** Page that shows the file at the head. */
  readonly blob_url: string
  /** Hunks of the unified diff, without its head. Absent for binary and very large files. */
  readonly patch?: string
}

/** Who wrote or made a commit, and when. */
export interface Signature {
  readonly name: string
  readonly email: string
  readonly date: string
  /** The account with that address; absent when there is none. */
  readonly login?: string
}

export interface Commit {
  readonly sha: string
  readonly html_url: string
  readonly message: string
  readonly author: Signature
  readonly committer: Signature
  /** SHAs; two or more make a merge commit. */
  readonly parents: readonly string[]
  /** SHA of its tree. */
  readonly tree: string
  readonly verification: { readonly verified: boolean; readonly reason: string }
}

export type StatusState = 'pending' | 'success' | 'failure' | 'error'

export interface CommitStatus {
  readonly context: string
  readonly state: StatusState
  readonly description: string
  readonly target_url: string
}

export interface CheckRun {
  readonly id: number
  readonly name: string
  readonly head_sha: string
  /** `queued`, `in_progress`, `completed` … */
  readonly status: string
  /** `success`, `failure`, `neutral`, `cancelled`, `skipped`, `timed_out`, `action_required` …; absent until completed. */
  readonly conclusion?: string
  readonly completed_at?: string
  readonly html_url: string
}

/** A check run to be made, which is complete from the start. */
export interface NewCheckRun {
  readonly name: string
  readonly head_sha: string
  readonly conclusion: 'success' | 'failure' | 'neutral'
  readonly title: string
  readonly summary: string
}

/** What a review says. */
export type ReviewState = 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending'

export interface Review {
  readonly id: number
  readonly body: string
  readonly user: User
  readonly state: ReviewState
  readonly html_url: string
  /** The commit that was reviewed; empty when the host does not say. */
  readonly commit_id: string
  readonly submitted_at: string
}

export interface NewReview {
  readonly event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'
  /** May only be empty when it approves or has comments. */
  readonly body: string
  /** The commit that is reviewed; the head when absent. */
  readonly commit_id?: string
  readonly comments?: readonly {
    readonly path: string
    /** Line below the file's first hunk header, which is 0. */
    readonly position: number
    readonly body: string
  }[]
}

/** A comment on a line of a diff. */
export interface ReviewComment extends Comment {
  readonly path: string
  /** Absent once the line has changed. */
  readonly position?: number
  readonly line?: number
}

export interface NewPullRequest {
  readonly title: string
  readonly body: string
  /** `branch`, or `owner:branch` of a fork. */
  readonly head: string
  readonly base: string
  readonly draft?: boolean
  /** Whether those who may push to the base may push to the fork's branch, too. Default: yes. */
  readonly maintainer_can_modify?: boolean
}

export interface NewIssue {
  readonly title: string
  readonly body: string
  readonly labels?: readonly string[]
}

/** What somebody may do in a repository, in the host's four old words: maintain is `write`, triage is `read`. */
export type RepoPermission = 'admin' | 'write' | 'read' | 'none'

export interface Team {
  readonly id: number
  readonly name: string
  readonly slug: string
}

export interface DirectoryEntry {
  readonly name: string
  /** From the root of the repository, without a slash in front. */
  readonly path: string
  /** `file`, `dir`, `symlink`, `submodule`. */
  readonly type: string
  /** Bytes; 0 for directories. */
  readonly size: number
  readonly sha: string
}

/** A branch or tag. */
export interface GitRef {
  /** `heads/main`, `tags/v1.0` */
  readonly ref: string
  /** For an annotated tag that of the tag, not of the commit. */
  readonly sha: string
}

/** Lines that were last changed together. */
export interface BlameRange {
  /** First and last line, counted from 1. */
  readonly start: number
  readonly end: number
  /** Account of the author; absent when no account has the address. */
  readonly login?: string
  /** When it was committed. */
  readonly date: string
}
