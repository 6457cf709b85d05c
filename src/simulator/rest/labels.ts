// REST: labels of repositories and of issues, and milestones.

import { addLabels, createLabel, deleteLabel, editLabel, findLabel, removeLabel, setLabels } from '../actions/labels.ts'
import { createMilestone, milestoneNumbered } from '../actions/milestones.ts'
import { type Core, issueNow } from '../core.ts'
import { malformed, notFound } from '../errors.ts'
import { labelShape, labelsOf, milestoneShape } from '../shapes/issues.ts'
import type { Label, Repo } from '../state/records.ts'
import { type Body, given, readBody } from './body.ts'
import { answer, noContent, repoOf, route } from './route.ts'

// The body is a list of names, an object with such a list, or either with objects that have a name.
function namesIn(body: Body): string[] {
  const list = Array.isArray(body.raw) ? body.raw : body.has('labels') ? (readRaw(body, 'labels') ?? []) : []
  return list.map((item) => {
    if (typeof item === 'string') return item
    const name = readBody(item).text('name')
    if (name === undefined) throw malformed('labels', `${JSON.stringify(item)} is not a string`)
    return name
  })
}

function readRaw(body: Body, field: string): unknown[] | undefined {
  const raw = typeof body.raw === 'object' && body.raw !== null ? Object.entries(body.raw) : []
  const value = raw.find(([name]) => name === field)?.[1]
  if (!Array.isArray(value)) throw malformed(field, `${JSON.stringify(value)} is not an array`)
  return value
}

function labelNamed(core: Core, repo: Repo, name: string): Label {
  const label = findLabel(core, repo, name)
  if (!label) throw notFound()
  return label
}

export const labelRoutes = [
  route('get', '/repos/{owner}/{repo}/labels', (call) => {
    const repo = repoOf(call)
    return answer(
      200,
      call.page(call.core.state.labels.of(repo.id)).map((label) => labelShape(call.core, repo, label)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/labels', (call) => {
    const { core, body, by } = call
    const repo = repoOf(call)
    const fields = {
      name: body.requiredText('name'),
      ...given({ color: body.text('color'), description: body.nullableText('description') }),
    }
    return answer(201, labelShape(core, repo, createLabel(core, repo, by(), fields)))
  }),

  route('get', '/repos/{owner}/{repo}/labels/{name}', (call) => {
    const repo = repoOf(call)
    return answer(200, labelShape(call.core, repo, labelNamed(call.core, repo, call.path.name)))
  }),

  route('patch', '/repos/{owner}/{repo}/labels/{name}', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const fields = given({
      name: body.text('new_name') ?? body.text('name'),
      color: body.text('color'),
      description: body.nullableText('description'),
    })
    return answer(200, labelShape(core, repo, editLabel(core, repo, by(), labelNamed(core, repo, path.name), fields)))
  }),

  route('delete', '/repos/{owner}/{repo}/labels/{name}', (call) => {
    const repo = repoOf(call)
    deleteLabel(call.core, repo, call.by(), labelNamed(call.core, repo, call.path.name))
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/issues/{issue_number}/labels', (call) => {
    const repo = repoOf(call)
    return answer(200, call.page(labelsOf(call.core, repo, issueNow(call.core.state, repo.id, call.path.issue_number))))
  }),

  route('post', '/repos/{owner}/{repo}/issues/{issue_number}/labels', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    return answer(200, labelsOf(core, repo, addLabels(core, repo, by(), path.issue_number, namesIn(body))))
  }),

  route('put', '/repos/{owner}/{repo}/issues/{issue_number}/labels', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    return answer(200, labelsOf(core, repo, setLabels(core, repo, by(), path.issue_number, namesIn(body))))
  }),

  route('delete', '/repos/{owner}/{repo}/issues/{issue_number}/labels', (call) => {
    const repo = repoOf(call)
    setLabels(call.core, repo, call.by(), call.path.issue_number, [])
    return noContent
  }),

  route('delete', '/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', (call) => {
    const { core, path, by } = call
    const repo = repoOf(call)
    return answer(200, labelsOf(core, repo, removeLabel(core, repo, by(), path.issue_number, path.name)))
  }),

  route('get', '/repos/{owner}/{repo}/milestones', (call) => {
    const repo = repoOf(call)
    const state = call.query('state') ?? 'open'
    const all = call.core.state.milestones.of(repo.id).filter((m) => state === 'all' || m.state === state)
    return answer(
      200,
      call.page(all).map((milestone) => milestoneShape(call.core, repo, milestone)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/milestones', (call) => {
    const { core, body, by } = call
    const repo = repoOf(call)
    const fields = {
      title: body.requiredText('title'),
      ...given({ description: body.nullableText('description'), state: body.oneOf('state', ['open', 'closed']) }),
    }
    return answer(201, milestoneShape(core, repo, createMilestone(core, repo, by(), fields)))
  }),

  route('get', '/repos/{owner}/{repo}/milestones/{milestone_number}', (call) => {
    const repo = repoOf(call)
    return answer(200, milestoneShape(call.core, repo, milestoneNumbered(call.core, repo, call.path.milestone_number)))
  }),
]
