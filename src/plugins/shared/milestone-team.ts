// The team that sets milestones in a repository, and who belongs to it: for milestone and milestonestatus.
import type { CodeHost, RepoRef } from '../../api/code-host.ts'
import { htmlEscaped } from '../../config/templates/escapes.ts'
import type { PluginConfig } from '../../config/types.ts'
import { normLogin } from '../../owners/parse.ts'

type Team = NonNullable<NonNullable<PluginConfig['sections']['repo_milestone']>[string]>

/** The entry of the repository itself, else that for all others; there is none for an organisation. */
function milestoneTeamOf({ sections }: PluginConfig, { org, repo }: RepoRef): Team | undefined {
  const entries = sections.repo_milestone ?? {}
  return [`${org}/${repo}`, ''].flatMap((key) => (Object.hasOwn(entries, key) ? (entries[key] ?? []) : []))[0]
}

/**
 * Undefined for members of the team; for others the sentences that say so.
 * @param toDo What they cannot do, e.g. `set the milestone`.
 * @throws Error when nobody is named, or the team is not there.
 */
export async function refusalOf(
  login: string,
  toDo: string,
  at: RepoRef,
  { plugins, host }: { readonly plugins: PluginConfig; readonly host: CodeHost },
): Promise<string | undefined> {
  const team = milestoneTeamOf(plugins, at)
  const slug = team && (await slugOf(team, at.org, host))
  if (team === undefined || slug === undefined)
    throw new Error(`repo_milestone names no team that may set milestones in ${at.org}/${at.repo}`)
  const members = await host.teamMembersBySlug(at.org, slug)
  if (!members) throw new Error(`repo_milestone: ${at.org} has no team ${slug}`)
  if (members.some((member) => normLogin(member) === normLogin(login))) return undefined
  const contact = team.maintainers_friendly_name || 'SIG Chairs/TLs'
  const page = `https://github.com/orgs/${at.org}/teams/${slug}/members`
  return `You must be a member of the [${at.org}/${slug}](${page}) GitHub team to ${toDo}. If you think that you should be, please contact your ${contact}.`
}

/** Older configurations give the number of the team. */
async function slugOf(team: Team, org: string, host: CodeHost): Promise<string | undefined> {
  if (team.maintainers_team !== '') return team.maintainers_team
  return (await host.teams(org)).find(({ id }) => id === team.maintainers_id)?.slug
}

/** What help says of each repository that has an entry. @param withId Also the number of the team. */
export function milestoneTeamHelp({ sections }: PluginConfig, repos: readonly string[], withId: boolean) {
  const entries = sections.repo_milestone ?? {}
  return Object.fromEntries(
    ['', ...repos].flatMap((name) => {
      const team = Object.hasOwn(entries, name) ? entries[name] : undefined
      if (team === undefined) return []
      const id = withId && team.maintainers_id !== undefined ? ` (id ${team.maintainers_id})` : ''
      const who = `The milestone maintainers team is the GitHub team "${htmlEscaped(team.maintainers_team)}"${id}.`
      return [[name, name === '' ? `${who} This is so for every repository without an entry of its own.` : who]]
    }),
  )
}
