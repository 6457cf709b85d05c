// needs-rebase: tells authors that their pull request conflicts with its base, and takes that back when it is mended.
import { type ContextOf, later, plugin } from '../../hook/plugin.ts'
import { isMarkedWrong, label, mark, notKnown, waitsMs } from './mark.ts'

/** Hosts need a moment before they notice that a commit changes what can be merged. */
const settleMs = 5000

const untilSettled = ({ receivedAt }: ContextOf<'push'>['delivery'], clock: ContextOf<'push'>['clock']): number =>
  receivedAt + settleMs - clock.now()

/** More comments than that are not remembered at once. */
const mostRemembered = 10_000

/** @param cacheValidMs After a comment made it look at a pull request, further ones do not for so long. */
export function needsRebase({ cacheValidMs }: { readonly cacheValidMs: number }) {
  const lookedAt = new Map<string, number>()

  async function pushed({ event, host, clock, log, signal, delivery }: ContextOf<'push'>): Promise<unknown> {
    if (!event.ref.startsWith('refs/heads/') || event.deleted) return
    const early = untilSettled(delivery, clock)
    if (early > 0) return later(early)
    const { org, repo } = event.repo
    const query = `archived:false is:pr is:open repo:"${org}/${repo}" base:"${event.branch.replaceAll('"', '')}"`
    const world = { host, clock, log, signal }
    let unknown = 0
    // Hosts begin to compute when they are asked, so it is asked again for those that are not known yet.
    for (const wait of [0, ...waitsMs]) {
      if (wait > 0) await clock.sleep(wait, signal)
      const found = await host.searchPullRequests(org, query)
      unknown = found.filter(({ mergeable }) => mergeable === undefined).length
      for (const { number, labels, mergeable } of found)
        if (mergeable !== undefined && isMarkedWrong(labels, mergeable)) await mark({ org, repo, number }, world)
      if (unknown === 0) return
    }
    throw notKnown(`${unknown} pull requests for ${event.branch}`)
  }

  async function commented(context: ContextOf<'issue_comment'>): Promise<void> {
    const { event, clock, pr } = context
    if (!event.issue.isPullRequest || event.issue.state !== 'open') return
    const key = `${pr.org}/${pr.repo}#${pr.number}`
    const age = clock.now() - (lookedAt.get(key) ?? Number.NEGATIVE_INFINITY)
    if (age < cacheValidMs) return
    await mark(pr, context)
    if (cacheValidMs === 0) return
    if (lookedAt.size >= mostRemembered) lookedAt.clear()
    lookedAt.set(key, clock.now())
  }

  return plugin({
    name: 'needs-rebase',
    about: `Adds the label '${label}' and a comment to pull requests that conflict with their base branch, and removes both when they do not any more.`,
    handlers: {
      push: pushed,
      issue_comment: commented,
      async pull_request(context) {
        const { event, clock, delivery, pr } = context
        const hasNewBase = event.action === 'edited' && event.changes.baseRef !== undefined
        if (!['opened', 'synchronize', 'reopened'].includes(event.action) && !hasNewBase) return
        if (event.pr.state !== 'open') return
        const early = untilSettled(delivery, clock)
        return early > 0 ? later(early) : mark(pr, context)
      },
    },
  })
}

export default needsRebase({ cacheValidMs: 0 })
