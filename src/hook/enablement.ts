// Which repositories hook works for and which plugins a repository has. All names are case-sensitive.
import type { RepoRef } from '../api/code-host.ts'
import type { ExternalPlugin, PluginConfig } from '../config/types.ts'

/** The four lists of flags. */
export interface RepoLists {
  readonly enabledOrgs: readonly string[]
  /** `org/repo` */
  readonly enabledRepos: readonly string[]
  readonly disabledOrgs: readonly string[]
  /** `org/repo` */
  readonly disabledRepos: readonly string[]
}

export const allRepos: RepoLists = { enabledOrgs: [], enabledRepos: [], disabledOrgs: [], disabledRepos: [] }

/** What is wrong with the lists, in sentences; empty when they are fine. */
export function problemsOf(lists: RepoLists): string[] {
  const malformed = [...lists.enabledRepos, ...lists.disabledRepos]
    .filter((repo) => !/^[^/]+\/[^/]+$/.test(repo))
    .map((repo) => `"${repo}" is no repository; write org/repo`)
  const inBoth = (kind: string, enabled: readonly string[], disabled: readonly string[]) =>
    enabled.filter((name) => disabled.includes(name)).map((name) => `${kind} ${name} is both enabled and disabled`)
  return [
    ...malformed,
    ...inBoth('organisation', lists.enabledOrgs, lists.disabledOrgs),
    ...inBoth('repository', lists.enabledRepos, lists.disabledRepos),
  ]
}

export function isEnabled(lists: RepoLists, { org, repo }: RepoRef): boolean {
  const name = `${org}/${repo}`
  const chosen = lists.enabledOrgs.length + lists.enabledRepos.length > 0
  if (chosen && !lists.enabledOrgs.includes(org) && !lists.enabledRepos.includes(name)) return false
  return !lists.disabledOrgs.includes(org) && !lists.disabledRepos.includes(name)
}

/** Names of the plugins of a repository: the organisation's unless it excludes the repository, then the repository's own. */
export function pluginsOf(config: PluginConfig, { org, repo }: RepoRef): string[] {
  const ofOrg = own(config.plugins, org)
  const ofRepo = own(config.plugins, `${org}/${repo}`)
  const inherited = ofOrg && !ofOrg.excluded_repos.includes(repo) ? ofOrg.plugins : []
  return [...new Set([...inherited, ...(ofRepo?.plugins ?? [])])]
}

/** Enabled plugins that do nothing any more, why, and the organisations and repositories that enable them. */
export const retiredOnes = ({ plugins }: PluginConfig, retired: Readonly<Record<string, string>>) =>
  Object.entries(retired).flatMap(([name, why]) => {
    const by = Object.keys(plugins).filter((key) => own(plugins, key)?.plugins.includes(name))
    return by.length > 0 ? [{ name, why, by }] : []
  })

/** External plugins that want an event of the repository with this full name. Without a repository there are none. */
export function externalPluginsFor(config: PluginConfig, fullName: string, event: string): ExternalPlugin[] {
  if (fullName === '') return []
  const scopes = [fullName.split('/')[0] ?? '', fullName]
  return [...new Set(scopes)]
    .flatMap((scope) => own(config.external_plugins, scope) ?? [])
    .filter(({ events }) => events.length === 0 || events.includes(event))
}

/** The first entry for the repository itself, else the first for its organisation. */
export function entryFor<Entry extends { readonly repos: readonly string[] }>(
  entries: readonly Entry[],
  { org, repo }: RepoRef,
): Entry | undefined {
  const naming = (name: string) => entries.find(({ repos }) => repos.includes(name))
  return naming(`${org}/${repo}`) ?? naming(org)
}

const own = <T>(map: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined
