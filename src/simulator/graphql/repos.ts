// GraphQL: accounts and repositories with their refs, files, blame and collaborators.
import { collaborators, permissionOf } from '../actions/permissions.ts'
import { accountByEmail, accountOf, type Core, findRepo, fullName, gitDir, isPull, repoNow } from '../core.ts'
import { gitText } from '../git/command.ts'
import { log, readBlob, readPath } from '../git/read.ts'
import { resolveCommit } from '../git/refs.ts'
import { repoPage } from '../shapes/repos.ts'
import { nodeId } from '../shapes/shape.ts'
import type { Issue, Repo } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import {
  type AccountSource,
  accountSource,
  type Context,
  commitSource,
  connect,
  issueSource,
  type RepoSource,
  repoSource,
  text,
} from './context.ts'
import { type Args, type Fields, typeOf } from './cut.ts'
import { numberIn, refSource } from './pulls.ts'

const roles = { pull: 'READ', triage: 'TRIAGE', push: 'WRITE', maintain: 'MAINTAIN', admin: 'ADMIN' } as const

/** A repository that the viewer may see, or the error that GitHub gives. */
export function visibleRepo({ core, viewer }: Context, owner: string, name: string): RepoSource {
  const repo = findRepo(core.state, owner, name)
  if (!repo || !permissionOf(core.state, repo, viewer)) {
    throw new Error(`Could not resolve to a Repository with the name '${owner}/${name}'.`)
  }
  return repoSource(repo)
}

const account = typeOf<AccountSource>({
  id: ({ account: { id } }) => nodeId('User', id),
  databaseId: ({ account: { id } }) => id,
  login: ({ account: { login, type } }) => (type === 'Bot' ? login.replace(/\[bot\]$/, '') : login),
  url: ({ account: { login } }, _args, { core }) => `${core.url()}/${login}`,
})

const owner = {
  ...account,
  ...typeOf<AccountSource>({
    name: ({ account: { name } }) => name,
    repository: ({ account: { login } }, args, context) => visibleRepo(context, login, text(args, 'name') ?? ''),
    repositories: ({ account: { login } }, args, { core, viewer }) => {
      const seen = core.state.repos.of(login.toLowerCase()).filter((repo) => permissionOf(core.state, repo, viewer))
      return connect(seen.map(repoSource), args)
    },
  }),
}

function numbered({ core }: Context, repo: Repo, args: Args): Issue {
  const number = numberIn(args, 'number')
  const issue = core.state.issues.get(issueKey(repo.id, number))
  if (!issue) throw new Error(`Could not resolve to an issue or pull request with the number of ${number}.`)
  return issue
}

function listed({ core }: Context, repo: Repo, args: Args, pulls: boolean) {
  const states = Array.isArray(args.states) ? args.states.map(String) : undefined
  const labels = Array.isArray(args.labels) ? args.labels.map((label) => String(label).toLowerCase()) : undefined
  const all = core.state.issues.of(repo.id).filter((issue) => {
    const state = issue.pull?.merged_at ? 'MERGED' : issue.state.toUpperCase()
    const names = issue.labels.map((id) => core.state.labels.get(id)?.name.toLowerCase() ?? '')
    return (
      isPull(issue) === pulls &&
      (!states || states.includes(state)) &&
      (!labels || labels.some((label) => names.includes(label)))
    )
  })
  return connect(
    all.map((issue) => issueSource(repo, issue)),
    args,
  )
}

async function objectAt({ core }: Context, repo: Repo, args: Args) {
  const expression = text(args, 'expression') ?? text(args, 'oid') ?? ''
  const [revision = '', path] = expression.split(/:(.*)/s)
  const dir = gitDir(core, repo)
  const sha = await resolveCommit(dir, revision === '' ? repo.default_branch : revision)
  if (!sha) return null
  if (path === undefined) {
    const [commit] = await log(dir, [sha], ['-1'])
    return commit ? commitSource(repo, commit) : null
  }
  const found = await readPath(dir, sha, path)
  if (!found) return null
  if (found.entries)
    return {
      __typename: 'Tree',
      oid: found.entry.sha,
      entries: found.entries.map((e) => ({ ...e, name: e.path.split('/').at(-1) ?? '' })),
    }
  const bytes = await readBlob(dir, found.entry.sha)
  return {
    __typename: 'Blob',
    oid: found.entry.sha,
    byteSize: bytes?.length ?? 0,
    text: bytes?.toString('utf8') ?? null,
  }
}

/** Lines of a file by the commit that last changed them, neighbours of the same commit joined. */
export async function blame(core: Core, repo: Repo, sha: string, path: string) {
  const dir = gitDir(core, repo)
  if (!(await readPath(dir, sha, path))) return { ranges: [] }
  const porcelain = await gitText(dir, ['blame', '--line-porcelain', sha, '--', path])
  const lines = [...porcelain.matchAll(/^([0-9a-f]{40}) \d+ (\d+)(?: \d+)?$/gm)].map(([, commit = '', line = '']) => ({
    commit,
    line: Number(line),
  }))
  const ranges: { commit: string; startingLine: number; endingLine: number }[] = []
  for (const { commit, line } of lines) {
    const last = ranges.at(-1)
    if (last && last.commit === commit && last.endingLine === line - 1) last.endingLine = line
    else ranges.push({ commit, startingLine: line, endingLine: line })
  }
  const infos = new Map(
    (await log(dir, [...new Set(lines.map(({ commit }) => commit))], ['--no-walk'])).map((info) => [info.sha, info]),
  )
  return {
    ranges: ranges.flatMap(({ commit, ...range }) => {
      const info = infos.get(commit)
      return info ? [{ ...range, age: 1, commit: commitSource(repo, info) }] : []
    }),
  }
}

