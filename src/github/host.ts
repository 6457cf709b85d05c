// GitHub as the code host: the operations of CodeHost, by theme.
import type { CodeHost } from '../api/code-host.ts'
import { accountOperations } from './host-accounts.ts'
import { askWith } from './host-call.ts'
import { checkOperations } from './host-checks.ts'
import { issueOperations } from './host-issues.ts'
import { pullRequestOperations } from './host-pulls.ts'
import { repositoryOperations } from './host-repos.ts'
import type { Octokits } from './octokit.ts'

/** The code host of an installation that works with GitHub. Every failure is a CodeHostError. */
export function githubHost(clients: Octokits): CodeHost {
  const ask = askWith(clients)
  return {
    ...accountOperations(clients, ask),
    ...issueOperations(ask),
    ...pullRequestOperations(ask),
    ...repositoryOperations(ask),
    ...checkOperations(ask),
  }
}
