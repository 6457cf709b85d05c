// lgtm: what a push takes away, and what it leaves.
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import { removedNotice, treeHashComment } from './decide.ts'
import { hash, labelled, play, ref } from './testing/scene.ts'

const goes = ['org/repo#1 -lgtm', 'org/repo#1 request review collab1 assignee1', `org/repo#1 comment: ${removedNotice}`]

test('a push takes the label off', async () => {
  const { acts, host } = play({}, labelled)
  await acts('synchronize')
  expect(host.take()).toEqual(goes)
})

test('a push without assignees asks nobody', async () => {
  const { acts, host } = play({}, { ...labelled, assignees: [] })
  await acts('synchronize')
  expect(host.take()).toEqual([goes[0], goes[2]])
})

test('a refused review request does not keep the notice back', async () => {
  const { acts, host } = play({}, labelled)
  host.before = (operation) => {
    if (operation === 'requestReview') throw new CodeHostError('invalid', 422, 'the author cannot review')
  }
  await acts('synchronize')
  expect(host.take()).toEqual([goes[0], goes[2]])
})

test.each<[why: string, comments: [login: string, body: string, edited?: boolean][], stays: boolean]>([
  ['the same tree', [['k8s-ci-robot', treeHashComment('treesha')]], true],
  ['another tree', [['k8s-ci-robot', treeHashComment('other')]], false],
  ['words of somebody else that the bot quotes', [['k8s-ci-robot', `@x: no\n\n>${treeHashComment('treesha')}`]], false],
  ['a comment of somebody else', [['mallory', treeHashComment('treesha')]], false],
  ['an edited comment', [['k8s-ci-robot', treeHashComment('treesha'), true]], false],
  ['an empty hash', [['k8s-ci-robot', treeHashComment('')]], false],
  [
    'the newer of two',
    [
      ['k8s-ci-robot', treeHashComment('treesha')],
      ['k8s-ci-robot', treeHashComment('other')],
    ],
    false,
  ],
  [
    'the newer of two, the other way round',
    [
      ['k8s-ci-robot', treeHashComment('other')],
      ['k8s-ci-robot', treeHashComment('treesha')],
    ],
    true,
  ],
])('after a push with %s, the label stays: %j %s', async (_why, comments, stays) => {
  const { acts, host, pr } = play({}, labelled)
  for (const [login, body, edited] of comments)
    host.say(ref, login, body, edited ? { updated_at: '2030-01-01T00:00:00Z' } : {})
  await acts('synchronize')
  expect(pr().labels).toEqual(stays ? ['lgtm'] : [])
  expect(host.take()).toEqual(stays ? [] : goes)
})

test('comments that cannot be read count as a changed tree', async () => {
  const { acts, host, pr } = play({}, labelled)
  host.say(ref, 'k8s-ci-robot', treeHashComment('treesha'))
  host.before = (operation) => {
    if (operation === 'comments') throw new CodeHostError('forbidden', 403, 'no')
  }
  await acts('synchronize')
  expect(pr().labels).toEqual([])
})

test('nothing happens as long as it is unknown whose comments are our own', async () => {
  const { acts, host } = play({}, labelled)
  host.before = (operation) => {
    if (operation === 'bot') throw new CodeHostError('forbidden', 403, 'no')
  }
  await acts('synchronize')
  expect(host.take()).toEqual([])
})

test('pushes of the trusted team keep the label; an unknown team trusts nobody', async () => {
  const trusted = play({ trusted_team_for_sticky_lgtm: 'Release Team' }, labelled)
  trusted.host.state.teams.set('org/Release Team', ['author'])
  await trusted.acts('synchronize')
  expect(trusted.host.take()).toEqual([])
  expect(trusted.host.calls).not.toContain('comments')
  const unknown = play({ trusted_team_for_sticky_lgtm: 'Release Team' }, labelled)
  await unknown.acts('synchronize')
  expect(unknown.pr().labels).toEqual([])
})

test('a team that cannot be listed trusts nobody', async () => {
  const { acts, host, pr } = play({ trusted_team_for_sticky_lgtm: 'Release Team' }, labelled)
  host.state.teams.set('org/Release Team', ['author'])
  host.before = (operation) => {
    if (operation === 'teamMembers') throw new CodeHostError('forbidden', 403, 'no')
  }
  await acts('synchronize')
  expect(pr().labels).toEqual([])
})

test('for the trusted team no tree is remembered', async () => {
  const { says, host } = play({ trusted_team_for_sticky_lgtm: 'Release Team' })
  host.state.teams.set('org/Release Team', ['author'])
  await says('collab1', '/lgtm')
  expect(host.take()).toEqual(['org/repo#1 +lgtm'])
})

test('the notice of removal goes with the next lgtm, and stays when that is refused', async () => {
  const { acts, says, host } = play({}, labelled)
  await acts('synchronize')
  host.take()
  await says('stranger', '/lgtm')
  expect(host.take()).toHaveLength(1)
  await says('collab1', '/lgtm')
  expect(host.take()).toEqual(['org/repo#1 +lgtm', hash, `org/repo delete comment: ${removedNotice}`])
})

test('a merged pull request keeps its label', async () => {
  const { acts, host } = play({}, { ...labelled, merged: true })
  await acts('synchronize')
  expect(host.take()).toEqual([])
})

test('what a lost answer left half done is completed, once', async () => {
  const { acts, host, clock } = play({}, labelled)
  let lost = 0
  host.after = (operation) => {
    if (operation === 'removeLabel' || operation === 'comment') {
      lost++
      throw new CodeHostError('unavailable', 0, 'connection lost')
    }
  }
  await acts('synchronize')
  await clock.advance('10m')
  expect(lost).toBe(2)
  expect(host.take().filter((effect) => !effect.includes('request review'))).toEqual([goes[0], goes[2]])
})
