// OWNERS of repositories, loaded from mirrors when somebody asks, and kept by commit.
import type { Logger } from 'pino'
import type { RepoRef } from '../api/code-host.ts'
import type { ConfigAgent } from '../config/types.ts'
import { type Git, GitError, type Mirror } from '../git/git.ts'
import { boundedCache } from './bounded-cache.ts'
import { readChange, type Touched } from './change.ts'
import { type RepoOwners, repoOwners } from './lookup.ts'
import { normLogin } from './parse.ts'
import { labelsDenylist, ownersSettings, skipsCollaborators } from './settings.ts'
import { type OwnersTree, parsedFiles, readTree } from './tree.ts'
import { type OwnersVerdict, verifyOwners } from './verify.ts'

/** Who owns what in repositories, by their OWNERS files. */
export interface Owners {
  /** At the head of a branch, as it is now. Throws GitError when the branch cannot be read. */
  load(at: RepoRef, branch: string): Promise<RepoOwners>
  /** At a commit, given by its full SHA. */
  loadCommit(at: RepoRef, commit: string): Promise<RepoOwners>
  /**
   * What a pull request does to the OWNERS files of its branch, once it is merged into what the branch is now. Throws GitError
   * `conflict` when it cannot be merged.
   */
  verify(at: RepoRef, pull: OwnersPull): Promise<OwnersVerdict>
}

/** A pull request, as far as its OWNERS files matter. */
interface OwnersPull {
  readonly branch: string
  /** Full SHA. */
  readonly head: string
  readonly files: readonly Touched[]
}

/** What loading needs. */
export interface OwnersNeeds {
  readonly git: Git
  readonly config: Pick<ConfigAgent, 'current'>
  /** Logins of all collaborators of a repository. */
  collaborators(at: RepoRef): Promise<readonly string[]>
  readonly log: Logger
  /** Ends what is under way. */
  readonly signal: AbortSignal
}

/** So many parsed files of all trees together are kept; a file that several trees have counts for each. */
const mostKeptFiles = 500_000
const mostLogged = 20

/**
 * Loads OWNERS files, once per commit however many ask at the same time. Collaborators are listed for every load, unless the
 * configuration leaves them out; when that fails, everybody counts whom the files name.
 */
export function openOwners(needs: OwnersNeeds): Owners {
  const { git, config, log, signal } = needs
  const parsed = parsedFiles()
  const trees = boundedCache<OwnersTree>(mostKeptFiles)
  const reading = new Map<string, Promise<OwnersTree>>()

  const read = async (at: RepoRef, mirror: Mirror, commit: string): Promise<OwnersTree> => {
    const { config: main, plugins } = config.current()
    const settings = ownersSettings(main, plugins, at)
    const key = JSON.stringify([at.org, at.repo, commit, settings])
    const known = trees.get(key) ?? reading.get(key)
    if (known) return known
    const fresh = (async () => {
      await mirror.ensure([commit], signal)
      const tree = await readTree(mirror, commit, settings, parsed, signal)
      trees.set(key, tree, 1 + tree.files.size)
      const { problems } = tree
      if (problems.length > 0)
        log.info(
          { org: at.org, repo: at.repo, commit, count: problems.length, problems: problems.slice(0, mostLogged) },
          'parts of OWNERS files do not count',
        )
      return tree
    })()
    reading.set(key, fresh)
    try {
      return await fresh
    } finally {
      reading.delete(key)
    }
  }

  const collaboratorsOf = async (at: RepoRef): Promise<ReadonlySet<string> | undefined> => {
    if (skipsCollaborators(config.current().plugins, at)) return undefined
    try {
      return new Set((await needs.collaborators(at)).map(normLogin))
    } catch (err) {
      log.error({ err, org: at.org, repo: at.repo }, 'cannot list collaborators, so all owners count')
      return undefined
    }
  }

  const loadCommit = async (at: RepoRef, commit: string): Promise<RepoOwners> => {
    const [{ files, aliases }, collaborators] = await Promise.all([
      read(at, git.mirror(at), commit),
      collaboratorsOf(at),
    ])
    return repoOwners({ files, aliases, collaborators })
  }
  const headOf = async (at: RepoRef, branch: string): Promise<string> => {
    const commit = await git.mirror(at).head(branch, signal)
    if (!commit) throw new GitError('no-commit', `${at.org}/${at.repo} has no branch ${branch}`)
    return commit
  }
  return {
    loadCommit,
    load: async (at, branch) => loadCommit(at, await headOf(at, branch)),
    async verify(at, { branch, head, files }) {
      const { config: main, plugins } = config.current()
      const settings = ownersSettings(main, plugins, at)
      const mirror = git.mirror(at)
      const before = await headOf(at, branch)
      const after = await mirror.merged(before, [head], 'merge', signal)
      const change = await readChange(mirror, { before, after }, files, settings, signal)
      return verifyOwners(change, {
        aliasesFile: settings.filenames.owners_aliases,
        labelsDenylist: labelsDenylist(plugins),
      })
    },
  }
}
