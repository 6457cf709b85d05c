// Milestones: of a repository, and on its issues and pull requests.
import { type Core, issueNow, timestamp } from '../core.ts'
import { invalid } from '../errors.ts'
import { milestoneShape } from '../shapes/issues.ts'
import type { Account, Milestone, Repo } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'
import { demand } from './permissions.ts'
import { emitChange, recordEvent, update } from './timeline.ts'

export function milestoneNumbered(core: Core, repo: Repo, number: number): Milestone {
  const milestone = core.state.milestones.of(repo.id).find((m) => m.number === number)
  if (!milestone) throw invalid({ resource: 'Issue', code: 'invalid', field: 'milestone' })
  return milestone
}

/** Only inside `commit`. */
export function setMilestone(core: Core, repo: Repo, by: Account, number: number, wanted: number | null): void {
  demand(core.state, repo, by, 'triage')
  const issue = issueNow(core.state, repo.id, number)
  const next = wanted === null ? null : milestoneNumbered(core, repo, wanted)
  const before = issue.milestone === null ? undefined : core.state.milestones.get(issue.milestone)
  if ((next?.id ?? null) === issue.milestone) return
  const changed = update(core, issue, { milestone: next?.id ?? null })
  if (before) {
    recordEvent(core, changed, by, 'demilestoned', { milestone: before.title })
    emitChange(core, repo, changed, 'demilestoned', by, { milestone: milestoneShape(core, repo, before) })
  }
  if (next) {
    recordEvent(core, changed, by, 'milestoned', { milestone: next.title })
    emitChange(core, repo, changed, 'milestoned', by, { milestone: milestoneShape(core, repo, next) })
  }
}

export function createMilestone(
  core: Core,
  repo: Repo,
  by: Account,
  fields: { title: string; description?: string | null; state?: 'open' | 'closed' },
): Milestone {
  demand(core.state, repo, by, 'push')
  const there = core.state.milestones.of(repo.id)
  if (there.some((m) => m.title === fields.title)) {
    throw invalid({ resource: 'Milestone', code: 'already_exists', field: 'title' })
  }
  const now = timestamp(core)
  return core.state.commit(() => {
    const milestone = core.state.milestones.put({
      id: core.state.nextId(),
      repo: repo.id,
      number: Math.max(0, ...there.map((m) => m.number)) + 1,
      title: fields.title,
      description: fields.description ?? null,
      state: fields.state ?? 'open',
      creator: by.login,
      created_at: now,
      updated_at: now,
      closed_at: fields.state === 'closed' ? now : null,
    })
    const body = { milestone: milestoneShape(core, repo, milestone) }
    emit(core, { event: 'milestone', action: 'created', repo, sender: by, body })
    return milestone
  })
}