export const repoTypes: Readonly<Record<string, Fields>> = {
  Actor: { login: true, url: true },
  Node: { id: true },
  RepositoryOwner: { id: true, login: true, url: true, repository: true, repositories: true },
  User: {
    ...owner,
    ...typeOf<AccountSource>({
      email: ({ account: { email } }) => email ?? '',
      status: ({ account: { busy } }) => (busy ? { indicatesLimitedAvailability: true } : null),
      isViewer: ({ account: a }, _args, { viewer }) => a.id === viewer.id,
    }),
  },
  Bot: account,
  Organization: owner,
  UserStatus: { indicatesLimitedAvailability: true },

  RepositoryConnection: { nodes: true, totalCount: true, pageInfo: true },
  Repository: typeOf<RepoSource>({
    id: ({ repo }) => nodeId('Repository', repo.id),
    databaseId: ({ repo }) => repo.id,
    name: ({ repo }) => repo.name,
    nameWithOwner: ({ repo }) => fullName(repo),
    owner: ({ repo }, _args, { core }) => accountSource(accountOf(core.state, repo.owner)),
    url: ({ repo }, _args, { core }) => repoPage(core, repo),
    description: ({ repo }) => repo.description,
    isPrivate: ({ repo }) => repo.private,
    isArchived: ({ repo }) => repo.archived,
    isFork: ({ repo }) => repo.parent !== null,
    defaultBranchRef: ({ repo }) => refSource(repo, repo.default_branch),
    ref: ({ repo }, args) => {
      const name = text(args, 'qualifiedName') ?? ''
      const full = name.startsWith('refs/') ? name : `refs/heads/${name}`
      const prefix = /^refs\/(?:heads|tags)\//.exec(full)?.[0] ?? ''
      return refSource(repo, full.slice(prefix.length), prefix)
    },
    object: ({ repo }, args, context) => objectAt(context, repoNow(context.core.state, repo.id), args),
    pullRequest: ({ repo }, args, context) => {
      const issue = numbered(context, repo, args)
      if (!isPull(issue)) throw new Error(`Could not resolve to a PullRequest with the number of ${issue.number}.`)
      return issueSource(repo, issue)
    },
    issue: ({ repo }, args, context) => {
      const issue = numbered(context, repo, args)
      if (isPull(issue)) throw new Error(`Could not resolve to an Issue with the number of ${issue.number}.`)
      return issueSource(repo, issue)
    },
    issueOrPullRequest: ({ repo }, args, context) => issueSource(repo, numbered(context, repo, args)),
    pullRequests: ({ repo }, args, context) => listed(context, repo, args, true),
    issues: ({ repo }, args, context) => listed(context, repo, args, false),
    labels: ({ repo }, args, { core }) => connect(core.state.labels.of(repo.id), args),
    collaborators: ({ repo }, args, { core }) => {
      const direct = args.affiliation === 'DIRECT'
      const all = collaborators(core.state, repo).filter(
        ({ account: { login } }) => !direct || Object.hasOwn(repo.collaborators, login),
      )
      const page = connect(all, args)
      return {
        ...page,
        nodes: page.nodes.map((entry) => accountSource(entry.account)),
        edges: page.edges.map(({ cursor, node }) => ({
          cursor,
          node: accountSource(node.account),
          permission: roles[node.permission],
        })),
      }
    },
  }),
  RepositoryCollaboratorConnection: { nodes: true, edges: true, totalCount: true, pageInfo: true },
  RepositoryCollaboratorEdge: { cursor: true, node: true, permission: true },
  PullRequestConnection: { nodes: true, totalCount: true, pageInfo: true },
  IssueConnection: { nodes: true, totalCount: true, pageInfo: true },
  IssueOrPullRequest: {},

  Ref: typeOf<{ repo: Repo; name: string; prefix: string; sha: string }>({
    id: ({ repo, name, prefix }) => nodeId('Ref', `${repo.id}:${prefix}${name}`),
    name: true,
    prefix: true,
    target: async ({ repo, sha }, _args, { core }) => {
      const [commit] = await log(gitDir(core, repo), [sha], ['-1'])
      return commit ? commitSource(repo, commit) : null
    },
  }),
  GitObject: { oid: true },
  Blob: { oid: true, byteSize: true, text: true },
  Tree: { oid: true, entries: true },
  TreeEntry: { name: true, path: true, type: true },
  Blame: { ranges: true },
  BlameRange: { startingLine: true, endingLine: true, age: true, commit: true },
  GitActor: typeOf<{ name: string; email: string; date: string }>({
    name: true,
    email: true,
    date: true,
    user: ({ email }, _args, { core }) => {
      const known = accountByEmail(core.state, email)
      return known?.type === 'User' ? accountSource(known) : null
    },
  }),
}
