// Who may do what: access levels from ownership, collaborators, teams and the organization's base permission.
import { byLogin, fullName, sameLogin } from '../core.ts'
import { adminRightsNeeded, needsAuthentication, notFound, pushAccessNeeded, Refusal } from '../errors.ts'
import { type Account, type Permission, permissionLevels, type Repo, type Team } from '../state/records.ts'
import type { State } from '../state/state.ts'

const rank = (permission: Permission | null): number => (permission ? permissionLevels.indexOf(permission) : -1)

export const atLeast = (have: Permission | null, need: Permission): boolean => rank(have) >= rank(need)

const fromBase = { none: null, read: 'pull', write: 'push', admin: 'admin' } as const

/** The level that somebody was given, not counting that everybody may read a public repository. */
export function grantedPermission(state: State, repo: Repo, account: Account): Permission | null {
  const { login } = account
  if (sameLogin(repo.owner, login)) return 'admin'
  const levels: (Permission | null)[] = [byLogin(repo.collaborators, login) ?? null]
  const org = state.orgs.get(repo.owner.toLowerCase())
  if (org) {
    const role = byLogin(org.members, login)
    if (role === 'admin') return 'admin'
    if (role === 'member') levels.push(fromBase[org.default_repository_permission])
    for (const team of state.teams.of(org.login.toLowerCase())) {
      if (byLogin(team.members, login)) levels.push(...teamAndParents(state, team).map((t) => t.repos[repo.id] ?? null))
    }
  }
  // An installation acts with the rights of the app, which the simulator takes to be all.
  if (account.type === 'Bot' && installedFor(state, account.login, repo.owner)) return 'admin'
  return levels.reduce((best, level) => (rank(level) > rank(best) ? level : best), null)
}

/** The level that counts: what was granted, or reading when the repository is public. */
export function permissionOf(state: State, repo: Repo, account: Account | null): Permission | null {
  const granted = account ? grantedPermission(state, repo, account) : null
  return granted ?? (repo.private ? null : 'pull')
}

function teamAndParents(state: State, team: Team): Team[] {
  const parent = team.parent === null ? undefined : state.teams.get(team.parent)
  return parent ? [team, ...teamAndParents(state, parent)] : [team]
}

function installedFor(state: State, botLogin: string, owner: string): boolean {
  for (const app of state.apps.all()) {
    if (!sameLogin(`${app.slug}[bot]`, botLogin)) continue
    return state.installations.of(app.id).some((installation) => sameLogin(installation.account, owner))
  }
  return false
}

/**
 * Passes only those with the level. Otherwise refuses as GitHub does: 404 where the repository may not be known of,
 * 401 for nobody in particular, else 403.
 */
export function demand(state: State, repo: Repo, account: Account | null, need: Permission): void {
  const have = permissionOf(state, repo, account)
  if (have === null) throw notFound()
  if (atLeast(have, need)) {
    if (repo.archived && need !== 'pull') throw new Refusal(403, 'Repository was archived so is read-only.')
    return
  }
  if (!account) throw needsAuthentication()
  throw need === 'push' || need === 'maintain' ? pushAccessNeeded() : adminRightsNeeded()
}

/** The person, or 401. */
export function person(account: Account | null): Account {
  if (!account) throw needsAuthentication()
  return account
}

/** Whether somebody belongs to the organization that owns the repository, or to the repository itself. */
export function isCollaborator(state: State, repo: Repo, account: Account): boolean {
  return grantedPermission(state, repo, account) !== null
}

export function orgRole(state: State, org: string, login: string): 'admin' | 'member' | null {
  return byLogin(state.orgs.get(org.toLowerCase())?.members ?? {}, login) ?? null
}

/** Only owners of an organization change it; others get the 403 or, as strangers, the 404 of GitHub. */
export function demandOrgAdmin(state: State, org: string, account: Account | null): void {
  const who = person(account)
  if (who.type === 'Bot' && installedFor(state, who.login, org)) return
  const role = orgRole(state, org, who.login)
  if (role === null) throw notFound()
  if (role !== 'admin') throw new Refusal(403, 'You must be an admin to perform this action.')
}

/** How GitHub describes somebody's relation to a repository. */
export function authorAssociation(
  state: State,
  repo: Repo,
  login: string,
): 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE' {
  if (sameLogin(repo.owner, login)) return 'OWNER'
  if (orgRole(state, repo.owner, login)) return 'MEMBER'
  if (byLogin(repo.collaborators, login)) return 'COLLABORATOR'
  const merged = state.issues.of(repo.id).some((i) => i.pull?.merged_at != null && sameLogin(i.user, login))
  return merged ? 'CONTRIBUTOR' : 'NONE'
}

/** The five flags that GitHub shows for a level. */
export function permissionFlags(permission: Permission | null) {
  return {
    admin: atLeast(permission, 'admin'),
    maintain: atLeast(permission, 'maintain'),
    push: atLeast(permission, 'push'),
    triage: atLeast(permission, 'triage'),
    pull: atLeast(permission, 'pull'),
  }
}

/** All collaborators of a repository with their level: granted one by one, by teams, or as members and owners. */
export function collaborators(state: State, repo: Repo): { account: Account; permission: Permission }[] {
  const org = state.orgs.get(repo.owner.toLowerCase())
  const logins = new Set(
    [
      ...(org ? Object.keys(org.members) : [repo.owner]),
      ...Object.keys(repo.collaborators),
      ...(org ? state.teams.of(org.login.toLowerCase()).flatMap((team) => Object.keys(team.members)) : []),
    ].map((login) => login.toLowerCase()),
  )
  return [...logins].sort().flatMap((login) => {
    const account = state.accounts.get(login)
    const permission = account ? grantedPermission(state, repo, account) : null
    return account && permission ? [{ account, permission }] : []
  })
}

/** Roles by the names that people see. */
export const words: Readonly<Record<Permission, string>> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
}
/** The three levels of old, which some answers still use. */
export const legacyWords: Readonly<Record<Permission, 'read' | 'write' | 'admin'>> = {
  pull: 'read',
  triage: 'read',
  push: 'write',
  maintain: 'write',
  admin: 'admin',
}

/** The text that a push without rights gets. */
export const pushDenied = (repo: Repo, login: string): string =>
  `Permission to ${fullName(repo)}.git denied to ${login}.`
