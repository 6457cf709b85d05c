// approve, as the people on a pull request see it. cjwagner wrote it, spxtr is assigned.
import { describe, expect, test } from 'vitest'
import { CodeHostError, type PullRequest } from '../../api/code-host.ts'
import { type ApproveConfig, approveDefaults } from '../../config/sections/plugins/reviews.ts'
import type { PluginConfig } from '../../config/types.ts'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { userNamed } from '../../testing/memory-code-host.ts'
import { type PluginScene, type SceneOptions, scene } from '../../testing/plugin-scene.ts'
import approve from './approve.ts'

const ref = { org: 'org', repo: 'repo', number: 1 }
const bot = 'k8s-ci-robot'
const owners = {
  'a/OWNERS': 'approvers: [Alice]',
  'a/b/OWNERS': 'approvers: [Bill]',
  'c/OWNERS': 'approvers: [cblecker, cjwagner]',
  'e/OWNERS': 'approvers: [spxtr]',
}

interface Play extends Partial<Omit<SceneOptions, 'plugins'>> {
  readonly files?: readonly string[]
  readonly settings?: Partial<ApproveConfig>
  readonly given?: Partial<PullRequest>
  readonly sections?: PluginConfig['sections']
}

function play({ files = ['c/c.go'], settings = {}, given = {}, sections = {}, ...options }: Play = {}): PluginScene {
  const it = scene({
    with: [approve],
    owners: memoryOwners(owners),
    plugins: { sections: { approve: [{ ...approveDefaults, repos: ['org'], ...settings }], ...sections } },
    ...options,
  })
  it.change({ user: userNamed('cjwagner'), assignees: [userNamed('spxtr')], ...given })
  it.host.state.files.set('org/repo#1', files)
  return it
}

/** The one notification there is. */
function notice({ host }: PluginScene): string {
  const all = (host.state.comments.get('org/repo#1') ?? []).filter(({ user }) => user.login === bot)
  expect(all).toHaveLength(1)
  return all[0]?.body ?? ''
}
const title = (text: string) => text.split('\n')[0]
const approved = '[APPROVALNOTIFIER] This PR is **APPROVED**'
const notApproved = '[APPROVALNOTIFIER] This PR is **NOT APPROVED**'
const meta = (text: string): unknown => JSON.parse(/<!-- META=(.*) -->$/.exec(text)?.[1] ?? 'null')
const own = { require_self_approval: true }
const labelled = { labels: ['approved'] }

test('an owner approves by proposing: label and comment', async () => {
  const it = play()
  await it.acts('opened')
  expect(it.pr().labels).toEqual(['approved'])
  expect(notice(it)).toBe(`[APPROVALNOTIFIER] This PR is **APPROVED**

This pull-request has been approved by: *<a href="https://github.com/org/repo/pull/1#" title="Author self-approved">cjwagner</a>*

All commands that I understand are listed [here](https://go.k8s.io/bot-commands?repo=org%2Frepo).

How changes are reviewed is described [here](https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process).

<details >
Needs approval from an approver in each of these files:

- ~~[c/OWNERS](https://github.com/org/repo/blob/main/c/OWNERS)~~ [cjwagner]

Approvers approve by writing \`/approve\` in a comment.
Approvers take their approval back by writing \`/approve cancel\` in a comment.
</details>
<!-- META={"approvers":[]} -->`)
})

test('where authors have to say it, an owner is suggested', async () => {
  const it = play({ settings: own })
  await it.acts('opened')
  expect(it.pr().labels).toEqual([])
  expect(notice(it)).toBe(`[APPROVALNOTIFIER] This PR is **NOT APPROVED**

This pull-request has been approved by:
**Once this PR has been reviewed and has the lgtm label**, please assign [cblecker](https://github.com/cblecker) for approval. More is in [the Code Review Process](https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process).

All commands that I understand are listed [here](https://go.k8s.io/bot-commands?repo=org%2Frepo).

<details open>
Needs approval from an approver in each of these files:

- **[c/OWNERS](https://github.com/org/repo/blob/main/c/OWNERS)**

Approvers approve by writing \`/approve\` in a comment.
Approvers take their approval back by writing \`/approve cancel\` in a comment.
</details>
<!-- META={"approvers":["cblecker"]} -->`)
})

