// clonerefs' options: their JSON, their flags, their rules.
import type { ClonerefsOptions } from '../../api/pod-utilities.ts'
import type { Pull, Refs } from '../../api/prowjob.ts'
import { FlagError, parseFlags } from '../flags.ts'
import { OptionsError, type Shape } from '../options.ts'
import { checkoutPath } from './plan.ts'

export const clonerefsShape: Shape<ClonerefsOptions> = {
  src_root: 'text',
  log: 'text',
  git_user_name: 'text',
  git_user_email: 'text',
  refs: 'objects',
  key_files: 'texts',
  oauth_token_file: 'text',
  host_fingerprints: 'texts',
  max_parallel_workers: 'whole',
  fail: 'bool',
  cookie_path: 'text',
  github_api_endpoints: 'texts',
  github_app_id: 'text',
  github_app_private_key_file: 'text',
}

/** Throws FlagError. */
export function clonerefsFromFlags(args: readonly string[]): ClonerefsOptions {
  const { flags } = parseFlags(args, {
    'src-root': 'text',
    log: 'text',
    'git-user-name': 'text',
    'git-user-email': 'text',
    repo: 'texts',
    'ssh-key': 'texts',
    // Without effect, as upstream.
    'clone-alias': 'text',
    'uri-prefix': 'text',
    'max-workers': 'whole',
    cookiefile: 'text',
    fail: 'bool',
  })
  return {
    src_root: flags['src-root'] ?? '',
    log: flags.log ?? '',
    git_user_name: flags['git-user-name'] ?? 'ci-robot',
    git_user_email: flags['git-user-email'] ?? 'ci-robot@k8s.io',
    refs: (flags.repo ?? []).map(parseRepo),
    key_files: flags['ssh-key'] ?? [],
    max_parallel_workers: flags['max-workers'] ?? 0,
    cookie_path: flags.cookiefile ?? '',
    fail: flags.fail ?? false,
  }
}

/** `org,repo=base-ref[:base-sha][,pull-id[:pull-sha[:pull-ref]]]…`. Throws FlagError. */
export function parseRepo(text: string): Refs {
  const invalid = (why: string) =>
    new FlagError(`invalid repo ${JSON.stringify(text)}: ${why}; it must be org,repo=ref[:sha][,pull[:sha[:ref]]]...`)
  const [, name = '', state = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const [, org, repo] = /^([^,]*),(.*)$/s.exec(name) ?? []
  if (org === undefined || repo === undefined) throw invalid('no org and repo')
  if (state === '') throw invalid('no base ref')
  const [base = '', ...pulls] = state.split(',')
  const [base_ref = '', base_sha, ...more] = base.split(':')
  if (more.length > 0) throw invalid(`"${base}" has more than one colon`)
  return {
    org,
    repo,
    base_ref,
    ...(base_sha ? { base_sha } : {}),
    ...(pulls.length > 0 ? { pulls: pulls.map(parsePull) } : {}),
  }

  function parsePull(pull: string): Pull {
    const [id = '', sha = '', ref, ...more] = pull.split(':')
    if (more.length > 0) throw invalid(`"${pull}" has more than two colons`)
    if (!/^\d+$/.test(id)) throw invalid(`"${id}" is not the number of a pull request`)
    return { number: Number(id), author: '', sha, ...(ref ? { ref } : {}) }
  }
}

/** Throws OptionsError with the first rule that the options break; returns what is merely suspicious. */
export function checkClonerefs(options: ClonerefsOptions): string[] {
  if (!options.src_root) throw new OptionsError('no source root specified')
  if (!options.log) throw new OptionsError('no log file specified')
  if (!options.refs?.length) throw new OptionsError('no refs specified to clone')
  const warnings: string[] = []
  const taken = new Map<string, Refs>()
  for (const refs of options.refs) {
    const path = pathOrNothing(options.src_root, refs)
    const other = taken.get(path)
    const who = `${refs.org}/${refs.repo}`
    if (other && other.org === refs.org && other.repo === refs.repo) {
      throw new OptionsError(`sync config for ${who} provided more than once, to ${path}`)
    }
    if (other) warnings.push(`${who} and ${other.org}/${other.repo} are cloned to the same path ${path}`)
    taken.set(path, refs)
  }
  const { github_app_id, github_app_private_key_file, oauth_token_file, github_api_endpoints = [] } = options
  if (github_app_id || github_app_private_key_file) {
    if (oauth_token_file) throw new OptionsError('a GitHub App and an OAuth token cannot be used together')
    if (!github_api_endpoints.length) throw new OptionsError('a GitHub App needs github_api_endpoints')
    if (!github_app_id || !github_app_private_key_file) {
      throw new OptionsError('a GitHub App needs both github_app_id and github_app_private_key_file')
    }
  }
  return warnings
}

// A path that cannot be used fails that clone, with a record that says so.
function pathOrNothing(srcRoot: string, refs: Refs): string {
  try {
    return checkoutPath(srcRoot, refs)
  } catch {
    return `${refs.org}/${refs.repo}`
  }
}
