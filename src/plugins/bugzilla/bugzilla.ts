// bugzilla: the bug that a pull request names in its title is checked, and moves along with the pull request.
import { re2 } from '../../config/re2.ts'
import { type CommandContext, type ContextOf, plugin } from '../../hook/plugin.ts'
import { closed, merged } from './end.ts'
import { type Flow, flowOf } from './flow.ts'
import { helpFor, snippet } from './help.ts'
import { pick } from './pick.ts'
import { optionsFor } from './state.ts'
import { answer, type Task, Trouble } from './task.ts'
import { labels, validate } from './validate.ts'

async function carryOut(flow: Flow, task: Task): Promise<void> {
  try {
    switch (flow.do) {
      case 'validate':
        return await validate(task)
      case 'merged':
        return await merged(task)
      case 'closed':
        return await closed(task)
      case 'pick':
        return await pick(task, flow.original)
    }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    task.context.log.warn({ err: error.cause }, 'Bugzilla did not do what was asked')
    await answer(task, error.message)
  }
}

const missing = 'no --bugzilla-endpoint, so nothing is done'

async function pullRequest(context: ContextOf<'pull_request'>): Promise<void> {
  const { event, plugins, bugzilla, pr, log } = context
  const options = optionsFor(plugins, pr, event.pr.base.ref)
  const flow = flowOf(event, options)
  if (flow.do === 'nothing') return
  if (!bugzilla) return log.warn(missing)
  const { title, html_url } = event.pr
  await carryOut(flow, { bugzilla, context, pr, options, title, html_url, opened: event.action === 'opened' })
}

async function run(context: CommandContext<'refresh' | 'assign' | 'cc'>): Promise<void> {
  const { said, event, plugins, bugzilla, pr, log } = context
  if (!event.issue.isPullRequest)
    return pr.reply('Bugzilla bug referencing is only supported for Pull Requests, not issues.')
  if (!bugzilla) return log.warn(missing)
  const now = await pr.fetch()
  const options = optionsFor(plugins, pr, now.base.ref)
  const task = { bugzilla, context, pr, options, title: now.title, html_url: event.html_url, asked: said.form }
  await carryOut({ do: now.merged ? 'merged' : 'validate' }, task)
}

export default plugin({
  name: 'bugzilla',
  about: `Checks the Bugzilla bug that a pull request names in its title ('Bug 123: …'), says with the labels '${labels.valid}' and '${labels.invalid}' whether it is valid, and moves it along.`,
  on: 'comment created',
  commands: [
    {
      usage: '/bugzilla refresh',
      about: 'Checks the bug of the title once more.',
      who: 'Anybody.',
      examples: ['/bugzilla refresh'],
      forms: { refresh: re2`(?mi)^/bugzilla refresh\s*$` },
    },
    {
      usage: '/bugzilla assign-qa',
      about: 'Deprecated: use /bugzilla cc-qa.',
      who: 'Anybody.',
      examples: ['/bugzilla assign-qa'],
      forms: { assign: re2`(?mi)^/bugzilla assign-qa\s*$` },
    },
    {
      usage: '/bugzilla cc-qa',
      about: 'Asks the QA contact of the bug for a review; this checks the bug, too.',
      who: 'Anybody.',
      examples: ['/bugzilla cc-qa'],
      forms: { cc: re2`(?mi)^/bugzilla cc-qa\s*$` },
    },
  ],
  handlers: { pull_request: pullRequest },
  run,
  help: (plugins, repos) => ({
    config: Object.fromEntries(
      repos.flatMap((name) => {
        const says = helpFor(plugins, name)
        return says === undefined ? [] : [[name, says]]
      }),
    ),
    snippet,
  }),
})
