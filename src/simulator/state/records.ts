// What the simulated GitHub remembers: plain records, one document each in the store. Logins are kept as first written.

/** Levels of access to a repository, weakest first in `permissionLevels`. */
export type Permission = 'pull' | 'triage' | 'push' | 'maintain' | 'admin'
export const permissionLevels: readonly Permission[] = ['pull', 'triage', 'push', 'maintain', 'admin']

export interface Account {
  readonly id: number
  readonly login: string
  readonly type: 'User' | 'Bot' | 'Organization'
  readonly name: string | null
  readonly email: string | null
  readonly created_at: string
  /** Their status says that they have little time. */
  readonly busy?: boolean
}

export interface Token {
  readonly token: string
  readonly login: string
  /** Set on an installation's token. */
  readonly installation?: number
  readonly expires_at?: string
}

export type BasePermission = 'none' | 'read' | 'write' | 'admin'

export interface Org {
  readonly login: string
  readonly members: Readonly<Record<string, 'admin' | 'member'>>
  readonly default_repository_permission: BasePermission
  readonly description: string
  readonly company: string | null
  readonly location: string | null
  readonly billing_email: string
  readonly has_organization_projects: boolean
  readonly has_repository_projects: boolean
  readonly members_can_create_repositories: boolean
}

export interface Team {
  readonly id: number
  readonly org: string
  readonly name: string
  readonly slug: string
  readonly description: string
  readonly privacy: 'closed' | 'secret'
  readonly parent: number | null
  readonly members: Readonly<Record<string, 'member' | 'maintainer'>>
  /** Repository id → permission. */
  readonly repos: Readonly<Record<string, Permission>>
  readonly created_at: string
  readonly updated_at: string
}

export interface Protection {
  readonly required_status_checks: { readonly strict: boolean; readonly contexts: readonly string[] } | null
  readonly required_pull_request_reviews: {
    readonly dismiss_stale_reviews: boolean
    readonly require_code_owner_reviews: boolean
    readonly required_approving_review_count: number
  } | null
  readonly restrictions: { readonly users: readonly string[]; readonly teams: readonly string[] } | null
  readonly enforce_admins: boolean
  readonly required_linear_history: boolean
  readonly allow_force_pushes: boolean
  readonly allow_deletions: boolean
  readonly required_signatures: boolean
}

export interface Repo {
  readonly id: number
  readonly owner: string
  readonly name: string
  readonly private: boolean
  readonly archived: boolean
  readonly description: string | null
  readonly homepage: string | null
  readonly default_branch: string
  /** Id of the repository that this one was forked from. */
  readonly parent: number | null
  readonly collaborators: Readonly<Record<string, Permission>>
  readonly allow_merge_commit: boolean
  readonly allow_squash_merge: boolean
  readonly allow_rebase_merge: boolean
  readonly delete_branch_on_merge: boolean
  readonly has_issues: boolean
  readonly has_projects: boolean
  readonly has_wiki: boolean
  /** Branches and tags as last announced (`refs/heads/…`, `refs/tags/…` → SHA): what a push is compared with. */
  readonly refs: Readonly<Record<string, string>>
  readonly protections: Readonly<Record<string, Protection>>
  readonly last_number: number
  readonly created_at: string
  readonly updated_at: string
  readonly pushed_at: string
}

export interface Label {
  readonly id: number
  readonly repo: number
  readonly name: string
  readonly color: string
  readonly description: string | null
}

export interface Milestone {
  readonly id: number
  readonly repo: number
  readonly number: number
  readonly title: string
  readonly description: string | null
  readonly state: 'open' | 'closed'
  readonly creator: string
  readonly created_at: string
  readonly updated_at: string
  readonly closed_at: string | null
}

/** An issue, and with `pull` a pull request: GitHub numbers, labels and comments both alike. */
export interface Issue {
  readonly id: number
  readonly repo: number
  readonly number: number
  readonly title: string
  readonly body: string | null
  readonly user: string
  readonly state: 'open' | 'closed'
  readonly state_reason: 'completed' | 'not_planned' | 'reopened' | null
  /** Ids of labels, in the order in which they were added. */
  readonly labels: readonly number[]
  readonly assignees: readonly string[]
  readonly milestone: number | null
  readonly locked: boolean
  readonly created_at: string
  readonly updated_at: string
  readonly closed_at: string | null
  readonly closed_by: string | null
  readonly pinned?: boolean
  readonly pull?: Pull
}

/** An issue that is in another repository now. */
export interface Transfer {
  readonly repo: number
  readonly number: number
  readonly to: { readonly repo: number; readonly number: number }
}

