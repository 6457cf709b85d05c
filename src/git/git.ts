// What is asked of git, in the words of those who ask: mirrors of repositories, their files, merges, and working copies.
import type { RepoRef } from '../api/code-host.ts'

/** How heads are merged; the words of Tide's configuration, and `ifNecessary` of Gerrit, which fast-forwards when it can. */
export type MergeMethod = 'merge' | 'squash' | 'rebase' | 'ifNecessary'

/** A file of a commit. Symbolic links and submodules are told apart by `kind`. */
export interface TreeFile {
  /** From the root, with slashes. */
  readonly path: string
  readonly kind: 'file' | 'link' | 'submodule'
  readonly blob: string
}

/** Git for one process: mirrors below one folder, shared safely with other processes. */
export interface Git {
  /** Throws GitError `no-repository` for names that no repository can have. */
  mirror(at: RepoRef): Mirror
}

/** A repository as it is kept here. Commits are full SHAs. Every method may wait for the network; the signal ends it. */
export interface Mirror {
  /** SHA that a branch has at the remote now; undefined when there is no such branch. */
  head(branch: string, signal?: AbortSignal): Promise<string | undefined>
  /** Fetches those of the commits that are not here. Throws GitError `no-commit` when the remote has not got one. */
  ensure(commits: readonly string[], signal?: AbortSignal): Promise<void>
  /**
   * A commit, or tree, of `base` with the heads merged in, in their order. Nothing is checked out and no branch moves.
   * Throws GitError `conflict`, naming the head and the files.
   */
  merged(base: string, heads: readonly string[], method: MergeMethod, signal?: AbortSignal): Promise<string>
  /** Files of a commit or tree, sorted by path; `below`: only these files and everything below these folders. */
  files(treeish: string, below?: readonly string[], signal?: AbortSignal): Promise<readonly TreeFile[]>
  /**
   * Contents by blob. `mostBytes`: limit for each file; a longer one gives its size instead, and is not read.
   * Many blobs cost one round trip when they have to be fetched.
   */
  read(
    blobs: readonly string[],
    mostBytes: number,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Buffer | { readonly size: number }>>
  /** Paths that differ between two commits; of a renamed file both. */
  changed(from: string, to: string, signal?: AbortSignal): Promise<readonly string[]>
  /** A working copy of a commit, for whoever has to change files. The caller closes it; what a crash leaves is cleaned up at the next start. */
  worktree(commit: string, signal?: AbortSignal): Promise<Worktree>
}

/** A folder with a detached checkout. */
export interface Worktree {
  readonly dir: string
  close(): Promise<void>
}

/** What git could not do. The message holds no credentials. */
export class GitError extends Error {
  override readonly name = 'GitError'
  readonly kind: 'conflict' | 'no-commit' | 'no-repository' | 'denied' | 'unavailable' | 'failed'

  constructor(kind: GitError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}
