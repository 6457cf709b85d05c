// Whether a pull request can be merged: a trial merge by git, and what branch protection and statuses say about it.
import { type Core, gitDir, protectionOf, pullNow, repoNow } from '../core.ts'
import { runGit } from '../git/command.ts'
import { updateRefs } from '../git/refs.ts'
import { mergeTree, writeCommit } from '../git/write.ts'
import type { Protection, PullRequest, Repo, Review, Status, Trial } from '../state/records.ts'
import { issueKey, type State } from '../state/state.ts'

/** What GitHub calls `mergeable_state`; GraphQL's mergeStateStatus in capitals. */
export type MergeableState = 'clean' | 'dirty' | 'unstable' | 'blocked' | 'behind' | 'draft' | 'unknown'

/** Pure reading of what is known. `unknown` until the trial merge has been made for where the branches are now. */
export function mergeableState(state: State, repo: Repo, pr: PullRequest): MergeableState {
  const { trial, head, base } = pr.pull
  if (pr.state === 'closed') return trial ? (trial.commit === null ? 'dirty' : 'clean') : 'unknown'
  if (!trial || trial.head !== head.sha || trial.base !== repo.refs[`refs/heads/${base.ref}`]) return 'unknown'
  if (trial.commit === null) return 'dirty'
  if (pr.pull.draft) return 'draft'
  if (unmetProtection(state, repo, pr) !== undefined) return 'blocked'
  return latestStatuses(state, repo, head.sha).some(({ state: s }) => s !== 'success') ? 'unstable' : 'clean'
}

function latestStatuses(state: State, repo: Repo, sha: string): Status[] {
  const newest = new Map<string, Status>()
  for (const status of state.statuses.of(`${repo.id} ${sha}`)) newest.set(status.context, status)
  return [...newest.values()]
}

/** What branch protection still asks for, in GitHub's words, or undefined. */
export function unmetProtection(state: State, repo: Repo, pr: PullRequest): string | undefined {
  const protection = protectionOf(repo, pr.pull.base.ref)
  if (!protection) return undefined
  const missing = missingChecks(state, repo, pr, protection)
  if (missing.length === 1) return `Required status check "${missing[0]}" is expected.`
  if (missing.length > 1)
    return `${missing.length} of ${protection.required_status_checks?.contexts.length} required status checks are expected.`
  const decision = reviewDecision(state, repo, pr)
  if (decision === 'CHANGES_REQUESTED') return 'Changes have been requested.'
  const count = protection.required_pull_request_reviews?.required_approving_review_count ?? 0
  if (decision === 'REVIEW_REQUIRED') {
    return `At least ${count} approving review${count === 1 ? ' is' : 's are'} required by reviewers with write access.`
  }
  return undefined
}

function missingChecks(state: State, repo: Repo, pr: PullRequest, protection: Protection): string[] {
  const { sha } = pr.pull.head
  const statuses = latestStatuses(state, repo, sha)
    .filter((s) => s.state === 'success')
    .map((s) => s.context)
  const runs = state.checkRuns
    .of(`${repo.id} ${sha}`)
    .filter((run) => ['success', 'neutral', 'skipped'].includes(run.conclusion ?? ''))
    .map((run) => run.name)
  return (protection.required_status_checks?.contexts ?? []).filter(
    (context) => !statuses.includes(context) && !runs.includes(context),
  )
}

/** The opinion of each reviewer that counts: the latest that approves or asks for changes. */
export function latestReviews(state: State, repo: Repo, number: number): Review[] {
  const latest = new Map<string, Review>()
  for (const review of state.reviews.of(issueKey(repo.id, number))) {
    if (review.state === 'COMMENTED' || review.state === 'PENDING') continue
    latest.set(review.user.toLowerCase(), review)
  }
  return [...latest.values()]
}

/** What the reviews come to; null where branch protection asks for none. */
export function reviewDecision(
  state: State,
  repo: Repo,
  pr: PullRequest,
): 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null {
  const required = protectionOf(repo, pr.pull.base.ref)?.required_pull_request_reviews?.required_approving_review_count
  if (!required) return null
  const reviews = latestReviews(state, repo, pr.number)
  if (reviews.some((review) => review.state === 'CHANGES_REQUESTED')) return 'CHANGES_REQUESTED'
  const approvals = reviews.filter((review) => review.state === 'APPROVED').length
  return approvals >= required ? 'APPROVED' : 'REVIEW_REQUIRED'
}

/** Makes the trial merge and points `refs/pull/N/merge` at it. Moves a ref, so only under the repository's lock. */
export async function tryMerge(core: Core, repo: Repo, number: number, base: string, head: string): Promise<Trial> {
  const dir = gitDir(core, repo)
  const tree = await mergeTree(dir, base, head)
  const ref = `refs/pull/${number}/merge`
  if (tree === null) {
    await runGit(dir, ['update-ref', '-d', ref], { accept: [0, 1] })
    return { base, head, commit: null }
  }
  const commit = await writeCommit(dir, {
    tree,
    parents: [base, head],
    message: `Merge ${head} into ${base}`,
    author: { name: 'GitHub', email: 'noreply@github.com' },
    timeMs: core.clock.now(),
  })
  await updateRefs(dir, [{ ref, to: commit }])
  return { base, head, commit }
}

/** The pull request with a trial merge that is up to date. Quick when nothing has moved. */
export async function withTrial(core: Core, repo: Repo, pr: PullRequest): Promise<PullRequest> {
  if (pr.state === 'closed' || mergeableState(core.state, repo, pr) !== 'unknown') return pr
  return core.lock(repo.id, async () => {
    const current = pullNow(core.state, repo.id, pr.number)
    const repository = repoNow(core.state, repo.id)
    const base = repository.refs[`refs/heads/${current.pull.base.ref}`]
    if (!base || current.state === 'closed' || mergeableState(core.state, repository, current) !== 'unknown')
      return current
    const trial = await tryMerge(core, repository, pr.number, base, current.pull.head.sha)
    return core.state.commit(() => {
      const now = pullNow(core.state, repo.id, pr.number)
      const updated = { ...now, pull: { ...now.pull, trial } }
      core.state.issues.put(updated)
      return updated
    })
  })
}
