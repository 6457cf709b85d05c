// retitle: gives an issue or pull request another title.
import { re2 } from '../config/re2.ts'
import { type CommandContext, plugin } from '../hook/plugin.ts'
import { trimSpace } from './shared/go-text.ts'
import { settingsFor } from './trigger/settings.ts'
import { trustOf } from './trigger/trust.ts'

const closingKeyword = re2`((?i)(clos(?:e[sd]?))|(fix(?:(es|ed)?))|(resolv(?:e[sd]?)))[\s:]+(\w+/\w+)?#(\d+)`
/** GitHub takes no more characters. */
const longest = 256

/** What is wrong with a title, for the person who wants it; undefined when it is fine. */
export function wrongWith(title: string): string | undefined {
  if (title === '') return 'Titles may not be empty.'
  if (closingKeyword.test(title))
    return 'Titles may not contain [keywords that close issues](https://help.github.com/articles/closing-issues-using-keywords/).'
  const length = [...title].length
  return length > longest ? `Titles may not have more than ${longest} characters; this one has ${length}.` : undefined
}

async function run({ said, event, issue, host, plugins }: CommandContext): Promise<void> {
  if (event.issue.state !== 'open' && !plugins.sections.retitle?.allow_closed_issues) return
  const { trusted } = await trustOf(event.user.login, issue, settingsFor(plugins, issue), host)
  if (!trusted) return issue.reply('Re-titling can only be requested by trusted users, like repository collaborators.')
  const title = trimSpace(said.match.groups[0] ?? '')
  const wrong = wrongWith(title)
  if (wrong) return issue.reply(wrong)
  await host.edit(issue, { title })
}

export default plugin({
  name: 'retitle',
  about: 'Gives issues and pull requests another title.',
  on: 'comment created',
  commands: [
    {
      usage: '/retitle <title>',
      about: 'Changes the title.',
      who: 'Collaborators on the repository.',
      featured: true,
      examples: ['/retitle New Title'],
      forms: { retitle: re2`(?mi)^/retitle\s*(.*)$` },
    },
  ],
  run,
  help: ({ sections }) => ({
    config: {
      '': `Closed issues and pull requests can${sections.retitle?.allow_closed_issues ? '' : 'not'} be given another title.`,
    },
    snippet:
      'retitle:\n  # Closed issues and pull requests can be given another title, too.\n  allow_closed_issues: true\n',
  }),
})
