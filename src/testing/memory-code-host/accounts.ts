// The code host in memory: who acts, and what accounts are to organisations, teams and repositories.
import type { AccountOperations, Team } from '../../api/code-host.ts'
import { exists, type Memory, notFound, repoKey, sameText } from './state.ts'

export function accountOperations(memory: Memory): AccountOperations {
  const { state, bot, isApp, doing } = memory

  const teamsOf = (org: string): (Team & { members: readonly string[] })[] =>
    [...state.teams].flatMap(([key, members], index) => {
      const name = key.slice(org.length + 1)
      return key.startsWith(`${org}/`) ? [{ id: index + 1, name, slug: slugOf(name), members }] : []
    })

  return {
    bot: () => doing('bot', '', () => ({ login: bot, email: `${bot}@users.noreply.github.com`, isApp })),
    isBot: (login) => doing('isBot', login, () => login === bot || login === `${bot}[bot]`),
    isMember: (org, login) =>
      doing('isMember', `${org}/${login}`, () => org === login || has(state.members, `${org}/${login}`)),
    orgMembers: (org) => doing('orgMembers', org, () => below(state.members, org)),
    isCollaborator: (at, login) =>
      doing(
        'isCollaborator',
        repoKey(at),
        () => at.org === login || has(state.collaborators, `${repoKey(at)}/${login}`),
      ),
    collaborators: (at) =>
      doing('collaborators', repoKey(at), () => {
        if (!exists(memory, at) && below(state.collaborators, repoKey(at)).length === 0) throw notFound(repoKey(at))
        return below(state.collaborators, repoKey(at))
      }),
    permission: (at, login) =>
      doing('permission', repoKey(at), () => {
        const key = `${repoKey(at)}/${login}`
        const given = [...state.permissions].find(([name]) => sameText(name)(key))?.[1]
        if (given) return given
        if (has(state.collaborators, key)) return 'write'
        return has(state.accounts, login) || has(state.members, `${at.org}/${login}`) ? 'read' : 'none'
      }),
    teams: (org) => doing('teams', org, () => teamsOf(org).map(({ id, name, slug }) => ({ id, name, slug }))),
    teamMembers: (org, teamName) => doing('teamMembers', org, () => state.teams.get(`${org}/${teamName}`)),
    teamMembersBySlug: (org, slug) =>
      doing('teamMembersBySlug', `${org}/${slug}`, () => teamsOf(org).find((team) => team.slug === slug)?.members),
    isTeamMember: (org, slug, login) =>
      doing(
        'isTeamMember',
        `${org}/${slug}`,
        () =>
          teamsOf(org)
            .find((team) => team.slug === slug)
            ?.members.some(sameText(login)) ?? false,
      ),
    isBusy: (_org, login) => doing('isBusy', login, () => has(state.busy, login)),
    loginsByEmail: (_org, email) => doing('loginsByEmail', email, () => (state.emails.get(email) ?? []).slice(0, 5)),
  }
}

const has = (all: ReadonlySet<string>, one: string) => [...all].some(sameText(one))

/** What stands below a name: of `org/a` and `org/b` it is a and b. */
const below = (all: ReadonlySet<string>, name: string) =>
  [...all].filter((key) => key.startsWith(`${name}/`)).map((key) => key.slice(name.length + 1))

/** `My Team!` → `my-team`. */
const slugOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
