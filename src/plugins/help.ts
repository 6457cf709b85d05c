// help: marks issues for which help is welcome, and those that suit newcomers.
import { re2 } from '../config/re2.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import { type CommandContext, plugin, replyTo, type Thread } from '../hook/plugin.ts'

const helpWanted = 'help wanted'
const goodFirstIssue = 'good first issue'

/** Which of the comments is which; told by these sentences when they have become obsolete. */
const markers = {
  [helpWanted]: 'This request has been marked as needing help from a contributor.',
  [goodFirstIssue]: 'This request has been marked as suitable for new contributors.',
}
type HelpLabel = keyof typeof markers

type Form = 'help' | 'remove-help' | 'good-first-issue' | 'remove-good-first-issue'

export interface Have {
  readonly helpWanted: boolean
  readonly goodFirstIssue: boolean
}

/**
 * What to do, in this order: which comment to post, which labels to set, which to remove with their comments. The label by which a row
 * is chosen changes last, so that an interrupted task goes on where it was.
 */
export interface Verdict {
  readonly post?: HelpLabel
  readonly add: readonly HelpLabel[]
  readonly remove: readonly HelpLabel[]
}

/** Several commands may stand in one text; the first row that applies is done, and no other. */
export function decideHelp(said: (form: Form) => boolean, have: Have): Verdict {
  if (have.helpWanted && said('remove-help'))
    return { add: [], remove: have.goodFirstIssue ? [goodFirstIssue, helpWanted] : [helpWanted] }
  if (!have.goodFirstIssue && said('good-first-issue'))
    return { post: goodFirstIssue, add: have.helpWanted ? [goodFirstIssue] : [helpWanted, goodFirstIssue], remove: [] }
  if (!have.helpWanted && said('help')) return { post: helpWanted, add: [helpWanted], remove: [] }
  if (have.goodFirstIssue && said('remove-good-first-issue')) return { add: [], remove: [goodFirstIssue] }
  return { add: [], remove: [] }
}

interface Guidelines {
  readonly help_guidelines_url: string
  readonly help_guidelines_summary: string
}

function message(label: HelpLabel, { help_guidelines_url, help_guidelines_summary }: Guidelines): string {
  const first = label === goodFirstIssue
  const link = first ? `${help_guidelines_url}#good-first-issue` : help_guidelines_url
  const guidelines = help_guidelines_summary
    ? `### Guidelines\n\n${help_guidelines_summary}\n\nThe requirements of such an issue are described [here](${link}); please check that it meets them.`
    : `Please check that the issue meets the requirements listed [here](${link}).`
  const undo = `/remove-${first ? 'good-first-issue' : 'help'}`
  return `\n\t${markers[label]}\n\n${guidelines}\n\nWhen it no longer does, comment \`${undo}\` to take the label off.`
}

async function run({ event, said, issue, plugins }: CommandContext<Form>): Promise<void> {
  const have = { helpWanted: await issue.hasLabel(helpWanted), goodFirstIssue: await issue.hasLabel(goodFirstIssue) }
  const verdict = decideHelp((form) => said.all(form).length > 0, have)
  if (verdict.post) {
    // Links the issue, which is what newcomers should read, rather than the comment.
    const said = { login: event.user.login, body: event.body, html_url: event.issue.html_url }
    await issue.comment(replyTo(said, message(verdict.post, plugins.help)))
  }
  for (const label of verdict.add) await issue.setLabel(label, true)
  for (const label of verdict.remove) await remove(issue, label)
}

async function remove(issue: Thread, label: HelpLabel): Promise<void> {
  await issue.prune(({ body }) => body.includes(markers[label]))
  await issue.setLabel(label, false)
}

export default plugin({
  name: 'help',
  about: `Adds and removes the labels '${helpWanted}' and '${goodFirstIssue}', by which people find issues to work on.`,
  on: 'comment created on an open issue',
  commands: [
    {
      usage: '/[remove-](help|good-first-issue)',
      about: `Adds or removes the label '${helpWanted}' or '${goodFirstIssue}'.`,
      who: 'Anybody, on an issue.',
      examples: ['/help', '/remove-help', '/good-first-issue', '/remove-good-first-issue'],
      forms: {
        help: re2`(?mi)^/help\s*$`,
        'remove-help': re2`(?mi)^/remove-help\s*$`,
        'good-first-issue': re2`(?mi)^/good-first-issue\s*$`,
        'remove-good-first-issue': re2`(?mi)^/remove-good-first-issue\s*$`,
      },
    },
  ],
  run,
  help: ({ help }) => ({
    config: { '': `Answers link to <a href="${htmlEscaped(help.help_guidelines_url)}">these guidelines</a>.` },
    snippet: `help:
  # Page about how to label issues for newcomers.
  help_guidelines_url: https://git.k8s.io/community/contributors/guide/help-wanted.md
  # Its gist, shown in the answer.
  help_guidelines_summary: Such an issue needs no knowledge of the whole, and has somebody who answers questions.
`,
  }),
})
