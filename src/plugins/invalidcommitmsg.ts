// invalidcommitmsg: keeps pull requests from merging whose commit messages or title close issues, or that have commits to be squashed.
import type { Commit, RepoRef } from '../api/code-host.ts'
import { re2 } from '../config/re2.ts'
import type { PluginConfig } from '../config/types.ts'
import { type ContextOf, entryFor, plugin, simpleResponse } from '../hook/plugin.ts'
import { commitList, subjectOf } from './shared/commit-list.ts'
import { helpByRepo } from './shared/help-by-repo.ts'

const label = 'do-not-merge/invalid-commit-message'
/** Recognised when the comment is out of date; the others stand in comments of older versions of Prow. */
const marker = '<!-- [prow:invalid-commit-message] -->'
const markers = [
  marker,
  '**The list of commits with invalid commit messages**:',
  'not allowed in the title of a Pull Request',
]

const closesIssue = re2`((?i)(clos(?:e[sd]?))|(fix(?:(es|ed)?))|(resolv(?:e[sd]?)))[\s:]+(\w+/\w+)?#(\d+)`
const isFixup = re2`^(fixup!|amend!|squash!)`

type Message = Pick<Commit, 'sha' | 'message'>
type Check = 'issueClosingKeywords' | 'fixupPrefix'

/** What must not be merged so. */
export interface Findings {
  readonly closing: readonly Message[]
  readonly fixups: readonly Message[]
  readonly title: boolean
}

/** What the checks that are on find. */
export function findingsIn(
  title: string,
  commits: readonly Message[],
  isOn: (check: Check) => boolean,
): Findings | undefined {
  const [keywords, prefix] = [isOn('issueClosingKeywords'), isOn('fixupPrefix')]
  const closing = commits.filter(({ message }) => keywords && closesIssue.test(message))
  const fixups = commits.filter((commit) => prefix && isFixup.test(subjectOf(commit)))
  const found = { closing, fixups, title: keywords && closesIssue.test(title) }
  return found.title || closing.length + fixups.length > 0 ? found : undefined
}

/** Whether a check is on in a repository: its first entry says so. */
export const checksOf =
  ({ sections: { invalid_commit_msg = [] } }: PluginConfig, at: RepoRef) =>
  (check: Check): boolean =>
    !entryFor(invalid_commit_msg, at)?.checks.find(({ name }) => name === check)?.disabled

const keywordsPage = 'https://help.github.com/articles/closing-issues-using-keywords'
const squashPage = 'https://git-scm.com/docs/git-rebase#Documentation/git-rebase.txt---autosquash'

function comment({ closing, fixups, title }: Findings, at: RepoRef, link: string): string {
  const parts = [
    `${marker}\nThis pull request cannot be merged yet, because of what is written in its commits or in its title.`,
  ]
  if (closing.length > 0)
    parts.push(
      `### Invalid commit messages\n\n[Keywords which can automatically close issues](${keywordsPage}) are not allowed in commit messages:\n\n${commitList(closing, at, link)}`,
    )
  if (fixups.length > 0)
    parts.push(
      `### Fixup/amend/squash commits\n\nThese commits have to be [squashed](${squashPage}) into those that they belong to:\n\n${commitList(fixups, at, link)}`,
    )
  if (title)
    parts.push(
      `### Invalid PR title\n\n[Keywords which can automatically close issues](${keywordsPage}) are not allowed in the title. You can change it with \`/retitle <new-title>\`; the description may have them.`,
    )
  return simpleResponse(parts.join('\n\n'))
}

async function check({ event, pr, host, config, plugins }: ContextOf<'pull_request'>): Promise<void> {
  if (!['opened', 'reopened', 'synchronize', 'edited'].includes(event.action)) return
  const commits = await host.pullRequestCommits(pr)
  const found = findingsIn(event.pr.title, commits, checksOf(plugins, pr))
  await pr.setLabel(label, found !== undefined)
  const body = found && comment(found, pr, config.github.link_url)
  await pr.keepOne((one) => markers.some((mark) => one.body.includes(mark)), body)
}

export default plugin({
  name: 'invalidcommitmsg',
  about: `Sets the label '${label}' on pull requests whose commit messages or title hold keywords that close issues, or that have fixup commits.`,
  handlers: { pull_request: check },
  help: (plugins, repos) => ({
    config: helpByRepo(repos, (at) => {
      const on = (['issueClosingKeywords', 'fixupPrefix'] as const).filter(checksOf(plugins, at))
      return `Checks: ${on.join(', ') || 'none'}.`
    }),
    snippet: `invalid_commit_msg:
- repos:
  - kubernetes/test-infra
  # Both checks are on unless said otherwise: issueClosingKeywords, fixupPrefix.
  checks:
  - name: fixupPrefix
    disabled: true
`,
  }),
})
