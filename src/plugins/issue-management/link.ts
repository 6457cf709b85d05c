// /link-issue and /unlink-issue: keep the line of a description up to date that says which issues are fixed.
import { type CodeHost, CodeHostError, type RepoRef } from '../../api/code-host.ts'
import type { CommandContext } from '../../hook/plugin.ts'
import { isAnswered } from '../shared/answered.ts'
import { asCode, boundedList } from '../shared/as-code.ts'
import { issueNamed, nameOf, withLinks } from './links.ts'

const mostNames = 50
/** Stands in the answers about links, and in no others. */
const mark = 'issue links of this pull request'

/** What the commands of a text name, in order. */
export interface Wanted {
  readonly link: readonly string[]
  readonly unlink: readonly string[]
}

/** Changes the description, and says what came of it. */
export async function changeLinks({ link, unlink }: Wanted, context: Omit<CommandContext, 'said'>): Promise<void> {
  const { event, pr, host } = context
  if (!event.issue.isPullRequest) return pr.reply('This command can only be used on pull requests.')
  if (!(await host.isMember(pr.org, event.user.login)))
    return pr.reply(`You must be a member of the ${pr.org} organization to link or unlink issues.`)
  if (link.length + unlink.length > mostNames)
    return pr.reply(`These are too many issues at once: I take no more than ${mostNames}.`)
  if (await isAnswered({ ...context, issue: pr }, mark)) return

  const found = await Promise.all([...new Set(link)].map((name) => look(name, pr, host)))
  const add = found.flatMap((one) => ('name' in one ? [one.name] : []))
  const problems = found.flatMap((one) => ('problem' in one ? [`- ${one.problem}`] : []))
  const remove = unlink.map((name) => {
    const issue = issueNamed(name, pr)
    return issue ? nameOf(issue, pr) : name
  })
  const { body } = await pr.fetch()
  const wanted = withLinks(body, add, remove)
  if (wanted !== body) await host.edit(pr, { body: wanted })
  const done = wanted === body ? `The ${mark} are up to date already.` : `The ${mark} have been updated.`
  await pr.reply(problems.length > 0 ? `${done}\n\nThese could not be linked:\n${boundedList(problems)}` : done)
}

type Looked = { readonly name: string } | { readonly problem: string }

/** Whether an issue can be linked. */
async function look(text: string, here: RepoRef, host: CodeHost): Promise<Looked> {
  const at = issueNamed(text, here)
  if (!at) return { problem: `${asCode(text)} names no issue: write 123 or org/repo#123` }
  const name = nameOf(at, here)
  try {
    const { isPullRequest } = await host.issue(at)
    return isPullRequest ? { problem: `${name} is a pull request` } : { name }
  } catch (error) {
    if (!(error instanceof CodeHostError) || error.kind !== 'not-found') throw error
    return { problem: `${asCode(name)} does not exist` }
  }
}