test('who is assigned is asked, others are to be assigned', async () => {
  const it = play({ settings: own, files: ['c/c.go', 'e/e.go'] })
  await it.acts('opened')
  expect(notice(it)).toContain(
    'please ask for approval from [spxtr](https://github.com/spxtr) and additionally assign [cblecker](https://github.com/cblecker) for approval.',
  )
  expect(meta(notice(it))).toEqual({ approvers: ['cblecker', 'spxtr'] })
})

test('nobody is asked when nobody would help', async () => {
  const it = play({ settings: own, files: ['free/x'], given: { assignees: [] } })
  await it.acts('opened')
  expect(notice(it)).toMatch(/approved by:\n\nAll commands/)
  expect(notice(it)).toContain('- **[OWNERS](https://github.com/org/repo/blob/main/OWNERS)**\n')
  const assigned = play({ settings: own, files: ['e/e.go'] })
  await assigned.acts('opened')
  expect(notice(assigned)).toContain('please ask for approval from [spxtr](https://github.com/spxtr). More')
})

describe('an issue', () => {
  const settings = { issue_required: true }

  test('is waived by an owner', async () => {
    const it = play({ settings, files: ['a/a.go'] })
    await it.says('Alice', 'stuff\n/approve no-issue \nmore')
    expect(title(notice(it))).toBe(approved)
    expect(notice(it)).toMatch(
      /\n\nAssociated issue requirement bypassed by: \*<a href=".*" title="Approved">Alice<\/a>\*\n/,
    )
    expect(notice(it)).toContain('~~ [Alice]\n')
    expect(it.pr().labels).toEqual(['approved'])
  })

  test('belongs to the change by its description', async () => {
    const it = play({ settings, files: ['a/a.go'], given: { body: 'fixes #42' } })
    await it.says('Alice', '/approve')
    expect(title(notice(it))).toBe(approved)
    expect(notice(it)).toContain('\n\nAssociated issue: *#42*\n\n')
  })

  test('is missing when that is all that is missing', async () => {
    const it = play({ settings, files: ['a/a.go'] })
    await it.says('Alice', '/approve')
    expect(title(notice(it))).toBe(notApproved)
    expect(notice(it)).toContain('\n\n*No associated issue*. Refer')
    expect(notice(it)).toContain('<details >')
    expect(notice(it)).toContain('How changes are reviewed')
    expect(notice(it)).not.toContain('Once this PR')
    expect(it.pr().labels).toEqual([])
  })

  test('stays waived when the same person approves again', async () => {
    const it = play({ settings, files: ['a/a.go'] })
    await it.says('Alice', '/approve no-issue')
    await it.says('Alice', '/approve')
    expect(title(notice(it))).toBe(approved)
  })

  test('is not waived by others', async () => {
    const it = play({ settings, files: ['a/a.go'] })
    await it.says('Alice', '/approve')
    await it.says('cblecker', '/approve no-issue')
    expect(title(notice(it))).toBe(notApproved)
    expect(notice(it)).toContain('>cblecker</a>')
  })

  test('is made up for by the label', async () => {
    const it = play({ settings, files: ['a/a.go'] })
    it.host.label(ref, 'somebody', 'approved')
    await it.acts('synchronize')
    expect(title(notice(it))).toBe(approved)
    expect(notice(it)).toContain('\n\n*No associated issue*. The label')
  })

  test('is not spoken of where none is required', async () => {
    const it = play({ files: ['a/a.go'], given: { body: '#42' } })
    await it.says('Alice', '/approve no-issue')
    expect(notice(it)).not.toContain('ssociated issue')
  })
})

test.each(['/approve cancel', '/remove-approve', '/APPROVE please Cancel it', '/remove-approve whatever'])(
  '%j takes an approval back',
  async (text) => {
    const it = play({ files: ['a/a.go'] })
    await it.says('Alice', '/approve')
    const before = notice(it)
    it.host.take()
    await it.says('alice', text)
    expect(it.host.take()).toEqual([
      `org/repo delete comment: ${before}`,
      `org/repo#1 comment: ${notice(it)}`,
      'org/repo#1 -approved',
    ])
    expect(title(notice(it))).toBe(notApproved)
  },
)

