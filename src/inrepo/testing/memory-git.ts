// Git in memory: what tests of in-repo configuration look at instead of a mirror.
import { type Git, GitError, type Mirror, type TreeFile } from '../../git/git.ts'

/** A file of a commit: its text, its size alone, or where a link leads. */
export type MemoryFile = string | { readonly size: number } | { readonly link: string }

export interface MemoryGit extends Git {
  /** Files by commit; a merge of heads into a base is called `base+head+head`. */
  readonly commits: Map<string, Readonly<Record<string, MemoryFile>>>
  /** Every call, e.g. `merged base h1 h2 squash`. */
  readonly calls: string[]
  /** Called before each call; throw to make it fail, return a promise to make it wait. */
  before?: ((call: string) => void | Promise<void>) | undefined
}

export function memoryGit(commits: Readonly<Record<string, Readonly<Record<string, MemoryFile>>>> = {}): MemoryGit {
  const git: MemoryGit = { commits: new Map(Object.entries(commits)), calls: [], mirror: () => mirror }
  const doing = async (...words: string[]) => {
    git.calls.push(words.join(' '))
    await git.before?.(words.join(' '))
  }
  const filesAt = (commit: string) => {
    const files = git.commits.get(commit)
    if (files === undefined) throw new GitError('no-commit', `there is no ${commit}`)
    return files
  }
  const isLink = (file: MemoryFile) => typeof file === 'object' && 'link' in file
  const treeFile = (tree: string, path: string, file: MemoryFile): TreeFile => ({
    path,
    kind: isLink(file) ? 'link' : 'file',
    blob: `${tree}:${path}`,
  })
  const contentOf = (blob: string): string | { readonly size: number } => {
    const [tree = '', path = ''] = blob.split(':')
    const file = filesAt(tree)[path] ?? ''
    return typeof file === 'object' && 'link' in file ? file.link : file
  }
  const mirror: Mirror = {
    ensure: (wanted) => doing('ensure', ...wanted),
    async merged(base, heads, method) {
      await doing('merged', base, ...heads, method)
      return [base, ...heads].join('+')
    },
    async files(tree, below) {
      await doing('files', tree)
      const isBelow = (path: string) => below?.some((each) => path === each || path.startsWith(`${each}/`)) ?? true
      const paths = Object.entries(filesAt(tree)).filter(([path]) => isBelow(path))
      return paths.map(([path, file]) => treeFile(tree, path, file)).toSorted((a, b) => (a.path < b.path ? -1 : 1))
    },
    async read(blobs, mostBytes) {
      await doing('read', String(blobs.length))
      const read = blobs.map((blob) => {
        const content = contentOf(blob)
        if (typeof content === 'object') return [blob, content] as const
        const bytes = Buffer.from(content)
        return [blob, bytes.length > mostBytes ? { size: bytes.length } : bytes] as const
      })
      return new Map(read)
    },
    head: async () => undefined,
    changed: async () => [],
    worktree: () => Promise.reject(new Error('there are no working copies here')),
  }
  return git
}
