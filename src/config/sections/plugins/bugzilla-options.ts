// The options of bugzilla that hold for one branch.
import type { PluginSections } from './sections.ts'

type Section = PluginSections['bugzilla']
type Options = Section['default'][string]
type State = NonNullable<Options['state_after_merge']>

/** Options of all levels for a branch, the later ones over the earlier: all, the org, the repository. */
export function bugzillaOptions(section: Section, org: string, repo: string, branch: string): Options {
  const ofOrg = Object.hasOwn(section.orgs, org) ? section.orgs[org] : undefined
  const ofRepo = ofOrg && Object.hasOwn(ofOrg.repos, repo) ? ofOrg.repos[repo] : undefined
  let options: Options = {}
  for (const level of [section.default, ofOrg?.default, ofRepo?.branches]) {
    for (const name of ['*', branch]) {
      const own = level && Object.hasOwn(level, name) ? level[name] : undefined
      if (own !== undefined) options = over(options, own)
    }
  }
  return options
}

/** A child over its parent. Statuses, the older form, become states. */
function over(parent: Options, child: Options): Options {
  const above = child.exclude_defaults ? {} : parent
  const { exclude_defaults: _, statuses, dependent_bug_statuses, dependent_bug_target_release, ...own } = child
  const { status_after_validation, status_after_merge, ...rest } = own
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const valid_states = statesOf(statuses, own.valid_states)
  const dependent_bug_states = statesOf(dependent_bug_statuses, own.dependent_bug_states)
  const after = (status: string | undefined, state: State | undefined) => (status ? { ...state, status } : state)
  const validated = after(status_after_validation, own.state_after_validation)
  const merged = after(status_after_merge, own.state_after_merge)
  const releases = [
    ...(own.dependent_bug_target_releases ?? []),
    ...(dependent_bug_target_release ? [dependent_bug_target_release] : []),
  ]
  const groups = [...new Set([...(above.allowed_groups ?? []), ...(own.allowed_groups ?? [])])].sort()
  return {
    ...above,
    ...set,
    ...(valid_states && { valid_states }),
    ...(dependent_bug_states && { dependent_bug_states }),
    ...(validated && { state_after_validation: validated }),
    ...(merged && { state_after_merge: merged }),
    ...(releases.length > 0 && { dependent_bug_target_releases: releases }),
    ...(groups.length > 0 && { allowed_groups: groups }),
  }
}

/** Both forms together, each state once and in order; undefined when neither is set. */
function statesOf(statuses: readonly string[] | undefined, states: readonly State[] | undefined): State[] | undefined {
  if (statuses === undefined && states === undefined) return undefined
  const all: readonly State[] = [...(states ?? []), ...(statuses ?? []).map((status) => ({ status }))]
  const keyed = new Map(all.map((state) => [`${state.status ?? ''}\0${state.resolution ?? ''}`, state]))
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, state]) => state)
}
