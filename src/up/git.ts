// Git on the code host of an installation, with what its GitHub account may see, and the jobs that repositories bring.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { openGit, type WritableGit } from '../git/open.ts'
import type { Octokits } from '../github/octokit.ts'
import { type InRepo, inRepo } from '../inrepo/in-repo.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'

/** Which code host, and where mirrors of its repositories are kept. */
export interface GitAccess {
  /** Where the pages and repositories of the code host are, e.g. `https://github.com`. */
  readonly link: string
  readonly clients: Octokits
  /** Folder of the mirrors. Several programs of one machine may share it. */
  readonly cacheDir: string
  /** How many merges the files of jobs are kept for. */
  readonly cacheSize: number | undefined
  /** Nothing is pushed. */
  readonly dryRun?: boolean
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Registry
  readonly signal: AbortSignal
}

/** Nothing is fetched before the first use. */
export function gitAccess(access: GitAccess): { readonly git: WritableGit; readonly inRepo: InRepo } {
  const { protocol, host } = new URL(access.link)
  const opened = openGit({
    ...access,
    host,
    scheme: protocol === 'http:' ? 'http' : 'https',
    token: access.clients.token,
  })
  const git = access.dryRun ? dryRunGit(opened, access.log) : opened
  return { git, inRepo: inRepo({ ...access, git }) }
}

/** The same repositories; what would be pushed is logged instead. */
const dryRunGit = (git: WritableGit, log: Logger): WritableGit => ({
  mirror(at) {
    const mirror = git.mirror(at)
    return {
      ...mirror,
      async worktree(...about) {
        const copy = await mirror.worktree(...about)
        return { ...copy, push: async (to, branch) => log.info({ to, branch }, 'dry run: not pushed') }
      },
    }
  },
})
