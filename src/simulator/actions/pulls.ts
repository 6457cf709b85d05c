// Opening, editing, closing and reopening pull requests, and bringing them up to date.
import { type Core, findRepo, gitDir, isPull, pullNow, repoNow, sameLogin, timestamp } from '../core.ts'
import { adminRightsNeeded, invalid, Refusal } from '../errors.ts'
import { isAncestor, mergeBase, pullStats } from '../git/read.ts'
import { fetchInto, updateRefs } from '../git/refs.ts'
import { mergeTree, writeCommit } from '../git/write.ts'
import type { Account, Pull, PullRequest, Repo } from '../state/records.ts'
import { checkBody, editText, setState, takeNumber } from './issues.ts'
import { tryMerge } from './mergeability.ts'
import { atLeast, demand, permissionOf } from './permissions.ts'
import { announce, headFacts } from './pushes.ts'
import { emitChange, recordEvent, update } from './timeline.ts'

export interface NewPull {
  readonly title: string
  readonly body?: string | null
  /** `branch` or `owner:branch`. */
  readonly head: string
  readonly base: string
  readonly draft?: boolean
  readonly maintainer_can_modify?: boolean
}

const resource = 'PullRequest'

/** Finds the branch that `head` names: in this repository, in its parent or in a fork of either. */
function findHead(core: Core, repo: Repo, head: string): { repo: Repo; ref: string; sha: string } {
  const [owner, ref] = head.includes(':')
    ? [head.slice(0, head.indexOf(':')), head.slice(head.indexOf(':') + 1)]
    : [repo.owner, head]
  const candidates = core.state.repos
    .of(owner.toLowerCase())
    .filter((r) => r.id === repo.id || r.parent === repo.id || r.id === repo.parent)
  for (const candidate of candidates) {
    const sha = candidate.refs[`refs/heads/${ref}`]
    if (sha) return { repo: candidate, ref, sha }
  }
  throw invalid({ resource, field: 'head', code: 'invalid' })
}

export async function openPull(core: Core, repo: Repo, by: Account, fields: NewPull): Promise<PullRequest> {
  demand(core.state, repo, by, 'pull')
  if (fields.title.trim() === '') throw invalid({ resource, code: 'missing_field', field: 'title' })
  checkBody(resource, fields.body)
  const wanted = findHead(core, repo, fields.head)
  // A pull request is opened by those who can push to either end.
  if (
    !atLeast(permissionOf(core.state, wanted.repo, by), 'push') &&
    !atLeast(permissionOf(core.state, repo, by), 'push')
  ) {
    throw invalid({ resource, field: 'head', code: 'invalid' })
  }
  return core.lock(repo.id, async () => {
    const current = repoNow(core.state, repo.id)
    const head = findHead(core, current, fields.head)
    const baseSha = current.refs[`refs/heads/${fields.base}`]
    if (!baseSha) throw invalid({ resource, field: 'base', code: 'invalid' })
    refuseTwin(core, current, head.repo, head.ref, fields.base)
    // The number is taken first, because git needs it in the names of its refs; a refusal below leaves a gap.
    const number = core.state.commit(() => takeNumber(core, current))
    const blank: Pull = {
      id: 0,
      head: { repo: head.repo.id, owner: head.repo.owner, ref: head.ref, sha: head.sha },
      base: { ref: fields.base, sha: baseSha },
      draft: fields.draft ?? false,
      merged_at: null,
      merged_by: null,
      merge_commit_sha: null,
      requested_reviewers: [],
      requested_teams: [],
      maintainer_can_modify: head.repo.id !== repo.id && (fields.maintainer_can_modify ?? true),
      stats: { commits: 0, additions: 0, deletions: 0, changed_files: 0 },
      trial: null,
    }
    const facts = await headFacts(core, current, { number, pull: blank }, head.sha)
    if (facts.stats.commits === 0) {
      throw invalid({ resource, code: 'custom', message: `No commits between ${fields.base} and ${head.ref}` })
    }
    return core.state.commit(() => {
      const now = timestamp(core)
      const pr: PullRequest = {
        id: core.state.nextId(),
        repo: repo.id,
        number,
        title: fields.title,
        body: fields.body ?? null,
        user: by.login,
        state: 'open',
        state_reason: null,
        labels: [],
        assignees: [],
        milestone: null,
        locked: false,
        created_at: now,
        updated_at: now,
        closed_at: null,
        closed_by: null,
        pull: { ...blank, ...facts, id: core.state.nextId() },
      }
      core.state.issues.put(pr)
      emitChange(core, repoNow(core.state, repo.id), pr, 'opened', by)
      return pr
    })
  })
}

