// The answer to /test without a job that exists: which jobs there are, and how to start them.
import type { RepoRef } from '../../api/code-host.ts'
import type { Presubmit } from '../../config/types.ts'
import { commands } from '../../jobs/commands.ts'
import { type Change, presubmitsFor } from '../../jobs/decide.ts'
import { commandFilter, firstOf, testAllFilter } from '../../jobs/filters.ts'
import { asCode, boundedList } from '../shared/as-code.ts'

// The texts are also the marks by which earlier answers are recognised, whoever posted them: they must stay as they are.
const notes = {
  noTarget: 'The `/test` command needs one or more targets.\n',
  retestTarget: 'The `/retest` command does not accept any targets.\n',
  unknownTarget: 'The specified target(s) for `/test` were not found.\n',
  nothingForAll: 'No jobs can be run with `/test all`.\n',
} as const
const requiredHeading = 'The following commands are available to trigger required jobs:'
const optionalHeading = 'The following commands are available to trigger optional jobs:'

/** Whether a comment is an answer of this kind. */
export const isHelpMessage = (body: string): boolean =>
  [...Object.values(notes), requiredHeading, optionalHeading].some((mark) => body.includes(mark))

/**
 * Whether a comment, without its code blocks, is answered with help: the note that the answer starts with, empty for
 * `/test ?`, or undefined when no help is due. `selected` is the number of jobs that the comment starts.
 */
export function helpNote(comment: string, selected: number): string | undefined {
  if (commands.help.test(comment)) return ''
  if (commands.testWithoutTarget.test(comment)) return notes.noTarget
  if (commands.retestWithTarget.test(comment)) return notes.retestTarget
  if (selected > 0) return undefined
  if (commands.testAll.test(comment)) return notes.nothingForAll
  return commands.testWithTarget.test(comment) ? notes.unknownTarget : undefined
}

/** What can be started on a change. */
export interface Available {
  /** Names of the jobs that `/test all` starts. */
  readonly testAll: ReadonlySet<string>
  /** Commands of required and of optional jobs. */
  readonly required: ReadonlySet<string>
  readonly optional: ReadonlySet<string>
}

/** What the jobs of a repository offer on a change. Throws what fetching the files throws. */
export async function availableJobs(jobs: readonly Presubmit[], change: Change): Promise<Available> {
  const byCommand = firstOf(jobs.map((job) => commandFilter(job.rerun_command)))
  // Nearly always a job's own command starts it; the commands of the others are asked only after that.
  const startable = await presubmitsFor(jobs, change, (job) =>
    firstOf([commandFilter(job.rerun_command), byCommand])(job),
  )
  const commandsOf = (optional: boolean) =>
    new Set(startable.filter((job) => job.optional === optional).map((job) => job.rerun_command))
  return {
    testAll: new Set((await presubmitsFor(jobs, change, testAllFilter)).map((job) => job.name)),
    required: commandsOf(false),
    optional: commandsOf(true),
  }
}

/** The text of the answer, for the reply template. */
export function helpMessage(
  note: string,
  at: RepoRef & { readonly branch: string },
  { testAll, required, optional }: Available,
): string {
  if (testAll.size + required.size + optional.size === 0) {
    return `No presubmit jobs available for ${at.org}/${at.repo}@${at.branch}`
  }
  const parts = [note]
  let room = roomForLists
  const list = (entries: ReadonlySet<string>): string => {
    const text = `\n${boundedList([...entries].sort().map(shown), room)}`
    room -= text.length
    return text
  }
  if (required.size > 0) parts.push(`${requiredHeading}${list(required)}\n\n`)
  if (optional.size > 0) parts.push(`${optionalHeading}${list(optional)}\n\n`)
  if (testAll.size === required.size + optional.size) parts.push('Use `/test all` to run all jobs.\n')
  else if (testAll.size > 0) {
    const all = list(testAll)
    parts.push(`Use \`/test all\` to run the following jobs that were automatically triggered:${all}\n\n`)
  }
  return parts.join('')
}

/** Characters. A comment takes 65,536; beyond this, entries are counted, not listed. */
const roomForLists = 60_000

const ours = /^(?:\/test |[^\s/`~])[^\r\n]*$/

/**
 * A repository may bring commands of its own, and other plugins hear what the bot says: in a block of code, too. So only what is
 * no command of theirs may begin a line.
 */
const shown = (entry: string): string => (ours.test(entry) ? `\`\`\`\n${entry}\n\`\`\`` : asCode(entry))
