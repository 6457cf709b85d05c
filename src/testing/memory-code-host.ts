// A code host in memory: what tests of plugins and reporters look at instead of GitHub.
import {
  type CodeHost,
  CodeHostError,
  type Comment,
  type CommitStatus,
  type IssueRef,
  type PullRequest,
  type RepoRef,
  type User,
} from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'

/** What is on the host. Tests fill it before and read it after. Keys are written like `org/repo`, `org/repo#1`. */
interface MemoryCodeHostState {
  /** `org/login` */
  readonly members: Set<string>
  /** `org/repo/login` */
  readonly collaborators: Set<string>
  /** `org/repo#number`. Issues live here, too; only their labels and comments are looked at. */
  readonly pulls: Map<string, PullRequest>
  /** `org/repo#number` → file names. */
  readonly files: Map<string, readonly string[]>
  /** `org/repo#number`, in order of creation. */
  readonly comments: Map<string, Comment[]>
  /** `org/repo:branch` → SHA. */
  readonly branches: Map<string, string>
  /** `org/repo@commit` → SHA of the tree. */
  readonly trees: Map<string, string>
  /** `org/repo@ref` → newest status per context. */
  readonly statuses: Map<string, CommitStatus[]>
  /** `org/team name` → logins. */
  readonly teams: Map<string, readonly string[]>
  /** Org → names of its repositories; default: those that have pull requests. */
  readonly repositories: Map<string, readonly string[]>
  /** `org/login` → merged pull requests. */
  readonly merged: Map<string, number>
  /** `org/repo@sha failed` or `org/repo@sha waiting` → run ids. */
  readonly workflowRuns: Map<string, readonly number[]>
}

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
  /** Puts a comment there. */
  say(at: IssueRef, login: string, body: string, given?: Partial<Comment>): Comment
}

/** A user with the usual fields. */
export const userNamed = (login: string): User => ({
  login,
  type: login.endsWith('[bot]') ? 'Bot' : 'User',
  html_url: `https://github.com/${login}`,
})

