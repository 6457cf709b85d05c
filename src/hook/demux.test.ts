// From payloads to events and tasks: GitHub's own samples, upstream's samples, the tables of the specification, and garbage.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { re2 } from '../config/re2.ts'
import type { ExternalPlugin, PluginConfig } from '../config/types.ts'
import { sharedData } from '../testing/shared.ts'
import { decode } from './decode.ts'
import { demux, taskNamed, tasksFor } from './demux.ts'
import { allRepos, entryFor, isEnabled, pluginsOf, problemsOf, type RepoLists } from './enablement.ts'
import { type EventKind, type EventPull, kindNames } from './events.ts'
import { type Plugin, plugin } from './plugin.ts'

const kinds = [
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'push',
  'status',
]
const examples = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-examples'), 'utf8'),
) as readonly { name: string; examples: readonly unknown[] }[]
const samples = examples.flatMap(({ name, examples: payloads }) =>
  payloads.map((payload, index) => [`${name} ${index}`, name, payload] as const),
)

describe("GitHub's samples", () => {
  test.each(samples.filter(([, name]) => kinds.includes(name)))('%s is understood', (_title, name, payload) => {
    const event = decode(name, payload)
    if (!event || event.type === 'unusable') throw new Error(`not understood: ${event?.why}`)
    expect(event.type).toBe(name)
    expect(event.repo.org).not.toBe('')
    expect(event.sender.login).not.toBe('ghost')
    if ('pr' in event) {
      expect(event.pr.number).toBeGreaterThan(0)
      expect(event.pr.base.ref).not.toBe('')
      expect(event.pr.base.repo).toMatchObject({ org: event.repo.org, repo: event.repo.repo })
      expect(event.pr.head.sha).toMatch(/^[0-9a-f]{40}$/)
    }
    if ('issue' in event) expect(event.issue).toMatchObject({ number: expect.any(Number), user: { login: /./ } })
    if ('comment' in event) expect(event.comment.html_url).toMatch(/^https:/)
  })
  test.each(samples.filter(([, name]) => !kinds.includes(name)))(
    '%s is given to plugins as it came, if it is about a repository',
    (_title, name, payload) => {
      const { events, unusable } = demux(name, payload)
      expect(unusable).toBeUndefined()
      const ofRepo = typeof (payload as { repository?: { name?: unknown } }).repository?.name === 'string'
      expect(events).toEqual(ofRepo ? [expect.objectContaining({ type: 'other', event: name, payload })] : [])
    },
  )
})

