// How Tide would merge in a repository when no branch is named: that is how its jobs are looked at, too.
import type { RepoRef } from '../api/code-host.ts'
import { compileRe2 } from '../config/re2.ts'
import type { Config } from '../config/types.ts'
import type { MergeMethod } from '../git/git.ts'

type Methods = Config['tide']['merge_method']

/** The first answer of these: nested branch patterns that match no name, `org/repo`, the nested repository, the org, `merge`. */
export function mergeMethodOf(methods: Methods, { org, repo }: RepoRef): MergeMethod {
  const ofOrg = methods[org]
  const nested = typeof ofOrg === 'object' ? (ofOrg[repo] ?? ofOrg['*']) : undefined
  const byBranch = typeof nested === 'object' ? Object.entries(nested) : []
  const branch = byBranch.sort(([a], [b]) => (a < b ? -1 : 1)).find(([pattern]) => compileRe2(pattern).test(''))
  const answers = [branch?.[1], methods[`${org}/${repo}`], nested, ofOrg]
  return answers.find(isMethod) ?? 'merge'
}

const isMethod = (answer: unknown): answer is MergeMethod =>
  answer === 'merge' || answer === 'squash' || answer === 'rebase'
