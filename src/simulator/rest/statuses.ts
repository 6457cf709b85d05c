// REST: commit statuses and check runs.
import { type CheckRunFields, createCheckRun, createStatus, updateCheckRun } from '../actions/statuses.ts'
import { type Core, gitDir, repoNow } from '../core.ts'
import { invalid, notFound, Refusal } from '../errors.ts'
import { resolveCommit } from '../git/refs.ts'
import { checkRunShape, combinedState, newestStatuses, statusShape } from '../shapes/commits.ts'
import { minimalRepo, repoUrl } from '../shapes/repos.ts'
import type { Account, CheckRun, Repo } from '../state/records.ts'
import { type Body, given } from './body.ts'
import { answer, type Call, repoOf, route, undescribed } from './route.ts'

/** The commit that a ref in a path means, or 422 as these routes answer it. */
async function commitOf(core: Core, repo: Repo, ref: string): Promise<string> {
  const sha = await resolveCommit(gitDir(core, repo), ref)
  if (!sha) throw invalid(`No commit found for SHA: ${ref}`)
  return sha
}

function runFields(body: Body): CheckRunFields {
  const output = body.object('output')
  return given({
    name: body.text('name'),
    head_sha: body.text('head_sha'),
    status: body.text('status'),
    conclusion: body.text('conclusion'),
    external_id: body.text('external_id'),
    details_url: body.text('details_url'),
    started_at: body.text('started_at'),
    completed_at: body.text('completed_at'),
    output:
      output && given({ title: output.text('title'), summary: output.text('summary'), text: output.text('text') }),
  })
}

function runOf(core: Core, repo: Repo, id: number): CheckRun {
  const run = core.state.checkRuns.get(id)
  if (!run || run.repo !== repo.id) throw notFound()
  return run
}

/** Check runs are made by apps, never by people's tokens. */
function forApps(by: Account): void {
  if (by.type !== 'Bot') throw new Refusal(403, 'You must authenticate via a GitHub App.')
}

export const statusRoutes = [
  route('post', '/repos/{owner}/{repo}/statuses/{sha}', async (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const status = await createStatus(core, repo, by(), path.sha, {
      state: body.requiredText('state'),
      ...given({
        target_url: body.nullableText('target_url'),
        description: body.nullableText('description'),
        context: body.text('context'),
      }),
    })
    return answer(201, statusShape(core, repo, status))
  }),

  route('get', '/repos/{owner}/{repo}/commits/{ref}/statuses', async (call) => answer(200, await history(call))),

  // The old name of the route above, which Prow uses.
  undescribed<RefPath>('get', '/repos/{owner}/{repo}/statuses/{ref}', async (call) => answer(200, await history(call))),

  route('get', '/repos/{owner}/{repo}/commits/{ref}/status', async (call) => {
    const { core, path, page } = call
    const repo = repoOf(call)
    const sha = await commitOf(core, repo, path.ref)
    const newest = newestStatuses(core, repo, sha)
    const url = repoUrl(core, repo)
    return answer(200, {
      state: combinedState(newest),
      statuses: page(newest).map((status) => ({
        ...statusShape(core, repo, status),
        required: null,
        target_url: status.target_url ?? '',
      })),
      sha,
      total_count: newest.length,
      repository: minimalRepo(core, repoNow(core.state, repo.id)),
      commit_url: `${url}/commits/${sha}`,
      url: `${url}/commits/${sha}/status`,
    })
  }),

  route('get', '/repos/{owner}/{repo}/commits/{ref}/check-runs', async (call) => {
    const { core, path, page, query } = call
    const repo = repoOf(call)
    const sha = await commitOf(core, repo, path.ref)
    const [name, status] = [query('check_name'), query('status')]
    const newest = new Map<string, CheckRun>()
    for (const run of core.state.checkRuns.of(`${repo.id} ${sha}`))
      newest.set(query('filter') === 'all' ? String(run.id) : run.name, run)
    const runs = [...newest.values()].filter((r) => (!name || r.name === name) && (!status || r.status === status))
    return answer(200, {
      total_count: runs.length,
      check_runs: page(runs).map((run) => checkRunShape(core, repo, run)),
    })
  }),

  route('post', '/repos/{owner}/{repo}/check-runs', async (call) => {
    const { core, body, by } = call
    const repo = repoOf(call)
    forApps(by())
    return answer(201, checkRunShape(core, repo, await createCheckRun(core, repo, by(), runFields(body))))
  }),

  route('get', '/repos/{owner}/{repo}/check-runs/{check_run_id}', (call) => {
    const repo = repoOf(call)
    return answer(200, checkRunShape(call.core, repo, runOf(call.core, repo, call.path.check_run_id)))
  }),

  route('patch', '/repos/{owner}/{repo}/check-runs/{check_run_id}', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    forApps(by())
    const run = updateCheckRun(core, repo, by(), runOf(core, repo, path.check_run_id), runFields(body))
    return answer(200, checkRunShape(core, repo, run))
  }),
]

type RefPath = { readonly owner: string; readonly repo: string; readonly ref: string }

/** Every status that was ever set on a commit, newest first. */
async function history(call: Call<RefPath>) {
  const repo = repoOf(call)
  const sha = await commitOf(call.core, repo, call.path.ref)
  const newestFirst = call.core.state.statuses.of(`${repo.id} ${sha}`).toReversed()
  return call.page(newestFirst).map((status) => statusShape(call.core, repo, status))
}
