// blunderbuss, as the people on a pull request see it. Chance takes the first in the alphabet.
import { expect, test } from 'vitest'
import { CodeHostError, type PullRequest } from '../api/code-host.ts'
import { type ReviewersConfig, reviewersDefaults } from '../config/sections/plugins/reviews.ts'
import { memoryOwners } from '../owners/testing/memory-owners.ts'
import { systemIds } from '../system/ids.ts'
import { userNamed } from '../testing/memory-code-host.ts'
import { type SceneOptions, scene } from '../testing/plugin-scene.ts'
import blunderbuss from './blunderbuss.ts'

const owners = memoryOwners({
  'a/OWNERS': 'reviewers: [al, Ann, Author]\nrequired_reviewers: [must]',
  'b/OWNERS': 'reviewers: [bea]\napprovers: [bob]',
  'c/OWNERS': 'reviewers: [Author]\napprovers: [bob]',
})

function play(
  settings: Partial<ReviewersConfig> = {},
  given: Partial<PullRequest> = {},
  options: Partial<SceneOptions> = {},
) {
  const sections = { blunderbuss: { ...reviewersDefaults, ...settings } }
  const it = scene({ with: [blunderbuss], owners, plugins: { sections }, ...options })
  it.change({ user: userNamed('Author'), ...given })
  it.host.state.files.set('org/repo#1', ['a/x.go'])
  for (const login of ['al', 'ann', 'must', 'bea', 'bob']) it.host.state.members.add(`org/${login}`)
  return it
}
const asked = ['org/repo#1 request review al ann must']
// As a configuration that says no more than "wait_for_status: {}" has it.
const wait = {
  context: 'tide',
  state: 'pending',
  description: String.raw`Not mergeable. (PullRequest is missing sufficient approving GitHub review\(s\)|Needs (lgtm|approved|approved, lgtm) labels?)\.?`,
}
const draft = { draft: true }

test.each<[action: string, settings: Partial<ReviewersConfig>, given: Partial<PullRequest>, asks: boolean]>([
  ['opened', {}, {}, true],
  ['ready_for_review', {}, {}, true],
  ['reopened', {}, {}, false],
  ['synchronize', {}, {}, false],
  ['opened', {}, draft, true],
  ['opened', { ignore_drafts: true }, draft, false],
  ['opened', { ignore_drafts: true }, {}, true],
  ['ready_for_review', { ignore_drafts: true }, {}, true],
  ['opened', { ignore_authors: ['Author'] }, {}, false],
  ['opened', { ignore_authors: ['author', 'other'] }, {}, true],
  ['opened', { wait_for_status: wait }, {}, false],
  ['opened', {}, { body: 'Mends it.\r\n/cc @somebody\r\n' }, false],
  ['opened', {}, { body: '/uncc somebody' }, false],
  ['opened', {}, { body: '/cc' }, false],
  ['opened', {}, { body: 'uses /cc a lot\n/ccx' }, true],
])('%s with %j, %j: %s', async (action, settings, given, asks) => {
  const { acts, host } = play(settings, given)
  await acts(action)
  expect(host.take()).toEqual(asks ? asked : [])
})

test.each<[text: string, asks: boolean]>([
  ['/auto-cc', true],
  ['please\r\n/Auto-CC \r\nthanks', true],
  ['/auto-cc now', false],
  [' /auto-cc', false],
  ['> /auto-cc', false],
  ['/auto-ccc', false],
])('%j asks: %s', async (text, asks) => {
  const { says, host } = play()
  await says('stranger', text)
  expect(host.take()).toEqual(asks ? asked : [])
})

test('a command asks whatever the settings leave out', async () => {
  const { says, host } = play(
    { ignore_drafts: true, ignore_authors: ['Author'], wait_for_status: wait },
    { ...draft, body: '/cc x' },
  )
  await says('stranger', '/auto-cc')
  expect(host.take()).toEqual(asked)
})

test('no command counts on closed pull requests, on issues, and in edits', async () => {
  const { says, change, host } = play()
  await says('stranger', '/auto-cc', { action: 'edited' })
  change({ state: 'closed' })
  await says('stranger', '/auto-cc')
  const issue = play({}, {}, {})
  await issue.saysOnIssue('stranger', '/auto-cc')
  expect([...host.calls, ...issue.host.calls]).toEqual([])
})

test('asking again, by command or when a draft is ready, asks nobody new', async () => {
  const { opens, acts, says, host } = play()
  await opens({ body: '/auto-cc' })
  expect(host.take()).toEqual(asked)
  await acts('ready_for_review')
  await says('stranger', '/auto-cc')
  expect(host.take()).toEqual([])
})

test('after a lost answer nobody else is asked', async () => {
  let lost = false
  let chance = 0
  const ids = { fraction: () => chance }
  const { opens, host, clock } = play({ request_count: 1 }, {}, { ids: { ...systemIds, ...ids } })
  host.after = (operation) => {
    if (operation !== 'requestReview' || lost) return
    lost = true
    chance = 0.99
    throw new CodeHostError('unavailable', 0, 'connection lost')
  }
  await opens()
  await clock.advance('10m')
  expect(lost).toBe(true)
  expect(host.take()).toEqual(['org/repo#1 request review al must'])
})