/** What makes an issue a pull request. */
export interface Pull {
  readonly id: number
  /** `repo` is null when the fork is gone. */
  readonly head: { readonly repo: number | null; readonly owner: string; readonly ref: string; readonly sha: string }
  /** `sha` is where the base branch stood when the head was last pushed. */
  readonly base: { readonly ref: string; readonly sha: string }
  readonly draft: boolean
  readonly merged_at: string | null
  readonly merged_by: string | null
  readonly merge_commit_sha: string | null
  readonly requested_reviewers: readonly string[]
  readonly requested_teams: readonly number[]
  readonly maintainer_can_modify: boolean
  readonly stats: Stats
  /** Outcome of the last trial merge; out of date when either SHA has moved on. */
  readonly trial: Trial | null
}

export type PullRequest = Issue & { readonly pull: Pull }

export interface Stats {
  readonly commits: number
  readonly additions: number
  readonly deletions: number
  readonly changed_files: number
}

export interface Trial {
  readonly base: string
  readonly head: string
  /** The test merge commit; null when the two conflict. */
  readonly commit: string | null
}

export interface Comment {
  readonly id: number
  readonly repo: number
  readonly number: number
  readonly user: string
  readonly body: string
  readonly created_at: string
  readonly updated_at: string
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'

export interface Review {
  readonly id: number
  readonly repo: number
  readonly number: number
  readonly user: string
  readonly body: string
  readonly state: ReviewState
  readonly commit_id: string
  readonly submitted_at: string
}

export interface ReviewComment {
  readonly id: number
  readonly repo: number
  readonly number: number
  readonly review: number
  readonly user: string
  readonly body: string
  readonly path: string
  readonly commit_id: string
  readonly original_commit_id: string
  readonly diff_hunk: string
  readonly position: number | null
  readonly line: number | null
  readonly side: 'LEFT' | 'RIGHT'
  readonly start_line: number | null
  readonly start_side: 'LEFT' | 'RIGHT' | null
  readonly in_reply_to: number | null
  readonly created_at: string
  readonly updated_at: string
}

/** One entry of an issue's history, with the fields its kind has. */
export interface IssueEvent {
  readonly id: number
  readonly repo: number
  readonly number: number
  readonly actor: string
  readonly event: string
  readonly created_at: string
  readonly commit_id: string | null
  readonly label?: { readonly name: string; readonly color: string }
  readonly assignee?: string
  readonly rename?: { readonly from: string; readonly to: string }
  readonly milestone?: string
  readonly requested_reviewer?: string
  readonly requested_team?: number
  readonly dismissed_review?: { readonly state: string; readonly review_id: number; readonly message: string }
}

export type ReactionContent = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes'

export interface Reaction {
  readonly id: number
  /** `issue:<id>` or `comment:<id>` or `review_comment:<id>`. */
  readonly subject: string
  readonly user: string
  readonly content: ReactionContent
  readonly created_at: string
}

export interface Status {
  readonly id: number
  readonly repo: number
  readonly sha: string
  readonly state: 'pending' | 'success' | 'error' | 'failure'
  readonly target_url: string | null
  readonly description: string | null
  readonly context: string
  readonly creator: string
  readonly created_at: string
}

export interface CheckRun {
  readonly id: number
  readonly repo: number
  readonly suite: number
  readonly head_sha: string
  readonly name: string
  readonly external_id: string
  readonly details_url: string | null
  readonly status: 'queued' | 'in_progress' | 'completed'
  readonly conclusion: CheckConclusion | null
  readonly started_at: string | null
  readonly completed_at: string | null
  readonly output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null }
  readonly creator: string
}

export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'

export interface Hook {
  readonly id: number
  /** `org:<login>`, `repo:<id>` or `app`. */
  readonly of: string
  readonly url: string
  readonly content_type: string
  readonly insecure_ssl: string
  readonly secret: string
  readonly events: readonly string[]
  readonly active: boolean
  readonly created_at: string
  readonly updated_at: string
}

export interface Invitation {
  readonly id: number
  /** A repository's id, or the login of an organization. */
  readonly repo: number | null
  readonly org: string | null
  readonly invitee: string
  readonly inviter: string
  readonly permission: Permission
  readonly role: 'admin' | 'member'
  readonly created_at: string
}

export interface App {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly owner: string
  /** PEM of the key that its JWTs are checked with; without one any signature passes. */
  readonly public_key: string | null
  readonly permissions: Readonly<Record<string, string>>
  readonly events: readonly string[]
  readonly created_at: string
}

export interface Installation {
  readonly id: number
  readonly app: number
  readonly account: string
  readonly created_at: string
}

/** A merge that git may have finished although the rest was not written down: looked at when the simulator starts. */
export interface Intent {
  readonly repo: number
  readonly number: number
  readonly by: string
  /** Where the base branch points once the merge is done. */
  readonly commit: string
}
