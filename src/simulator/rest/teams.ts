// REST: teams, their members and their repositories.
import {
  createTeam,
  deleteTeam,
  editTeam,
  orgNow,
  removeTeamMember,
  setTeamMember,
  setTeamRepo,
  type TeamFields,
  teamNow,
} from '../actions/orgs.ts'
import { permissionFlags } from '../actions/permissions.ts'
import { byLogin, findRepo } from '../core.ts'
import { notFound } from '../errors.ts'
import { minimalRepo } from '../shapes/repos.ts'
import { fullTeam, teamMembership, teamShape, userOf } from '../shapes/users.ts'
import type { Permission, Team } from '../state/records.ts'
import { type Body, given } from './body.ts'
import { answer, noContent, repoOf, route, undescribed } from './route.ts'

const permissions = ['pull', 'triage', 'push', 'maintain', 'admin'] as const

/** Levels by the names that REST takes for them, old ones included. */
export function permissionIn(body: Body, byDefault: Permission): Permission {
  const word = body.oneOf('permission', [...permissions, 'read', 'write'])
  if (word === 'read') return 'pull'
  if (word === 'write') return 'push'
  return word ?? byDefault
}

const fieldsIn = (body: Body): TeamFields =>
  given({
    name: body.text('name'),
    description: body.text('description'),
    privacy: body.oneOf('privacy', ['closed', 'secret']),
    parent_team_id: body.nullableNumber('parent_team_id'),
  })

function memberLogins(team: Team, role: string | undefined): string[] {
  return Object.entries(team.members)
    .filter(([, has]) => role === undefined || role === 'all' || has === role)
    .map(([login]) => login)
}

export const teamRoutes = [
  route('get', '/orgs/{org}/teams', ({ core, path, page, by }) => {
    by()
    const org = orgNow(core, path.org)
    return answer(
      200,
      page(core.state.teams.of(org.login.toLowerCase())).map((team) => teamShape(core, team)),
    )
  }),

  route('post', '/orgs/{org}/teams', ({ core, path, body, by }) => {
    const org = orgNow(core, path.org)
    const team = createTeam(core, org, by(), { ...fieldsIn(body), name: body.requiredText('name') })
    for (const login of body.texts('maintainers') ?? [])
      setTeamMember(core, org, by(), teamNow(core, org, team.slug), login, 'maintainer')
    return answer(201, fullTeam(core, teamNow(core, org, team.slug), org))
  }),

  route('get', '/orgs/{org}/teams/{team_slug}', ({ core, path, by }) => {
    by()
    const org = orgNow(core, path.org)
    return answer(200, fullTeam(core, teamNow(core, org, path.team_slug), org))
  }),

  route('patch', '/orgs/{org}/teams/{team_slug}', ({ core, path, body, by }) => {
    const org = orgNow(core, path.org)
    const team = editTeam(core, org, by(), teamNow(core, org, path.team_slug), fieldsIn(body))
    return answer(200, fullTeam(core, team, org))
  }),

  route('delete', '/orgs/{org}/teams/{team_slug}', ({ core, path, by }) => {
    const org = orgNow(core, path.org)
    deleteTeam(core, org, by(), teamNow(core, org, path.team_slug))
    return noContent
  }),

  route('get', '/orgs/{org}/teams/{team_slug}/members', ({ core, path, query, page, by }) => {
    by()
    const team = teamNow(core, orgNow(core, path.org), path.team_slug)
    return answer(
      200,
      page(memberLogins(team, query('role'))).map((login) => userOf(core, login)),
    )
  }),

  undescribed<{ team_id: number }>('get', '/teams/{team_id}/members', ({ core, path, query, page, by }) => {
    by()
    const team = core.state.teams.get(path.team_id)
    if (!team) throw notFound()
    return answer(
      200,
      page(memberLogins(team, query('role'))).map((login) => userOf(core, login)),
    )
  }),

  route('get', '/orgs/{org}/teams/{team_slug}/memberships/{username}', ({ core, path, by }) => {
    by()
    const team = teamNow(core, orgNow(core, path.org), path.team_slug)
    const role = byLogin(team.members, path.username)
    if (!role) throw notFound()
    return answer(200, teamMembership(core, team, path.username, role))
  }),

  route('put', '/orgs/{org}/teams/{team_slug}/memberships/{username}', ({ core, path, body, by }) => {
    const org = orgNow(core, path.org)
    const team = teamNow(core, org, path.team_slug)
    const role = body.oneOf('role', ['member', 'maintainer']) ?? 'member'
    setTeamMember(core, org, by(), team, path.username, role)
    return answer(200, teamMembership(core, team, path.username, role))
  }),

  route('delete', '/orgs/{org}/teams/{team_slug}/memberships/{username}', ({ core, path, by }) => {
    const org = orgNow(core, path.org)
    removeTeamMember(core, org, by(), teamNow(core, org, path.team_slug), path.username)
    return noContent
  }),

  route('get', '/orgs/{org}/teams/{team_slug}/invitations', ({ core, path, by }) => {
    by()
    teamNow(core, orgNow(core, path.org), path.team_slug)
    return answer(200, [])
  }),

  route('get', '/orgs/{org}/teams/{team_slug}/repos', ({ core, path, page, by }) => {
    by()
    const team = teamNow(core, orgNow(core, path.org), path.team_slug)
    const repos = Object.entries(team.repos).flatMap(([id, permission]) => {
      const repo = core.state.repos.get(id)
      return repo ? [{ ...minimalRepo(core, repo), permissions: permissionFlags(permission) }] : []
    })
    return answer(200, page(repos))
  }),

  route('put', '/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}', ({ core, path, body, by }) => {
    const org = orgNow(core, path.org)
    const repo = findRepo(core.state, path.owner, path.repo)
    if (!repo) throw notFound()
    setTeamRepo(core, org, by(), teamNow(core, org, path.team_slug), repo, permissionIn(body, 'push'))
    return noContent
  }),

  route('delete', '/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}', ({ core, path, by }) => {
    const org = orgNow(core, path.org)
    const repo = findRepo(core.state, path.owner, path.repo)
    if (!repo) throw notFound()
    setTeamRepo(core, org, by(), teamNow(core, org, path.team_slug), repo, null)
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/teams', (call) => {
    const { core, page } = call
    const repo = repoOf(call)
    const teams = core.state.teams.of(repo.owner.toLowerCase()).flatMap((team) => {
      const permission = team.repos[repo.id]
      return permission ? [teamShape(core, team, permission)] : []
    })
    return answer(200, page(teams))
  }),
]
