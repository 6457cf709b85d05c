// lifecycle: closes and reopens, and says with a label how alive an issue or pull request is.
import { re2 } from '../config/re2.ts'
import { type CommandContext, plugin } from '../hook/plugin.ts'
import { changesIn, setOneOf } from './shared/one-of-labels.ts'

const states = { prefix: 'lifecycle/', values: ['active', 'frozen', 'stale', 'rotten'] }

type Form = 'reopen' | 'close' | 'close-not-planned' | 'lifecycle'
type Heard = CommandContext<Form>

/** What is known about somebody who wants to close or reopen. */
export interface Asker {
  readonly isAuthor: boolean
  readonly isCollaborator: boolean
  /** It is labelled as stale or rotten, so that anybody may close it. */
  readonly isForgotten: boolean
}

/** Why somebody may not do it; undefined when they may. */
export function refusal(wants: 'close' | 'reopen', { isAuthor, isCollaborator, isForgotten }: Asker) {
  if (isAuthor || isCollaborator || (wants === 'close' && isForgotten)) return undefined
  const what = wants === 'close' ? 'an active issue/PR' : 'an issue/PR'
  return `You can't ${wants} ${what} unless you authored it or you are a collaborator.`
}

/** What is not known for certain counts against the person: a refusal can be asked again, a closed issue is lost sight of. */
async function unlessItFails(ask: () => Promise<boolean>, what: string, { log }: Heard): Promise<boolean> {
  try {
    return await ask()
  } catch (err) {
    log.warn({ err }, `cannot find out ${what}`)
    return false
  }
}

async function askerOf(wants: 'close' | 'reopen', heard: Heard): Promise<Asker> {
  const { event, issue, host } = heard
  const { login } = event.user
  const isAuthor = login === event.issue.user.login
  const isCollaborator =
    !isAuthor && (await unlessItFails(() => host.isCollaborator(issue, login), 'who is a collaborator', heard))
  const isForgotten = async () => (await issue.hasLabel('lifecycle/stale')) || issue.hasLabel('lifecycle/rotten')
  const asksLabels = wants === 'close' && !isAuthor && !isCollaborator
  return {
    isAuthor,
    isCollaborator,
    isForgotten: asksLabels && (await unlessItFails(isForgotten, 'which labels there are', heard)),
  }
}

async function reopen(heard: Heard): Promise<void> {
  const { event, issue, host } = heard
  const no = refusal('reopen', await askerOf('reopen', heard))
  if (no) return issue.reply(no)
  const what = event.issue.isPullRequest ? 'PR' : 'issue'
  const why = await host.reopen(issue)
  await issue.reply(why === undefined ? `Reopened this ${what}.` : `Failed to re-open ${what}: ${why}`)
}

async function close(notPlanned: boolean, heard: Heard): Promise<void> {
  const { event, issue, host } = heard
  const no = refusal('close', await askerOf('close', heard))
  if (no) return issue.reply(no)
  if (event.issue.isPullRequest) {
    if (notPlanned) return issue.reply('PRs cannot be closed as "not planned", only issues can. Use `/close`.')
    await host.close(issue)
    return issue.reply('Closed this PR.')
  }
  await host.close(issue, notPlanned ? 'not_planned' : 'completed')
  await issue.reply(notPlanned ? 'Closing this issue, marking it as "Not Planned".' : 'Closing this issue.')
}

async function label({ said, event, issue }: Heard): Promise<void> {
  const changes = changesIn(said.all('lifecycle'))
  const isRefused = ({ value, present }: (typeof changes)[number]) =>
    event.issue.isPullRequest && present && value === 'frozen'
  if (changes.some(isRefused)) await issue.reply('The `lifecycle/frozen` label cannot be applied to Pull Requests.')
  await setOneOf(
    issue,
    states,
    changes.filter((change) => !isRefused(change)),
  )
}

async function run(heard: Heard): Promise<void> {
  const { said, event } = heard
  const says = (form: Form) => said.all(form).length > 0
  if (says('reopen') && event.issue.state === 'closed') await reopen(heard)
  if ((says('close') || says('close-not-planned')) && event.issue.state === 'open')
    await close(says('close-not-planned'), heard)
  if (says('lifecycle')) await label(heard)
}

export default plugin({
  name: 'lifecycle',
  about:
    "Closes, reopens, and marks issues and pull requests with one of the labels 'lifecycle/active', 'lifecycle/frozen', 'lifecycle/stale' and 'lifecycle/rotten'.",
  on: 'comment created',
  commands: [
    {
      usage: '/close [not-planned]',
      about: 'Closes an issue or pull request. Issues can be closed as not planned.',
      who: 'Authors and collaborators; anybody when it is labelled as stale or rotten.',
      examples: ['/close', '/close not-planned'],
      forms: { close: re2`(?mi)^/close\s*$`, 'close-not-planned': re2`(?mi)^/close not-planned\s*$` },
    },
    {
      usage: '/reopen',
      about: 'Reopens an issue or pull request.',
      who: 'Authors and collaborators.',
      examples: ['/reopen'],
      forms: { reopen: re2`(?mi)^/reopen\s*$` },
    },
    {
      usage: '/[remove-]lifecycle <frozen|stale|rotten>',
      about: 'Sets the label in place of any other of its kind, or removes it. Pull requests cannot be frozen.',
      who: 'Anybody.',
      examples: ['/lifecycle frozen', '/remove-lifecycle stale'],
      forms: { lifecycle: re2`(?mi)^/(remove-)?lifecycle (active|frozen|stale|rotten)\s*$` },
    },
  ],
  run,
})
