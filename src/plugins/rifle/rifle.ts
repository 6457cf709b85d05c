// rifle: asks owners of the changed files for a review, and among them those who know the changed lines best.
import type { ChangedFile, IssueRef } from '../../api/code-host.ts'
import type { Context } from '../../hook/plugin.ts'
import { flat } from '../../owners/layered-set.ts'
import { asksOwners } from '../shared/ask-owners.ts'
import type { Scores } from '../shared/choose-reviewers.ts'
import { changedLines, sample, scoresOf, total } from './scores.ts'

export default asksOwners({
  name: 'rifle',
  about:
    'Asks reviewers and approvers from OWNERS files for a review when a pull request is opened, or when somebody asks for it: those first who were the last to change the lines in question. A pull request with /cc in its description asks for itself.',
  async scores(at, { pull, files, repo }, context) {
    const before = await mergeBase(at, pull.base.ref, pull.head.sha, context)
    const scores: Scores[] = []
    for (const file of sample(files)) scores.push(await scoresOfFile(at, before, file, context))
    const all = (kind: typeof repo.approvers) => flat(files.flatMap(({ filename }) => kind(filename)))
    return total(scores, all(repo.approvers), all(repo.reviewers))
  },
  asksOthers: true,
})

/** The commit whose lines the patches count; the base branch where that cannot be found out. */
async function mergeBase(at: IssueRef, base: string, head: string, { host, log }: Context): Promise<string> {
  try {
    return await host.mergeBase(at, base, head)
  } catch (err) {
    log.warn({ err }, 'cannot find the merge base; lines are looked up in the base branch')
    return base
  }
}

/** A file of which nothing can be found out counts for nobody. */
async function scoresOfFile(
  at: IssueRef,
  ref: string,
  { filename, previous_filename: before = filename, status, patch = '' }: ChangedFile,
  { host, log, clock }: Context,
): Promise<Scores> {
  const lines = changedLines(patch)
  if (status === 'added' || lines.length === 0) return new Map()
  try {
    return scoresOf(lines, await host.blame(at, before, ref), clock.now())
  } catch (err) {
    log.warn({ err, file: before }, 'cannot find out who changed the lines of a file last')
    return new Map()
  }
}
