// The code host in the words of the domain. GitHub is its first implementation (src/github); plugins and reporters know only this.
import type {
  BlameRange,
  BotAccount,
  ChangedFile,
  CheckRun,
  Comment,
  Commit,
  CommitStatus,
  DirectoryEntry,
  FoundIssue,
  FoundPullRequest,
  GitRef,
  Issue,
  IssueEvent,
  IssueRef,
  Label,
  Milestone,
  NewCheckRun,
  NewIssue,
  NewPullRequest,
  NewReview,
  PullRequest,
  Reaction,
  RepoPermission,
  RepoRef,
  Repository,
  Review,
  ReviewComment,
  Team,
} from './code-host-data.ts'

export type * from './code-host-data.ts'

/** Who acts, and what other accounts are to an organisation or a repository. Logins are compared without regard to case. */
export interface AccountOperations {
  bot(): Promise<BotAccount>
  /** True for the acting account's login; for an app with or without the suffix `[bot]`. */
  isBot(login: string): Promise<boolean>
  /** Where the acting account is no member itself, it sees only those who show their membership to everybody. */
  isMember(org: string, login: string): Promise<boolean>
  /** Logins of all members of the organisation. */
  orgMembers(org: string): Promise<readonly string[]>
  isCollaborator(at: RepoRef, login: string): Promise<boolean>
  /** Logins of all who have been given access: one by one, through teams, as members or owners. */
  collaborators(at: RepoRef): Promise<readonly string[]>
  /** `none` also for accounts that do not exist; `read` for everybody where the repository is public. */
  permission(at: RepoRef, login: string): Promise<RepoPermission>
  /** All teams of the organisation that the acting account can see. */
  teams(org: string): Promise<readonly Team[]>
  /** Logins of the members of the team with that display name; undefined when the org has no such team. */
  teamMembers(org: string, teamName: string): Promise<readonly string[] | undefined>
  /** The same by slug. */
  teamMembersBySlug(org: string, slug: string): Promise<readonly string[] | undefined>
  /** Also true while an invitation is open, as on GitHub. False when there is no such team. */
  isTeamMember(org: string, slug: string, login: string): Promise<boolean>
  /** Whether somebody has set their status to busy. */
  isBusy(org: string, login: string): Promise<boolean>
  /** Logins of at most five people who show that e-mail address. */
  loginsByEmail(org: string, email: string): Promise<readonly string[]>
}

/** What issues and pull requests have in common. Those of a number that is taken by neither throw `not-found`. */
export interface IssueOperations {
  issue(at: IssueRef): Promise<Issue>
  /** Opens an issue and returns its number. Not safe to repeat: a second call opens a second one. */
  createIssue(at: RepoRef, issue: NewIssue): Promise<number>
  /** Changes title or body, and nothing else: what others changed meanwhile stays. An empty title is `invalid`. */
  edit(at: IssueRef, change: { readonly title?: string; readonly body?: string }): Promise<void>
  /** Fine when it is closed. The reason is for issues only. */
  close(at: IssueRef, reason?: 'completed' | 'not_planned'): Promise<void>
  /** Undefined when it is open now; else why the host does not allow it, in its words. */
  reopen(at: IssueRef): Promise<string | undefined>
  lock(at: IssueRef, locked: boolean): Promise<void>
  labels(at: IssueRef): Promise<readonly string[]>
  /** A label that the repository does not have is made. */
  addLabel(at: IssueRef, label: string): Promise<void>
  /** Fine when the label is not there. */
  removeLabel(at: IssueRef, label: string): Promise<void>
  /** Undefined takes the milestone away. A number that does not exist is `invalid`. */
  setMilestone(at: IssueRef, milestone: number | undefined): Promise<void>
  /** Returns those that the host left out: strangers, and whoever is beyond the tenth. */
  assign(at: IssueRef, logins: readonly string[]): Promise<readonly string[]>
  /** Fine when they are not assigned. */
  unassign(at: IssueRef, logins: readonly string[]): Promise<void>
  comments(at: IssueRef): Promise<readonly Comment[]>
  /** Not safe to repeat: a second call posts a second comment. An empty body is `invalid`. */
  comment(at: IssueRef, body: string): Promise<Comment>
  editComment(at: RepoRef, id: number, body: string): Promise<void>
  /** Fine when the comment is gone. */
  deleteComment(at: RepoRef, id: number): Promise<void>
  react(at: IssueRef, reaction: Reaction): Promise<void>
  reactToComment(at: RepoRef, id: number, reaction: Reaction): Promise<void>
  /** The history, oldest first. */
  issueEvents(at: IssueRef): Promise<readonly IssueEvent[]>
  /**
   * Issues and pull requests by the host's search language, newest first.
   * @param org Whose installation asks; the query says where to look.
   * @param most No more than so many; GitHub shows at most 1000.
   */
  searchIssues(org: string, query: string, most?: number): Promise<readonly FoundIssue[]>
  /** Pins it to the top of the repository's issues, or takes it down. Three can be pinned; a fourth is `invalid`. */
  pinIssue(at: IssueRef, pinned: boolean): Promise<void>
  /** Moves an issue to another repository of the same owner, and returns where it is now. */
  transferIssue(at: IssueRef, to: RepoRef): Promise<IssueRef>
}