test.each([
  ['CJWagner', '/approve cancel', {}],
  ['cjwagner', '/lgtm cancel //PR changed after LGTM, removing LGTM.', { lgtm_acts_as_approve: true }],
])('%s ends the approval by proposing with %j', async (login, text, settings) => {
  const it = play({ settings })
  await it.acts('opened')
  await it.says(login, text)
  expect(it.pr().labels).toEqual([])
  expect(notice(it)).not.toContain('Author self-approved')
})

test('what the author says counts more than proposing', async () => {
  const it = play()
  await it.says('cjwagner', '/approve')
  expect(notice(it)).toContain('title="Approved">cjwagner')
})

test('what is so already is left alone', async () => {
  const it = play()
  await it.acts('opened')
  it.host.take()
  await it.acts('synchronize')
  await it.acts('reopened')
  expect(it.host.take()).toEqual([])
})

test('of several notifications the newest counts, and all go when it is out of date', async () => {
  const it = play()
  it.host.say(ref, bot, '[ApprovalNotifier] old')
  it.host.say(ref, 'mallory', '[APPROVALNOTIFIER] mine')
  it.host.say(ref, bot, 'other [APPROVALNOTIFIER]')
  it.host.say(ref, bot, '[APPROVALNOTIFIER]')
  await it.acts('opened')
  expect(it.host.take().map(title)).toEqual([
    'org/repo delete comment: [ApprovalNotifier] old',
    'org/repo delete comment: [APPROVALNOTIFIER]',
    `org/repo#1 comment: ${approved}`,
    'org/repo#1 +approved',
  ])
})

test('a push to files of others takes the label off', async () => {
  const it = play()
  await it.acts('opened')
  it.host.state.files.set('org/repo#1', ['c/c.go', 'a/a.go'])
  await it.acts('synchronize')
  expect(it.pr().labels).toEqual([])
  expect(title(notice(it))).toBe(notApproved)
  expect(notice(it)).toContain('~~ [cjwagner]\n')
  expect(notice(it)).toContain('- **[a/OWNERS]')
})

describe('the label, added by hand,', () => {
  test('stands in for approvals until it is removed', async () => {
    const it = play({ files: ['a/a.go'] })
    await it.acts('opened')
    it.host.label(ref, bot, 'approved')
    await it.labels('somebody', 'approved')
    expect(title(notice(it))).toBe(approved)
    expect(notice(it)).toContain('\n\nThe label `approved` was added by hand, which stands in for all approvals.\n\n')
    expect(notice(it)).toContain('<details >')
    expect(notice(it)).toContain('- **[a/OWNERS]')
    expect(notice(it)).not.toContain('Once this PR')
    await it.acts('synchronize')
    expect(it.pr().labels).toEqual(['approved'])
    it.host.label(ref, 'somebody', 'approved', false)
    await it.acts('synchronize')
    expect(title(notice(it))).toBe(notApproved)
  })

  test.each([
    ['the bot added it last', (it: PluginScene) => it.host.label(ref, bot, 'approved')],
    ['the account is gone', (it: PluginScene) => it.host.label(ref, '', 'approved')],
    ['another label was added', (it: PluginScene) => it.host.label(ref, 'somebody', 'lgtm')],
    [
      'the history cannot be read',
      ({ host }: PluginScene) => {
        host.label(ref, 'somebody', 'approved')
        host.before = (operation) => {
          if (operation === 'issueEvents') throw new CodeHostError('forbidden', 403, 'no')
        }
      },
    ],
  ])('does not stand in when %s', async (_why, happens) => {
    const it = play({ files: ['a/a.go'], given: labelled })
    happens(it)
    await it.acts('synchronize')
    expect(it.pr().labels).not.toContain('approved')
  })

  test('is not asked about when it is not there, or not needed', async () => {
    const absent = play({ files: ['a/a.go'] })
    await absent.acts('opened')
    const needless = play({ given: labelled })
    await needless.acts('opened')
    for (const { host } of [absent, needless]) expect(host.calls).not.toContain('issueEvents')
  })
})

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

