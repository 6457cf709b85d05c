// What every flow of bugzilla is given, and how it answers: at most once, also when Bugzilla fails.
import type { Bug, Bugzilla } from '../../bugzilla/bugzilla.ts'
import type { Context, Thread } from '../../hook/plugin.ts'
import { isAnswered } from '../shared/answered.ts'
import { asCode } from '../shared/as-code.ts'
import type { Options } from './state.ts'

/** One pull request to look at. */
export interface Task {
  readonly bugzilla: Bugzilla
  readonly context: Pick<Context, 'host' | 'config' | 'delivery' | 'log'>
  readonly pr: Thread
  readonly options: Options
  readonly title: string
  /** Of the text that an answer answers. */
  readonly html_url: string
  /** The pull request is new. */
  readonly opened?: boolean
  /** The command that somebody gave. */
  readonly asked?: 'refresh' | 'assign' | 'cc'
}

/** How comments call a bug. */
export const linkTo = ({ endpoint }: Bugzilla, bug: number): string =>
  `[Bugzilla bug ${bug}](${endpoint}/show_bug.cgi?id=${bug})`

export const refreshHint = '<code>/bugzilla refresh</code>'

/** Stands in every answer of this plugin. */
const mark = 'Bugzilla'

/** Answers, unless an earlier attempt has. What is done by then differs, and so would the words. */
export async function answer({ pr, html_url, context: { delivery } }: Task, message: string): Promise<void> {
  if (!(await isAnswered({ event: { html_url }, issue: pr, delivery }, mark))) await pr.reply(message)
}

/** Bugzilla, or what a bug leads to, failed: people are told with these words. */
export class Trouble extends Error {
  override readonly name = 'Trouble'
}

/** What a step gives. @param what Such as `searching`. @throws Trouble when it fails. */
export async function trying<T>(task: Task, what: string, bug: number, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw new Trouble(
      report(what, bug, task.bugzilla.endpoint, error instanceof Error ? error.message : String(error)),
      {
        cause: error,
      },
    )
  }
}

/** Words of Bugzilla's that tell what is wrong. */
const knownErrors: readonly (readonly [phrase: string, meaning: string])[] = [
  [
    'There was an error reported for a GitHub REST call',
    'The Bugzilla server failed to load data from GitHub when it set the link. Most often its requests are limited for a while; please try again later.',
  ],
]

function report(what: string, bug: number, endpoint: string, message: string): string {
  const known = knownErrors.flatMap(([phrase, meaning]) => (message.includes(phrase) ? [`* ${meaning}`] : []))
  const digest =
    known.length > 0
      ? `The following is known of this error:\n\n${known.join('\n')}`
      : 'No known errors were detected, please see the full error message for details.'
  return `An error was encountered ${what} for bug ${bug} on the Bugzilla server at ${endpoint}. ${digest}

<details><summary>Full error message.</summary>

${asCode(message)}

</details>

Please contact an administrator to resolve this issue, then request a bug refresh with ${refreshHint}.`
}

/** A bug; undefined when there is none, which people are told. @throws Trouble */
export async function findBug(task: Task, id: number): Promise<Bug | undefined> {
  const bug = await trying(task, 'searching', id, () => task.bugzilla.bug(id))
  if (bug) return bug
  await answer(
    task,
    `No Bugzilla bug with ID ${id} exists in the tracker at ${task.bugzilla.endpoint}.
Once a valid bug is referenced in the title of this pull request, request a bug refresh with ${refreshHint}.`,
  )
  return undefined
}

/** Whether a bug may be spoken of here; that it may not is told to those who have just asked. */
export async function isAllowed(task: Task, bug: Bug): Promise<boolean> {
  const allowed = task.options.allowed_groups ?? []
  if (allowed.length === 0 || bug.groups.every((group) => allowed.includes(group))) return true
  if (task.opened || task.asked === 'refresh')
    await answer(
      task,
      `${linkTo(task.bugzilla, bug.id)} is in a bug group that is not in the allowed groups for this repo.
Allowed groups for this repo are:
${allowed.map((group) => `- ${group}`).join('\n')}`,
    )
  return false
}
