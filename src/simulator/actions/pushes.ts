// What follows when branches and tags have moved: webhooks, and the pull requests that come from or go to a branch.
import { type Core, commitEmail, gitDir, isPull, protectionOf, pullNow, repoNow, timestamp } from '../core.ts'
import { invalid, Refusal } from '../errors.ts'
import { isAncestor, pullStats, pushedCommits } from '../git/read.ts'
import { fetchInto, isRefName, listRefs, noSha, updateRefs } from '../git/refs.ts'
import { commitFiles, type Files, type Signature } from '../git/write.ts'
import { pushedCommitShape } from '../shapes/commits.ts'
import { repoPage, repoShape } from '../shapes/repos.ts'
import type { Account, PullRequest, Repo } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'
import { tryMerge } from './mergeability.ts'
import { demand } from './permissions.ts'
import { emitChange, recordEvent, update } from './timeline.ts'

export interface RefChange {
  /** `refs/heads/…` or `refs/tags/…`. */
  readonly ref: string
  /** Null: it was made. */
  readonly before: string | null
  /** Null: it was deleted. */
  readonly after: string | null
}

/** The difference between what was announced and what is there. */
function refChanges(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): RefChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names]
    .map((ref) => ({ ref, before: before[ref] ?? null, after: after[ref] ?? null }))
    .filter((change) => change.before !== change.after)
}

/** Announces whatever git holds that was not announced yet. Only under the repository's lock. */
export async function announceNews(core: Core, repo: Repo, by: Account): Promise<void> {
  const now = repoNow(core.state, repo.id)
  for (const change of refChanges(now.refs, await listRefs(gitDir(core, now)))) await announce(core, now, change, by)
}

/**
 * Writes a moved ref down with its webhooks and whatever `also` changes, all in one transaction, then looks after the
 * pull requests. Only under the repository's lock, after git has moved the ref.
 */
export async function announce(
  core: Core,
  repo: Repo,
  change: RefChange,
  by: Account,
  also: () => void = () => {},
): Promise<void> {
  const { ref, before, after } = change
  const dir = gitDir(core, repo)
  const base = before ?? repoNow(core.state, repo.id).refs[`refs/heads/${repo.default_branch}`] ?? null
  const [commits, forced] = await Promise.all([
    after === null || ref.startsWith('refs/tags/') ? [] : pushedCommits(dir, base, after),
    before === null || after === null ? false : isAncestor(dir, before, after).then((is) => !is),
  ])
  core.state.commit(() => {
    const now = repoNow(core.state, repo.id)
    const { [ref]: _, ...others } = now.refs
    const refs = after === null ? others : { ...now.refs, [ref]: after }
    const moved = core.state.repos.put({ ...now, refs, pushed_at: timestamp(core) })
    if (before === null || after === null) emitCreateOrDelete(core, moved, change, by)
    const shapes = commits.map((commit) => pushedCommitShape(core, moved, commit))
    emit(core, {
      event: 'push',
      repo: moved,
      sender: by,
      body: {
        ref,
        before: before ?? noSha,
        after: after ?? noSha,
        repository: pushRepository(core, moved),
        pusher: { name: by.login, email: commitEmail(by), date: timestamp(core), username: by.login },
        created: before === null,
        deleted: after === null,
        forced,
        base_ref: null,
        compare: `${repoPage(core, moved)}/compare/${(before ?? noSha).slice(0, 12)}...${(after ?? noSha).slice(0, 12)}`,
        commits: shapes,
        head_commit: shapes.at(-1) ?? null,
      },
    })
    also()
  })
  if (!ref.startsWith('refs/heads/')) return
  const branch = ref.slice('refs/heads/'.length)
  for (const pr of openPulls(core, (p) => p.pull.head.repo === repo.id && p.pull.head.ref === branch)) {
    const work = () => headMoved(core, pr.repo, pr.number, after, by, forced)
    await (pr.repo === repo.id ? work() : core.lock(pr.repo, work))
  }
  for (const pr of openPulls(core, (p) => p.repo === repo.id && p.pull.base.ref === branch)) {
    await baseMoved(core, repo.id, pr.number, after, by)
  }
}

