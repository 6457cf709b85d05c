// Making, forking and changing repositories, their collaborators and their branch protection.
import { rename, rm } from 'node:fs/promises'
import { type Core, commitEmail, findRepo, gitDir, repoNow, timestamp, withoutLogin } from '../core.ts'
import { invalid, Refusal } from '../errors.ts'
import { cloneBare, createBare } from '../git/refs.ts'
import { commitFiles, type Files } from '../git/write.ts'
import { repoShape } from '../shapes/repos.ts'
import { simpleUser } from '../shapes/users.ts'
import type { Account, Invitation, Permission, Protection, Repo } from '../state/records.ts'
import { emit } from '../webhooks/emit.ts'
import { demand, grantedPermission, isCollaborator, legacyWords } from './permissions.ts'

export type RepoSettings = Pick<
  Repo,
  | 'private'
  | 'archived'
  | 'description'
  | 'homepage'
  | 'default_branch'
  | 'allow_merge_commit'
  | 'allow_squash_merge'
  | 'allow_rebase_merge'
  | 'delete_branch_on_merge'
  | 'has_issues'
  | 'has_projects'
  | 'has_wiki'
>

const defaults: RepoSettings = {
  private: false,
  archived: false,
  description: null,
  homepage: null,
  default_branch: 'main',
  allow_merge_commit: true,
  allow_squash_merge: true,
  allow_rebase_merge: true,
  delete_branch_on_merge: false,
  has_issues: true,
  has_projects: true,
  has_wiki: true,
}

/** Makes a repository, with a first commit when there are `files`. */
export async function createRepo(
  core: Core,
  by: Account,
  owner: string,
  name: string,
  {
    settings = {},
    files,
    collaborators = {},
    parent = null,
  }: {
    settings?: Partial<RepoSettings>
    files?: Files
    collaborators?: Readonly<Record<string, Permission>>
    parent?: Repo | null
  } = {},
): Promise<Repo> {
  if (!/^[\w.-]{1,100}$/.test(name)) throw invalid({ resource: 'Repository', code: 'invalid', field: 'name' })
  if (findRepo(core.state, owner, name)) {
    throw invalid({
      resource: 'Repository',
      code: 'custom',
      field: 'name',
      message: 'name already exists on this account',
    })
  }
  const now = timestamp(core)
  const id = core.state.commit(() => core.state.nextId())
  const plain: Repo = {
    ...defaults,
    ...settings,
    id,
    owner,
    name,
    parent: parent?.id ?? null,
    collaborators,
    refs: {},
    protections: {},
    last_number: 0,
    created_at: now,
    updated_at: now,
    pushed_at: now,
  }
  const dir = gitDir(core, plain)
  // Made beside and moved into place, so that a folder under its final name is always whole.
  const draft = `${dir}.new`
  await rm(draft, { recursive: true, force: true })
  await rm(dir, { recursive: true, force: true })
  const refs = { ...parent?.refs }
  if (parent) await cloneBare(gitDir(core, parent), draft, plain.default_branch, refs)
  else await createBare(draft, plain.default_branch)
  if (files) {
    const ref = `refs/heads/${plain.default_branch}`
    refs[ref] = await commitFiles(draft, {
      ref,
      parent: null,
      files,
      message: 'Initial commit',
      author: { name: by.name ?? by.login, email: commitEmail(by) },
      timeMs: core.clock.now(),
    })
  }
  await rename(draft, dir)
  return core.state.commit(() => {
    const repo = core.state.repos.put({ ...plain, refs })
    emit(core, { event: 'repository', action: 'created', repo, sender: by, body: {} })
    return repo
  })
}

/** Forks for somebody; a fork that is there already is returned as it is. */
export async function forkRepo(core: Core, repo: Repo, by: Account, owner = by.login): Promise<Repo> {
  demand(core.state, repo, by, 'pull')
  const there = core.state.repos.of(owner.toLowerCase()).find((r) => r.parent === repo.id)
  if (there) return there
  let { name } = repo
  for (let n = 1; findRepo(core.state, owner, name); n += 1) name = `${repo.name}-${n}`
  const settings = {
    default_branch: repo.default_branch,
    private: repo.private,
    description: repo.description,
    has_issues: false,
  }
  const fork = await createRepo(core, by, owner, name, { settings, parent: repo })
  core.state.commit(() => emit(core, { event: 'fork', repo, sender: by, body: { forkee: repoShape(core, fork) } }))
  return fork
}

