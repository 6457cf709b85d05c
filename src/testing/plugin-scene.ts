// A scene for tests of plugins: the real pipeline from the accepted delivery to the plugin, with host and cluster in memory.
import pino from 'pino'
import { Registry } from 'prom-client'
import type { PullRequest } from '../api/code-host.ts'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Git } from '../git/git.ts'
import { tasksFor } from '../hook/demux.ts'
import { type Dispatcher, dispatcher } from '../hook/dispatcher.ts'
import { allRepos } from '../hook/enablement.ts'
import { type Journal, openJournal } from '../hook/journal.ts'
import { hookMetrics } from '../hook/metrics.ts'
import type { Owners, Plugin } from '../hook/plugin.ts'
import type { InRepo } from '../inrepo/in-repo.ts'
import { type Ids, systemIds } from '../system/ids.ts'
import { settle, type TestClock, testClock } from './clock.ts'
import { fixedConfig, type GivenConfig } from './config.ts'
import { type MemoryCodeHost, memoryCodeHost, userNamed } from './memory-code-host.ts'
import { type MemoryKube, memoryKube } from './memory-kube.ts'

/** The repository in which scenes play. */
const here = { org: 'org', repo: 'repo' } as const

export interface SceneOptions extends GivenConfig {
  /** All are enabled for the organisation. */
  readonly with: readonly Plugin[]
  readonly owners?: Owners
  /** Default: an empty one in memory. */
  readonly journal?: Journal
  /** What an earlier scene has left behind; for tests of restarts. */
  readonly world?: Pick<PluginScene, 'clock' | 'host' | 'kube'>
  readonly fetch?: typeof globalThis.fetch
  readonly git?: Git
  readonly inRepo?: InRepo
  /** What comes by chance. Default: the first of whatever there is to choose from. */
  readonly ids?: Ids
}

export interface PluginScene {
  readonly clock: TestClock
  readonly host: MemoryCodeHost
  readonly kube: MemoryKube
  readonly metrics: Registry
  readonly dispatch: Dispatcher
  /** Somebody opens a pull request, here number 1 by `author`, and GitHub says so. */
  opens(given?: Partial<PullRequest>): Promise<void>
  /** An event of the pull request, with the fields that this action has. */
  acts(action: string, extra?: object, given?: Partial<PullRequest>): Promise<void>
  /** Somebody comments on number 1. */
  says(login: string, body: string, extra?: object): Promise<void>
  /** Somebody comments on an issue, here number 1. */
  saysOnIssue(login: string, body: string): Promise<void>
  reviews(login: string, state: string, body?: string, action?: string): Promise<void>
  /** A delivery, until everything that it leads to is done. Its id is returned. */
  deliver(event: string, payload: object, id?: string): Promise<string>
  /** Changes number 1 on the host without an event. */
  change(changes: Partial<PullRequest>): void
  /** The pull request as it is on the host. */
  pr(): PullRequest
  /** All ProwJobs, by job name. */
  jobs(): readonly ProwJob[]
  /** Names of the jobs that have been started since the last call. */
  started(): string[]
  stop(): void
}

const at = { ...here, number: 1 }

export function scene(options: SceneOptions): PluginScene {
  const clock = options.world?.clock ?? testClock()
  const host = options.world?.host ?? memoryCodeHost(clock)
  const kube = options.world?.kube ?? memoryKube({ clock })
  const metrics = new Registry()
  const stopping = new AbortController()
  const config = fixedConfig({
    ...options,
    plugins: {
      plugins: { [here.org]: { plugins: options.with.map(({ name }) => name), excluded_repos: [] } },
      ...options.plugins,
    },
  })
  const load = async (name: string) => options.with.find((plugin) => plugin.name === name)
  const dispatch = dispatcher({
    host,
    kube,
    clock,
    config,
    ...(options.owners ? { owners: options.owners } : {}),
    ...(options.git && { git: options.git }),
    ...(options.inRepo && { inRepo: options.inRepo }),
    ids: options.ids ?? { ...systemIds, fraction: () => 0 },
    journal: options.journal ?? openJournal(':memory:'),
    metrics: hookMetrics(metrics),
    log: pino({ level: 'silent' }),
    load,
    plan: (event, demuxed) => tasksFor(event, demuxed, { config: config.current().plugins, repos: allRepos, load }),
    fetch: options.fetch ?? (() => Promise.reject(new Error('this scene has no network'))),
    concurrency: 8,
    signal: stopping.signal,
    stopping: stopping.signal,
  })
  if (!options.world) host.open(at)
  let deliveries = 0
  let seen = new Set(kube.all(prowJobs).map(({ metadata }) => metadata.name))

  const pr = () => {
    const now = host.state.pulls.get('org/repo#1')
    if (!now) throw new Error('there is no pull request')
    return now
  }
  const self: PluginScene = {
    clock,
    host,
    kube,
    metrics,
    dispatch,
    pr,
    change: (changes) => void host.open(at, { ...pr(), ...changes }),
    async opens(given = {}) {
      host.open(at, { ...pr(), ...given })
      await self.acts('opened')
    },
    async acts(action, extra = {}, given = {}) {
      self.change(given)
      await self.deliver('pull_request', { action, number: 1, pull_request: pullPayload(pr()), ...extra })
    },
    async says(login, body, extra = {}) {
      const comment = host.say(at, login, body)
      const issue = { ...pullPayload(pr()), pull_request: {} }
      await self.deliver('issue_comment', { action: 'created', issue, comment, sender: userNamed(login), ...extra })
    },
    async saysOnIssue(login, body) {
      const comment = host.say(at, login, body)
      await self.deliver('issue_comment', { action: 'created', issue: pullPayload(pr()), comment })
    },
    async reviews(login, state, body = '', action = 'submitted') {
      const review = { id: 5, state, body, user: userNamed(login), html_url: 'https://github.com/org/repo/pull/1#r5' }
      await self.deliver('pull_request_review', { action, review, pull_request: pullPayload(pr()) })
    },
    async deliver(event, given, id = `delivery-${++deliveries}`) {
      const payload = { repository, sender: userNamed('sender'), ...given }
      const body = Buffer.from(JSON.stringify(payload))
      await dispatch.accept({ id, event, headers: {}, body, receivedAt: clock.now() }, JSON.parse(body.toString()))
      // Not longer: a test that makes things fail moves the clock itself.
      await Promise.race([dispatch.settled(), settle(50)])
      return id
    },
    jobs: () => kube.all(prowJobs).toSorted((a, b) => (a.spec.job < b.spec.job ? -1 : 1)),
    started() {
      const all = self.jobs()
      const fresh = all.filter(({ metadata }) => !seen.has(metadata.name)).map(({ spec }) => spec.job)
      seen = new Set(all.map(({ metadata }) => metadata.name))
      return fresh
    },
    stop: () => stopping.abort(new Error('the scene is over')),
  }
  return self
}

const repository = {
  name: here.repo,
  full_name: `${here.org}/${here.repo}`,
  owner: { login: here.org },
  html_url: `https://github.com/${here.org}/${here.repo}`,
}

/** A pull request as GitHub sends it. */
function pullPayload(pr: PullRequest): object {
  return {
    ...pr,
    labels: pr.labels.map((name) => ({ name })),
    base: { ...pr.base, repo: repository },
  }
}
