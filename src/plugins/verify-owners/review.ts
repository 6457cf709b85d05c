// What is wrong with OWNERS files, as one review with a comment at the line of each.
import type { ChangedFile, NewReview, ReviewComment } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import type { OwnersVerdict } from '../../owners/verify.ts'
import { asCode, boundedList } from '../shared/as-code.ts'

/** A pull request may break thousands of files; the first ones are enough to begin with. */
const mostTold = 50
const hunk = re2`^@@ -\d+(?:,\d+)? \+(\d+)`
const unreadable = 'Cannot parse file: '

/** Where an added line is in a patch, in lines below its first hunk header; 1 for a line that the patch does not add. */
export function positionOf(line: number, patch: string): number {
  let at = 0
  for (const [position, text] of patch.split('\n').entries()) {
    const start = hunk.exec(text)?.groups[0]
    if (start !== undefined) at = Number(start)
    else if (text.startsWith('+') && at === line) return position
    else if (!text.startsWith('-') && !text.startsWith('\\')) at++
  }
  return 1
}

/** What the bot has said already. */
export interface Said {
  /** At lines; a comment without a position is at a line that is no longer there. */
  readonly comments: readonly Pick<ReviewComment, 'path' | 'body' | 'position'>[]
  /** Reviews of this commit. */
  readonly reviews: readonly string[]
}

/**
 * The review to post; undefined when all of it has been said. The host has no line for comments where it shows no patch: of such files
 * the first comment tells.
 * @param name Of the files.
 */
export function reviewOf(
  invalid: OwnersVerdict['invalid'],
  files: readonly ChangedFile[],
  name: string,
  said: Said,
): { readonly message: string; readonly comments: NonNullable<NewReview['comments']> } | undefined {
  const patches = new Map(files.map(({ filename, patch }) => [filename, patch]))
  const told = invalid.slice(0, mostTold).map(({ file, line, message }) => {
    const patch = patches.get(file)
    return { path: file, body: shown(message), ...(patch !== undefined && { position: positionOf(line, patch) }) }
  })
  const comments = told.flatMap(({ path, body, position }) =>
    position !== undefined && !said.comments.some((one) => one.path === path && one.body === body && one.position)
      ? [{ path, body, position }]
      : [],
  )
  const others = told
    .filter(({ position }) => position === undefined)
    .map(({ path, body }) => `* ${asCode(path)}: ${body}`)
    .filter((text) => !said.reviews.some((review) => review.includes(text)))
  if (comments.length + others.length === 0) return undefined
  const many = `${invalid.length} invalid ${name} file${invalid.length === 1 ? '' : 's'}`
  return { message: others.length > 0 ? `${many}\n\n${boundedList(others)}` : many, comments }
}

/** What the parser says quotes the file, so that part is shown as code. */
const shown = (message: string): string =>
  message.startsWith(unreadable)
    ? `${unreadable}${asCode(message.slice(unreadable.length, 1000).toWellFormed())}`
    : message
