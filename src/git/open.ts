// Opens git for this process: mirrors of repositories below one folder.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { RepoRef } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { type CacheFolder, openCacheFolder } from './cache-folder.ts'
import { gitRunner, type RunGit } from './command.ts'
import type { Git } from './git.ts'
import { gitMetrics } from './metrics.ts'
import { openMirror, type Shared, type WritableMirror } from './mirror.ts'
import { checkNames, type Remotes } from './remote.ts'

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
  /** Ends the tidying of mirrors, which nobody waits for. Everything else has the signal of whoever asked for it. */
  readonly signal?: AbortSignal
}

/** Git whose working copies can be changed and pushed. */
export interface WritableGit extends Git {
  mirror(at: RepoRef): WritableMirror
}

// Reading takes a processor, fetching mostly waits.
const mostLocal = 8
const mostNetwork = 16

/** Nothing is read or written before the first use. */
export function openGit(options: GitOptions): WritableGit {
  const { cacheDir, clock, log, signal } = options
  const local = gitRunner({ clock, most: mostLocal })
  let opening: Promise<CacheFolder> | undefined
  let merging: Promise<boolean> | undefined
  const shared: Shared = {
    cacheDir,
    cache() {
      opening ??= openCacheFolder(cacheDir, options).catch((error: unknown) => {
        opening = undefined // the disk may have room again
        throw error
      })
      return opening
    },
    remotes: {
      scheme: options.scheme ?? 'https',
      host: options.host ?? 'github.com',
      token: options.token,
      user: options.user ?? 'x-access-token',
    },
    local,
    network: gitRunner({ clock, most: mostNetwork }),
    mergesTrees() {
      merging ??= mergesTrees(local).catch((error: unknown) => {
        merging = undefined
        throw error
      })
      return merging
    },
    clock,
    log,
    metrics: gitMetrics(options.metrics),
    signal,
  }
  const mirrors = new Map<string, WritableMirror>()
  return {
    mirror(at) {
      checkNames(at)
      const key = `${at.org}/${at.repo}`
      const mirror = mirrors.get(key) ?? openMirror(at, shared)
      mirrors.set(key, mirror)
      return mirror
    },
  }
}

/** `git merge-tree --write-tree` came with git 2.38. */
async function mergesTrees(run: RunGit): Promise<boolean> {
  const { stdout } = await run({ about: 'git', cwd: '/', args: ['version'] })
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout.toString('utf8')) ?? []
  return Number(major) * 1000 + Number(minor) >= 2038
}