test('links lead to the code host of the installation, and to the branch', async () => {
  const it = play({
    settings: own,
    owners: memoryOwners(owners, { branch: 'dev' }),
    given: { base: { ref: 'dev', sha: 'x', repo: { org: 'org', repo: 'repo', html_url: '' } } },
    config: { github: { link_url: 'https://github.mycorp.com/base/' } },
  })
  await it.acts('opened')
  expect(notice(it)).toContain('[c/OWNERS](https://github.mycorp.com/org/repo/blob/dev/c/OWNERS)')
  expect(notice(it)).toContain('[cblecker](https://github.mycorp.com/cblecker)')
})

test('links and names of files are those of the configuration', async () => {
  const settings = { repos: ['org/repo'], commandHelpLink: 'https://help/', pr_process_link: 'https://process/' }
  const filenames = { org: { owners: 'BOSSES', owners_aliases: '' } }
  const it = play({ settings, sections: { owners: { filenames } } })
  await it.acts('opened')
  expect(notice(it)).toContain('[here](https://help/?repo=org%2Frepo)')
  expect(notice(it)).toContain('[here](https://process/)')
  expect(notice(it)).toContain('[c/BOSSES](https://github.com/org/repo/blob/main/c/BOSSES)')
})

test('a Markdown file can have owners of its own', async () => {
  const files = { 'b/README.md': '---\napprovers: [alice]\n---\nText' }
  const settings = { skip_collaborators: ['org'], mdyamlrepos: ['org'] }
  const it = play({ owners: memoryOwners(files, { settings }), files: ['b/README.md'] })
  await it.says('alice', '/approve')
  expect(notice(it)).toContain('- ~~[b/README.md](https://github.com/org/repo/blob/main/b/README.md)~~ [alice]\n')
})

test('only collaborators count', async () => {
  const it = play({ owners: memoryOwners(owners, { settings: {} }) })
  await it.acts('opened')
  expect(it.pr().labels).toEqual([])
})

test('a file that is moved needs approval where it was, too', async () => {
  const it = play()
  it.host.state.files.set('org/repo#1', [{ filename: 'c/x.go', status: 'renamed', previous_filename: 'a/x.go' }])
  await it.acts('opened')
  expect(notice(it)).toContain('- **[a/OWNERS]')
})

test('a change of nothing is not approved; one of free folders is, by nobody', async () => {
  const nothing = play({ files: [], owners: memoryOwners({ OWNERS: 'approvers: [cjwagner]' }) })
  await nothing.acts('opened')
  expect(nothing.pr().labels).toEqual([])
  const free = { 'd/OWNERS': 'approvers: [x]\noptions: {auto_approve_unowned_subfolders: true}' }
  const it = play({ files: ['d/new/x.go'], owners: memoryOwners(free), settings: own })
  await it.acts('opened')
  expect(it.pr().labels).toEqual(['approved'])
  expect(notice(it)).toContain('in each of these files:\n\n\nApprovers approve')
})

test('where only some files of a folder have an approver, that is said', async () => {
  const filters = { 'f/OWNERS': 'filters: {"\\\\.go$": {approvers: [alice]}, "\\\\.md$": {approvers: [bob]}}' }
  const it = play({ files: ['f/a.go', 'f/b.md'], owners: memoryOwners(filters) })
  await it.says('alice', '/approve')
  expect(notice(it)).toContain(
    '- **[f/OWNERS](https://github.com/org/repo/blob/main/f/OWNERS)** [alice]\n  > Some files here need more approvers.\n\n',
  )
  expect(meta(notice(it))).toEqual({ approvers: ['bob'] })
  await it.says('Bob', '/approve')
  expect(notice(it)).toContain('~~ [Bob,alice]\n')
})

test('a name of a folder cannot make lines, and so commands, of its own', async () => {
  const it = play({
    files: ['x\n/close\r\n/a'],
    owners: memoryOwners({ 'x\n/close\r\n/OWNERS': 'approvers: [alice]' }),
  })
  await it.acts('opened')
  expect(notice(it)).toContain('- **[x /close /OWNERS](https://github.com/org/repo/blob/main/x /close /OWNERS)**\n')
})

