// require-matching-label: marks issues and pull requests that lack a label of some kind, such as a SIG.
import { parseDuration } from '../config/durations.ts'
import { compileRe2, re2 } from '../config/re2.ts'
import { htmlEscaped } from '../config/templates/escapes.ts'
import type { PluginConfig } from '../config/types.ts'
import { type Context, later, plugin, type Thread } from '../hook/plugin.ts'
import { takeAll } from './shared/steps.ts'

type Entry = NonNullable<PluginConfig['sections']['require_matching_label']>[number]

/** What is looked at. */
export interface Subject {
  readonly org: string
  readonly repo: string
  /** Base branch of a pull request; absent for issues. */
  readonly branch?: string
  /** The label that was set or removed, when the event is about one. */
  readonly changed?: string
}

/** The entries that concern something. The branch of an entry is for pull requests only. */
export const entriesFor = (entries: readonly Entry[], { org, repo, branch, changed }: Subject): Entry[] =>
  entries.filter(
    (entry) =>
      (branch === undefined ? entry.issues : entry.prs) &&
      entry.org === org &&
      (entry.repo === '' || entry.repo === repo) &&
      (entry.branch === '' || branch === undefined || entry.branch === branch) &&
      (changed === undefined || compileRe2(entry.regexp).test(changed)),
  )

/** What an entry makes of labels: its missing_label has to come or to go, or all is well. */
export function verdictOf({ regexp, missing_label }: Entry, labels: readonly string[]): 'add' | 'remove' | undefined {
  const matches = labels.some((label) => compileRe2(regexp).test(label))
  if (matches !== labels.includes(missing_label)) return undefined
  return matches ? 'remove' : 'add'
}

/**
 * The comment comes before the label, and its deletion too: what an interrupted task has left undone is seen by the label.
 */
async function settle(entry: Entry, labels: readonly string[], thread: Thread): Promise<void> {
  const { missing_label, missing_comment } = entry
  const verdict = verdictOf(entry, labels)
  await takeAll([
    async () => {
      if (missing_comment === '') return
      if (verdict === 'add') await thread.announce(missing_comment)
      if (verdict === 'remove') await thread.prune(({ body }) => body.includes(missing_comment))
    },
    async () => verdict && thread.setLabel(missing_label, verdict === 'add'),
  ])
}

/** Looks at the labels after the longest grace period, in which others may set one. */
async function check(thread: Thread, subject: Subject, { plugins, clock, delivery }: Context): Promise<unknown> {
  const entries = entriesFor(plugins.sections.require_matching_label ?? [], subject)
  if (entries.length === 0) return
  if (subject.changed === undefined) {
    const grace = Math.max(...entries.map(({ grace_period }) => parseDuration(grace_period)))
    const wait = delivery.receivedAt + grace - clock.now()
    if (wait > 0) return later(wait)
  }
  const labels = await thread.labels()
  return takeAll(entries.map((entry) => () => settle(entry, labels, thread)))
}

/** The label of an event that is about one; null for an event that says nothing about labels. */
function changedIn({ action, label }: { action: string; label?: string }): string | undefined | null {
  if (action === 'labeled' || action === 'unlabeled') return label ?? null
  return action === 'opened' || action === 'reopened' ? undefined : null
}

const subjectOf = ({ org, repo }: Thread, branch: string | undefined, changed?: string): Subject => ({
  org,
  repo,
  ...(branch !== undefined && { branch }),
  ...(changed !== undefined && { changed }),
})

export default plugin({
  name: 'require-matching-label',
  about: 'Sets a label, and comments if wanted, where an issue or pull request has no label that matches a pattern.',
  on: 'comment created',
  commands: [
    {
      usage: '/check-required-labels',
      about: 'Looks again whether the labels that are needed are there.',
      who: 'Anybody.',
      featured: true,
      examples: ['/check-required-labels'],
      forms: { check: re2`(?mi)^/check-required-labels\s*$` },
    },
  ],
  async run({ event, pr, ...context }) {
    if (event.issue.state !== 'open') return
    const branch = event.issue.isPullRequest ? (await pr.fetch()).base.ref : undefined
    return check(pr, subjectOf(pr, branch), context)
  },
  handlers: {
    async pull_request({ event, pr, ...context }) {
      const changed = changedIn(event)
      if (changed !== null) return check(pr, subjectOf(pr, event.pr.base.ref, changed), context)
    },
    async issues({ event, issue, ...context }) {
      const changed = changedIn(event)
      const subject = changed === null ? undefined : subjectOf(issue, undefined, changed)
      if (!subject) return
      // Most changes of labels leave all well, and the event tells the labels.
      const entries = entriesFor(context.plugins.sections.require_matching_label ?? [], subject)
      if (changed !== undefined && entries.every((entry) => !verdictOf(entry, event.issue.labels))) return
      return check(issue, subject, context)
    },
  },
  help: ({ sections }) => {
    const points = (sections.require_matching_label ?? []).map((entry) => `<li>${describe(entry)}</li>`)
    return {
      ...(points.length > 0 && { config: { '': `<ul>${points.join('')}</ul>` } }),
      snippet: `require_matching_label:
- org: kubernetes
  repo: kubernetes
  # Only pull requests to this branch; leave it out for all branches.
  branch: main
  prs: true
  issues: true
  # One label must match; it must not match missing_label.
  regexp: ^(sig|wg|committee)/
  missing_label: needs-sig
  missing_comment: Please add a label of a SIG, for example with \`/sig node\`.
  # Time for others to set a label first.
  grace_period: 5s
`,
    }
  },
})

function describe({ org, repo, branch, prs, issues, regexp, missing_label, missing_comment }: Entry): string {
  const verb = missing_comment === '' ? 'to' : 'and comments on'
  const what = [...(issues ? ['Issues'] : []), ...(prs ? [branch === '' ? 'PRs' : `'${branch}' branch PRs`] : [])]
  const where = repo === '' ? `'${org}' GitHub org` : `'${org}/${repo}' GitHub repo`
  return htmlEscaped(
    `Applies the '${missing_label}' label ${verb} ${what.join(' and ')} in the ${where} that have no labels matching the regular expression '${regexp}'.`,
  )
}
