// One mirror on disk: made when it is not there, made anew when it is damaged, and git run in it.

import { mkdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import type { RepoRef } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import { type CacheFolder, discard } from './cache-folder.ts'
import type { GitCommand, Ran, RunGit } from './command.ts'
import { DamagedMirror } from './failures.ts'
import { GitError } from './git.ts'
import { accessTo, type Remotes } from './remote.ts'

/** What a caller may say about a run in a mirror. */
export type InMirror = Pick<GitCommand, 'input' | 'env' | 'accept' | 'mostBytes' | 'timeLimitMs' | 'signal'>

/** Runs git in one mirror. */
export interface MirrorRuns {
  readonly about: string
  readonly dir: string
  /** Without a way to the remote: objects that are not here are missing. */
  local(args: readonly string[], more?: InMirror): Promise<Ran>
  /** With the remote as `origin`: git fetches by itself what it misses. */
  remote(args: readonly string[], more?: InMirror): Promise<Ran>
}

// What looks like damage but comes from somewhere else must not lead to one clone after the other.
const remakeEveryMs = 10 * 60_000

/** Time limit for what may wait for the remote. */
const networkLimitMs = 30 * 60_000

interface MirrorParts {
  readonly at: RepoRef
  readonly cacheDir: string
  readonly cache: () => Promise<CacheFolder>
  readonly local: RunGit
  readonly network: RunGit
  readonly remotes: Remotes
  readonly clock: Clock
  readonly log: Logger
}

export interface MirrorFolder {
  readonly runs: MirrorRuns
  /**
   * Does something with the mirror, which is there then. When it turns out to be damaged, it is made anew and the work done once
   * more: all of it comes from the remote.
   */
  use<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

export function mirrorFolder({ at, cacheDir, cache, local, network, remotes, clock, log }: MirrorParts): MirrorFolder {
  const dir = join(cacheDir, at.org, at.repo)
  const about = `${at.org}/${at.repo}`
  const lock = `${at.org}%${at.repo}.lock`
  // Named, so that git does not look for a repository in the folders above a broken one.
  const here = { about, cwd: dir }
  const env = { GIT_DIR: dir }

  const runs: MirrorRuns = {
    about,
    dir,
    local: (args, more) => local({ ...here, ...more, args, env: { ...env, ...more?.env } }),
    async remote(args, more) {
      const access = await accessTo(remotes, at)
      return network({ ...here, timeLimitMs: networkLimitMs, ...more, ...access, args, env: { ...env, ...more?.env } })
    },
  }

  let making: Promise<void> | undefined
  let remadeAt = Number.NEGATIVE_INFINITY
  async function make(): Promise<void> {
    const folder = await cache()
    await folder.exclusively(lock, async () => {
      if (await isThere(dir)) return
      await discard(dir, folder)
      const next = folder.temporary()
      await mkdir(next, { recursive: true })
      await local({ about, cwd: next, args: ['init', '--quiet', '--bare', '--template='], env: { GIT_DIR: next } })
      await mkdir(dirname(dir), { recursive: true })
      await rename(next, dir)
    })
  }
  async function ready(): Promise<void> {
    await cache() // where what the dead have left is removed
    if (await isThere(dir)) return
    making ??= make().finally(() => {
      making = undefined
    })
    await making
  }

  return {
    runs,
    async use(act, signal) {
      signal?.throwIfAborted()
      await ready()
      const made = await madeAt(dir)
      try {
        return await act()
      } catch (error) {
        const isDamaged = error instanceof DamagedMirror && clock.now() - remadeAt >= remakeEveryMs
        if (signal?.aborted || !(isDamaged || !(await isThere(dir)))) throw error
        remadeAt = clock.now()
        log.warn({ org: at.org, repo: at.repo, err: error }, 'the mirror is damaged and made anew')
        const folder = await cache()
        await folder.exclusively(lock, async () => {
          // Somebody else may have done it meanwhile.
          if ((await madeAt(dir)) === made) await discard(dir, folder)
        })
        await ready()
        try {
          return await act()
        } catch (again) {
          // Nobody has asked for what was here before; that says nothing about the remote.
          if (!(again instanceof GitError) || again.kind !== 'no-commit') throw again
          throw new GitError('unavailable', `${about}: the mirror was damaged; what was in it has to be fetched again`)
        }
      }
    },
  }
}

/** Whether the parts without which git sees no repository are there. */
async function isThere(dir: string): Promise<boolean> {
  const parts = ['HEAD', 'config', 'objects', 'refs']
  const found = await Promise.all(parts.map((part) => stat(join(dir, part)).catch(() => undefined)))
  return found.every((part) => part !== undefined)
}

/** Tells one mirror from the one that replaced it. */
async function madeAt(dir: string): Promise<string | undefined> {
  const found = await stat(dir).catch(() => undefined)
  return found && `${found.ino} ${found.birthtimeMs}`
}
