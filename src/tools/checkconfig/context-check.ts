// tide-context-policy: contexts that Tide would have to wait for and to ignore at the same time.
import { contextPolicy } from '../../config/context-policy.ts'
import type { Checking, Found } from './check.ts'

type Levels = Readonly<
  Record<
    string,
    { readonly repos?: Readonly<Record<string, { readonly branches?: Readonly<Record<string, unknown>> }>> }
  >
>

/** Repositories and branches of a tree of orgs, repositories and branches. */
const namedIn = (orgs: Levels = {}): readonly (readonly [repo: string, branches: readonly string[]])[] =>
  Object.entries(orgs).flatMap(([org, { repos = {} }]) =>
    Object.entries(repos).map(([repo, { branches = {} }]) => [`${org}/${repo}`, Object.keys(branches)] as const),
  )

/** Policies that contradict themselves, for each repository and branch that the configuration names. */
export const tideContextPolicy = ({ config, place }: Checking): readonly Found[] => {
  const branches = new Map<string, Set<string>>()
  const jobs = Object.entries(config.presubmits).map(
    ([repo, list]) => [repo, list.flatMap((job) => job.branches ?? [])] as const,
  )
  const named = [...jobs, ...namedIn(config['branch-protection'].orgs), ...namedIn(config.tide.context_options.orgs)]
  for (const [repo, names] of named) {
    // Gerrit's have no such policy.
    if (repo.split('/').length !== 2) continue
    branches.set(repo, new Set([...(branches.get(repo) ?? []), ...names]))
  }
  return [...branches]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, literals]) => {
      const [org = '', repo = ''] = name.split('/')
      return [...(literals.size > 0 ? literals : ['master'])].sort().flatMap((branch) =>
        contextPolicy(config, config.presubmits[name] ?? [], { org, repo, branch }).problems.map((problem) => ({
          place: place('main', ['tide', 'context_options', 'orgs', org, 'repos', repo, 'branches', branch]),
          field: 'tide.context_options',
          message: `${name}, branch ${branch}: ${problem}`,
        })),
      )
    })
}