/** @param bot Login of the account that acts. */
export function memoryCodeHost(clock: Clock, bot = 'k8s-ci-robot'): MemoryCodeHost {
  const state: MemoryCodeHostState = {
    members: new Set(),
    collaborators: new Set(),
    pulls: new Map(),
    files: new Map(),
    comments: new Map(),
    branches: new Map(),
    trees: new Map(),
    statuses: new Map(),
    teams: new Map(),
    merged: new Map(),
    repositories: new Map(),
    workflowRuns: new Map(),
  }
  const effects: string[] = []
  const calls: string[] = []
  let nextId = 1000
  const repoKey = ({ org, repo }: RepoRef) => `${org}/${repo}`
  const key = (at: IssueRef) => `${repoKey(at)}#${at.number}`
  const time = () => new Date(clock.now()).toISOString().replace('.000Z', 'Z')

  function pullAt(at: IssueRef): PullRequest {
    const pull = state.pulls.get(key(at))
    if (!pull) throw new CodeHostError('not-found', 404, `there is no ${key(at)}`)
    return pull
  }

  async function doing<T>(operation: keyof CodeHost, at: string, act: () => T): Promise<T> {
    calls.push(operation)
    await host.before?.(operation, at)
    const result = act()
    await host.after?.(operation, at)
    return result
  }

  function findComment(at: RepoRef, id: number): { list: Comment[]; index: number } | undefined {
    for (const [where, list] of state.comments) {
      const index = list.findIndex((comment) => comment.id === id)
      if (index >= 0 && where.startsWith(`${repoKey(at)}#`)) return { list, index }
    }
    return undefined
  }

  const host: MemoryCodeHost = {
    state,
    effects,
    calls,
    take: () => effects.splice(0),
    open(at, given = {}) {
      const base = {
        ref: 'main',
        sha: 'ba5e000000000000000000000000000000000000',
        repo: { ...at, html_url: `https://github.com/${repoKey(at)}` },
      }
      const pull: PullRequest = {
        number: at.number,
        title: 'a change',
        body: '',
        state: 'open',
        draft: false,
        merged: false,
        mergeable: true,
        user: userNamed('author'),
        html_url: `https://github.com/${repoKey(at)}/pull/${at.number}`,
        labels: [],
        assignees: [],
        head: { ref: 'feature', sha: 'bead000000000000000000000000000000000000' },
        ...given,
        base: { ...base, ...given.base },
      }
      state.pulls.set(key(at), pull)
      const branch = `${repoKey(at)}:${pull.base.ref}`
      if (!state.branches.has(branch)) state.branches.set(branch, pull.base.sha)
      return pull
    },
    say(at, login, body, given = {}) {
      const id = nextId++
      const comment: Comment = {
        id,
        body,
        user: userNamed(login),
        html_url: `https://github.com/${repoKey(at)}/issues/${at.number}#issuecomment-${id}`,
        created_at: time(),
        updated_at: time(),
        ...given,
      }
      state.comments.set(key(at), [...(state.comments.get(key(at)) ?? []), comment])
      return comment
    },

    bot: () => doing('bot', '', () => ({ login: bot })),
    isBot: (login) => doing('isBot', login, () => login === bot || login === `${bot}[bot]`),
    isMember: (org, login) => doing('isMember', `${org}/${login}`, () => state.members.has(`${org}/${login}`)),
    isCollaborator: (at, login) =>
      doing('isCollaborator', repoKey(at), () => state.collaborators.has(`${repoKey(at)}/${login}`)),
    pullRequest: (at) => doing('pullRequest', key(at), () => pullAt(at)),
    changedFiles: (at) =>
      doing('changedFiles', key(at), () =>
        (state.files.get(key(at)) ?? []).map((filename) => ({
          filename,
          status: 'modified',
          additions: 1,
          deletions: 1,
        })),
      ),
    branchSha: (at, branch) =>
      doing('branchSha', `${repoKey(at)}:${branch}`, () => {
        const sha = state.branches.get(`${repoKey(at)}:${branch}`)
        if (sha === undefined) throw new CodeHostError('not-found', 404, `there is no branch ${repoKey(at)}:${branch}`)
        return sha
      }),
    treeSha: (at, commit) =>
      doing('treeSha', `${repoKey(at)}@${commit}`, () => {
        const sha = state.trees.get(`${repoKey(at)}@${commit}`)
        if (sha === undefined) throw new CodeHostError('not-found', 404, `there is no commit ${repoKey(at)}@${commit}`)
        return sha
      }),
    labels: (at) => doing('labels', key(at), () => pullAt(at).labels),
    addLabel: (at, label) =>
      doing('addLabel', key(at), () => {
        const pull = pullAt(at)
        if (pull.labels.includes(label)) return
        state.pulls.set(key(at), { ...pull, labels: [...pull.labels, label] })
        effects.push(`${key(at)} +${label}`)
      }),
    removeLabel: (at, label) =>
      doing('removeLabel', key(at), () => {
        const pull = pullAt(at)
        if (!pull.labels.includes(label)) return
        state.pulls.set(key(at), { ...pull, labels: pull.labels.filter((one) => one !== label) })
        effects.push(`${key(at)} -${label}`)
      }),
    comments: (at) => doing('comments', key(at), () => [...(state.comments.get(key(at)) ?? [])]),
    comment: (at, body) =>
      doing('comment', key(at), () => {
        effects.push(`${key(at)} comment: ${body}`)
        return host.say(at, bot, body)
      }),
    editComment: (at, id, body) =>
      doing('editComment', repoKey(at), () => {
        const found = findComment(at, id)
        const old = found?.list[found.index]
        if (!found || !old) throw new CodeHostError('not-found', 404, `there is no comment ${id} in ${repoKey(at)}`)
        found.list[found.index] = { ...old, body, updated_at: time() }
        effects.push(`${repoKey(at)} edit comment: ${body}`)
      }),
    deleteComment: (at, id) =>
      doing('deleteComment', repoKey(at), () => {
        const found = findComment(at, id)
        const [gone] = found?.list.splice(found.index, 1) ?? []
        if (gone) effects.push(`${repoKey(at)} delete comment: ${gone.body}`)
      }),
    setStatus: (at, sha, status) =>
      doing('setStatus', `${repoKey(at)}@${sha}`, () => {
        const where = `${repoKey(at)}@${sha}`
        const others = (state.statuses.get(where) ?? []).filter((one) => one.context !== status.context)
        state.statuses.set(where, [...others, status])
        effects.push(`${where} status ${status.context}: ${status.state} ${status.description} ${status.target_url}`)
      }),
    statuses: (at, ref) =>
      doing('statuses', `${repoKey(at)}@${ref}`, () => [...(state.statuses.get(`${repoKey(at)}@${ref}`) ?? [])]),
    assign: (at, logins) =>
      doing('assign', key(at), () => {
        const pull = pullAt(at)
        const fresh = logins.filter((login) => !pull.assignees.some((one) => one.login === login))
        if (fresh.length === 0) return
        state.pulls.set(key(at), { ...pull, assignees: [...pull.assignees, ...fresh.map(userNamed)] })
        effects.push(`${key(at)} assign ${fresh.join(' ')}`)
      }),
    requestReview: (at, logins) =>
      doing('requestReview', key(at), () => {
        effects.push(`${key(at)} request review ${logins.join(' ')}`)
      }),
    teamMembers: (org, teamName) => doing('teamMembers', org, () => state.teams.get(`${org}/${teamName}`)),
    repositories: (org) =>
      doing('repositories', org, () => {
        const withPulls = [...state.pulls.keys()].filter((name) => name.startsWith(`${org}/`))
        const names = withPulls.map((name) => name.slice(org.length + 1, name.indexOf('#')))
        return state.repositories.get(org) ?? [...new Set(names)]
      }),
    countMerged: (org, login) => doing('countMerged', org, () => state.merged.get(`${org}/${login}`) ?? 0),
    workflowRuns: (at, head, which) =>
      doing('workflowRuns', repoKey(at), () => state.workflowRuns.get(`${repoKey(at)}@${head.sha} ${which}`) ?? []),
    rerunWorkflow: (at, run, how) =>
      doing('rerunWorkflow', repoKey(at), () => {
        effects.push(`${repoKey(at)} workflow run ${run}: ${how}`)
      }),
  }
  return host
}