function openPulls(core: Core, which: (pr: PullRequest) => boolean): PullRequest[] {
  return [...core.state.issues.all()].filter(isPull).filter((pr) => pr.state === 'open' && which(pr))
}

// Two times are numbers in this event and strings everywhere else.
function pushRepository(core: Core, repo: Repo) {
  const shape = repoShape(core, repo)
  const seconds = (time: string | null | undefined): number => Math.floor(Date.parse(time ?? '') / 1000)
  return {
    ...shape,
    owner: { name: shape.owner.login, email: null, ...shape.owner },
    created_at: seconds(shape.created_at),
    pushed_at: seconds(shape.pushed_at),
    stargazers: 0,
    master_branch: repo.default_branch,
    ...(core.state.orgs.get(repo.owner.toLowerCase()) ? { organization: repo.owner } : {}),
  }
}

function emitCreateOrDelete(core: Core, repo: Repo, { ref, after }: RefChange, sender: Account): void {
  const [, kind = '', ...name] = ref.split('/')
  const common = { ref: name.join('/'), ref_type: kind === 'tags' ? 'tag' : 'branch', pusher_type: 'user' }
  const created = { ...common, master_branch: repo.default_branch, description: repo.description }
  emit(core, { event: after === null ? 'delete' : 'create', repo, sender, body: after === null ? common : created })
}

/** New commits on a pull request's branch; a deleted branch closes it. Only under the base repository's lock. */
async function headMoved(
  core: Core,
  baseRepo: number,
  number: number,
  sha: string | null,
  by: Account,
  forced: boolean,
): Promise<void> {
  const repo = repoNow(core.state, baseRepo)
  const pr = pullNow(core.state, baseRepo, number)
  if (sha === null) {
    core.state.commit(() => {
      recordEvent(core, pr, by, 'head_ref_deleted')
      closePull(core, repo, pr, by)
    })
    return
  }
  const facts = await headFacts(core, repo, pr, sha)
  const protection = protectionOf(repo, pr.pull.base.ref)?.required_pull_request_reviews
  core.state.commit(() => {
    const now = pullNow(core.state, baseRepo, number)
    const moved = update(core, now, { pull: { ...now.pull, ...facts } })
    if (forced) recordEvent(core, moved, by, 'head_ref_force_pushed', { commit_id: sha })
    emitChange(core, repo, moved, 'synchronize', by, { before: now.pull.head.sha, after: sha })
    if (protection?.dismiss_stale_reviews) dismissApprovals(core, moved, by)
  })
}

function dismissApprovals(core: Core, pr: PullRequest, by: Account): void {
  for (const review of core.state.reviews.of(`${pr.repo}#${pr.number}`)) {
    if (review.state !== 'APPROVED') continue
    core.state.reviews.put({ ...review, state: 'DISMISSED' })
    const dismissed = { state: 'approved', review_id: review.id, message: 'new commits were pushed' }
    recordEvent(core, pr, by, 'review_dismissed', { dismissed_review: dismissed })
  }
}

/** Brings the head into the base repository and measures it against the base branch. */
export async function headFacts(core: Core, repo: Repo, pr: Pick<PullRequest, 'number' | 'pull'>, sha: string) {
  const dir = gitDir(core, repo)
  const ref = `refs/pull/${pr.number}/head`
  const headRepo = pr.pull.head.repo === null ? undefined : core.state.repos.get(pr.pull.head.repo)
  if (headRepo && headRepo.id !== repo.id) await fetchInto(dir, gitDir(core, headRepo), sha, ref)
  else await updateRefs(dir, [{ ref, to: sha }])
  const base = repo.refs[`refs/heads/${pr.pull.base.ref}`]
  if (!base) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  const [stats, trial] = await Promise.all([pullStats(dir, base, sha), tryMerge(core, repo, pr.number, base, sha)])
  return { head: { ...pr.pull.head, sha }, base: { ...pr.pull.base, sha: base }, stats, trial }
}

