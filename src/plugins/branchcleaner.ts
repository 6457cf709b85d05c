// branchcleaner: deletes the branch of a pull request of the same repository once it is merged.
import { CodeHostError, type RepoRef } from '../api/code-host.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import type { PluginConfig } from '../config/types.ts'
import { type ContextOf, plugin } from '../hook/plugin.ts'
import { latePatterns } from './shared/late-patterns.ts'

/** Names and patterns of branches to keep: those of the repository, then those of its organisation. */
const preserved = ({ sections }: PluginConfig, { org, repo }: RepoRef): readonly string[] => {
  const lists = sections.branch_cleaner?.preserved_branches ?? {}
  return [`${org}/${repo}`, org].flatMap((key) => (Object.hasOwn(lists, key) ? (lists[key] ?? []) : []))
}

async function clean({ event, host, plugins, log }: ContextOf<'pull_request'>): Promise<void> {
  const { base, head, merged } = event.pr
  if (event.action !== 'closed' || !merged) return
  if (head.repo?.org !== base.repo.org || head.repo.repo !== base.repo.repo) return
  const keep = preserved(plugins, base.repo)
  if (keep.includes(head.ref) || latePatterns(keep, log).some((pattern) => pattern.test(head.ref))) return
  // Webhooks and repeated tasks may come late, when somebody works on a new branch of that name.
  if ((await tipOf(base.repo, head.ref, host)) !== head.sha) return
  await host.deleteRef(base.repo, `heads/${head.ref}`)
}

async function tipOf(at: RepoRef, branch: string, host: ContextOf<'push'>['host']): Promise<string | undefined> {
  try {
    return await host.branchSha(at, branch)
  } catch (error) {
    if (error instanceof CodeHostError && error.kind === 'not-found') return undefined
    throw error
  }
}

export default plugin({
  name: 'branchcleaner',
  about:
    'Deletes the branch of a merged pull request, where it is a branch of the same repository and nobody wants it kept.',
  handlers: { pull_request: clean },
  help: ({ sections: { branch_cleaner } }, repos) => ({
    config: Object.fromEntries(
      repos.flatMap((name) => {
        const kept = branch_cleaner?.preserved_branches?.[name]
        return kept ? [[name, htmlEscaped(`Branches that are kept: ${kept.join(', ')}`)]] : []
      }),
    ),
    snippet: `branch_cleaner:
  # Names or patterns of branches that are kept, by org or org/repo.
  preserved_branches:
    kubernetes/test-infra:
    - main
    - release-.*
`,
  }),
})
