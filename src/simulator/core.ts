// What every part of the simulator works with: the state, the clock, where things lie, and one lock per repository.
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { Moved, notFound } from './errors.ts'
import { isoTime } from './git/read.ts'
import type { Account, Issue, Protection, PullRequest, Repo } from './state/records.ts'
import { issueKey, type State } from './state/state.ts'
import type { Store } from './state/store.ts'

export interface Core {
  readonly state: State
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  /** Base URL without a trailing slash; known once the server listens. */
  readonly url: () => string
  readonly dataDir: string
  /** Runs one after the other what moves refs of a repository, or depends on where they are. */
  readonly lock: <R>(repo: number, work: () => Promise<R>) => Promise<R>
}

/** The REST base, as a GitHub Enterprise Server has it. */
export const apiUrl = (core: Core): string => `${core.url()}/api/v3`

/** The time as GitHub writes it. */
export const timestamp = (core: Core): string => isoTime(core.clock.now())

/** The bare repository's folder, named by id so that a rename moves nothing. */
export const gitDir = (core: Core, repo: Repo): string => join(core.dataDir, 'git', `${repo.id}.git`)

export const fullName = (repo: Repo): string => `${repo.owner}/${repo.name}`

/** A lock per key: work for the same key runs in the order in which it was asked for. */
export function keyedLock(): Core['lock'] {
  const tails = new Map<number, Promise<unknown>>()
  return (key, work) => {
    const before = tails.get(key) ?? Promise.resolve()
    const result = before.then(work, work)
    const tail = result
      .catch(() => {})
      .then(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
    tails.set(key, tail)
    return result
  }
}

/** The protection of a branch. Branches may be called anything, `constructor` included. */
export const protectionOf = (repo: Repo, branch: string): Protection | undefined =>
  Object.hasOwn(repo.protections, branch) ? repo.protections[branch] : undefined

export function findRepo(state: State, owner: string, name: string): Repo | undefined {
  return state.repos.of(owner.toLowerCase()).find((repo) => repo.name.toLowerCase() === name.toLowerCase())
}

/** The record as it is now: what was read before an `await` may be out of date. */
export function repoNow(state: State, id: number): Repo {
  const repo = state.repos.get(id)
  if (!repo) throw notFound()
  return repo
}

export function issueNow(state: State, repo: number, number: number): Issue {
  const issue = state.issues.get(issueKey(repo, number))
  const transfer = issue ? undefined : state.transfers.get(issueKey(repo, number))
  if (transfer) throw new Moved(transfer.to)
  if (!issue) throw notFound()
  return issue
}

export const isPull = (issue: Issue): issue is PullRequest => issue.pull !== undefined

export function pullNow(state: State, repo: number, number: number): PullRequest {
  const issue = issueNow(state, repo, number)
  if (!isPull(issue)) throw notFound()
  return issue
}

/** The account of a login that some record names. GitHub shows the account `ghost` for those that are gone. */
export function accountOf(state: State, login: string): Account {
  return (
    state.accounts.get(login.toLowerCase()) ?? {
      id: 10137,
      login: 'ghost',
      type: 'User',
      name: 'Deleted user',
      email: null,
      created_at: '2012-01-12T00:00:00Z',
    }
  )
}

export const sameLogin = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Looks a login up in a record keyed by logins, whatever its case. */
export function byLogin<T>(record: Readonly<Record<string, T>>, login: string): T | undefined {
  const direct = Object.hasOwn(record, login) ? record[login] : undefined
  return direct ?? Object.entries(record).find(([key]) => sameLogin(key, login))?.[1]
}

/** A copy without the entry of a login. */
export function withoutLogin<T>(record: Readonly<Record<string, T>>, login: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !sameLogin(key, login)))
}

/** The address that commits made by the simulator carry, from which the account is found again. */
export const commitEmail = (account: Account): string => `${account.id}+${account.login}@users.noreply.github.com`

/** The account behind a commit's address, or undefined. */
export function accountByEmail(state: State, email: string): Account | undefined {
  const login = /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/i.exec(email)?.[1]
  if (login) return state.accounts.get(login.toLowerCase())
  for (const account of state.accounts.all()) if (account.email && sameLogin(account.email, email)) return account
  return undefined
}
