// REST: pull requests, their files, commits, merging, review requests.
import { mergePull } from '../actions/merge.ts'
import { withTrial } from '../actions/mergeability.ts'
import { editPull, openPull, updateBranch } from '../actions/pulls.ts'
import { requestReviews, unrequestReviews } from '../actions/review-requests.ts'
import { type Core, gitDir, isPull, pullNow, repoNow } from '../core.ts'
import { diff, fileChanges, log, mailPatches, mergeBase } from '../git/read.ts'
import { commitShape, fileShape } from '../shapes/commits.ts'
import { fullPull, simplePull } from '../shapes/pulls.ts'
import { teamShape, userOf } from '../shapes/users.ts'
import type { PullRequest, Repo } from '../state/records.ts'
import { type Body, given } from './body.ts'
import { inOrder } from './lists.ts'
import { answer, handTyped, repoOf, route } from './route.ts'

/** The pull request with `mergeable` known. */
async function fresh(core: Core, repo: Repo, number: number) {
  const pr = await withTrial(core, repo, pullNow(core.state, repo.id, number))
  return fullPull(core, repoNow(core.state, repo.id), pr)
}

/** Where the pull request's own changes begin. */
export async function pullStart(core: Core, repo: Repo, pr: PullRequest): Promise<string> {
  return (await mergeBase(gitDir(core, repo), pr.pull.base.sha, pr.pull.head.sha)) ?? pr.pull.base.sha
}

const reviewersIn = (body: Body): [string[], string[]] => [
  body.texts('reviewers') ?? [],
  body.texts('team_reviewers') ?? [],
]

export const pullRoutes = [
  route('get', '/repos/{owner}/{repo}/pulls', (call) => {
    const { core, query, page } = call
    const repo = repoOf(call)
    const state = query('state') ?? 'open'
    const [base, head] = [query('base'), query('head')]
    const wanted = core.state.issues
      .of(repo.id)
      .filter(isPull)
      .filter(
        (pr) =>
          (state === 'all' || pr.state === state) &&
          (base === undefined || pr.pull.base.ref === base) &&
          (head === undefined || `${pr.pull.head.owner}:${pr.pull.head.ref}`.toLowerCase() === head.toLowerCase()),
      )
    return answer(
      200,
      page(inOrder(wanted, query)).map((pr) => simplePull(core, repo, pr)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/pulls', async (call) => {
    const { core, body, by } = call
    const repo = repoOf(call)
    const pr = await openPull(core, repo, by(), {
      title: body.requiredText('title'),
      head: body.requiredText('head'),
      base: body.requiredText('base'),
      ...given({
        body: body.nullableText('body'),
        draft: body.flag('draft'),
        maintainer_can_modify: body.flag('maintainer_can_modify'),
      }),
    })
    return answer(201, await fresh(core, repo, pr.number))
  }),

  // Typed by hand, because it answers text where diff or patch is asked for.
  handTyped<{ owner: string; repo: string; pull_number: number }>(
    'get',
    '/repos/{owner}/{repo}/pulls/{pull_number}',
    async (call) => {
      const { core, path, accept } = call
      const repo = repoOf(call)
      const media = /application\/vnd\.github\.(?:v3\.)?(diff|patch)/.exec(accept)?.[1]
      if (media === undefined) return answer(200, await fresh(core, repo, path.pull_number))
      const pr = pullNow(core.state, repo.id, path.pull_number)
      const make = media === 'diff' ? diff : mailPatches
      const text = await make(gitDir(core, repo), await pullStart(core, repo, pr), pr.pull.head.sha)
      return { status: 200, body: text, type: `application/vnd.github.${media}; charset=utf-8` }
    },
  ),

  route('patch', '/repos/{owner}/{repo}/pulls/{pull_number}', async (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const fields = given({
      title: body.text('title'),
      body: body.nullableText('body'),
      state: body.oneOf('state', ['open', 'closed']),
      base: body.text('base'),
      maintainer_can_modify: body.flag('maintainer_can_modify'),
    })
    await editPull(core, repo, by(), path.pull_number, fields)
    return answer(200, await fresh(core, repo, path.pull_number))
  }),

  route('get', '/repos/{owner}/{repo}/pulls/{pull_number}/files', async (call) => {
    const { core, path, page } = call
    const repo = repoOf(call)
    const pr = pullNow(core.state, repo.id, path.pull_number)
    const { sha } = pr.pull.head
    const files = await fileChanges(gitDir(core, repo), await pullStart(core, repo, pr), sha)
    return answer(
      200,
      page(files.slice(0, 3000)).map((file) => fileShape(core, repo, file, sha)),
    )
  }),

  route('get', '/repos/{owner}/{repo}/pulls/{pull_number}/commits', async (call) => {
    const { core, path, page } = call
    const repo = repoOf(call)
    const pr = pullNow(core.state, repo.id, path.pull_number)
    const commits = await log(
      gitDir(core, repo),
      [pr.pull.head.sha, `^${pr.pull.base.sha}`],
      ['--reverse', '--max-count=250'],
    )
    return answer(
      200,
      page(commits).map((commit) => commitShape(core, repo, commit)),
    )
  }),

  route('get', '/repos/{owner}/{repo}/pulls/{pull_number}/merge', (call) => {
    const repo = repoOf(call)
    const merged = pullNow(call.core.state, repo.id, call.path.pull_number).pull.merged_at !== null
    return merged ? answer(204, undefined) : answer(404, undefined)
  }),

  route('put', '/repos/{owner}/{repo}/pulls/{pull_number}/merge', async (call) => {
    const { core, path, body, by } = call
    const fields = given({
      commit_title: body.text('commit_title'),
      commit_message: body.text('commit_message'),
      sha: body.text('sha'),
      merge_method: body.oneOf('merge_method', ['merge', 'squash', 'rebase']),
    })
    const sha = await mergePull(core, repoOf(call), by(), path.pull_number, fields)
    return answer(200, { sha, merged: true, message: 'Pull Request successfully merged' })
  }),

  route('put', '/repos/{owner}/{repo}/pulls/{pull_number}/update-branch', async (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    await updateBranch(core, repo, by(), path.pull_number, body.text('expected_head_sha'))
    const url = `${core.url()}/${repo.owner}/${repo.name}/pull/${path.pull_number}`
    return answer(202, { message: 'Updating pull request branch.', url })
  }),

  route('get', '/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', (call) => {
    const repo = repoOf(call)
    const { pull } = pullNow(call.core.state, repo.id, call.path.pull_number)
    const teams = pull.requested_teams.flatMap((id) => call.core.state.teams.get(id) ?? [])
    return answer(200, {
      users: pull.requested_reviewers.map((login) => userOf(call.core, login)),
      teams: teams.map((team) => teamShape(call.core, team)),
    })
  }),

  route('post', '/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    return answer(201, simplePull(core, repo, requestReviews(core, repo, by(), path.pull_number, ...reviewersIn(body))))
  }),

  route('delete', '/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    return answer(
      200,
      simplePull(core, repo, unrequestReviews(core, repo, by(), path.pull_number, ...reviewersIn(body))),
    )
  }),
]