function refuseTwin(core: Core, repo: Repo, headRepo: Repo, ref: string, base: string, except?: number): void {
  const twin = core.state.issues
    .of(repo.id)
    .filter(isPull)
    .find(
      (pr) =>
        pr.number !== except &&
        pr.state === 'open' &&
        pr.pull.head.repo === headRepo.id &&
        pr.pull.head.ref === ref &&
        pr.pull.base.ref === base,
    )
  if (!twin) return
  throw invalid({ resource, code: 'custom', message: `A pull request already exists for ${headRepo.owner}:${ref}.` })
}

export interface PullEdit {
  readonly title?: string
  readonly body?: string | null
  readonly state?: 'open' | 'closed'
  readonly base?: string
  readonly maintainer_can_modify?: boolean
}

export async function editPull(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  fields: PullEdit,
): Promise<PullRequest> {
  const before = pullNow(core.state, repo.id, number)
  const own = sameLogin(before.user, by.login)
  const level = permissionOf(core.state, repo, by)
  demand(core.state, repo, by, 'pull')
  const edits = fields.title !== undefined || fields.body !== undefined || fields.base !== undefined
  if (edits && !own && !atLeast(level, 'push')) throw adminRightsNeeded()
  if (fields.state !== undefined && !own && !atLeast(level, 'triage')) throw adminRightsNeeded()
  if (fields.title?.trim() === '') throw invalid({ resource, code: 'missing_field', field: 'title' })
  checkBody(resource, fields.body)
  if (fields.base !== undefined && fields.base !== before.pull.base.ref)
    await changeBase(core, repo, by, number, fields.base)
  if (fields.state === 'open' && before.state === 'closed') await reopenPull(core, repo, by, number)
  return core.state.commit(() => {
    editText(core, repo, by, number, fields)
    if (fields.state === 'closed') setState(core, repo, by, number, 'closed')
    const now = pullNow(core.state, repo.id, number)
    if (fields.maintainer_can_modify === undefined) return now
    return update(core, now, { pull: { ...now.pull, maintainer_can_modify: fields.maintainer_can_modify } })
  })
}

async function changeBase(core: Core, repo: Repo, by: Account, number: number, base: string): Promise<void> {
  await core.lock(repo.id, async () => {
    const current = repoNow(core.state, repo.id)
    const pr = pullNow(core.state, repo.id, number)
    const sha = current.refs[`refs/heads/${base}`]
    if (!sha) throw invalid({ resource, field: 'base', code: 'invalid' })
    const { head } = pr.pull
    const [stats, trial] = await Promise.all([
      pullStats(gitDir(core, current), sha, head.sha),
      tryMerge(core, current, number, sha, head.sha),
    ])
    core.state.commit(() => {
      const now = pullNow(core.state, repo.id, number)
      const changed = update(core, now, { pull: { ...now.pull, base: { ref: base, sha }, stats, trial } })
      recordEvent(core, changed, by, 'base_ref_changed')
      const changes = { base: { ref: { from: now.pull.base.ref }, sha: { from: now.pull.base.sha } } }
      emitChange(core, current, changed, 'edited', by, { changes })
    })
  })
}

const cannotReopen = (why: string): Refusal =>
  invalid({ resource, code: 'invalid', field: 'state', message: `state cannot be changed. ${why}` })

