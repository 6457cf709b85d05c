// Dry run: a Bugzilla that is read as ever, and told nothing.
import type { Logger } from 'pino'
import type { Bugzilla } from './bugzilla.ts'

/** The same Bugzilla; what would be written is logged instead. A clone that is made that way has the id -1. */
export function dryRunBugzilla(bugzilla: Bugzilla, log: Logger): Bugzilla {
  const instead =
    <Answer>(operation: keyof Bugzilla, answer: Answer) =>
    async (...what: readonly unknown[]): Promise<Answer> => {
      log.info({ operation, what }, 'dry run: not sent to Bugzilla')
      return answer
    }
  return {
    ...bugzilla,
    clone: instead('clone', -1),
    completeClone: instead('completeClone', undefined),
    update: instead('update', undefined),
    commentPrivately: instead('commentPrivately', undefined),
    addPull: instead('addPull', false),
    removePull: instead('removePull', false),
  }
}
