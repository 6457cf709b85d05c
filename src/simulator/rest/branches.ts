// REST: tags, branches and their protection.
import { atLeast, permissionOf } from '../actions/permissions.ts'
import { setProtection } from '../actions/repos.ts'
import { type Core, gitDir, protectionOf, repoNow } from '../core.ts'
import { notFound, Refusal } from '../errors.ts'
import { log } from '../git/read.ts'
import { commitShape } from '../shapes/commits.ts'
import { protectionShape, repoUrl, shortBranch } from '../shapes/repos.ts'
import { nodeId, segment } from '../shapes/shape.ts'
import type { Account, Protection, Repo } from '../state/records.ts'
import type { Body } from './body.ts'
import { answer, noContent, repoOf, route } from './route.ts'

const branchesOf = (repo: Repo): [name: string, sha: string][] =>
  Object.entries(repo.refs)
    .filter(([ref]) => ref.startsWith('refs/heads/'))
    .map(([ref, sha]): [string, string] => [ref.slice('refs/heads/'.length), sha])
    .sort(([a], [b]) => a.localeCompare(b))

export const branchRoutes = [
  route('get', '/repos/{owner}/{repo}/tags', (call) => {
    const repo = repoOf(call)
    const url = repoUrl(call.core, repo)
    const tags = Object.entries(repo.refs).filter(([ref]) => ref.startsWith('refs/tags/'))
    return answer(
      200,
      call.page(tags).map(([ref, sha]) => {
        const name = ref.slice('refs/tags/'.length)
        return {
          name,
          commit: { sha, url: `${url}/commits/${sha}` },
          zipball_url: `${url}/zipball/${ref}`,
          tarball_url: `${url}/tarball/${ref}`,
          node_id: nodeId('Ref', `${repo.id}:${ref}`),
        }
      }),
    )
  }),

  route('get', '/repos/{owner}/{repo}/branches', (call) => {
    const repo = repoOf(call)
    const wanted = call.query('protected')
    const all = branchesOf(repo).map(([name, sha]) => shortBranch(call.core, repo, name, sha))
    return answer(200, call.page(all.filter((branch) => wanted === undefined || String(branch.protected) === wanted)))
  }),

  route('get', '/repos/{owner}/{repo}/branches/{branch}', async (call) => {
    const { core, path } = call
    const repo = repoOf(call)
    const sha = repo.refs[`refs/heads/${path.branch}`]
    const [commit] = sha ? await log(gitDir(core, repo), [sha], ['-1']) : []
    if (!commit) throw new Refusal(404, 'Branch not found')
    const protection = protectionOf(repo, path.branch)
    const self = `${repoUrl(core, repo)}/branches/${segment(path.branch)}`
    return answer(200, {
      name: path.branch,
      commit: commitShape(core, repo, commit),
      _links: { html: `${core.url()}/${repo.owner}/${repo.name}/tree/${path.branch}`, self },
      protected: protection !== undefined,
      protection: protection ? protectionShape(core, repo, path.branch, protection) : { enabled: false },
      protection_url: `${self}/protection`,
    })
  }),

  route('get', '/repos/{owner}/{repo}/branches/{branch}/protection', (call) => {
    const repo = repoOf(call)
    // Only admins know of it: to others it is not found.
    if (!atLeast(permissionOf(call.core.state, repo, call.by()), 'admin')) throw notFound()
    if (!repo.refs[`refs/heads/${call.path.branch}`]) throw new Refusal(404, 'Branch not found')
    const protection = protectionOf(repo, call.path.branch)
    if (!protection) throw new Refusal(404, 'Branch not protected')
    return answer(200, protectionShape(call.core, repo, call.path.branch, protection))
  }),

  route('put', '/repos/{owner}/{repo}/branches/{branch}/protection', (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call)
    const protection = protectionIn(body, protectionOf(repo, path.branch))
    setProtection(core, repo, by(), path.branch, protection)
    return answer(200, protectionShape(core, repoNow(core.state, repo.id), path.branch, protection))
  }),

  route('delete', '/repos/{owner}/{repo}/branches/{branch}/protection', (call) => {
    const repo = repoOf(call, 'admin')
    if (!protectionOf(repo, call.path.branch)) throw new Refusal(404, 'Branch not protected')
    setProtection(call.core, repo, call.by(), call.path.branch, null)
    return noContent
  }),

  route('post', '/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures', (call) => {
    const repo = repoOf(call, 'admin')
    const shape = changeSignatures(call.core, repo, call.by(), call.path.branch, true)
    return answer(200, shape)
  }),

  route('delete', '/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures', (call) => {
    changeSignatures(call.core, repoOf(call, 'admin'), call.by(), call.path.branch, false)
    return noContent
  }),
]

function changeSignatures(core: Core, repo: Repo, by: Account, branch: string, enabled: boolean) {
  const protection = protectionOf(repo, branch)
  if (!protection) throw new Refusal(404, 'Branch not protected')
  setProtection(core, repo, by, branch, { ...protection, required_signatures: enabled })
  return { url: `${repoUrl(core, repo)}/branches/${segment(branch)}/protection/required_signatures`, enabled }
}

function protectionIn(body: Body, before: Protection | undefined): Protection {
  const nullable = (field: string): Body | null => {
    if (!body.has(field)) throw new Refusal(422, `Invalid request.\n\n"${field}" wasn't supplied.`)
    return body.isNull(field) ? null : (body.object(field) ?? null)
  }
  const checks = nullable('required_status_checks')
  const reviews = nullable('required_pull_request_reviews')
  const restrictions = nullable('restrictions')
  if (!body.has('enforce_admins')) throw new Refusal(422, 'Invalid request.\n\n"enforce_admins" wasn\'t supplied.')
  return {
    required_status_checks: checks && {
      strict: checks.flag('strict') ?? false,
      contexts: [
        ...new Set([
          ...(checks.texts('contexts') ?? []),
          ...(checks.objects('checks') ?? []).map((c) => c.requiredText('context')),
        ]),
      ],
    },
    required_pull_request_reviews: reviews && {
      dismiss_stale_reviews: reviews.flag('dismiss_stale_reviews') ?? false,
      require_code_owner_reviews: reviews.flag('require_code_owner_reviews') ?? false,
      required_approving_review_count: reviews.number('required_approving_review_count') ?? 1,
    },
    restrictions: restrictions && {
      users: restrictions.texts('users') ?? [],
      teams: restrictions.texts('teams') ?? [],
    },
    enforce_admins: body.isNull('enforce_admins') ? false : (body.flag('enforce_admins') ?? false),
    required_linear_history: body.flag('required_linear_history') ?? false,
    allow_force_pushes: body.isNull('allow_force_pushes') ? false : (body.flag('allow_force_pushes') ?? false),
    allow_deletions: body.flag('allow_deletions') ?? false,
    required_signatures: before?.required_signatures ?? false,
  }
}
