// /transfer: moves an issue to another repository of the organisation.
import { CodeHostError } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import type { CommandContext } from '../../hook/plugin.ts'
import { asCode } from '../shared/as-code.ts'
import { trimSpace } from '../shared/go-text.ts'

export const transferCommand = {
  usage: '/transfer[-issue] <destination repo in same org>',
  about: 'Moves an issue to another repository of the same organization.',
  who: 'Members of the organization.',
  featured: true,
  examples: ['/transfer-issue kubectl', '/transfer test-infra'],
  forms: { transfer: re2`(?mi)^/transfer(?:-issue)?(?: +(.*))?$` },
} as const

/** Moves the issue; says why not, and nothing when it did. */
export async function transfer({ said, event, issue, host }: CommandContext<'transfer'>): Promise<void> {
  if (event.issue.isPullRequest) return issue.reply('Pull requests cannot be transferred, only issues.')
  const [destination, ...more] = said.all('transfer').map(({ groups: [name = ''] }) => name)
  if (!destination || more.length > 0)
    return issue.reply('/transfer-issue must be used once, with the name of one repository as its destination.')
  const repo = trimSpace(destination)
  if (repo === '') return
  if (!(await host.isMember(issue.org, event.user.login)))
    return issue.reply(`You must be a member of the ${issue.org} organization to transfer this issue.`)
  const to = { org: issue.org, repo }
  // What is no name must not become part of an address.
  if (!/^[\w.-]{1,100}$/.test(repo) || !(await exists(to, host)))
    return issue.reply(`${asCode(repo)} is no repository of the ${issue.org} organization.`)
  await host.transferIssue(issue, to)
}

async function exists(to: { org: string; repo: string }, host: CommandContext['host']): Promise<boolean> {
  try {
    await host.repository(to)
    return true
  } catch (error) {
    if (error instanceof CodeHostError && error.kind === 'not-found') return false
    throw error
  }
}
