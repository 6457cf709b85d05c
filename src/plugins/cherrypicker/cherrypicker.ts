// cherrypicker: brings merged pull requests on further branches, as pull requests of the bot.
import { type ContextOf, plugin } from '../../hook/plugin.ts'
import { asCode } from '../shared/as-code.ts'
import { takeAll } from '../shared/steps.ts'
import { type About, cherryPick, type Settings } from './pick.ts'
import { cherrypickCommand, oneForEach, type Said, type Wish, wishesIn, wishesOfLabels } from './wishes.ts'

/** What holds where nothing else is said. */
export const defaultSettings: Settings = {
  labels: [],
  useProwAssignments: true,
  allowAll: false,
  createIssueOnConflict: false,
  labelPrefix: 'cherrypick/',
}

const membersOnly = (origin: string, org: string): string =>
  `only [${org}](${origin}/orgs/${org}/people) org members may request cherry-picks. Members who are not listed there have to make their membership public. Anybody can do the cherry-pick by hand.`

/** The plugin with settings of its own. */
export function cherrypicker(settings: Settings) {
  const mayAsk = async (login: string, { host, pr }: About) => settings.allowAll || (await host.isMember(pr.org, login))
  const promise = (targets: readonly string[]) =>
    `once the present PR merges, I will cherry-pick it on top of ${targets.map(asCode).join(', ')} in a new PR${settings.useProwAssignments ? ' and assign it to you' : ''}.`

  /** Somebody comments: at once when the pull request is merged, else when it will be. */
  async function commented({ event, ...context }: ContextOf<'issue_comment'>): Promise<void> {
    const { pr } = context
    const { login } = event.comment.user
    const wishes = wishesIn({ ...event.comment, login })
    if (wishes.length === 0) return
    const pull = await pr.fetch()
    const base = pull.base.ref
    const others = wishes.filter(({ target }) => target !== base)
    const namesBase = others.length < wishes.length
    if (others.length === 0)
      return pr.reply(`this PR merges into ${asCode(base)}, so it cannot be cherry-picked onto that branch.`)
    if (pull.state === 'closed' && !pull.merged) return pr.reply('cannot cherry-pick an unmerged PR.')
    if (!(await mayAsk(login, context))) return pr.reply(membersOnly(new URL(event.repo.html_url).origin, pr.org))
    const without = `${asCode(base)} is left out: it is the base branch of this very PR.`
    if (pull.state === 'open') {
      const said = promise(others.map(({ target }) => target))
      return pr.reply(namesBase ? `${said} ${without}` : said)
    }
    if (namesBase) await pr.reply(without)
    await takeAll(others.map((wish) => () => cherryPick(wish, pull, settings, context)))
  }

  /** It has merged: whatever was asked for in its description, its comments and by labels, as they read now. */
  async function merged({ event, ...context }: ContextOf<'pull_request'>): Promise<void> {
    const { pr, host } = context
    const pull = await pr.fetch()
    if (pull.merge_commit_sha === undefined) return
    const author = pull.user.login
    const texts: Said[] = [
      { login: author, body: pull.body, html_url: pull.html_url },
      ...(await pr.comments()).map(({ user, body, html_url }) => ({ login: user.login, body, html_url })),
    ]
    const wishes = [...texts.flatMap(wishesIn), ...wishesOfLabels(pull.labels, settings.labelPrefix, author)]
    const allowed = new Set<string>()
    for (const login of new Set(wishes.map(({ by }) => by))) {
      // A chain goes on: the bot says in its own pull request what a member has asked for.
      const isOwn = login === author && (await host.isBot(login))
      if (isOwn || (await mayAsk(login, context))) allowed.add(login)
    }
    await takeAll(
      oneForEach(wishes.filter(({ by }) => allowed.has(by))).map((wish) => () => pickUnlessBase(wish, context)),
    )
  }

  async function labeled({ event, ...context }: ContextOf<'pull_request'>): Promise<void> {
    const { pr } = context
    const author = event.pr.user.login
    const [wish] = wishesOfLabels([event.label ?? ''], settings.labelPrefix, author)
    if (!wish) return
    const byLabel = (message: string) => pr.comment(`In response to a cherrypick label: ${message}`)
    if (!(await mayAsk(author, context))) return byLabel(membersOnly(new URL(event.repo.html_url).origin, pr.org))
    const pull = await pr.fetch()
    if (!pull.merged && wish.target !== pull.base.ref) return byLabel(`@${author}: ${promise([wish.target])}`)
    await pickUnlessBase(wish, context)
  }

  async function pickUnlessBase(wish: Wish, context: About): Promise<void> {
    const pull = await context.pr.fetch()
    const base = pull.base.ref
    if (wish.target !== base) return cherryPick(wish, pull, settings, context)
    await context.pr.comment(`base branch (${base}) needs to differ from target branch (${wish.target})`)
  }

  return plugin({
    name: 'cherrypicker',
    about: 'Cherry-picks merged pull requests onto other branches, each as a new pull request.',
    commands: [
      {
        usage: '/cherrypick [branch] [further branches]',
        about:
          'Cherry-picks the pull request onto a branch, at once or when it merges. Further branches are asked for on the new pull request, so that they come one after the other; for several branches at once, write several lines. /cherry-pick is the same.',
        who: settings.allowAll ? 'Anybody.' : 'Members of the trusted organization for the repo.',
        featured: true,
        examples: ['/cherrypick release-3.9', '/cherry-pick release-1.15', '/cherrypick release-1.6 release-1.5'],
        forms: { cherrypick: cherrypickCommand },
      },
    ],
    handlers: {
      async issue_comment(context) {
        if (context.event.action === 'created' && context.event.issue.isPullRequest) await commented(context)
      },
      async pull_request(context) {
        if (context.event.action === 'closed' && context.event.pr.merged) await merged(context)
        if (context.event.action === 'labeled') await labeled(context)
      },
    },
    help: () => ({ config: { '': describe(settings) } }),
  })
}

function describe(settings: Settings): string {
  return [
    `Labels that begin with "${settings.labelPrefix}" ask for a cherry-pick onto the branch that they name.`,
    settings.labels.length > 0 && `New pull requests get the labels ${settings.labels.join(', ')}.`,
    settings.useProwAssignments && 'Whoever asked is assigned to them.',
    settings.createIssueOnConflict && 'A conflict becomes an issue.',
  ]
    .filter(Boolean)
    .join(' ')
}

export default cherrypicker(defaultSettings)
