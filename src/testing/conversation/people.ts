// The people of a conversation: each act is what that person would do on GitHub's pages or with git.
import { fullName, org, repo, type Town } from '../town.ts'
import { type Pull, pullIn, type Thread, threadIn, type Unread } from './threads.ts'

/** Contents by path; null removes the file. */
type Files = Readonly<Record<string, string | Uint8Array | null>>

/** Who stands in a commit. */
interface Signature {
  readonly name: string
  readonly email: string
}

/** How a push is made when it is not as usual. */
interface PushOptions {
  readonly message?: string
  /** Author, when it is not who pushes. Give the address `LOGIN@users.noreply.github.com` for somebody with an account. */
  readonly as?: Signature
  /** Who made the commit, when it is not the author. */
  readonly committer?: Signature
  /** Rewrites the branch to the base plus this commit. */
  readonly force?: boolean
}

/** A comment on a line of a diff. */
interface LineComment {
  readonly path: string
  /** Line below the file's first hunk header. */
  readonly position: number
  readonly body: string
}

/** Somebody with an account. */
export interface Person {
  readonly login: string
  opensPullRequest(given?: {
    title?: string
    body?: string
    files?: Files
    /** Of the commit with the files. Default: the title. */
    message?: string
    draft?: boolean
    base?: string
  }): Promise<Pull>
  opensIssue(given?: { title?: string; body?: string; labels?: readonly string[] }): Promise<Thread>
  says(on: Thread, text: string): Promise<void>
  /** Changes the last comment of this person. */
  editsLastComment(on: Thread, text: string): Promise<void>
  /** Changes title, description or, of a pull request, base. */
  edits(on: Thread, change: { title?: string; body?: string; base?: string }): Promise<void>
  /** One commit. Returns its SHA. */
  pushes(pr: Pull, files?: Files, options?: PushOptions): Promise<string>
  /** Merges the base branch into the branch of the pull request. */
  mergesBaseInto(pr: Pull): Promise<void>
  labels(on: Thread, label: string): Promise<void>
  unlabels(on: Thread, label: string): Promise<void>
  assigns(on: Thread, ...logins: string[]): Promise<void>
  asksForReview(pr: Pull, ...logins: string[]): Promise<void>
  reviews(
    pr: Pull,
    verdict: 'approve' | 'request changes' | 'comment',
    body?: string,
    comments?: readonly LineComment[],
  ): Promise<void>
  setsStatus(
    pr: Pull,
    context: string,
    state: 'pending' | 'success' | 'failure' | 'error',
    description?: string,
  ): Promise<void>
  /** A check run of another app; without a conclusion it is in progress. */
  checks(pr: Pull, name: string, conclusion?: 'success' | 'failure' | 'neutral' | 'cancelled'): Promise<void>
  /** Takes the milestone of that title, or none. */
  plans(on: Thread, milestone: string | undefined): Promise<void>
  marksReady(pr: Pull): Promise<void>
  convertsToDraft(pr: Pull): Promise<void>
  closes(on: Thread): Promise<void>
  reopens(on: Thread): Promise<void>
  merges(pr: Pull): Promise<void>

  /** Pushes to a branch without a pull request; default: the default branch. */
  pushesTo(branch: string, files: Files, options?: PushOptions): Promise<string>
  /** Of the default branch, unless it is from another one. */
  makesBranch(name: string, from?: string): Promise<void>
  makesMilestone(title: string, state?: 'open' | 'closed'): void
  /** Labels that the repository knows before anybody has used them. */
  makesLabels(...names: string[]): void
  /** Its members have to be in the organisation. It may do that with the repository. */
  makesTeam(name: string, members: readonly string[], permission?: 'pull' | 'triage' | 'push' | 'admin'): void
  /** These contexts are required on that branch. */
  protects(branch: string, ...contexts: string[]): void
  becomesBusy(): void
}