/** A base branch that now holds the head's commits means merged; one that is gone closes the pull request. */
async function baseMoved(core: Core, repoId: number, number: number, after: string | null, by: Account): Promise<void> {
  const repo = repoNow(core.state, repoId)
  const pr = pullNow(core.state, repoId, number)
  if (after === null) {
    core.state.commit(() => closePull(core, repo, pr, by))
  } else if (await isAncestor(gitDir(core, repo), pr.pull.head.sha, after)) {
    core.state.commit(() => markMerged(core, repo, pullNow(core.state, repoId, number), by, after))
  }
}

function closePull(core: Core, repo: Repo, pr: PullRequest, by: Account): void {
  const closed = update(core, pr, { state: 'closed', closed_at: timestamp(core), closed_by: by.login })
  recordEvent(core, closed, by, 'closed')
  emitChange(core, repo, closed, 'closed', by)
}

/** Only inside `commit`. */
export function markMerged(core: Core, repo: Repo, pr: PullRequest, by: Account, commit: string): PullRequest {
  const now = timestamp(core)
  const merged = update(core, pr, {
    state: 'closed',
    closed_at: now,
    closed_by: by.login,
    pull: { ...pr.pull, merged_at: now, merged_by: by.login, merge_commit_sha: commit },
  })
  recordEvent(core, merged, by, 'merged', { commit_id: commit })
  recordEvent(core, merged, by, 'closed')
  emitChange(core, repo, merged, 'closed', by)
  return merged
}

/**
 * Commits files onto a branch, which is made from `from` (default: the default branch) where it does not exist yet.
 * `check` is asked with the commit that it will follow, before anything is written. Returns the SHA of the commit.
 */
export async function commitToBranch(
  core: Core,
  repo: Repo,
  by: Account,
  {
    branch,
    from,
    files,
    message,
    author,
    committer,
    amend = false,
    check,
  }: {
    branch: string
    from?: string
    files: Files
    message: string
    /** Default: who pushes. */
    author?: Signature | undefined
    /** Default: the author. */
    committer?: Signature | undefined
    amend?: boolean
    check?: (parent: string | null) => Promise<void>
  },
): Promise<string> {
  demand(core.state, repo, by, 'push')
  if (!(await isRefName(gitDir(core, repo), `refs/heads/${branch}`)))
    throw new Refusal(422, `${branch} is not a name for a branch`)
  return core.lock(repo.id, async () => {
    const { refs, default_branch: defaultBranch } = repoNow(core.state, repo.id)
    const ref = `refs/heads/${branch}`
    const start = refs[`refs/heads/${from ?? defaultBranch}`] ?? null
    const before = refs[ref] ?? null
    const pusher = { name: by.name ?? by.login, email: commitEmail(by) }
    const parent = amend ? start : (before ?? start)
    await check?.(parent)
    const sha = await commitFiles(gitDir(core, repo), {
      ref,
      parent,
      files,
      message,
      author: author ?? pusher,
      ...(committer && { committer }),
      timeMs: core.clock.now(),
    })
    await announce(core, repo, { ref, before, after: sha }, by)
    return sha
  })
}

/** Makes, moves or deletes a ref as the REST routes do. A move that is not a fast-forward needs `force`. */
export async function moveRef(
  core: Core,
  repo: Repo,
  by: Account,
  ref: string,
  after: string | null,
  force: boolean,
): Promise<void> {
  demand(core.state, repo, by, 'push')
  if (!(await isRefName(gitDir(core, repo), ref))) throw new Refusal(422, `${ref} is not a valid ref name.`)
  await core.lock(repo.id, async () => {
    const before = repoNow(core.state, repo.id).refs[ref] ?? null
    if (before !== null && after !== null && !force && !(await isAncestor(gitDir(core, repo), before, after))) {
      throw new Refusal(422, 'Update is not a fast forward')
    }
    await updateRefs(gitDir(core, repo), [{ ref, to: after }])
    await announce(core, repo, { ref, before, after }, by)
  })
}
