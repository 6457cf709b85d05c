// What branch protection asks of one branch, as Tide takes it.
import type { BranchProtection } from './sections/branch-protection.ts'

/** Policy of one level; lower levels have the same fields. */
export type ProtectionPolicy = Omit<
  BranchProtection,
  | 'orgs'
  | 'protect-tested-repos'
  | 'allow_disabled_policies'
  | 'allow_disabled_job_policies'
  | 'protect_repos_with_optional_jobs'
>

/** Contexts that jobs report for a branch, by what they mean for merging. */
export interface JobContexts {
  readonly required: readonly string[]
  readonly requiredIfPresent: readonly string[]
  readonly optional: readonly string[]
}

/** Both lists together, sorted; undefined when neither is there. */
export function united(a: readonly string[] | undefined, b: readonly string[] | undefined): string[] | undefined {
  return a === undefined && b === undefined ? undefined : [...new Set([...(a ?? []), ...(b ?? [])])].sort()
}

const listed = ['exclude', 'include'] as const

function below(parent: ProtectionPolicy, child: ProtectionPolicy): ProtectionPolicy {
  const set = Object.fromEntries(Object.entries(child).filter(([, value]) => value !== undefined))
  const lists = Object.fromEntries(
    listed.flatMap((name) => {
      const list = united(parent[name], child[name])
      return list === undefined ? [] : [[name, list]]
    }),
  )
  const [a, b] = [parent.required_status_checks, child.required_status_checks]
  const contexts = united(a?.contexts, b?.contexts)
  const strict = b?.strict ?? a?.strict
  return {
    ...parent,
    ...set,
    ...lists,
    ...((a || b) && {
      required_status_checks: { ...(contexts && { contexts }), ...(strict !== undefined && { strict }) },
    }),
  }
}

const meaningful = [
  'protect',
  'required_status_checks',
  'enforce_admins',
  'restrictions',
  'require_manually_triggered_jobs',
  'required_pull_request_reviews',
  'required_linear_history',
  'allow_force_pushes',
  'allow_deletions',
  'require_signed_commits',
] as const

/** The merged policy of a branch, or why there can be none; undefined when nothing is said about its org. */
export function policyOfBranch(
  protection: BranchProtection,
  { org, repo, branch }: { readonly org: string; readonly repo: string; readonly branch: string },
): ProtectionPolicy | { readonly refused: string } | undefined {
  const { orgs = {}, ...global } = protection
  const ofOrg = Object.hasOwn(orgs, org) ? orgs[org] : undefined
  if (ofOrg === undefined) return undefined
  const { repos = {}, ...orgPolicy } = ofOrg
  const { branches = {}, ...repoPolicy } = (Object.hasOwn(repos, repo) ? repos[repo] : undefined) ?? {}
  const own = Object.hasOwn(branches, branch) ? branches[branch] : undefined
  const policy = [orgPolicy, repoPolicy, own ?? {}].reduce<ProtectionPolicy>(below, policyOnly(global))
  if (own !== undefined && policy.protect === undefined && policy.unmanaged !== true) {
    return { refused: `branch-protection names ${org}/${repo}=${branch}, but does not say whether to protect it` }
  }
  return policy
}

const policyOnly = (global: Omit<BranchProtection, 'orgs'>): ProtectionPolicy => {
  const {
    'protect-tested-repos': _,
    allow_disabled_policies: __,
    allow_disabled_job_policies: ___,
    protect_repos_with_optional_jobs: ____,
    ...policy
  } = global
  return policy
}

/** The policy with what jobs add to it; undefined when there is none in the end. */
export function withJobs(
  policy: ProtectionPolicy,
  jobs: JobContexts,
  flags: BranchProtection,
): ProtectionPolicy | { readonly refused: string } | undefined {
  const { required, requiredIfPresent, optional } = jobs
  const onlyOptional = flags.protect_repos_with_optional_jobs === true && requiredIfPresent.length + optional.length > 0
  let result = policy
  if (required.length > 0 || onlyOptional) {
    if (policy.protect === false) {
      if (flags.allow_disabled_job_policies === true) return undefined
      return { refused: `protect is false, but jobs are required: ${required.join(', ')}` }
    }
    const checks = policy.required_status_checks
    const contexts = united(checks?.contexts, required) ?? []
    const protect = flags['protect-tested-repos'] === true ? { protect: true } : {}
    result = { ...policy, required_status_checks: { ...checks, contexts }, ...protect }
  }
  const set = meaningful.filter((name) => result[name] !== undefined)
  if (result.protect === false && set.length > 1 && flags.allow_disabled_policies !== true) {
    return { refused: `protect is false, but ${set.filter((name) => name !== 'protect').join(', ')} set` }
  }
  return set.length === 0 ? undefined : result
}
