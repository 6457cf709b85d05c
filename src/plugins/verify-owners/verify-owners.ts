// verify-owners: looks at the OWNERS files that a pull request changes. Those that are broken, or give strangers a say, keep it from merging.
import type { ChangedFile, User } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import type { PluginConfig } from '../../config/types.ts'
import { GitError } from '../../git/git.ts'
import { type ContextOf, plugin, replyTo } from '../../hook/plugin.ts'
import { filenamesOf, labelsDenylist, skipsCollaborators } from '../../owners/settings.ts'
import type { OwnersVerdict } from '../../owners/verify.ts'
import { asCode } from '../shared/as-code.ts'
import { neededOwners } from '../shared/need-owners.ts'
import { isAboutOwners } from '../shared/owners-files.ts'
import { settingsFor } from '../trigger/settings.ts'
import { isAboutUntrusted, untrustedAmong, untrustedComment } from './people.ts'
import { reviewOf } from './review.ts'

const name = 'verify-owners'
const label = 'do-not-merge/invalid-owners-file'
const actions = ['opened', 'reopened', 'synchronize']

const brokenAliases = 'The content of OWNERS_ALIASES is invalid.'
const emptyAliases = 'There are empty aliases in OWNER_ALIASES, cleanup is advised.'

type About = Omit<ContextOf<'pull_request'>, 'event'>

/** Returns false when there is nothing to say, because the pull request conflicts with its base branch. */
async function verify(about: About): Promise<boolean> {
  const { pr, host, config, plugins } = about
  const filenames = filenamesOf(plugins, pr)
  const files = await pr.changedFiles()
  if (!files.some((file) => isAboutOwners(file, filenames)) && !(await pr.hasLabel(label))) return true
  const verdict = await verdictOn(files, about)
  if (!verdict) return false

  const { aliasProblem: problem, invalid } = verdict
  if (problem) await pr.setLabel(label, true)
  await pr.keepOne(
    ({ body }) => body.includes(brokenAliases),
    problem && `${brokenAliases}\n\nLine ${problem.line}: ${asCode(problem.message.slice(0, 1000).toWellFormed())}`,
  )
  if (problem) return true
  await pr.keepOne(
    ({ body }) => body.includes(emptyAliases),
    verdict.emptyAliases.length > 0 ? emptyAliases : undefined,
  )

  if (invalid.length > 0) {
    await pr.setLabel(label, true)
    await tellOfProblems(invalid, files, filenames.owners, about)
  }
  const rules = settingsFor(plugins, pr)
  const untrusted = skipsCollaborators(plugins, pr) ? [] : await untrustedAmong(verdict.newcomers, pr, rules, host)
  await pr.setLabel(label, invalid.length + untrusted.length > 0)
  const join = rules.join_org_url || `${config.github.link_url}/orgs/${pr.org}/people`
  await pr.keepOne(isAboutUntrusted, untrusted.length > 0 ? untrustedComment(untrusted, join) : undefined)
  return true
}

async function verdictOn(files: readonly ChangedFile[], about: About): Promise<OwnersVerdict | undefined> {
  const { base, head } = await about.pr.fetch()
  try {
    return await neededOwners(name, about).verify(about.pr, { branch: base.ref, head: head.sha, files })
  } catch (error) {
    if (error instanceof GitError && error.kind === 'conflict') return undefined
    throw error
  }
}

/** One review, with nothing in it that the bot has said before where it can still be read. */
async function tellOfProblems(
  invalid: OwnersVerdict['invalid'],
  files: readonly ChangedFile[],
  owners: string,
  { pr, host }: About,
): Promise<void> {
  const { head, user, body, html_url } = await pr.fetch()
  const own = async <Text extends { readonly user: User }>(texts: readonly Text[]): Promise<readonly Text[]> => {
    const isOwn = await Promise.all(texts.map((text) => host.isBot(text.user.login)))
    return texts.filter((_, index) => isOwn[index])
  }
  const [comments, reviews] = [await own(await host.reviewComments(pr)), await own(await host.reviews(pr))]
  const ofHead = reviews.filter(({ commit_id }) => commit_id === head.sha)
  const review = reviewOf(invalid, files, owners, { comments, reviews: ofHead.map((review) => review.body) })
  if (!review) return
  await host.createReview(pr, {
    event: 'COMMENT',
    commit_id: head.sha,
    body: replyTo({ login: user.login, body, html_url }, review.message),
    comments: review.comments,
  })
}

export default plugin({
  name,
  about: `Looks at OWNERS files, and the file of aliases, that a pull request changes, as they are once it is merged. The label '${label}' keeps it from merging while one of them cannot be read, sets labels that it must not set, leaves the repository without approvers, or names people who are not trusted.`,
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/verify-owners',
      about: 'Looks at the OWNERS files again, for example when somebody has become a member.',
      who: 'Anybody.',
      examples: ['/verify-owners'],
      forms: { verify: re2`(?mi)^/verify-owners\s*$` },
    },
  ],
  async run({ said: _, event: __, ...about }) {
    if (!(await verify(about)))
      await about.pr.reply(
        'this pull request conflicts with its base branch, so I cannot tell what its OWNERS files will be.',
      )
  },
  handlers: {
    async pull_request({ event, ...about }) {
      if (actions.includes(event.action)) await verify(about)
    },
  },
  help: (plugins, repos) => ({
    config: {
      default: `OWNERS files must not set these labels: ${labelsDenylist(plugins).join(', ')}.`,
      ...Object.fromEntries(repos.flatMap((full) => namesIn(full, plugins))),
    },
    snippet: `owners:
  # Labels that OWNERS files must not set.
  labels_denylist:
  - approved
  - lgtm
  # Where people count although they are no collaborators; nobody is looked up there.
  skip_collaborators:
  - kubernetes/test-infra
`,
  }),
})

/** What the files are called, where they are not called as usual. */
function namesIn(full: string, plugins: PluginConfig): [string, string][] {
  const [org = '', repo = ''] = full.split('/')
  const { owners, owners_aliases } = filenamesOf(plugins, { org, repo })
  if (owners === 'OWNERS' && owners_aliases === 'OWNERS_ALIASES') return []
  return [
    [full, `The files are called ${owners || 'nothing'}, and that of the aliases ${owners_aliases || 'nothing'}.`],
  ]
}
