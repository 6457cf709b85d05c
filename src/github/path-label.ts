// The path of a request as metrics show it: upstream's labels, one per operation, with `:name` where names and numbers stand.

// Each known path; every beginning of one is known, too. `:name*` takes all that follows.
const known = [
  'app/installations/:id/access_tokens',
  ...['repos/:owner/:repo', 'repositories/:repoId'].flatMap((repo) =>
    [
      'branches/:branch/protection',
      'issues/comments/:commentId',
      'issues/events/:eventId',
      ...['lock', 'comments', 'events', 'assignees', 'reactions', 'labels/:labelId*'].map(
        (of) => `issues/:issueId/${of}`,
      ),
      'labels/:labelId',
      'milestones/:milestone',
      ...['commits', 'files', 'comments', 'reviews', 'requested_reviewers', 'merge'].map((of) => `pulls/:pullId/${of}`),
      'statuses/:statusId',
      'collaborators/:collaboratorId/permission',
      'compare/:sha',
      'contents/:contentId',
      'commits/:sha/check-runs',
      'commits/:sha/status',
      'git/refs/heads/:ref*',
      'hooks',
      'forks',
      'teams',
      'tags',
    ].map((path) => `${repo}/${path}`),
  ),
  ...['repos', 'invitations', 'members/:login', 'memberships/:login', 'teams'].map((of) => `orgs/:orgname/${of}`),
  'users/:username/repos',
  'user',
  'search/issues',
  'teams/:id/members',
  'graphql',
]

interface Node {
  /** What stands in the label. */
  readonly shown: string
  readonly takesAll: boolean
  readonly below: Map<string, Node>
}

const root: Node = { shown: '', takesAll: false, below: new Map() }
for (const path of known) {
  let node = root
  for (const part of path.split('/')) {
    const next = node.below.get(part) ?? {
      shown: part.replace('*', ''),
      takesAll: part.endsWith('*'),
      below: new Map(),
    }
    node.below.set(part, next)
    node = next
  }
}

/** `/repos/:owner/:repo/issues` and so on; `unmatched` for paths that are not known. @param path May have a query. */
export function pathLabel(path: string): string {
  const parts = (path.split('?')[0] ?? '').split('/').filter((part) => part !== '')
  let node = root
  let label = ''
  for (const part of parts) {
    // Words that are known go before names.
    const next = node.below.get(part) ?? [...node.below.values()].find(({ shown }) => shown.startsWith(':'))
    if (!next) return 'unmatched'
    label += `/${next.shown}`
    if (next.takesAll) return label
    node = next
  }
  return label || '/'
}