/** Reopens as GitHub allows it: not when merged, the branch is gone or was rewritten, or a twin is open. */
async function reopenPull(core: Core, repo: Repo, by: Account, number: number): Promise<void> {
  await core.lock(repo.id, async () => {
    const current = repoNow(core.state, repo.id)
    const pr = pullNow(core.state, repo.id, number)
    const { head, base } = pr.pull
    if (pr.pull.merged_at !== null) throw cannotReopen('The pull request cannot be reopened.')
    const headRepo = head.repo === null ? undefined : core.state.repos.get(head.repo)
    if (!headRepo) throw cannotReopen('The repository that submitted this pull request has been deleted.')
    const sha = headRepo.refs[`refs/heads/${head.ref}`]
    if (!sha) throw cannotReopen(`The ${head.ref} branch has been deleted.`)
    if (!current.refs[`refs/heads/${base.ref}`]) throw cannotReopen(`The ${base.ref} branch has been deleted.`)
    try {
      refuseTwin(core, current, headRepo, head.ref, base.ref, number)
    } catch (error) {
      if (error instanceof Refusal)
        throw cannotReopen(
          `There is already an open pull request from ${headRepo.owner}:${head.ref} to ${repo.owner}:${base.ref}.`,
        )
      throw error
    }
    if (sha !== head.sha && !(await isAncestor(gitDir(core, headRepo), head.sha, sha))) {
      throw cannotReopen(`The ${head.ref} branch was force-pushed or recreated.`)
    }
    const facts = await headFacts(core, current, pr, sha)
    core.state.commit(() => {
      const now = pullNow(core.state, repo.id, number)
      core.state.issues.put({ ...now, pull: { ...now.pull, ...facts } })
      setState(core, current, by, number, 'open')
    })
  })
}

/** Turns a pull request into a draft or makes it ready for review. */
export function setDraft(core: Core, repo: Repo, by: Account, number: number, draft: boolean): PullRequest {
  const pr = pullNow(core.state, repo.id, number)
  if (!sameLogin(pr.user, by.login)) demand(core.state, repo, by, 'push')
  if (pr.pull.draft === draft) return pr
  return core.state.commit(() => {
    const changed = update(core, pr, { pull: { ...pr.pull, draft } })
    recordEvent(core, changed, by, draft ? 'convert_to_draft' : 'ready_for_review')
    emitChange(core, repo, changed, draft ? 'converted_to_draft' : 'ready_for_review', by)
    return changed
  })
}

/** Merges the base branch into the pull request's branch. Refuses 422 when the head is not `expected` or they conflict. */
export async function updateBranch(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  expected?: string,
): Promise<void> {
  const pr = pullNow(core.state, repo.id, number)
  const headRepo = pr.pull.head.repo === null ? undefined : core.state.repos.get(pr.pull.head.repo)
  if (!headRepo) throw new Refusal(422, 'The head repository is gone.')
  const maintainer = pr.pull.maintainer_can_modify && atLeast(permissionOf(core.state, repo, by), 'push')
  if (!maintainer) demand(core.state, headRepo, by, 'push')
  if (expected !== undefined && expected !== pr.pull.head.sha) {
    throw new Refusal(422, 'expected head sha didn’t match current head ref.')
  }
  await core.lock(headRepo.id, async () => {
    const base = repoNow(core.state, repo.id).refs[`refs/heads/${pr.pull.base.ref}`]
    const before = repoNow(core.state, headRepo.id).refs[`refs/heads/${pr.pull.head.ref}`]
    if (!base || !before) throw new Refusal(422, 'The branch is gone.')
    const dir = gitDir(core, headRepo)
    if (headRepo.id !== repo.id) await fetchInto(dir, gitDir(core, repo), base, 'refs/simulator/base')
    if ((await mergeBase(dir, base, before)) === base)
      throw new Refusal(422, 'There are no new commits on the base branch.')
    const tree = await mergeTree(dir, before, base)
    if (tree === null) throw new Refusal(422, 'merge conflict between base and head')
    const commit = await writeCommit(dir, {
      tree,
      parents: [before, base],
      message: `Merge branch '${pr.pull.base.ref}' into ${pr.pull.head.ref}`,
      author: { name: by.name ?? by.login, email: `${by.login}@users.noreply.github.com` },
      committer: { name: 'GitHub', email: 'noreply@github.com' },
      timeMs: core.clock.now(),
    })
    const ref = `refs/heads/${pr.pull.head.ref}`
    await updateRefs(dir, [{ ref, to: commit, from: before }])
    await announce(core, headRepo, { ref, before, after: commit }, by)
  })
}

/** The repository of a person that a pull request can come from: their fork, whatever its name. */
export const forkOf = (core: Core, repo: Repo, login: string): Repo | undefined =>
  core.state.repos.of(login.toLowerCase()).find((candidate) => candidate.parent === repo.id)

/** Repository by its full name. */
export function repoNamed(core: Core, name: string): Repo {
  const [owner = '', repo = ''] = name.split('/')
  const found = findRepo(core.state, owner, repo)
  if (!found) throw new Refusal(404, `there is no repository ${name}`)
  return found
}
