// What an event of a pull request asks for: read from its title, its description, and what they were before.
import { re2 } from '../../config/re2.ts'
import type { PullRequestEvent } from '../../hook/plugin.ts'
import type { Options } from './state.ts'

const inTitle = re2`(?i)Bug\s+([0-9]+):`
const pickOf = re2`This is an automated cherry-pick of #([0-9]+)`

/** Larger numbers are no number of anything. */
const numberOf = (digits: string | undefined): number | undefined =>
  digits !== undefined && digits.length <= 15 ? Number(digits) : undefined

/** Number of the bug that a title names first. */
export const bugIn = (title: string): number | undefined => numberOf(inTitle.exec(title)?.groups[0])

/** The title with another bug in the place of the one that it names, or in front. */
export function withBug(title: string, bug: number): string {
  const found = inTitle.exec(title)
  if (!found) return `Bug ${bug}: ${title}`
  const named = found.text.replace(/[0-9]+/, String(bug))
  return title.slice(0, found.index) + named + title.slice(found.index + found.text.length)
}

export type Flow =
  | { readonly do: 'validate' | 'merged' | 'closed' | 'nothing' }
  | { readonly do: 'pick'; readonly original: number }

/** What is to be done about an event. A change of the description alone is none. */
export function flowOf(
  {
    action,
    pr,
    changes,
  }: Pick<PullRequestEvent, 'action' | 'changes'> & {
    readonly pr: Pick<PullRequestEvent['pr'], 'title' | 'body' | 'merged'>
  },
  { enable_backporting, validate_by_default }: Options,
): Flow {
  if (!['opened', 'reopened', 'edited', 'closed'].includes(action)) return { do: 'nothing' }
  const original = numberOf(pickOf.exec(pr.body)?.groups[0])
  if (enable_backporting && action === 'opened' && original !== undefined) return { do: 'pick', original }
  if (action === 'closed' && !pr.merged) return { do: 'closed' }
  if (action === 'edited' && changes.title === undefined && changes.baseRef === undefined) return { do: 'nothing' }
  const bug = bugIn(pr.title)
  const before = bugIn(changes.title ?? '')
  const isNew = before === undefined ? bug !== undefined || (validate_by_default ?? false) : before !== bug
  if (!isNew) return { do: 'nothing' }
  return { do: pr.merged ? 'merged' : 'validate' }
}
