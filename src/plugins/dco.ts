// dco: checks that commits are signed off, as the Developer Certificate of Origin asks for.
import type { Commit, CommitStatus, RepoRef } from '../api/code-host.ts'
import { re2 } from '../config/re2.ts'
import type { PluginConfig } from '../config/types.ts'
import { aboutThisBotAndCommands, type ContextOf, plugin } from '../hook/plugin.ts'
import { commitList } from './shared/commit-list.ts'
import { helpByRepo } from './shared/help-by-repo.ts'
import { trustOf } from './trigger/trust.ts'

const signedOff = 'dco-signoff: yes'
const notSignedOff = 'dco-signoff: no'
const context = 'dco'
/** Recognised when the comment is out of date. */
const marker =
  "Thanks for your pull request. Before we can look at it, you'll need to add a 'DCO signoff' to your commits."

type Settings = Partial<NonNullable<NonNullable<PluginConfig['sections']['dco']>[string]>>
type About = Pick<ContextOf<'pull_request'>, 'pr' | 'host' | 'plugins' | 'config'>
/** What is checked: a pull request as the event, or the code host, shows it. */
interface Pull {
  readonly sha: string
  readonly defaultBranch: string
}

const isSignedOff = re2`(?mi)^signed-off-by:`

/** Commits that lack a sign-off. Merge commits need none. */
export const unsigned = (commits: readonly Commit[]): readonly Commit[] =>
  commits.filter(({ message, parents }) => parents.length <= 1 && !isSignedOff.test(message))

/** The entry of the repository, else of its org, else the one for all. */
const settingsFor = ({ sections: { dco = {} } }: PluginConfig, { org, repo }: RepoRef): Settings =>
  [`${org}/${repo}`, org, '*'].flatMap((key) => (Object.hasOwn(dco, key) ? (dco[key] ?? []) : []))[0] ?? {}

/** Apps whose commits have a login without the suffix `[bot]`. */
const appsWithoutSuffix = ['Copilot']

/** Those of the commits whose author is not excused. Without exemptions nobody is asked. */
async function inexcusable(
  commits: readonly Commit[],
  settings: Settings,
  { pr, host }: Pick<About, 'pr' | 'host'>,
): Promise<readonly Commit[]> {
  const {
    skip_dco_check_for_members: members = false,
    skip_dco_check_for_collaborators: collaborators = false,
    trusted_apps = [],
    trusted_org = '',
  } = settings
  if (!members && !collaborators && trusted_apps.length === 0) return commits
  const rules = { trusted_apps, trusted_org, only_org_members: !collaborators }
  const isApp = (login: string) => appsWithoutSuffix.includes(login) && trusted_apps.includes(login)
  const excused = new Map<string, boolean>()
  for (const { login } of commits.map(({ author }) => author))
    if (login && !excused.has(login))
      excused.set(login, isApp(login) || (await trustOf(login, pr, rules, host)).trusted)
  return commits.filter(({ author: { login } }) => !login || !excused.get(login))
}

/** The page that explains sign-offs. Without a branch it is that of the default branch. */
function contributingUrl(settings: Settings, { pr, config }: About, defaultBranch: string): string {
  const { contributing_repo: other, contributing_branch: branch, contributing_path: path } = settings
  const repo = other || `${pr.org}/${pr.repo}`
  const ref = branch || (other ? 'HEAD' : defaultBranch || 'master')
  return `${config.github.link_url}/${repo}/blob/${ref}/${path || 'CONTRIBUTING.md'}`
}

function comment(commits: readonly Commit[], url: string, { pr, config }: About): string {
  return `${marker}

:memo: **How to do that is told in the [contributing guide](${url}).**

The Developer Certificate of Origin can be read at [developercertificate.org](https://developercertificate.org/).

**The list of commits missing DCO signoff**:

${commitList(commits, pr, config.github.link_url)}

<details>

${aboutThisBotAndCommands}
</details>`
}

/** @param tells Whether somebody is waiting for an answer. */
async function check({ sha, defaultBranch }: Pull, tells: boolean, about: About): Promise<void> {
  const { host, pr, plugins } = about
  const settings = settingsFor(plugins, pr)
  const missing = await inexcusable(unsigned(await host.pullRequestCommits(pr)), settings, about)
  const before = (await host.statuses(pr, sha)).find((status) => status.context === context)
  const good = missing.length === 0
  // What blocks a merge comes before what lets it through goes.
  await pr.setLabel(notSignedOff, !good)
  await pr.setLabel(signedOff, good)
  const url = contributingUrl(settings, about, defaultBranch)
  const status: CommitStatus = good
    ? { context, state: 'success', description: 'All commits have Signed-off-by', target_url: url }
    : { context, state: 'failure', description: 'Commits in PR missing Signed-off-by', target_url: url }
  if (before?.state !== status.state) await host.setStatus(pr, sha, status)
  if (good || tells)
    await pr.keepOne(({ body }) => body.includes(marker), good ? undefined : comment(missing, url, about))
}

export default plugin({
  name: 'dco',
  about: `Checks that all commits of a pull request are signed off, and shows it with the labels '${signedOff}' and '${notSignedOff}', the status '${context}' and a comment.`,
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/check-dco',
      about: 'Checks the commits again.',
      who: 'Anybody.',
      featured: true,
      examples: ['/check-dco'],
      forms: { check: re2`(?mi)^/check-dco\s*$` },
    },
  ],
  run: async ({ event, ...about }) =>
    check({ sha: (await about.pr.fetch()).head.sha, defaultBranch: event.repo.default_branch }, true, about),
  handlers: {
    async pull_request({ event, ...about }) {
      if (!['opened', 'reopened', 'synchronize'].includes(event.action)) return
      const pull = { sha: event.pr.head.sha, defaultBranch: event.repo.default_branch }
      await check(pull, event.action !== 'reopened', about)
    },
  },
  help: (plugins, repos) => ({
    config: helpByRepo(repos, (at) => {
      const settings = settingsFor(plugins, at)
      const { skip_dco_check_for_collaborators: collaborators, trusted_apps: apps = [], trusted_org } = settings
      if (!settings.skip_dco_check_for_members && !collaborators && apps.length === 0) return undefined
      const orgs = [at.org, ...(trusted_org && trusted_org !== at.org ? [trusted_org] : [])]
      const excused = [
        `members of ${orgs.join(' and ')}`,
        ...(collaborators ? ['collaborators'] : []),
        ...(apps.length > 0 ? [`these apps: ${apps.join(', ')}`] : []),
      ]
      return `Need not sign off: ${excused.join('; ')}.`
    }),
    snippet: `dco:
  # By *, org or org/repo. With any exemption members of the organisation are excused, too.
  kubernetes/test-infra:
    skip_dco_check_for_members: true
    skip_dco_check_for_collaborators: true
    trusted_apps:
    - dependabot
    # Another organisation whose members are excused.
    trusted_org: cncf
    # The page that explains sign-offs.
    contributing_repo: kubernetes/community
    contributing_branch: main
    contributing_path: CONTRIBUTING.md
`,
  }),
})
