// Dry run: a code host that is read as ever, and told nothing.
import type { Logger } from 'pino'
import type { CodeHost } from '../api/code-host.ts'

/** The same host; what would be written is logged instead. What is made that way has the number or id -1. */
export function dryRunHost(host: CodeHost, log: Logger): CodeHost {
  const skipped = (operation: keyof CodeHost, what: readonly unknown[]): void =>
    log.info({ operation, what }, 'dry run: not sent to the code host')
  /** An operation that writes: what it answers instead. */
  const instead =
    <What extends readonly unknown[], Answer>(
      operation: keyof CodeHost,
      answer: (...what: What) => Answer | Promise<Answer>,
    ) =>
    async (...what: What): Promise<Answer> => {
      skipped(operation, what)
      return answer(...what)
    }
  const nothing = (operation: keyof CodeHost) => instead(operation, () => {})
  const nobody = (operation: keyof CodeHost) => instead(operation, () => [])
  const me = async () => ({ login: (await host.bot()).login, type: 'Bot', html_url: '' })
  const made = { id: -1, html_url: '' }

  return {
    ...host,
    createIssue: instead('createIssue', () => -1),
    edit: nothing('edit'),
    close: nothing('close'),
    reopen: instead('reopen', () => undefined),
    lock: nothing('lock'),
    addLabel: nothing('addLabel'),
    removeLabel: nothing('removeLabel'),
    setMilestone: nothing('setMilestone'),
    assign: nobody('assign'),
    unassign: nothing('unassign'),
    comment: instead('comment', async (_at, body: string) => ({
      ...made,
      body,
      user: await me(),
      created_at: '',
      updated_at: '',
    })),
    editComment: nothing('editComment'),
    deleteComment: nothing('deleteComment'),
    react: nothing('react'),
    reactToComment: nothing('reactToComment'),
    pinIssue: nothing('pinIssue'),
    transferIssue: instead('transferIssue', (_at, to) => ({ ...to, number: -1 })),
    createPullRequest: instead('createPullRequest', () => -1),
    updateBranch: nothing('updateBranch'),
    createReview: instead('createReview', async (_at, { body, commit_id = '' }) => ({
      ...made,
      body,
      user: await me(),
      state: 'commented',
      commit_id,
      submitted_at: '',
    })),
    dismissReview: nothing('dismissReview'),
    editReviewComment: nothing('editReviewComment'),
    requestReview: nobody('requestReview'),
    unrequestReview: nothing('unrequestReview'),
    createLabel: nothing('createLabel'),
    createFork: instead('createFork', async ({ repo }) => ({ org: (await host.bot()).login, repo })),
    createRef: nothing('createRef'),
    deleteRef: nothing('deleteRef'),
    setStatus: nothing('setStatus'),
    createCheckRun: nothing('createCheckRun'),
    rerunWorkflow: nothing('rerunWorkflow'),
  }
}
