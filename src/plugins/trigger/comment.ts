// The commands that start jobs: /test, /retest, /ok-to-test and their kin.
import { CodeHostError, type PullRequest } from '../../api/code-host.ts'
import * as names from '../../api/labels.ts'
import { compileRe2 } from '../../config/re2.ts'
import type { Presubmit } from '../../config/types.ts'
import { type CommentEvent, withoutFences } from '../../hook/plugin.ts'
import { commands } from '../../jobs/commands.ts'
import { presubmitsFor } from '../../jobs/decide.ts'
import { filterOfComment, reportedContexts } from '../../jobs/filters.ts'
import { availableJobs, helpMessage, helpNote, isHelpMessage } from './help-message.ts'
import { affordable, allOf, bringsJobs, type Considered } from './in-repo.ts'
import { tellOfMistakes } from './mistakes.ts'
import { settingsFor, type TriggerSettings } from './settings.ts'
import { type About, changeOf, presubmitsByFiles, presubmitsOf, start } from './start.ts'
import { trustOf } from './trust.ts'

const { okToTest, needsOkToTest } = names.github

export async function commented(event: CommentEvent, about: About): Promise<void> {
  const { host, pr, plugins } = about
  if (event.action !== 'created' || !event.issue.isPullRequest || event.issue.state !== 'open') return
  // What is only shown in a code block neither starts a job nor asks for help.
  const text = withoutFences(event.body)
  // Most comments cost nothing. Where asking for the jobs takes requests, at least our own ones do not.
  const isOurs = () => host.isBot(event.user.login)
  if (bringsJobs(pr, about) && (await isOurs())) return
  const known = await presubmitsOf(() => pr.fetch(), about)
  const considered = await affordable(known, 'comments', async () => [text], about)
  if (!concerns(text, allOf(considered)) || (await isOurs())) return

  await tellOfMistakes(considered.found, async () => (await pr.fetch()).head.sha, about)
  // Almost every command needs both; while we ask about the person, the code host can answer these, too.
  void Promise.allSettled([pr.labels(), pr.fetch()])
  const settings = settingsFor(plugins, pr)
  const byTrusted = (await trustOf(event.user.login, pr, settings, host)).trusted
  if (!byTrusted && !(await isTrustedPull(event, settings, about))) return pr.reply(notTrusted(settings))

  const honourOkToTest = !settings.ignore_ok_to_test
  if (honourOkToTest && commands.okToTestCancel.test(text)) {
    if (!byTrusted) return pr.reply('only somebody trusted can take back `/ok-to-test`.')
    await pr.setLabel(okToTest, false)
    await pr.setLabel(needsOkToTest, true)
    return
  }
  const saysOk = honourOkToTest && commands.okToTest.test(text)
  if (saysOk) await pr.setLabel(okToTest, true)
  if (await pr.hasLabel(okToTest)) await pr.setLabel(needsOkToTest, false)

  const pull = await pr.fetch()
  if (saysOk && settings.trigger_github_workflows) await workflows('approve', pull, about)
  await startAsked(text, pull, { ...considered, honourOkToTest }, about)
}

// `anyTest` is none: "/test-infra is down" is no command.
const { anyTest, ...said } = commands

/** Whether a text says anything to this plugin; most comments do not, and cost nothing. */
const concerns = (text: string, presubmits: readonly Presubmit[]): boolean =>
  Object.values(said).some((command) => command.test(text)) ||
  presubmits.some(({ trigger }) => trigger !== '' && compileRe2(trigger).test(text))

async function isTrustedPull(event: CommentEvent, settings: TriggerSettings, { pr, host }: About): Promise<boolean> {
  return (await trustOf(event.issue.user.login, pr, settings, host)).trusted || pr.hasLabel(okToTest)
}

const notTrusted = ({ ignore_ok_to_test }: TriggerSettings): string =>
  ignore_ok_to_test
    ? 'in this repository a pull request by somebody who is not trusted cannot be marked as trusted. Collaborators can start tests on it with `/test`.'
    : 'tests can be started when somebody trusted has looked at this pull request and commented `/ok-to-test`.'

/** Starts what the text asks for, or says what could be asked for. */
async function startAsked(
  text: string,
  pull: PullRequest,
  { honourOkToTest, ...considered }: Considered<Presubmit> & { readonly honourOkToTest: boolean },
  about: About,
): Promise<void> {
  const { host, pr, plugins } = about
  const presubmits = await presubmitsByFiles(considered, about)
  const baseSha = await host.branchSha(pr, pull.base.ref)
  const change = changeOf(pull, about)
  const contexts = async () => reportedContexts(await host.statuses(pr, pull.head.sha))
  const filter = await filterOfComment(text, { honourOkToTest, contexts })
  const jobs = await presubmitsFor(presubmits, change, filter)

  const note = helpNote(text, jobs.length)
  if (note !== undefined) {
    const at = { org: pr.org, repo: pr.repo, branch: pull.base.ref }
    return pr.reply(helpMessage(note, at, await availableJobs(presubmits, change)) + missingJobs(considered))
  }
  const retest = commands.retest.test(text) || commands.retestRequired.test(text)
  const rerunsWorkflows = commands.retest.test(text) || commands.testAll.test(text)
  if (rerunsWorkflows && settingsFor(plugins, pr).trigger_github_workflows) await workflows('rerun-failed', pull, about)
  // Nobody's job has to wait for tidying, which never fails.
  const tidied = anyTest.test(text) ? pr.prune(({ body }) => isHelpMessage(body)) : undefined
  await start(jobs, pull, baseSha, about, retest ? { [names.retest]: 'true' } : {})
  await tidied
}

/** Why jobs are not among the available ones. */
const missingJobs = ({ found: { problems } }: Considered<unknown>): string =>
  problems.length === 0
    ? ''
    : `\nJobs that this repository defines in \`.prow.yaml\` or \`.prow/\` are missing here, because there are mistakes in it.\n`

/** Approves or reruns the code host's own workflows. Best effort: Prow's jobs do not depend on it. */
async function workflows(how: 'approve' | 'rerun-failed', pull: PullRequest, { host, pr, log }: About): Promise<void> {
  const head = { branch: pull.head.ref, sha: pull.head.sha }
  try {
    const runs = await host.workflowRuns(pr, head, how === 'approve' ? 'waiting' : 'failed')
    for (const run of runs) await host.rerunWorkflow(pr, run, how).catch((err: unknown) => note(err, run))
  } catch (err) {
    log.error({ err, how }, 'cannot list workflow runs')
  }

  function note(err: unknown, run: number) {
    const kind = err instanceof CodeHostError ? err.kind : 'failed'
    // Somebody else was faster, or the bot may not.
    const level = kind === 'not-found' ? 'info' : kind === 'forbidden' ? 'warn' : 'error'
    log[level]({ err, run, how }, 'cannot start a workflow run')
  }
}
