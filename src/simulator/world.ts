// The world from inside the process: what people do on GitHub, for tests and for the pages. Each act sends its webhooks.
import { createComment, deleteComment, editComment } from './actions/comments.ts'
import { assign, createIssue, editIssue, type IssueFields, unassign } from './actions/issues.ts'
import { addLabels, removeLabel } from './actions/labels.ts'
import { type MergeMethod, mergePull } from './actions/merge.ts'
import { atLeast, permissionOf } from './actions/permissions.ts'
import { editPull, forkOf, openPull, type PullEdit, repoNamed, setDraft, updateBranch } from './actions/pulls.ts'
import { commitToBranch } from './actions/pushes.ts'
import { forkRepo } from './actions/repos.ts'
import { requestReviews } from './actions/review-requests.ts'
import { createReview, type LineComment, type ReviewVerdict } from './actions/reviews.ts'
import { createStatus, type StatusFields } from './actions/statuses.ts'
import { type Core, isPull, issueNow, pullNow, repoNow } from './core.ts'
import { Refusal } from './errors.ts'
import type { Faults } from './faults.ts'
import type { Files, Signature } from './git/write.ts'
import { scenery } from './scenery.ts'
import { plant, type Seed } from './seed.ts'
import type { Account, Comment, Repo, Review, Status } from './state/records.ts'
import type { DeliveryRow } from './state/store.ts'
import { type PullView, views } from './views.ts'
import type { Deliveries } from './webhooks/deliveries.ts'

export interface OpenPull {
  /** `owner/name`. */
  readonly repo: string
  readonly author: string
  readonly title: string
  readonly body?: string
  /** Default: a name made from the title. An existing branch gets the files as another commit. */
  readonly branch?: string
  /** Contents by path, null removes. Default: one small new file, unless the branch exists. */
  readonly files?: Files
  readonly draft?: boolean
  /** Default: the default branch. */
  readonly base?: string
  /** Message of the commit with the files. Default: the title. */
  readonly message?: string
  /** From the author's fork even when they could push to the repository. Others always use their fork. */
  readonly fromFork?: boolean
}

/** One pull request (or issue) and who acts. */
export interface On {
  readonly repo: string
  readonly number: number
  readonly by: string
}

export type { PullView } from './views.ts'

export type World = ReturnType<typeof createWorld>

