// Looks at all open pull requests from time to time: for conflicts of which no event has told.
import type { CodeHost, FoundPullRequest, RepoRef } from '../../api/code-host.ts'
import type { Component } from '../../component.ts'
import type { ConfigAgent, PluginConfig } from '../../config/types.ts'
import { every } from '../../system/clock.ts'
import { isMarkedWrong, mark, type World } from './mark.ts'

/** Whether the plugin runs in hook, or as a program of its own. */
type Place = 'plugins' | 'external_plugins'

/** A search, and whose installation makes it. */
interface Search {
  readonly org: string
  readonly query: string
}

/** The searches that find the open pull requests of all repositories with the plugin: one per organisation. */
export function searchesFor(config: PluginConfig, place: Place): { searches: Search[]; malformed: string[] } {
  const scopes: (readonly [string, readonly string[]])[] =
    place === 'plugins'
      ? Object.entries(config.plugins).flatMap(([scope, { plugins, excluded_repos }]) =>
          plugins.includes('needs-rebase') ? [[scope, excluded_repos] as const] : [],
        )
      : Object.entries(config.external_plugins).flatMap(([scope, plugins]) =>
          plugins.some(({ name }) => name === 'needs-rebase') ? [[scope, []] as const] : [],
        )
  const whole = new Map(scopes.filter(([scope]) => !scope.includes('/')))
  const single = scopes.map(([scope]) => scope).filter((scope) => scope.includes('/'))
  const malformed = single.filter((scope) => !/^[^/]+\/[^/]+$/.test(scope))
  const orgOf = (scope: string) => scope.slice(0, scope.indexOf('/'))
  // A repository that its organisation leaves out may have the plugin by itself.
  const isCovered = (scope: string) => whole.get(orgOf(scope))?.includes(scope.slice(orgOf(scope).length + 1)) === false
  const byOrg = Map.groupBy(
    single.filter((scope) => !malformed.includes(scope) && !isCovered(scope)),
    orgOf,
  )
  const search = (org: string, where: readonly string[]) => ({
    org,
    query: `archived:false is:pr is:open ${where.join(' ')}`,
  })
  const searches = [
    ...[...whole].map(([org, excluded]) =>
      search(org, [`org:"${org}"`, ...excluded.map((repo) => `-repo:"${org}/${repo}"`)]),
    ),
    ...[...byOrg].map(([org, repos]) =>
      search(
        org,
        repos.map((repo) => `repo:"${repo}"`),
      ),
    ),
  ]
  return { searches, malformed }
}

/** Hosts show no more. */
const mostFound = 1000
const halfMs = 60 * 86_400_000

/** All that a search finds; where it finds too many, old and young ones are searched apart. */
async function find({ org, query }: Search, { host, clock, log }: World): Promise<readonly FoundPullRequest[]> {
  const found = await host.searchPullRequests(org, query)
  if (found.length < mostFound) return found
  const day = new Date(clock.now() - halfMs).toISOString().slice(0, 10)
  const halves = await Promise.all(
    ['>=', '<'].map((which) => host.searchPullRequests(org, `${query} created:${which}${day}`)),
  )
  if (halves.some((half) => half.length >= mostFound))
    log.warn({ query }, `there are more pull requests than the ${mostFound} that a search shows`)
  return halves.flat()
}

/** One round. A search or a pull request that fails is logged, and does not keep the others from being looked at. */
export async function scan(
  config: PluginConfig,
  { place, covers, ...world }: World & Pick<ScanNeeds, 'place' | 'covers'>,
): Promise<void> {
  const { log, signal } = world
  const { searches, malformed } = searchesFor(config, place)
  if (malformed.length > 0) log.warn({ malformed }, 'these are no repositories: write org/repo')
  for (const search of searches) {
    if (signal.aborted) return
    const found = await find(search, world).catch((err: unknown) => {
      log.error({ err, query: search.query }, 'cannot search for pull requests')
      return []
    })
    for (const { org, repo, number, labels, mergeable } of found) {
      if (signal.aborted || !covers({ org, repo })) continue
      if (mergeable === undefined || !isMarkedWrong(labels, mergeable)) continue
      await mark({ org, repo, number }, world).catch((err: unknown) =>
        log.error({ err, org, repo, pr: number }, 'cannot bring the label up to date'),
      )
    }
  }
}

interface ScanNeeds {
  readonly host: CodeHost
  readonly config: ConfigAgent
  readonly place: Place
  /** Whether the program works for a repository at all. */
  readonly covers: (at: RepoRef) => boolean
  /** From the start of one round to that of the next. Milliseconds. */
  readonly periodMs: number
}

/** What upstream's program does by default, beside answering events. */
export const defaultPeriodMs = 86_400_000

/** Rounds until the signal aborts, the first at once. */
export const needsRebaseScan: Component<ScanNeeds> = {
  name: 'needs-rebase-scan',
  async run(ctx) {
    ctx.ready()
    for await (const _ of every(ctx.clock, () => ctx.periodMs, ctx.signal))
      await scan(ctx.config.current().plugins, ctx)
  },
}
