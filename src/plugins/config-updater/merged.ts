// Files of a repository as a pull request has left them, out of the mirror of the repository: only what is needed is fetched.
import { posix } from 'node:path'
import { type CodeHost, CodeHostError, type IssueRef } from '../../api/code-host.ts'
import type { Git, Mirror } from '../../git/git.ts'
import type { Source } from './sync.ts'

interface Merged {
  readonly git: Git
  readonly host: CodeHost
  readonly at: IssueRef
  /** The commit that the pull request was merged as. */
  readonly sha: string
  readonly signal: AbortSignal
}

/** The code host names no more files of a pull request. */
const mostNamed = 3000

/** Paths that the pull request has changed; of renamed files both. Of very many files, also those that changed beside it. */
export async function changedPaths({ git, host, at, sha, signal }: Merged, base: string): Promise<readonly string[]> {
  const files = await host.changedFiles(at)
  if (files.length >= mostNamed) {
    const mirror = git.mirror(at)
    await mirror.ensure([base, sha], signal)
    return mirror.changed(base, sha, signal)
  }
  const paths = files.flatMap(({ filename, status, previous_filename: before }) =>
    status === 'renamed' && before !== undefined ? [before, filename] : [filename],
  )
  return [...new Set(paths)]
}

/** Files at the merged commit; or at a later one, where a ConfigMap has been brought that far already. */
export function mergedFiles({ git, host, at, sha, signal }: Merged): Source {
  const known = new Map<string, Promise<boolean>>()
  const isLater = (other: string) => {
    const asked = known.get(other) ?? descends(host, at, sha, other)
    known.set(other, asked)
    return asked
  }
  const mirror = git.mirror(at)
  return {
    async version(current = '') {
      const isCommit = /^[0-9a-f]{40,64}$/.test(current)
      return isCommit && current !== sha && (await isLater(current)) ? current : sha
    },
    async read(paths, version = sha, mostBytes) {
      await mirror.ensure([version], signal)
      const blobs = await blobsOf(mirror, version, paths, signal)
      const contents = await mirror.read([...new Set(blobs.values())], mostBytes, signal)
      return new Map(
        [...blobs].flatMap(([path, blob]) => {
          const content = contents.get(blob)
          return content ? [[path, content] as const] : []
        }),
      )
    },
  }
}

/** Whether a commit is among those that another one comes after. A commit of another repository comes after none. */
async function descends(host: CodeHost, at: IssueRef, ancestor: string, commit: string): Promise<boolean> {
  try {
    return (await host.mergeBase(at, ancestor, commit)) === ancestor
  } catch (error) {
    if (error instanceof CodeHostError && (error.kind === 'not-found' || error.kind === 'invalid')) return false
    throw error
  }
}

/** No path is longer than that: whatever a link says beyond it leads nowhere. */
const mostLinkBytes = 4096

/** Blobs by path. A symbolic link stands for the file of the same commit that it leads to; what is no file is left out. */
async function blobsOf(mirror: Mirror, commit: string, paths: readonly string[], signal: AbortSignal) {
  const files = async (wanted: readonly string[]) =>
    new Map((await mirror.files(commit, wanted, signal)).map((file) => [file.path, file]))
  const here = await files(paths)
  const at = paths.flatMap((path) => here.get(path) ?? [])
  const links = at.filter(({ kind }) => kind === 'link')
  const said = await mirror.read([...new Set(links.map(({ blob }) => blob))], mostLinkBytes, signal)
  const targets = new Map(
    links.flatMap(({ path, blob }) => {
      const text = said.get(blob)
      const target = Buffer.isBuffer(text) ? posix.join(posix.dirname(path), text.toString('utf8')) : '..'
      return /^(\/|\.\.?(\/|$))|\0/.test(target) ? [] : [[path, target] as const]
    }),
  )
  const there = targets.size > 0 ? await files([...targets.values()]) : here
  return new Map(
    at.flatMap(({ path, kind, blob }) => {
      const target = kind === 'link' ? there.get(targets.get(path) ?? '') : undefined
      const found = kind === 'file' ? blob : target?.kind === 'file' ? target.blob : undefined
      return found === undefined ? [] : [[path, found] as const]
    }),
  )
}
