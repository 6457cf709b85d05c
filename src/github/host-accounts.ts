// GitHub: who acts, and what accounts are to organisations, teams and repositories.
import type { AccountOperations, BotAccount, RepoPermission } from '../api/code-host.ts'
import { failure } from './errors.ts'
import { type Ask, all, ifFound, repoOf, repoText } from './host-call.ts'
import { isBusy, loginsByEmail } from './host-graphql.ts'
import type { Octokit, Octokits } from './octokit.ts'

export function accountOperations(clients: Octokits, ask: Ask): AccountOperations {
  let bot: Promise<BotAccount> | undefined

  const membersOf = async (octokit: Octokit, org: string, slug: string) => {
    const which = { org, team_slug: slug, role: 'all' as const, ...all }
    return (await octokit.paginate(octokit.rest.teams.listMembersInOrg, which)).map(({ login }) => login)
  }

  const host: AccountOperations = {
    bot() {
      bot ??= whoAmI(clients)
      // A failure is not remembered.
      bot.catch(() => {
        bot = undefined
      })
      return bot
    },

    async isBot(login) {
      const me = (await host.bot()).login
      // Without an app of our own, "name[bot]" is an app of somebody else's that took our name.
      return login === me || (clients.kind === 'app' && login === `${me}[bot]`)
    },

    isMember: (org, login) =>
      org === login
        ? Promise.resolve(true)
        : ask(
            `membership of ${login} in ${org}`,
            org,
            async ({ rest }) =>
              (await ifFound(rest.orgs.checkMembershipForUser({ org, username: login }))) !== undefined,
          ),

    orgMembers: (org) =>
      ask(`members of ${org}`, org, async (octokit) =>
        (await octokit.paginate(octokit.rest.orgs.listMembers, { org, ...all })).map(({ login }) => login),
      ),

    isCollaborator: (at, login) =>
      at.org === login
        ? Promise.resolve(true)
        : ask(
            `collaborator ${login} of ${repoText(at)}`,
            at.org,
            async ({ rest }) =>
              (await ifFound(rest.repos.checkCollaborator({ ...repoOf(at), username: login }))) !== undefined,
          ),

    collaborators: (at) =>
      ask(`collaborators of ${repoText(at)}`, at.org, async (octokit) =>
        (await octokit.paginate(octokit.rest.repos.listCollaborators, { ...repoOf(at), ...all })).map(
          ({ login }) => login,
        ),
      ),

    permission: (at, login) =>
      ask(`permission of ${login} in ${repoText(at)}`, at.org, async ({ rest }) => {
        const call = rest.repos.getCollaboratorPermissionLevel({ ...repoOf(at), username: login })
        const found = await ifFound(call, 'is not a user')
        return (found?.data.permission ?? 'none') as RepoPermission
      }),

    teams: (org) =>
      ask(`teams of ${org}`, org, async (octokit) =>
        (await octokit.paginate(octokit.rest.teams.list, { org, ...all })).map(({ id, name, slug }) => ({
          id,
          name,
          slug,
        })),
      ),

    teamMembers: (org, teamName) =>
      ask(`team "${teamName}" of ${org}`, org, async (octokit) => {
        const teams = await octokit.paginate(octokit.rest.teams.list, { org, ...all })
        const team = teams.find(({ name }) => name === teamName)
        return team && membersOf(octokit, org, team.slug)
      }),

    teamMembersBySlug: (org, slug) =>
      ask(`team ${slug} of ${org}`, org, (octokit) => ifFound(membersOf(octokit, org, slug))),

    isTeamMember: (org, slug, login) =>
      ask(`membership of ${login} in team ${slug} of ${org}`, org, async ({ rest }) => {
        const which = { org, team_slug: slug, username: login }
        return (await ifFound(rest.teams.getMembershipForUserInOrg(which))) !== undefined
      }),

    isBusy: (org, login) => ask(`status of ${login}`, org, (octokit) => isBusy(octokit, login)),
    loginsByEmail: (org, email) => ask('people by e-mail address', org, (octokit) => loginsByEmail(octokit, email)),
  }
  return host
}

async function whoAmI({ self, kind, told }: Octokits): Promise<BotAccount> {
  try {
    if (kind === 'app') {
      const { data } = await self.rest.apps.getAuthenticated()
      const login = data?.slug ?? ''
      const email = `${login}@users.noreply.github.com`
      told(login, email)
      return { login, email, isApp: true }
    }
    const { login, email } = (await self.rest.users.getAuthenticated()).data
    told(login, email ?? '')
    return { login, email: email ?? '', isApp: false }
  } catch (error) {
    throw failure('who the bot is', error)
  }
}