export function editRepo(
  core: Core,
  repo: Repo,
  by: Account,
  settings: Partial<RepoSettings> & { name?: string },
): Repo {
  demand(core.state, repo.archived && settings.archived === false ? { ...repo, archived: false } : repo, by, 'admin')
  const { default_branch: branch, name } = settings
  if (branch !== undefined && !repo.refs[`refs/heads/${branch}`]) {
    throw invalid({
      resource: 'Repository',
      code: 'invalid',
      field: 'default_branch',
      message: `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`,
    })
  }
  if (name !== undefined && name !== repo.name && findRepo(core.state, repo.owner, name)) {
    throw invalid({
      resource: 'Repository',
      code: 'custom',
      field: 'name',
      message: 'name already exists on this account',
    })
  }
  return core.state.commit(() => {
    const edited = core.state.repos.put({ ...repoNow(core.state, repo.id), ...settings, updated_at: timestamp(core) })
    emit(core, { event: 'repository', action: 'edited', repo: edited, sender: by, body: { changes: {} } })
    return edited
  })
}

/** Gives access: members of the organization and collaborators at once, others by an invitation. */
export function addCollaborator(
  core: Core,
  repo: Repo,
  by: Account,
  login: string,
  permission: Permission,
): Invitation | undefined {
  demand(core.state, repo, by, 'admin')
  const account = core.state.accounts.get(login.toLowerCase())
  if (!account || account.type === 'Organization') throw new Refusal(404, 'Not Found')
  return core.state.commit(() => {
    if (isCollaborator(core.state, repo, account)) {
      setCollaborator(core, repo, by, account, permission)
      return undefined
    }
    for (const old of core.state.invitations.all()) {
      if (old.repo === repo.id && old.invitee === account.login) core.state.invitations.delete(old.id)
    }
    return core.state.invitations.put({
      id: core.state.nextId(),
      repo: repo.id,
      org: null,
      invitee: account.login,
      inviter: by.login,
      permission,
      role: 'member',
      created_at: timestamp(core),
    })
  })
}

function setCollaborator(core: Core, repo: Repo, by: Account, account: Account, permission: Permission): void {
  const now = repoNow(core.state, repo.id)
  const before = grantedPermission(core.state, now, account)
  const collaborators = { ...withoutLogin(now.collaborators, account.login), [account.login]: permission }
  const edited = core.state.repos.put({ ...now, collaborators })
  const changes = { permission: { from: before && legacyWords[before], to: legacyWords[permission] } }
  const body = { member: simpleUser(core, account), changes }
  emit(core, { event: 'member', action: before === null ? 'added' : 'edited', repo: edited, sender: by, body })
}

export function acceptRepoInvitation(core: Core, invitation: Invitation): void {
  const account = core.state.accounts.get(invitation.invitee.toLowerCase())
  if (!account || invitation.repo === null) throw new Refusal(404, 'Not Found')
  const repo = repoNow(core.state, invitation.repo)
  core.state.commit(() => {
    core.state.invitations.delete(invitation.id)
    setCollaborator(core, repo, account, account, invitation.permission)
  })
}

export function removeCollaborator(core: Core, repo: Repo, by: Account, login: string): void {
  demand(core.state, repo, by, 'admin')
  core.state.commit(() => {
    const now = repoNow(core.state, repo.id)
    core.state.repos.put({ ...now, collaborators: withoutLogin(now.collaborators, login) })
  })
}

/** Sets or (with null) removes the protection of a branch. */
export function setProtection(
  core: Core,
  repo: Repo,
  by: Account,
  branch: string,
  protection: Protection | null,
): void {
  demand(core.state, repo, by, 'admin')
  if (!repo.refs[`refs/heads/${branch}`]) throw new Refusal(404, 'Branch not found')
  core.state.commit(() => {
    const now = repoNow(core.state, repo.id)
    const { [branch]: _, ...others } = now.protections
    core.state.repos.put({ ...now, protections: protection ? { ...others, [branch]: protection } : others })
  })
}
