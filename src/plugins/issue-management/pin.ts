// /pin-issue and /unpin-issue: issues at the top of the repository's list.
import { CodeHostError } from '../../api/code-host.ts'
import type { CommandContext } from '../../hook/plugin.ts'
import { normLogin } from '../../owners/parse.ts'
import { neededOwners } from '../shared/need-owners.ts'

/** Pins the issue, or takes it down, and says so. */
export async function pin(pinned: boolean, context: Omit<CommandContext, 'said'>): Promise<void> {
  const { event, issue, host, log } = context
  const verb = pinned ? 'pin' : 'unpin'
  if (event.issue.isPullRequest) return issue.reply(`Pull requests cannot be ${verb}ned, only issues.`)
  if (!(await isRootApprover(context)))
    return issue.reply(`Only approvers in the top-level OWNERS file of this repository can ${verb} issues.`)
  try {
    await host.pinIssue(issue, pinned)
  } catch (error) {
    if (!(error instanceof CodeHostError)) throw error
    log.warn({ err: error }, `cannot ${verb} an issue`)
    const why = error.kind === 'invalid' ? ' GitHub takes no more than three pinned issues.' : ''
    return issue.reply(`The issue could not be ${verb}ned.${why} Please try again later.`)
  }
  await issue.reply(`The issue has been ${verb}ned.`)
}

/** False also when it cannot be found out. */
async function isRootApprover({ event, issue, log, ...context }: Omit<CommandContext, 'said'>): Promise<boolean> {
  try {
    const owners = await neededOwners('issue-management', context).load(issue, event.repo.default_branch)
    return owners.topLevelApprovers().has(normLogin(event.user.login))
  } catch (err) {
    context.signal.throwIfAborted()
    log.warn({ err }, 'cannot read OWNERS files, so nobody may pin issues')
    return false
  }
}
