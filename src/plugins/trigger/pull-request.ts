// What trigger does when a pull request changes.
import { github } from '../../api/labels.ts'
import type { PullRequestEvent } from '../../hook/plugin.ts'
import { tellOfMistakes } from './mistakes.ts'
import { settingsFor } from './settings.ts'
import { type About, presubmitsOf, startAll } from './start.ts'
import { trustOf } from './trust.ts'
import { guidanceFor, welcome } from './welcome.ts'

/** What an event calls for. `start` says for whose pull requests the automatic jobs start. */
interface Plan {
  readonly abort: boolean
  readonly start: 'for nobody' | 'for everybody' | 'for the trusted' | 'for the untrusted' | 'or welcome'
}

const nothing: Plan = { abort: false, start: 'for nobody' }

/** One row per action. */
function planFor(event: Pick<PullRequestEvent, 'action' | 'label' | 'changes'>, senderIsBot: boolean): Plan {
  const { action, label, changes } = event
  switch (action) {
    case 'opened':
      return { abort: false, start: 'or welcome' }
    case 'reopened':
    case 'ready_for_review':
      return { abort: false, start: 'for the trusted' }
    case 'edited':
      return changes.baseRef || changes.baseSha ? { abort: false, start: 'for the trusted' } : nothing
    case 'synchronize':
      return { abort: true, start: 'for the trusted' }
    case 'labeled':
      // An lgtm is worth one build even where nobody has said /ok-to-test.
      if (label === github.lgtm) return { abort: false, start: 'for the untrusted' }
      // The bot sets this label itself after a command, and that command starts the jobs.
      return label === github.okToTest && !senderIsBot ? { abort: false, start: 'for everybody' } : nothing
    case 'closed':
    case 'converted_to_draft':
      return { abort: true, start: 'for nobody' }
    default:
      return nothing
  }
}

const draftNote =
  'This is a draft, so CI is skipped for now. The jobs start when it is marked as ready for review. To run them before that, comment `/test all`.'

export async function pullRequestChanged(event: PullRequestEvent, about: About): Promise<void> {
  const isOkToTest = event.action === 'labeled' && event.label === github.okToTest
  const plan = planFor(event, isOkToTest && (await about.host.isBot(event.sender.login)))
  const failures: unknown[] = []
  if (plan.abort) {
    const { jobs, pr } = about
    await jobs.abortPresubmits(pr, 'Aborted by trigger plugin.').catch((error: unknown) => failures.push(error))
  }
  await begin(event, plan, about).catch((error: unknown) => failures.push(error))
  if (failures.length > 1) throw new AggregateError(failures, 'cannot abort the old jobs, nor start new ones')
  if (failures.length > 0) throw failures[0]
}

async function begin({ pr: pull }: PullRequestEvent, { start }: Plan, about: About): Promise<void> {
  if (start === 'for nobody') return
  const presubmits = await presubmitsOf(async () => pull, about)
  await tellOfMistakes(presubmits.found, async () => pull.head.sha, about)
  if (presubmits.central.length + presubmits.own.length === 0) return
  const settings = settingsFor(about.plugins, about.pr)
  const authorIsTrusted = (await trustOf(pull.user.login, about.pr, settings, about.host)).trusted
  if (start === 'or welcome' && !authorIsTrusted) return greet(pull.user, about)
  if (start === 'or welcome' && pull.draft) return about.pr.comment(draftNote)
  if (start === 'for the trusted' || start === 'for the untrusted') {
    const trusted = authorIsTrusted || (await about.pr.hasLabel(github.okToTest))
    if (trusted !== (start === 'for the trusted')) return
    // Only where the labels decided: a trusted author's pull request is left as it is.
    if (trusted && !authorIsTrusted) await about.pr.setLabel(github.needsOkToTest, false)
  }
  if (!pull.draft) await startAll(pull, presubmits, about)
}

async function greet(author: PullRequestEvent['pr']['user'], { pr, host, config, plugins }: About): Promise<void> {
  const settings = settingsFor(plugins, pr)
  const link = config.github.link_url
  const label = async () => {
    if (!settings.ignore_ok_to_test && !(await pr.hasLabel(github.okToTest)))
      await pr.setLabel(github.needsOkToTest, true)
  }
  const greeting = async () => {
    const guidance = await guidanceFor(author, pr, { settings, link, host })
    await pr.comment(welcome({ author: author.login, at: pr, settings, link, guidance }))
  }
  const outcomes = await Promise.allSettled([label(), greeting()])
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  if (failures.length > 0) throw new AggregateError(failures, 'cannot welcome the author')
}
