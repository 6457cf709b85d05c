// Mirrors in memory for tests: commits are maps from paths to texts, and what was asked of git is written down.
import { createHash } from 'node:crypto'
import type { Git, Mirror, TreeFile } from '../../git/git.ts'

/** Text of a file; of a link where it leads. */
type Given = string | Uint8Array | { readonly link: string }

export interface MemoryGit extends Git {
  /** Makes a commit of these files the head of the branch; its SHA. */
  commit(files: Readonly<Record<string, Given>>, branch?: string): string
  /** What was asked since the last call. */
  asked(): string[]
  /** Every method waits for it. */
  gate: Promise<unknown>
  /** What every method throws from now on. */
  failure: Error | undefined
}

export function memoryGit(): MemoryGit {
  const commits = new Map<string, readonly TreeFile[]>()
  const blobs = new Map<string, Uint8Array>()
  const heads = new Map<string, string>()
  let calls: string[] = []
  const ask = async (call: string) => {
    calls.push(call)
    await git.gate
    if (git.failure) throw git.failure
  }
  const not = (): never => {
    throw new Error('not in memory')
  }
  const mirror: Mirror = {
    async head(branch) {
      await ask(`head ${branch}`)
      return heads.get(branch)
    },
    ensure: (wanted) => ask(`ensure ${wanted.map((commit) => commit.slice(0, 7))}`),
    async files(treeish) {
      await ask('files')
      return commits.get(treeish) ?? not()
    },
    async read(wanted, mostBytes) {
      await ask(`read ${wanted.length}`)
      return new Map(
        wanted.map((blob) => {
          const content = Buffer.from(blobs.get(blob) ?? not())
          return [blob, content.length > mostBytes ? { size: content.length } : content]
        }),
      )
    },
    merged: not,
    changed: not,
    worktree: not,
  }
  const git: MemoryGit = {
    gate: Promise.resolve(),
    failure: undefined,
    mirror: () => mirror,
    commit(files, branch = 'main') {
      const tree = Object.entries(files).map(([path, given]): TreeFile => {
        const isLink = typeof given === 'object' && 'link' in given
        const content = Buffer.from(isLink ? given.link : given)
        const blob = createHash('sha1').update(content).digest('hex')
        blobs.set(blob, content)
        return { path, kind: isLink ? 'link' : 'file', blob }
      })
      tree.sort((a, b) => (a.path < b.path ? -1 : 1))
      const sha = createHash('sha1').update(`${commits.size}`).digest('hex')
      commits.set(sha, tree)
      heads.set(branch, sha)
      return sha
    },
    asked() {
      const before = calls
      calls = []
      return before
    },
  }
  return git
}
