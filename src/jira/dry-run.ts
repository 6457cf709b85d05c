// Dry run: a Jira that is read as ever, and told nothing.
import type { Logger } from 'pino'
import type { Jira } from './jira.ts'

/** The same Jira; what would be written is logged instead. */
export function dryRunJira(jira: Jira, log: Logger): Jira {
  const instead =
    (operation: keyof Jira) =>
    async (...what: readonly unknown[]): Promise<void> =>
      log.info({ operation, what }, 'dry run: not sent to Jira')
  return { ...jira, addRemoteLink: instead('addRemoteLink'), updateRemoteLink: instead('updateRemoteLink') }
}
