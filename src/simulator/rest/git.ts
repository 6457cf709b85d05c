// REST: commits, comparisons, refs, trees and blobs.
import { moveRef } from '../actions/pushes.ts'
import { accountByEmail, type Core, gitDir, sameLogin } from '../core.ts'
import { notFound, Refusal } from '../errors.ts'
import { gitText } from '../git/command.ts'
import { countCommits, diff, fileChanges, listTree, log, mailPatches, mergeBase, readBlob } from '../git/read.ts'
import { resolveCommit } from '../git/refs.ts'
import { commitShape, fileShape, gitCommitShape, refShape } from '../shapes/commits.ts'
import { repoPage, repoUrl } from '../shapes/repos.ts'
import { segment } from '../shapes/shape.ts'
import type { Repo } from '../state/records.ts'
import { type AnyAnswer, answer, handTyped, media, noContent, repoOf, route, undescribed, wrapped } from './route.ts'

type RefPath = { owner: string; repo: string; ref: string }

async function commitOf(core: Core, repo: Repo, revision: string): Promise<string> {
  const sha = await resolveCommit(gitDir(core, repo), revision)
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${revision}`)
  return sha
}

/** Refs under a name: exactly that one, or those that start with it. Pull requests' refs are included. */
async function refsUnder(core: Core, repo: Repo, name: string): Promise<{ ref: string; sha: string; type: string }[]> {
  const text = await gitText(gitDir(core, repo), [
    'for-each-ref',
    '--format=%(refname) %(objectname) %(objecttype)',
    'refs/heads',
    'refs/tags',
    'refs/pull',
  ])
  return text.split('\n').flatMap((line) => {
    const [ref = '', sha = '', type = ''] = line.split(' ')
    return ref.startsWith(`refs/${name}`) ? [{ ref, sha, type }] : []
  })
}

const asText = (kind: string, body: string): AnyAnswer => ({
  status: 200,
  body,
  type: `application/vnd.github.${kind}; charset=utf-8`,
})

export const gitRoutes = [
  route('get', '/repos/{owner}/{repo}/commits', async (call) => {
    const { core, query, page } = call
    const repo = repoOf(call)
    const sha = await resolveCommit(gitDir(core, repo), query('sha') ?? repo.default_branch)
    if (!sha) throw query('sha') === undefined ? new Refusal(409, 'Git Repository is empty.') : notFound()
    const [path, since, until, author] = [query('path'), query('since'), query('until'), query('author')]
    const options = [...(since ? [`--since=${since}`] : []), ...(until ? [`--until=${until}`] : [])]
    const commits = await log(gitDir(core, repo), [sha], ['--max-count=2000', ...options], path ? [path] : [])
    const wanted = commits.filter((c) => {
      const account = accountByEmail(core.state, c.author.email)
      return author === undefined || c.author.email === author || (account && sameLogin(account.login, author))
    })
    return answer(
      200,
      page(wanted).map((commit) => commitShape(core, repo, commit)),
    )
  }),

  handTyped<RefPath>('get', '/repos/{owner}/{repo}/commits/{ref}', async (call) => {
    const { core, path, accept } = call
    const repo = repoOf(call)
    const dir = gitDir(core, repo)
    const sha = await commitOf(core, repo, path.ref)
    const [commit] = await log(dir, [sha], ['-1'])
    if (!commit) throw notFound()
    const parent = commit.parents[0] ?? null
    const kind = media(accept)
    if (kind === 'sha') return asText('sha', sha)
    if (kind === 'diff' && parent) return asText('diff', await diff(dir, parent, sha))
    if (kind === 'patch' && parent) return asText('patch', await mailPatches(dir, parent, sha))
    return answer(200, commitShape(core, repo, commit, await fileChanges(dir, parent, sha)))
  }),

  handTyped<{ owner: string; repo: string; basehead: string }>(
    'get',
    '/repos/{owner}/{repo}/compare/{basehead}',
    async (call) => {
      const { core, path, accept, page } = call
      const repo = repoOf(call)
      const dir = gitDir(core, repo)
      const [from = '', to = ''] = path.basehead.split('...').map((side) => side.replace(`${repo.owner}:`, ''))
      const [base, head] = await Promise.all([resolveCommit(dir, from), resolveCommit(dir, to)])
      if (!base || !head) throw notFound()
      const start = await mergeBase(dir, base, head)
      if (!start) throw new Refusal(404, `No common ancestor between ${from} and ${to}.`)
      const kind = media(accept)
      if (kind === 'diff') return asText('diff', await diff(dir, start, head))
      if (kind === 'patch') return asText('patch', await mailPatches(dir, base, head))
      const [ahead, behind, commits, [baseCommit], [startCommit], files] = await Promise.all([
        countCommits(dir, base, head),
        countCommits(dir, head, base),
        log(dir, [head, `^${base}`], ['--reverse']),
        log(dir, [base], ['-1']),
        log(dir, [start], ['-1']),
        fileChanges(dir, start, head),
      ])
      if (!baseCommit || !startCommit) throw notFound()
      const url = `${repoUrl(core, repo)}/compare/${segment(path.basehead)}`
      const page_ = `${repoPage(core, repo)}/compare/${path.basehead}`
      return answer(200, {
        url,
        html_url: page_,
        permalink_url: page_,
        diff_url: `${page_}.diff`,
        patch_url: `${page_}.patch`,
        base_commit: commitShape(core, repo, baseCommit),
        merge_base_commit: commitShape(core, repo, startCommit),
        status: ahead && behind ? 'diverged' : ahead ? 'ahead' : behind ? 'behind' : 'identical',
        ahead_by: ahead,
        behind_by: behind,
        total_commits: commits.length,
        commits: page(commits).map((commit) => commitShape(core, repo, commit)),
        files: files.slice(0, 300).map((file) => fileShape(core, repo, file, head)),
      })
    },
  ),

  route('get', '/repos/{owner}/{repo}/git/commits/{commit_sha}', async (call) => {
    const repo = repoOf(call)
    const [commit] = await log(gitDir(call.core, repo), [call.path.commit_sha], ['-1'])
    if (!commit) throw notFound()
    return answer(200, gitCommitShape(call.core, repo, commit))
  }),

  route('get', '/repos/{owner}/{repo}/git/ref/{ref}', async (call) => {
    const repo = repoOf(call)
    const wanted = `refs/${call.path.ref}`
    const branch = wanted.startsWith('refs/heads/') ? repo.refs[wanted] : undefined
    if (branch !== undefined) return answer(200, refShape(call.core, repo, wanted, branch, 'commit'))
    const found = (await refsUnder(call.core, repo, call.path.ref)).find(({ ref }) => ref === wanted)
    if (!found) throw notFound()
    return answer(200, refShape(call.core, repo, found.ref, found.sha, found.type))
  }),

  route('get', '/repos/{owner}/{repo}/git/matching-refs/{ref}', async (call) => {
    const repo = repoOf(call)
    const found = await refsUnder(call.core, repo, call.path.ref)
    return answer(
      200,
      found.map(({ ref, sha, type }) => refShape(call.core, repo, ref, sha, type)),
    )
  }),

  // Servers of old answer one ref, or the list of those that start with the name; Prow still asks this way.
  undescribed<RefPath>('get', '/repos/{owner}/{repo}/git/refs/{ref}', async (call) => {
    const repo = repoOf(call)
    const found = await refsUnder(call.core, repo, call.path.ref)
    const shapes = found.map(({ ref, sha, type }) => refShape(call.core, repo, ref, sha, type))
    const exact = shapes.find(({ ref }) => ref === `refs/${call.path.ref}`)
    if (exact) return answer(200, exact)
    if (shapes.length === 0) throw notFound()
    return answer(200, shapes)
  }),

  route('post', '/repos/{owner}/{repo}/git/refs', async (call) => {
    const { core, body, by } = call
    const repo = repoOf(call, 'push')
    const ref = body.requiredText('ref')
    const sha = await resolveCommit(gitDir(core, repo), body.requiredText('sha'))
    if (!/^refs\/(heads|tags)\/./.test(ref))
      throw new Refusal(422, 'Reference name must start with refs/heads/ or refs/tags/.')
    if (!sha) throw new Refusal(422, 'Object does not exist')
    if (repo.refs[ref]) throw new Refusal(422, 'Reference already exists')
    await moveRef(core, repo, by(), ref, sha, false)
    return answer(201, refShape(core, repo, ref, sha, 'commit'))
  }),

  route('patch', '/repos/{owner}/{repo}/git/refs/{ref}', async (call) => {
    const { core, path, body, by } = call
    const repo = repoOf(call, 'push')
    const ref = `refs/${path.ref}`
    const sha = await resolveCommit(gitDir(core, repo), body.requiredText('sha'))
    if (!sha) throw new Refusal(422, 'Object does not exist')
    if (!repo.refs[ref]) throw new Refusal(422, 'Reference does not exist')
    await moveRef(core, repo, by(), ref, sha, body.flag('force') ?? false)
    return answer(200, refShape(core, repo, ref, sha, 'commit'))
  }),

  route('delete', '/repos/{owner}/{repo}/git/refs/{ref}', async (call) => {
    const repo = repoOf(call, 'push')
    const ref = `refs/${call.path.ref}`
    if (!repo.refs[ref]) throw new Refusal(422, 'Reference does not exist')
    await moveRef(call.core, repo, call.by(), ref, null, true)
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/git/trees/{tree_sha}', async (call) => {
    const { core, path, query } = call
    const repo = repoOf(call)
    const dir = gitDir(core, repo)
    const sha = await gitText(dir, ['rev-parse', '--verify', '--end-of-options', `${path.tree_sha}^{tree}`]).catch(
      () => undefined,
    )
    if (!sha) throw notFound()
    const url = `${repoUrl(core, repo)}/git`
    const entries = await listTree(dir, sha, [], query('recursive') !== undefined)
    const tree = entries.map(({ path: p, mode, type, sha: s, size }) => ({
      path: p,
      mode,
      type,
      sha: s,
      ...(type === 'blob' ? { size } : {}),
      url: `${url}/${type}s/${s}`,
    }))
    return answer(200, { sha, url: `${url}/trees/${sha}`, tree, truncated: false })
  }),

  route('get', '/repos/{owner}/{repo}/git/blobs/{file_sha}', async (call) => {
    const repo = repoOf(call)
    const bytes = /^[0-9a-f]{40}$/.test(call.path.file_sha)
      ? await readBlob(gitDir(call.core, repo), call.path.file_sha)
      : undefined
    if (!bytes) throw notFound()
    return answer(200, {
      sha: call.path.file_sha,
      node_id: '',
      size: bytes.length,
      encoding: 'base64',
      content: wrapped(bytes),
      url: `${repoUrl(call.core, repo)}/git/blobs/${call.path.file_sha}`,
    })
  }),
]
