// What maintainers set up, for tests: milestones, labels, protection, teams, check runs, other branches, and who is busy.
import { createLabel } from './actions/labels.ts'
import { createMilestone } from './actions/milestones.ts'
import { createTeam, orgNow, setTeamMember, setTeamRepo, teamNow } from './actions/orgs.ts'
import { repoNamed } from './actions/pulls.ts'
import { moveRef } from './actions/pushes.ts'
import { setProtection } from './actions/repos.ts'
import { createCheckRun } from './actions/statuses.ts'
import { type Core, gitDir, protectionOf } from './core.ts'
import { Refusal } from './errors.ts'
import { resolveCommit } from './git/refs.ts'
import type { Account, CheckConclusion, Permission } from './state/records.ts'

interface InRepo {
  readonly repo: string
  readonly by: string
}

/** @param account The account of a login; refuses an unknown one. */
export const scenery = (core: Core, account: (login: string) => Account) => ({
  /** Returns its number. */
  addMilestone({ repo, by, ...fields }: InRepo & { title: string; state?: 'open' | 'closed' }): number {
    return createMilestone(core, repoNamed(core, repo), account(by), fields).number
  },

  /** A label that the repository knows. Labels that are put on something are made by themselves. */
  defineLabel({ repo, by, ...fields }: InRepo & { name: string; color?: string; description?: string }): void {
    createLabel(core, repoNamed(core, repo), account(by), fields)
  },

  /** Protects a branch (default: the default branch), so that these contexts are required. */
  protect({ repo: name, by, branch, contexts }: InRepo & { branch?: string; contexts: readonly string[] }): void {
    const repo = repoNamed(core, name)
    const which = branch ?? repo.default_branch
    setProtection(core, repo, account(by), which, {
      required_pull_request_reviews: null,
      restrictions: null,
      enforce_admins: false,
      required_linear_history: false,
      allow_force_pushes: false,
      allow_deletions: false,
      required_signatures: false,
      ...protectionOf(repo, which),
      required_status_checks: { strict: false, contexts },
    })
  },

  /** A team with members, who have to be in the organization, and what it may do in repositories by name. Returns its slug. */
  addTeam({
    org: login,
    by,
    name,
    members = [],
    repos = {},
  }: {
    org: string
    by: string
    name: string
    members?: readonly string[]
    repos?: Readonly<Record<string, Permission>>
  }): string {
    const org = orgNow(core, login)
    const { slug } = createTeam(core, org, account(by), { name, privacy: 'closed' })
    for (const member of members) setTeamMember(core, org, account(by), teamNow(core, org, slug), member, 'member')
    for (const [repo, permission] of Object.entries(repos)) {
      setTeamRepo(core, org, account(by), teamNow(core, org, slug), repoNamed(core, `${login}/${repo}`), permission)
    }
    return slug
  },

  /** A check run of some app; without a conclusion it is still in progress. */
  async checkRun({
    repo,
    by,
    ...run
  }: InRepo & { sha: string; name: string; conclusion?: CheckConclusion }): Promise<void> {
    const { sha: head_sha, name, conclusion } = run
    const state = conclusion ? { conclusion } : { status: 'in_progress' }
    await createCheckRun(core, repoNamed(core, repo), account(by), { head_sha, name, ...state })
  },

  /** Makes a branch where another branch, tag or commit is (default: the default branch). */
  async branch({ repo: name, by, branch, from }: InRepo & { branch: string; from?: string }): Promise<void> {
    const repo = repoNamed(core, name)
    const sha = await resolveCommit(gitDir(core, repo), from ?? repo.default_branch)
    if (!sha) throw new Refusal(422, `there is no ${from} in ${name}`)
    await moveRef(core, repo, account(by), `refs/heads/${branch}`, sha, false)
  },

  /** Somebody sets their status to busy, or back. */
  setBusy(login: string, busy: boolean): void {
    core.state.commit(() => core.state.accounts.put({ ...account(login), busy }))
  },
})
