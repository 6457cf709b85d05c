// Marks a pull request that conflicts with its base, with a label and a comment, and takes both away when it does not any more.
import { type CodeHost, CodeHostError, type Comment, type IssueRef } from '../../api/code-host.ts'
import { type ContextOf, simpleResponse } from '../../hook/plugin.ts'

export const label = 'needs-rebase'

/** In the comment; people and scripts look for it. */
const notice = 'PR needs rebase.'
/** Understood by dependabot, which then rebases its pull request. */
const forDependabot = '@dependabot rebase'

export type World = Pick<ContextOf<'push'>, 'host' | 'clock' | 'log' | 'signal'>

/** Whether pull request and mark do not go together. */
export const isMarkedWrong = (labels: readonly string[], mergeable: boolean): boolean =>
  labels.some(isLabel) === mergeable

const isLabel = (name: string) => name.toLowerCase() === label

/** Hosts compute whether a pull request can be merged only when they are asked. Milliseconds between questions. */
export const waitsMs: readonly number[] = [3000, 6000]

/**
 * Sees to it that label and comment of an open pull request are right. The comment comes before the label, so that a task which was cut
 * off in between is done to its end.
 * @throws CodeHostError `unavailable` while the host does not know whether it can be merged.
 */
export async function mark(at: IssueRef, { host, clock, log, signal }: World): Promise<void> {
  let pull = await host.pullRequest(at)
  for (const wait of waitsMs) {
    if (pull.state !== 'open' || pull.mergeable !== undefined) break
    await clock.sleep(wait, signal)
    pull = await host.pullRequest(at)
  }
  if (pull.state !== 'open') return
  if (pull.mergeable === undefined) throw notKnown(`${at.org}/${at.repo}#${at.number}`)
  // Labels that came with the pull request may be older than its mergeability.
  const labels = await host.labels(at)
  if (!isMarkedWrong(labels, pull.mergeable)) return
  const notices = await noticesOf(at, host)
  if (!pull.mergeable) {
    const isDependabot = pull.user.login === 'dependabot[bot]'
    if (notices.length === 0) await host.comment(at, isDependabot ? forDependabot : simpleResponse(notice))
    return host.addLabel(at, label)
  }
  for (const { id, html_url } of notices)
    await host
      .deleteComment(at, id)
      .catch((err: unknown) => log.warn({ err, comment: html_url }, 'cannot delete an obsolete comment'))
  await host.removeLabel(at, labels.find(isLabel) ?? label)
}

/** @param what Which pull requests. */
export const notKnown = (what: string) =>
  new CodeHostError('unavailable', 0, `the code host does not know yet whether ${what} can be merged`)

async function noticesOf(at: IssueRef, host: CodeHost): Promise<readonly Comment[]> {
  const found: Comment[] = []
  for (const comment of await host.comments(at))
    if ((comment.body.includes(notice) || comment.body === forDependabot) && (await host.isBot(comment.user.login)))
      found.push(comment)
  return found
}
