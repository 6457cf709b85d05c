// The usual flow of bugzilla: is the bug of an open pull request valid? Labels say so, and the bug moves along.
import type { Bug } from '../../bugzilla/bugzilla.ts'
import { codeList } from '../shared/code-list.ts'
import { takeAll } from '../shared/steps.ts'
import { bugIn } from './flow.ts'
import { asksForDependents, type Judgement, judge } from './judge.ts'
import { moveTo, shownState } from './state.ts'
import { answer, findBug, isAllowed, linkTo, refreshHint, type Task, trying } from './task.ts'

export const labels = {
  valid: 'bugzilla/valid-bug',
  invalid: 'bugzilla/invalid-bug',
  severity: 'bugzilla/severity-',
} as const
const severities = ['urgent', 'high', 'medium', 'low', 'unspecified']
/** Bugs that a bug depends on, each of which is asked for. */
const mostDependents = 100

export async function validate(task: Task): Promise<void> {
  const id = bugIn(task.title)
  if (id === undefined)
    return conclude(
      task,
      {},
      `No Bugzilla bug is referenced in the title of this pull request.
To reference a bug, add 'Bug XXX:' to the title of this pull request and request another bug refresh with ${refreshHint}.`,
    )
  const bug = await findBug(task, id)
  if (!bug || !(await isAllowed(task, bug))) return
  const dependents = asksForDependents(task.options) ? await dependentsOf(task, bug) : []
  const judgement = judge(bug, dependents, task.options, (one) => linkTo(task.bugzilla, one))
  const isValid = judgement.wrong.length === 0
  const says = isValid ? await acceptance(task, bug, judgement) : rejection(task, bug, judgement)
  await conclude(task, { isValid, severity: bug.severity }, says)
}

const dependentsOf = (task: Task, bug: Bug): Promise<readonly Bug[]> =>
  trying(task, 'searching for dependents', bug.id, async () => {
    if (bug.depends_on.length > mostDependents) throw new Error(`it depends on more than ${mostDependents} bugs`)
    const found: Bug[] = []
    for (const id of bug.depends_on) {
      const dependent = await task.bugzilla.bug(id)
      if (!dependent) throw new Error(`it depends on bug ${id}, which cannot be found`)
      found.push(dependent)
    }
    return found
  })

/** Moves the bug along, and tells of it. */
async function acceptance(task: Task, bug: Bug, { fine }: Judgement): Promise<string> {
  const { bugzilla, options, pr } = task
  const { state_after_validation: after } = options
  const says = [`This pull request references ${linkTo(bugzilla, bug.id)}, which is valid.`]
  const change = after && moveTo(after, bug)
  if (after && change) {
    await trying(task, `updating to the ${shownState(after)} state`, bug.id, () => bugzilla.update(bug.id, change))
    says.push(`The bug has been moved to the ${shownState(after)} state.`)
  }
  if (
    options.add_external_link &&
    (await trying(task, 'adding this pull request to the external tracker bugs', bug.id, () =>
      bugzilla.addPull(bug.id, pr),
    ))
  )
    says.push('The bug has been updated to refer to the pull request using the external bug tracker.')
  const details = `<details><summary>${fine.length || 'No'} validation(s) were run on this bug</summary>

${fine.map((one) => `* ${one}`).join('\n')}
</details>`
  return [says.join(' '), details, ...(await aboutTester(task, bug))].join('\n\n')
}

const rejection = ({ bugzilla }: Task, bug: Bug, { wrong }: Judgement): string =>
  `This pull request references ${linkTo(bugzilla, bug.id)}, which is invalid:
${wrong.map((one) => ` - ${one}`).join('\n')}

Comment ${refreshHint} to re-evaluate validity if changes to the Bugzilla bug are made, or edit the title of this pull request to link to a different bug.`

/** Asks the QA contact for a review, by a line that the plugin assign carries out. */
async function aboutTester(task: Task, bug: Bug): Promise<readonly string[]> {
  const { asked, pr, bugzilla, context } = task
  const isAsked = asked === 'assign' || asked === 'cc'
  const old = asked === 'assign' ? ['The `assign-qa` command is deprecated, please use `cc-qa` instead.'] : []
  const email = bug.qa_contact_email
  if (!email) {
    const has = email === undefined ? 'does not have a QA contact' : 'has a QA contact without a listed email'
    return isAsked ? [...old, `${linkTo(bugzilla, bug.id)} ${has}, skipping review request.`] : []
  }
  const logins = await context.host.loginsByEmail(pr.org, email)
  const [login] = logins
  const listed = 'the public email listed for the QA contact in Bugzilla, skipping review request.'
  if (login === undefined) return [...old, `No GitHub users were found matching ${listed}`]
  if (logins.length > 1)
    return [...old, `Multiple GitHub users were found matching ${listed} They are: ${codeList(logins)}.`]
  const line = `/cc @${login}`
  const isTold = async () => (await pr.ownComments()).some(({ body }) => body.split(/\r?\n/).includes(line))
  return !isAsked && (await isTold()) ? [] : [...old, `Requesting review from QA contact:\n${line}`]
}

/** Labels and answer. Without a bug neither label is there. */
async function conclude(
  task: Task,
  { isValid, severity = '' }: { readonly isValid?: boolean; readonly severity?: string },
  says: string,
): Promise<void> {
  const { pr } = task
  const isKept = isValid !== true && (await pr.hasLabel(labels.valid)) && (await isByHand(task, labels.valid))
  const kept = isKept ? `\n\nRetaining the ${labels.valid} label as it was manually added.` : ''
  const others = severity === '' ? [] : severities.filter((one) => one !== severity)
  await takeAll([
    ...others.map((one) => () => pr.setLabel(labels.severity + one, false)),
    ...(severities.includes(severity) ? [() => pr.setLabel(labels.severity + severity, true)] : []),
    () => pr.setLabel(labels.valid, isValid === true || isKept),
    () => pr.setLabel(labels.invalid, isValid === false && !isKept),
    () => answer(task, says + kept),
  ])
}

/** Whether the last one who added the label was no bot of ours. */
async function isByHand({ pr, context: { host } }: Task, label: string): Promise<boolean> {
  const last = (await host.issueEvents(pr)).findLast(
    (one) => one.event === 'labeled' && one.label?.toLowerCase() === label,
  )
  return last !== undefined && !(await host.isBot(last.actor))
}
