// skip: makes contexts of optional jobs green that failed or never ended.
import type { CommitStatus } from '../api/code-host.ts'
import { allowsBranch } from '../config/branches.ts'
import { re2 } from '../config/re2.ts'
import type { Presubmit } from '../config/types.ts'
import { type CommandContext, plugin, withoutFences } from '../hook/plugin.ts'
import { presubmitsFor } from '../jobs/decide.ts'
import { filterOfComment, reportedContexts } from '../jobs/filters.ts'
import { asCode } from './shared/as-code.ts'
import { affordable } from './trigger/in-repo.ts'
import { settingsFor } from './trigger/settings.ts'
import { changeOf, presubmitsByFiles, presubmitsOf } from './trigger/start.ts'

const longestReason = 1000

const isRequired = (job: Presubmit): boolean => !job.optional && !job.skip_report

/**
 * Contexts to make green: reported, not successful, of an optional job that does not start now. A context that a job of the branch must
 * report is left alone, whatever jobs of other branches share it.
 */
export function skippable(
  jobs: readonly Presubmit[],
  branch: string,
  statuses: readonly Pick<CommitStatus, 'context' | 'state'>[],
  starting: readonly Pick<Presubmit, 'name' | 'context'>[],
): readonly string[] {
  const required = new Set(
    jobs.filter((job) => isRequired(job) && allowsBranch(job, branch)).map(({ context }) => context),
  )
  const starts = ({ name, context }: Presubmit) =>
    starting.some((other) => other.name === name && other.context === context)
  const optional = jobs.filter((job) => !isRequired(job) && !required.has(job.context) && !starts(job))
  const contexts = new Set(optional.map(({ context }) => context))
  return statuses
    .filter(({ context, state }) => state !== 'success' && contexts.has(context))
    .map(({ context }) => context)
}

async function skip({ said, event: _, ...about }: CommandContext): Promise<void> {
  const { pr, host, plugins, log } = about
  // As trigger sees the text, so that both agree on which jobs start.
  const text = withoutFences(said.text)
  const answered = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (err) {
      log.warn({ err }, 'contexts cannot be skipped')
      await pr.reply(
        `The contexts cannot be skipped: ${asCode((err instanceof Error ? err.message : String(err)).slice(0, longestReason).toWellFormed())}`,
      )
      return undefined
    }
  }
  const pull = await answered(() => pr.fetch())
  if (!pull) return
  const considered = await affordable(
    await presubmitsOf(async () => pull, about),
    'comments',
    async () => [text],
    about,
  )
  await answered(async () => {
    const jobs = await presubmitsByFiles(considered, about)
    const statuses = await host.statuses(pr, pull.head.sha)
    const filter = await filterOfComment(text, {
      honourOkToTest: !settingsFor(plugins, pr).ignore_ok_to_test,
      contexts: async () => reportedContexts(statuses),
    })
    const starting = await presubmitsFor(jobs, changeOf(pull, about), filter)
    for (const context of skippable(jobs, pull.base.ref, statuses, starting))
      await host.setStatus(pr, pull.head.sha, { context, state: 'success', description: 'Skipped', target_url: '' })
  })
}

export default plugin({
  name: 'skip',
  about:
    'Makes contexts of optional jobs green that failed or never ended, so that they do not keep a pull request from merging.',
  on: 'comment created on an open pull request',
  commands: [
    {
      usage: '/skip',
      about: 'Makes contexts of optional jobs green that are not: those that failed, and those of jobs that are gone.',
      who: 'Anyone can trigger this command on a PR.',
      examples: ['/skip'],
      forms: { skip: re2`(?mi)^/skip\s*$` },
    },
  ],
  run: skip,
})
