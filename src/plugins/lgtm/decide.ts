// Who may change lgtm, and what to answer when they may not; whether a push keeps it.
import type { Comment } from '../../api/code-host.ts'

/** What is known about somebody who wants to change the label. */
export interface Attempt {
  readonly wants: 'add' | 'cancel'
  readonly isAuthor: boolean
  /** Who may is decided by OWNERS files instead of the host's list of collaborators. */
  readonly byOwners: boolean
  readonly isCollaborator: boolean
  /** Approver or reviewer of the changed files. */
  readonly isOwner: boolean
  readonly isAssigned: boolean
  /** A review of commits that are not the newest any more. */
  readonly isOutdated: boolean
}

/** A refusal is told to the person who asked. */
export type Verdict = { readonly refuse: string } | { readonly assign: boolean }

export function decideLgtm(attempt: Attempt): Verdict {
  const { wants, isAuthor, byOwners, isCollaborator, isOwner, isAssigned, isOutdated } = attempt
  // Authors may always take lgtm off their own pull request.
  if (isAuthor) return wants === 'add' ? { refuse: 'you cannot LGTM your own PR.' } : { assign: false }
  if (byOwners && !isOwner) return { refuse: 'adding LGTM is restricted to approvers and reviewers in OWNERS files.' }
  if (!byOwners && !isCollaborator) return { refuse: 'changing LGTM is restricted to collaborators' }
  if (wants === 'add' && isOutdated)
    return {
      refuse: 'there are newer commits than those you have reviewed, so LGTM is not added. Please look at them, too.',
    }
  return { assign: !byOwners && !isAssigned }
}

/** Posted when a push has taken the label off. Pruned at the next lgtm. */
export const removedNotice = 'New changes are detected. LGTM label has been removed.'

/** The comment that remembers which tree was reviewed. */
export const treeHashComment = (sha: string): string =>
  `LGTM label has been added.  <details>Git tree hash: ${sha}</details>`

// At the start: answers of the bot quote what anybody has written.
const treeHash = /^LGTM label has been added\. {2}<details>Git tree hash: (.*)<\/details>/

export const isTreeHashComment = ({ body }: Comment): boolean => treeHash.test(body)

/**
 * The tree that the newest lgtm was for. Edited comments are not trusted.
 * @param comments The bot's own, oldest first.
 */
export function reviewedTree(comments: readonly Comment[]): string | undefined {
  const newest = comments.findLast((comment) => isTreeHashComment(comment) && comment.updated_at === comment.created_at)
  return newest && treeHash.exec(newest.body)?.[1]
}
