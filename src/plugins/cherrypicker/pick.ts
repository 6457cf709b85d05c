// One cherry-pick: the commits of a merged pull request on another branch, as a pull request of the bot.
import { CodeHostError, type PullRequest, type RepoRef } from '../../api/code-host.ts'
import { GitError } from '../../git/git.ts'
import { type ContextOf, replyTo } from '../../hook/plugin.ts'
import { asCode } from '../shared/as-code.ts'
import type { Wish } from './wishes.ts'
import { bodyFor, branchFor, fenced, titleFor } from './wording.ts'

/** What upstream's program is told by flags. */
export interface Settings {
  /** Put on the pull requests that are made. */
  readonly labels: readonly string[]
  /** Whether whoever asked is assigned, also with a command for Prow. */
  readonly useProwAssignments: boolean
  /** Anybody may ask, not only members. */
  readonly allowAll: boolean
  /** Whether a conflict becomes an issue. */
  readonly createIssueOnConflict: boolean
  /** How labels begin that ask for a cherry-pick. */
  readonly labelPrefix: string
}

export type About = Omit<ContextOf<'pull_request'>, 'event'>

/** Why something cannot be done, for whoever asked. */
interface Refused {
  readonly refused: string
  readonly isConflict?: true
}

/** Brings a merged pull request on a branch, and tells how that went. What an earlier attempt has done is not done again. */
export async function cherryPick(wish: Wish, pull: PullRequest, settings: Settings, context: About): Promise<void> {
  const { host, pr } = context
  const { target, said } = wish
  const tell = (message: string) =>
    pr.comment(said ? replyTo(said, message) : `In response to a cherrypick label: ${message}`)

  const place = await whereToPush(context)
  if ('refused' in place) return tell(place.refused)
  const branch = branchFor(pr.number, target)
  const [existing] = await host.pullRequests(pr, { head: `${place.org}:${branch}`, base: target })
  if (existing && (await isOurs(existing.number, context)))
    return finish(existing.number, wish, settings, tell, context)
  if (existing) return tell(`Looks like #${pr.number} has already been cherry picked in ${existing.html_url}`)

  const problem = await push(pull, target, place, branch, context)
  if (problem) {
    await tell(problem.refused)
    if (problem.isConflict && settings.createIssueOnConflict) await openIssue(problem.refused, wish, tell, context)
    return
  }

  const isUpstream = place.org === pr.org && place.repo === pr.repo
  const byBot = await host.isBot(wish.by)
  const made = await refusable(
    (why) => `new pull request could not be created: ${why}`,
    () =>
      host.createPullRequest(pr, {
        title: titleFor(pull, target),
        body: bodyFor(pull, settings.useProwAssignments && !byBot ? wish.by : undefined, wish.chain),
        head: isUpstream ? branch : `${place.org}:${branch}`,
        base: target,
        maintainer_can_modify: true,
      }),
  )
  if (typeof made === 'object') return tell(made.refused)
  await finish(made, wish, settings, tell, context)
}

/** What is done to a new pull request. */
async function finish(
  number: number,
  { by }: Wish,
  { labels, useProwAssignments }: Settings,
  tell: (message: string) => Promise<void>,
  context: About,
): Promise<void> {
  const { org, repo } = context.pr
  await tell(`new pull request created: #${number}`)
  for (const label of labels) await context.host.addLabel({ org, repo, number }, label)
  if (useProwAssignments) await assign(number, by, context)
}

/** Assigns whoever asked; it does not matter much when that is impossible. */
async function assign(number: number, login: string, { host, pr: { org, repo }, log }: About): Promise<void> {
  if (await host.isBot(login)) return
  await host.assign({ org, repo, number }, [login]).catch((err: unknown) => log.warn({ err, login }, 'cannot assign'))
}

// The host's clock and ours may differ by this much.
const clockSkewMs = 60_000

/** Whether an issue or a pull request was made by an earlier attempt of this task. */
async function isOurs(number: number, { host, pr: { org, repo }, delivery }: About): Promise<boolean> {
  if (delivery.attempt <= 1) return false
  const { created_at } = await host.issue({ org, repo, number })
  return Date.parse(created_at) >= delivery.receivedAt - clockSkewMs
}

// A new fork is filled by and by.
const longestForkMs = 360_000
const forkPauseMs = 10_000

