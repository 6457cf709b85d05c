// A scene for tests of plugins: the real pipeline from the accepted delivery to the plugin, with host and cluster in memory.
import pino from 'pino'
import { Registry } from 'prom-client'
import type { Issue, PullRequest, RepoRef, Review, StatusState } from '../api/code-host.ts'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import type { Bugzilla } from '../bugzilla/bugzilla.ts'
import type { WritableGit } from '../git/open.ts'
import { tasksFor } from '../hook/demux.ts'
import { type Dispatcher, dispatcher } from '../hook/dispatcher.ts'
import { allRepos } from '../hook/enablement.ts'
import { type Journal, openJournal } from '../hook/journal.ts'
import { hookMetrics } from '../hook/metrics.ts'
import type { Owners, Plugin } from '../hook/plugin.ts'
import type { InRepo } from '../inrepo/in-repo.ts'
import type { Jira } from '../jira/jira.ts'
import { clustersOf } from '../kube/clusters.ts'
import type { Slack } from '../slack/slack.ts'
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
  /** Number 1 is this issue, and no pull request. */
  readonly issue?: Partial<Issue>
  /** Contents of the repository's branch main. */
  readonly contents?: Readonly<Record<string, string | Uint8Array>>
  /** The bot is an app, which may make check runs. */
  readonly isApp?: boolean
  readonly fetch?: typeof globalThis.fetch
  readonly slack?: Slack
  readonly bugzilla?: Bugzilla
  readonly jira?: Jira
  readonly git?: WritableGit
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
  /** An event of the issue, with the fields that this action has. */
  issueActs(action: string, extra?: object, given?: Partial<Issue>): Promise<void>
  /** Somebody reviews number 1, in GitHub's words: `approved`, `CHANGES_REQUESTED`. */
  reviews(login: string, state: string, body?: string, action?: string): Promise<void>
  /** Somebody comments on a line of number 1. */
  saysOnLine(login: string, body: string, path: string): Promise<void>
  /** Somebody sets or takes off a label of number 1 by hand. */
  labels(login: string, label: string): Promise<void>
  unlabels(login: string, label: string): Promise<void>
  /** Somebody sets a status on the head of number 1. */
  setsStatus(context: string, state: StatusState, description?: string): Promise<void>
  /** A delivery, until everything that it leads to is done. Its id is returned. */
  deliver(event: string, payload: object, id?: string): Promise<string>
  /** Changes number 1 on the host without an event. */
  change(changes: Partial<PullRequest>): void
  /** The pull request as it is on the host. */
  pr(): PullRequest
  /** The issue as it is on the host. */
  issue(): Issue
  /** All ProwJobs, by job name. */
  jobs(): readonly ProwJob[]
  /** Names of the jobs that have been started since the last call. */
  started(): string[]
  stop(): void
}

const at = { ...here, number: 1 }

