// REST: users, the bot itself, invitations and the rate limit.
import { acceptOrgInvitation, orgNow, pendingOrgInvitation } from '../actions/orgs.ts'
import { acceptRepoInvitation } from '../actions/repos.ts'
import { sameLogin } from '../core.ts'
import { notFound } from '../errors.ts'
import { repoInvitation } from '../shapes/invitations.ts'
import { orgMembership, publicUser, simpleOrg } from '../shapes/users.ts'
import { rateLimitOf } from './rate-limit.ts'
import { answer, noContent, route } from './route.ts'

export const userRoutes = [
  route('get', '/user', ({ core, by }) => answer(200, publicUser(core, by()))),

  route('get', '/users/{username}', ({ core, path }) => {
    const account = core.state.accounts.get(path.username.toLowerCase())
    if (!account) throw notFound()
    return answer(200, publicUser(core, account))
  }),

  route('get', '/users/{username}/orgs', ({ core, path, page }) => {
    const orgs = [...core.state.orgs.all()].filter((org) =>
      Object.keys(org.members).some((login) => sameLogin(login, path.username)),
    )
    return answer(
      200,
      page(orgs).map((org) => simpleOrg(core, org)),
    )
  }),

  route('get', '/user/orgs', ({ core, by, page }) => {
    const { login } = by()
    const orgs = [...core.state.orgs.all()].filter((org) =>
      Object.keys(org.members).some((member) => sameLogin(member, login)),
    )
    return answer(
      200,
      page(orgs).map((org) => simpleOrg(core, org)),
    )
  }),

  route('get', '/user/repository_invitations', ({ core, by, page }) => {
    const { login } = by()
    const own = [...core.state.invitations.all()].filter((i) => i.repo !== null && sameLogin(i.invitee, login))
    return answer(
      200,
      page(own).flatMap((invitation) => repoInvitation(core, invitation) ?? []),
    )
  }),

  route('patch', '/user/repository_invitations/{invitation_id}', ({ core, path, by }) => {
    const invitation = core.state.invitations.get(path.invitation_id)
    if (!invitation || invitation.repo === null || !sameLogin(invitation.invitee, by().login)) throw notFound()
    acceptRepoInvitation(core, invitation)
    return noContent
  }),

  route('get', '/user/memberships/orgs', ({ core, by, page, query }) => {
    const { login } = by()
    const wanted = query('state')
    const all = [...core.state.orgs.all()].flatMap((org) => {
      const role = Object.entries(org.members).find(([member]) => sameLogin(member, login))?.[1]
      const invitation = pendingOrgInvitation(core, org, login)
      if (role) return [orgMembership(core, org, login, role, 'active')]
      return invitation ? [orgMembership(core, org, login, invitation.role, 'pending')] : []
    })
    return answer(200, page(all.filter((m) => wanted === undefined || m.state === wanted)))
  }),

  route('patch', '/user/memberships/orgs/{org}', ({ core, path, by, body }) => {
    body.oneOf('state', ['active'])
    const org = orgNow(core, path.org)
    const who = by()
    acceptOrgInvitation(core, org, who)
    const role = orgNow(core, path.org).members[who.login] ?? 'member'
    return answer(200, orgMembership(core, org, who.login, role, 'active'))
  }),

  route('get', '/rate_limit', ({ core, token }) => {
    const rate = rateLimitOf(core, token)
    const search = { ...rate, limit: 30, remaining: 30, used: 0 }
    return answer(200, {
      resources: { core: rate, search, graphql: { ...rate, used: 0, remaining: rate.limit } },
      rate,
    })
  }),
]
