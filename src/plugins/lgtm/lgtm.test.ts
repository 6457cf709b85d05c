// lgtm, as the people on a pull request see it. author wrote it; collab1 and assignee1 are assigned; collab1 and collab2 are collaborators.
import { expect, test } from 'vitest'
import { CodeHostError, type PullRequest } from '../../api/code-host.ts'
import type { LgtmConfig } from '../../config/types.ts'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { testClock } from '../../testing/clock.ts'
import { memoryCodeHost, userNamed } from '../../testing/memory-code-host.ts'
import { type SceneOptions, scene } from '../../testing/plugin-scene.ts'
import { decideLgtm, removedNotice, reviewedTree, treeHashComment } from './decide.ts'
import lgtm from './lgtm.ts'

const hashes: LgtmConfig = {
  repos: ['org'],
  review_acts_as_lgtm: false,
  store_tree_hash: true,
  trusted_team_for_sticky_lgtm: '',
}

function play(
  settings: Partial<LgtmConfig> = {},
  given: Partial<PullRequest> = {},
  options: Partial<SceneOptions> = {},
) {
  const { plugins, ...others } = options
  const it = scene({ with: [lgtm], plugins: { lgtm: [{ ...hashes, ...settings }], ...plugins }, ...others })
  it.change({ assignees: ['collab1', 'assignee1'].map(userNamed), ...given })
  for (const login of ['collab1', 'collab2']) it.host.state.collaborators.add(`org/repo/${login}`)
  it.host.state.members.add('org/assignee1')
  it.host.state.files.set('org/repo#1', ['pkg/deep/a.go'])
  it.host.state.trees.set('org/repo@bead000000000000000000000000000000000000', 'treesha')
  return it
}
const labelled = { labels: ['lgtm'] }
const hash = 'org/repo#1 comment: LGTM label has been added.  <details>Git tree hash: treesha</details>'

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

const ref = { org: 'org', repo: 'repo', number: 1 }
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

test('the help text of a repository lists what is switched on', () => {
  const help = (settings: Partial<LgtmConfig>) =>
    lgtm.help?.(
      {
        plugins: {},
        external_plugins: {},
        triggers: [],
        lgtm: [{ ...hashes, ...settings }],
        help: { help_guidelines_url: '', help_guidelines_summary: '' },
        sections: {},
      },
      ['org/repo', 'x/y'],
    )?.config
  expect(help({})).toEqual({ 'org/repo': '<ul><li>Squashing commits does not remove LGTM.</li></ul>' })
  expect(help({ store_tree_hash: false })).toEqual({})
})

const nobody = {
  wants: 'add',
  isAuthor: false,
  byOwners: false,
  isCollaborator: false,
  isOwner: false,
  isAssigned: false,
  isOutdated: false,
} as const
test.each([
  ['authors may always cancel', { ...nobody, wants: 'cancel', isAuthor: true } as const, { assign: false }],
  ['an owner is not assigned', { ...nobody, byOwners: true, isOwner: true }, { assign: false }],
  ['a collaborator is assigned once', { ...nobody, isCollaborator: true, isAssigned: true }, { assign: false }],
  [
    'an outdated review takes the label off',
    { ...nobody, wants: 'cancel', isCollaborator: true, isOutdated: true } as const,
    { assign: true },
  ],
  [
    'a stranger is not told of newer commits',
    { ...nobody, isOutdated: true },
    { refuse: expect.stringContaining('collaborators') },
  ],
  ['being assigned is not enough', { ...nobody, isAssigned: true }, { refuse: expect.any(String) }],
])('%s', (_why, given, want) => expect(decideLgtm(given)).toEqual(want))

test('a comment without hash remembers nothing', () => {
  const host = memoryCodeHost(testClock())
  expect(reviewedTree([host.say(ref, 'x', 'LGTM label has been added.')])).toBeUndefined()
})
