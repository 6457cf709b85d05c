// mergecommitblocker: keeps pull requests from merging that hold merge commits.
import type { CodeHost, Commit, PullRequest } from '../api/code-host.ts'
import { type ContextOf, plugin, type Thread } from '../hook/plugin.ts'
import { hadLabel } from './shared/had-label.ts'

const label = 'do-not-merge/contains-merge-commits'
const rebaseGuide =
  'https://github.com/kubernetes/community/blob/master/contributors/guide/github-workflow.md#4-keep-your-branch-in-sync'
const message = `Adding label \`${label}\` because this pull request contains merge commits, and those are not allowed in this repository.\nPlease use \`git rebase\` to put your commits on top of the target branch, and push them with force. How that is done is told in the [rebase guide](${rebaseGuide}).`

/** Also what older versions of Prow have written. */
const isNotice = (body: string): boolean => body.startsWith('Adding label') && body.includes(`\`${label}\``)

const isMerge = ({ parents }: Pick<Commit, 'parents'>): boolean => parents.length > 1

/** The host lists the oldest 250 commits. Of those after them so many are looked at one by one, from the head. */
const mostAfterList = 250

/** Whether a pull request holds merge commits; undefined when it has too many commits to know. */
async function hasMerges(pr: Thread, { head }: Pick<PullRequest, 'head'>, host: CodeHost) {
  const listed = await host.pullRequestCommits(pr)
  if (listed.some(isMerge)) return true
  const known = new Set(listed.map(({ sha }) => sha))
  let sha: string | undefined = head.sha
  for (let left = mostAfterList; sha !== undefined && known.size > 0 && !known.has(sha); left--) {
    if (left === 0) return undefined
    const commit: Commit = await host.commit(pr, sha)
    if (isMerge(commit)) return true
    sha = commit.parents[0]
  }
  return false
}

async function check({ event, pr, host, log, delivery }: ContextOf<'pull_request'>): Promise<void> {
  if (!['opened', 'reopened', 'synchronize'].includes(event.action)) return
  const found = await hasMerges(pr, event.pr, host)
  if (found === undefined) return log.warn('too many commits to look for merges, so the label stays as it is')
  const isLabelled = await hadLabel(label, event.pr.labels, { pr, delivery })
  if (found && !isLabelled) {
    await pr.setLabel(label, true)
    await pr.announce(message)
  }
  if (!found && isLabelled) {
    await pr.setLabel(label, false)
    await pr.prune(({ body }) => isNotice(body))
  }
}

export default plugin({
  name: 'mergecommitblocker',
  about: `Sets the label '${label}' on pull requests that hold merge commits, which keeps them from merging.`,
  handlers: { pull_request: check },
})
