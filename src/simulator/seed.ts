// The world to begin with, as plain data. Applied once per entry: what exists already is left as it is.

import { createLabel } from './actions/labels.ts'
import { slugOf } from './actions/orgs.ts'
import { createRepo, forkRepo } from './actions/repos.ts'
import { type Core, findRepo, sameLogin, timestamp } from './core.ts'
import type { Account, BasePermission, Permission } from './state/records.ts'

interface SeedUser {
  readonly login: string
  readonly name?: string
  readonly email?: string
  /** Default `User`. */
  readonly type?: 'User' | 'Bot'
  /** Default: a random one. */
  readonly token?: string
}

interface SeedTeam {
  readonly name: string
  readonly members?: readonly string[]
  readonly maintainers?: readonly string[]
  /** Name of another team of the organization. */
  readonly parent?: string
  /** Repository's name → what the team may do. */
  readonly repos?: Readonly<Record<string, Permission>>
}

interface SeedOrg {
  readonly login: string
  readonly name?: string
  readonly members?: readonly string[]
  readonly admins?: readonly string[]
  readonly teams?: readonly SeedTeam[]
  /** What members may do with every repository. Default `read`. */
  readonly defaultPermission?: BasePermission
}

interface SeedRepo {
  /** An organization or a user. */
  readonly owner: string
  readonly name: string
  readonly collaborators?: Readonly<Record<string, Permission>>
  /** Contents of the first commit, by path. Without any, the repository has a README.md. */
  readonly files?: Readonly<Record<string, string>>
  /** Default `main`. */
  readonly defaultBranch?: string
  readonly private?: boolean
  readonly description?: string
  readonly labels?: readonly { readonly name: string; readonly color?: string; readonly description?: string }[]
  /** Logins that have a fork. */
  readonly forks?: readonly string[]
}

interface SeedHook {
  readonly org?: string
  /** `owner/name`. */
  readonly repo?: string
  readonly url: string
  readonly secret: string
  /** Default: all. */
  readonly events?: readonly string[]
}

