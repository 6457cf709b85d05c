// For which repositories this crier reports.
import type { ProwJob } from '../api/prowjob.ts'
import { allRefs, orgRepo } from '../jobs/refs.ts'

/** Lists of orgs and of org/repo. Nothing enabled means all are. */
export interface Enablement {
  readonly enabledOrgs?: readonly string[]
  readonly enabledRepos?: readonly string[]
  readonly disabledOrgs?: readonly string[]
  readonly disabledRepos?: readonly string[]
}

/** True for jobs without repository, and for those of which one repository is enabled. */
export function isEnabled({ spec }: ProwJob, rules: Enablement): boolean {
  const { enabledOrgs = [], enabledRepos = [], disabledOrgs = [], disabledRepos = [] } = rules
  const all = allRefs(spec)
  const everything = enabledOrgs.length + enabledRepos.length === 0
  return (
    all.length === 0 ||
    all.some((refs) => {
      const repo = orgRepo(refs)
      const on = everything || enabledOrgs.includes(refs.org) || enabledRepos.includes(repo)
      return on && !disabledOrgs.includes(refs.org) && !disabledRepos.includes(repo)
    })
  )
}

/** What is wrong with the rules, in words for a person. */
export function enablementProblems(rules: Enablement): string[] {
  const { enabledOrgs = [], enabledRepos = [], disabledOrgs = [], disabledRepos = [] } = rules
  return [
    ...enabledOrgs.filter((org) => disabledOrgs.includes(org)).map((org) => `org ${org} is both enabled and disabled`),
    ...enabledRepos
      .filter((repo) => disabledRepos.includes(repo))
      .map((repo) => `repo ${repo} is both enabled and disabled`),
    ...[...enabledRepos, ...disabledRepos]
      .filter((repo) => !/^[^/]+\/[^/]+$/.test(repo))
      .map((repo) => `repo ${JSON.stringify(repo)} must have the form org/repo`),
  ]
}
