// Git on the code host of an installation, with what its GitHub account may see, and the jobs that repositories bring.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Git } from '../git/git.ts'
import { openGit } from '../git/open.ts'
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
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly metrics: Registry
  readonly signal: AbortSignal
}

/** Nothing is fetched before the first use. */
export function gitAccess(access: GitAccess): { readonly git: Git; readonly inRepo: InRepo } {
  const { protocol, host } = new URL(access.link)
  const git = openGit({ ...access, host, scheme: protocol === 'http:' ? 'http' : 'https', token: access.clients.token })
  return { git, inRepo: inRepo({ ...access, git }) }
}
