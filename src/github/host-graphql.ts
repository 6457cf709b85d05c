// GitHub: what only GraphQL tells or does.
import type { BlameRange, FoundPullRequest, IssueRef, RepoRef } from '../api/code-host.ts'
import { CodeHostError } from '../api/code-host.ts'
import { graphqlTypes } from './errors.ts'
import type { Octokit } from './octokit.ts'

/** Undefined where GitHub says that there is no such thing. */
async function orNothing<T>(query: Promise<T>): Promise<T | undefined> {
  try {
    return await query
  } catch (error) {
    if (graphqlTypes(error).includes('NOT_FOUND')) return undefined
    throw error
  }
}

/** Whether somebody has set their status to busy. */
export async function isBusy({ graphql }: Octokit, login: string): Promise<boolean> {
  const query = 'query ($login: String!) { user(login: $login) { status { indicatesLimitedAvailability } } }'
  type Answer = { user: { status: { indicatesLimitedAvailability: boolean } | null } | null }
  const answer = await orNothing(graphql<Answer>(query, { login }))
  return answer?.user?.status?.indicatesLimitedAvailability ?? false
}

/** Logins of at most five people who show that address. */
export async function loginsByEmail({ graphql }: Octokit, email: string): Promise<readonly string[]> {
  const query = 'query ($q: String!) { search(type: USER, query: $q, first: 5) { nodes { ... on User { login } } } }'
  type Answer = { search: { nodes: readonly { login?: string }[] } }
  const { search } = await graphql<Answer>(query, { q: email })
  // Organisations are found as well, and have no field here.
  return search.nodes.flatMap(({ login }) => login ?? [])
}

const searchQuery = `query ($q: String!, $after: String) {
  search(type: ISSUE, query: $q, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { ... on PullRequest {
      number state mergeable author { __typename login url }
      repository { name owner { login } }
      labels(first: 100) { nodes { name } }
    } }
  }
}`

interface SearchAnswer {
  readonly search: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    readonly nodes: readonly Partial<PullNode>[]
  }
}

interface PullNode {
  readonly number: number
  readonly state: string
  readonly mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN'
  readonly author: { readonly __typename: string; readonly login: string; readonly url: string } | null
  readonly repository: { readonly name: string; readonly owner: { readonly login: string } }
  readonly labels: { readonly nodes: readonly { readonly name: string }[] } | null
}

/** The open pull requests among the hits. */
export async function searchPullRequests({ graphql }: Octokit, q: string): Promise<readonly FoundPullRequest[]> {
  const found: FoundPullRequest[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const { search }: SearchAnswer = await graphql<SearchAnswer>(searchQuery, { q, ...(after && { after }) })
    found.push(...search.nodes.filter(isOpenPull).map(foundPull))
    after = search.pageInfo.hasNextPage ? search.pageInfo.endCursor : null
  }
  return found
}

// Issues that match are empty objects.
const isOpenPull = (node: Partial<PullNode>): node is PullNode => node.state === 'OPEN' && node.number !== undefined

const foundPull = ({ number, author, repository, labels, mergeable }: PullNode): FoundPullRequest => ({
  org: repository.owner.login,
  repo: repository.name,
  number,
  // REST and webhooks have the suffix, GraphQL does not.
  user: {
    login: author ? `${author.login}${author.__typename === 'Bot' ? '[bot]' : ''}` : 'ghost',
    type: author?.__typename ?? 'User',
    html_url: author?.url ?? '',
  },
  labels: (labels?.nodes ?? []).map(({ name }) => name),
  ...(mergeable !== 'UNKNOWN' && { mergeable: mergeable === 'MERGEABLE' }),
})

const blameQuery = `query ($owner: String!, $name: String!, $ref: String!, $path: String!) {
  repository(owner: $owner, name: $name) {
    object(expression: $ref) { ... on Commit { blame(path: $path) {
      ranges { startingLine endingLine commit { committedDate author { user { login } } } }
    } } }
  }
}`

interface BlameAnswer {
  readonly repository: {
    readonly object: {
      readonly blame?: {
        readonly ranges: readonly {
          readonly startingLine: number
          readonly endingLine: number
          readonly commit: {
            readonly committedDate: string
            readonly author: { readonly user: { readonly login: string } | null } | null
          }
        }[]
      }
    } | null
  }
}

export async function blame(
  { graphql }: Octokit,
  at: RepoRef,
  path: string,
  ref: string,
): Promise<readonly BlameRange[]> {
  const answer = await graphql<BlameAnswer>(blameQuery, { owner: at.org, name: at.repo, ref, path })
  const ranges = answer.repository.object?.blame?.ranges
  if (!ranges) throw new CodeHostError('not-found', 200, `there is no commit ${ref}`)
  return ranges.map(({ startingLine, endingLine, commit }) => ({
    start: startingLine,
    end: endingLine,
    ...(commit.author?.user && { login: commit.author.user.login }),
    date: commit.committedDate,
  }))
}

/** Pins or unpins; GitHub refuses to pin twice, so what is there is looked at first. */
export async function pinIssue({ graphql }: Octokit, at: IssueRef, pinned: boolean): Promise<void> {
  const query = `query ($owner: String!, $name: String!, $number: Int!) {
    repository(owner: $owner, name: $name) { issue(number: $number) { id isPinned } }
  }`
  type Answer = { repository: { issue: { id: string; isPinned: boolean | null } } }
  const { repository } = await graphql<Answer>(query, { owner: at.org, name: at.repo, number: at.number })
  if ((repository.issue.isPinned ?? false) === pinned) return
  const verb = pinned ? 'pinIssue' : 'unpinIssue'
  await graphql(`mutation ($id: ID!) { ${verb}(input: { issueId: $id }) { clientMutationId } }`, {
    id: repository.issue.id,
  })
}

/** @param issue and @param repository are node ids. */
export async function transferIssue({ graphql }: Octokit, issue: string, repository: string): Promise<IssueRef> {
  const query = `mutation ($issue: ID!, $repository: ID!) {
    transferIssue(input: { issueId: $issue, repositoryId: $repository }) {
      issue { number repository { name owner { login } } }
    }
  }`
  type Answer = { transferIssue: { issue: { number: number; repository: { name: string; owner: { login: string } } } } }
  const { transferIssue: moved } = await graphql<Answer>(query, { issue, repository })
  const { number, repository: to } = moved.issue
  return { org: to.owner.login, repo: to.name, number }
}
