// Which jobs Deck shows to everybody. One rule for every route: list, page, log, YAML, rerun and abort.
import type { ProwJob } from '../api/prowjob.ts'
import { allRefs, orgRepo } from '../jobs/refs.ts'

const defaultTenant = 'GlobalDefaultID'

/**
 * A job is hidden when it says so, or when one of its repositories is hidden, or when it belongs to another tenant.
 * @param hiddenRepos `org` or `org/repo`: the setting deck.hidden_repos.
 */
export function isVisible(job: ProwJob, hiddenRepos: readonly string[]): boolean {
  if (job.spec.hidden) return false
  const tenant = job.spec.prowjob_defaults?.tenant_id
  if (tenant && tenant !== defaultTenant) return false
  return !allRefs(job.spec).some((refs) => hiddenRepos.includes(refs.org) || hiddenRepos.includes(orgRepo(refs)))
}
