// Carries out what is planned for the comments of a pull request, and remembers what is there: listing all comments for
// every job that ends would be the largest use of the code host's quota.
import { type CodeHost, CodeHostError, type IssueRef } from '../../api/code-host.ts'
import type { Clock } from '../../system/clock.ts'
import type { Known, Plan } from './plan.ts'
import { marker } from './table.ts'

/** What is remembered longer than this is looked up again, for somebody else may have been there. Milliseconds. */
const keepMs = 600_000
/** Pull requests that are remembered at once. */
const most = 5000

export interface Reports {
  /** Brings the comments in line with the plan. Must not run twice at once for a pull request. */
  update(at: IssueRef, plan: (comments: readonly Known[]) => Plan): Promise<void>
}

export function reports(host: CodeHost, clock: Clock): Reports {
  const known = new Map<string, { readonly since: number; readonly comments: readonly Known[] }>()

  function remember(key: string, comments: readonly Known[]): void {
    known.delete(key)
    known.set(key, { since: clock.now(), comments })
    const [oldest] = known.keys()
    if (known.size > most && oldest !== undefined) known.delete(oldest)
  }

  async function list(at: IssueRef): Promise<Known[]> {
    const comments = (await host.comments(at)).filter(({ body }) => body.includes(marker))
    const own = await Promise.all(comments.map(({ user }) => host.isBot(user.login)))
    return comments.filter((_, index) => own[index]).map(({ id, body }) => ({ id, body }))
  }

  async function carryOut(at: IssueRef, { remove, keep }: Plan, comments: readonly Known[]): Promise<Known[]> {
    for (const id of remove) await host.deleteComment(at, id)
    if (!keep) return []
    if (keep.id === undefined) return [{ id: (await host.comment(at, keep.body)).id, body: keep.body }]
    const before = comments.find(({ id }) => id === keep.id)?.body
    if (before !== keep.body) await host.editComment(at, keep.id, keep.body)
    return [{ id: keep.id, body: keep.body }]
  }

  return {
    async update(at, plan) {
      const key = `${at.org}/${at.repo}#${at.number}`
      const remembered = known.get(key)
      // Until all is done, what is there is unknown: an error may hide that it has happened.
      known.delete(key)
      if (remembered && clock.now() - remembered.since < keepMs) {
        try {
          remember(key, await carryOut(at, plan(remembered.comments), remembered.comments))
          return
        } catch (error) {
          // Somebody deleted the comment.
          if (!(error instanceof CodeHostError && error.kind === 'not-found')) throw error
        }
      }
      const comments = await list(at)
      remember(key, await carryOut(at, plan(comments), comments))
    },
  }
}
