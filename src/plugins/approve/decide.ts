// Whether a pull request is approved, and what is missing.
import { quoteRe2, re2 } from '../../config/re2.ts'
import type { Approval, Approvals } from './approvals.ts'
import { type Area, allApprovers, unapproved } from './areas.ts'
import { suggest } from './suggest.ts'

export interface Situation {
  readonly number: number
  /** False when the change has no files: nothing to approve. */
  readonly hasFiles: boolean
  readonly areas: readonly Area[]
  readonly approvals: Approvals
  /** Logins. */
  readonly assignees: readonly string[]
  /** 0 is none. */
  readonly issue: number
  readonly issueRequired: boolean
}

/** An area as people see it. */
export interface AreaState {
  readonly folder: string
  readonly isApproved: boolean
  /** Logins of those who approve and may, as they write them, sorted. */
  readonly approvedBy: readonly string[]
}

export interface Assessment {
  /** Every file has an approval. */
  readonly filesApproved: boolean
  /** Nothing is missing, neither approvals nor an issue. */
  readonly requirementsMet: boolean
  readonly areas: readonly AreaState[]
  /** Sorted by login. */
  readonly approvals: readonly Approval[]
  /** Approvals that make an issue unnecessary: those by owners of something here. */
  readonly waivers: readonly Approval[]
  /** Whose approval to ask for, in lower case, sorted. */
  readonly ccs: readonly string[]
}

export function assess(situation: Situation): Assessment {
  const { number, hasFiles, areas, approvals, issue, issueRequired } = situation
  const approvers = new Set(approvals.keys())
  const missing = new Set(unapproved(areas, approvers))
  const filesApproved = hasFiles && missing.size === 0
  const owners = areas.map((area) => ({ area, all: allApprovers(area) }))
  const byLogin = [...approvals].sort(([one], [other]) => (one < other ? -1 : 1))
  const waivers = byLogin.filter(([login, { waivesIssue }]) => waivesIssue && owners.some(({ all }) => all.has(login)))
  return {
    filesApproved,
    requirementsMet: filesApproved && (!issueRequired || issue !== 0 || waivers.length > 0),
    areas: owners.map(({ area, all }) => ({
      folder: area.folder,
      isApproved: !missing.has(area),
      approvedBy: byLogin.flatMap(([key, { login }]) => (all.has(key) ? [login] : [])).sort(),
    })),
    approvals: byLogin.map(([, approval]) => approval),
    waivers: waivers.map(([, approval]) => approval),
    ccs: suggest({ areas, approvers, assignees: new Set(situation.assignees.map(lower)), number }),
  }
}

/** The issue that a description refers to first: of this repository, or by its address of any repository of the organisation; 0 is none. */
export function issueIn(body: string, org: string): number {
  const [digits = ''] = re2`(?:${quoteRe2(org)}/[^/]+/issues/|#)(\d+)`.exec(body)?.groups ?? []
  const issue = Number(digits)
  return Number.isSafeInteger(issue) ? issue : 0
}

const lower = (login: string) => login.toLowerCase()
