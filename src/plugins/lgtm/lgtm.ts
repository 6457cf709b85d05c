// lgtm: somebody else than the author has looked at the change and finds it good. A push takes that back.
import type { User } from '../../api/code-host.ts'
import { github } from '../../api/labels.ts'
import { re2 } from '../../config/re2.ts'
import { htmlEscaped } from '../../config/templates/escapes.ts'
import type { LgtmConfig, PluginConfig } from '../../config/types.ts'
import { type ContextOf, entryFor, type PullRequestEvent, plugin, type Thread } from '../../hook/plugin.ts'
import { normLogin } from '../../owners/parse.ts'
import { skipsCollaborators } from '../../owners/settings.ts'
import { hadLabel } from '../shared/had-label.ts'
import { helpByRepo } from '../shared/help-by-repo.ts'
import { neededOwners } from '../shared/need-owners.ts'
import { decideLgtm, isTreeHashComment, removedNotice, reviewedTree, treeHashComment } from './decide.ts'

const wantsLgtm = re2`(?mi)^/lgtm(?: no-issue)?\s*$`
const wantsNoLgtm = re2`(?mi)^/(remove-lgtm|lgtm cancel)\s*$`

type About = Omit<ContextOf<'pull_request'>, 'event'>

/** One wish to change the label, from a comment or a review. */
interface Wish {
  readonly wants: 'add' | 'cancel'
  readonly by: User
  readonly author: User
  readonly assignees: readonly User[]
  /** Labels when the event was sent. */
  readonly labels: readonly string[]
  /** The commit that was reviewed; empty when the wish or the host does not say. */
  readonly commit: string
}

async function change(wish: Wish, { pr, ...context }: About): Promise<void> {
  const { host, log } = context
  const settings = settingsFor(context.plugins, pr)
  const isAuthor = wish.by.login === wish.author.login
  const byOwners = skipsCollaborators(context.plugins, pr)
  const verdict = decideLgtm({
    wants: wish.wants,
    isAuthor,
    byOwners,
    isCollaborator: !isAuthor && !byOwners && (await host.isCollaborator(pr, wish.by.login)),
    isOwner: !isAuthor && byOwners && (await isOwner(wish.by.login, { pr, ...context })),
    isAssigned: wish.assignees.some(({ login }) => login === wish.by.login),
    isOutdated: wish.commit !== '' && wish.commit !== (await pr.fetch()).head.sha,
  })
  if ('refuse' in verdict) return pr.reply(verdict.refuse)
  if (verdict.assign)
    await pr.assign([wish.by.login]).catch((err: unknown) => log.warn({ err, login: wish.by.login }, 'cannot assign'))

  const labelled = await hadLabel(github.lgtm, wish.labels, { pr, ...context })
  if (wish.wants === 'cancel' && labelled) {
    await pr.setLabel(github.lgtm, false)
    if (settings.store_tree_hash) {
      await requestReviews(wish.assignees, { pr, ...context })
      await pr.prune(isTreeHashComment)
    }
  }
  if (wish.wants === 'add' && !labelled) {
    await pr.setLabel(github.lgtm, true)
    if (await isSticky(wish.author.login, settings, { pr, ...context })) return
    if (settings.store_tree_hash) await pr.comment(treeHashComment(await headTree({ pr, ...context })))
    await pr.prune(({ body }) => body.includes(removedNotice))
  }
}

/** Empty when it cannot be found out; no push keeps the label then. */
async function headTree({ pr, host, log }: About): Promise<string> {
  try {
    return await host.treeSha(pr, (await pr.fetch()).head.sha)
  } catch (err) {
    log.warn({ err }, 'cannot find out which tree is reviewed')
    return ''
  }
}

/** A push: the label goes, unless the author is trusted or the tree is the one that was reviewed. */
async function pushed(event: PullRequestEvent, { pr, ...context }: About): Promise<void> {
  const settings = settingsFor(context.plugins, pr)
  if (!(await hadLabel(github.lgtm, event.pr.labels, { pr, ...context }))) return
  if (await isSticky(event.pr.user.login, settings, { pr, ...context })) return
  if (settings.store_tree_hash && (await isReviewedTree(event.pr.head.sha, { pr, ...context }))) return
  await pr.setLabel(github.lgtm, false)
  if (settings.store_tree_hash) await requestReviews(event.pr.assignees, { pr, ...context })
  await pr.comment(removedNotice)
}

async function isReviewedTree(head: string, { pr, host, log }: About): Promise<boolean> {
  // Who we are must be known: this may throw, unlike the rest.
  await host.bot()
  try {
    const reviewed = reviewedTree(await pr.ownComments())
    return reviewed !== undefined && reviewed !== '' && reviewed === (await host.treeSha(pr, head))
  } catch (err) {
    // Unknown counts as changed: a label that stays without reason lets unseen code merge.
    log.warn({ err }, 'cannot find out which tree was reviewed')
    return false
  }
}

