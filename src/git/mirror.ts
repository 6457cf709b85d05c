// One repository as it is kept here: puts fetching, merging, reading and working copies together.
import type { Logger } from 'pino'
import type { RepoRef } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import type { CacheFolder } from './cache-folder.ts'
import type { RunGit } from './command.ts'
import { checkShas, fetching } from './fetching.ts'
import type { MergeMethod, Mirror } from './git.ts'
import { mergedCommit } from './merging.ts'
import type { GitMetrics } from './metrics.ts'
import { mirrorFolder } from './mirror-folder.ts'
import { changedPaths, contentsOf, filesOf, hasMerges } from './objects.ts'
import type { Remotes } from './remote.ts'
import { upkeep } from './upkeep.ts'
import { makeWorkingCopy, type Person, type WorkingCopy } from './working-copy.ts'

/** A mirror whose working copies can be changed and pushed. */
export interface WritableMirror extends Mirror {
  /** `committer`: whose commits are made in it; `prow` by default. The signal holds for all that is done with the copy. */
  worktree(commit: string, signal?: AbortSignal, committer?: Person): Promise<WorkingCopy>
  /** Whether there are merges among the commits of `to` that `from` has not got. Both are here. */
  hasMerges(from: string, to: string, signal?: AbortSignal): Promise<boolean>
}

/** What all mirrors of a process share. */
export interface Shared {
  readonly cacheDir: string
  readonly cache: () => Promise<CacheFolder>
  readonly remotes: Remotes
  /** Runs what only needs this machine. */
  readonly local: RunGit
  /** Runs what may wait for the remote. */
  readonly network: RunGit
  /** Whether git can merge without a checkout. */
  readonly mergesTrees: () => Promise<boolean>
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: GitMetrics
  readonly signal: AbortSignal | undefined
}

export function openMirror(at: RepoRef, shared: Shared): WritableMirror {
  const { clock, metrics, network, remotes } = shared
  const { runs, use } = mirrorFolder({ at, ...shared })
  const remote = fetching({ at, runs, clock, metrics, fetched: upkeep({ at, runs, ...shared }) })
  const { about } = runs

  async function copyOf(commit: string, signal?: AbortSignal, committer?: Person): Promise<WorkingCopy> {
    const start = clock.now()
    const cache = await shared.cache()
    const copy = await makeWorkingCopy(commit, { at, runs, remote, network, remotes, cache, committer, signal })
    metrics.secondary.observe({ org: at.org, repo: at.repo }, (clock.now() - start) / 1000)
    return copy
  }

  /** For a git before 2.38: the same with a checkout. */
  async function mergedInCopy(base: string, heads: readonly string[], method: MergeMethod, signal?: AbortSignal) {
    const copy = await copyOf(base, signal)
    try {
      for (const head of heads) await copy.merge(head, method)
      return await copy.head()
    } finally {
      await copy.close()
    }
  }

  return {
    async head(branch, signal) {
      if (!mayBeBranch(branch)) return undefined
      const heads = await use(() => remote.heads([branch], signal), signal)
      return heads.get(branch) || undefined
    },
    async ensure(commits, signal) {
      checkShas(about, commits)
      await use(() => remote.commits(commits, signal), signal)
    },
    async merged(base, heads, method, signal) {
      checkShas(about, [base, ...heads])
      const inStore = await shared.mergesTrees()
      return use(async () => {
        await remote.commits([base, ...heads], signal)
        return inStore
          ? mergedCommit(runs, remote, base, heads, method, signal)
          : mergedInCopy(base, heads, method, signal)
      }, signal)
    },
    async files(treeish, below, signal) {
      checkShas(about, [treeish])
      return use(() => filesOf(runs, treeish, below, signal), signal)
    },
    async read(blobs, mostBytes, signal) {
      checkShas(about, blobs)
      return use(() => contentsOf(runs, remote, blobs, mostBytes, signal), signal)
    },
    async changed(from, to, signal) {
      checkShas(about, [from, to])
      return use(() => changedPaths(runs, from, to, signal), signal)
    },
    async hasMerges(from, to, signal) {
      checkShas(about, [from, to])
      return use(() => hasMerges(runs, from, to, signal), signal)
    },
    async worktree(commit, signal, committer) {
      checkShas(about, [commit])
      return use(async () => {
        await remote.commits([commit], signal)
        return copyOf(commit, signal, committer)
      }, signal)
    },
  }
}

/** Whether git takes it for the name of a branch; others would be patterns or options to it. */
const mayBeBranch = (name: string): boolean =>
  name.length > 0 && name.length <= 1000 && !/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$/u.test(name)
