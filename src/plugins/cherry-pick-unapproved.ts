// cherry-pick-unapproved: keeps pull requests for release branches from merging until they are approved as cherry-picks.
import { compileRe2 } from '../config/re2.ts'
import { reviewSections } from '../config/sections/plugins/reviews.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import type { PluginConfig } from '../config/types.ts'
import { type ContextOf, type PullRequestEvent, plugin } from '../hook/plugin.ts'
import { cherryPickApproved, cherryPickNotApproved } from './shared/cherry-pick-labels.ts'
import { hadLabel } from './shared/had-label.ts'

/** What an event calls for. @param isRelease Whether a branch is a release branch. */
export function planFor(
  { action, label, changes, pr }: Pick<PullRequestEvent, 'action' | 'label' | 'changes' | 'pr'>,
  isRelease: (branch: string) => boolean,
): 'ensure' | 'forget' | 'nothing' {
  const is = isRelease(pr.base.ref)
  switch (action) {
    case 'opened':
    case 'reopened':
      return is ? 'ensure' : 'nothing'
    case 'labeled':
    case 'unlabeled':
      return is && (label === cherryPickApproved || label === cherryPickNotApproved) ? 'ensure' : 'nothing'
    case 'edited': {
      const was = changes.baseRef ? isRelease(changes.baseRef) : is
      return was === is ? 'nothing' : is ? 'ensure' : 'forget'
    }
    default:
      return 'nothing'
  }
}

const settingsOf = ({ sections }: PluginConfig) => ({
  ...reviewSections.cherry_pick_unapproved.absent({}),
  ...sections.cherry_pick_unapproved,
})

async function changed({ event, pr, plugins, delivery }: ContextOf<'pull_request'>): Promise<void> {
  const { branchregexp, comment } = settingsOf(plugins)
  const plan = planFor(event, (branch) => compileRe2(branchregexp).test(branch))
  const prune = () => pr.prune(({ body }) => body.includes(comment))
  if (plan === 'forget') {
    await pr.setLabel(cherryPickApproved, false)
    await pr.setLabel(cherryPickNotApproved, false)
    await prune()
  }
  if (plan !== 'ensure') return
  if (await pr.hasLabel(cherryPickApproved)) {
    await pr.setLabel(cherryPickNotApproved, false)
    await prune()
  } else if (!(await hadLabel(cherryPickNotApproved, event.pr.labels, { pr, delivery }))) {
    await pr.setLabel(cherryPickNotApproved, true)
    await pr.announce(comment)
  }
}

export default plugin({
  name: 'cherry-pick-unapproved',
  about: `Sets the label '${cherryPickNotApproved}' on pull requests for release branches until they have the label '${cherryPickApproved}'.`,
  handlers: { pull_request: changed },
  help: (plugins) => ({
    config: {
      '': htmlEscaped(`Pull requests for branches that match ${settingsOf(plugins).branchregexp} have to be approved.`),
    },
    snippet: `cherry_pick_unapproved:
  branchregexp: ^release-.*$
  # What the author is told.
  comment: This is for a release branch, and nobody has approved that yet.
`,
  }),
})
