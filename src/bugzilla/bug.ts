// Bugs as Bugzilla's REST API tells of them, field for field, and pull requests as its external trackers name them.
import type { IssueRef } from '../api/code-host.ts'

/** A bug, as far as anybody here looks at it. */
export interface Bug {
  readonly id: number
  readonly summary: string
  readonly status: string
  /** Empty while it is open. */
  readonly resolution: string
  readonly is_open: boolean
  readonly severity: string
  /** RFC 3339. */
  readonly creation_time: string
  readonly target_release: readonly string[]
  readonly groups: readonly string[]
  /** Ids of bugs. */
  readonly depends_on: readonly number[]
  readonly blocks: readonly number[]
  /** E-mail address of who tests it; absent when nobody is named, `''` when they have none. */
  readonly qa_contact_email?: string
}

/** Changes of a bug; what is absent stays as it is. */
export interface BugUpdate {
  readonly status?: string
  readonly resolution?: string
  readonly target_release?: readonly string[]
  readonly whiteboard?: string
  readonly depends_on?: { readonly add: readonly number[] }
  readonly blocks?: { readonly add: readonly number[] }
}

/** A comment on a bug. */
export interface BugComment {
  readonly creator: string
  /** RFC 3339. */
  readonly time: string
  readonly text: string
  readonly is_private: boolean
}

export type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
/** An object in the JSON; of anything else, an empty one. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
/** Objects of a list in the JSON. */
export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const textsOf = (value: unknown): readonly string[] =>
  // Where a field takes one value, Bugzilla gives it without a list.
  typeof value === 'string'
    ? [value]
    : Array.isArray(value)
      ? value.filter((one): one is string => typeof one === 'string')
      : []
const idsOf = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((one): one is number => Number.isSafeInteger(one)) : []

/** Undefined when it has no id. */
export function bugOf(fields: Fields): Bug | undefined {
  if (!Number.isSafeInteger(fields.id)) return undefined
  const contact = isFields(fields.qa_contact_detail) ? fields.qa_contact_detail : undefined
  return {
    id: Number(fields.id),
    summary: textOf(fields.summary),
    status: textOf(fields.status),
    resolution: textOf(fields.resolution),
    is_open: fields.is_open === true,
    severity: textOf(fields.severity),
    creation_time: textOf(fields.creation_time),
    target_release: textsOf(fields.target_release),
    groups: textsOf(fields.groups),
    depends_on: idsOf(fields.depends_on),
    blocks: idsOf(fields.blocks),
    ...(contact && { qa_contact_email: textOf(contact.email) }),
  }
}

export const commentOf = (fields: Fields): BugComment => ({
  creator: textOf(fields.creator),
  time: textOf(fields.time),
  text: textOf(fields.text),
  is_private: fields.is_private === true,
})

/** Address of the tracker that pull requests belong to. */
export const trackerUrl = 'https://github.com/'

/** How trackers name a pull request. */
export const pullIdentifier = ({ org, repo, number }: IssueRef): string => `${org}/${repo}/pull/${number}`

/**
 * The pull request that an external bug names; undefined for other things on the tracker, such as issues.
 * @throws Error for a name that has another shape.
 */
export function pullOf(identifier: string): IssueRef | undefined {
  const [org = '', repo = '', kind, number = '', ...more] = identifier.replace(/(\/files)?\/?$/, '').split('/')
  if (more.length > 0 || !org || !repo || kind === undefined || number === '')
    throw new Error(`external bug "${identifier.slice(0, 200)}" is not of the form org/repo/pull/number`)
  if (kind !== 'pull') return undefined
  if (!/^\d{1,15}$/.test(number)) throw new Error(`external bug "${identifier.slice(0, 200)}" has no number at its end`)
  return { org, repo, number: Number(number) }
}
