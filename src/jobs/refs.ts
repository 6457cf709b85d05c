// Refs: which repositories a job is about, and where they are checked out.
import type { PullRequest } from '../api/code-host.ts'
import type { Refs } from '../api/prowjob.ts'

interface Cloned {
  readonly refs?: Refs
  readonly extra_refs?: readonly Refs[]
}

export { orgRepo, refsText } from '../api/refs.ts'

/** The refs that a job is filed under: its own, else the first extra ones; undefined for a job without repository. */
export const filedUnder = (spec: Cloned): Refs | undefined => spec.refs ?? spec.extra_refs?.[0]

/** Everything that is cloned for a job, primary refs first. */
export const allRefs = (spec: Cloned): readonly Refs[] => [
  ...(spec.refs === undefined ? [] : [spec.refs]),
  ...(spec.extra_refs ?? []),
]

/** Checkout folder below `<root>/src`. */
export const checkoutPath = (refs: Refs): string =>
  refs.path_alias || (refs.repo_link ? withoutScheme(refs.repo_link) : `github.com/${refs.org}/${refs.repo}`)

/** A URL text without its scheme. */
export const withoutScheme = (url: string): string => url.replace(/^[^/]*:\/\//, '')

/** Refs of a pull request on top of the given commit of its base branch. */
export function refsOfPullRequest(pr: PullRequest, baseSha: string): Refs {
  const { repo } = pr.base
  return {
    org: repo.org,
    repo: repo.repo,
    repo_link: repo.html_url,
    base_ref: pr.base.ref,
    base_sha: baseSha,
    base_link: `${repo.html_url}/commit/${baseSha}`,
    pulls: [
      {
        number: pr.number,
        author: pr.user.login,
        sha: pr.head.sha,
        title: pr.title,
        head_ref: pr.head.ref,
        link: pr.html_url,
        commit_link: `${repo.html_url}/pull/${pr.number}/commits/${pr.head.sha}`,
        author_link: pr.user.html_url,
      },
    ],
  }
}
