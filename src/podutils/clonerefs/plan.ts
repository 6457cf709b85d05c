// Which commands clone one repository at one state: a pure list, run by run.ts.
import { posix } from 'node:path'
import type { ClonerefsOptions } from '../../api/pod-utilities.ts'
import type { Refs } from '../../api/prowjob.ts'
import { checkoutPath as pathBelowSrc } from '../../jobs/refs.ts'

export interface Step {
  readonly cwd: string
  readonly program: string
  readonly args: readonly string[]
  /** Tried again when it fails, since it asks somebody else's server. */
  readonly retried?: boolean
  /** For merges: seconds to add to the time of the base commit, so that the commit is the same each time it is made. */
  readonly datedBaseTimePlus?: number
}

export interface Plan {
  readonly dir: string
  readonly checkout: readonly Step[]
  readonly merges: readonly Step[]
  readonly submodules: readonly Step[]
}

/** Refs that cannot be cloned safely. */
class PlanError extends Error {
  override readonly name = 'PlanError'
}

/** @param uri Where to clone from; it is written to the checkout's configuration. Throws PlanError. */
export function planClone(
  refs: Refs,
  uri: string,
  options: Pick<ClonerefsOptions, 'src_root' | 'git_user_name' | 'git_user_email' | 'cookie_path'>,
): Plan {
  const dir = checkoutPath(options.src_root, refs)
  for (const [what, text] of worthChecking(refs, uri)) {
    // git would take it for a flag, and some of its flags run programs.
    if (text?.startsWith('-')) throw new PlanError(`${what} ${JSON.stringify(text)} must not begin with "-"`)
  }
  const git = (...args: string[]): Step => ({ cwd: dir, program: 'git', args })
  const fetch = (flags: string[], ...rest: string[]): Step => ({
    ...git('fetch', ...flags, uri, ...rest),
    retried: true,
  })

  const patterns = refs.sparse_checkout_files ?? []
  const sparse = patterns.length > 0
  const depth = (refs.clone_depth ?? 0) > 0 ? ['--depth', String(refs.clone_depth)] : []
  const filter = refs.blobless_fetch || sparse ? ['--filter=blob:none'] : []
  const baseRef = refs.base_ref ?? ''
  const target = refs.base_sha || 'FETCH_HEAD'
  const setting = (key: string, value: string | undefined) => (value ? [git('config', key, value)] : [])

  return {
    dir,
    checkout: [
      { cwd: '/', program: 'mkdir', args: ['-p', dir] },
      git('init'),
      ...setting('user.name', options.git_user_name),
      ...setting('user.email', options.git_user_email),
      ...(refs.skip_submodules ? setting('http.cookiefile', options.cookie_path) : []),
      ...(sparse ? [git('sparse-checkout', 'init')] : []),
      ...(refs.skip_fetch_head || sparse ? [] : [fetch([...depth, ...filter], '--tags', '--prune')]),
      fetch([...depth, ...filter, ...(sparse ? ['--no-tags'] : [])], refs.base_sha || baseRef),
      ...(sparse ? [git('sparse-checkout', 'set', ...patterns)] : []),
      git('checkout', target),
      git('branch', '--force', baseRef, target),
      git('checkout', baseRef),
    ],
    merges: (refs.pulls ?? []).flatMap((pull, index) => [
      fetch(filter, pull.ref || pull.sha || `pull/${pull.number}/head`),
      {
        ...git('merge', '--no-ff', pull.sha || 'FETCH_HEAD'),
        datedBaseTimePlus: index + 1,
      },
    ]),
    submodules: refs.skip_submodules ? [] : [git('submodule', 'update', '--init', '--recursive')],
  }
}

function worthChecking(refs: Refs, uri: string): [string, string | undefined][] {
  return [
    ['clone URI', uri],
    ['base_ref', refs.base_ref],
    ['base_sha', refs.base_sha],
    ...(refs.pulls ?? []).flatMap(({ number, sha, ref }): [string, string | undefined][] => [
      [`sha of #${number}`, sha],
      [`ref of #${number}`, ref],
    ]),
    ...(refs.sparse_checkout_files ?? []).map((pattern): [string, string] => ['sparse checkout pattern', pattern]),
  ]
}

/** Folder of the checkout. Throws PlanError when it would lie outside of `<src_root>/src`. */
export function checkoutPath(srcRoot: string, refs: Refs): string {
  const below = pathBelowSrc(refs)
  const root = posix.join(srcRoot, 'src')
  const dir = posix.join(root, below).replace(/\/$/, '')
  if (!dir.startsWith(`${root}/`)) throw new PlanError(`checkout path ${JSON.stringify(below)} leads out of ${root}`)
  return dir
}

/** Where refs are cloned from, if nobody says otherwise. */
export function cloneUri({ clone_uri, repo_link, org, repo }: Refs): string {
  return clone_uri || (repo_link ? `${repo_link}.git` : `https://github.com/${org}/${repo}.git`)
}
