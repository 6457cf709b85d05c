// Accounts, organizations and teams as GitHub's JSON.

import { permissionFlags } from '../actions/permissions.ts'
import { accountOf, apiUrl, type Core } from '../core.ts'
import type { Account, Installation, Invitation, Org, Permission, Team } from '../state/records.ts'
import { nodeId, type Schemas, segment } from './shape.ts'

/** GitHub's simple user; the intersection says what the description leaves open. */
export type User = Schemas['simple-user'] & { readonly id: number; readonly gravatar_id: string }

export function simpleUser(core: Core, account: Account): User {
  const url = `${apiUrl(core)}/users/${segment(account.login)}`
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('User', account.id),
    avatar_url: `${core.url()}/-/avatars/${segment(account.login)}`,
    gravatar_id: '',
    url,
    html_url: `${core.url()}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  }
}

/** The account behind a login that a record names. */
export const userOf = (core: Core, login: string): User => simpleUser(core, accountOf(core.state, login))

export function publicUser(core: Core, account: Account): Schemas['public-user'] {
  return {
    ...simpleUser(core, account),
    name: account.name,
    company: null,
    blog: '',
    location: null,
    email: account.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: core.state.repos.of(account.login.toLowerCase()).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.created_at,
    updated_at: account.created_at,
  }
}

export function simpleOrg(core: Core, org: Org): Schemas['organization-simple'] {
  const account = accountOf(core.state, org.login)
  const url = `${apiUrl(core)}/orgs/${segment(org.login)}`
  return {
    login: org.login,
    id: account.id,
    node_id: nodeId('Organization', account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${core.url()}/-/avatars/${segment(org.login)}`,
    description: org.description,
  }
}

export function fullOrg(core: Core, org: Org): Schemas['organization-full'] {
  const account = accountOf(core.state, org.login)
  return {
    ...simpleOrg(core, org),
    name: account.name ?? org.login,
    ...(org.company === null ? {} : { company: org.company }),
    ...(org.location === null ? {} : { location: org.location }),
    ...(account.email ? { email: account.email } : {}),
    billing_email: org.billing_email,
    has_organization_projects: org.has_organization_projects,
    has_repository_projects: org.has_repository_projects,
    default_repository_permission: org.default_repository_permission,
    members_can_create_repositories: org.members_can_create_repositories,
    public_repos: core.state.repos.of(org.login.toLowerCase()).filter((repo) => !repo.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${core.url()}/${org.login}`,
    type: 'Organization',
    plan: {
      name: 'enterprise',
      space: 976562499,
      private_repos: 999999,
      filled_seats: Object.keys(org.members).length,
      seats: 100,
    },
    created_at: account.created_at,
    updated_at: account.created_at,
    archived_at: null,
  }
}

export function orgMembership(
  core: Core,
  org: Org,
  login: string,
  role: 'admin' | 'member',
  state: 'active' | 'pending',
): Schemas['org-membership'] {
  const url = `${apiUrl(core)}/orgs/${segment(org.login)}`
  return {
    url: `${url}/memberships/${segment(login)}`,
    state,
    role,
    organization_url: url,
    organization: simpleOrg(core, org),
    user: userOf(core, login),
  }
}

function teamUrls(core: Core, team: Team) {
  const account = accountOf(core.state, team.org)
  const url = `${apiUrl(core)}/organizations/${account.id}/team/${team.id}`
  return {
    url,
    html_url: `${core.url()}/orgs/${team.org}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
  }
}

function simpleTeam(core: Core, team: Team): Schemas['team-simple'] {
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    name: team.name,
    slug: team.slug,
    description: team.description,
    privacy: team.privacy,
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    ...teamUrls(core, team),
    type: 'organization',
  }
}

/** `permission` is the team's level on the repository that is talked about, where there is one. */
export function teamShape(core: Core, team: Team, permission: Permission = 'pull'): Schemas['team'] {
  const parent = team.parent === null ? undefined : core.state.teams.get(team.parent)
  return {
    ...simpleTeam(core, team),
    permission,
    permissions: permissionFlags(permission),
    parent: parent ? simpleTeam(core, parent) : null,
    organization_id: accountOf(core.state, team.org).id,
  }
}

export function fullTeam(core: Core, team: Team, org: Org): Schemas['team-full'] {
  const parent = team.parent === null ? undefined : core.state.teams.get(team.parent)
  return {
    ...simpleTeam(core, team),
    privacy: team.privacy,
    notification_setting: 'notifications_enabled',
    parent: parent ? simpleTeam(core, parent) : null,
    members_count: Object.keys(team.members).length,
    repos_count: Object.keys(team.repos).length,
    created_at: team.created_at,
    updated_at: team.updated_at,
    organization: { ...fullOrg(core, org), created_at: team.created_at, updated_at: team.updated_at },
  }
}

export function teamMembership(
  core: Core,
  team: Team,
  login: string,
  role: 'member' | 'maintainer',
): Schemas['team-membership'] {
  return { url: `${teamUrls(core, team).url}/memberships/${segment(login)}`, role, state: 'active' }
}

export function orgInvitation(core: Core, invitation: Invitation): Schemas['organization-invitation'] {
  return {
    id: invitation.id,
    login: invitation.invitee,
    email: null,
    role: invitation.role === 'admin' ? 'admin' : 'direct_member',
    created_at: invitation.created_at,
    failed_at: null,
    failed_reason: null,
    inviter: userOf(core, invitation.inviter),
    team_count: 0,
    node_id: nodeId('OrganizationInvitation', invitation.id),
    invitation_teams_url: `${apiUrl(core)}/organizations/0/invitations/${invitation.id}/teams`,
    invitation_source: 'member',
  }
}

export function installationShape(core: Core, installation: Installation) {
  const app = core.state.apps.get(installation.app)
  const account = accountOf(core.state, installation.account)
  return {
    id: installation.id,
    account: simpleUser(core, account),
    repository_selection: 'all' as const,
    access_tokens_url: `${apiUrl(core)}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${apiUrl(core)}/installation/repositories`,
    html_url: `${core.url()}/organizations/${account.login}/settings/installations/${installation.id}`,
    app_id: installation.app,
    app_slug: app?.slug ?? '',
    target_id: account.id,
    target_type: account.type === 'Organization' ? ('Organization' as const) : ('User' as const),
    permissions: app?.permissions ?? {},
    events: [...(app?.events ?? [])],
    created_at: installation.created_at,
    updated_at: installation.created_at,
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  } satisfies Schemas['installation']
}
