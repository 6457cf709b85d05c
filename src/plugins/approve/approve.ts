// approve: owners of everything that a pull request changes have to agree. A label and one comment say how far that is.
import type { PullRequest, User } from '../../api/code-host.ts'
import { github } from '../../api/labels.ts'
import { re2 } from '../../config/re2.ts'
import { type ApproveConfig, approveDefaults } from '../../config/sections/plugins/reviews.ts'
import type { PluginConfig } from '../../config/types.ts'
import { type ContextOf, entryFor, type PullRequestEvent, plugin, type ReviewEvent } from '../../hook/plugin.ts'
import { ownersSettings } from '../../owners/settings.ts'
import { helpByRepo } from '../shared/help-by-repo.ts'
import { neededOwners } from '../shared/need-owners.ts'
import { approvalsBy, type Statement } from './approvals.ts'
import { areasOf } from './areas.ts'
import { saysApproval } from './commands.ts'
import { assess, issueIn } from './decide.ts'
import { isNotification, notification } from './notification.ts'

type About = Omit<ContextOf<'pull_request'>, 'event'>

/** The pull request as the event shows it. */
interface Proposal extends Pick<PullRequest, 'body' | 'assignees' | 'html_url'> {
  readonly author: User
  /** That it wants to go to. */
  readonly branch: string
}

/** Looks at everything anew, then brings comment and label up to date. */
async function evaluate(proposal: Proposal, about: About): Promise<void> {
  const { pr, config, plugins } = about
  const owners = neededOwners('approve', about)
  const settings = settingsFor(plugins, pr)
  const [files, said, repoOwners, labels] = await Promise.all([
    pr.changedFiles(),
    everythingSaid(about),
    owners.load(pr, proposal.branch),
    pr.labels(),
  ])
  // What is moved away is missed where it was: its owners there have a say, too.
  const paths = files.flatMap(({ filename, previous_filename = filename }) => [filename, previous_filename])
  const asked = {
    number: pr.number,
    issue: issueIn(proposal.body, pr.org),
    issueRequired: settings.issue_required,
    assignees: proposal.assignees.map(({ login }) => login),
  }
  const assessment = assess({
    ...asked,
    hasFiles: files.length > 0,
    areas: areasOf(paths, repoOwners),
    approvals: approvalsBy(said.statements, {
      author: proposal.author.login,
      html_url: proposal.html_url,
      authorApproves: !settings.require_self_approval,
      lgtmCounts: settings.lgtm_acts_as_approve,
      reviewsCount: !settings.ignore_review_state,
      bots: said.bots,
    }),
  })
  const isManual = !assessment.requirementsMet && labels.some(isApprovedLabel) && (await isLabelledByHand(about))
  const text = notification(assessment, {
    ...asked,
    org: pr.org,
    repo: pr.repo,
    branch: proposal.branch,
    isManual,
    ownersFile: ownersSettings(config, plugins, pr).filenames.owners,
    hostLink: new URL(config.github.link_url).origin,
    commandHelpLink: settings.commandHelpLink,
    processLink: settings.pr_process_link,
  })
  try {
    await pr.keepOne(isNotification, text)
  } finally {
    // Also when comments are refused: the label is what merging depends on.
    await pr.setLabel(github.approved, assessment.requirementsMet || isManual)
  }
}

/** All comments and reviews, and who among their authors is a bot. */
async function everythingSaid({ pr, host }: About): Promise<{ statements: Statement[]; bots: Set<string> }> {
  const [onLines, comments, reviews] = await Promise.all([host.reviewComments(pr), pr.comments(), host.reviews(pr)])
  const statements: Statement[] = [
    ...[...onLines, ...comments].map(({ user, created_at: at, ...said }) => ({ ...said, author: user.login, at })),
    ...reviews.map(({ user, submitted_at: at, ...said }) => ({ ...said, author: user.login, at })),
  ]
  const bots = new Set(reviews.flatMap(({ user }) => (user.type === 'Bot' ? [user.login] : [])))
  for (const login of new Set(statements.map(({ author }) => author))) if (await host.isBot(login)) bots.add(login)
  return { statements, bots }
}