// Payloads of upstream's own tests; not ours to copy, so they are looked at where they are.
const folder = sharedData('prow/webhook-payloads') ?? ''
const upstream: readonly [file: string, event: string, kinds: readonly EventKind[]][] = [
  ['lgtm_comment.json', 'issue_comment', ['issue_comment', 'comment']],
  ['test_comment.json', 'issue_comment', ['issue_comment', 'comment']],
  ['opened_pr.json', 'pull_request', ['pull_request', 'comment']],
  ['reopened_pr.json', 'pull_request', ['pull_request']],
  ['push.json', 'push', ['push']],
  ['review_approve_submitted.json', 'pull_request_review', ['pull_request_review', 'comment']],
  ['review_changes_submitted.json', 'pull_request_review', ['pull_request_review', 'comment']],
  ['review_comment_submitted.json', 'pull_request_review', ['pull_request_review', 'comment']],
]
describe.skipIf(!existsSync(folder))("upstream's samples", () => {
  test.each(upstream)('%s', (file, event, wanted) => {
    const demuxed = demux(event, JSON.parse(readFileSync(join(folder, file), 'utf8')))
    expect(demuxed.unusable).toBeUndefined()
    expect(demuxed.events.map(({ type }) => type)).toEqual(wanted)
    expect(demuxed.lane).toMatch(/^kubernetes\//)
  })
})

const repository = { full_name: 'o/r', name: 'r', owner: { login: 'o' }, html_url: 'https://github.com/o/r' }
const pull = (changes: object = {}) => ({
  number: 7,
  state: 'open',
  title: 't',
  body: '/test foo',
  user: { login: 'alice' },
  html_url: 'https://github.com/o/r/pull/7',
  node_id: 'PR',
  base: { ref: 'main', sha: 'b', repo: repository },
  head: { ref: 'f', sha: 'h', repo: null },
  ...changes,
})
const issue = { number: 3, state: 'open', body: 'text', user: { login: 'bob' }, html_url: 'i', node_id: 'ISSUE' }
const comment = { id: 9, body: '/hold', user: { login: 'carol' }, html_url: 'c', node_id: 'COMMENT' }
const review = { id: 5, body: 'fine', user: { login: 'dave' }, html_url: 'v', node_id: 'REVIEW', state: 'APPROVED' }

test.each<[event: string, payload: object, want: object | undefined]>([
  [
    'issues',
    { action: 'opened', issue },
    { action: 'created', body: 'text', user: { login: 'bob' }, node_id: 'ISSUE' },
  ],
  ['issues', { action: 'deleted', issue }, { action: 'deleted' }],
  ['issues', { action: 'labeled', issue }, undefined],
  [
    'issue_comment',
    { action: 'created', issue, comment },
    { action: 'created', body: '/hold', comment_id: 9, node_id: 'ISSUE', issue: { isPullRequest: false } },
  ],
  [
    'issue_comment',
    { action: 'edited', issue: { ...issue, pull_request: {} }, comment },
    { action: 'edited', issue: { isPullRequest: true } },
  ],
  [
    'issue_comment',
    { action: 'created', issue: { ...issue, pull_request: null }, comment },
    { issue: { isPullRequest: false } },
  ],
  [
    'pull_request',
    { action: 'opened', pull_request: pull() },
    {
      action: 'created',
      body: '/test foo',
      user: { login: 'alice' },
      node_id: 'PR',
      html_url: 'https://github.com/o/r/pull/7',
    },
  ],
  ['pull_request', { action: 'synchronize', pull_request: pull() }, undefined],
  ['pull_request', { action: 'constructor', pull_request: pull() }, undefined],
  [
    'pull_request_review',
    { action: 'submitted', pull_request: pull(), review },
    { action: 'created', body: 'fine', user: { login: 'dave' }, node_id: 'REVIEW' },
  ],
  ['pull_request_review', { action: 'dismissed', pull_request: pull(), review }, { action: 'deleted' }],
  [
    'pull_request_review_comment',
    { action: 'created', pull_request: pull(), comment },
    { body: '/hold', comment_id: 9, node_id: 'COMMENT', issue: { number: 7, isPullRequest: true } },
  ],
  ['push', { ref: 'refs/heads/main' }, undefined],
])('the comment in %s %j', (event, payload, want) => {
  const found = demux(event, { repository, sender: { login: 'eve' }, ...payload }).events.find(
    ({ type }) => type === 'comment',
  )
  if (want) expect(found).toMatchObject({ ...want, source: event })
  else expect(found).toBeUndefined()
})

test('deleted accounts, missing fields and wrong types do not spoil an event', () => {
  const payload = {
    repository,
    sender: null,
    action: 5,
    pull_request: pull({ user: null, labels: 'x', body: null, title: 3, mergeable: null }),
  }
  expect(decode('pull_request', payload)).toMatchObject({
    action: '',
    sender: { login: 'ghost' },
    pr: { user: { login: 'ghost' }, labels: [], body: '', title: '' },
  })
})

test('a pull request is read whole', () => {
  const payload = {
    repository,
    action: 'labeled',
    sender: { login: 'eve', type: 'Bot', html_url: 'https://e' },
    label: { name: 'lgtm' },
    pull_request: pull({
      draft: true,
      merged: true,
      mergeable: false,
      labels: [{ name: 'a' }, { name: 'b' }],
      assignees: [{ login: 'bob', type: 'User', html_url: 'https://b' }],
      requested_reviewers: [{ login: 'zoe', type: 'User', html_url: 'https://z' }],
      requested_teams: [{ name: 'The crew', slug: 'crew' }],
      milestone: { number: 4, title: 'v1', state: 'open' },
      merge_commit_sha: 'm',
      commits: 3,
      head: { ref: 'f', sha: 'h', repo: { ...repository, full_name: 'alice/r', owner: { login: 'alice' } } },
    }),
  }
  expect(decode('pull_request', payload)).toEqual({
    type: 'pull_request',
    action: 'labeled',
    repo: { org: 'o', repo: 'r', html_url: 'https://github.com/o/r', default_branch: '' },
    sender: { login: 'eve', type: 'Bot', html_url: 'https://e' },
    label: 'lgtm',
    changes: {},
    pr: {
      node_id: 'PR',
      commits: 3,
      milestone: { number: 4, title: 'v1', state: 'open' },
      merge_commit_sha: 'm',
      requested_reviewers: [{ login: 'zoe', type: 'User', html_url: 'https://z' }],
      requested_teams: ['crew'],
      number: 7,
      title: 't',
      body: '/test foo',
      state: 'open',
      draft: true,
      merged: true,
      mergeable: false,
      user: { login: 'alice', type: 'User', html_url: 'https://github.com/alice' },
      html_url: 'https://github.com/o/r/pull/7',
      labels: ['a', 'b'],
      assignees: [{ login: 'bob', type: 'User', html_url: 'https://b' }],
      base: { ref: 'main', sha: 'b', repo: { org: 'o', repo: 'r', html_url: 'https://github.com/o/r' } },
      head: { ref: 'f', sha: 'h', repo: { org: 'alice', repo: 'r' } },
    },
  })
  const unmerged = pull({ mergeable: null, merge_commit_sha: 'a merge to try', milestone: null })
  const { pr } = decode('pull_request', { ...payload, pull_request: unmerged }) as { pr: EventPull }
  expect([pr.draft, pr.merged, 'mergeable' in pr]).toEqual([false, false, false])
  expect(['merge_commit_sha' in pr, 'milestone' in pr, 'repo' in pr.head]).toEqual([false, false, false])
})

test('a push is read whole, also from a server that names its owner by name only', () => {
  const commit = { id: 'c', message: 'm', added: ['a'], removed: ['r', 5], modified: ['m'] }
  const payload = {
    repository: { name: 'r', owner: { name: 'o' }, html_url: 'h', default_branch: 'main' },
    ref: 'refs/heads/release/1',
    before: 'x',
    after: 'y',
    created: true,
    deleted: false,
    forced: true,
    compare: 'https://compare',
    pusher: { name: 'pat', email: 'pat@example.com' },
    commits: [commit],
  }
  expect(decode('push', payload)).toMatchObject({
    repo: { org: 'o', repo: 'r', html_url: 'h', default_branch: 'main' },
    pusher: 'pat',
    ref: 'refs/heads/release/1',
    branch: 'release/1',
    before: 'x',
    after: 'y',
    created: true,
    deleted: false,
    forced: true,
    compare: 'https://compare',
    commits: [{ ...commit, removed: ['r'] }],
  })
  expect(decode('push', { ...payload, created: 'yes', deleted: true })).toMatchObject({ created: false, deleted: true })
})

test.each<[repository: object | undefined]>([[{ owner: { login: 'o' } }], [{ name: 'r' }], [undefined]])(
  'the repository %j is of no use',
  (repository) => {
    expect(decode('push', { repository })).toMatchObject({
      type: 'unusable',
      why: expect.stringContaining('repository'),
    })
  },
)

test('an edited pull request tells what was there before', () => {
  const before = (changes: object) =>
    decode('pull_request', { repository, action: 'edited', pull_request: pull(), changes })
  expect(before({ base: { ref: { from: 'old' }, sha: { from: 'abc' } } })).toHaveProperty('changes', {
    baseRef: 'old',
    baseSha: 'abc',
  })
  expect(before({ title: { from: 'WIP' }, body: { from: null }, base: { ref: { from: '' } } })).toHaveProperty(
    'changes',
    {
      title: 'WIP',
      body: '',
    },
  )
  const issueChanges = { title: { from: 'was' } }
  expect(decode('issues', { repository, action: 'edited', issue, changes: issueChanges })).toHaveProperty('changes', {
    title: 'was',
  })
})

test.each<[event: string, payload: object, lane: string | undefined]>([
  ['issue_comment', { issue, comment }, 'o/r#3'],
  ['pull_request', { pull_request: pull() }, 'o/r#7'],
  ['push', { ref: 'refs/tags/v1' }, 'o/r refs/tags/v1'],
  ['status', { sha: 'abc', context: 'ci' }, 'o/r abc ci'],
  ['pull_request_review_thread', { pull_request: { number: 7 } }, 'o/r#7'],
  ['ping', {}, undefined],
])('the lane of %s', (event, payload, lane) => expect(demux(event, { repository, ...payload }).lane).toBe(lane))

const config = (changes: Partial<PluginConfig>): PluginConfig => ({
  plugins: {},
  external_plugins: {},
  triggers: [],
  lgtm: [],
  help: { help_guidelines_url: '', help_guidelines_summary: '' },
  sections: {},
  ...changes,
})
const external = (name: string, ...events: string[]): ExternalPlugin => ({ name, endpoint: `http://${name}`, events })

describe('external plugins', () => {
  const external_plugins = {
    'kubernetes/test-infra': [external('sandwich', 'pull_request'), external('coffee')],
    'kubernetes/kubernetes': [external('gumbo', 'issue_comment')],
    kubernetes: [
      external('chicken', 'push'),
      external('water'),
      external('chocolate', 'pull_request', 'issue_comment', 'issues'),
    ],
  }
  const payload = { repository: { full_name: 'kubernetes/test-infra' }, issue }
  const sent = async (event: string, repos: RepoLists = allRepos, body: object = payload) =>
    (
      await tasksFor(event, demux(event, body), {
        config: config({ external_plugins }),
        repos,
        load: async () => undefined,
      })
    ).map((task) => task.plugin)

  test('get what they ask for, of their repository or organisation', async () => {
    expect(await sent('issue_comment')).toEqual(['water', 'chocolate', 'coffee'])
    expect(await sent('unknown_event')).toEqual(['water', 'coffee'])
  })
  test('get nothing of a repository that is switched off', async () =>
    expect(await sent('issue_comment', { ...allRepos, disabledRepos: ['kubernetes/test-infra'] })).toEqual([]))
  test('get nothing of events without a repository', async () =>
    expect(await sent('organization', allRepos, { organization: { login: 'kubernetes' } })).toEqual([]))
  test('get what plugins cannot use', async () => {
    expect(demux('pull_request', { ...payload, pull_request: 5 }).unusable).toBeDefined()
    expect(await sent('pull_request', allRepos, { ...payload, pull_request: 5 })).toEqual([
      'water',
      'chocolate',
      'sandwich',
      'coffee',
    ])
  })
})

describe('the plugins of a repository', () => {
  const plugins = {
    org: { plugins: ['one', 'two', 'three'], excluded_repos: ['repo'] },
    'org/repo': { plugins: ['three'], excluded_repos: [] },
    'org/more': { plugins: ['four'], excluded_repos: [] },
  }
  test.each([
    ['repo', ['three']],
    ['more', ['one', 'two', 'three', 'four']],
    ['other', ['one', 'two', 'three']],
  ])('org/%s: %j', (repo, want) => expect(pluginsOf(config({ plugins }), { org: 'org', repo })).toEqual(want))
})

test.each([
  ['org', 'repo', 'exact'],
  ['org', 'other', 'org'],
  ['x', 'repo', undefined],
])('the entry for %s/%s: its own before its organisation’s, the first of each: %s', (org, repo, want) => {
  const entries = [
    { repos: ['y', 'org'], name: 'org' },
    { repos: ['org/repo'], name: 'exact' },
    { repos: ['org/repo', 'org'], name: 'late' },
  ]
  expect(entryFor(entries, { org, repo })?.name).toBe(want)
})

test.each<[lists: Partial<RepoLists>, org: string, repo: string, want: boolean]>([
  [{}, 'o', 'r', true],
  [{ enabledOrgs: ['o'] }, 'o', 'r', true],
  [{ enabledOrgs: ['o'] }, 'p', 'r', false],
  [{ enabledRepos: ['o/r'] }, 'o', 'r', true],
  [{ enabledRepos: ['o/r'] }, 'o', 's', false],
  [{ enabledOrgs: ['o'], disabledRepos: ['o/r'] }, 'o', 'r', false],
  [{ disabledOrgs: ['o'] }, 'o', 'r', false],
  [{ disabledOrgs: ['O'] }, 'o', 'r', true],
])('enabled by %j: %s/%s %s', (lists, org, repo, want) =>
  expect(isEnabled({ ...allRepos, ...lists }, { org, repo })).toBe(want),
)

test('contradictory and malformed lists are named', () =>
  expect(
    problemsOf({ enabledOrgs: ['a'], disabledOrgs: ['a'], enabledRepos: ['x'], disabledRepos: ['x/y/z', '/b'] }),
  ).toHaveLength(4))

const load =
  (...known: Plugin[]) =>
  async (name: string) =>
    known.find((one) => one.name === name)
const nothing = async () => {}
const listener = plugin({
  name: 'listener',
  about: '',
  on: 'comment created on an open pull request',
  commands: [{ usage: '/a', who: '', examples: ['/a'], forms: { a: re2`(?m)^/a$` } }],
  run: nothing,
  handlers: { pull_request: nothing, push: nothing },
})

test.each<[event: string, payload: object, want: string[]]>([
  [
    'pull_request',
    { action: 'opened', pull_request: pull({ body: 'please\n/a' }) },
    ['listener/pull_request', 'listener/comment'],
  ],
  ['pull_request', { action: 'opened', pull_request: pull({ body: 'please' }) }, ['listener/pull_request']],
  [
    'pull_request_review',
    { action: 'submitted', pull_request: pull(), review: { ...review, body: '/a' } },
    ['listener/comment'],
  ],
  [
    'pull_request_review',
    { action: 'submitted', pull_request: pull({ state: 'closed' }), review: { ...review, body: '/a' } },
    [],
  ],
  ['issue_comment', { action: 'created', issue, comment: { ...comment, body: '/a' } }, []],
  [
    'issue_comment',
    { action: 'edited', issue: { ...issue, pull_request: {} }, comment: { ...comment, body: '/a' } },
    [],
  ],
  ['push', { ref: 'refs/heads/main' }, ['listener/push']],
  ['ping', {}, []],
])('tasks of %s %j', async (event, payload, want) => {
  const plugins = { o: { plugins: ['listener', 'unheard-of'], excluded_repos: [] } }
  const demuxed = demux(event, { repository, ...payload })
  const tasks = await tasksFor(event, demuxed, { config: config({ plugins }), repos: allRepos, load: load(listener) })
  expect(tasks.map(({ name }) => name)).toEqual(want)
  expect(tasks.map(({ name }) => taskNamed(name, demuxed))).toEqual(tasks)
})

test('every kind has a name for people', () =>
  expect(Object.keys(kindNames).sort()).toEqual([...kinds, 'comment', 'other'].sort()))

test('2,000 mutated payloads are read without a crash', () => {
  const handled = samples.filter(([, name]) => kinds.includes(name))
  const path = fc.array(fc.nat(), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      fc.constantFrom(...handled),
      fc.array(fc.tuple(path, fc.jsonValue()), { maxLength: 5 }),
      ([, name, payload], edits) => {
        const mutated: unknown = structuredClone(payload)
        for (const [steps, value] of edits) mutate(mutated, steps, value)
        const { events, unusable } = demux(name, mutated)
        expect(events.length > 0 || unusable !== undefined).toBe(true)
      },
    ),
    { numRuns: 2000, seed: 1 },
  )
})

/** Puts a value somewhere deep in a payload; which fields are taken is decided by the numbers. */
function mutate(at: unknown, [step = 0, ...rest]: readonly number[], value: unknown): void {
  if (typeof at !== 'object' || at === null) return
  const keys = Object.keys(at)
  const key = keys[step % Math.max(1, keys.length)]
  if (key === undefined) return
  const inner: unknown = Reflect.get(at, key)
  if (rest.length > 0 && typeof inner === 'object' && inner !== null) mutate(inner, rest, value)
  else Reflect.set(at, key, value)
}
