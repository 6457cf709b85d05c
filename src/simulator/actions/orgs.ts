// Organizations and teams: members, invitations, teams and what teams may do.
import { accountOf, byLogin, type Core, sameLogin, timestamp, withoutLogin } from '../core.ts'
import { invalid, notFound, Refusal } from '../errors.ts'
import { simpleUser, teamShape } from '../shapes/users.ts'
import type { Account, Invitation, Org, Permission, Repo, Team } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'
import { demandOrgAdmin, orgRole } from './permissions.ts'

export function orgNow(core: Core, login: string): Org {
  const org = core.state.orgs.get(login.toLowerCase())
  if (!org) throw notFound()
  return org
}

export function teamNow(core: Core, org: Org, slug: string): Team {
  const team = core.state.teams.of(org.login.toLowerCase()).find((t) => t.slug === slug.toLowerCase())
  if (!team) throw notFound()
  return team
}

export function editOrg(core: Core, org: Org, by: Account, fields: Partial<Org>): Org {
  demandOrgAdmin(core.state, org.login, by)
  return core.state.commit(() => core.state.orgs.put({ ...orgNow(core, org.login), ...fields }))
}

/** Changes a member's role at once; somebody else is invited. */
export function setMembership(
  core: Core,
  org: Org,
  by: Account,
  login: string,
  role: 'admin' | 'member',
): 'active' | 'pending' {
  demandOrgAdmin(core.state, org.login, by)
  const account = core.state.accounts.get(login.toLowerCase())
  if (!account || account.type === 'Organization') throw notFound()
  return core.state.commit(() => {
    if (orgRole(core.state, org.login, login)) {
      const members = { ...withoutLogin(org.members, login), [account.login]: role }
      core.state.orgs.put({ ...orgNow(core, org.login), members })
      return 'active'
    }
    const old = pendingOrgInvitation(core, org, login)
    core.state.invitations.put({
      id: old?.id ?? core.state.nextId(),
      repo: null,
      org: org.login,
      invitee: account.login,
      inviter: by.login,
      permission: 'pull',
      role,
      created_at: old?.created_at ?? timestamp(core),
    })
    return 'pending'
  })
}

export function pendingOrgInvitation(core: Core, org: Org, login: string): Invitation | undefined {
  return [...core.state.invitations.all()].find(
    (i) => i.org !== null && sameLogin(i.org, org.login) && sameLogin(i.invitee, login),
  )
}

export function acceptOrgInvitation(core: Core, org: Org, by: Account): void {
  const invitation = pendingOrgInvitation(core, org, by.login)
  if (!invitation) throw notFound()
  core.state.commit(() => {
    core.state.invitations.delete(invitation.id)
    const now = orgNow(core, org.login)
    core.state.orgs.put({ ...now, members: { ...now.members, [by.login]: invitation.role } })
    emitMember(core, org, by, by, invitation.role, 'member_added')
  })
}

export function removeMembership(core: Core, org: Org, by: Account, login: string): void {
  if (!sameLogin(by.login, login)) demandOrgAdmin(core.state, org.login, by)
  const role = orgRole(core.state, org.login, login)
  const invitation = pendingOrgInvitation(core, org, login)
  if (!role && !invitation) throw notFound()
  core.state.commit(() => {
    if (invitation) core.state.invitations.delete(invitation.id)
    if (!role) return
    const now = orgNow(core, org.login)
    core.state.orgs.put({ ...now, members: withoutLogin(now.members, login) })
    for (const team of core.state.teams.of(org.login.toLowerCase())) {
      if (byLogin(team.members, login)) core.state.teams.put({ ...team, members: withoutLogin(team.members, login) })
    }
    emitMember(core, org, by, accountOf(core.state, login), role, 'member_removed')
  })
}

function emitMember(core: Core, org: Org, by: Account, account: Account, role: string, action: string): void {
  const membership = {
    url: '',
    state: 'active',
    role,
    organization_url: '',
    user: simpleUser(core, account),
  }
  emit(core, { event: 'organization', action, org: org.login, sender: by, body: { membership } })
}

export interface TeamFields {
  readonly name?: string
  readonly description?: string
  readonly privacy?: 'closed' | 'secret'
  readonly parent_team_id?: number | null
}