/** Pull requests and reviews. Issues are `not-found` here. */
export interface PullRequestOperations {
  pullRequest(at: IssueRef): Promise<PullRequest>
  /** Newest first. `head` is `owner:branch`. Default: the open ones. */
  pullRequests(
    at: RepoRef,
    which?: { readonly state?: 'open' | 'closed' | 'all'; readonly head?: string; readonly base?: string },
  ): Promise<readonly PullRequest[]>
  /** Opens a pull request and returns its number. `invalid` when there is one already, or nothing to merge. */
  createPullRequest(at: RepoRef, pull: NewPullRequest): Promise<number>
  /** Merges the base branch into it. `invalid` when the head is another commit by now, or the two conflict. */
  updateBranch(at: IssueRef, expectedHead: string): Promise<void>
  /** At most 3000. */
  changedFiles(at: IssueRef): Promise<readonly ChangedFile[]>
  /** Oldest first, at most 250. */
  pullRequestCommits(at: IssueRef): Promise<readonly Commit[]>
  /** Its commits as mails, for `git am`. */
  pullRequestPatch(at: IssueRef): Promise<string>
  /** Oldest first, without the pending ones of others. */
  reviews(at: IssueRef): Promise<readonly Review[]>
  /** Not safe to repeat: a second call posts a second review. */
  createReview(at: IssueRef, review: NewReview): Promise<Review>
  /** Only reviews that approve or ask for changes can be dismissed; others are `invalid`. */
  dismissReview(at: IssueRef, id: number, message: string): Promise<void>
  /** Comments on lines, oldest first. */
  reviewComments(at: IssueRef): Promise<readonly ReviewComment[]>
  editReviewComment(at: RepoRef, id: number, body: string): Promise<void>
  /**
   * Asks people and, as `org/team`, teams for a review. Returns those who cannot be asked: the author, strangers, teams without
   * access or of another organisation. The others are asked.
   */
  requestReview(at: IssueRef, reviewers: readonly string[]): Promise<readonly string[]>
  /** Fine for those who were not asked. */
  unrequestReview(at: IssueRef, reviewers: readonly string[]): Promise<void>
  /**
   * Open pull requests by the host's search language, with whether they can be merged. At most 1000.
   * @param org Whose installation asks; the query says where to look.
   */
  searchPullRequests(org: string, query: string): Promise<readonly FoundPullRequest[]>
  /** How many merged pull requests of this author the org has. */
  countMerged(org: string, login: string): Promise<number>
}