const events = { approve: 'APPROVE', 'request changes': 'REQUEST_CHANGES', comment: 'COMMENT' } as const

export function person(login: string, town: Town, unread: Unread): Person {
  const { world } = town.simulator
  const here = { repo: fullName, by: login }
  const on = ({ number }: Thread) => ({ ...here, number })
  // Timestamps of GitHub have whole seconds; what comes later has to be seen as later.
  const later = () => town.clock.advance('1s')

  return {
    login,
    async opensPullRequest({ title = `Change by ${login}`, ...given } = {}) {
      const { number } = await world.openPullRequest({ repo: fullName, author: login, title, ...given })
      return pullIn(town, unread, number)
    },
    async opensIssue({ title = `Problem of ${login}`, ...given } = {}) {
      return threadIn(town, unread, world.openIssue({ repo: fullName, author: login, title, ...given }))
    },
    async says({ number }, body) {
      await later()
      world.comment({ repo: fullName, number, author: login, body })
    },
    async editsLastComment({ number }, body) {
      await later()
      const last = world.issue(fullName, number).comments.findLast(({ user }) => user === login)
      if (!last) throw new Error(`${login} has said nothing on #${number}`)
      world.editComment(fullName, last.id, login, body)
    },
    async edits(thread, { base, ...text }) {
      world.editIssue({ ...on(thread), ...text })
      if (base !== undefined) await world.edit({ ...on(thread), base })
    },
    async pushes({ number }, files, options = {}) {
      await later()
      const changed = files ?? { [`push-${town.clock.now()}.txt`]: 'more\n' }
      return world.push({ repo: fullName, author: login, number, files: changed, ...options })
    },
    async mergesBaseInto(pr) {
      await later()
      await world.updateBranch(on(pr))
    },
    labels: async (thread, label) => world.addLabel({ ...on(thread), label }),
    unlabels: async (thread, label) => world.removeLabel({ ...on(thread), label }),
    assigns: async (thread, ...assignees) => world.assign({ ...on(thread), assignees }),
    asksForReview: async (pr, ...reviewers) => world.requestReview({ ...on(pr), reviewers }),
    async reviews({ number }, verdict, body = '', comments = []) {
      await later()
      await world.review({ repo: fullName, number, author: login, event: events[verdict], body, comments })
    },
    async setsStatus(pr, context, state, description = '') {
      await later()
      await world.setStatus({ ...here, sha: pr.view().head.sha, context, state, description })
    },
    checks: (pr, name, conclusion) =>
      world.checkRun({ ...here, sha: pr.view().head.sha, name, ...(conclusion && { conclusion }) }),
    async plans(thread, title) {
      const number = title === undefined ? null : world.milestoneNumber(fullName, title)
      world.editIssue({ ...on(thread), milestone: number })
    },
    marksReady: async (pr) => world.setDraft({ ...on(pr), draft: false }),
    convertsToDraft: async (pr) => world.setDraft({ ...on(pr), draft: true }),
    closes: (thread) => world.setState({ ...on(thread), state: 'closed' }),
    reopens: (thread) => world.setState({ ...on(thread), state: 'open' }),
    async merges(pr) {
      await world.merge(on(pr))
    },

    async pushesTo(branch, files, options = {}) {
      await later()
      return world.push({ repo: fullName, author: login, branch, files, ...options })
    },
    makesBranch: (branch, from) => world.branch({ ...here, branch, ...(from !== undefined && { from }) }),
    makesMilestone: (title, state = 'open') => void world.addMilestone({ ...here, title, state }),
    makesLabels(...names) {
      for (const name of names) world.defineLabel({ ...here, name })
    },
    makesTeam: (name, members, permission = 'push') =>
      void world.addTeam({ org, by: login, name, members, repos: { [repo]: permission } }),
    protects: (branch, ...contexts) => world.protect({ ...here, branch, contexts }),
    becomesBusy: () => world.setBusy(login, true),
  }
}