test('whom the host refuses the others do not suffer for', async () => {
  const { opens, host, metrics } = play()
  host.state.members.delete('org/ann')
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review al must'])
  expect(await metrics.metrics()).not.toMatch(/prow_plugin_handle_errors\{/)
})

test('the busy are not asked, where that is looked at; who cannot be looked up is not busy', async () => {
  const settings = { use_status_availability: true }
  const busy = play(settings)
  busy.host.state.busy.add('al')
  await busy.opens()
  expect(busy.host.take()).toEqual(['org/repo#1 request review ann must'])

  const unknown = play(settings)
  unknown.host.state.busy.add('al')
  unknown.host.before = (operation) => {
    if (operation === 'isBusy') throw new CodeHostError('forbidden', 403, 'no')
  }
  await unknown.opens()
  expect(unknown.host.take()).toEqual(asked)

  const off = play()
  off.host.state.busy.add('al')
  await off.opens()
  expect(off.host.take()).toEqual(asked)
  expect(off.host.calls).not.toContain('isBusy')
})

test('the settings decide how many', async () => {
  const max = play({ request_count: 1, max_request_count: 1 })
  max.host.state.files.set('org/repo#1', ['a/x.go', 'b/y.go'])
  await max.opens()
  expect(max.host.take()).toEqual(['org/repo#1 request review al must'])

  const approvers = play()
  approvers.host.state.files.set('org/repo#1', ['b/y.go'])
  await approvers.opens()
  expect(approvers.host.take()).toEqual(['org/repo#1 request review bea bob'])

  const none = play({ exclude_approvers: true })
  none.host.state.files.set('org/repo#1', ['b/y.go'])
  await none.opens()
  expect(none.host.take()).toEqual(['org/repo#1 request review bea'])
})

test('nobody is lost to the author, however the name is written', async () => {
  const { opens, host } = play({ request_count: 1 })
  host.state.files.set('org/repo#1', ['c/x.go'])
  await opens()
  expect(host.take()).toEqual(['org/repo#1 request review bob'])
})

test('nobody to ask, no request', async () => {
  const { opens, host } = play()
  host.state.files.set('org/repo#1', ['x.go'])
  await opens()
  expect(host.calls).not.toContain('requestReview')
})

const needs = 'Not mergeable. Needs approved, lgtm labels.'
test.each<
  [
    context: string,
    state: 'pending' | 'success',
    description: string,
    settings: Partial<ReviewersConfig>,
    given: Partial<PullRequest>,
    asks: boolean,
  ]
>([
  ['tide', 'pending', needs, { wait_for_status: wait }, {}, true],
  ['tide', 'pending', 'Not mergeable. Needs lgtm label', { wait_for_status: wait }, {}, true],
  [
    'tide',
    'pending',
    'Not mergeable. PullRequest is missing sufficient approving GitHub review(s)',
    { wait_for_status: wait },
    {},
    true,
  ],
  ['tide', 'pending', 'Not mergeable. Job unit has not succeeded.', { wait_for_status: wait }, {}, false],
  ['tide', 'success', needs, { wait_for_status: wait }, {}, false],
  ['other', 'pending', needs, { wait_for_status: wait }, {}, false],
  ['tide', 'pending', '', { wait_for_status: { ...wait, description: '' } }, {}, false],
  ['tide', 'pending', needs, {}, {}, false],
  [
    'ready',
    'success',
    'yes, it is',
    { wait_for_status: { context: 'ready', state: 'success', description: 'it' } },
    {},
    true,
  ],
  ['tide', 'pending', needs, { wait_for_status: wait, ignore_drafts: true }, draft, false],
  ['tide', 'pending', needs, { wait_for_status: wait, ignore_authors: ['Author'] }, {}, false],
  ['tide', 'pending', needs, { wait_for_status: wait }, { requested_reviewers: [userNamed('bea')] }, false],
  ['tide', 'pending', needs, { wait_for_status: wait }, { body: '/cc' }, true],
  ['tide', 'pending', needs, { wait_for_status: wait }, { state: 'closed' }, false],
])('the status %s %s %j with %j, %j: %s', async (context, state, description, settings, given, asks) => {
  const { setsStatus, host, metrics } = play(settings, given)
  await setsStatus(context, state, description)
  expect(host.take()).toEqual(asks ? asked : [])
  expect(await metrics.metrics()).not.toMatch(/prow_plugin_handle_errors\{/)
})

test('a status of an earlier commit, and one that nobody waits for, lead to nothing', async () => {
  const { deliver, change, pr, host } = play({ wait_for_status: wait })
  const status = { id: 1, sha: pr().head.sha, state: 'pending', context: 'tide', description: needs, target_url: '' }
  change({ head: { ref: 'feature', sha: 'feed000000000000000000000000000000000000' }, title: `about ${status.sha}` })
  await deliver('status', status)
  expect(host.calls).toEqual(['searchIssues', 'pullRequest'])
  const other = play()
  await other.deliver('status', status)
  expect(other.host.calls).toEqual([])
})

test('a pull request that cannot be read does not keep others from being seen to', async () => {
  const { setsStatus, host, pr } = play({ wait_for_status: wait })
  host.open({ org: 'org', repo: 'repo', number: 2 }, { head: pr().head, user: userNamed('Author') })
  host.state.files.set('org/repo#2', ['b/y.go'])
  host.before = (operation, at) => {
    if (operation === 'pullRequest' && at === 'org/repo#2') throw new CodeHostError('forbidden', 403, 'no')
  }
  await setsStatus('tide', 'pending', needs)
  expect(host.take()).toEqual(asked)
})

test('the help says how many are asked', () => {
  const help = (count?: number) =>
    blunderbuss.help?.(
      {
        ...{ plugins: {}, external_plugins: {}, triggers: [], lgtm: [] },
        help: { help_guidelines_url: '', help_guidelines_summary: '' },
        sections: count === undefined ? {} : { blunderbuss: { ...reviewersDefaults, request_count: count } },
      },
      ['org/repo'],
    ).config
  expect(help(3)).toEqual({ '': 'Blunderbuss is currently configured to request reviews from 3 reviewers.' })
  expect(help(1)?.['']).toContain('from 1 reviewer.')
  expect(help()?.['']).toContain('from 2 reviewers.')
})
