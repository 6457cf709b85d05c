// REST: organizations, their members, invitations and installations.
import { editOrg, orgNow, pendingOrgInvitation, removeMembership, setMembership } from '../actions/orgs.ts'
import { demandOrgAdmin, orgRole } from '../actions/permissions.ts'
import { apiUrl, type Core } from '../core.ts'
import { notFound, Refusal } from '../errors.ts'
import { segment } from '../shapes/shape.ts'
import { fullOrg, installationShape, orgInvitation, orgMembership, userOf } from '../shapes/users.ts'
import { given } from './body.ts'
import { answer, noContent, route } from './route.ts'

const byName = (a: string, b: string): number => a.toLowerCase().localeCompare(b.toLowerCase())

export const orgRoutes = [
  route('get', '/orgs/{org}', ({ core, path }) => answer(200, fullOrg(core, orgNow(core, path.org)))),

  route('patch', '/orgs/{org}', ({ core, path, body, by }) => {
    const fields = given({
      description: body.text('description'),
      company: body.nullableText('company'),
      location: body.nullableText('location'),
      billing_email: body.text('billing_email'),
      has_organization_projects: body.flag('has_organization_projects'),
      has_repository_projects: body.flag('has_repository_projects'),
      members_can_create_repositories: body.flag('members_can_create_repositories'),
      default_repository_permission: body.oneOf('default_repository_permission', ['none', 'read', 'write', 'admin']),
    })
    return answer(200, fullOrg(core, editOrg(core, orgNow(core, path.org), by(), fields)))
  }),

  route('get', '/orgs/{org}/members', ({ core, path, query, page, actor }) => {
    const org = orgNow(core, path.org)
    if (!actor || !orgRole(core.state, org.login, actor.login)) demandMemberOrApp(actor?.type)
    const role = query('role') ?? 'all'
    const logins = Object.entries(org.members).filter(([, has]) => role === 'all' || has === role)
    return answer(
      200,
      page(logins.map(([login]) => login).sort(byName)).map((login) => userOf(core, login)),
    )
  }),

  route('get', '/orgs/{org}/members/{username}', ({ core, path, actor }) => {
    const org = orgNow(core, path.org)
    const insider = actor?.type === 'Bot' || (actor && orgRole(core.state, org.login, actor.login))
    if (!insider) {
      const location = `${apiUrl(core)}/orgs/${segment(path.org)}/public_members/${segment(path.username)}`
      return { ...answer(302, undefined), headers: { location } }
    }
    if (!orgRole(core.state, org.login, path.username))
      throw new Refusal(404, 'User does not exist or is not a member of the organization')
    return noContent
  }),

  route('get', '/orgs/{org}/public_members/{username}', ({ core, path }) => {
    // Nobody has made their membership public.
    orgNow(core, path.org)
    throw notFound()
  }),

  route('get', '/orgs/{org}/memberships/{username}', ({ core, path, by }) => {
    by()
    const org = orgNow(core, path.org)
    const role = orgRole(core.state, org.login, path.username)
    const invitation = pendingOrgInvitation(core, org, path.username)
    if (!role && !invitation) throw notFound()
    return answer(
      200,
      orgMembership(core, org, path.username, role ?? invitation?.role ?? 'member', role ? 'active' : 'pending'),
    )
  }),

  route('put', '/orgs/{org}/memberships/{username}', ({ core, path, body, by }) => {
    const org = orgNow(core, path.org)
    const role = body.oneOf('role', ['admin', 'member']) ?? 'member'
    const state = setMembership(core, org, by(), path.username, role)
    return answer(200, orgMembership(core, org, path.username, role, state))
  }),

  route('delete', '/orgs/{org}/memberships/{username}', ({ core, path, by }) => {
    removeMembership(core, orgNow(core, path.org), by(), path.username)
    return noContent
  }),

  route('get', '/orgs/{org}/invitations', ({ core, path, page, by }) => {
    const org = orgNow(core, path.org)
    demandOrgAdmin(core.state, org.login, by())
    const all = [...core.state.invitations.all()].filter((i) => i.org?.toLowerCase() === org.login.toLowerCase())
    return answer(
      200,
      page(all).map((invitation) => orgInvitation(core, invitation)),
    )
  }),

  route('get', '/orgs/{org}/failed_invitations', ({ core, path, by }) => {
    demandOrgAdmin(core.state, orgNow(core, path.org).login, by())
    return answer(200, [])
  }),

  route('delete', '/orgs/{org}/invitations/{invitation_id}', ({ core, path, by }) => {
    const org = orgNow(core, path.org)
    demandOrgAdmin(core.state, org.login, by())
    const invitation = core.state.invitations.get(path.invitation_id)
    if (!invitation || invitation.org?.toLowerCase() !== org.login.toLowerCase()) throw notFound()
    core.state.commit(() => core.state.invitations.delete(invitation.id))
    return noContent
  }),

  route('get', '/orgs/{org}/installations', ({ core, path, page }) => {
    const org = orgNow(core, path.org)
    const all = installationsOf(core, org.login)
    return answer(200, { total_count: all.length, installations: page(all).map((i) => installationShape(core, i)) })
  }),

  route('get', '/orgs/{org}/installation', ({ core, path, app }) => {
    const found = installationsOf(core, path.org).find((i) => i.app === app?.id)
    if (!found) throw notFound()
    return answer(200, installationShape(core, found))
  }),
]

function demandMemberOrApp(type: string | undefined): void {
  if (type !== 'Bot') throw new Refusal(403, 'You must be a member of the organization to list its members.')
}

function installationsOf(core: Core, login: string) {
  return [...core.state.installations.all()].filter((i) => i.account.toLowerCase() === login.toLowerCase())
}