/** The bot's fork, made if it has none; the repository itself where the bot may not fork it. */
async function whereToPush({ host, pr: { org, repo }, clock, signal }: About): Promise<RepoRef | Refused> {
  const cannot = (why: string) => `cannot decide how to push into ${org}/${repo}: ${why}`
  let fork: RepoRef
  try {
    fork = await host.createFork({ org, repo })
  } catch (error) {
    if (error instanceof CodeHostError && error.kind === 'forbidden') return { org, repo }
    return { refused: cannot(reasonOf(error)) }
  }
  for (const giveUpAt = clock.now() + longestForkMs; ; await clock.sleep(forkPauseMs, signal)) {
    const usable = await refusable(cannot, () => isUsable(fork, host))
    if (usable !== false) return usable === true ? fork : usable
    if (clock.now() >= giveUpAt) return { refused: cannot(`the fork ${fork.org}/${fork.repo} did not become ready`) }
  }
}

async function isUsable(fork: RepoRef, host: About['host']): Promise<boolean> {
  try {
    const { default_branch } = await host.repository(fork)
    await host.branchSha(fork, default_branch)
    return true
  } catch (error) {
    // An empty repository answers with a conflict.
    if (error instanceof CodeHostError && (error.kind === 'not-found' || error.kind === 'conflict')) return false
    throw error
  }
}

/** Applies the patch of a pull request on top of a branch and pushes the result. Undefined when that went well. */
async function push(
  pull: PullRequest,
  target: string,
  place: RepoRef,
  branch: string,
  { host, git, pr, signal }: About,
): Promise<Refused | undefined> {
  if (!git) throw new Error('cherrypicker needs git, which this installation does not have')
  const mirror = git.mirror(pr)
  const before = await mirror.head(target, signal)
  if (before === undefined) return { refused: `cannot checkout ${asCode(target)}: there is no such branch` }
  const patch = await refusable(
    (why) =>
      `the patch of #${pr.number} cannot be fetched, so it has to be picked by hand.\n\n<details>\n\n${fenced(why)}\n</details>`,
    () => host.pullRequestPatch(pr),
  )
  if (typeof patch === 'object') return patch

  const { login, email } = await host.bot()
  const committer = { name: login, email: email || `${login}@users.noreply.github.com` }
  const copy = await mirror.worktree(before, signal, committer)
  try {
    const applied = await refusable(
      (why) => `#${pr.number} failed to apply on top of branch "${target}":\n${fenced(why)}`,
      () => copy.am(patch, { base: pull.base.sha, head: pull.head.sha }),
    )
    if (applied) return { ...applied, isConflict: true }
    if ((await copy.head()) === before)
      return { refused: `new pull request could not be created: ${asCode(target)} has the changes of #${pr.number}` }
    const pushed = await refusable(
      (why) => `failed to push cherry-picked changes in GitHub: ${why}`,
      () => copy.push(place, branch, { force: true }),
    )
    return pushed ?? undefined
  } finally {
    await copy.close()
  }
}

/** Leaves an issue for whoever asked, so that the conflict is not forgotten. */
async function openIssue(
  problem: string,
  { by }: Wish,
  tell: (message: string) => Promise<void>,
  context: About,
): Promise<void> {
  const { host, delivery } = context
  const { org, repo, number } = context.pr
  const title = (problem.split('\n')[0] ?? '').replace(/:$/, '')
  const query = `repo:${org}/${repo} is:issue is:open "#${number} failed to apply on top of branch"`
  // Only a repeated task can find one that it has made.
  const open = delivery.attempt > 1 ? await host.searchIssues(org, query, 100) : []
  const found = open.find((issue) => issue.title === title)
  const made = found
    ? found.number
    : await refusable(
        (why) => `the issue for the failed cherrypick could not be created: ${why}`,
        () => host.createIssue({ org, repo }, { title, body: `Manual cherrypick required.\n\n${problem}` }),
      )
  if (typeof made === 'object') return tell(made.refused)
  await assign(made, by, context)
  await tell(`new issue created for failed cherrypick: #${made}`)
}

/** What a step gives, or why it is impossible. What passes by itself is thrown, so that the task is tried again. */
async function refusable<T>(say: (why: string) => string, step: () => Promise<T>): Promise<T | Refused> {
  try {
    return await step()
  } catch (error) {
    return { refused: say(reasonOf(error)) }
  }
}

const longestReason = 4000

function reasonOf(error: unknown): string {
  const isFinal =
    (error instanceof GitError && error.kind !== 'unavailable') ||
    (error instanceof CodeHostError && !['unavailable', 'rate-limited'].includes(error.kind))
  if (!isFinal) throw error
  return error.message.slice(0, longestReason).toWellFormed()
}
