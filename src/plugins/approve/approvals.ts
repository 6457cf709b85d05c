// Who approves a pull request now: everything that was said on it, replayed from the beginning.
import type { ReviewState } from '../../api/code-host.ts'
import { commandsIn, saysApproval } from './commands.ts'

/** A comment, a comment on a line, or a review. */
export interface Statement {
  /** Login; empty when the account is gone. */
  readonly author: string
  readonly body: string
  readonly html_url: string
  /** RFC 3339. */
  readonly at: string
  /** Of reviews. */
  readonly state?: ReviewState
}

export interface Approval {
  /** As its owner writes it. */
  readonly login: string
  readonly how: 'Approved' | 'LGTM' | 'Author self-approved'
  /** Where it was said. */
  readonly link: string
  /** No issue needs to belong to the change. */
  readonly waivesIssue: boolean
}

/** Approvals by login in lower case. */
export type Approvals = ReadonlyMap<string, Approval>

export interface ApprovalRules {
  readonly author: string
  /** Address of the pull request. */
  readonly html_url: string
  /** Authors approve what they propose, unless they take that back. */
  readonly authorApproves: boolean
  readonly lgtmCounts: boolean
  readonly reviewsCount: boolean
  /** Logins as in the statements. */
  readonly bots: ReadonlySet<string>
}

/** @param statements In any order; of those of one moment the first comes first. */
export function approvalsBy(statements: readonly Statement[], rules: ApprovalRules): Approvals {
  const approvals = new Map<string, Approval>()
  const record = (approval: Approval) => {
    const key = approval.login.toLowerCase()
    // Who has waived the issue and then approves once more has still waived it.
    if (approvals.get(key)?.waivesIssue && !approval.waivesIssue) return
    approvals.set(key, approval)
  }
  if (rules.authorApproves) {
    const link = `${rules.html_url}#`
    record({ login: rules.author, how: 'Author self-approved', link, waivesIssue: false })
  }
  const counted = statements.filter((statement) => counts(statement, rules))
  for (const { author: login, body, html_url: link, state } of counted.toSorted((a, b) => timeOf(a) - timeOf(b))) {
    if (rules.reviewsCount && state === 'approved') record({ login, how: 'Approved', link, waivesIssue: false })
    if (rules.reviewsCount && state === 'changes_requested') approvals.delete(login.toLowerCase())
    for (const { name, does, waivesIssue } of commandsIn(body)) {
      if (does === 'withdraw') approvals.delete(login.toLowerCase())
      else if (name === 'approve') record({ login, how: 'Approved', link, waivesIssue })
      // Where /lgtm does not approve it still tells how somebody does who approves already.
      else if (rules.lgtmCounts || approvals.has(login.toLowerCase())) record({ login, how: 'LGTM', link, waivesIssue })
    }
  }
  return approvals
}

/** Reviews that say yes or no. A dismissed one takes nothing back, but commands in its text still count. */
const isVerdict = (state: ReviewState | undefined): boolean => state === 'approved' || state === 'changes_requested'

const counts = ({ author, body, state }: Statement, { bots, lgtmCounts, reviewsCount }: ApprovalRules): boolean =>
  author !== '' && !bots.has(author) && (saysApproval(body, { lgtmCounts }) || (reviewsCount && isVerdict(state)))

const timeOf = ({ at }: Statement): number => Date.parse(at) || 0
