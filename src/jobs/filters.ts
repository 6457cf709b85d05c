// Which presubmits a comment or an event asks for. trigger, skip, override and Tide share these rules.
import type { CommitStatus } from '../api/code-host.ts'
import { compileRe2 } from '../config/re2.ts'
import type { Presubmit } from '../config/types.ts'
import { looksAtChanges } from './changes.ts'
import { commands } from './commands.ts'

/**
 * Whether a job was asked for, and why or why not, for people. `forced` overrides its file patterns; `otherwise` holds
 * where nothing else decides.
 */
export type Asked = { readonly because: string } & (
  | { readonly asked: false }
  | { readonly asked: true; readonly forced: boolean; readonly otherwise: boolean }
)

/** Says whether and how a job is asked for. */
export type Filter = (job: Presubmit) => Asked

/** Jobs that no event starts by itself: somebody has to ask for them by name. */
export const needsExplicitTrigger = (job: Presubmit): boolean => !job.always_run && !looksAtChanges(job)

/** Jobs that are not started for every change. */
export const triggersConditionally = (job: Presubmit): boolean => needsExplicitTrigger(job) || looksAtChanges(job)

const notAsked = (because: string): Asked => ({ asked: false, because })

/** Jobs whose trigger matches the comment. */
export const commandFilter =
  (comment: string): Filter =>
  (job) =>
    job.trigger !== '' && compileRe2(job.trigger).test(comment)
      ? { asked: true, forced: true, otherwise: true, because: 'the comment matches its trigger' }
      : notAsked(`the comment does not match its trigger; "${job.rerun_command}" would`)

const byNameOnly = 'it runs only when somebody asks for it by name'

/** Jobs that start by themselves: what `/test all` and a new pull request ask for. */
export const testAllFilter: Filter = (job) =>
  needsExplicitTrigger(job)
    ? notAsked(`${byNameOnly}: ${job.rerun_command}`)
    : { asked: true, forced: false, otherwise: false, because: 'it starts by itself' }

/** The contexts that a commit has, and those of them that failed. */
export interface ReportedContexts {
  readonly present: ReadonlySet<string>
  readonly failed: ReadonlySet<string>
}

/** What the statuses of a commit say about its contexts. */
export const reportedContexts = (statuses: readonly CommitStatus[]): ReportedContexts => ({
  present: new Set(statuses.map(({ context }) => context)),
  failed: new Set(
    statuses.filter(({ state }) => state === 'failure' || state === 'error').map(({ context }) => context),
  ),
})

/** Jobs whose context failed, and automatic ones that never reported. */
const retestFilter =
  ({ present, failed }: ReportedContexts): Filter =>
  (job) => {
    const asked = { asked: true, forced: false } as const
    if (failed.has(job.context)) return { ...asked, otherwise: true, because: `its context ${job.context} has failed` }
    if (present.has(job.context)) return notAsked(`its context ${job.context} has not failed`)
    if (needsExplicitTrigger(job)) return notAsked(`${byNameOnly}, and it has not failed`)
    return { ...asked, otherwise: false, because: `its context ${job.context} has never reported` }
  }

/** Like retestFilter, without optional jobs. */
const retestRequiredFilter = (contexts: ReportedContexts): Filter => {
  const retest = retestFilter(contexts)
  return (job) => (job.optional ? notAsked('it is optional') : retest(job))
}

/** Required jobs that somebody has to ask for by name. */
const manualRequiredFilter: Filter = (job) => {
  if (job.optional) return notAsked('it is optional')
  if (!needsExplicitTrigger(job)) return notAsked('it starts by itself')
  return { asked: true, forced: true, otherwise: false, because: 'it is required, and only people start it' }
}

/** The first filter that asks for a job decides; when none does, the last one says why not. */
export const firstOf =
  (filters: readonly Filter[]): Filter =>
  (job) => {
    let last = notAsked('nothing asks for it')
    for (const filter of filters) {
      last = filter(job)
      if (last.asked) return last
    }
    return last
  }

/**
 * What a comment, without its code blocks, asks for. `contexts` is called at most once, and only for `/retest` and
 * `/retest-required`; what it throws is passed on. With `honourOkToTest` a `/ok-to-test` asks for all automatic jobs.
 */
export async function filterOfComment(
  comment: string,
  options: { readonly honourOkToTest: boolean; readonly contexts: () => Promise<ReportedContexts> },
): Promise<Filter> {
  const filters: Filter[] = [commandFilter(comment)]
  const retest = commands.retest.test(comment)
  const retestRequired = commands.retestRequired.test(comment)
  if (retest || retestRequired) {
    const contexts = await options.contexts()
    if (retest) filters.push(retestFilter(contexts))
    if (retestRequired) filters.push(retestRequiredFilter(contexts))
  }
  if (commands.testManualRequired.test(comment)) filters.push(manualRequiredFilter)
  const okToTest = options.honourOkToTest && commands.okToTest.test(comment)
  if (okToTest || commands.testAll.test(comment)) filters.push(testAllFilter)
  return firstOf(filters)
}
