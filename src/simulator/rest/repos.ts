// REST: repositories, their collaborators, invitations and forks.
import { orgNow } from '../actions/orgs.ts'
import {
  collaborators,
  isCollaborator,
  legacyWords,
  orgRole,
  permissionFlags,
  permissionOf,
  words,
} from '../actions/permissions.ts'
import {
  addCollaborator,
  createRepo,
  editRepo,
  forkRepo,
  type RepoSettings,
  removeCollaborator,
} from '../actions/repos.ts'
import { notFound, Refusal } from '../errors.ts'
import { repoInvitation } from '../shapes/invitations.ts'
import { fullRepo, minimalRepo } from '../shapes/repos.ts'
import { simpleUser } from '../shapes/users.ts'
import { type Body, given } from './body.ts'
import { answer, noContent, repoOf, route } from './route.ts'
import { permissionIn } from './teams.ts'

function settingsIn(body: Body): Partial<RepoSettings> {
  const visibility = body.text('visibility')
  return given({
    private: body.flag('private') ?? (visibility === undefined ? undefined : visibility !== 'public'),
    archived: body.flag('archived'),
    description: body.nullableText('description'),
    homepage: body.nullableText('homepage'),
    default_branch: body.text('default_branch'),
    allow_merge_commit: body.flag('allow_merge_commit'),
    allow_squash_merge: body.flag('allow_squash_merge'),
    allow_rebase_merge: body.flag('allow_rebase_merge'),
    delete_branch_on_merge: body.flag('delete_branch_on_merge'),
    has_issues: body.flag('has_issues'),
    has_projects: body.flag('has_projects'),
    has_wiki: body.flag('has_wiki'),
  })
}

const firstFiles = (body: Body, name: string) =>
  body.flag('auto_init') ? { files: { 'README.md': `# ${name}\n` } } : {}