/** Binds the acts to one simulator. */
export function createWorld(core: Core, deliveries: Deliveries, faults: Faults, listeners: Set<() => void>) {
  const { state } = core

  function account(login: string): Account {
    const found = state.accounts.get(login.toLowerCase())
    if (!found) throw new Refusal(404, `there is no account ${login}`)
    return found
  }

  function at({ repo, by }: On): { repo: Repo; by: Account } {
    return { repo: repoNamed(core, repo), by: account(by) }
  }

  /** Where the author's branches live: the repository itself, or a fork that is made when it is missing. */
  async function homeOf(repo: Repo, author: Account, fromFork: boolean): Promise<Repo> {
    if (!fromFork && atLeast(permissionOf(state, repo, author), 'push')) return repo
    return forkOf(core, repo, author.login) ?? forkRepo(core, repo, author)
  }

  const world = {
    ...scenery(core, account),
    ...views(core),
    faults,

    /** Brings in what is missing of a seed, and moves its hooks to the addresses given. */
    plant: (seed: Seed): Promise<void> => plant(core, seed),

    /** Writes the files to a branch and opens a pull request from it, by way of a fork where the author may not push. */
    async openPullRequest(fields: OpenPull): Promise<PullView> {
      const repo = repoNamed(core, fields.repo)
      const author = account(fields.author)
      const home = await homeOf(repo, author, fields.fromFork ?? false)
      const base = fields.base ?? repo.default_branch
      const branch = fields.branch ?? `${branchName(fields.title)}-${repo.last_number + 1}`
      const exists = repoNow(state, home.id).refs[`refs/heads/${branch}`] !== undefined
      const files = fields.files ?? (exists ? undefined : { [`changes/${branch}.txt`]: `${fields.title}\n` })
      if (files)
        await commitToBranch(core, home, author, { branch, from: base, files, message: fields.message ?? fields.title })
      const head = `${home.owner}:${branch}`
      const { title, body = '', draft = false } = fields
      const pr = await openPull(core, repo, author, { title, body, draft, head, base })
      return world.pullRequest(fields.repo, pr.number)
    },

    /** Opens an issue and returns its number. */
    openIssue: (fields: {
      repo: string
      author: string
      title: string
      body?: string
      labels?: readonly string[]
    }): number => {
      const { title, body = '', labels = [] } = fields
      return createIssue(core, repoNamed(core, fields.repo), account(fields.author), { title, body, labels }).number
    },

    /** Comments on a pull request or issue. */
    comment: (on: { repo: string; number: number; author: string; body: string }): Comment =>
      createComment(core, repoNamed(core, on.repo), account(on.author), on.number, on.body),

    editComment(repo: string, id: number, by: string, body: string): Comment {
      return editComment(core, repoNamed(core, repo), account(by), commentNow(id), body)
    },

    deleteComment(repo: string, id: number, by: string): void {
      deleteComment(core, repoNamed(core, repo), account(by), commentNow(id))
    },

    /**
     * Pushes one commit: to the branch of a pull request (`number`) or to any branch. With `force` the branch is
     * rewritten to the base (default: the default branch) plus this commit. Returns the SHA.
     */
    async push(fields: {
      repo: string
      author: string
      number?: number
      branch?: string
      files: Files
      message?: string
      /** Who wrote it, when that is not who pushes. */
      as?: Signature
      /** Who made the commit, when that is not who wrote it. */
      committer?: Signature
      force?: boolean
    }): Promise<string> {
      const repo = repoNamed(core, fields.repo)
      const author = account(fields.author)
      const pr = fields.number === undefined ? undefined : pullNow(state, repo.id, fields.number)
      const headRepo = pr ? state.repos.get(pr.pull.head.repo ?? 0) : repo
      if (!headRepo) throw new Refusal(404, 'the fork of this pull request is gone')
      const branch = pr?.pull.head.ref ?? fields.branch ?? repo.default_branch
      const message = fields.message ?? `Change ${Object.keys(fields.files).join(', ')}`
      // Maintainers may push to a fork's branch where its owner allows it.
      const maintains = pr?.pull.maintainer_can_modify && atLeast(permissionOf(state, repo, author), 'push')
      const by = maintains && headRepo.id !== repo.id ? account(headRepo.owner) : author
      const from = pr ? { from: pr.pull.base.ref } : {}
      return commitToBranch(core, headRepo, by, {
        branch,
        ...from,
        files: fields.files,
        message,
        author: fields.as,
        committer: fields.committer,
        amend: fields.force ?? false,
      })
    },

    async review(fields: {
      repo: string
      number: number
      author: string
      event: ReviewVerdict
      body?: string
      comments?: readonly LineComment[]
    }): Promise<Review> {
      const { event, body = '', comments = [] } = fields
      return createReview(core, repoNamed(core, fields.repo), account(fields.author), fields.number, {
        event,
        body,
        comments,
      })
    },

    /** Merges and returns the new tip of the base branch. */
    merge(on: On & { method?: MergeMethod }): Promise<string> {
      const { repo, by } = at(on)
      return mergePull(core, repo, by, on.number, on.method ? { merge_method: on.method } : {})
    },

    close: (on: On): Promise<PullView> => world.edit({ ...on, state: 'closed' }),
    reopen: (on: On): Promise<PullView> => world.edit({ ...on, state: 'open' }),

    /** Opens or closes an issue or a pull request. */
    async setState({ repo: name, number, by, state: wanted }: On & { state: 'open' | 'closed' }): Promise<void> {
      const repo = repoNamed(core, name)
      if (isPull(issueNow(state, repo.id, number))) await editPull(core, repo, account(by), number, { state: wanted })
      else editIssue(core, repo, account(by), number, { state: wanted })
    },

    /** Changes title, body, base or state of a pull request. */
    async edit({ repo: name, number, by: login, ...fields }: On & PullEdit): Promise<PullView> {
      await editPull(core, repoNamed(core, name), account(login), number, fields)
      return world.pullRequest(name, number)
    },

    /** Merges the base branch into the branch of a pull request. */
    updateBranch(on: On): Promise<void> {
      const { repo, by } = at(on)
      return updateBranch(core, repo, by, on.number)
    },

    /** Changes title, body or milestone of an issue or pull request. */
    editIssue({ repo, number, by, ...fields }: On & Pick<IssueFields, 'title' | 'body' | 'milestone'>): void {
      editIssue(core, repoNamed(core, repo), account(by), number, fields)
    },

    setDraft(on: On & { draft: boolean }): void {
      const { repo, by } = at(on)
      setDraft(core, repo, by, on.number, on.draft)
    },

    addLabel(on: On & { label: string }): void {
      const { repo, by } = at(on)
      addLabels(core, repo, by, on.number, [on.label])
    },

    removeLabel(on: On & { label: string }): void {
      const { repo, by } = at(on)
      removeLabel(core, repo, by, on.number, on.label)
    },

    assign(on: On & { assignees: readonly string[] }): void {
      const { repo, by } = at(on)
      assign(core, repo, by, on.number, on.assignees)
    },

    unassign(on: On & { assignees: readonly string[] }): void {
      const { repo, by } = at(on)
      unassign(core, repo, by, on.number, on.assignees)
    },

    requestReview(on: On & { reviewers?: readonly string[]; teams?: readonly string[] }): void {
      const { repo, by } = at(on)
      requestReviews(core, repo, by, on.number, on.reviewers ?? [], on.teams ?? [])
    },

    /** Sets a status on a commit. */
    setStatus({ repo, sha, by, ...fields }: { repo: string; sha: string; by: string } & StatusFields): Promise<Status> {
      return createStatus(core, repoNamed(core, repo), account(by), sha, fields)
    },

    /** Calls back after every change of anything, deliveries included. Returns a function that ends it. */
    onChange(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    /** The latest webhook deliveries, newest first. */
    deliveries: (limit = 100): DeliveryRow[] => core.store.recentDeliveries(limit),

    /** Sends a delivery again with its guid; returns the id of the new attempt. */
    redeliver: (id: number): number => deliveries.redeliver(id),

    /** Resolves when no delivery waits or is under way. */
    idle: (): Promise<void> => deliveries.idle(),
  }

  function commentNow(id: number): Comment {
    const comment = state.comments.get(id)
    if (!comment) throw new Refusal(404, `there is no comment ${id}`)
    return comment
  }

  return world
}

const branchName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40) || 'change'
