// Labels: of a repository, and on its issues and pull requests.
import { type Core, issueNow } from '../core.ts'
import { invalid, Refusal } from '../errors.ts'
import { labelShape } from '../shapes/issues.ts'
import type { Account, Issue, Label, Repo } from '../state/records.ts'
import { issueKey } from '../state/state.ts'
import { emit } from '../webhooks/emit.ts'
import { demand } from './permissions.ts'
import { emitChange, recordEvent, update } from './timeline.ts'

/** Names of labels are unique whatever their case. */
export function findLabel(core: Core, repo: Repo, name: string): Label | undefined {
  return core.state.labels.of(repo.id).find((label) => label.name.toLowerCase() === name.toLowerCase())
}

export interface LabelFields {
  readonly name?: string
  readonly color?: string
  readonly description?: string | null
}

function checked(core: Core, repo: Repo, fields: LabelFields, self?: Label): LabelFields {
  const { name, color, description } = fields
  const resource = 'Label'
  if (name !== undefined && (name.trim() === '' || name.length > 50)) {
    throw invalid({ resource, code: name.trim() === '' ? 'missing_field' : 'invalid', field: 'name' })
  }
  const same = name === undefined ? undefined : findLabel(core, repo, name)
  if (same && same.id !== self?.id) throw invalid({ resource, code: 'already_exists', field: 'name' })
  if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color)) throw invalid({ resource, code: 'invalid', field: 'color' })
  if ((description?.length ?? 0) > 100) {
    throw invalid({
      resource,
      code: 'invalid',
      field: 'description',
      message: 'description is too long (maximum is 100 characters)',
    })
  }
  return fields
}

export function createLabel(core: Core, repo: Repo, by: Account, fields: LabelFields & { name: string }): Label {
  demand(core.state, repo, by, 'push')
  checked(core, repo, fields)
  return core.state.commit(() => makeLabel(core, repo, by, fields))
}

function makeLabel(core: Core, repo: Repo, by: Account, fields: LabelFields & { name: string }): Label {
  const label = core.state.labels.put({
    id: core.state.nextId(),
    repo: repo.id,
    name: fields.name,
    color: fields.color ?? 'ededed',
    description: fields.description ?? null,
  })
  emit(core, { event: 'label', action: 'created', repo, sender: by, body: { label: labelShape(core, repo, label) } })
  return label
}

export function editLabel(core: Core, repo: Repo, by: Account, label: Label, fields: LabelFields): Label {
  demand(core.state, repo, by, 'push')
  checked(core, repo, fields, label)
  return core.state.commit(() => {
    const edited = core.state.labels.put({ ...label, ...fields })
    const changes = {
      ...(fields.name === undefined || fields.name === label.name ? {} : { name: { from: label.name } }),
      ...(fields.color === undefined || fields.color === label.color ? {} : { color: { from: label.color } }),
    }
    const body = { label: labelShape(core, repo, edited), changes }
    emit(core, { event: 'label', action: 'edited', repo, sender: by, body })
    return edited
  })
}

export function deleteLabel(core: Core, repo: Repo, by: Account, label: Label): void {
  demand(core.state, repo, by, 'push')
  core.state.commit(() => {
    for (const issue of core.state.issues.of(repo.id)) {
      if (issue.labels.includes(label.id)) takeOff(core, repo, by, issue, label)
    }
    core.state.labels.delete(label.id)
    emit(core, { event: 'label', action: 'deleted', repo, sender: by, body: { label: labelShape(core, repo, label) } })
  })
}

/** Puts labels on; unknown ones are made up, as GitHub does. Those that are there already change nothing. */
export function addLabels(core: Core, repo: Repo, by: Account, number: number, names: readonly string[]): Issue {
  demand(core.state, repo, by, 'triage')
  for (const name of names) if (!findLabel(core, repo, name)) checked(core, repo, { name })
  return core.state.commit(() => {
    for (const name of names) {
      const label = findLabel(core, repo, name) ?? makeLabel(core, repo, by, { name })
      const issue = issueNow(core.state, repo.id, number)
      if (issue.labels.includes(label.id)) continue
      if (issue.labels.length >= 100)
        throw invalid({ resource: 'Issue', code: 'custom', message: 'Issues can have at most 100 labels' })
      const labelled = update(core, issue, { labels: [...issue.labels, label.id] })
      recordEvent(core, labelled, by, 'labeled', { label: { name: label.name, color: label.color } })
      emitChange(core, repo, labelled, 'labeled', by, { label: labelShape(core, repo, label) })
    }
    return issueNow(core.state, repo.id, number)
  })
}

/** Takes a label off. Refuses 404 `Label does not exist` when it is not on. */
export function removeLabel(core: Core, repo: Repo, by: Account, number: number, name: string): Issue {
  demand(core.state, repo, by, 'triage')
  const issue = issueNow(core.state, repo.id, number)
  const label = findLabel(core, repo, name)
  if (!label || !issue.labels.includes(label.id)) throw new Refusal(404, 'Label does not exist')
  return core.state.commit(() => takeOff(core, repo, by, issue, label))
}

function takeOff(core: Core, repo: Repo, by: Account, issue: Issue, label: Label): Issue {
  const left = update(core, issue, { labels: issue.labels.filter((id) => id !== label.id) })
  recordEvent(core, left, by, 'unlabeled', { label: { name: label.name, color: label.color } })
  emitChange(core, repo, left, 'unlabeled', by, { label: labelShape(core, repo, label) })
  return left
}

/** Brings the labels of an issue to exactly these. */
export function setLabels(core: Core, repo: Repo, by: Account, number: number, names: readonly string[]): Issue {
  demand(core.state, repo, by, 'triage')
  return core.state.commit(() => {
    const keep = new Set(names.map((name) => name.toLowerCase()))
    for (const id of issueNow(core.state, repo.id, number).labels) {
      const label = core.state.labels.get(id)
      if (label && !keep.has(label.name.toLowerCase())) {
        takeOff(core, repo, by, issueNow(core.state, repo.id, number), label)
      }
    }
    return addLabels(core, repo, by, number, names)
  })
}

/** Names of the labels on an issue. */
export function labelNames(core: Core, repo: number, number: number): string[] {
  const issue = core.state.issues.get(issueKey(repo, number))
  return (issue?.labels ?? []).flatMap((id) => core.state.labels.get(id)?.name ?? [])
}
