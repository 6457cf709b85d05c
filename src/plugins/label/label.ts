// label: sets and removes labels, for people who may not do that on the code host.
import type { RepoRef } from '../../api/code-host.ts'
import { htmlEscaped } from '../../config/templates/escapes.ts'
import type { PluginConfig } from '../../config/types.ts'
import { type CommandContext, type ContextOf, plugin, replyTo } from '../../hook/plugin.ts'
import { asCode } from '../shared/as-code.ts'
import { codeList } from '../shared/code-list.ts'
import { helpByRepo } from '../shared/help-by-repo.ts'
import { takeAll } from '../shared/steps.ts'
import { commands, planOf, type Wishes, wishesIn, withoutHidden } from './decide.ts'
import { assigneesFor, type Restricted, restrictedFor } from './restricted.ts'

const triageAccepted = 'triage/accepted'
/** A refusal names no more people. */
const mostNamed = 20

async function run(heard: CommandContext): Promise<void> {
  const { event, issue, host, plugins, delivery } = heard
  const restricted = restrictedFor(plugins, issue)
  const configured = [...(plugins.sections.label?.additional_labels ?? []), ...restricted.keys()]
  const body = withoutHidden(event.body)
  const { login } = event.user
  // Quotes what people see.
  const answer = (message: string) => issue.comment(replyTo({ login, body, html_url: event.html_url }, message))
  const wishes = wishesIn(body, configured)
  if (wishes.add.length + wishes.remove.length + wishes.unsupported.length === 0) return

  const [repo, now] = await Promise.all([host.repoLabels(issue), issue.labels()])
  const plan = planOf(wishes, { repo: repo.map(({ name }) => name), issue: now })
  let refusedTriage = false
  const set = (label: string, present: boolean) => async () => {
    if (present && label === triageAccepted && !(await host.isMember(issue.org, login))) {
      refusedTriage = true
      return
    }
    const rule = restricted.get(label)
    if (!rule || (await isAllowed(rule, heard))) await issue.setLabel(label, present)
    else await answer(refusalOf(label, rule))
  }
  await takeAll([
    ...plan.add.map((label) => set(label, true)),
    ...plan.remove.map((label) => set(label, false)),
    async () => {
      const summary = summaryOf({
        unsupported: wishes.unsupported,
        configured,
        missing: plan.missing,
        // What an earlier attempt has removed is not there any more.
        notSet: delivery.attempt > 1 ? [] : plan.notSet,
        refusedTriage,
      })
      if (summary) await answer(summary)
    },
  ])
}

async function isAllowed({ teams, users }: Restricted, { event, issue, host }: CommandContext): Promise<boolean> {
  const { login } = event.user
  if (users.some((user) => user.toLowerCase() === login.toLowerCase())) return true
  for (const team of teams) if (await host.isTeamMember(issue.org, team, login)) return true
  return false
}

function refusalOf(label: string, { teams, users }: Restricted): string {
  const start = `Can not set label ${asCode(label)}: Must be`
  if (teams.length > 0) return `${start} member in one of these teams: ${codeList(teams)}`
  return `${start} one of these people: ${codeList(users.slice(0, mostNamed))}`
}

/** What could not be done, in one sentence; of several problems the first. */
export function summaryOf(problems: {
  readonly unsupported: Wishes['unsupported']
  readonly configured: readonly string[]
  readonly missing: readonly string[]
  readonly notSet: readonly string[]
  readonly refusedTriage: boolean
}): string | undefined {
  const { unsupported, configured, missing, notSet, refusedTriage } = problems
  if (unsupported.length > 0)
    return `The label(s) ${codeList(unsupported)} cannot be applied. These labels are supported: ${codeList(configured) || 'none'}. Is this label configured under \`label -> additional_labels\` or \`label -> restricted_labels\` in \`plugins.yaml\`?`
  if (missing.length > 0)
    return `The label(s) ${codeList(missing)} cannot be applied, because the repository doesn't have them.`
  if (notSet.length > 0) return `Those labels are not set on the issue: ${codeList(notSet)}`
  return refusedTriage
    ? `The label ${asCode(triageAccepted)} cannot be applied. Only GitHub organization members can add the label.`
    : undefined
}

async function labeled({ event, pr, host, plugins }: ContextOf<'pull_request'>): Promise<void> {
  if (event.action !== 'labeled' || event.label === undefined) return
  const people = assigneesFor(event.label, restrictedFor(plugins, pr))
  if (people.length > 0) await host.assign(pr, people)
}

const { add, remove, addAny, removeAny, hidden } = commands

export default plugin({
  name: 'label',
  about:
    'Sets and removes labels. Some kinds of labels have a command of their own; others are named in the configuration.',
  on: 'comment created',
  commands: [
    {
      usage: '/[remove-](area|committee|kind|language|priority|sig|triage|wg|label) <target>',
      about: 'Adds or removes a label of one of these kinds, or with /label one that is configured.',
      who: `Anybody; '${triageAccepted}' only members of the organisation, and restricted labels only those whom the configuration names.`,
      examples: ['/kind bug', '/remove-area prow', '/sig testing', '/language zh', '/label foo-bar-baz'],
      forms: { add, remove, 'add-any': addAny, 'remove-any': removeAny, hidden },
    },
  ],
  run,
  handlers: { pull_request: labeled },
  help: (plugins, repos) => ({
    config: {
      '': 'There are commands for the labels area/*, committee/*, kind/*, language/*, priority/*, sig/*, triage/* and wg/*.',
      ...helpByRepo(repos, (at) => describe(at, plugins)),
    },
    snippet: `label:
  # Labels for /label, beside those with a prefix of their own.
  additional_labels:
  - api-review
  # By *, org or org/repo.
  restricted_labels:
    kubernetes/kubernetes:
    - label: cherry-pick-approved
      allowed_teams: [release-managers]
      allowed_users: [alice]
      # The users are assigned to pull requests that get one of these labels.
      assign_on:
      - label: cherry-pick
`,
  }),
})

function describe(at: RepoRef, plugins: PluginConfig): string {
  const more = plugins.sections.label?.additional_labels ?? []
  const points = [...restrictedFor(plugins, at).values()].map(({ label, teams, users }) => {
    const who = [...teams.map((team) => `team ${team}`), ...users].join(', ')
    return `<li>${htmlEscaped(label)}: ${htmlEscaped(who)}</li>`
  })
  const configured = `/label can set: ${htmlEscaped(more.join(', ')) || 'nothing more'}.`
  return points.length > 0 ? `${configured} Only some may set:<ul>${points.join('')}</ul>` : configured
}