/** `My Team!` → `my-team`. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')

export function createTeam(core: Core, org: Org, by: Account, fields: TeamFields & { name: string }): Team {
  demandOrgAdmin(core.state, org.login, by)
  const slug = slugOf(fields.name)
  if (slug === '') throw invalid({ resource: 'Team', code: 'missing_field', field: 'name' })
  refuseTeam(core, org, slug, fields)
  return core.state.commit(() => {
    const now = timestamp(core)
    const team = core.state.teams.put({
      id: core.state.nextId(),
      org: org.login,
      name: fields.name,
      slug,
      description: fields.description ?? '',
      privacy: fields.privacy ?? (fields.parent_team_id ? 'closed' : 'secret'),
      parent: fields.parent_team_id ?? null,
      members: {},
      repos: {},
      created_at: now,
      updated_at: now,
    })
    emit(core, { event: 'team', action: 'created', org: org.login, sender: by, body: { team: teamShape(core, team) } })
    return team
  })
}

function refuseTeam(core: Core, org: Org, slug: string, fields: TeamFields, self?: Team): void {
  const teams = core.state.teams.of(org.login.toLowerCase())
  if (teams.some((t) => t.slug === slug && t.id !== self?.id)) {
    throw invalid({
      resource: 'Team',
      code: 'already_exists',
      field: 'name',
      message: 'Name must be unique for this org',
    })
  }
  const parent = fields.parent_team_id
  if (parent != null && !teams.some((t) => t.id === parent && t.id !== self?.id)) {
    throw invalid({ resource: 'Team', code: 'invalid', field: 'parent_team_id' })
  }
}

export function editTeam(core: Core, org: Org, by: Account, team: Team, fields: TeamFields): Team {
  demandOrgAdmin(core.state, org.login, by)
  const name = fields.name ?? team.name
  refuseTeam(core, org, slugOf(name), fields, team)
  return core.state.commit(() =>
    core.state.teams.put({
      ...team,
      name,
      slug: slugOf(name),
      description: fields.description ?? team.description,
      privacy: fields.privacy ?? team.privacy,
      parent: fields.parent_team_id === undefined ? team.parent : fields.parent_team_id,
      updated_at: timestamp(core),
    }),
  )
}

export function deleteTeam(core: Core, org: Org, by: Account, team: Team): void {
  demandOrgAdmin(core.state, org.login, by)
  core.state.commit(() => {
    for (const child of core.state.teams.of(org.login.toLowerCase())) {
      if (child.parent === team.id) core.state.teams.put({ ...child, parent: team.parent })
    }
    core.state.teams.delete(team.id)
    emit(core, { event: 'team', action: 'deleted', org: org.login, sender: by, body: { team: teamShape(core, team) } })
  })
}

export function setTeamMember(
  core: Core,
  org: Org,
  by: Account,
  team: Team,
  login: string,
  role: 'member' | 'maintainer',
): void {
  demandOrgAdmin(core.state, org.login, by)
  const account = core.state.accounts.get(login.toLowerCase())
  if (!account || account.type === 'Organization') throw notFound()
  if (!orgRole(core.state, org.login, login)) throw new Refusal(422, `${login} is not a member of ${org.login}`)
  core.state.commit(() => {
    core.state.teams.put({ ...team, members: { ...withoutLogin(team.members, login), [account.login]: role } })
    emitTeamMember(core, org, by, team, account, 'added')
  })
}

export function removeTeamMember(core: Core, org: Org, by: Account, team: Team, login: string): void {
  demandOrgAdmin(core.state, org.login, by)
  if (!byLogin(team.members, login)) throw notFound()
  core.state.commit(() => {
    core.state.teams.put({ ...team, members: withoutLogin(team.members, login) })
    emitTeamMember(core, org, by, team, accountOf(core.state, login), 'removed')
  })
}

function emitTeamMember(core: Core, org: Org, by: Account, team: Team, member: Account, action: string): void {
  const body = { scope: 'team', member: simpleUser(core, member), team: teamShape(core, team) }
  emit(core, { event: 'membership', action, org: org.login, sender: by, body })
}

/** Sets or (with null) removes what a team may do with a repository. */
export function setTeamRepo(
  core: Core,
  org: Org,
  by: Account,
  team: Team,
  repo: Repo,
  permission: Permission | null,
): void {
  demandOrgAdmin(core.state, org.login, by)
  const { [repo.id]: _, ...others } = team.repos
  core.state.commit(() => {
    core.state.teams.put({ ...team, repos: permission ? { ...others, [repo.id]: permission } : others })
  })
}
