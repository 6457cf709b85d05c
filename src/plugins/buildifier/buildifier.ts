// buildifier: reviews the formatting of Bazel's files with the program of that name.
import type { ChangedFile } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import { type CommandContext, plugin, replyTo } from '../../hook/plugin.ts'
import { asCode, boundedList } from '../shared/as-code.ts'
import { isGenerated, readGenerated } from '../size/generated.ts'
import { formatOf } from './check-format.ts'

const mostFiles = 100
const mostBytes = 1024 * 1024

/** Whether a file is one of Bazel's, by its name. */
export function isBazelFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name.endsWith('.bzl') || /(?:^|\.)(?:BUILD|WORKSPACE)(?:\.|$)/.test(name)
}

/** What stands at the file: how to mend it, in a form that does nothing else when somebody pastes it. */
export function adviceFor(path: string): string {
  const plain = /^[\w./@+-]+$/.test(path) && !path.startsWith('-')
  return plain
    ? `This file is not formatted as it should be. To format it:\n\`\`\`shell\nbuildifier -mode=fix "${path}"\n\`\`\``
    : 'This file is not formatted as it should be. To format it, run `buildifier -mode=fix` on it.'
}

type About = CommandContext<'buildify'> & { readonly program: string }

async function run({ program, event, pr, host, clock, signal, delivery, log }: About): Promise<void> {
  const { login } = event.user
  const said = { login, body: event.body, html_url: event.html_url }
  if (delivery.attempt > 1 && (await isReviewed(event.html_url, { pr, host }))) return
  const { sha } = (await pr.fetch()).head
  const read = async (path: string) => {
    const bytes = await host.file(pr, path, sha, mostBytes)
    return bytes && new TextDecoder().decode(bytes)
  }
  const rules = await readGenerated(read)
  const files = (await pr.changedFiles()).filter(
    ({ filename, status }) =>
      status !== 'removed' && status !== 'renamed' && isBazelFile(filename) && !isGenerated(rules, filename),
  )
  if (files.length === 0) return
  const bad: ChangedFile[] = []
  for (const file of files.slice(0, mostFiles)) {
    const content = await host.file(pr, file.filename, sha, mostBytes)
    if (!content) continue
    const format = await formatOf(file.filename, content, { program, clock, signal })
    if (format === 'absent') {
      log.error({ program }, 'the program that the plugin needs is not on the PATH')
      return pr.reply('I cannot check this, because the program `buildifier` is not installed where I run.')
    }
    if (format === 'bad') bad.push(file)
  }
  // Without a diff there is no line to comment on.
  const [shown, others] = [bad.filter(({ patch }) => patch), bad.filter(({ patch }) => !patch)]
  const notes = [
    `${bad.length} warning(s).`,
    ...(others.length > 0 ? [boundedList(others.map(({ filename }) => `- ${asCode(filename)}`))] : []),
    ...(files.length > mostFiles ? [`Only the first ${mostFiles} files have been looked at.`] : []),
  ]
  await host.createReview(pr, {
    event: 'COMMENT',
    commit_id: sha,
    body: replyTo(said, notes.join('\n\n')),
    comments: shown.map(({ filename }) => ({ path: filename, position: 1, body: adviceFor(filename) })),
  })
}

/** Whether an earlier attempt has answered this text. */
async function isReviewed(url: string, { pr, host }: Pick<About, 'pr' | 'host'>): Promise<boolean> {
  for (const { body, user } of await host.reviews(pr))
    if (body.includes(`[this](${url})`) && (await host.isBot(user.login))) return true
  return false
}

/** The plugin, with its program. @param program Name on the PATH, or path. */
export const buildifierWith = (program: string) =>
  plugin({
    name: 'buildifier',
    about:
      'Reviews the formatting of BUILD, WORKSPACE and .bzl files. Needs the program buildifier on the PATH of hook.',
    on: 'comment created on an open pull request',
    commands: [
      {
        usage: '/buildif(y|ier)',
        about: 'Reviews the formatting of the Bazel files that a pull request changes.',
        who: 'Anybody.',
        examples: ['/buildify', '/buildifier'],
        forms: { buildify: re2`(?mi)^/buildif(y|ier)\s*$` },
      },
    ],
    run: (context) => run({ program, ...context }),
  })

export default buildifierWith('buildifier')
