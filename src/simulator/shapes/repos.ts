// Repositories, branches, hooks and deliveries as GitHub's JSON.
import { permissionFlags, permissionOf } from '../actions/permissions.ts'
import { accountOf, apiUrl, type Core, fullName, isPull } from '../core.ts'
import type { Account, Hook, Protection, Repo } from '../state/records.ts'
import type { DeliveryRow } from '../state/store.ts'
import { nodeId, type Schemas, segment } from './shape.ts'
import { simpleOrg, simpleUser, teamShape, userOf } from './users.ts'

export const repoUrl = (core: Core, repo: Repo): string =>
  `${apiUrl(core)}/repos/${segment(repo.owner)}/${segment(repo.name)}`

export const repoPage = (core: Core, repo: Repo): string => `${core.url()}/${fullName(repo)}`

function common(core: Core, repo: Repo) {
  const url = repoUrl(core, repo)
  const page = repoPage(core, repo)
  const forks = [...core.state.repos.all()].filter((other) => other.parent === repo.id).length
  const open = core.state.issues.of(repo.id).filter((issue) => issue.state === 'open').length
  return {
    id: repo.id,
    node_id: nodeId('Repository', repo.id),
    name: repo.name,
    full_name: fullName(repo),
    private: repo.private,
    owner: simpleUser(core, accountOf(core.state, repo.owner)),
    html_url: page,
    description: repo.description,
    fork: repo.parent !== null,
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
    clone_url: `${page}.git`,
    git_url: `git:${page.replace(/^https?:/, '')}.git`,
    ssh_url: `git@${new URL(page).hostname}:${fullName(repo)}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: repo.homepage,
    language: null,
    forks,
    forks_count: forks,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 0,
    default_branch: repo.default_branch,
    open_issues: open,
    open_issues_count: open,
    has_issues: repo.has_issues,
    has_projects: repo.has_projects,
    has_wiki: repo.has_wiki,
    has_pages: false,
    has_discussions: false,
    has_downloads: true,
    archived: repo.archived,
    disabled: false,
    visibility: repo.private ? 'private' : 'public',
    pushed_at: repo.pushed_at,
    created_at: repo.created_at,
    updated_at: repo.updated_at,
    license: null,
    is_template: false,
    topics: [],
    custom_properties: {},
    allow_forking: true,
    web_commit_signoff_required: false,
  }
}

export function minimalRepo(core: Core, repo: Repo, viewer?: Account | null): Schemas['minimal-repository'] {
  return {
    ...common(core, repo),
    ...(viewer ? { permissions: permissionFlags(permissionOf(core.state, repo, viewer)) } : {}),
  }
}

/** As it stands in pull requests and webhooks. */
export function repoShape(
  core: Core,
  repo: Repo,
): Schemas['repository'] & { pushed_at: string; created_at: string; updated_at: string } {
  return {
    ...common(core, repo),
    allow_merge_commit: repo.allow_merge_commit,
    allow_squash_merge: repo.allow_squash_merge,
    allow_rebase_merge: repo.allow_rebase_merge,
    allow_auto_merge: false,
    allow_update_branch: false,
    delete_branch_on_merge: repo.delete_branch_on_merge,
    use_squash_pr_title_as_default: false,
    squash_merge_commit_message: 'COMMIT_MESSAGES',
    squash_merge_commit_title: 'COMMIT_OR_PR_TITLE',
    merge_commit_message: 'PR_TITLE',
    merge_commit_title: 'MERGE_MESSAGE',
  }
}

export function fullRepo(core: Core, repo: Repo, viewer: Account | null): Schemas['full-repository'] {
  const parent = repo.parent === null ? undefined : core.state.repos.get(repo.parent)
  const org = core.state.orgs.get(repo.owner.toLowerCase())
  return {
    ...repoShape(core, repo),
    permissions: permissionFlags(permissionOf(core.state, repo, viewer)),
    has_discussions: false,
    network_count: 0,
    subscribers_count: 0,
    ...(org ? { organization: userOf(core, org.login) } : {}),
    ...(parent ? { parent: repoShape(core, parent), source: repoShape(core, parent) } : {}),
  }
}

export function shortBranch(core: Core, repo: Repo, name: string, sha: string): Schemas['short-branch'] {
  return {
    name,
    commit: { sha, url: `${repoUrl(core, repo)}/commits/${sha}` },
    protected: Object.hasOwn(repo.protections, name),
  }
}

export function protectionShape(core: Core, repo: Repo, branch: string, p: Protection) {
  const url = `${repoUrl(core, repo)}/branches/${segment(branch)}/protection`
  const reviews = p.required_pull_request_reviews
  const teams = core.state.teams.of(repo.owner.toLowerCase())
  return {
    url,
    ...(p.required_status_checks
      ? {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            contexts_url: `${url}/required_status_checks/contexts`,
            strict: p.required_status_checks.strict,
            contexts: [...p.required_status_checks.contexts],
            checks: p.required_status_checks.contexts.map((context) => ({ context, app_id: null })),
          },
        }
      : {}),
    ...(reviews ? { required_pull_request_reviews: { url: `${url}/required_pull_request_reviews`, ...reviews } } : {}),
    ...(p.restrictions
      ? {
          restrictions: {
            url: `${url}/restrictions`,
            users_url: `${url}/restrictions/users`,
            teams_url: `${url}/restrictions/teams`,
            apps_url: `${url}/restrictions/apps`,
            users: p.restrictions.users.map((login) => userOf(core, login)),
            teams: teams.filter((t) => p.restrictions?.teams.includes(t.slug)).map((t) => teamShape(core, t)),
            apps: [],
          },
        }
      : {}),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: p.enforce_admins },
    required_signatures: { url: `${url}/required_signatures`, enabled: p.required_signatures },
    required_linear_history: { enabled: p.required_linear_history },
    allow_force_pushes: { enabled: p.allow_force_pushes },
    allow_deletions: { enabled: p.allow_deletions },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  }
}

function hookBase(core: Core, hook: Hook) {
  const [kind = '', target = ''] = hook.of.split(':')
  const repo = kind === 'repo' ? core.state.repos.get(target) : undefined
  const org = core.state.orgs.get(target.toLowerCase())
  const owner = repo ? repoUrl(core, repo) : org ? simpleOrg(core, org).url : `${apiUrl(core)}/app`
  const url = `${owner}/hooks/${hook.id}`
  return {
    id: hook.id,
    url,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    name: 'web',
    active: hook.active,
    events: [...hook.events],
    created_at: hook.created_at,
    updated_at: hook.updated_at,
    // The secret is never shown again, as on GitHub.
    config: {
      url: hook.url,
      content_type: hook.content_type,
      insecure_ssl: hook.insecure_ssl,
      ...(hook.secret ? { secret: '********' } : {}),
    },
  }
}

export function repoHook(core: Core, hook: Hook): Schemas['hook'] {
  const [last] = core.store.deliveriesOf(hook.id, Number.MAX_SAFE_INTEGER, 1)
  const base = hookBase(core, hook)
  return {
    ...base,
    type: 'Repository',
    test_url: `${base.url}/test`,
    last_response: last?.status
      ? { code: last.status_code, status: last.status_code < 300 ? 'active' : 'failed', message: last.status }
      : { code: null, status: 'unused', message: null },
  }
}

export const orgHook = (core: Core, hook: Hook): Schemas['org-hook'] => ({
  ...hookBase(core, hook),
  type: 'Organization',
})

/** As the ping webhook shows it: with what it belongs to. */
export const anyHook = (core: Core, hook: Hook): Schemas['hook'] | Schemas['org-hook'] =>
  hook.of.startsWith('org:') ? orgHook(core, hook) : repoHook(core, hook)

export function deliveryItem(row: DeliveryRow) {
  return {
    id: row.id,
    guid: row.guid,
    delivered_at: row.delivered_at ?? row.created_at,
    redelivery: row.redelivery === 1,
    duration: row.duration,
    status: row.status ?? 'pending',
    status_code: row.status_code,
    event: row.event,
    action: row.action,
    installation_id: row.installation,
    repository_id: row.repo,
    throttled_at: null,
  } satisfies Schemas['hook-delivery-item']
}

export function deliveryShape(row: DeliveryRow): Schemas['hook-delivery'] {
  return {
    ...deliveryItem(row),
    url: row.url,
    request: { headers: JSON.parse(row.request_headers), payload: JSON.parse(row.payload) },
    response: { headers: JSON.parse(row.response_headers), payload: row.response_body },
  }
}

/** Open pull requests and issues are counted apart on the pages. */
export function openCounts(core: Core, repo: Repo): { pulls: number; issues: number } {
  const open = core.state.issues.of(repo.id).filter((issue) => issue.state === 'open')
  const pulls = open.filter(isPull).length
  return { pulls, issues: open.length - pulls }
}
