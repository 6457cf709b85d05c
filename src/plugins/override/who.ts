// Who may override: admins of the repository, and whom the configuration adds.
import type { RepoRef } from '../../api/code-host.ts'
import type { PluginConfig } from '../../config/types.ts'
import type { CommandContext } from '../../hook/plugin.ts'
import { normLogin } from '../../owners/parse.ts'

type Settings = NonNullable<PluginConfig['sections']['override']>
type About = Pick<CommandContext, 'host' | 'owners' | 'log' | 'pr' | 'plugins'>

/** Slugs of the teams that may, by the key of the configuration under which they stand. */
const teamsFor = ({ allowed_github_teams = {} }: Settings, at?: RepoRef): [key: string, slugs: readonly string[]][] =>
  Object.entries(allowed_github_teams)
    .filter(([key]) => at === undefined || key === at.org || key === `${at.org}/${at.repo}`)
    .sort(([a], [b]) => (a < b ? -1 : 1))

/** Who may, in words. @param at Without it: anywhere. */
export function whoMay(settings: Settings, at?: RepoRef): string {
  const owners = settings.allow_top_level_owners ? ', approvers in top level OWNERS file' : ''
  const teams = teamsFor(settings, at).map(([key, slugs]) => `${key}: ${slugs.join(' ')}`)
  const any = Object.keys(settings.allowed_github_teams ?? {}).length > 0
  return `Repo administrators${owners}${any ? `, and the following github teams:${teams.join(', ')}` : ''}.`
}

/** Whether somebody may override on a pull request to that branch. What cannot be found out counts as no. */
export async function mayOverride(login: string, branch: string, about: About): Promise<boolean> {
  const settings = about.plugins.sections.override ?? {}
  const rules = [isAdmin, isInTeam, ...(settings.allow_top_level_owners ? [isTopLevelOwner] : [])]
  for (const rule of rules) {
    try {
      if (await rule(login, branch, settings, about)) return true
    } catch (err) {
      about.log.warn({ err, login }, 'cannot find out whether somebody may override')
    }
  }
  return false
}

type Rule = (login: string, branch: string, settings: Settings, about: About) => Promise<boolean>

const isAdmin: Rule = async (login, _branch, _settings, { host, pr }) => (await host.permission(pr, login)) === 'admin'

const isInTeam: Rule = async (login, _branch, settings, { host, pr, log }) => {
  for (const slug of new Set(teamsFor(settings, pr).flatMap(([, slugs]) => slugs))) {
    const members = await host.teamMembersBySlug(pr.org, slug)
    if (!members) log.warn({ org: pr.org, slug }, 'override.allowed_github_teams names a team that is not there')
    if (members?.some((member) => normLogin(member) === normLogin(login))) return true
  }
  return false
}

const isTopLevelOwner: Rule = async (login, branch, _settings, { owners, pr, log }) => {
  if (!owners) log.warn('override.allow_top_level_owners needs OWNERS files, which this installation does not read')
  return (await owners?.load(pr, branch))?.topLevelApprovers().has(normLogin(login)) ?? false
}
