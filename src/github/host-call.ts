// How each operation on GitHub is made: its words for error messages, its client, and the answers that are no failures.
import { CodeHostError, type IssueRef, type RepoRef } from '../api/code-host.ts'
import { failure, hasStatus } from './errors.ts'
import type { Octokit, Octokits } from './octokit.ts'

/** Asks for the largest pages there are. */
export const all = { per_page: 100 } as const

export const repoOf = ({ org, repo }: RepoRef) => ({ owner: org, repo })
export const issueOf = (at: IssueRef) => ({ ...repoOf(at), issue_number: at.number })
export const pullOf = (at: IssueRef) => ({ ...repoOf(at), pull_number: at.number })

/** How error messages name what they are about. */
export const repoText = ({ org, repo }: RepoRef) => `${org}/${repo}`
export const issueText = (at: IssueRef) => `${repoText(at)}#${at.number}`

/** One operation: its words for an error message, its org, and the calls. Whatever they throw becomes a CodeHostError. */
export type Ask = <T>(what: string, org: string, call: (octokit: Octokit) => Promise<T>) => Promise<T>

export const askWith =
  (clients: Octokits): Ask =>
  async (what, org, call) => {
    try {
      return await call(await clients.forOrg(org))
    } catch (error) {
      throw failure(what, error)
    }
  }

/** What is there, or undefined where GitHub answers 404. With `saying`, only where its message has these words. */
export async function ifFound<T>(call: Promise<T>, saying = ''): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (hasStatus(error, 404) && error.message.includes(saying)) return undefined
    throw error
  }
}

/** True when GitHub refused with 422 and these words. */
export const refused = (error: unknown, words: string): boolean =>
  hasStatus(error, 422) && error.message.includes(words)

/** A change that GitHub accepted without a word, but did not make. */
export const notDone = (what: string): CodeHostError => new CodeHostError('failed', 200, what)

export const sameLogin = (a: string) => (b: string) => a.toLowerCase() === b.toLowerCase()
