// /override-cancel: contexts that were overridden count as failed again.
import { asName } from '../shared/as-code.ts'
import type { Asked } from './commands.ts'
import { type About, answering, permitted, presubmitsOf, sentence } from './situation.ts'
import { isOverridden, jobOf } from './targets.ts'

export async function cancelOverrides({ names, bare }: Asked, about: About): Promise<void> {
  const { pr, host, event, delivery } = about
  const { login } = event.user
  const description = `Override cancelled by ${login}`
  const done: string[] = []
  await answering(about, async (step) => {
    const answer = await permitted('override-cancel', step, about)
    if ('refusal' in answer) return answer.refusal
    const { pull } = answer
    const here = `PR #${pr.number} in ${pr.org}/${pr.repo}`
    const statuses = await step(`Cannot get commit statuses for ${here}`, () => host.statuses(pr, pull.head.sha))
    // An earlier attempt at this task may have cancelled some.
    const isDone = (text: string) => delivery.attempt > 1 && text === description
    const overridden = statuses.filter((status) => isOverridden(status) || isDone(status.description))
    const isContext = (name: string) => overridden.some(({ context }) => context === name)
    const baseSha = () => host.branchSha(pr, pull.base.ref)
    const presubmits =
      bare || [...names].every(isContext)
        ? []
        : await step('Failed to get presubmits', () => presubmitsOf(pull, baseSha, about))
    const isNamed = (context: string) => {
      const job = jobOf(context, { presubmits, branch: pull.base.ref })
      return bare || names.has(context) || (job !== undefined && names.has(job.name))
    }
    for (const { context, target_url } of overridden.filter((status) => isNamed(status.context))) {
      const status = { context, target_url, state: 'failure', description } as const
      await step(`Cannot update PR status for context ${asName(context)}`, () =>
        host.setStatus(pr, pull.head.sha, status),
      )
      done.push(context)
    }
    return done.length === 0 ? 'No overrides found to cancel' : undefined
  })
  if (done.length > 0) await pr.reply(`Cancelled overrides on behalf of ${login}: ${sentence(done)}`)
}
