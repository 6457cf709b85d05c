// cherry-pick-approved: a review of somebody who is named for it lets a pick for a release branch merge.
import type { CodeHost, PullRequest, Review, StatusState } from '../api/code-host.ts'
import { github } from '../api/labels.ts'
import { compileRe2 } from '../config/re2.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import type { PluginConfig } from '../config/types.ts'
import { type ContextOf, plugin, type Thread } from '../hook/plugin.ts'
import { cherryPickApproved, cherryPickNotApproved } from './shared/cherry-pick-labels.ts'

/** With any of these a pull request cannot be approved. */
const blocking = [
  'do-not-merge/blocked-paths',
  'cncf-cla: no',
  github.hold,
  'do-not-merge/invalid-owners-file',
  'bugzilla/invalid-bug',
  'do-not-merge/contains-merge-commits',
  github.needsOkToTest,
  'needs-rebase',
  'do-not-merge/release-note-label-needed',
  github.workInProgress,
]

type Settings = NonNullable<PluginConfig['sections']['cherry_pick_approved']>[number]
type About = Pick<ContextOf<'pull_request'>, 'host' | 'plugins' | 'log'> & { readonly pr: Thread }

/** The entry of a repository, where it has approvers and is for the branch; of several entries the last. */
function settingsFor({ plugins, pr }: Pick<About, 'plugins' | 'pr'>, branch: string): Settings | undefined {
  const entries = plugins.sections.cherry_pick_approved ?? []
  const entry = entries.findLast(({ org, repo }) => org === pr.org && repo === pr.repo)
  if (!entry || entry.approvers.length === 0) return undefined
  return compileRe2(entry.branchregexp).test(branch) ? entry : undefined
}

/** Why an approval does not count now; undefined when it does. */
export function reasonAgainst(
  settings: Pick<Settings, 'allow_missing_approved_label' | 'allow_missing_lgtm_label'>,
  states: readonly StatusState[],
  labels: readonly string[],
): string | undefined {
  const has = (label: string) => labels.some((other) => other.toLowerCase() === label.toLowerCase())
  if (states.some((state) => state === 'failure' || state === 'error')) return 'a status has failed'
  if (!has(github.lgtm) && !settings.allow_missing_lgtm_label) return `the label ${github.lgtm} is missing`
  if (!has(github.approved) && !settings.allow_missing_approved_label) return `the label ${github.approved} is missing`
  const found = blocking.find(has)
  return found && `the label ${found} is there`
}

async function approve(settings: Settings, head: string, { host, pr, log }: About): Promise<void> {
  const states = (await host.statuses(pr, head)).map(({ state }) => state)
  const reason = reasonAgainst(settings, states, await pr.labels())
  if (reason) return log.info({ reason }, 'an approval of a cherry-pick does not count yet')
  await pr.setLabel(cherryPickApproved, true)
  await pr.setLabel(cherryPickNotApproved, false)
}

async function reviewed({ event, ...about }: ContextOf<'pull_request_review'>): Promise<void> {
  const { action, review, pr } = event
  const settings = settingsFor(about, pr.base.ref)
  if (!settings || action !== 'submitted' || review.state !== 'approved') return
  if (settings.approvers.includes(review.user.login)) await approve(settings, pr.head.sha, about)
}

/**
 * The labels that an approval needs often come because of the same review, a moment later; those that block it go at any time. Then
 * approvals of the present head count, unless somebody has taken the label off by hand since.
 */
async function labelChanged({ event, ...about }: ContextOf<'pull_request'>): Promise<void> {
  const { action, label = '', pr: pull } = event
  const helps = action === 'labeled' ? [github.lgtm, github.approved] : action === 'unlabeled' ? blocking : []
  if (!helps.some((one) => one === label) || pull.state !== 'open') return
  const settings = settingsFor(about, pull.base.ref)
  const review = settings && standingApproval(await about.host.reviews(about.pr), settings.approvers, pull)
  if (review && !(await wasTakenOff(review, about))) await approve(settings, pull.head.sha, about)
}

/** The last approval of the head by somebody who has not changed their mind. */
export function standingApproval(
  reviews: readonly Review[],
  approvers: readonly string[],
  { head }: Pick<PullRequest, 'head'>,
): Review | undefined {
  const opinions = reviews.filter(({ state }) => state !== 'commented' && state !== 'pending')
  return opinions.findLast(
    (one, index) =>
      one.state === 'approved' &&
      one.commit_id === head.sha &&
      approvers.includes(one.user.login) &&
      !opinions.some(({ user }, later) => later > index && user.login === one.user.login),
  )
}

async function wasTakenOff(review: Review, { host, pr }: { host: CodeHost; pr: Thread }): Promise<boolean> {
  return (await host.issueEvents(pr)).some(
    ({ event, label, created_at }) =>
      event === 'unlabeled' && label === cherryPickApproved && created_at >= review.submitted_at,
  )
}

export default plugin({
  name: 'cherry-pick-approved',
  about: `Sets the label '${cherryPickApproved}' on pull requests for release branches when somebody approves them who is named for that in the configuration.`,
  handlers: { pull_request_review: reviewed, pull_request: labelChanged },
  help: ({ sections: { cherry_pick_approved = [] } }, repos) => ({
    config: Object.fromEntries(
      cherry_pick_approved
        .filter(({ org, repo }) => repos.includes(`${org}/${repo}`))
        .map(({ org, repo, branchregexp, approvers }) => [
          `${org}/${repo}`,
          htmlEscaped(`Branches that match ${branchregexp}; approvers: ${approvers.join(', ') || 'none'}.`),
        ]),
    ),
    snippet: `cherry_pick_approved:
- org: kubernetes
  repo: kubernetes
  branchregexp: ^release-.*$
  # People whose approving review is needed.
  approvers:
  - alice
  # The labels lgtm and approved are needed, too, unless said otherwise.
  allow_missing_approved_label: false
  allow_missing_lgtm_label: false
`,
  }),
})