interface SeedApp {
  readonly id: number
  readonly slug: string
  readonly name?: string
  /** PEM. Without one, the signature of the app's tokens is not checked. */
  readonly publicKey?: string
  /** Logins of the organizations that have installed it. */
  readonly installedIn: readonly string[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly webhook?: { readonly url: string; readonly secret: string; readonly events?: readonly string[] }
}

export interface Seed {
  readonly users?: readonly SeedUser[]
  readonly orgs?: readonly SeedOrg[]
  readonly repos?: readonly SeedRepo[]
  readonly hooks?: readonly SeedHook[]
  readonly app?: SeedApp
  /** Login of the account that automation uses; made when `users` lacks it. */
  readonly bot?: string
}

/** Brings in what is missing. Hooks get the URL, secret and events given here even when they exist, because ports change. */
export async function plant(core: Core, seed: Seed): Promise<void> {
  const users = [...(seed.users ?? [])]
  if (seed.bot !== undefined && !users.some((user) => sameLogin(user.login, seed.bot ?? '')))
    users.push({ login: seed.bot })
  core.state.commit(() => {
    for (const user of users) plantUser(core, user)
    for (const org of seed.orgs ?? []) plantOrg(core, org)
  })
  for (const repo of seed.repos ?? []) await plantRepo(core, repo)
  core.state.commit(() => {
    for (const org of seed.orgs ?? []) plantTeams(core, org)
    if (seed.app) plantApp(core, seed.app)
    for (const hook of seed.hooks ?? []) plantHook(core, hook)
  })
}

function plantAccount(
  core: Core,
  fields: Pick<Account, 'login' | 'type'> & { name?: string; email?: string },
): Account {
  const there = core.state.accounts.get(fields.login.toLowerCase())
  if (there) return there
  const { login, type, name = null, email = null } = fields
  return core.state.accounts.put({ id: core.state.nextId(), login, type, name, email, created_at: timestamp(core) })
}

function plantUser(core: Core, { login, type = 'User', name, email, token }: SeedUser): void {
  const known = core.state.accounts.get(login.toLowerCase()) !== undefined
  plantAccount(core, {
    login,
    type,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  })
  if (token !== undefined) core.state.tokens.put({ token, login })
  else if (!known) core.state.tokens.put({ token: `ghp_${core.ids.uuid().replaceAll('-', '')}`, login })
}

function plantOrg(core: Core, seed: SeedOrg): void {
  if (core.state.orgs.get(seed.login.toLowerCase())) return
  plantAccount(core, {
    login: seed.login,
    type: 'Organization',
    ...(seed.name === undefined ? {} : { name: seed.name }),
  })
  const members = [
    ...(seed.members ?? []).map((login): [string, 'member'] => [login, 'member']),
    ...(seed.admins ?? []).map((login): [string, 'admin'] => [login, 'admin']),
  ]
  for (const [login] of members) plantUser(core, { login })
  core.state.orgs.put({
    login: seed.login,
    members: Object.fromEntries(members),
    default_repository_permission: seed.defaultPermission ?? 'read',
    description: '',
    company: null,
    location: null,
    billing_email: `billing@${seed.login}.example`,
    has_organization_projects: true,
    has_repository_projects: true,
    members_can_create_repositories: true,
  })
}

function plantTeams(core: Core, org: SeedOrg): void {
  const now = timestamp(core)
  const team = (name: string) => core.state.teams.of(org.login.toLowerCase()).find((t) => t.slug === slugOf(name))
  for (const seed of org.teams ?? []) {
    if (team(seed.name)) continue
    const people = [
      ...(seed.members ?? []).map((login) => [login, 'member'] as const),
      ...(seed.maintainers ?? []).map((login) => [login, 'maintainer'] as const),
    ]
    const repos = Object.entries(seed.repos ?? {}).flatMap(([name, permission]) => {
      const repo = findRepo(core.state, org.login, name)
      return repo ? [[repo.id, permission] as const] : []
    })
    core.state.teams.put({
      id: core.state.nextId(),
      org: org.login,
      name: seed.name,
      slug: slugOf(seed.name),
      description: '',
      privacy: 'closed',
      parent: seed.parent === undefined ? null : (team(seed.parent)?.id ?? null),
      members: Object.fromEntries(people),
      repos: Object.fromEntries(repos),
      created_at: now,
      updated_at: now,
    })
  }
}

async function plantRepo(core: Core, seed: SeedRepo): Promise<void> {
  if (findRepo(core.state, seed.owner, seed.name)) return
  const org = core.state.orgs.get(seed.owner.toLowerCase())
  const [admin] = Object.entries(org?.members ?? {}).find(([, role]) => role === 'admin') ?? []
  const by = core.state.accounts.get((admin ?? seed.owner).toLowerCase())
  if (!by)
    throw new Error(`the owner of repository ${seed.owner}/${seed.name} is not among the users and orgs of the seed`)
  const files = seed.files && Object.keys(seed.files).length > 0 ? seed.files : { 'README.md': `# ${seed.name}\n` }
  const repo = await createRepo(core, by, seed.owner, seed.name, {
    settings: {
      default_branch: seed.defaultBranch ?? 'main',
      private: seed.private ?? false,
      description: seed.description ?? null,
    },
    files,
    ...(seed.collaborators ? { collaborators: seed.collaborators } : {}),
  })
  for (const label of seed.labels ?? []) createLabel(core, repo, by, label)
  for (const login of seed.forks ?? []) {
    const owner = core.state.accounts.get(login.toLowerCase())
    if (owner) await forkRepo(core, repo, owner)
  }
}

function plantApp(core: Core, seed: SeedApp): void {
  plantAccount(core, { login: `${seed.slug}[bot]`, type: 'Bot' })
  const now = timestamp(core)
  core.state.apps.put({
    id: seed.id,
    slug: seed.slug,
    name: seed.name ?? seed.slug,
    owner: seed.installedIn[0] ?? seed.slug,
    public_key: seed.publicKey ?? null,
    events: [...(seed.webhook?.events ?? ['*'])],
    created_at: core.state.apps.get(seed.id)?.created_at ?? now,
    permissions: seed.permissions ?? {
      administration: 'write',
      checks: 'write',
      contents: 'write',
      issues: 'write',
      members: 'write',
      metadata: 'read',
      pull_requests: 'write',
      statuses: 'write',
    },
  })
  for (const account of seed.installedIn) {
    if (core.state.installations.of(seed.id).some((i) => sameLogin(i.account, account))) continue
    core.state.installations.put({ id: core.state.nextId(), app: seed.id, account, created_at: now })
  }
  if (seed.webhook) putHook(core, `app:${seed.id}`, seed.webhook)
}

function plantHook(core: Core, seed: SeedHook): void {
  const [owner = '', name = ''] = seed.repo?.split('/') ?? []
  const repo = seed.repo === undefined ? undefined : findRepo(core.state, owner, name)
  if (seed.repo !== undefined && !repo)
    throw new Error(`the hook of ${seed.repo} is for a repository that does not exist`)
  if (!repo && seed.org === undefined) throw new Error(`the hook for ${seed.url} names neither an org nor a repo`)
  putHook(core, repo ? `repo:${repo.id}` : `org:${seed.org?.toLowerCase()}`, seed)
}

// A seeded hook is known by its path: host and port may be others at each start.
function putHook(
  core: Core,
  of: string,
  { url, secret, events = ['*'] }: Pick<SeedHook, 'url' | 'secret' | 'events'>,
): void {
  const now = timestamp(core)
  const path = (address: string): string => new URL(address).pathname
  const there = core.state.hooks.of(of).find((hook) => path(hook.url) === path(url))
  if (there && there.url === url && there.secret === secret && there.events.join() === events.join()) return
  core.state.hooks.put({
    id: there?.id ?? core.state.nextId(),
    of,
    url,
    secret,
    events: [...events],
    content_type: 'json',
    insecure_ssl: '0',
    active: there?.active ?? true,
    created_at: there?.created_at ?? now,
    updated_at: now,
  })
}
