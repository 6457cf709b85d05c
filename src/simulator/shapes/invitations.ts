// Invitations to repositories as GitHub's JSON.
import { apiUrl, type Core } from '../core.ts'
import type { Invitation } from '../state/records.ts'
import { minimalRepo } from './repos.ts'
import { nodeId, type Schemas } from './shape.ts'
import { userOf } from './users.ts'

/** Undefined when the repository is gone. */
export function repoInvitation(core: Core, invitation: Invitation): Schemas['repository-invitation'] | undefined {
  const repo = invitation.repo === null ? undefined : core.state.repos.get(invitation.repo)
  if (!repo) return undefined
  const words = { pull: 'read', triage: 'triage', push: 'write', maintain: 'maintain', admin: 'admin' } as const
  return {
    id: invitation.id,
    node_id: nodeId('RepositoryInvitation', invitation.id),
    repository: minimalRepo(core, repo),
    invitee: userOf(core, invitation.invitee),
    inviter: userOf(core, invitation.inviter),
    permissions: words[invitation.permission],
    created_at: invitation.created_at,
    url: `${apiUrl(core)}/user/repository_invitations/${invitation.id}`,
    html_url: `${core.url()}/${repo.owner}/${repo.name}/invitations`,
    expired: false,
  }
}
