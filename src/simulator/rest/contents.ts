// REST: the contents of files and folders, read and written one file at a time.
import { commitToBranch } from '../actions/pushes.ts'
import { type Core, gitDir, repoNow } from '../core.ts'
import { notFound, Refusal } from '../errors.ts'
import { log, readBlob, readPath, type TreeEntry } from '../git/read.ts'
import { resolveCommit } from '../git/refs.ts'
import { gitCommitShape } from '../shapes/commits.ts'
import { repoPage, repoUrl } from '../shapes/repos.ts'
import { segment } from '../shapes/shape.ts'
import type { Repo } from '../state/records.ts'
import { type AnyAnswer, answer, type Call, handTyped, media, repoOf, wrapped } from './route.ts'

type ContentsPath = { owner: string; repo: string; path: string }

export const contentsRoutes = [
  handTyped<ContentsPath>('get', '/repos/{owner}/{repo}/contents/{path}', read),
  handTyped<ContentsPath>('put', '/repos/{owner}/{repo}/contents/{path}', (call) =>
    write(call, Buffer.from(base64(call.body.requiredText('content')), 'base64')),
  ),
  handTyped<ContentsPath>('delete', '/repos/{owner}/{repo}/contents/{path}', (call) => write(call, null)),
]

async function read(call: Call<ContentsPath>): Promise<AnyAnswer> {
  const { core, path, query, accept } = call
  const repo = repoOf(call)
  const dir = gitDir(core, repo)
  const ref = query('ref') ?? repoNow(core.state, repo.id).default_branch
  const commit = await resolveCommit(dir, ref)
  if (!commit)
    throw new Refusal(
      404,
      query('ref') === undefined ? 'This repository is empty.' : `No commit found for the ref ${ref}`,
    )
  const found = await readPath(dir, commit, trimmed(path.path))
  if (!found) throw notFound()
  if (found.entries)
    return answer(
      200,
      found.entries.map((entry) => entryShape(core, repo, entry, ref)),
    )
  const bytes = await readBlob(dir, found.entry.sha)
  if (!bytes) throw notFound()
  if (media(accept) === 'raw') return { status: 200, body: bytes, type: 'application/vnd.github.raw; charset=utf-8' }
  // Above one megabyte GitHub leaves the content to the raw media type.
  const large = bytes.length > 1_000_000
  const content = large ? { encoding: 'none', content: '' } : { encoding: 'base64', content: wrapped(bytes) }
  return answer(200, { ...entryShape(core, repo, found.entry, ref), type: 'file', ...content })
}

/** Makes, changes or (null) removes a file with a commit of its own. A file that is there must be named by its `sha`. */
async function write(call: Call<ContentsPath>, content: Uint8Array | null): Promise<AnyAnswer> {
  const { core, body, by } = call
  const repo = repoOf(call, 'push')
  const path = trimmed(call.path.path)
  const message = body.requiredText('message')
  const given = body.text('sha')
  const branch = body.text('branch') ?? repo.default_branch
  const hasCommits = Object.keys(repo.refs).length > 0
  if (hasCommits && !repo.refs[`refs/heads/${branch}`]) throw new Refusal(404, `Branch ${branch} not found`)
  const dir = gitDir(core, repo)
  let isNew = true
  const sha = await commitToBranch(core, repo, by(), {
    branch,
    files: { [path]: content },
    message,
    async check(parent) {
      const there = parent === null ? undefined : await readPath(dir, parent, path)
      isNew = there === undefined
      if (there === undefined && content === null) throw notFound()
      if (there !== undefined && given === undefined)
        throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
      if (there !== undefined && there.entry.sha !== given) throw new Refusal(409, `${path} does not match ${given}`)
    },
  })
  const [commit] = await log(dir, [sha], ['-1'])
  const written = await readPath(dir, sha, path)
  if (!commit) throw notFound()
  return answer(isNew ? 201 : 200, {
    content: written ? entryShape(core, repo, written.entry, branch) : null,
    commit: gitCommitShape(core, repo, commit),
  })
}

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, '')

function base64(text: string): string {
  const plain = text.replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) throw new Refusal(422, 'content is not valid Base64')
  return plain
}

function entryShape(core: Core, repo: Repo, entry: TreeEntry, ref: string) {
  const path = entry.path.split('/').map(segment).join('/')
  const self = `${repoUrl(core, repo)}/contents/${path}?ref=${segment(ref)}`
  const kind = entry.type === 'tree' ? 'dir' : 'file'
  const html = `${repoPage(core, repo)}/${kind === 'dir' ? 'tree' : 'blob'}/${ref}/${path}`
  const git = `${repoUrl(core, repo)}/git/${entry.type}s/${entry.sha}`
  return {
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url: self,
    html_url: html,
    git_url: git,
    download_url: kind === 'dir' ? null : `${repoPage(core, repo)}/raw/${ref}/${path}`,
    type: kind,
    _links: { self, git, html },
  }
}
