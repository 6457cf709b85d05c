// What both ways of overriding need to know first, and what a person is told when that cannot be had.
import type { PullRequest } from '../../api/code-host.ts'
import type { Presubmit } from '../../config/types.ts'
import type { CommandContext } from '../../hook/plugin.ts'
import { asName } from '../shared/as-code.ts'
import { mayOverride, whoMay } from './who.ts'

export type About = Omit<CommandContext, 'said'>

/** Names one step: what fails in it is told as that. */
export type Step = <T>(cannot: string, work: () => Promise<T>) => Promise<T>

/**
 * Takes steps until one fails or `work` returns a refusal, and answers with it. Nobody has to guess what became of a command, and the
 * one who gave it can give it again.
 */
export async function answering({ pr, log }: About, work: (step: Step) => Promise<string | undefined>): Promise<void> {
  let cannot = ''
  const step: Step = (what, act) => {
    cannot = what
    return act()
  }
  const refusal = await work(step).catch((err: unknown) => {
    log.warn({ err, cannot }, 'an override failed')
    return cannot
  })
  if (refusal) await pr.reply(refusal)
}

/** The pull request, if the one who gave the command may override there; else the refusal. */
export async function permitted(
  command: string,
  step: Step,
  about: About,
): Promise<{ pull: PullRequest } | { refusal: string }> {
  const { pr, event, plugins } = about
  const pull = await step(`Cannot get PR #${pr.number} in ${pr.org}/${pr.repo}`, () => pr.fetch())
  if (await mayOverride(event.user.login, pull.base.ref, about)) return { pull }
  const who = whoMay(plugins.sections.override ?? {}, pr)
  return { refusal: `${event.user.login} unauthorized: /${command} is restricted to ${who}` }
}

/** The presubmits of a pull request, central ones first. Throws when its own cannot be had. */
export async function presubmitsOf(
  pull: PullRequest,
  baseSha: () => Promise<string>,
  { pr: { org, repo }, config, inRepo, signal }: About,
): Promise<readonly Presubmit[]> {
  const own = await inRepo?.jobs({ org, repo, baseSha, heads: async () => [pull.head.sha], config, signal })
  const [problem] = own?.problems ?? []
  if (problem) throw new Error(`the repository's own jobs have mistakes: ${problem.message}`)
  return [...(config.presubmits[`${org}/${repo}`] ?? []), ...(own?.presubmits ?? [])]
}

const mostNamed = 100

/** Contexts in a sentence, sorted; not more than a comment has room for. */
export function sentence(contexts: Iterable<string>): string {
  const sorted = [...new Set(contexts)].sort().map(asName)
  const more = sorted.length - mostNamed
  return sorted.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
