// Merging a pull request: merge commit, squash or rebase, with GitHub's refusals.
import { type Core, commitEmail, gitDir, protectionOf, pullNow, repoNow } from '../core.ts'
import { Refusal } from '../errors.ts'
import { log } from '../git/read.ts'
import { resolveCommit, updateRefs } from '../git/refs.ts'
import { mergeTree, rebase, writeCommit } from '../git/write.ts'
import type { Account, PullRequest, Repo } from '../state/records.ts'
import { unmetProtection } from './mergeability.ts'
import { atLeast, demand, permissionOf } from './permissions.ts'
import { announce, markMerged } from './pushes.ts'

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export interface MergeFields {
  readonly commit_title?: string
  readonly commit_message?: string
  /** The head must be at this commit. */
  readonly sha?: string
  readonly merge_method?: MergeMethod
}

const github = { name: 'GitHub', email: 'noreply@github.com' }

/** Merges and returns the new tip of the base branch. Refuses 405 and 409 in GitHub's words. */
export async function mergePull(
  core: Core,
  repo: Repo,
  by: Account,
  number: number,
  fields: MergeFields,
): Promise<string> {
  demand(core.state, repo, by, 'push')
  const method = fields.merge_method ?? 'merge'
  return core.lock(repo.id, async () => {
    const current = repoNow(core.state, repo.id)
    const pr = pullNow(core.state, repo.id, number)
    refuseMerge(core, current, pr, by, method, fields.sha)
    const ref = `refs/heads/${pr.pull.base.ref}`
    const before = current.refs[ref]
    if (!before) throw new Refusal(405, 'Pull Request is not mergeable')
    const commit = await makeMerge(core, current, pr, by, before, method, fields)
    // Written down first: if the process is killed after git has moved the branch, the next start finishes the rest.
    core.state.commit(() => core.state.intents.put({ repo: repo.id, number, by: by.login, commit }))
    await updateRefs(gitDir(core, current), [{ ref, to: commit, from: before }])
    await finishMerge(core, current, pr.number, by, { ref, before, after: commit })
    return commit
  })
}

async function finishMerge(
  core: Core,
  repo: Repo,
  number: number,
  by: Account,
  change: { ref: string; before: string; after: string },
): Promise<void> {
  await announce(core, repo, change, by, () => {
    const pr = pullNow(core.state, repo.id, number)
    if (pr.pull.merged_at === null) markMerged(core, repo, pr, by, change.after)
    core.state.intents.delete(repo.id)
  })
  const { head } = pullNow(core.state, repo.id, number).pull
  if (repo.delete_branch_on_merge && head.repo === repo.id && head.ref !== repo.default_branch) {
    const ref = `refs/heads/${head.ref}`
    await updateRefs(gitDir(core, repo), [{ ref, to: null }])
    await announce(core, repo, { ref, before: head.sha, after: null }, by)
  }
}

/** Finishes merges that a killed process had begun: those whose branch git did move. Run once at start. */
export async function finishBegunMerges(core: Core): Promise<void> {
  for (const intent of [...core.state.intents.all()]) {
    const repo = repoNow(core.state, intent.repo)
    const pr = pullNow(core.state, intent.repo, intent.number)
    const ref = `refs/heads/${pr.pull.base.ref}`
    const before = repo.refs[ref]
    const by = core.state.accounts.get(intent.by.toLowerCase())
    const moved = (await resolveCommit(gitDir(core, repo), ref)) === intent.commit
    if (moved && before && by)
      await core.lock(repo.id, () => finishMerge(core, repo, pr.number, by, { ref, before, after: intent.commit }))
    else core.state.commit(() => core.state.intents.delete(intent.repo))
  }
}

const methodNames = {
  merge: ['allow_merge_commit', 'Merge commits are'],
  squash: ['allow_squash_merge', 'Squash merges are'],
  rebase: ['allow_rebase_merge', 'Rebase merges are'],
} as const

function refuseMerge(
  core: Core,
  repo: Repo,
  pr: PullRequest,
  by: Account,
  method: MergeMethod,
  sha: string | undefined,
): void {
  if (pr.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable')
  if (pr.pull.draft) throw new Refusal(405, 'Pull Request is still a draft')
  const [setting, words] = methodNames[method]
  if (!repo[setting]) throw new Refusal(405, `${words} not allowed on this repository.`)
  if (sha !== undefined && sha !== pr.pull.head.sha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
  }
  const protection = protectionOf(repo, pr.pull.base.ref)
  const bypasses = atLeast(permissionOf(core.state, repo, by), 'admin') && !protection?.enforce_admins
  if (!protection || bypasses) return
  const { restrictions } = protection
  if (restrictions && !mayPush(core, repo, by, restrictions)) {
    throw new Refusal(
      405,
      "You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information.",
    )
  }
  const unmet = unmetProtection(core.state, repo, pr)
  if (unmet !== undefined) throw new Refusal(405, unmet)
}

function mayPush(
  core: Core,
  repo: Repo,
  by: Account,
  { users, teams }: { users: readonly string[]; teams: readonly string[] },
): boolean {
  const login = by.login.toLowerCase()
  const listed = core.state.teams.of(repo.owner.toLowerCase()).filter((team) => teams.includes(team.slug))
  const members = listed.flatMap((team) => Object.keys(team.members))
  return [...users, ...members].some((allowed) => allowed.toLowerCase() === login)
}

async function makeMerge(
  core: Core,
  repo: Repo,
  pr: PullRequest,
  by: Account,
  base: string,
  method: MergeMethod,
  fields: MergeFields,
): Promise<string> {
  const dir = gitDir(core, repo)
  const timeMs = core.clock.now()
  const head = pr.pull.head.sha
  const author = { name: by.name ?? by.login, email: commitEmail(by) }
  if (method === 'rebase') {
    const tip = await rebase(dir, { onto: base, head, committer: author, timeMs })
    if (tip === null) throw new Refusal(405, 'This branch can’t be rebased')
    return tip
  }
  const tree = await mergeTree(dir, base, head)
  if (tree === null) throw new Refusal(405, 'Pull Request is not mergeable')
  if (method === 'squash') {
    const { title, text } = await squashMessage(core, repo, pr, base)
    const message = joined(fields.commit_title ?? title, fields.commit_message ?? text)
    const opener = core.state.accounts.get(pr.user.toLowerCase()) ?? by
    const owner = { name: opener.name ?? opener.login, email: commitEmail(opener) }
    return writeCommit(dir, { tree, parents: [base], message, author: owner, committer: github, timeMs })
  }
  const title = fields.commit_title ?? `Merge pull request #${pr.number} from ${pr.pull.head.owner}/${pr.pull.head.ref}`
  const message = joined(title, fields.commit_message ?? pr.title)
  return writeCommit(dir, { tree, parents: [base, head], message, author, committer: github, timeMs })
}

const joined = (title: string, text: string): string => (text === '' ? title : `${title}\n\n${text}`)

// GitHub's default: one commit speaks for itself, several are listed under the title.
async function squashMessage(
  core: Core,
  repo: Repo,
  pr: PullRequest,
  base: string,
): Promise<{ title: string; text: string }> {
  const commits = await log(gitDir(core, repo), [pr.pull.head.sha, `^${base}`], ['--reverse', '--no-merges'])
  const [only] = commits
  if (only && commits.length === 1) {
    const [first = '', ...rest] = only.message.split('\n')
    return { title: `${first} (#${pr.number})`, text: rest.join('\n').trim() }
  }
  return { title: `${pr.title} (#${pr.number})`, text: commits.map((commit) => `* ${commit.message}`).join('\n\n') }
}
