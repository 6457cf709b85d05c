// Which commands about approval a text holds.
import { re2 } from '../../config/re2.ts'
import { trimSpace } from '../shared/go-text.ts'

/** One command, in a comment or a review. */
export interface ApprovalCommand {
  readonly name: 'approve' | 'lgtm'
  readonly does: 'approve' | 'withdraw'
  /** No issue needs to belong to the change. */
  readonly waivesIssue: boolean
}

const anyCommand = re2`(?m)^/([^\s]+)[\t ]*([^\n\r]*)`

/** In the order of the text. Unlike in the lgtm plugin, anything may follow `/lgtm`. */
export function commandsIn(body: string): readonly ApprovalCommand[] {
  return anyCommand.all(body).flatMap(({ groups: [word = '', rest = ''] }): ApprovalCommand[] => {
    const args = trimSpace(rest).toLowerCase()
    const withdraws = args.includes('cancel')
    const waivesIssue = !withdraws && args === 'no-issue'
    switch (word.toUpperCase()) {
      case 'REMOVE-APPROVE':
        return [{ name: 'approve', does: 'withdraw', waivesIssue: false }]
      case 'APPROVE':
        return [{ name: 'approve', does: withdraws ? 'withdraw' : 'approve', waivesIssue }]
      case 'LGTM':
        return [{ name: 'lgtm', does: withdraws ? 'withdraw' : 'approve', waivesIssue }]
      default:
        return []
    }
  })
}

/** Whether a text is about approval. */
export const saysApproval = (body: string, { lgtmCounts }: { readonly lgtmCounts: boolean }): boolean =>
  commandsIn(body).some(({ name }) => name === 'approve' || lgtmCounts)