test('a list that is too long for a comment is cut', async () => {
  const folders = Array.from({ length: 1000 }, (_, index) => `a-rather-long-name-of-a-folder-${index}`)
  const many = Object.fromEntries(folders.map((folder) => [`${folder}/OWNERS`, 'approvers: [alice]']))
  const it = play({ files: folders.map((folder) => `${folder}/x`), owners: memoryOwners(many) })
  await it.acts('opened')
  expect(notice(it).length).toBeLessThanOrEqual(65_536)
  expect(notice(it).length).toBeGreaterThan(60_000)
  expect(notice(it)).toMatch(/- … and \d+ more\n/)
  expect(meta(notice(it))).toEqual({ approvers: ['alice'] })
})

test('nothing is changed when something cannot be read', async () => {
  for (const failing of ['changedFiles', 'labels', 'comments', 'reviewComments', 'reviews']) {
    const it = play()
    it.host.before = (operation) => {
      if (operation === failing) throw new CodeHostError('forbidden', 403, 'no')
    }
    await it.acts('opened')
    expect(it.host.take()).toEqual([])
  }
  const branch = play({ owners: memoryOwners(owners, { branch: 'other' }) })
  await branch.acts('opened')
  expect(branch.host.take()).toEqual([])
})

test('without OWNERS files it does nothing, and says so to whoever runs it', async () => {
  const it = scene({ with: [approve], plugins: { sections: {} } })
  await it.acts('opened')
  expect(it.host.take()).toEqual([])
  expect(await it.metrics.metrics()).toMatch(/prow_plugin_handle_errors\{[^}]*plugin="approve"[^}]*\} 1/)
})

test('the label is set although comments are refused', async () => {
  const it = play()
  it.host.before = (operation) => {
    if (operation === 'comment') throw new CodeHostError('forbidden', 403, 'locked')
  }
  await it.acts('opened')
  expect(it.host.take()).toEqual(['org/repo#1 +approved'])
})

test('what a lost answer left half done is completed, once', async () => {
  const it = play()
  it.host.say(ref, bot, '[APPROVALNOTIFIER] old')
  const lost = new Set<string>()
  it.host.after = (operation) => {
    if (lost.has(operation) || !['deleteComment', 'comment', 'addLabel'].includes(operation)) return
    lost.add(operation)
    throw new CodeHostError('unavailable', 0, 'connection lost')
  }
  await it.acts('opened')
  await it.clock.advance('10m')
  expect([...lost].sort()).toEqual(['addLabel', 'comment', 'deleteComment'])
  expect(title(notice(it))).toBe(approved)
  expect(it.pr().labels).toEqual(['approved'])
})

test('an entry for the repository hides that of the organisation; without any the defaults count', async () => {
  const entry = { ...approveDefaults, require_self_approval: true }
  const approve = [
    { ...entry, repos: ['org'] },
    { ...approveDefaults, repos: ['org/repo'] },
  ]
  const it = play({ sections: { approve } })
  await it.acts('opened')
  expect(it.pr().labels).toEqual(['approved'])
  const elsewhere = play({ sections: { approve: [{ ...entry, repos: ['other'] }] } })
  await elsewhere.acts('opened')
  expect(elsewhere.pr().labels).toEqual(['approved'])
})

test('the help text of a repository says what counts there', () => {
  const plugins = {
    plugins: {},
    external_plugins: {},
    triggers: [],
    lgtm: [],
    help: { help_guidelines_url: '', help_guidelines_summary: '' },
    sections: {
      approve: [
        {
          ...approveDefaults,
          repos: ['org'],
          issue_required: true,
          require_self_approval: true,
          lgtm_acts_as_approve: true,
          ignore_review_state: true,
        },
      ],
    },
  }
  expect(approve.help?.(plugins, ['org/repo', 'x/y'])?.config).toEqual({
    'org/repo':
      '<ul><li>An issue must belong to a pull request.</li><li>Authors approve their own pull requests by a command only.</li><li>/lgtm counts as /approve.</li><li>Reviews do not count as approvals or as withdrawing them.</li></ul>',
    'x/y':
      '<ul><li>An issue need not belong to a pull request.</li><li>Authors approve their own pull requests.</li><li>/lgtm does not count as /approve.</li><li>Reviews count as approvals or as withdrawing them.</li></ul>',
  })
})