/** Repositories: their settings, commits, files and branches. A repository that does not exist is `not-found`. */
export interface RepositoryOperations {
  repository(at: RepoRef): Promise<Repository>
  /** Names of the repositories of an organisation, or of a user of that name. */
  repositories(org: string): Promise<readonly string[]>
  /** Labels that the repository knows. */
  repoLabels(at: RepoRef): Promise<readonly Label[]>
  /** Fine when there is a label of that name; it is left as it is. */
  createLabel(at: RepoRef, label: Label): Promise<void>
  /** The open ones. */
  milestones(at: RepoRef): Promise<readonly Milestone[]>
  /** A fork of the acting account, which may need a while to be usable. The one that is there when there is one. */
  createFork(at: RepoRef): Promise<RepoRef>
  /** Commit that the branch points to; `not-found` when there is no such branch. */
  branchSha(at: RepoRef, branch: string): Promise<string>
  /** Branches or tags whose name begins so: `heads/release-`, `tags/v1.`. */
  refs(at: RepoRef, prefix: string): Promise<readonly GitRef[]>
  /** Fine when it is there at that commit; at another one it is a `conflict`. @param ref `heads/name` or `tags/name`. */
  createRef(at: RepoRef, ref: string, sha: string): Promise<void>
  /** Fine when it is gone. */
  deleteRef(at: RepoRef, ref: string): Promise<void>
  /** SHA of the tree of a commit. */
  treeSha(at: RepoRef, commit: string): Promise<string>
  /** @param ref Branch, tag or SHA. */
  commit(at: RepoRef, ref: string): Promise<Commit>
  /** The last commit that both have; `not-found` when they have none. */
  mergeBase(at: RepoRef, base: string, head: string): Promise<string>
  /**
   * Bytes of a file; undefined when there is no file of that path at that commit.
   * @param ref Branch, tag or SHA; an unknown one counts as no file.
   * @param mostBytes A larger file is `invalid`. Default: 10 MiB.
   */
  file(at: RepoRef, path: string, ref: string, mostBytes?: number): Promise<Uint8Array | undefined>
  /** What lies in a directory (at most 1000 entries); undefined when there is no such directory. The root is the empty path. */
  directory(at: RepoRef, path: string, ref: string): Promise<readonly DirectoryEntry[] | undefined>
  /** Who last changed the lines of a file; none without that file. An unknown commit is `not-found`. */
  blame(at: RepoRef, path: string, ref: string): Promise<readonly BlameRange[]>
  /**
   * Contexts that the protection of a branch requires; none when it is not protected. `not-found` also when the acting account may not
   * know, because it is no admin.
   */
  requiredContexts(at: RepoRef, branch: string): Promise<readonly string[]>
}

/** What says whether a commit is good: statuses, check runs, workflow runs. */
export interface CheckOperations {
  /** A description of more than 140 characters is cut. An unknown commit is `invalid`. */
  setStatus(at: RepoRef, sha: string, status: CommitStatus): Promise<void>
  /** Newest status per context. */
  statuses(at: RepoRef, ref: string): Promise<readonly CommitStatus[]>
  /** All that were ever set, newest first. */
  statusHistory(at: RepoRef, ref: string): Promise<readonly CommitStatus[]>
  /** The newest run of each name and app. */
  checkRuns(at: RepoRef, ref: string): Promise<readonly CheckRun[]>
  /** For apps only. Not safe to repeat: a second call makes a second run, which takes the place of the first. */
  createCheckRun(at: RepoRef, run: NewCheckRun): Promise<void>
  /** Workflow runs of a commit that failed or wait for approval. */
  workflowRuns(
    at: RepoRef,
    head: { branch: string; sha: string },
    which: 'failed' | 'waiting',
  ): Promise<readonly number[]>
  rerunWorkflow(at: RepoRef, run: number, how: 'rerun-failed' | 'approve'): Promise<void>
}

/**
 * Operations on the code host. All of them retry what is worth retrying and throw CodeHostError otherwise; mutations are safe to repeat
 * unless they say otherwise (adding a label twice is one label). Lists are complete, however many pages the host makes of them.
 */
export interface CodeHost
  extends AccountOperations,
    IssueOperations,
    PullRequestOperations,
    RepositoryOperations,
    CheckOperations {}

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
