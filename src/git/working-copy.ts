// Working copies: folders in which files are changed, committed and pushed.
import type { RepoRef } from '../api/code-host.ts'
import { type CacheFolder, removeAll } from './cache-folder.ts'
import type { Ran, RunGit } from './command.ts'
import { conflictOf, failureOf } from './failures.ts'
import { checkShas, type Fetching } from './fetching.ts'
import { GitError, type MergeMethod, type Worktree } from './git.ts'
import type { InMirror, MirrorRuns } from './mirror-folder.ts'
import { blobsOfCommits } from './objects.ts'
import { accessTo, checkNames, type Remotes } from './remote.ts'

export interface Person {
  readonly name: string
  readonly email: string
}

/** What plugins do that bring changes to a repository. Its HEAD is detached: branches are at the remote only. */
export interface WorkingCopy extends Worktree {
  /** SHA of the commit that is checked out. */
  head(): Promise<string>
  /** Checks out a commit that is in the mirror (Mirror.ensure). Changes that were not committed are lost. */
  reset(commit: string): Promise<void>
  /** Merges a commit that is in the mirror. Throws GitError `conflict`; then nothing has changed. */
  merge(commit: string, method: MergeMethod): Promise<void>
  /**
   * Applies patches of a mailbox, as `git am --3way`, which looks at the files that the patches were made from: those of the commits
   * of `made.head` that `made.base` has not got. Throws GitError `conflict` with git's words; then nothing has changed.
   */
  am(mailbox: string | Buffer, made: { readonly base: string; readonly head: string }): Promise<void>
  /** Whether files differ from the commit that is checked out. */
  isDirty(): Promise<boolean>
  /** Commits all files. Without `author` it is whoever the copy was made for. Throws when there is nothing to commit. */
  commit(message: { readonly title: string; readonly body?: string }, author?: Person): Promise<string>
  /** Makes a branch of a repository, such as a fork, the commit that is checked out. `force`: whatever the branch was. */
  push(to: RepoRef, branch: string, how?: { readonly force?: boolean }): Promise<void>
}

interface Parts {
  readonly at: RepoRef
  readonly runs: MirrorRuns
  readonly remote: Fetching
  readonly network: RunGit
  readonly remotes: Remotes
  readonly cache: CacheFolder
  /** Whose commits these are; `prow` by default. */
  readonly committer?: Person | undefined
  readonly signal?: AbortSignal | undefined
}