/** Asks the assignees again; some may be refused, which must not keep the rest from happening. */
async function requestReviews(assignees: readonly User[], { pr, log }: About): Promise<void> {
  if (assignees.length === 0) return
  const logins = assignees.map(({ login }) => login)
  await pr.requestReview(logins).catch((err: unknown) => log.warn({ err, logins }, 'cannot request reviews'))
}

async function isSticky(author: string, settings: LgtmConfig, { pr, host, log }: About): Promise<boolean> {
  if (settings.trusted_team_for_sticky_lgtm === '') return false
  try {
    return (await host.teamMembers(pr.org, settings.trusted_team_for_sticky_lgtm))?.includes(author) ?? false
  } catch (err) {
    log.warn({ err, team: settings.trusted_team_for_sticky_lgtm }, 'cannot list the team; its members are not trusted')
    return false
  }
}

async function isOwner(login: string, { pr, ...context }: About): Promise<boolean> {
  const owners = neededOwners('lgtm with owners.skip_collaborators', context)
  const files = (await pr.changedFiles()).map(({ filename }) => filename)
  const repo = await owners.load(pr, (await pr.fetch()).base.ref)
  const name = normLogin(login)
  return files.some((file) => [...repo.approvers(file), ...repo.reviewers(file)].some((layer) => layer.has(name)))
}

const off: LgtmConfig = {
  repos: [],
  review_acts_as_lgtm: false,
  store_tree_hash: false,
  trusted_team_for_sticky_lgtm: '',
}
const settingsFor = ({ lgtm }: PluginConfig, at: Pick<Thread, 'org' | 'repo'>): LgtmConfig => entryFor(lgtm, at) ?? off

export default plugin({
  name: 'lgtm',
  about: `Adds and removes the label '${github.lgtm}' (looks good to me): somebody else than the author has reviewed the change.`,
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/[remove-]lgtm [cancel] or GitHub Review action',
      about: `Adds or removes the label '${github.lgtm}', which Tide usually asks for before it merges.`,
      who: 'Collaborators of the repository. The author may use /lgtm cancel, too.',
      featured: true,
      examples: [
        '/lgtm',
        '/lgtm cancel',
        '/remove-lgtm',
        "<a href=\"https://help.github.com/articles/about-pull-request-reviews/\">'Approve' or 'Request Changes'</a>",
      ],
      forms: { add: wantsLgtm, cancel: wantsNoLgtm },
    },
  ],
  run: ({ said, event, ...context }) =>
    change(
      {
        wants: said.form,
        by: event.user,
        author: event.issue.user,
        assignees: event.issue.assignees,
        labels: event.issue.labels,
        commit: '',
      },
      context,
    ),
  handlers: {
    async pull_request({ event, ...context }) {
      if (event.action === 'synchronize' && !event.pr.merged) await pushed(event, context)
    },
    async pull_request_review({ event, ...context }) {
      const { review, pr } = event
      if (event.action !== 'submitted' || !settingsFor(context.plugins, context.pr).review_acts_as_lgtm) return
      // The comment event of the same review takes care of commands.
      if (wantsLgtm.test(review.body) || wantsNoLgtm.test(review.body)) return
      const wants = review.state === 'approved' ? 'add' : review.state === 'changes_requested' ? 'cancel' : undefined
      if (!wants || review.user.type === 'Bot' || (await context.host.isBot(review.user.login))) return
      const { user: author, assignees, labels } = pr
      await change({ wants, by: review.user, author, assignees, labels, commit: review.commit_id }, context)
    },
  },
  help: (plugins, repos) => ({
    config: helpByRepo(repos, (at) => describe(settingsFor(plugins, at))),
    snippet: `lgtm:
- repos:
  - kubernetes/test-infra
  # Approving and change-requesting reviews act as /lgtm and /lgtm cancel.
  review_acts_as_lgtm: true
  # A push that leaves the tree as it was keeps the label.
  store_tree_hash: true
  # Pushes by members of this team keep the label. Dangerous: nobody looks at what they push.
  trusted_team_for_sticky_lgtm: release-team
`,
  }),
})

function describe(settings: LgtmConfig): string {
  const points = [
    settings.review_acts_as_lgtm && 'Reviews of "approve" or "request changes" act as adding or removing LGTM.',
    settings.store_tree_hash && 'Squashing commits does not remove LGTM.',
    settings.trusted_team_for_sticky_lgtm &&
      `Commits from "${htmlEscaped(settings.trusted_team_for_sticky_lgtm)}" do not remove LGTM.`,
  ].filter(Boolean)
  return points.length === 0 ? '' : `<ul>${points.map((point) => `<li>${point}</li>`).join('')}</ul>`
}
