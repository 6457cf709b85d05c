// Dry run: a code host that is read as ever, and told nothing.
import type { Logger } from 'pino'
import type { CodeHost, Comment } from '../api/code-host.ts'

/** The same host; what would be written is logged instead. */
export function dryRunHost(host: CodeHost, log: Logger): CodeHost {
  const skip = async (operation: string, ...what: readonly unknown[]): Promise<void> => {
    log.info({ operation, what }, 'dry run: not sent to the code host')
  }
  return {
    ...host,
    addLabel: (at, label) => skip('addLabel', at, label),
    removeLabel: (at, label) => skip('removeLabel', at, label),
    async comment(at, body): Promise<Comment> {
      await skip('comment', at, body)
      const user = { login: (await host.bot()).login, type: 'Bot', html_url: '' }
      return { id: -1, body, user, html_url: '', created_at: '', updated_at: '' }
    },
    editComment: (at, id, body) => skip('editComment', at, id, body),
    deleteComment: (at, id) => skip('deleteComment', at, id),
    setStatus: (at, sha, status) => skip('setStatus', at, sha, status),
    assign: (at, logins) => skip('assign', at, logins),
    requestReview: (at, logins) => skip('requestReview', at, logins),
    rerunWorkflow: (at, run, how) => skip('rerunWorkflow', at, run, how),
  }
}
