// Tells the author of a pull request what is wrong with the jobs that it brings: one comment, kept up to date.

import { touchesInRepo } from '../../config/in-repo/files.ts'
import type { ConfigProblem } from '../../config/types.ts'
import { asCode } from '../shared/as-code.ts'
import { bringsJobs, type Considered } from './in-repo.ts'
import type { About } from './start.ts'

const marker = '<!-- in-repo configuration -->'
const mostRows = 20
/** Characters of one table. */
const roomForRows = 30_000

type Found = Considered<unknown>['found']

/** Posts, edits or removes the comment. Never fails the task: the jobs that can start are worth more. */
export async function tellOfMistakes(
  { problems, warnings }: Found,
  head: () => Promise<string>,
  about: About,
): Promise<void> {
  const { host, log, pr } = about
  if (!bringsJobs(pr, about)) return
  try {
    // Mistakes of the base branch are nothing that this author could mend.
    const body =
      problems.length > 0 && (await isTouched(about))
        ? mistakesComment({ problems, warnings }, await head(), about)
        : undefined
    const mine = []
    for (const comment of await pr.comments()) {
      if (comment.body.includes(marker) && (await host.isBot(comment.user.login))) mine.push(comment)
    }
    const [newest] = mine.splice(-1)
    const obsolete = new Set(mine.map(({ id }) => id))
    if (body === undefined && newest) obsolete.add(newest.id)
    if (obsolete.size > 0) await pr.prune(({ id }) => obsolete.has(id))
    if (body === undefined) return
    if (newest === undefined) await pr.comment(body)
    else if (newest.body.replaceAll('\r\n', '\n').trimEnd() !== body.trimEnd())
      await host.editComment(pr, newest.id, body)
  } catch (err) {
    log.warn({ err }, 'cannot tell of mistakes in in-repo configuration')
  }
}

const isTouched = async ({ pr }: About): Promise<boolean> =>
  (await pr.changedFiles()).some(({ filename, previous_filename }) =>
    [filename, previous_filename ?? ''].some(touchesInRepo),
  )

/** The text. What comes from the files is shown as code, so that it can be neither markup nor a mention. */
export function mistakesComment(
  { problems, warnings }: Found,
  head: string,
  { config, pr }: Pick<About, 'config' | 'pr'>,
): string {
  const files = `${config.github.link_url}/${pr.org}/${pr.repo}/blob/${head}`
  const rows = rowsOf(problems, files)
  const more = problems.length > rows.length ? `\n\n… and ${problems.length - rows.length} more.` : ''
  const unsure = rowsOf(warnings, files)
  const also =
    unsure.length > 0 ? `\n\nThis has no effect, and may be a mistake too:\n\n${heading}\n${unsure.join('\n')}` : ''
  return `${marker}
The jobs that this pull request defines in \`.prow.yaml\` or \`.prow/\` cannot be used, so none of them runs. Jobs of the central configuration run as usual.

${heading}
${rows.join('\n')}${more}${also}

This comment is brought up to date with the next push.`
}

const heading = '| Where | Field | What is wrong | What to do |\n|---|---|---|---|'

/** As many as there is room for: a code host refuses comments that are too long. */
function rowsOf(problems: readonly ConfigProblem[], files: string): readonly string[] {
  const rows: string[] = []
  let left = roomForRows
  for (const problem of problems.slice(0, mostRows)) {
    const text = row(problem, files)
    left -= text.length
    if (left < 0) break
    rows.push(text)
  }
  return rows
}

function row({ place, field, message, hint = '' }: ConfigProblem, files: string): string {
  const path = place?.file
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replaceAll(/[()]/g, (char) => (char === '(' ? '%28' : '%29'))
  const where = place ? `[${cell(`${place.file}:${place.line}`)}](${files}/${path}#L${place.line})` : ''
  return `| ${[where, cell(field), cell(message), cell(hint)].join(' | ')} |`
}

/** A text as code, in a cell of a table. */
export const cell = (text: string): string => asCode(text).replaceAll('|', '\\|')
