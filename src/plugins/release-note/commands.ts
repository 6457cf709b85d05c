// The commands about release notes, which are heard in comments of the conversation only.
import { re2 } from '../../config/re2.ts'
import type { ContextOf } from '../../hook/plugin.ts'
import { releaseNoteIn, withReleaseNote } from '../shared/release-note-block.ts'
import { deprecation, labelFor, labels } from './decide.ts'
import { noneCommand, setOnly } from './pull-request.ts'

type About = ContextOf<'issue_comment'>

export const commands = [
  {
    usage: '/release-note-none',
    about: `Adds the label '${labels.none}' to a pull request that has nothing to tell users.`,
    who: 'PR Authors and Org Members.',
    examples: ['/release-note-none'],
    forms: { none: noneCommand },
  },
  {
    usage: '/release-note-edit',
    about: 'Puts the release-note block of the comment into the description of the pull request.',
    who: 'Org Members.',
    examples: ['/release-note-edit\r\n```release-note\r\nThe new release note\r\n```'],
    forms: { edit: re2`(?mi)^/release-note-edit\s*$` },
  },
] as const
const [, edit] = commands

/** Still answered, and no longer shown. */
const deprecated = [re2`(?mi)^/release-note\s*$`, re2`(?mi)^/release-note-action-required\s*$`] as const

/** Carries out the first command that a comment holds. */
export async function obey(context: About): Promise<void> {
  const { event, pr } = context
  const { body } = event.comment
  if (event.action !== 'created' || !event.issue.isPullRequest) return
  if (edit.forms.edit.test(body)) return editNote(context)
  const [note, action] = deprecated
  if (note.test(body)) return pr.reply(deprecatedText)
  if (noneCommand.test(body)) return setNone(context)
  if (action.test(body)) return pr.reply(deprecatedText)
}

/** The labels follow from the edit. */
async function editNote({ event, pr, host }: About): Promise<void> {
  if (!(await host.isMember(pr.org, event.comment.user.login)))
    return pr.reply('You must be an org member to edit the release note.')
  const note = releaseNoteIn(event.comment.body)
  if (!note) return pr.reply('/release-note-edit must be used with a release note block.')
  const { body } = await pr.fetch()
  const edited = withReleaseNote(body, note)
  if (edited === undefined) return pr.reply('/release-note-edit must be used with a single release note block.')
  await host.edit(pr, { body: edited })
}

async function setNone({ event, pr, host }: About): Promise<void> {
  const { login } = event.comment.user
  if (login !== event.issue.user.login && !(await host.isMember(pr.org, login)))
    return pr.reply(
      `you can only set the release note label to ${labels.none} if you are the PR author or an org member.`,
    )
  const now = await pr.labels()
  if (await pr.hasLabel(deprecation))
    return pr.reply(
      `you can not set the release note label to "${labels.none}" because the PR has the label "${deprecation}".`,
    )
  const wanted = labelFor(event.issue.body, now)
  if (wanted === labels.note || wanted === labels.action)
    return pr.reply(
      `you can only set the release note label to ${labels.none} if the release-note block in the PR body text is empty or "none".`,
    )
  await setOnly(labels.none, { pr })
}

const deprecatedText = `the \`/release-note\` and \`/release-note-action-required\` commands have been deprecated.
Please edit the \`release-note\` block in the PR body text to include the release note. If users have to do something, include the words \`action required\` in it. For example:
\`\`\`\`
\`\`\`release-note
Some release note with action required.
\`\`\`
\`\`\`\``
