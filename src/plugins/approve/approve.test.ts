// approve, as the people on a pull request see it: when it is approved, and what changes with that.
import { describe, expect, test } from 'vitest'
import { CodeHostError } from '../../api/code-host.ts'
import { approveDefaults } from '../../config/sections/plugins/reviews.ts'
import { memoryOwners } from '../../owners/testing/memory-owners.ts'
import { snapshot } from '../../testing/config.ts'
import { type PluginScene, scene } from '../../testing/plugin-scene.ts'
import approve from './approve.ts'
import { approved, bot, notApproved, notice, own, owners, play, ref, title } from './testing/scene.ts'

const labelled = { labels: ['approved'] }

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
  const strict = {
    ...approveDefaults,
    ...{ repos: ['org'], issue_required: true, require_self_approval: true },
    ...{ lgtm_acts_as_approve: true, ignore_review_state: true },
  }
  const { plugins } = snapshot({ plugins: { sections: { approve: [strict] } } })
  expect(approve.help?.(plugins, ['org/repo', 'x/y'])?.config).toEqual({
    'org/repo':
      '<ul><li>An issue must belong to a pull request.</li><li>Authors approve their own pull requests by a command only.</li><li>/lgtm counts as /approve.</li><li>Reviews do not count as approvals or as withdrawing them.</li></ul>',
    'x/y':
      '<ul><li>An issue need not belong to a pull request.</li><li>Authors approve their own pull requests.</li><li>/lgtm does not count as /approve.</li><li>Reviews count as approvals or as withdrawing them.</li></ul>',
  })
})
