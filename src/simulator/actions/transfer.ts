// Moving an issue to another repository of its owner, and pinning issues to the top of their repository.
import { type Core, fullName, isPull, issueNow, repoNow, sameLogin } from '../core.ts'
import { invalid, Refusal } from '../errors.ts'
import { issueShape } from '../shapes/issues.ts'
import { repoShape } from '../shapes/repos.ts'
import type { Account, Issue, Repo } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import { takeNumber } from './issues.ts'
import { findLabel, labelNames } from './labels.ts'
import { demand } from './permissions.ts'
import { emitChange, recordEvent } from './timeline.ts'

/**
 * Moves an issue with its comments and those labels that the other repository has, too. What asks for it at its old place is sent on.
 * Returns it as it is there.
 */
export function transferIssue(core: Core, from: Repo, to: Repo, by: Account, number: number): Issue {
  const issue = issueNow(core.state, from.id, number)
  demand(core.state, from, by, 'push')
  demand(core.state, to, by, 'push')
  if (isPull(issue)) throw new Refusal(422, 'Pull requests cannot be transferred.')
  if (!sameLogin(from.owner, to.owner) || from.id === to.id)
    throw new Refusal(422, `The issue cannot be transferred from ${fullName(from)} to ${fullName(to)}.`)
  const { state } = core
  return state.commit(() => {
    const labels = labelNames(core, from.id, number).flatMap((name) => findLabel(core, to, name)?.id ?? [])
    const place = { repo: to.id, number: takeNumber(core, to) }
    const before = { issue: issueShape(core, from, issue), repo: repoShape(core, from) }
    const moved = state.issues.put({ ...issue, ...place, labels, milestone: null, pinned: false })
    for (const comment of state.comments.of(issueKey(from.id, number))) {
      state.comments.delete(comment.id)
      state.comments.put({ ...comment, ...place })
    }
    for (const event of state.events.of(issueKey(from.id, number))) {
      state.events.delete(event.id)
      state.events.put({ ...event, ...place })
    }
    recordEvent(core, moved, by, 'transferred')
    const [source, target] = [repoNow(core.state, from.id), repoNow(core.state, to.id)]
    emitChange(core, source, issue, 'transferred', by, {
      changes: { new_issue: issueShape(core, target, moved), new_repository: repoShape(core, target) },
    })
    emitChange(core, target, moved, 'opened', by, {
      changes: { old_issue: before.issue, old_repository: before.repo },
    })
    state.issues.delete(issueKey(from.id, number))
    state.transfers.put({ repo: from.id, number, to: place })
    return moved
  })
}

const mostPinned = 3

/** Pins or unpins. GitHub pins at most three issues of a repository, and no pull requests. */
export function setPinned(core: Core, repo: Repo, by: Account, number: number, pinned: boolean): Issue {
  const issue = issueNow(core.state, repo.id, number)
  demand(core.state, repo, by, 'push')
  if (isPull(issue)) throw invalid('Pull requests cannot be pinned.')
  const others = core.state.issues.of(repo.id).filter((other) => other.pinned && other.number !== number)
  if (pinned && others.length >= mostPinned)
    throw new Refusal(422, `You can only pin up to ${mostPinned} issues at once.`)
  return core.state.commit(() => {
    const changed = core.state.issues.put({ ...issue, pinned })
    recordEvent(core, changed, by, pinned ? 'pinned' : 'unpinned')
    emitChange(core, repo, changed, pinned ? 'pinned' : 'unpinned', by)
    return changed
  })
}