/** Whether the last one who added the label was no bot of ours. Unknown is no: approvals are not to be made up. */
async function isLabelledByHand({ pr, host, log }: About): Promise<boolean> {
  try {
    const events = await host.issueEvents(pr)
    const last = events.findLast(({ event, label }) => event === 'labeled' && isApprovedLabel(label))
    return last !== undefined && last.actor !== '' && !(await host.isBot(last.actor))
  } catch (err) {
    log.error({ err }, 'cannot find out who added the label')
    return false
  }
}

const isApprovedLabel = (label: string | undefined): boolean => label?.toLowerCase() === github.approved

const settingsFor = ({ sections }: PluginConfig, at: { org: string; repo: string }): ApproveConfig =>
  entryFor(sections.approve ?? [], at) ?? approveDefaults

const proposalOf = ({ pr }: Pick<PullRequestEvent | ReviewEvent, 'pr'>): Proposal => ({
  ...pr,
  author: pr.user,
  branch: pr.base.ref,
})

export default plugin({
  name: 'approve',
  about: `Adds the label '${github.approved}' once owners of everything that a pull request changes have approved it, as OWNERS files name them. One comment says who has, and whose approval is missing.`,
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/[remove-]approve [no-issue|cancel]',
      about: 'Approves a pull request, or takes that back.',
      who: 'Approvers of the changed files, as OWNERS files name them.',
      featured: true,
      examples: ['/approve', '/approve no-issue', '/approve cancel', '/remove-approve'],
      forms: {
        approve: re2`(?mi)^/(?:remove-)?approve(?:\s|$)`,
        // Only where it counts as an approval.
        lgtm: re2`(?mi)^/lgtm(?:\s|$)`,
      },
    },
  ],
  async run({ said, event, ...about }) {
    if (said.form === 'lgtm' && !settingsFor(about.plugins, about.pr).lgtm_acts_as_approve) return
    if (await about.host.isBot(event.user.login)) return
    const { body, assignees, html_url, user: author } = event.issue
    const { base } = await about.pr.fetch()
    await evaluate({ body, assignees, html_url, author, branch: base.ref }, about)
  },
  handlers: {
    async pull_request({ event, ...about }) {
      const { action, label, pr, sender } = event
      const isNew = action === 'opened' || action === 'reopened' || action === 'synchronize'
      const isLabelled = action === 'labeled' && isApprovedLabel(label) && pr.state === 'open'
      if (isNew || (isLabelled && !(await about.host.isBot(sender.login)))) await evaluate(proposalOf(event), about)
    },
    async pull_request_review({ event, ...about }) {
      const { action, review } = event
      const { lgtm_acts_as_approve: lgtmCounts, ignore_review_state } = settingsFor(about.plugins, about.pr)
      if ((action !== 'submitted' && action !== 'dismissed') || ignore_review_state) return
      if (!['approved', 'changes_requested', 'dismissed'].includes(review.state)) return
      // The comment event of the same review takes care of commands.
      if (saysApproval(review.body, { lgtmCounts })) return
      if (review.user.type === 'Bot' || (await about.host.isBot(review.user.login))) return
      await evaluate(proposalOf(event), about)
    },
  },
  help: (plugins, repos) => ({
    config: helpByRepo(repos, (at) => describe(settingsFor(plugins, at))),
    snippet: `approve:
- repos:
  - kubernetes/test-infra
  # An issue must belong to each change.
  issue_required: true
  # Authors do not approve their own changes just by proposing them.
  require_self_approval: true
  # /lgtm approves, too.
  lgtm_acts_as_approve: true
  # Approving reviews are no approvals.
  ignore_review_state: true
  # Page of the commands.
  commandHelpLink: https://go.k8s.io/bot-commands
  # Page about reviews.
  pr_process_link: https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process
`,
  }),
})

function describe(settings: ApproveConfig): string {
  const points = [
    `An issue ${settings.issue_required ? 'must' : 'need not'} belong to a pull request.`,
    `Authors ${settings.require_self_approval ? 'approve their own pull requests by a command only' : 'approve their own pull requests'}.`,
    `/lgtm ${settings.lgtm_acts_as_approve ? 'counts' : 'does not count'} as /approve.`,
    `Reviews ${settings.ignore_review_state ? 'do not count' : 'count'} as approvals or as withdrawing them.`,
  ]
  return `<ul>${points.map((point) => `<li>${point}</li>`).join('')}</ul>`
}
