// Comments on issues and pull requests.
import { type Core, issueNow, timestamp } from '../core.ts'
import { invalid, Refusal } from '../errors.ts'
import { commentShape, issueShape } from '../shapes/issues.ts'
import type { Account, Comment, Repo } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'
import { checkBody } from './issues.ts'
import { atLeast, demand, permissionOf } from './permissions.ts'
import { textsOf } from './texts.ts'
import { update } from './timeline.ts'

export function createComment(core: Core, repo: Repo, by: Account, number: number, body: string): Comment {
  demand(core.state, repo, by, 'pull')
  const issue = issueNow(core.state, repo.id, number)
  if (repo.archived) throw new Refusal(403, 'Repository was archived so is read-only.')
  if (body.trim() === '') throw invalid({ resource: 'IssueComment', code: 'missing_field', field: 'body' })
  checkBody('IssueComment', body)
  if (issue.locked && !atLeast(permissionOf(core.state, repo, by), 'push')) {
    throw new Refusal(403, 'Unable to create comment because issue is locked.')
  }
  return core.state.commit(() => {
    const now = timestamp(core)
    const comment = core.state.comments.put({
      id: core.state.nextId(),
      repo: repo.id,
      number,
      user: by.login,
      body,
      created_at: now,
      updated_at: now,
    })
    update(core, issue, {})
    emitComment(core, repo, by, comment, 'created')
    return comment
  })
}

export const { edit: editComment, remove: deleteComment } = textsOf(
  'IssueComment',
  ({ state }) => state.comments,
  emitComment,
)

function emitComment(
  core: Core,
  repo: Repo,
  sender: Account,
  comment: Comment,
  action: string,
  extra: object = {},
): void {
  const issue = issueShape(core, repo, issueNow(core.state, repo.id, comment.number))
  const body = { issue, comment: commentShape(core, repo, comment), ...extra }
  emit(core, { event: 'issue_comment', action, repo, sender, body })
}
