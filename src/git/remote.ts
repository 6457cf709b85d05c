// Where a repository is at the code host, and how git gets in: settings for one run, so that nothing is kept on disk.
import type { RepoRef } from '../api/code-host.ts'
import type { Settings } from './command.ts'
import { GitError } from './git.ts'

/** The code host as git sees it. */
export interface Remotes {
  readonly scheme: 'https' | 'http' | 'ssh'
  /** With a port when it is not the usual one. */
  readonly host: string
  /** Newest token for an org, asked at every use; undefined: none is needed. Not for ssh, which has its own keys. */
  readonly token?: ((org: string) => Promise<string | undefined>) | undefined
  /** User name that goes with the token. */
  readonly user: string
}

/** What one run of git needs to reach a repository as `origin`. */
export interface Access {
  readonly settings: Settings
  readonly secrets: readonly string[]
}

/**
 * @throws GitError `no-repository` for names that no code host gives to a repository; they come from events and comments, and end
 * up in paths, addresses and on command lines.
 */
export function checkNames({ org, repo }: RepoRef): void {
  const isOrg = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(org)
  const isRepo = /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,99}$/.test(repo) && repo !== '.' && repo !== '..'
  if (isOrg && isRepo) return
  const names = `${JSON.stringify(org.slice(0, 100))}, ${JSON.stringify(repo.slice(0, 100))}`
  throw new GitError(
    'no-repository',
    `${names} are not names of an organisation and a repository: letters, digits, "-", "_" and "." only`,
  )
}

/** Address without credentials. */
export function remoteUrl({ scheme, host }: Pick<Remotes, 'scheme' | 'host'>, { org, repo }: RepoRef): string {
  return scheme === 'ssh' ? `git@${host}:${org}/${repo}.git` : `${scheme}://${host}/${org}/${repo}`
}

/**
 * Reaches a repository as `origin`, and another one as `target` where given; the token is that of the one that is written to. Throws
 * what `token` throws.
 */
export async function accessTo(remotes: Remotes, origin: RepoRef, target?: RepoRef): Promise<Access> {
  const settings: (readonly [string, string])[] = [
    ['remote.origin.url', remoteUrl(remotes, origin)],
    // Contents of files come when they are asked for. A server that does not know filters sends everything.
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialCloneFilter', 'blob:none'],
  ]
  if (target) settings.push(['remote.target.url', remoteUrl(remotes, target)])
  const token = remotes.scheme === 'ssh' ? undefined : await remotes.token?.((target ?? origin).org)
  if (!token) return { settings, secrets: [] }
  const basic = Buffer.from(`${remotes.user}:${token}`).toString('base64')
  settings.push([`http.${remotes.scheme}://${remotes.host}/.extraHeader`, `Authorization: Basic ${basic}`])
  // git would send the header on to whatever host it is redirected to.
  settings.push(['http.followRedirects', 'false'])
  return { settings, secrets: [token, basic] }
}
