// bugzilla when a pull request has ended: merged, the bug moves on with its last one; closed, the link goes.

import { CodeHostError, type IssueRef } from '../../api/code-host.ts'
import type { Bug } from '../../bugzilla/bugzilla.ts'
import type { Config } from '../../config/types.ts'
import { bugIn } from './flow.ts'
import { isInState, moveTo, shownState, validStates } from './state.ts'
import { answer, findBug, isAllowed, linkTo, refreshHint, type Task, trying } from './task.ts'

/** Pull requests of a bug, each of which is asked for. */
const mostPulls = 100

/** The bug of the title, where one may speak of it. */
async function bugOf(task: Task): Promise<Bug | undefined> {
  const id = bugIn(task.title)
  const bug = id === undefined ? undefined : await findBug(task, id)
  return bug && (await isAllowed(task, bug)) ? bug : undefined
}

/** Moves the bug when all pull requests for it have merged. */
export async function merged(task: Task): Promise<void> {
  const { bugzilla, options, context } = task
  const after = options.state_after_merge
  if (!after) return
  const bug = await bugOf(task)
  if (!bug) return
  const link = linkTo(bugzilla, bug.id)
  const known = validStates(options)
  // An earlier attempt may have moved it.
  const isMoved = context.delivery.attempt > 1 && isInState(bug, after)
  if (known && !isMoved && !known.some((state) => isInState(bug, state)))
    return answer(
      task,
      `${link} is in an unrecognized state (${shownState(bug)}) and will not be moved to the ${shownState(after)} state.`,
    )
  const { done, open } = await outcome(task, bug)
  if (open)
    return answer(task, waitsFor(task, done, open, `${link} has not been moved to the ${shownState(after)} state.`))
  const change = moveTo(after, bug)
  if (change)
    await trying(task, `updating to the ${shownState(after)} state`, bug.id, () => bugzilla.update(bug.id, change))
  const all =
    done.length > 0 ? `All pull requests linked via external trackers have merged:\n${list(task, done)}\n\n` : ''
  return answer(task, `${all}${link} has been moved to the ${shownState(after)} state.`)
}

/** Those that have merged, up to the first that has not. */
async function outcome(task: Task, bug: Bug): Promise<{ done: readonly IssueRef[]; open?: IssueRef }> {
  const pulls = await trying(task, 'searching for external tracker bugs', bug.id, async () => {
    const all = await task.bugzilla.pulls(bug.id)
    if (all.length > mostPulls) throw new Error(`it has more than ${mostPulls} pull requests`)
    return all
  })
  const known = knownRepos(task.context.config)
  const done: IssueRef[] = []
  for (const pull of pulls) {
    const isThis = nameOf(pull).toLowerCase() === nameOf(task.pr).toLowerCase()
    if (!isThis && !known.has(`${pull.org}/${pull.repo}`)) continue
    if (!isThis && !(await isMerged(task, bug, pull))) return { done, open: pull }
    done.push(pull)
  }
  return { done }
}

/** Repositories that have jobs, or that Tide looks at. */
const knownRepos = ({ presubmits, postsubmits, tide }: Config): ReadonlySet<string> =>
  new Set([...Object.keys(presubmits), ...Object.keys(postsubmits), ...tide.queries.flatMap(({ repos = [] }) => repos)])

async function isMerged(task: Task, bug: Bug, pull: IssueRef): Promise<boolean> {
  const what = `checking the state of a related pull request, ${nameOf(pull)},`
  try {
    return (await task.context.host.pullRequest(pull)).merged
  } catch (error) {
    // Others pass, and the task is tried again.
    const isFinal = error instanceof CodeHostError && (error.kind === 'not-found' || error.kind === 'forbidden')
    if (isFinal) return trying(task, what, bug.id, () => Promise.reject(error))
    throw error
  }
}

const nameOf = ({ org, repo, number }: IssueRef): string => `${org}/${repo}#${number}`

const list = ({ context: { config } }: Task, pulls: readonly IssueRef[]): string =>
  pulls
    .map((pull) => {
      const { org, repo, number } = pull
      return ` * [${nameOf(pull)}](${config.github.link_url}/${org}/${repo}/pull/${number})`
    })
    .join('\n')

function waitsFor(task: Task, done: readonly IssueRef[], open: IssueRef, end: string): string {
  const some =
    done.length > 0 ? `Some pull requests linked via external trackers have merged:\n${list(task, done)}\n\n` : ''
  return `${some}The following pull requests linked via external trackers have not merged:
${list(task, [open])}

These pull requests must merge or be unlinked from the Bugzilla bug in order for it to move to the next state. Once unlinked, request a bug refresh with ${refreshHint}.

${end}`
}

/** Takes the link away, and moves the bug back when it was the last one. */
export async function closed(task: Task): Promise<void> {
  const { bugzilla, options, pr, context } = task
  if (!options.add_external_link) return
  const bug = await bugOf(task)
  if (!bug) return
  const wasLinked = await trying(task, 'removing this pull request from the external tracker bugs', bug.id, () =>
    bugzilla.removePull(bug.id, pr),
  )
  const says = [
    `This pull request references ${linkTo(bugzilla, bug.id)}. The bug has been updated to no longer refer to the pull request using the external bug tracker.`,
  ]
  const after = options.state_after_close
  const change = after && bug.status !== 'CLOSED' ? moveTo(after, bug) : undefined
  if (after && change) {
    const left = await trying(task, 'searching for external tracker bugs', bug.id, () => bugzilla.pulls(bug.id))
    if (left.length === 0) {
      await trying(task, `updating to the ${shownState(after)} state`, bug.id, async () => {
        await bugzilla.update(bug.id, change)
        const url = `${context.config.github.link_url}/${pr.org}/${pr.repo}/pull/${pr.number}`
        await bugzilla.commentPrivately(
          bug.id,
          `Bug status changed to ${shownState(after)} as previous linked PR ${url} has been closed`,
        )
      })
      says.push(`All external bug links have been closed. The bug has been moved to the ${shownState(after)} state.`)
    }
  }
  // An earlier attempt may have taken it away, and could not tell.
  if (wasLinked || context.delivery.attempt > 1) await answer(task, says.join(' '))
}
