// Whose changes may run jobs: organisation members and whoever the configuration adds.
import type { CodeHost, RepoRef } from '../../api/code-host.ts'
import type { TriggerConfig } from '../../config/types.ts'

/** `reason` says to a person what is missing; empty for the trusted. */
export interface Trust {
  readonly trusted: boolean
  readonly reason: string
}

type Asked = Pick<CodeHost, 'isBot' | 'isMember' | 'isCollaborator'>
type Rules = Pick<TriggerConfig, 'trusted_apps' | 'trusted_org' | 'only_org_members'>

/** Whether a user is trusted in a repository; the first rule that applies decides. Throws what the code host throws. */
export async function trustOf(login: string, at: RepoRef, rules: Rules, host: Asked): Promise<Trust> {
  const trusted: Trust = { trusted: true, reason: '' }
  if (await host.isBot(login)) return trusted
  if (await host.isMember(at.org, login)) return trusted
  if (!rules.only_org_members && (await host.isCollaborator(at, login))) return trusted
  if (rules.trusted_apps.some((slug) => login === `${slug}[bot]`)) return trusted
  const asksSecondOrg = rules.trusted_org !== '' && rules.trusted_org !== at.org
  if (asksSecondOrg && (await host.isMember(rules.trusted_org, login))) return trusted
  const reason = [
    'User is not a member of the org. ',
    rules.only_org_members ? '' : 'User is not a collaborator. ',
    asksSecondOrg ? 'User is not a member of the trusted secondary org. ' : '',
    'Satisfy at least one of these conditions to make the user trusted.',
  ]
  return { trusted: false, reason: reason.join('') }
}
