// What help says of each repository.
import type { RepoRef } from '../../api/code-host.ts'

/**
 * Texts by `org/repo`, as `help` returns them.
 * @param repos `org/repo` of each.
 * @param textOf Undefined or empty where there is nothing to say.
 */
export const helpByRepo = (
  repos: readonly string[],
  textOf: (at: RepoRef) => string | undefined,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    repos.flatMap((name) => {
      const [org = '', repo = ''] = name.split('/')
      const text = textOf({ org, repo })
      return text ? [[name, text]] : []
    }),
  )
