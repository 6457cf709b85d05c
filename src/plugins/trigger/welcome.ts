// What somebody is told whose pull request is not tested yet, because nobody trusted has looked at it.
import type { CodeHost, RepoRef, User } from '../../api/code-host.ts'
import { github } from '../../api/labels.ts'
import { aboutThisBotAndCommands } from '../../hook/plugin.ts'
import type { TriggerSettings } from './settings.ts'

/** Where the organisation's people are listed. */
const people = (org: string, link: string) => `${link}/orgs/${org}/people`

const joinUrl = (settings: TriggerSettings, org: string, link: string): string =>
  settings.join_org_url || people(settings.trusted_org || org, link)

export interface Welcome {
  readonly author: string
  readonly at: RepoRef
  readonly settings: TriggerSettings
  /** Base address of the code host. */
  readonly link: string
  /** How to become a member: a sentence or a block. */
  readonly guidance: string
}

export function welcome({ author, at, settings, link, guidance }: Welcome): string {
  const commandsUrl = `https://go.k8s.io/bot-commands?repo=${encodeURIComponent(`${at.org}/${at.repo}`)}`
  const ending = `${guidance}

All commands are listed [here](${commandsUrl}).

<details>

${aboutThisBotAndCommands}
</details>
`
  if (settings.ignore_ok_to_test)
    return `Hi @${author}, thank you for this pull request!

In this repository a pull request by somebody who is not trusted cannot be marked as trusted with \`/ok-to-test\`, so you cannot start tests yourself. Collaborators can start them for you with \`/test all\`.

${ending}`
  const second =
    settings.trusted_org !== '' && settings.trusted_org !== at.org
      ? ` or [${settings.trusted_org}](${people(settings.trusted_org, link)})`
      : ''
  return `Hi @${author}, thank you for this pull request!

Before it is tested, a member of [${at.org}](${people(at.org, link)})${second} has to look at the patch and reply with \`/ok-to-test\` on a line of its own. Until then new commits are not tested by themselves; members can still start tests with the usual commands.

When the patch has been checked, you will see the label \`${github.okToTest}\` here.

${ending}`
}

const defaultThreshold = 3

/** How to become a member. Who has contributed before gets an invitation that stands out. */
export async function guidanceFor(
  author: User,
  at: RepoRef,
  { settings, link, host }: { settings: TriggerSettings; link: string; host: Pick<CodeHost, 'countMerged'> },
): Promise<string> {
  const url = joinUrl(settings, at.org, link)
  const plain = `If you are going to contribute regularly, please consider [joining the organisation](${url}).`
  const prominent = settings.org_invite?.prominent
  if (prominent?.disabled || author.type === 'Bot') return plain
  // A count that is not to be had is no reason to keep somebody waiting for a welcome.
  const merged = await host.countMerged(at.org, author.login).catch(() => -1)
  if (merged < (prominent?.merged_pr_threshold ?? defaultThreshold)) return plain
  if (prominent?.message) return prominent.message.replaceAll('{join_org_url}', url)
  return `>[!TIP]\n>Several of your pull requests have been merged here already. We would be glad if you [joined the organisation](${url}): then your changes are tested at once, without anybody having to say \`/ok-to-test\`.`
}
