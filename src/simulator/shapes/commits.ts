// Commits, changed files, statuses and check runs as GitHub's JSON.
import { accountByEmail, type Core } from '../core.ts'
import type { CommitInfo, FileChange, PushedCommit } from '../git/read.ts'
import type { CheckRun, Repo, Status } from '../state/records.ts'
import { repoPage, repoUrl } from './repos.ts'
import { nodeId, type Schemas, segment } from './shape.ts'
import { simpleUser, userOf } from './users.ts'

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

export function commitShape(
  core: Core,
  repo: Repo,
  commit: CommitInfo,
  files?: readonly FileChange[],
): Schemas['commit'] {
  const url = `${repoUrl(core, repo)}/commits/${commit.sha}`
  const author = accountByEmail(core.state, commit.author.email)
  const committer = accountByEmail(core.state, commit.committer.email)
  const additions = files?.reduce((sum, file) => sum + file.additions, 0) ?? 0
  const deletions = files?.reduce((sum, file) => sum + file.deletions, 0) ?? 0
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url,
    html_url: `${repoPage(core, repo)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${repoUrl(core, repo)}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${repoUrl(core, repo)}/git/trees/${commit.tree}` },
      comment_count: 0,
      verification: unsigned,
    },
    author: author ? simpleUser(core, author) : null,
    committer: committer ? simpleUser(core, committer) : null,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repoUrl(core, repo)}/commits/${sha}`,
      html_url: `${repoPage(core, repo)}/commit/${sha}`,
    })),
    ...(files
      ? {
          stats: { additions, deletions, total: additions + deletions },
          files: files.map((file) => fileShape(core, repo, file, commit.sha)),
        }
      : {}),
  }
}

export function gitCommitShape(core: Core, repo: Repo, commit: CommitInfo): Schemas['git-commit'] {
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${repoUrl(core, repo)}/git/commits/${commit.sha}`,
    html_url: `${repoPage(core, repo)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${repoUrl(core, repo)}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repoUrl(core, repo)}/git/commits/${sha}`,
      html_url: `${repoPage(core, repo)}/commit/${sha}`,
    })),
    verification: unsigned,
  }
}

export function fileShape(core: Core, repo: Repo, file: FileChange, sha: string): Schemas['diff-entry'] {
  const path = file.filename.split('/').map(segment).join('/')
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repoPage(core, repo)}/blob/${sha}/${path}`,
    raw_url: `${repoPage(core, repo)}/raw/${sha}/${path}`,
    contents_url: `${repoUrl(core, repo)}/contents/${path}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previous_filename === undefined ? {} : { previous_filename: file.previous_filename }),
  }
}

/** A commit as the push webhook lists it. */
export function pushedCommitShape(core: Core, repo: Repo, commit: PushedCommit) {
  const who = (person: CommitInfo['author']) => {
    const account = accountByEmail(core.state, person.email)
    return {
      name: person.name,
      email: person.email,
      date: person.date,
      ...(account ? { username: account.login } : {}),
    }
  }
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repoPage(core, repo)}/commit/${commit.sha}`,
    author: who(commit.author),
    committer: who(commit.committer),
    added: [...commit.added],
    removed: [...commit.removed],
    modified: [...commit.modified],
  }
}

export function statusShape(core: Core, repo: Repo, status: Status): Schemas['status'] {
  return {
    url: `${repoUrl(core, repo)}/statuses/${status.sha}`,
    avatar_url: `${core.url()}/-/avatars/${segment(status.creator)}`,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.target_url,
    context: status.context,
    created_at: status.created_at,
    updated_at: status.created_at,
    creator: userOf(core, status.creator),
  }
}

/** The newest status of each context, in the order in which the contexts first appeared. */
export function newestStatuses(core: Core, repo: Repo, sha: string): Status[] {
  const newest = new Map<string, Status>()
  for (const status of core.state.statuses.of(`${repo.id} ${sha}`)) newest.set(status.context, status)
  return [...newest.values()]
}

/** What several statuses come to: failure over pending over success. */
export function combinedState(statuses: readonly Status[]): 'failure' | 'pending' | 'success' {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure'
  return statuses.length === 0 || statuses.some(({ state }) => state === 'pending') ? 'pending' : 'success'
}

export function checkRunShape(core: Core, repo: Repo, run: CheckRun): Schemas['check-run'] {
  const url = `${repoUrl(core, repo)}/check-runs/${run.id}`
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.head_sha,
    name: run.name,
    external_id: run.external_id,
    url,
    html_url: `${repoPage(core, repo)}/runs/${run.id}`,
    details_url: run.details_url ?? `${repoPage(core, repo)}/runs/${run.id}`,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.started_at,
    completed_at: run.completed_at,
    output: { ...run.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: run.suite },
    app: null,
    pull_requests: [],
  }
}

export function refShape(core: Core, repo: Repo, ref: string, sha: string, type: string): Schemas['git-ref'] {
  const url = repoUrl(core, repo)
  return {
    ref,
    node_id: nodeId('Ref', `${repo.id}:${ref}`),
    url: `${url}/git/${ref}`,
    object: { sha, type, url: `${url}/git/${type}s/${sha}` },
  }
}
