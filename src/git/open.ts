// Opens git for this process: mirrors of repositories below one folder.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { RepoRef } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { type CacheFolder, openCacheFolder } from './cache-folder.ts'
import { gitRunner } from './command.ts'
import { checkShas, fetching } from './fetching.ts'
import type { Git, Mirror } from './git.ts'
import { mergedCommit } from './merging.ts'
import { type GitMetrics, gitMetrics } from './metrics.ts'
import { type MirrorFolder, mirrorFolder } from './mirror-folder.ts'
import { changedPaths, contentsOf, filesOf } from './objects.ts'
import { checkNames, type Remotes } from './remote.ts'
import { makeWorkingCopy, type Person, type WorkingCopy } from './working-copy.ts'

/** What git is opened with. */
export interface GitOptions {
  /** Folder of the mirrors, `<org>/<repo>`; made where needed. Other processes may use it at the same time. */
  readonly cacheDir: string
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Registry
  /** Code host, with a port when it is not the usual one. Default `github.com`. */
  readonly host?: string
  /** Default `https`. With `ssh` the keys are those of the user that runs this process. */
  readonly scheme?: Remotes['scheme']
  /** Newest token for an org, asked at every use. It never is on a command line, on disk, or in a message. */
  readonly token?: Remotes['token']
  /** User name that goes with the token. Default `x-access-token`, which GitHub takes with tokens of every kind. */
  readonly user?: string
}

// Merging and reading takes a processor and some memory; fetching mostly waits.
const mostAtOnce = 16

/** Git whose working copies can be changed and pushed. */
export interface WritableGit extends Git {
  mirror(at: RepoRef): WritableMirror
}
export interface WritableMirror extends Mirror {
  /** `committer`: whose commits are made in it; `prow` by default. The signal holds for all that is done with the copy. */
  worktree(commit: string, signal?: AbortSignal, committer?: Person): Promise<WorkingCopy>
}

/** Nothing is read or written before the first use. */
export function openGit(options: GitOptions): WritableGit {
  const { cacheDir, clock, log } = options
  const remotes: Remotes = {
    scheme: options.scheme ?? 'https',
    host: options.host ?? 'github.com',
    token: options.token,
    user: options.user ?? 'x-access-token',
  }
  const metrics = gitMetrics(options.metrics)
  const run = gitRunner({ clock, most: mostAtOnce })
  let opening: Promise<CacheFolder> | undefined
  const cache = () => {
    opening ??= openCacheFolder(cacheDir, options)
    return opening
  }
  const mirrors = new Map<string, WritableMirror>()
  return {
    mirror(at) {
      checkNames(at)
      const key = `${at.org}/${at.repo}`
      const mirror = mirrors.get(key) ?? openMirror(at)
      mirrors.set(key, mirror)
      return mirror
    },
  }

  function openMirror(at: RepoRef): WritableMirror {
    const folder = mirrorFolder({ at, cacheDir, cache, run, remotes, log })
    const copy = async (commit: string, signal?: AbortSignal, committer?: Person) => {
      const end = metrics.secondary.startTimer({ org: at.org, repo: at.repo })
      const parts = { at, runs: folder.runs, run, remotes, cache: await cache(), committer, signal }
      return makeWorkingCopy(commit, parts).finally(end)
    }
    return mirrorOf(at, folder, copy, clock, metrics)
  }
}

function mirrorOf(
  at: RepoRef,
  { runs, use }: MirrorFolder,
  copy: WritableMirror['worktree'],
  clock: Clock,
  metrics: GitMetrics,
): WritableMirror {
  const { about } = runs
  const remote = fetching({ at, runs, clock, metrics, fetched: () => {} })
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
      return use(async () => {
        await remote.commits([base, ...heads], signal)
        return mergedCommit(runs, base, heads, method, signal)
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
    async worktree(commit, signal, committer) {
      checkShas(about, [commit])
      return use(async () => {
        await remote.commits([commit], signal)
        return copy(commit, signal, committer)
      }, signal)
    },
  }
}

/** Whether git takes it for the name of a branch; others would be patterns or options to it. */
const mayBeBranch = (name: string): boolean =>
  name.length > 0 && name.length <= 1000 && !/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$/u.test(name)
