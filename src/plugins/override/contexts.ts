// /override and /override-sticky: make contexts green that did not become so by themselves.
import type { CodeHost, PullRequest } from '../../api/code-host.ts'
import { descriptionOf } from '../../api/status-description.ts'
import { timestamp } from '../../api/time.ts'
import type { Presubmit } from '../../config/types.ts'
import { newPresubmit, pullRequestEventLabels } from '../../jobs/build.ts'
import { refsOfPullRequest } from '../../jobs/refs.ts'
import { asCode, asName, boundedList } from '../shared/as-code.ts'
import type { Asked } from './commands.ts'
import { type About, answering, permitted, presubmitsOf, type Step, sentence } from './situation.ts'
import { type Targets, targetsFor } from './targets.ts'

/** Tide takes a context whose description holds this as tested, whatever the base is. */
const sentinel = '[prow:skip-retest]'

type Command = 'override' | 'override-sticky'

export async function overrideContexts(command: Command, { names, bare }: Asked, about: About): Promise<void> {
  const { pr, event, host } = about
  const { login } = event.user
  const done: string[] = []
  await answering(about, async (step) => {
    if (bare) return `/${command} requires failed status contexts to operate on, but none was given`
    const answer = await permitted(command, step, about)
    if ('refusal' in answer) return answer.refusal
    if (names.size === 0) return undefined
    const { pull } = answer
    const base = await step('Cannot get base ref of PR', () => host.branchSha(pr, pull.base.ref))
    const targets = await findTargets(names, pull, base, { ...about, step })
    if (targets.unknown.length > 0) return unknownNames(command, targets)

    const description = `Overridden by ${login}${command === 'override-sticky' ? ` ${sentinel}` : ''}`
    const status = { state: 'success', description: descriptionOf(description, base) } as const
    const sha = pull.head.sha
    for (const { context, target_url, job } of targets.statuses) {
      // First, so that nothing asks for a run of a job that has just become green.
      if (job)
        await step(`Failed to create override job for ${asName(context)}`, () =>
          pretend(job, pull, base, description, about),
        )
      const set = () => host.setStatus(pr, sha, { ...status, context, target_url })
      await step(`Cannot update PR status for context ${asName(context)}`, set)
      done.push(context)
    }
    for (const name of targets.checkRuns) {
      const summary = `Prow has received an override command for the ${asCode(name)} check run.`
      const run = { name, head_sha: sha, conclusion: 'success', title: `Prow override - ${name}`, summary } as const
      await step(`cannot create prow-override CheckRun ${asName(name)}`, () => host.createCheckRun(pr, run))
      done.push(name)
    }
    return undefined
  })
  if (done.length > 0) await pr.reply(`Overrode contexts on behalf of ${login}: ${sentence(done)}${lasting(command)}`)
}

const lasting = (command: Command): string =>
  command === 'override-sticky'
    ? '\n\nThese overrides persist across retests of this commit. A new commit clears them, and `/override-cancel` takes them back.'
    : ''

/** Protection is asked for only where that can make a difference: not every bot may know it. */
async function findTargets(
  names: ReadonlySet<string>,
  pull: PullRequest,
  base: string,
  { step, ...about }: About & { step: Step },
): Promise<Targets> {
  const { pr, host, delivery } = about
  const [here, sha, branch] = [`${pr.org}/${pr.repo}`, pull.head.sha, pull.base.ref]
  const statuses = await step(`Cannot get commit statuses for PR #${pr.number} in ${here}`, () =>
    host.statuses(pr, sha),
  )
  const checkRuns = await step(`Cannot get commit checkruns for PR #${pr.number} in ${here}`, () => runsOf(sha, about))
  const presubmits = await step('Failed to get presubmits', () => presubmitsOf(pull, async () => base, about))
  const known = { statuses, checkRuns, presubmits, branch, again: delivery.attempt > 1 }
  const targets = targetsFor(names, known, [])
  if (targets.unknown.length === 0) return targets
  const ask = () => host.requiredContexts(pr, branch)
  return targetsFor(names, known, await step(`Cannot get branch protection for branch ${branch} in ${here}`, ask))
}

/** Check runs, where the bot may write them. */
const runsOf = async (sha: string, { host, pr }: Pick<About, 'pr'> & { host: CodeHost }) =>
  (await host.bot()).isApp ? host.checkRuns(pr, sha) : []

/** A run of the job that has succeeded already. */
async function pretend(job: Presubmit, pull: PullRequest, base: string, description: string, about: About) {
  const { config, clock, delivery, event, jobs } = about
  const now = clock.now()
  const labels = pullRequestEventLabels(job, delivery.id)
  const made = newPresubmit(job, refsOfPullRequest(pull, base), { config, now, name: '', labels })
  const end = { state: 'success', completionTime: timestamp(now), description, url: event.html_url } as const
  await jobs.create({ ...made, status: { ...made.status, ...end } })
}

const bullets = (names: readonly string[]): string => boundedList(names.map((name) => `- ${asCode(name)}`))

const unknownNames = (
  command: Command,
  { unknown, valid }: Targets,
): string => `/${command} requires failed status contexts, check runs or job names to operate on.
The following unknown contexts were given:
${bullets(unknown)}

Only the following failed contexts were expected:
${bullets(valid)}

A name that holds blanks has to stand between double quotes.`