/** The signal holds for everything that is done with the copy, apart from closing it. */
export async function makeWorkingCopy(commit: string, parts: Parts): Promise<WorkingCopy> {
  const { at, runs, remote, network, remotes, cache, committer, signal } = parts
  const dir = cache.temporary()
  const close = async () => {
    await removeAll(dir)
    await runs.local(['worktree', 'prune', '--expire=now'])
  }
  try {
    // What crashed processes have left of theirs in the mirror goes with it.
    await runs.local(['worktree', 'prune', '--expire=now'], { signal })
    await runs.remote(['worktree', 'add', '--quiet', '--detach', dir, commit], { signal })
  } catch (error) {
    await close().catch(() => {})
    throw error
  }

  const identity: Record<string, string> = committer
    ? {
        GIT_AUTHOR_NAME: committer.name,
        GIT_AUTHOR_EMAIL: committer.email,
        GIT_COMMITTER_NAME: committer.name,
        GIT_COMMITTER_EMAIL: committer.email,
      }
    : {}
  /** With the remote as `origin`, because contents that are missing may be needed at any time. */
  async function git(args: readonly string[], more: InMirror = {}): Promise<Ran> {
    const access = await accessTo(remotes, at)
    return network({ about: runs.about, cwd: dir, signal, ...access, ...more, args, env: { ...identity, ...more.env } })
  }
  const text = async (args: readonly string[]) => (await git(args)).stdout.toString('utf8').trim()
  const head = () => text(['rev-parse', 'HEAD'])

  async function merge(sha: string, method: MergeMethod): Promise<void> {
    const before = await head()
    try {
      for (const args of mergeArguments(method, sha, before)) {
        const { code } = await git(args, { accept: [0, 1] })
        if (code === 0) continue
        const { stdout } = await git(['diff', '-z', '--name-only', '--diff-filter=U'])
        throw conflictOf(runs.about, sha, stdout.toString('utf8').split('\0').filter(Boolean))
      }
    } catch (error) {
      await undo(method === 'rebase' ? ['rebase', '--abort'] : ['merge', '--abort'], before)
      throw error instanceof GitError && error.message.includes('unrelated histories')
        ? conflictOf(runs.about, sha, [])
        : error
    }
  }
  /** Back to a commit, whatever state a command that failed has left. */
  async function undo(abort: readonly string[], before: string): Promise<void> {
    await git(abort, { accept: [0, 1, 128] })
    await git(['checkout', '--quiet', '--force', '--detach', before])
    await git(['clean', '--quiet', '-d', '--force'])
  }

  return {
    dir,
    close,
    head,
    isDirty: async () => (await text(['status', '--porcelain'])) !== '',
    async reset(sha) {
      checkShas(runs.about, [sha])
      await git(['checkout', '--quiet', '--force', '--detach', sha])
      await git(['clean', '--quiet', '-d', '--force'])
    },
    async merge(sha, method) {
      checkShas(runs.about, [sha])
      await merge(sha, method)
    },
    async am(mailbox, made) {
      checkShas(runs.about, [made.base, made.head])
      await remote.commits([made.base, made.head], signal)
      await remote.blobs(await blobsOfCommits(runs, made.base, made.head, signal), signal)
      const before = await head()
      // A mail may end lines as it likes; files keep the ends that they have.
      const ran = await git(['am', '--3way', '--keep-cr'], { input: mailbox, accept: [0, 1, 128] })
      if (ran.code === 0) return
      await undo(['am', '--abort'], before)
      const failure = failureOf(`${runs.about}: git am`, ran)
      if (failure.kind !== 'failed') throw failure
      throw new GitError('conflict', `${runs.about}: the patch cannot be applied: ${withoutHints(ran)}`)
    },
    async commit({ title, body }, author) {
      await git(['add', '--all'])
      const messages = [title, ...(body ? [body] : [])].flatMap((message) => ['--message', message])
      const by = author ? ['--author', `${author.name} <${author.email}>`] : []
      await git(['commit', '--quiet', ...messages, ...by])
      return head()
    },
    async push(to, branch, { force = false } = {}) {
      checkNames(to)
      const access = await accessTo(remotes, at, to)
      const args = ['push', '--quiet', ...(force ? ['--force'] : []), 'target', `HEAD:refs/heads/${branch}`]
      await network({ about: `${to.org}/${to.repo}`, cwd: dir, signal, ...access, args })
    },
  }
}

/** The commands of one merge, in their order. */
function mergeArguments(method: MergeMethod, sha: string, onto: string): readonly (readonly string[])[] {
  switch (method) {
    case 'merge':
      return [['merge', '--quiet', '--no-ff', '--no-stat', '-m', 'merge', sha]]
    case 'ifNecessary':
      return [['merge', '--quiet', '--ff', '--no-stat', '-m', 'merge', sha]]
    case 'squash':
      return [
        ['merge', '--quiet', '--squash', '--no-stat', sha],
        ['commit', '--quiet', '--allow-empty', '-m', 'merge'],
      ]
    case 'rebase':
      return [['rebase', '--quiet', '--no-stat', onto, sha]]
  }
}

/** What git am says, without its advice on where the patch lies: that folder is gone by then. */
function withoutHints({ stdout, stderr }: Ran): string {
  const lines = `${stdout}${stderr}`.split('\n')
  return lines
    .filter((line) => line !== '' && !/copy of the patch|^hint:|^When you have|^If you prefer|^To restore/i.test(line))
    .join('\n')
    .slice(0, 2000)
}
