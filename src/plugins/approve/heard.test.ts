// What approve listens to: events, comments and reviews.
import { describe, expect, test } from 'vitest'
import type { PullRequest } from '../../api/code-host.ts'
import type { ApproveConfig } from '../../config/sections/plugins/reviews.ts'
import { userNamed } from '../../testing/memory-code-host.ts'
import type { PluginScene } from '../../testing/plugin-scene.ts'
import { bot, own, play, ref, title } from './testing/scene.ts'

const there = (it: PluginScene) => it.host.take().map(title)

test.each<[event: string, action: string, extra: object, given: Partial<PullRequest>, acts: boolean]>([
  ['a new one', 'opened', {}, {}, true],
  ['a push', 'synchronize', {}, {}, true],
  ['opening it again', 'reopened', {}, {}, true],
  ['the label', 'labeled', { label: { name: 'approved' } }, {}, true],
  ['the label on a closed one', 'labeled', { label: { name: 'approved' } }, { state: 'closed' }, false],
  ['our own label', 'labeled', { label: { name: 'approved' }, sender: userNamed(bot) }, {}, false],
  ['another label', 'labeled', { label: { name: 'lgtm' } }, {}, false],
  ['a label that goes', 'unlabeled', { label: { name: 'approved' } }, {}, false],
  ['a new description', 'edited', { changes: {} }, {}, false],
  ['closing', 'closed', {}, { state: 'closed' }, false],
])('%s (%s) is looked at: %s %s %s', async (_event, action, extra, given, acts) => {
  const it = play({ given })
  await it.acts(action, extra)
  expect(there(it).length > 0).toBe(acts)
})

test.each<[text: string, settings: Partial<ApproveConfig>, acts: boolean]>([
  ['/approve', {}, true],
  ['thanks\r\n/Approve\r\n', {}, true],
  ['/remove-approve', {}, true],
  ['/approve this', {}, true],
  ['/lgtm', {}, false],
  ['/lgtm', { lgtm_acts_as_approve: true }, true],
  ['/lgtm great work', { lgtm_acts_as_approve: true }, true],
  ['/lgtm /approve', {}, false],
  ['/lgtm /approve', { lgtm_acts_as_approve: true }, true],
  ['/approved', {}, false],
  ['/approve!', {}, false],
  [' /approve', {}, false],
  ['> /approve', {}, false],
  ['please /approve', {}, false],
])('%j with %j is heard: %s', async (text, settings, acts) => {
  const it = play({ settings })
  await it.says('somebody', text)
  expect(there(it).length > 0).toBe(acts)
  if (!acts) expect(it.host.calls).toEqual([])
})

test('comments on issues and closed ones, edited ones and our own are not heard', async () => {
  const it = play()
  await it.saysOnIssue('cblecker', '/approve')
  await it.says('cblecker', '/approve', { action: 'edited' })
  await it.says(bot, '/approve')
  it.change({ state: 'closed' })
  await it.says('cblecker', '/approve')
  expect(there(it)).toEqual([])
})

test('a command in the description is no approval', async () => {
  const it = play({ files: ['a/a.go'], given: { user: userNamed('Alice'), body: '/approve' }, settings: own })
  await it.acts('opened')
  expect(it.pr().labels).toEqual([])
})

test('commands of comments on lines, and in fences, count', async () => {
  const it = play({ files: ['a/a.go'] })
  await it.saysOnLine('Alice', '```\n/approve\n```', 'a/a.go')
  expect(it.pr().labels).toEqual(['approved'])
})

describe('reviews', () => {
  type Reviewed = [state: 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending', body?: string][]
  test.each<[why: string, reviews: Reviewed, settings: Partial<ApproveConfig>, approves: boolean]>([
    ['an approval', [['approved']], {}, true],
    ['an approval where they do not count', [['approved']], { ignore_review_state: true }, false],
    ['a comment', [['commented']], {}, false],
    ['a pending one', [['pending']], {}, false],
    ['a dismissed one', [['dismissed']], {}, false],
    ['a wish for changes after an approval', [['approved'], ['changes_requested']], {}, false],
    ['a dismissed one after an approval', [['approved'], ['dismissed']], {}, true],
    ['an approval that takes itself back', [['approved', '/approve cancel']], {}, false],
    ['a wish for changes that approves', [['changes_requested', '/approve']], {}, true],
    ['a wish for changes with /lgtm in it', [['changes_requested', '/lgtm']], {}, false],
    ['the same where that counts', [['changes_requested', '/lgtm']], { lgtm_acts_as_approve: true }, true],
    [
      'a comment that approves where reviews do not count',
      [['commented', '/approve']],
      { ignore_review_state: true },
      true,
    ],
    ['a dismissed one that approves in words', [['dismissed', '/approve']], {}, true],
  ])('%s', async (_why, reviews, settings, approves) => {
    const it = play({ files: ['a/a.go'], settings })
    for (const [state, body = ''] of reviews) it.host.review(ref, 'Alice', state, body)
    await it.acts('synchronize')
    expect(it.pr().labels).toEqual(approves ? ['approved'] : [])
  })

  test.each<
    [login: string, state: string, body: string, action: string, settings: Partial<ApproveConfig>, acts: boolean]
  >([
    ['Alice', 'approved', '', 'submitted', {}, true],
    ['Alice', 'APPROVED', '', 'submitted', {}, true],
    ['Alice', 'changes_requested', '', 'submitted', {}, true],
    ['Alice', 'dismissed', '', 'dismissed', {}, true],
    ['Alice', 'commented', '', 'submitted', {}, false],
    ['Alice', 'approved', '', 'edited', {}, false],
    ['Alice', 'approved', '', 'submitted', { ignore_review_state: true }, false],
    ['some-app[bot]', 'approved', '', 'submitted', {}, false],
    [bot, 'approved', '', 'submitted', {}, false],
  ])('of %s: %s %j (%s) with %j is heard: %s', async (login, state, body, action, settings, acts) => {
    const it = play({ files: ['a/a.go'], settings })
    await it.reviews(login, state, body, action)
    expect(there(it).length > 0).toBe(acts)
  })

  test('with a command in them are looked at once', async () => {
    const it = play({ files: ['a/a.go'], settings: own })
    await it.reviews('Alice', 'approved', '/approve')
    expect(it.host.calls.filter((call) => call === 'reviews')).toHaveLength(1)
    expect(it.pr().labels).toEqual(['approved'])
  })

  test('of bots make all that they say nothing', async () => {
    const it = play({ files: ['a/a.go'] })
    it.host.review(ref, 'alice', 'approved', '', { user: { ...userNamed('alice'), type: 'Bot' } })
    it.host.say(ref, 'alice', '/approve')
    await it.acts('synchronize')
    expect(it.pr().labels).toEqual([])
  })
})