export const repoRoutes = [
  route('get', '/repos/{owner}/{repo}', (call) => answer(200, fullRepo(call.core, repoOf(call), call.actor))),

  route('patch', '/repos/{owner}/{repo}', (call) => {
    const { core, body, by } = call
    const fields = { ...settingsIn(body), ...given({ name: body.text('name') }) }
    return answer(200, fullRepo(core, editRepo(core, repoOf(call), by(), fields), by()))
  }),

  route('get', '/orgs/{org}/repos', ({ core, path, page, actor }) => {
    orgNow(core, path.org)
    const seen = core.state.repos.of(path.org.toLowerCase()).filter((repo) => permissionOf(core.state, repo, actor))
    return answer(
      200,
      page(seen).map((repo) => minimalRepo(core, repo, actor)),
    )
  }),

  route('post', '/orgs/{org}/repos', async ({ core, path, body, by }) => {
    const org = orgNow(core, path.org)
    const role = orgRole(core.state, org.login, by().login)
    if (role !== 'admin' && !(role === 'member' && org.members_can_create_repositories)) throw notFound()
    const name = body.requiredText('name')
    const collaborators = role === 'admin' ? {} : { [by().login]: 'admin' as const }
    const repo = await createRepo(core, by(), org.login, name, {
      settings: settingsIn(body),
      collaborators,
      ...firstFiles(body, name),
    })
    return answer(201, fullRepo(core, repo, by()))
  }),

  route('post', '/user/repos', async ({ core, body, by }) => {
    const name = body.requiredText('name')
    const repo = await createRepo(core, by(), by().login, name, {
      settings: settingsIn(body),
      ...firstFiles(body, name),
    })
    return answer(201, fullRepo(core, repo, by()))
  }),

  route('get', '/users/{username}/repos', ({ core, path, page, actor }) => {
    if (!core.state.accounts.get(path.username.toLowerCase())) throw notFound()
    const seen = core.state.repos
      .of(path.username.toLowerCase())
      .filter((repo) => permissionOf(core.state, repo, actor))
    return answer(
      200,
      page(seen).map((repo) => minimalRepo(core, repo, actor)),
    )
  }),

  route('post', '/repos/{owner}/{repo}/forks', async (call) => {
    const { core, body, by } = call
    const fork = await forkRepo(core, repoOf(call), by(), body.text('organization') ?? by().login)
    return answer(202, fullRepo(core, fork, by()))
  }),

  route('get', '/repos/{owner}/{repo}/forks', (call) => {
    const repo = repoOf(call)
    const forks = [...call.core.state.repos.all()].filter((fork) => fork.parent === repo.id)
    return answer(
      200,
      call.page(forks).map((fork) => minimalRepo(call.core, fork, call.actor)),
    )
  }),

  route('get', '/repos/{owner}/{repo}/collaborators', (call) => {
    const { core, page, by } = call
    by()
    const repo = repoOf(call)
    if (!isCollaborator(core.state, repo, by()))
      throw new Refusal(403, 'Must have push access to view repository collaborators.')
    return answer(
      200,
      page(collaborators(core.state, repo)).map(({ account, permission }) => ({
        ...simpleUser(core, account),
        permissions: permissionFlags(permission),
        role_name: words[permission],
      })),
    )
  }),

  route('get', '/repos/{owner}/{repo}/collaborators/{username}', (call) => {
    const { core, path, by } = call
    by()
    const repo = repoOf(call)
    const account = core.state.accounts.get(path.username.toLowerCase())
    if (!account || !isCollaborator(core.state, repo, account)) throw new Refusal(404, `${path.username} is not a user`)
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/collaborators/{username}/permission', (call) => {
    const { core, path, by } = call
    by()
    const repo = repoOf(call)
    const account = core.state.accounts.get(path.username.toLowerCase())
    if (!account) throw new Refusal(404, `${path.username} is not a user`)
    const level = permissionOf(core.state, repo, account)
    const role = level ? words[level] : 'none'
    return answer(200, {
      permission: level ? legacyWords[level] : 'none',
      role_name: role,
      user: { ...simpleUser(core, account), permissions: permissionFlags(level), role_name: role },
    })
  }),

  route('put', '/repos/{owner}/{repo}/collaborators/{username}', (call) => {
    const { core, path, body, by } = call
    const invitation = addCollaborator(core, repoOf(call), by(), path.username, permissionIn(body, 'push'))
    const shape = invitation && repoInvitation(core, invitation)
    return shape ? answer(201, shape) : noContent
  }),

  route('delete', '/repos/{owner}/{repo}/collaborators/{username}', (call) => {
    removeCollaborator(call.core, repoOf(call), call.by(), call.path.username)
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/invitations', (call) => {
    const repo = repoOf(call, 'admin')
    const all = [...call.core.state.invitations.all()].filter((i) => i.repo === repo.id)
    return answer(
      200,
      call.page(all).flatMap((invitation) => repoInvitation(call.core, invitation) ?? []),
    )
  }),

  route('patch', '/repos/{owner}/{repo}/invitations/{invitation_id}', (call) => {
    const { core, path, body } = call
    const repo = repoOf(call, 'admin')
    const invitation = core.state.invitations.get(path.invitation_id)
    if (!invitation || invitation.repo !== repo.id) throw notFound()
    const word = body.oneOf('permissions', ['read', 'triage', 'write', 'maintain', 'admin'])
    const level = Object.entries(words).find(([, name]) => name === word)?.[0]
    const permission =
      (['pull', 'triage', 'push', 'maintain', 'admin'] as const).find((p) => p === level) ?? invitation.permission
    const edited = core.state.commit(() => core.state.invitations.put({ ...invitation, permission }))
    const shape = repoInvitation(core, edited)
    if (!shape) throw notFound()
    return answer(200, shape)
  }),

  route('delete', '/repos/{owner}/{repo}/invitations/{invitation_id}', (call) => {
    const repo = repoOf(call, 'admin')
    const invitation = call.core.state.invitations.get(call.path.invitation_id)
    if (!invitation || invitation.repo !== repo.id) throw notFound()
    call.core.state.commit(() => call.core.state.invitations.delete(invitation.id))
    return noContent
  }),

  route('get', '/repos/{owner}/{repo}/assignees/{assignee}', (call) => {
    const repo = repoOf(call)
    const account = call.core.state.accounts.get(call.path.assignee.toLowerCase())
    if (!account || !isCollaborator(call.core.state, repo, account)) throw notFound()
    return noContent
  }),
]
