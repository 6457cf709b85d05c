// What blunderbuss and rifle have in common: when owners of changed files are asked for a review, and how.
import type { ChangedFile, IssueRef, PullRequest } from '../../api/code-host.ts'
import { compileRe2, re2 } from '../../config/re2.ts'
import { type ReviewersConfig, reviewersDefaults } from '../../config/sections/plugins/reviews.ts'
import type { PluginConfig } from '../../config/types.ts'
import { type Context, type Plugin, plugin } from '../../hook/plugin.ts'
import type { RepoOwners } from '../../owners/lookup.ts'
import { normLogin } from '../../owners/parse.ts'
import { chooseReviewers, picker, type Scores } from './choose-reviewers.ts'
import { neededOwners } from './need-owners.ts'
import { ccCommand } from './people.ts'
import { takeAll } from './steps.ts'

/** What one of the two plugins does in its own way. */
export interface Way {
  readonly name: 'blunderbuss' | 'rifle'
  readonly about: string
  /** Who knows the changed lines. */
  scores(
    at: IssueRef,
    change: { readonly pull: PullRequest; readonly files: readonly ChangedFile[]; readonly repo: RepoOwners },
    context: Context,
  ): Promise<Scores>
  /** Where the owners of the files are too few, others of the repository are asked. */
  readonly asksOthers: boolean
}

const settingsOf = ({ name }: Way, { sections }: PluginConfig): ReviewersConfig => ({
  ...reviewersDefaults,
  ...sections[name],
})

/** A search may find pull requests that only mention a commit; one commit is the head of a few at most. */
const mostFound = 100

async function ask(way: Way, at: IssueRef, pull: PullRequest, context: Context): Promise<void> {
  const { host, ids, log } = context
  const settings = settingsOf(way, context.plugins)
  const owners = neededOwners(way.name, context)
  const [repo, files] = await Promise.all([owners.load(at, pull.base.ref), host.changedFiles(at)])
  const scores = await way.scores(at, { pull, files, repo }, context)
  const isBusy = async (login: string) => {
    if (!settings.use_status_availability) return false
    return host.isBusy(at.org, login).catch((err: unknown) => {
      log.warn({ err, login }, 'cannot find out whether somebody is busy')
      return false
    })
  }
  const logins = await chooseReviewers({
    repo,
    files: files.map(({ filename }) => filename),
    author: normLogin(pull.user.login),
    asked: new Set(pull.requested_reviewers.map(({ login }) => normLogin(login))),
    limits: settings,
    scores,
    asksOthers: way.asksOthers,
    pick: picker(scores, isBusy, ids),
  })
  if (logins.length === 0) return
  const refused = await host.requestReview(at, logins)
  log.info({ logins, refused }, 'asked owners for a review')
}

/** Whether nobody is asked for the change of this author, or for a draft. */
const isLeftOut = ({ draft, user }: PullRequest, { ignore_drafts, ignore_authors }: ReviewersConfig): boolean =>
  (draft && ignore_drafts) || ignore_authors.includes(user.login)

/** The plugin that goes this way. */
export const asksOwners = (way: Way): Plugin =>
  plugin({
    name: way.name,
    about: way.about,
    on: 'comment created on an open pull request',
    commands: [
      {
        usage: '/auto-cc',
        about: 'Asks owners of the changed files for a review, as when the pull request is opened.',
        who: 'Anybody.',
        examples: ['/auto-cc'],
        forms: { ask: re2`(?mi)^/auto-cc\s*$` },
      },
    ],
    // As the pull request is now: a task that runs again has to see whom it has asked.
    run: async ({ pr, ...context }) => ask(way, pr, await pr.fetch(), context),
    handlers: {
      async pull_request({ event, pr, ...context }) {
        const settings = settingsOf(way, context.plugins)
        if (event.action !== 'opened' && event.action !== 'ready_for_review') return
        if (settings.wait_for_status || isLeftOut(event.pr, settings) || ccCommand.test(event.pr.body)) return
        await ask(way, pr, await pr.fetch(), context)
      },
      async status({ event, ...context }) {
        const { host, plugins } = context
        const settings = settingsOf(way, plugins)
        const { wait_for_status: awaited } = settings
        if (awaited?.context !== event.context || awaited.state !== event.state) return
        if (event.description === '' || !compileRe2(awaited.description).test(event.description)) return
        const { org, repo } = event.repo
        const found = await host.searchIssues(org, `${event.sha} repo:${org}/${repo} type:pr state:open`, mostFound)
        await takeAll(
          found.map(({ number }) => async () => {
            const at = { org, repo, number }
            const pull = await host.pullRequest(at)
            if (pull.head.sha !== event.sha || pull.requested_reviewers.length > 0) return
            if (!isLeftOut(pull, settings)) await ask(way, at, pull, context)
          }),
        )
      },
    },
    help(plugins) {
      const { request_count: count } = settingsOf(way, plugins)
      const plain = way.name === 'rifle' ? 'Rifle' : 'Blunderbuss'
      return {
        config: {
          '': `${plain} is currently configured to request reviews from ${count} reviewer${count === 1 ? '' : 's'}.`,
        },
        snippet: `${way.name}:
  # How many reviewers to ask, and how many at most; 0 is no limit.
  request_count: 2
  max_request_count: 3
  # Approvers are not asked where there are too few reviewers.
  exclude_approvers: true
  # Nobody is asked whose status on GitHub says: busy.
  use_status_availability: true
  # Nobody is asked for drafts, or for changes of these authors.
  ignore_drafts: true
  ignore_authors:
  - some-bot
  # Ask when the head of a pull request gets this status, and not when it is opened.
  wait_for_status:
    context: tide
    state: pending
`,
      }
    },
  })
