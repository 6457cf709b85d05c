// Commit statuses and check runs.
import { type Core, fullName, gitDir, repoNow, timestamp } from '../core.ts'
import { invalid, malformed } from '../errors.ts'
import { commitOf } from '../git/read.ts'
import { resolveCommit } from '../git/refs.ts'
import { checkRunShape, commitShape } from '../shapes/commits.ts'
import { shortBranch } from '../shapes/repos.ts'
import { userOf } from '../shapes/users.ts'
import type { Account, CheckConclusion, CheckRun, Repo, Status } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'
import { demand } from './permissions.ts'

export interface StatusFields {
  readonly state: string
  readonly target_url?: string | null
  readonly description?: string | null
  readonly context?: string
}

const states = ['pending', 'success', 'error', 'failure'] as const
const mostPerContext = 1000

/** Sets a status. Refuses 422 an unknown commit, a text that is too long and the thousandth-and-first of a context. */
export async function createStatus(
  core: Core,
  repo: Repo,
  by: Account,
  sha: string,
  fields: StatusFields,
): Promise<Status> {
  demand(core.state, repo, by, 'push')
  const state = states.find((word) => word === fields.state)
  if (!state)
    throw invalid({ resource: 'Status', code: 'invalid', field: 'state', message: 'state is not included in the list' })
  const { context = 'default', description = null, target_url: targetUrl = null } = fields
  if ([...(description ?? '')].length > 140) {
    throw invalid({
      resource: 'Status',
      code: 'custom',
      field: 'description',
      message: 'description is too long (maximum is 140 characters)',
    })
  }
  if (context.length > 255) {
    throw invalid({
      resource: 'Status',
      code: 'custom',
      field: 'context',
      message: 'context is too long (maximum is 255 characters)',
    })
  }
  if (targetUrl && !/^https?:\/\//.test(targetUrl)) {
    throw invalid({
      resource: 'Status',
      code: 'custom',
      field: 'target_url',
      message: 'target_url must use http(s) scheme',
    })
  }
  if (!/^[0-9a-f]{40}$/.test(sha)) throw invalid(`No commit found for SHA: ${sha}`)
  const commit = await commitOf(gitDir(core, repo), sha)
  if (!commit) throw invalid(`No commit found for SHA: ${sha}`)
  const before = core.state.statuses.of(`${repo.id} ${sha}`).filter((s) => s.context === context)
  if (before.length >= mostPerContext) {
    throw invalid({
      resource: 'Status',
      code: 'custom',
      message: 'This SHA and context has reached the maximum number of statuses.',
    })
  }
  return core.state.commit(() => {
    const status = core.state.statuses.put({
      id: core.state.nextId(),
      repo: repo.id,
      sha,
      state,
      target_url: targetUrl || null,
      description: description || null,
      context,
      creator: by.login,
      created_at: timestamp(core),
    })
    const branches = Object.entries(repoNow(core.state, repo.id).refs)
      .filter(([ref, at]) => at === sha && ref.startsWith('refs/heads/'))
      .slice(0, 10)
      .map(([ref, at]) => shortBranch(core, repo, ref.slice('refs/heads/'.length), at))
    emit(core, {
      event: 'status',
      repo,
      sender: by,
      body: {
        id: status.id,
        sha,
        name: fullName(repo),
        avatar_url: userOf(core, by.login).avatar_url,
        target_url: status.target_url,
        context,
        description: status.description,
        state,
        commit: commitShape(core, repo, commit),
        branches,
        created_at: status.created_at,
        updated_at: status.created_at,
      },
    })
    return status
  })
}

export interface CheckRunFields {
  readonly name?: string
  readonly head_sha?: string
  readonly status?: string
  readonly conclusion?: string
  readonly external_id?: string
  readonly details_url?: string
  readonly started_at?: string
  readonly completed_at?: string
  readonly output?: { readonly title?: string; readonly summary?: string; readonly text?: string }
}

const runStatuses = ['queued', 'in_progress', 'completed'] as const
const conclusions: readonly CheckConclusion[] = [
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
]

export async function createCheckRun(core: Core, repo: Repo, by: Account, fields: CheckRunFields): Promise<CheckRun> {
  demand(core.state, repo, by, 'push')
  if (!fields.name) throw malformed('name', 'nil is not a string')
  const sha = fields.head_sha && (await resolveCommit(gitDir(core, repo), fields.head_sha))
  if (!sha) throw invalid(`No commit found for SHA: ${fields.head_sha}`)
  const blank: Omit<CheckRun, 'id' | 'suite'> = {
    repo: repo.id,
    head_sha: sha,
    name: fields.name,
    external_id: '',
    details_url: null,
    status: 'queued',
    conclusion: null,
    started_at: null,
    completed_at: null,
    output: { title: null, summary: null, text: null },
    creator: by.login,
  }
  return core.state.commit(() => {
    const [sibling] = core.state.checkRuns.of(`${repo.id} ${sha}`)
    const suite = sibling?.suite ?? core.state.nextId()
    return writeRun(core, repo, by, merged(core, { ...blank, id: core.state.nextId(), suite }, fields), 'created')
  })
}

export function updateCheckRun(core: Core, repo: Repo, by: Account, run: CheckRun, fields: CheckRunFields): CheckRun {
  demand(core.state, repo, by, 'push')
  return core.state.commit(() => writeRun(core, repo, by, merged(core, run, fields), 'completed'))
}

function merged(core: Core, run: CheckRun, fields: CheckRunFields): CheckRun {
  const conclusion = conclusions.find((word) => word === fields.conclusion)
  if (fields.conclusion !== undefined && !conclusion)
    throw malformed('conclusion', `${fields.conclusion} is not a member of the list`)
  const wanted = runStatuses.find((word) => word === fields.status)
  if (fields.status !== undefined && !wanted) throw malformed('status', `${fields.status} is not a member of the list`)
  const status = conclusion ? 'completed' : (wanted ?? run.status)
  return {
    ...run,
    name: fields.name ?? run.name,
    external_id: fields.external_id ?? run.external_id,
    details_url: fields.details_url ?? run.details_url,
    status,
    conclusion: conclusion ?? run.conclusion,
    started_at: fields.started_at ?? run.started_at ?? timestamp(core),
    completed_at: status === 'completed' ? (fields.completed_at ?? run.completed_at ?? timestamp(core)) : null,
    output: {
      title: fields.output?.title ?? run.output.title,
      summary: fields.output?.summary ?? run.output.summary,
      text: fields.output?.text ?? run.output.text,
    },
  }
}

function writeRun(core: Core, repo: Repo, by: Account, run: CheckRun, action: 'created' | 'completed'): CheckRun {
  core.state.checkRuns.put(run)
  if (action === 'created' || run.status === 'completed') {
    emit(core, { event: 'check_run', action, repo, sender: by, body: { check_run: checkRunShape(core, repo, run) } })
  }
  return run
}
