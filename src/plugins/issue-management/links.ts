// The line of a description that says which issues a pull request fixes.
import type { RepoRef } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import { fields } from '../shared/go-text.ts'

const line = re2`(?i)^fixes\s+(.*)$`
const sameRepo = re2`^#?(\d{1,9})$`
const otherRepo = re2`^([\w-]+)/([\w.-]+)#(\d{1,9})$`

/** An issue as somebody names it: `123`, `#123`, `org/repo#123`. Undefined for anything else. */
export function issueNamed(text: string, here: RepoRef): { org: string; repo: string; number: number } | undefined {
  const inside = sameRepo.exec(text)
  if (inside) return { org: here.org, repo: here.repo, number: Number(inside.groups[0]) }
  const [org, repo, number] = otherRepo.exec(text)?.groups ?? []
  return org !== undefined && repo !== undefined ? { org, repo, number: Number(number) } : undefined
}

/** How an issue is named in the description. */
export const nameOf = ({ org, repo, number }: RepoRef & { readonly number: number }, here: RepoRef): string =>
  org === here.org && repo === here.repo ? `#${number}` : `${org}/${repo}#${number}`

/**
 * The description with these issues added to its line and those taken out; what is in both is added. Only a line that names
 * nothing but issues is one: sentences that begin with the word stay as they are.
 */
export function withLinks(body: string, add: readonly string[], remove: readonly string[]): string {
  const lines = body.split('\n')
  const known = (word: string) => /^(?:[\w.-]+\/[\w.-]+)?#\d+$/.test(word) || remove.includes(word)
  const wordsIn = (text: string) => fields(line.exec(text)?.groups[0] ?? '')
  const at = lines.findIndex((text) => line.test(text) && wordsIn(text).every(known))
  const kept = at < 0 ? [] : wordsIn(lines[at] ?? '').filter((word) => !remove.includes(word))
  const all = [...new Set([...kept, ...add])].sort()
  const after = all.length > 0 ? [`Fixes ${all.join(' ')}`] : []
  if (at >= 0) return lines.toSpliced(at, 1, ...after).join('\n')
  if (all.length === 0) return body
  return [...lines, ...(lines.at(-1)?.trim() === '' ? [] : ['']), ...after].join('\n')
}
