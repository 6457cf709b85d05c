// Which presubmits a comment or an event asks for. trigger, skip, override and Tide share these rules.
import type { CommitStatus } from '../api/code-host.ts'
import { compileRe2 } from '../config/re2.ts'
import type { Presubmit } from '../config/types.ts'
import { looksAtChanges } from './changes.ts'
import { commands } from './commands.ts'

/** How a job was asked for: `forced` overrides its file patterns; `otherwise` holds where nothing else decides. */
export interface Selection {
  readonly forced: boolean
  readonly otherwise: boolean
}

/** Says how a job is asked for, or undefined when it is not. */
export type Filter = (job: Presubmit) => Selection | undefined

/** Jobs that no event starts by itself: somebody has to ask for them by name. */
export const needsExplicitTrigger = (job: Presubmit): boolean => !job.always_run && !looksAtChanges(job)

/** Jobs that are not started for every change. */
export const triggersConditionally = (job: Presubmit): boolean => needsExplicitTrigger(job) || looksAtChanges(job)

const forced: Selection = { forced: true, otherwise: true }
const automatic: Selection = { forced: false, otherwise: false }

/** Jobs whose trigger matches the comment. */
export const commandFilter =
  (comment: string): Filter =>
  (job) =>
    job.trigger !== '' && compileRe2(job.trigger).test(comment) ? forced : undefined

/** Jobs that start by themselves: what `/test all` and a new pull request ask for. */
export const testAllFilter: Filter = (job) => (needsExplicitTrigger(job) ? undefined : automatic)

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
    const hasFailed = failed.has(job.context)
    const neverReported = !needsExplicitTrigger(job) && !present.has(job.context)
    return hasFailed || neverReported ? { forced: false, otherwise: hasFailed } : undefined
  }

/** Like retestFilter, without optional jobs. */
const retestRequiredFilter = (contexts: ReportedContexts): Filter => {
  const retest = retestFilter(contexts)
  return (job) => (job.optional ? undefined : retest(job))
}

/** Required jobs that somebody has to ask for by name. */
const manualRequiredFilter: Filter = (job) =>
  !job.optional && needsExplicitTrigger(job) ? { forced: true, otherwise: false } : undefined

/** The first filter that asks for a job decides. */
export const firstOf =
  (filters: readonly Filter[]): Filter =>
  (job) => {
    for (const filter of filters) {
      const selection = filter(job)
      if (selection !== undefined) return selection
    }
    return undefined
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
