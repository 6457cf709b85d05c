// What a pull request's description means for its release-note label, and what its author is told.
import { CodeHostError, type IssueRef } from '../../api/code-host.ts'
import { re2 } from '../../config/re2.ts'
import type { ContextOf } from '../../hook/plugin.ts'
import { hadLabel } from '../shared/had-label.ts'
import { takeAll } from '../shared/steps.ts'
import { deprecation, isMainBranch, labelFor, labels, type NoteLabel, parentsIn } from './decide.ts'

/** By these the comments are found when they are obsolete. */
const noBlock = 'because no release-note block was detected'
const parentRule = "All 'parent' PRs of a cherry-pick PR must have one of the"

/** Anywhere in a comment, by those who may. */
export const noneCommand = re2`(?mi)^/release-note-none\s*$`

type About = ContextOf<'pull_request'>

const all: readonly NoteLabel[] = Object.values(labels)

/** Sets the label that the pull request should have, and removes the others. */
export async function checkPullRequest(context: About): Promise<void> {
  const { event, pr } = context
  const isDue = event.action === 'labeled' ? all.some((label) => label === event.label) : isDueAt.has(event.action)
  if (!isDue) return
  const wanted = labelFor(event.pr.body, await pr.labels())
  const guidelines = context.plugins.sections.release_note?.guidelines_url ?? ''
  const isObsolete = ({ body }: { body: string }) =>
    (body.includes(noBlock) && body.includes(guidelines)) || body.includes(parentRule)
  if (wanted !== labels.needed) {
    await setOnly(wanted, context)
    return pr.prune(isObsolete)
  }
  if (event.pr.merged) return
  // A repeated task may have set the label itself already.
  const isTold = await hadLabel(labels.needed, event.pr.labels, context)
  const parents = isMainBranch(event.pr.base.ref) ? [] : parentsIn(event.pr.body)
  const withoutNote = await parentsWithoutNote(parents, context)
  if (parents.length > 0 && withoutNote.length === 0) {
    await pr.setLabel(labels.needed, false)
    return pr.prune(isObsolete)
  }
  const steps: (() => Promise<unknown>)[] = []
  if (withoutNote.length > 0 && !isTold) steps.push(() => tellOfParents(withoutNote, context))
  if (await pr.hasLabel(deprecation)) {
    if (!isTold) steps.push(() => pr.announce(deprecationText))
  } else if (await isSaidToBeNone(context)) {
    await takeAll([...steps, () => setOnly(labels.none, context)])
    return pr.prune(isObsolete)
  } else if (!isTold) steps.push(() => pr.announce(neededText(guidelines)))
  await takeAll([...steps, () => setOnly(labels.needed, context)])
}

const isDueAt: ReadonlySet<string> = new Set(['opened', 'edited', 'ready_for_review'])

/** Sets one of the labels and removes the others. */
export const setOnly = (wanted: NoteLabel, { pr }: Pick<About, 'pr'>): Promise<void> =>
  takeAll(
    [wanted, ...all.filter((label) => label !== wanted)].map((label) => () => pr.setLabel(label, label === wanted)),
  )

/** Those of the parents that have no note; one that cannot be looked at counts as having one. */
async function parentsWithoutNote(parents: readonly number[], { pr, host, log }: About): Promise<readonly number[]> {
  const without: number[] = []
  for (const number of new Set(parents)) {
    const at: IssueRef = { org: pr.org, repo: pr.repo, number }
    try {
      const has = await host.labels(at)
      if (!has.some((label) => label === labels.note || label === labels.action)) without.push(number)
    } catch (err) {
      if (!(err instanceof CodeHostError)) throw err
      log.warn({ err, parent: number }, 'cannot see whether a parent has a release note')
    }
  }
  return without
}

const tellOfParents = (numbers: readonly number[], { event, pr }: About): Promise<void> =>
  pr.respond(
    event.pr.user.login,
    `${parentRule} "${labels.note}" or "${labels.action}" labels, or this PR must follow the standard/parent release note labeling requirement.`,
    `The following parent PRs have neither the "${labels.note}" nor the "${labels.action}" labels: ${numbers.map((number) => `#${number}`).join(', ')}.`,
  )

const deprecationText = `Adding the "${labels.needed}" label and removing any existing "${labels.none}" label because there is a "${deprecation}" label on the PR.`

const neededText = (guidelines: string): string =>
  `Adding the "${labels.needed}" label ${noBlock}, please follow our [release note process](${guidelines}) to remove it.`

/** Whether somebody who may has said in a comment that there is nothing to note. */
async function isSaidToBeNone({ event, pr, host }: About): Promise<boolean> {
  const speakers = (await pr.comments()).filter(({ body }) => noneCommand.test(body)).map(({ user }) => user.login)
  if (speakers.includes(event.pr.user.login)) return true
  for (const login of new Set(speakers)) if (await host.isMember(pr.org, login)) return true
  return false
}
