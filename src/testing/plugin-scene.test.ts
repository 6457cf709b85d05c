// Scenes: what happens on the pull request reaches the plugin as GitHub would send it, and the host knows of it, too.
import { expect, test } from 'vitest'
import type { EventKinds } from '../hook/events.ts'
import { plugin } from '../hook/plugin.ts'
import { type SceneOptions, scene } from './plugin-scene.ts'

type Heard = EventKinds[keyof EventKinds]

function play(options: Partial<SceneOptions> = {}) {
  const heard: Heard[] = []
  const hear = async ({ event }: { event: Heard }) => void heard.push(event)
  const kinds = [
    ...['issues', 'issue_comment', 'pull_request', 'pull_request_review', 'pull_request_review_comment', 'status'],
  ]
  const handlers = Object.fromEntries(kinds.map((kind) => [kind, hear]))
  const it = scene({ with: [plugin({ name: 'ears', about: 'Listens.', handlers })], ...options })
  return { ...it, last: () => heard.at(-1) }
}

test('a pull request is sent with all that the host knows of it', async () => {
  const { opens, last } = play()
  const milestone = { number: 1, title: 'v1', state: 'open' } as const
  const head = { ref: 'topic', sha: 'abc', repo: { org: 'casey', repo: 'repo' } }
  await opens({ requested_teams: ['leads'], milestone, head, merged: true, merge_commit_sha: 'def' })
  expect(last()).toMatchObject({
    type: 'pull_request',
    action: 'opened',
    pr: { requested_teams: ['leads'], milestone, head, merge_commit_sha: 'def', commits: 1 },
    repo: { default_branch: 'main' },
  })
})

test('a review is heard and listed, and its dismissal, too', async () => {
  const { reviews, last, host } = play()
  await reviews('bob', 'APPROVED', 'nice')
  expect(last()).toMatchObject({ type: 'pull_request_review', review: { state: 'approved', body: 'nice' } })
  await reviews('bob', 'dismissed', 'nice', 'dismissed')
  expect(last()).toMatchObject({ action: 'dismissed', review: { state: 'dismissed' } })
  const all = await host.reviews({ org: 'org', repo: 'repo', number: 1 })
  expect(all.map(({ user, state }) => [user.login, state])).toEqual([['bob', 'dismissed']])
})

test('comments on lines are no comments of the conversation', async () => {
  const { saysOnLine, last, host } = play()
  await saysOnLine('bob', 'why?', 'a.go')
  expect(last()).toMatchObject({ type: 'pull_request_review_comment', comment: { body: 'why?' } })
  const at = { org: 'org', repo: 'repo', number: 1 }
  expect(await host.reviewComments(at)).toMatchObject([{ path: 'a.go', body: 'why?', user: { login: 'bob' } }])
  expect(await host.comments(at)).toEqual([])
})

test('labels by hand are in the history', async () => {
  const { labels, unlabels, last, host, pr } = play()
  await labels('alice', 'approved')
  expect(last()).toMatchObject({ action: 'labeled', label: 'approved', sender: { login: 'alice' } })
  expect(pr().labels).toEqual(['approved'])
  await unlabels('bob', 'approved')
  expect(last()).toMatchObject({ action: 'unlabeled', label: 'approved', sender: { login: 'bob' } })
  const events = await host.issueEvents({ org: 'org', repo: 'repo', number: 1 })
  expect(events.map(({ event, actor }) => [event, actor])).toEqual([
    ['labeled', 'alice'],
    ['unlabeled', 'bob'],
  ])
})

test('a status is heard and set', async () => {
  const { setsStatus, last, host, pr } = play()
  await setsStatus('tide', 'pending', 'Not mergeable.')
  expect(last()).toMatchObject({ type: 'status', context: 'tide', state: 'pending', sha: pr().head.sha })
  expect(await host.statuses({ org: 'org', repo: 'repo' }, pr().head.sha)).toMatchObject([{ context: 'tide' }])
})

test('number one can be an issue', async () => {
  const { saysOnIssue, says, issueActs, labels, last, issue, host } = play({ issue: { title: 'It leaks' } })
  await issueActs('opened')
  expect(last()).toMatchObject({ type: 'issues', issue: { title: 'It leaks', isPullRequest: false } })
  for (const speak of [says, saysOnIssue]) {
    await speak('bob', '/close')
    expect(last()).toMatchObject({ type: 'issue_comment', issue: { isPullRequest: false }, sender: { login: 'bob' } })
  }
  await labels('bob', 'kind/bug')
  expect(last()).toMatchObject({ type: 'issues', action: 'labeled', label: 'kind/bug' })
  await host.close({ org: 'org', repo: 'repo', number: 1 }, 'not_planned')
  expect(issue()).toMatchObject({ state: 'closed', state_reason: 'not_planned', labels: ['kind/bug'] })
})

test('the repository has contents, and an app may make check runs', async () => {
  const { host } = play({ contents: { OWNERS: 'approvers: [bob]\n' }, isApp: true })
  const at = { org: 'org', repo: 'repo' }
  expect(Buffer.from((await host.file(at, 'OWNERS', 'main')) ?? []).toString()).toBe('approvers: [bob]\n')
  expect((await host.bot()).isApp).toBe(true)
  await host.createCheckRun(at, { name: 'n', head_sha: 'abc', conclusion: 'success', title: 't', summary: 's' })
  expect(await host.checkRuns(at, 'abc')).toMatchObject([{ name: 'n', conclusion: 'success', status: 'completed' }])
})
