// A code host in memory: what tests of plugins and reporters look at instead of GitHub.
import type { CodeHost, Comment, Issue, IssueRef, PullRequest, RepoRef, Review } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import { accountOperations } from './memory-code-host/accounts.ts'
import { checkOperations } from './memory-code-host/checks.ts'
import { say } from './memory-code-host/comments.ts'
import { issueOperations, newIssue } from './memory-code-host/issues.ts'
import { newPull, newReview, pullRequestOperations } from './memory-code-host/pulls.ts'
import { repositoryOperations } from './memory-code-host/repos.ts'
import {
  append,
  branchKey,
  change,
  commitKey,
  emptyState,
  issueKey,
  type Memory,
  type MemoryCodeHostState,
  sameText,
  sharedAt,
  timeOf,
  userNamed,
} from './memory-code-host/state.ts'

export { userNamed } from './memory-code-host/state.ts'

export interface MemoryCodeHost extends CodeHost {
  readonly state: MemoryCodeHostState
  /** Every change that was made, in words, e.g. `o/r#1 +lgtm`, `o/r#1 comment: hello`. */
  readonly effects: string[]
  /** Name of every operation that was called. */
  readonly calls: string[]
  /** Returns the effects so far and forgets them. */
  take(): string[]
  /** Called before each operation; throw to make it fail, return a promise to make it wait. */
  before?: ((operation: keyof CodeHost, at: string) => void | Promise<void>) | undefined
  /** Called after each operation, when its effect is there: throw to lose the answer. */
  after?: ((operation: keyof CodeHost, at: string) => void | Promise<void>) | undefined
  /** Puts a pull request there; what is not given is made up. Its base branch gets a SHA if it has none. */
  open(at: IssueRef, given?: Partial<PullRequest>): PullRequest
  /** Puts an issue there; what is not given is made up. */
  openIssue(at: IssueRef, given?: Partial<Issue>): Issue
  /** Puts a comment there. */
  say(at: IssueRef, login: string, body: string, given?: Partial<Comment>): Comment
  /** Puts a review there. */
  review(at: IssueRef, login: string, state: Review['state'], body?: string, given?: Partial<Review>): Review
  /** Somebody sets or removes a label by hand: it is in the history under their name. */
  label(at: IssueRef, login: string, label: string, present?: boolean): void
  /** Puts files at a branch or commit, beside those that are there. */
  write(at: RepoRef, ref: string, files: Readonly<Record<string, string | Uint8Array>>): void
}

/** @param bot Login of the account that acts. */
export function memoryCodeHost(clock: Clock, bot = 'k8s-ci-robot', { isApp = false } = {}): MemoryCodeHost {
  const state = emptyState()
  const effects: string[] = []
  const calls: string[] = []
  let nextId = 1000
  const memory: Memory = {
    state,
    bot,
    isApp,
    effect: (text) => void effects.push(text),
    async doing(operation, at, act) {
      calls.push(operation)
      await host.before?.(operation, at)
      const result = act()
      await host.after?.(operation, at)
      return result
    },
    id: () => nextId++,
    now: () => timeOf(clock),
  }

  const host: MemoryCodeHost = {
    ...accountOperations(memory),
    ...issueOperations(memory),
    ...pullRequestOperations(memory),
    ...repositoryOperations(memory),
    ...checkOperations(memory),
    state,
    effects,
    calls,
    take: () => effects.splice(0),
    open(at, given) {
      const pull = newPull(at, given)
      state.pulls.set(issueKey(at), pull)
      const branch = branchKey(at, pull.base.ref)
      if (!state.branches.has(branch)) state.branches.set(branch, pull.base.sha)
      return pull
    },
    openIssue(at, given) {
      const issue = newIssue(memory, at, given)
      state.issues.set(issueKey(at), issue)
      return issue
    },
    say: (at, login, body, given) => say(memory, at, login, body, given),
    review(at, login, verdict, body = '', given = {}) {
      const review = newReview(memory, at, { user: userNamed(login), state: verdict, body, ...given })
      append(state.reviews, issueKey(at), review)
      return review
    },
    label(at, login, label, present = true) {
      const labels = sharedAt(memory, at).labels.filter((one) => !sameText(one)(label))
      change(memory, at, { labels: present ? [...labels, label] : labels })
      const event = present ? 'labeled' : 'unlabeled'
      append(state.events, issueKey(at), { event, actor: login, created_at: memory.now(), label })
    },
    write(at, ref, files) {
      const key = commitKey(at, ref)
      state.contents.set(key, { ...state.contents.get(key), ...files })
    },
  }
  return host
}
