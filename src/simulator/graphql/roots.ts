// GraphQL: what can be asked at the top, and the mutations that plugins use.
import { editComment } from '../actions/comments.ts'
import { permissionOf } from '../actions/permissions.ts'
import { setDraft } from '../actions/pulls.ts'
import { setPinned, transferIssue } from '../actions/transfer.ts'
import { type Core, isPull, repoNow } from '../core.ts'
import { isoTime } from '../git/read.ts'
import { rateLimitOf } from '../rest/rate-limit.ts'
import { searchIssues, searchPeople } from '../search.ts'
import { fromNodeId } from '../shapes/shape.ts'
import type { Issue, Repo } from '../state/records.ts'
import { accountSource, type CommitSource, type Context, connect, issueSource, repoSource, text } from './context.ts'
import { type Args, type Fields, type Types, typeOf } from './cut.ts'
import { pullTypes } from './pulls.ts'
import { blame, repoTypes, visibleRepo } from './repos.ts'

function input(args: Args): Args {
  const value = args.input
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** The issue or pull request behind a node id. */
function issueNode(core: Core, node: string | undefined): { repo: Repo; issue: Issue } {
  const parsed = node === undefined ? undefined : fromNodeId(node)
  for (const issue of core.state.issues.all()) {
    const id = isPull(issue) ? issue.pull.id : issue.id
    if (parsed && String(id) === parsed.id && parsed.type === (isPull(issue) ? 'PullRequest' : 'Issue')) {
      return { repo: repoNow(core.state, issue.repo), issue }
    }
  }
  throw new Error(`Could not resolve to a node with the global id of '${node}'`)
}

function node(context: Context, id: string): unknown {
  const parsed = fromNodeId(id)
  const { core } = context
  if (parsed?.type === 'Repository') {
    const repo = core.state.repos.get(parsed.id)
    return repo && permissionOf(core.state, repo, context.viewer) ? repoSource(repo) : null
  }
  if (parsed?.type === 'User') {
    const account = [...core.state.accounts.all()].find((a) => String(a.id) === parsed.id)
    return account ? accountSource(account) : null
  }
  const { repo, issue } = issueNode(core, id)
  return issueSource(repo, issue)
}

const query: Fields = typeOf<unknown>({
  viewer: (_source, _args, { viewer }) => accountSource(viewer),
  rateLimit: (_source, _args, { core }) => {
    const { limit, reset } = rateLimitOf(core, undefined)
    return { cost: 1, limit, nodeCount: 0, remaining: limit - 1, used: 1, resetAt: isoTime(reset * 1000) }
  },
  repository: (_source, args, context) => visibleRepo(context, text(args, 'owner') ?? '', text(args, 'name') ?? ''),
  user: (_source, args, { core }) => {
    const account = core.state.accounts.get((text(args, 'login') ?? '').toLowerCase())
    if (account?.type !== 'User')
      throw new Error(`Could not resolve to a User with the login of '${text(args, 'login')}'.`)
    return accountSource(account)
  },
  organization: (_source, args, { core }) => {
    const account = core.state.accounts.get((text(args, 'login') ?? '').toLowerCase())
    if (account?.type !== 'Organization')
      throw new Error(`Could not resolve to an Organization with the login of '${text(args, 'login')}'.`)
    return accountSource(account)
  },
  node: (_source, args, context) => node(context, text(args, 'id') ?? ''),
  search: (_source, args, { core, viewer }) => {
    if (args.type === 'USER') {
      const people = searchPeople(core, text(args, 'query') ?? '').map(accountSource)
      return { ...connect(people, args), userCount: people.length }
    }
    if (args.type !== 'ISSUE') throw new Error('the simulator searches for types ISSUE and USER only')
    const found = searchIssues(core, text(args, 'query') ?? '', viewer)
    // GitHub counts all, and shows no more than the first thousand.
    const page = connect(
      found.slice(0, 1000).map(({ repo, issue }) => issueSource(repo, issue)),
      args,
    )
    return { ...page, issueCount: found.length }
  },
})

const mutation: Fields = typeOf<unknown>({
  convertPullRequestToDraft: (_source, args, context) => draft(context, args, true),
  markPullRequestReadyForReview: (_source, args, context) => draft(context, args, false),
  pinIssue: (_source, args, context) => pin(context, args, true),
  unpinIssue: (_source, args, context) => pin(context, args, false),
  transferIssue: (_source, args, { core, viewer }) => {
    const fields = input(args)
    const { repo, issue } = issueNode(core, text(fields, 'issueId'))
    const target = core.state.repos.get(fromNodeId(text(fields, 'repositoryId') ?? '')?.id ?? '')
    if (!target || !permissionOf(core.state, target, viewer))
      throw new Error(`Could not resolve to a node with the global id of '${text(fields, 'repositoryId')}'`)
    const moved = transferIssue(core, repo, target, viewer, issue.number)
    return { issue: issueSource(target, moved), clientMutationId: text(fields, 'clientMutationId') }
  },
  updateIssueComment: (_source, args, { core, viewer }) => {
    const fields = input(args)
    const comment = core.state.comments.get(fromNodeId(text(fields, 'id') ?? '')?.id ?? '')
    if (!comment) throw new Error('Could not resolve to a node with that global id')
    const edited = editComment(core, repoNow(core.state, comment.repo), viewer, comment, text(fields, 'body') ?? '')
    return { issueComment: edited, clientMutationId: text(fields, 'clientMutationId') }
  },
})

function draft({ core, viewer }: Context, args: Args, wanted: boolean) {
  const fields = input(args)
  const { repo, issue } = issueNode(core, text(fields, 'pullRequestId'))
  const pr = setDraft(core, repo, viewer, issue.number, wanted)
  return { pullRequest: issueSource(repo, pr), clientMutationId: text(fields, 'clientMutationId') }
}

function pin({ core, viewer }: Context, args: Args, pinned: boolean) {
  const fields = input(args)
  const { repo, issue } = issueNode(core, text(fields, 'issueId'))
  const changed = setPinned(core, repo, viewer, issue.number, pinned)
  return { issue: issueSource(repo, changed), clientMutationId: text(fields, 'clientMutationId') }
}

/** Everything that the simulator answers by GraphQL. */
export const types: Types = {
  Query: query,
  Mutation: mutation,
  RateLimit: { cost: true, limit: true, nodeCount: true, remaining: true, used: true, resetAt: true },
  SearchResultItemConnection: { nodes: true, edges: true, issueCount: true, userCount: true, pageInfo: true },
  SearchResultItemEdge: { cursor: true, node: true },
  SearchResultItem: {},
  PageInfo: { hasNextPage: true, hasPreviousPage: true, startCursor: true, endCursor: true },
  ConvertPullRequestToDraftPayload: { pullRequest: true, clientMutationId: true },
  MarkPullRequestReadyForReviewPayload: { pullRequest: true, clientMutationId: true },
  PinIssuePayload: { issue: true, clientMutationId: true },
  UnpinIssuePayload: { issue: true, clientMutationId: true },
  TransferIssuePayload: { issue: true, clientMutationId: true },
  UpdateIssueCommentPayload: { issueComment: true, clientMutationId: true },
  ...repoTypes,
  ...pullTypes,
  Commit: {
    ...pullTypes.Commit,
    ...typeOf<CommitSource>({
      blame: ({ repo, commit }, args, { core }) => blame(core, repo, commit.sha, text(args, 'path') ?? ''),
    }),
  },
}
