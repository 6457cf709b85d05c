// What GraphQL resolvers share: who asks, connections with cursors, and the sources that types are resolved from.
import type { Core } from '../core.ts'
import type { CommitInfo } from '../git/read.ts'
import type { Account, Issue, PullRequest, Repo } from '../state/records.ts'
import type { Args } from './cut.ts'

export interface Context {
  readonly core: Core
  readonly viewer: Account
}

export interface RepoSource {
  readonly __typename: 'Repository'
  readonly repo: Repo
}
export interface IssueSource {
  readonly __typename: 'Issue'
  readonly repo: Repo
  readonly issue: Issue
}
export interface PullSource {
  readonly __typename: 'PullRequest'
  readonly repo: Repo
  readonly issue: PullRequest
}
export interface CommitSource {
  readonly __typename: 'Commit'
  readonly repo: Repo
  readonly commit: CommitInfo
}
export interface AccountSource {
  readonly __typename: Account['type']
  readonly account: Account
}

export const repoSource = (repo: Repo): RepoSource => ({ __typename: 'Repository', repo })
export const commitSource = (repo: Repo, commit: CommitInfo): CommitSource => ({ __typename: 'Commit', repo, commit })
export const accountSource = (account: Account): AccountSource => ({ __typename: account.type, account })

export function issueSource(repo: Repo, issue: Issue): IssueSource | PullSource {
  const { pull } = issue
  return pull ? { __typename: 'PullRequest', repo, issue: { ...issue, pull } } : { __typename: 'Issue', repo, issue }
}

export interface Connection<T> {
  readonly nodes: readonly T[]
  readonly edges: readonly { readonly cursor: string; readonly node: T }[]
  readonly totalCount: number
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

const cursorOf = (index: number): string => Buffer.from(`cursor:${index}`).toString('base64')
const indexOf = (cursor: unknown): number | undefined => {
  const number = Number(/^cursor:(\d+)$/.exec(Buffer.from(String(cursor ?? ''), 'base64').toString('utf8'))?.[1])
  return Number.isNaN(number) ? undefined : number
}

/** Cuts `first`/`after` or `last`/`before` out of a list. GitHub refuses a connection without either and above 100. */
export function connect<T>(items: readonly T[], args: Args): Connection<T> {
  const first = typeof args.first === 'number' ? args.first : undefined
  const last = typeof args.last === 'number' ? args.last : undefined
  const size = first ?? last
  if (size === undefined)
    throw new Error('You must provide a `first` or `last` value to properly paginate the connection.')
  if (size > 100)
    throw new Error(`Requesting ${size} records on the connection exceeds the \`first\` limit of 100 records.`)
  const after = (indexOf(args.after) ?? -1) + 1
  const before = indexOf(args.before) ?? items.length
  const from = first === undefined ? Math.max(after, before - size) : after
  const to = first === undefined ? before : Math.min(before, after + size)
  const nodes = items.slice(from, to)
  return {
    nodes,
    edges: nodes.map((node, index) => ({ cursor: cursorOf(from + index), node })),
    totalCount: items.length,
    pageInfo: {
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
      startCursor: nodes.length > 0 ? cursorOf(from) : null,
      endCursor: nodes.length > 0 ? cursorOf(to - 1) : null,
    },
  }
}

/** An argument or field of an input that is a text. */
export const text = (args: Args, name: string): string | undefined => {
  const value = args[name]
  return typeof value === 'string' ? value : undefined
}
