// Changing and deleting what people wrote: everybody their own texts, and those with push access anybody's.
import { type Core, sameLogin, timestamp } from '../core.ts'
import { adminRightsNeeded } from '../errors.ts'
import type { Account, Repo } from '../state/records.ts'
import { checkBody } from './issues.ts'
import { atLeast, demand, permissionOf } from './permissions.ts'

interface Text {
  readonly id: number
  readonly user: string
  readonly body: string
  readonly updated_at: string
}

/**
 * How texts of one kind are changed and deleted.
 * @param resource GitHub's name of the kind.
 * @param tell Sends the webhook.
 */
export function textsOf<T extends Text>(
  resource: string,
  tableIn: (core: Core) => { put(text: T): T; delete(id: number): void },
  tell: (core: Core, repo: Repo, sender: Account, text: T, action: string, extra?: object) => void,
) {
  function demandOwnOr(core: Core, repo: Repo, by: Account, { user }: T): void {
    demand(core.state, repo, by, 'pull')
    if (!sameLogin(user, by.login) && !atLeast(permissionOf(core.state, repo, by), 'push')) throw adminRightsNeeded()
  }
  return {
    edit(core: Core, repo: Repo, by: Account, text: T, body: string): T {
      demandOwnOr(core, repo, by, text)
      checkBody(resource, body)
      return core.state.commit(() => {
        const edited = tableIn(core).put({ ...text, body, updated_at: timestamp(core) })
        tell(core, repo, by, edited, 'edited', { changes: { body: { from: text.body } } })
        return edited
      })
    },
    remove(core: Core, repo: Repo, by: Account, text: T): void {
      demandOwnOr(core, repo, by, text)
      core.state.commit(() => {
        tableIn(core).delete(text.id)
        tell(core, repo, by, text, 'deleted')
      })
    },
  }
}
