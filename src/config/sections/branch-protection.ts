// branch-protection: what GitHub is told to demand of changes to branches.
import { list, mapOf, named, object, optional } from '../collections.ts'
import { configErrors } from '../errors.ts'
import { type Infer, latePattern, whole } from '../fields.ts'
import type { Report } from '../report.ts'
import { maybeFlag, maybeTexts } from './shorthands.ts'

const usersAndTeams = (about: string) =>
  optional(object({ users: maybeTexts('Logins.'), teams: maybeTexts('Slugs.') }, { about }))

const policy = {
  unmanaged: maybeFlag('Leave these branches alone.'),
  protect: maybeFlag('Whether the branch is protected.'),
  enforce_admins: maybeFlag('The rules hold for admins, too.'),
  required_linear_history: maybeFlag('No merge commits.'),
  allow_force_pushes: maybeFlag('Force pushes are possible.'),
  allow_deletions: maybeFlag('The branch can be deleted.'),
  require_signed_commits: maybeFlag('Commits must be signed.'),
  require_manually_triggered_jobs: maybeFlag('Jobs that only comments start are required.'),
  required_status_checks: optional(
    object(
      { contexts: maybeTexts('Beside those of required jobs.'), strict: maybeFlag('The branch must be up to date.') },
      { about: 'Statuses that must have succeeded.' },
    ),
  ),
  restrictions: optional(
    object(
      { apps: maybeTexts('Slugs.'), users: maybeTexts('Logins.'), teams: maybeTexts('Slugs.') },
      { about: 'Who may push; empty lists are only admins.' },
    ),
  ),
  required_pull_request_reviews: optional(
    object(
      {
        dismissal_restrictions: usersAndTeams('Who may dismiss reviews.'),
        dismiss_stale_reviews: maybeFlag('A push dismisses reviews.'),
        require_code_owner_reviews: maybeFlag('Code owners must approve.'),
        required_approving_review_count: optional(whole({ about: 'Number of approvals.' })),
        bypass_pull_request_allowances: usersAndTeams('Who needs no pull request.'),
      },
      { about: 'Reviews that are needed.' },
    ),
  ),
  exclude: optional(list(latePattern({ about: '' }), { about: 'RE2 patterns of branches to leave alone.' })),
  include: optional(list(latePattern({ about: '' }), { about: 'RE2 patterns of the branches that count.' })),
}

const flags = {
  'protect-tested-repos': maybeFlag('Protect branches that have required jobs.'),
  allow_disabled_policies: maybeFlag('A policy may be set where protect is false.'),
  allow_disabled_job_policies: maybeFlag('Required jobs do not protect a branch where protect is false.'),
  protect_repos_with_optional_jobs: maybeFlag('Protect branches that have only optional jobs.'),
}

const branch = named('BranchPolicy', object(policy, { about: 'Policy of a branch.' }))
const repo = named(
  'RepoPolicy',
  object(
    { ...policy, branches: optional(mapOf(branch, { about: 'By branch.' })) },
    { about: 'Policy of a repository.' },
  ),
)
const org = named(
  'OrgPolicy',
  object({ ...policy, repos: optional(mapOf(repo, { about: 'By repository.' })) }, { about: 'Policy of an org.' }),
)

export const branchProtection = object(
  { ...policy, ...flags, orgs: optional(mapOf(org, { about: 'By org.' })) },
  { about: 'What GitHub demands of changes to branches; lower levels inherit.' },
)

/** The section; what is absent is inherited, and an empty list is more than an absent one. */
export type BranchProtection = Infer<typeof branchProtection>

/** Checks the section. */
export function checkBranchProtection({ include = [], exclude = [] }: BranchProtection, report: Report): void {
  if (include.length === 0 || exclude.length === 0) return
  report.error(['branch-protection', 'include'], configErrors.EXCLUSIVE({ fields: ['include', 'exclude'] }))
}

type Level = Readonly<Record<string, unknown>>
type Conflict = (path: readonly string[]) => void

/** One file's policies together with another's. `conflict` is called with each place that both set. */
export function mergeBranchProtection(a: BranchProtection, b: BranchProtection, conflict: Conflict): BranchProtection {
  for (const name of Object.keys(flags) as (keyof typeof flags)[]) {
    if (a[name] !== undefined && b[name] !== undefined) conflict([name])
  }
  return mergeLevel(a, b, [], ['orgs', 'repos', 'branches'], conflict)
}

function mergeLevel(a: Level, b: Level, path: readonly string[], inside: readonly string[], conflict: Conflict): Level {
  const hasPolicy = (level: Level) => Object.keys(policy).some((name) => level[name] !== undefined)
  if (hasPolicy(a) && hasPolicy(b)) conflict(path)
  const [name = '', ...deeper] = inside
  const [ours, theirs] = [a[name] as Nodes | undefined, b[name] as Nodes | undefined]
  if (ours === undefined || theirs === undefined) return { ...a, ...b }
  const united = Object.entries(theirs).map(([key, level]) => {
    const own = ours[key]
    return [key, own === undefined ? level : mergeLevel(own, level, [...path, name, key], deeper, conflict)] as const
  })
  return { ...a, ...b, [name]: { ...ours, ...Object.fromEntries(united) } }
}

type Nodes = Readonly<Record<string, Level>>
