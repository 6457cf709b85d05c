// Tidies a mirror now and then: every fetch leaves a pack, every merge some objects that nobody needs for long.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { RepoRef } from '../api/code-host.ts'
import type { Clock } from '../system/clock.ts'
import type { MirrorRuns } from './mirror-folder.ts'

const limits = {
  packs: 300,
  // In one of the 256 folders for single objects.
  single: 40,
  everyMs: 6 * 3600_000,
  timeMs: 3600_000,
}

interface Parts {
  readonly at: RepoRef
  readonly runs: MirrorRuns
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal | undefined
}

/**
 * Gives what is to be called after each fetch. It returns at once; git's own lock keeps two processes from tidying the same mirror.
 * Merges are kept for two weeks, what was fetched for ever where the server knows filters.
 */
export function upkeep({ at, runs, clock, log, signal }: Parts): () => void {
  const names = { org: at.org, repo: at.repo }
  let last = Number.NEGATIVE_INFINITY
  async function tidy(): Promise<void> {
    if (!(await isUntidy(runs.dir))) return
    const start = clock.now()
    const args = ['-c', 'pack.threads=1', 'gc', '--quiet', '--prune=2.weeks.ago']
    // 128: another process is at it.
    const { code } = await runs.remote(args, { timeLimitMs: limits.timeMs, accept: [0, 128], signal })
    if (code === 0) log.info({ ...names, ms: clock.now() - start }, 'tidied the mirror')
  }
  return () => {
    if (clock.now() - last < limits.everyMs || signal?.aborted) return
    last = clock.now()
    tidy().catch((error: unknown) => log.warn({ ...names, err: error }, 'tidying the mirror failed'))
  }
}

async function isUntidy(dir: string): Promise<boolean> {
  const packs = await readdir(join(dir, 'objects/pack')).catch(() => [])
  const single = await readdir(join(dir, 'objects/17')).catch(() => [])
  return packs.filter((name) => name.endsWith('.pack')).length > limits.packs || single.length > limits.single
}
