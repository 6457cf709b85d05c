// bugzilla and cherry-picks: a pick for another release gets a bug of its own, a clone of the original's.
import type { Bug } from '../../bugzilla/bugzilla.ts'
import { bugIn, withBug } from './flow.ts'
import { answer, findBug, isAllowed, linkTo, refreshHint, type Task, trying } from './task.ts'

/** Clocks may differ by this much. */
const clockSkewMs = 60_000

/** @param number Of the pull request that was picked. */
export async function pick(task: Task, number: number): Promise<void> {
  const { bugzilla, options, pr, context } = task
  const original = await context.host.pullRequest({ org: pr.org, repo: pr.repo, number })
  const id = bugIn(original.title)
  if (id === undefined) return
  const bug = await findBug(task, id)
  if (!bug || !(await isAllowed(task, bug))) return
  const link = linkTo(bugzilla, id)
  const release = options.target_release
  if (release === undefined)
    return answer(
      task,
      `Failed to make a bug for the cherry-pick of ${link}: no target release is configured for this branch. Please have target_release set in the configuration of the plugin bugzilla, then request a bug refresh with ${refreshHint}.`,
    )
  const clones = await trying(task, 'searching for clones', id, () => bugzilla.clones(bug))
  const there = clones.find(({ target_release: [only, ...more] }) => only === release && more.length === 0)
  if (there)
    return answer(
      task,
      `Detected clone of ${link} with correct target release. Retitling PR to link to clone:\n${retitle(task, there.id)}`,
    )
  const clone = await trying(task, 'cloning', id, async () => {
    const made = clones.find((one) => isHalfMade(task, one))?.id ?? (await bugzilla.clone(bug))
    await bugzilla.completeClone(made, bug, release)
    return made
  })
  const made = linkTo(bugzilla, clone)
  return answer(
    task,
    `${link} has been cloned as ${made}. Retitling PR to link against new bug.\n${retitle(task, clone)}`,
  )
}

/** A clone that an earlier attempt has made, and left without its release. */
const isHalfMade = ({ context: { delivery } }: Task, { creation_time }: Bug): boolean =>
  delivery.attempt > 1 && Date.parse(creation_time) >= delivery.receivedAt - clockSkewMs

/** A line that the plugin retitle carries out. Titles have one line. */
const retitle = ({ title }: Task, bug: number): string => `/retitle ${withBug(title, bug).replaceAll(/\s+/g, ' ')}`
