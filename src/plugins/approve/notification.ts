// The comment that says who has approved and whose approval is missing. Tools read its first line and its last.
import type { RepoRef } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import type { Approval } from './approvals.ts'
import type { AreaState, Assessment } from './decide.ts'

/** What the text depends on beside the assessment. */
export interface NotificationSettings extends RepoRef {
  readonly branch: string
  readonly issueRequired: boolean
  /** 0 is none. */
  readonly issue: number
  /** Requirements are not met, but somebody has added the label by hand. */
  readonly isManual: boolean
  /** Logins. */
  readonly assignees: readonly string[]
  /** Name of OWNERS files in this repository. */
  readonly ownersFile: string
  /** Base of links to the code host. */
  readonly hostLink: string
  readonly commandHelpLink: string
  readonly processLink: string
}

const marker = re2`(?i)^\[ApprovalNotifier\]`

/** Whether a comment of the bot is such a notification. */
export const isNotification = ({ body }: { readonly body: string }): boolean => marker.test(body)

/** The code host refuses longer comments. Characters. */
const longest = 65_536

export function notification(assessment: Assessment, settings: NotificationSettings): string {
  const { areas } = assessment
  const entries = areas.map((area) => entry(area, settings))
  const all = compose(assessment, settings, entries.join(''))
  let room = longest - (all.length - entries.join('').length) - 100
  if (all.length <= longest) return all
  const shown = entries.filter(({ length }) => {
    room -= length
    return room >= 0
  })
  return compose(assessment, settings, `${shown.join('')}- … and ${entries.length - shown.length} more\n`)
}

function compose(assessment: Assessment, settings: NotificationSettings, entries: string): string {
  const { filesApproved, requirementsMet, approvals, ccs } = assessment
  const { org, repo, isManual, issueRequired, commandHelpLink, processLink } = settings
  const needsOwners = !filesApproved && !isManual
  const approvedBy = ['This pull-request has been approved by:', approvals.map(approvalLink).join(', ')]
  return [
    `[APPROVALNOTIFIER] This PR is **${requirementsMet || isManual ? 'APPROVED' : 'NOT APPROVED'}**`,
    isManual && 'The label `approved` was added by hand, which stands in for all approvals.',
    [approvedBy.join(' ').trimEnd(), needsOwners && request(assessment, settings)].filter(Boolean).join('\n'),
    issueRequired && issueLine(assessment, settings),
    `All commands that I understand are listed [here](${commandHelpLink}?repo=${encodeURIComponent(`${org}/${repo}`)}).`,
    !needsOwners && `How changes are reviewed is described [here](${processLink}).`,
    `<details ${needsOwners ? 'open' : ''}>
Needs approval from an approver in each of these files:

${entries}
Approvers approve by writing \`/approve\` in a comment.
Approvers take their approval back by writing \`/approve cancel\` in a comment.
</details>
<!-- META={"approvers":${JSON.stringify(ccs)}} -->`,
  ]
    .filter(Boolean)
    .join('\n\n')
    .trim()
}

const approvalLink = ({ login, how, link }: Approval): string => `*<a href="${link}" title="${how}">${login}</a>*`

/** Whom to turn to; nothing when nobody is known who could help. */
function request({ ccs }: Assessment, { assignees, hostLink, processLink }: NotificationSettings): string {
  const assigned = new Set(assignees.map((login) => login.toLowerCase()))
  const names = (logins: readonly string[]) => logins.map((login) => `[${login}](${hostLink}/${login})`).join(', ')
  const ask = names(ccs.filter((login) => assigned.has(login)))
  const assign = names(ccs.filter((login) => !assigned.has(login)))
  const what =
    ask && assign
      ? `ask for approval from ${ask} and additionally assign ${assign} for approval`
      : ask
        ? `ask for approval from ${ask}`
        : `assign ${assign} for approval`
  if (ccs.length === 0) return ''
  return `**Once this PR has been reviewed and has the lgtm label**, please ${what}. More is in [the Code Review Process](${processLink}).`
}

function issueLine({ waivers }: Assessment, { issue, isManual }: NotificationSettings): string {
  if (issue !== 0) return `Associated issue: *#${issue}*`
  if (waivers.length > 0) return `Associated issue requirement bypassed by: ${waivers.map(approvalLink).join(', ')}`
  return isManual
    ? '*No associated issue*. The label `approved`, which was added by hand, stands in for it.'
    : '*No associated issue*. Refer to an issue in the description of this pull request, or get approval with `/approve no-issue`.'
}

/** One line of the list, or two where some files of the area have an approver and others do not. */
function entry({ folder, isApproved, approvedBy }: AreaState, settings: NotificationSettings): string {
  const { org, repo, branch, ownersFile, hostLink } = settings
  const file = folder.endsWith('.md') ? folder : folder === '' ? ownersFile : `${folder}/${ownersFile}`
  // A name with line breaks must not make lines of its own.
  const path = file.replace(/[\r\n]+/g, ' ')
  const link = `[${path}](${hostLink}/${org}/${repo}/blob/${branch}/${path})`
  if (isApproved) return `- ~~${link}~~ [${approvedBy.join(',')}]\n`
  if (approvedBy.length === 0) return `- **${link}**\n`
  return `- **${link}** [${approvedBy.join(',')}]\n  > Some files here need more approvers.\n`
}
