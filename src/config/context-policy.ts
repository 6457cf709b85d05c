// Which contexts of a branch must be green before Tide merges.
import { allowsBranch } from './branches.ts'
import { type JobContexts, policyOfBranch, united, withJobs } from './protection-policy.ts'
import { compileRe2, Re2Error } from './re2.ts'
import type { Config, Presubmit } from './types.ts'

/** What holds for one branch. */
interface ContextPolicy extends JobContexts {
  /** RE2. */
  readonly optionalPatterns: readonly string[]
  readonly skipUnknown: boolean
  readonly overwritePending: boolean
}

/** A branch of a repository. */
interface BranchRef {
  readonly org: string
  readonly repo: string
  readonly branch: string
}

type Options = Omit<Config['tide']['context_options'], 'orgs'>
const lists = [
  'required-contexts',
  'required-if-present-contexts',
  'optional-contexts',
  'optional-regex-contexts',
] as const

/** Options of all levels together. */
function optionsOf({ orgs = {}, ...global }: Config['tide']['context_options'], at: BranchRef): Options {
  const { repos = {}, ...ofOrg } = ownOf(orgs, at.org)
  const { branches = {}, ...ofRepo } = ownOf(repos, at.repo)
  return [ofOrg, ofRepo, ownOf(branches, at.branch)].reduce<Options>(optionsBelow, global)
}

/** Flags of the lower level win, lists are united. */
function optionsBelow(above: Options, own: Options): Options {
  const set = Object.entries(own).filter(([, value]) => value !== undefined)
  const both = lists.flatMap((name) => {
    const list = united(above[name], own[name])
    return list === undefined ? [] : [[name, list]]
  })
  return { ...above, ...Object.fromEntries(set), ...Object.fromEntries(both) }
}

const ownOf = <T extends object>(map: Readonly<Record<string, T>>, key: string): Partial<T> =>
  (Object.hasOwn(map, key) ? map[key] : undefined) ?? {}

/** Contexts of the jobs that can run on a branch. */
function contextsOfJobs(jobs: readonly Presubmit[], branch: string, needsManual: boolean): JobContexts {
  const found = { required: [] as string[], requiredIfPresent: [] as string[], optional: [] as string[] }
  for (const job of jobs.filter((each) => allowsBranch(each, branch))) {
    const byFiles = Boolean(job.run_if_changed || job.skip_if_only_changed)
    const isManual = !job.always_run && !byFiles
    if (job.optional || job.skip_report) found.optional.push(job.context)
    else if (job.always_run || (isManual && needsManual)) found.required.push(job.context)
    else found.requiredIfPresent.push(job.context)
  }
  return found
}

/** The policy of a branch, with everything that makes it impossible. `jobs`: all presubmits of the repository. */
export function contextPolicy(
  { tide, 'branch-protection': protection }: Pick<Config, 'tide' | 'branch-protection'>,
  jobs: readonly Presubmit[],
  at: BranchRef,
): { readonly policy: ContextPolicy; readonly problems: readonly string[] } {
  const options = optionsOf(tide.context_options, at)
  const merged = options['from-branch-protection'] ? policyOfBranch(protection, at) : undefined
  // Tide goes on without the policy when it cannot be made.
  const ofBranch = merged !== undefined && !('refused' in merged) ? merged : undefined
  const contexts = contextsOfJobs(jobs, at.branch, ofBranch?.require_manually_triggered_jobs === true)
  const finished = ofBranch && withJobs(ofBranch, contexts, protection)
  const demanded =
    finished !== undefined && !('refused' in finished) && finished.protect === true
      ? finished.required_status_checks?.contexts
      : undefined
  const policy: ContextPolicy = {
    required: sorted(options['required-contexts'], demanded, contexts.required),
    requiredIfPresent: sorted(options['required-if-present-contexts'], contexts.requiredIfPresent),
    optional: sorted(options['optional-contexts'], contexts.optional),
    optionalPatterns: options['optional-regex-contexts'] ?? [],
    skipUnknown: options['skip-unknown-contexts'] ?? false,
    overwritePending: options['overwrite-pending-contexts'] ?? false,
  }
  return { policy, problems: problemsOf(policy) }
}

const sorted = (...parts: (readonly string[] | undefined)[]): readonly string[] =>
  [...new Set(parts.flatMap((part) => part ?? []))].sort()

function problemsOf({ required, requiredIfPresent, optional, optionalPatterns }: ContextPolicy): readonly string[] {
  const inBoth = (a: readonly string[], b: readonly string[], what: string) => {
    const both = a.filter((context) => b.includes(context))
    return both.length === 0 ? [] : [`${both.join(', ')}: both ${what}`]
  }
  return [
    ...inBoth(required, requiredIfPresent, 'required and required if present'),
    ...inBoth(required, optional, 'required and optional'),
    ...inBoth(requiredIfPresent, optional, 'required if present and optional'),
    ...optionalPatterns.flatMap((pattern) => {
      try {
        const compiled = compileRe2(pattern)
        const taken = [...required, ...requiredIfPresent].filter((context) => compiled.test(context))
        return taken.length === 0 ? [] : [`${taken.join(', ')}: required, but the optional pattern ${pattern} matches`]
      } catch (error) {
        if (error instanceof Re2Error) return [error.message]
        throw error
      }
    }),
  ]
}
