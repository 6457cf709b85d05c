// lgtm, as the people on a pull request see it.
import { expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import type { LgtmConfig } from '../../config/types.ts'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { snapshot } from '../../testing/config.ts'
import { removedNotice, treeHashComment } from './decide.ts'
import lgtm from './lgtm.ts'
import { hash, hashes, labelled, play, ref } from './testing/scene.ts'

test('an assigned collaborator adds the label, and the tree is remembered', async () => {
  const { says, host } = play()
  await says('collab1', '/lgtm')
  expect(host.take()).toEqual(['org/repo#1 +lgtm', hash])
  expect(host.calls).not.toContain('assign')
})

test('what is so already is not done again', async () => {
  const there = play({}, labelled)
  await there.says('collab1', '/lgtm')
  expect(there.host.take()).toEqual([])
  const absent = play()
  absent.host.say({ org: 'org', repo: 'repo', number: 1 }, 'k8s-ci-robot', treeHashComment('treesha'))
  await absent.says('collab1', '/lgtm cancel')
  expect(absent.host.take()).toEqual([])
})

test('another collaborator is assigned, too', async () => {
  const { says, host } = play()
  await says('collab2', '/LGTM no-issue \r')
  expect(host.take()).toEqual(['org/repo#1 assign collab2', 'org/repo#1 +lgtm', hash])
})

test.each(['/lgtm', '/LGTM', '/lgtm ', '/lgtm no-issue \r', 'Nice.\r\n/lgtm\r\nThanks.'])(
  '%j adds the label',
  async (text) => {
    const { says, pr } = play()
    await says('collab1', text)
    expect(pr().labels).toEqual(['lgtm'])
  },
)

test('an assignment that fails does not matter', async () => {
  const { says, host } = play()
  host.before = (operation) => {
    if (operation === 'assign') throw new CodeHostError('forbidden', 403, 'no')
  }
  await says('collab2', '/lgtm')
  expect(host.take()).toContain('org/repo#1 +lgtm')
})

test.each(['/lgtm great', ' /lgtm', '> /lgtm', '/lgtm  cancel', '/lgtm /approve'])('%j is no command', async (text) => {
  const { says, host } = play()
  await says('collab1', text)
  expect(host.calls).toEqual([])
})

test('both commands in one comment count as lgtm', async () => {
  const { says, pr } = play()
  await says('collab1', '/lgtm\n/lgtm cancel')
  expect(pr().labels).toEqual(['lgtm'])
})

test.each<[login: string, text: string, given: { labels?: string[] }, answer: RegExp]>([
  ['author', '/lgtm', {}, /^org\/repo#1 comment: @author: you cannot LGTM your own PR/],
  ['stranger', '/lgtm', {}, /^org\/repo#1 comment: @stranger: changing LGTM is restricted to collaborators/],
  ['stranger', '/lgtm cancel', labelled, /@stranger: changing LGTM is restricted to collaborators/],
  ['assignee1', '/lgtm', {}, /@assignee1: changing LGTM is restricted to collaborators/],
  ['assignee1', '/remove-lgtm', labelled, /@assignee1: changing LGTM is restricted to collaborators/],
])('%s may not %s', async (login, text, given, answer) => {
  const { says, host, pr } = play({}, given)
  await says(login, text)
  expect(host.take()).toEqual([expect.stringMatching(answer)])
  expect(pr().labels).toEqual(given.labels ?? [])
})

test('the author may cancel, and the assignees are asked again', async () => {
  const { says, host } = play({}, labelled)
  host.say({ org: 'org', repo: 'repo', number: 1 }, 'k8s-ci-robot', treeHashComment('treesha'))
  await says('author', '/lgtm cancel')
  expect(host.take()).toEqual([
    'org/repo#1 -lgtm',
    'org/repo#1 request review collab1 assignee1',
    `org/repo delete comment: ${treeHashComment('treesha')}`,
  ])
})

test('without store_tree_hash there is only the label', async () => {
  const { says, host } = play({ store_tree_hash: false })
  await says('collab1', '/lgtm')
  await says('collab1', '/remove-lgtm')
  expect(host.take()).toEqual(['org/repo#1 +lgtm', 'org/repo#1 -lgtm'])
})

test('on closed pull requests and issues nothing happens', async () => {
  const { says, saysOnIssue, change, host } = play()
  await saysOnIssue('collab1', '/lgtm')
  change({ state: 'closed' })
  await says('collab1', '/lgtm')
  expect(host.calls).toEqual([])
})

const owners = memoryOwners({ 'pkg/OWNERS': 'reviewers: [Sam]', 'other/OWNERS': 'approvers: [collab1]' })
const byOwners = { owners, plugins: { sections: { owners: { skip_collaborators: ['org/repo'] } } } }

test('where OWNERS decide, a reviewer of the files adds the label and is not assigned', async () => {
  const { says, host } = play({}, {}, byOwners)
  await says('Sam', '/lgtm')
  expect(host.take()).toEqual(['org/repo#1 +lgtm', hash])
  expect(host.calls).not.toContain('isCollaborator')
})

test.each([
  [['org'], true],
  [['other', 'org/repo'], true],
  [['org/other', 'other'], false],
])('OWNERS decide where skip_collaborators is %j: %s', async (skip_collaborators, decide) => {
  const { says, pr } = play({}, {}, { owners, plugins: { sections: { owners: { skip_collaborators } } } })
  await says('sam', '/lgtm')
  expect(pr().labels).toEqual(decide ? ['lgtm'] : [])
})

test('where OWNERS decide, being a collaborator or an owner of other files does not help', async () => {
  const { says, host } = play({}, {}, byOwners)
  await says('collab1', '/lgtm')
  expect(host.take()).toEqual([expect.stringMatching(/@collab1: adding LGTM is restricted to approvers and reviewers/)])
})

test.each<[login: string, state: string, body: string, action: string, given: object, want: string[]]>([
  ['collab1', 'APPROVED', '', 'submitted', {}, ['lgtm']],
  ['collab1', 'approved', 'nice', 'submitted', {}, ['lgtm']],
  ['collab1', 'approved', '', 'edited', {}, []],
  ['collab1', 'dismissed', '', 'dismissed', labelled, ['lgtm']],
  ['collab1', 'commented', '', 'submitted', {}, []],
  ['collab1', 'changes_requested', '', 'submitted', labelled, []],
  ['collab1', 'approved', '/lgtm cancel', 'submitted', labelled, []],
  ['some-app[bot]', 'approved', '', 'submitted', {}, []],
  ['k8s-ci-robot', 'approved', '', 'submitted', {}, []],
  ['some-app[bot]', 'changes_requested', '', 'submitted', labelled, ['lgtm']],
  ['k8s-ci-robot', 'changes_requested', '', 'submitted', labelled, ['lgtm']],
  ['collab1', 'changes_requested', '', 'edited', labelled, ['lgtm']],
  ['author', 'approved', '', 'submitted', {}, []],
])('a review by %s: %s %j (%s), before: %j', async (login, state, body, action, given, want) => {
  const { reviews, host, pr } = play({ review_acts_as_lgtm: true }, given)
  host.state.collaborators.add(`org/repo/${login}`)
  await reviews(login, state, body, action)
  expect(pr().labels).toEqual(want)
})

test('a review with a command in it is answered once', async () => {
  for (const body of ['/lgtm', '/lgtm cancel']) {
    const { reviews, host } = play({ review_acts_as_lgtm: true })
    await reviews('stranger', 'approved', body)
    expect(host.take()).toEqual([expect.stringContaining('@stranger: changing LGTM is restricted')])
  }
})

test('a review that asks for changes takes the label off, also where the state is upper case', async () => {
  const { reviews, host } = play({ review_acts_as_lgtm: true, store_tree_hash: false }, labelled)
  await reviews('collab1', 'CHANGES_REQUESTED')
  expect(host.take()).toEqual(['org/repo#1 -lgtm'])
})

test('a review of commits that are not the newest adds nothing, and may still take the label off', async () => {
  const outdated = (given: { labels?: string[] } = {}) => {
    const it = play({ review_acts_as_lgtm: true, store_tree_hash: false }, given)
    it.host.before = (operation) => {
      if (operation === 'isCollaborator') it.change({ head: { ref: 'feature', sha: 'newer' } })
    }
    return it
  }
  const it = outdated()
  await it.reviews('collab2', 'approved')
  expect(it.host.take()).toEqual([
    expect.stringMatching(/@collab2: there are newer commits than those you have reviewed/),
  ])
  const before = outdated(labelled)
  await before.reviews('collab1', 'changes_requested')
  expect(before.pr().labels).toEqual([])
})

test('a tree that cannot be found out keeps no label, and does not keep the notice of removal', async () => {
  const { says, acts, host, pr } = play()
  host.say(ref, 'k8s-ci-robot', removedNotice)
  host.before = (operation) => {
    if (operation === 'treeSha') throw new CodeHostError('not-found', 404, 'no commit')
  }
  await says('collab1', '/lgtm')
  expect(host.take()).toEqual([
    'org/repo#1 +lgtm',
    `org/repo#1 comment: ${treeHashComment('')}`,
    `org/repo delete comment: ${removedNotice}`,
  ])
  host.before = undefined
  host.state.trees.set('org/repo@bead000000000000000000000000000000000000', '')
  await acts('synchronize')
  expect(pr().labels).toEqual([])
})

test('reviews do nothing unless they are switched on', async () => {
  const { reviews, host } = play()
  await reviews('collab1', 'approved')
  expect(host.calls).toEqual([])
})

test('the help text of a repository lists what is switched on', () => {
  const help = (settings: Partial<LgtmConfig>) =>
    lgtm.help?.(snapshot({ plugins: { lgtm: [{ ...hashes, ...settings }] } }).plugins, ['org/repo', 'x/y'])?.config
  expect(help({})).toEqual({ 'org/repo': '<ul><li>Squashing commits does not remove LGTM.</li></ul>' })
  expect(help({ trusted_team_for_sticky_lgtm: 'A & B' })?.['org/repo']).toContain('from "A &amp; B" do not')
  expect(help({ store_tree_hash: false })).toEqual({})
})