export function scene(options: SceneOptions): PluginScene {
  const clock = options.world?.clock ?? testClock()
  const host = options.world?.host ?? memoryCodeHost(clock, undefined, { isApp: options.isApp ?? false })
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
    clusters: clustersOf(kube),
    clock,
    config,
    ...(options.owners ? { owners: options.owners } : {}),
    ...(options.slack && { slack: options.slack }),
    ...(options.bugzilla && { bugzilla: options.bugzilla }),
    ...(options.jira && { jira: options.jira }),
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
  if (!options.world && options.issue) host.openIssue(at, options.issue)
  else if (!options.world) host.open(at)
  if (options.contents) host.write(here, 'main', options.contents)
  let deliveries = 0
  let seen = new Set(kube.all(prowJobs).map(({ metadata }) => metadata.name))

  const pr = () => {
    const now = host.state.pulls.get('org/repo#1')
    if (!now) throw new Error('there is no pull request')
    return now
  }
  const issue = () => {
    const now = host.state.issues.get('org/repo#1')
    if (!now) throw new Error('number 1 is no issue: give the scene one')
    return now
  }
  const isIssue = () => host.state.issues.has('org/repo#1')
  /** Number 1 as events about issues show it. */
  const issueSide = () => (isIssue() ? issuePayload(issue()) : { ...pullPayload(pr()), pull_request: {} })

  async function labelled(login: string, label: string, present: boolean) {
    host.label(at, login, label, present)
    const action = present ? 'labeled' : 'unlabeled'
    const extra = { label: { name: label }, sender: userNamed(login) }
    await (isIssue() ? self.issueActs(action, extra) : self.acts(action, extra))
  }

  const self: PluginScene = {
    clock,
    host,
    kube,
    metrics,
    dispatch,
    pr,
    issue,
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
      const sender = userNamed(login)
      await self.deliver('issue_comment', { action: 'created', issue: issueSide(), comment, sender, ...extra })
    },
    async saysOnIssue(login, body) {
      const comment = host.say(at, login, body)
      const subject = isIssue() ? issuePayload(issue()) : pullPayload(pr())
      await self.deliver('issue_comment', { action: 'created', issue: subject, comment, sender: userNamed(login) })
    },
    async issueActs(action, extra = {}, given = {}) {
      host.openIssue(at, { ...issue(), ...given })
      await self.deliver('issues', { action, issue: issuePayload(issue()), ...extra })
    },
    async reviews(login, state, body = '', action = 'submitted') {
      const verdict = state.toLowerCase() as Review['state']
      const list = host.state.reviews.get('org/repo#1') ?? []
      const before = list.findLastIndex(({ user }) => user.login === login)
      const old = action === 'submitted' ? undefined : list[before]
      const review = old ? { ...old, body, state: verdict } : host.review(at, login, verdict, body)
      if (old) list[before] = review
      const payload = { review: { ...review, state }, pull_request: pullPayload(pr()), sender: userNamed(login) }
      await self.deliver('pull_request_review', { action, ...payload })
    },
    async saysOnLine(login, body, path) {
      const comment = { ...host.say(at, login, body), path, position: 1 }
      // It is no comment of the conversation.
      host.state.comments.get('org/repo#1')?.pop()
      host.state.reviewComments.set('org/repo#1', [...(host.state.reviewComments.get('org/repo#1') ?? []), comment])
      const payload = { comment, pull_request: pullPayload(pr()), sender: userNamed(login) }
      await self.deliver('pull_request_review_comment', { action: 'created', ...payload })
    },
    labels: (login, label) => labelled(login, label, true),
    unlabels: (login, label) => labelled(login, label, false),
    async setsStatus(context, state, description = '') {
      const { sha } = pr().head
      const where = `org/repo@${sha}`
      const status = { context, state, description, target_url: '' }
      const others = (host.state.statuses.get(where) ?? []).filter((one) => one.context !== context)
      host.state.statuses.set(where, [...others, status])
      await self.deliver('status', { id: 1, sha, ...status })
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

const repoPayload = ({ org, repo }: RepoRef) => ({
  name: repo,
  full_name: `${org}/${repo}`,
  owner: { login: org },
  html_url: `https://github.com/${org}/${repo}`,
})

const repository = { ...repoPayload(here), default_branch: 'main' }

/** A pull request as GitHub sends it. */
function pullPayload(pr: PullRequest): object {
  return {
    ...pr,
    node_id: 'PR_org/repo#1',
    labels: pr.labels.map((name) => ({ name })),
    requested_teams: pr.requested_teams.map((slug) => ({ slug })),
    base: { ...pr.base, repo: repository },
    head: { ...pr.head, repo: pr.head.repo ? repoPayload(pr.head.repo) : null },
  }
}

/** An issue as GitHub sends it. */
const issuePayload = (issue: Issue): object => ({ ...issue, labels: issue.labels.map((name) => ({ name })) })
