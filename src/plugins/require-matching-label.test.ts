// require-matching-label: which entries concern what, what comes of it, and how long others may set a label.
import { describe, expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import type { PluginConfig } from '../config/types.ts'
import { settle } from '../testing/clock.ts'
import { snapshot } from '../testing/config.ts'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import requireMatchingLabel, { entriesFor, verdictOf } from './require-matching-label.ts'

type Entry = NonNullable<PluginConfig['sections']['require_matching_label']>[number]
const entry = (given: Partial<Entry> = {}): Entry => ({
  ...{ org: 'org', repo: 'repo', branch: '', prs: true, issues: true, grace_period: '0s' },
  ...{ regexp: '^(sig|wg|committee)/', missing_label: 'needs-sig', missing_comment: 'Please add a SIG.' },
  ...given,
})

const pull = { org: 'org', repo: 'repo', branch: 'main' }
const issue = { org: 'org', repo: 'repo' }
test.each([
  ['of the repository', {}, pull, true],
  ['of the organisation', { repo: '' }, pull, true],
  ['of another repository', { repo: 'other' }, pull, false],
  ['of another organisation', { org: 'other', repo: '' }, pull, false],
  ['of the branch', { branch: 'main' }, pull, true],
  ['of another branch', { branch: 'meow' }, pull, false],
  ['of another branch, of an issue', { branch: 'meow' }, issue, true],
  ['for issues only', { prs: false }, pull, false],
  ['for issues only', { prs: false }, issue, true],
  ['for pull requests only', { issues: false }, pull, true],
  ['for pull requests only', { issues: false }, issue, false],
  ['of a label that matches', {}, { ...issue, changed: 'sig/node' }, true],
  ['of a label that does not', {}, { ...issue, changed: 'kind/sig/' }, false],
])('an entry %s: %j concerns %j: %s', (_why, given, subject, want) => {
  expect(entriesFor([entry(given)], subject)).toHaveLength(want ? 1 : 0)
})

test.each<[labels: string[], want: string | undefined]>([
  [['bug'], 'add'],
  [['bug', 'needs-sig'], undefined],
  [['sig/node'], undefined],
  [['sig/node', 'needs-sig'], 'remove'],
  // Exactly this label.
  [['Needs-Sig'], 'add'],
])('%j: %s', (labels, want) => expect(verdictOf(entry(), labels)).toBe(want))

function play(entries: Entry[] = [entry()], labels: readonly string[] = []) {
  const it = scene({
    with: [requireMatchingLabel],
    issue: { labels },
    plugins: { sections: { require_matching_label: entries } },
  })
  return it
}
function playPull(entries: Entry[] = [entry()], labels: readonly string[] = []) {
  const it = scene({ with: [requireMatchingLabel], plugins: { sections: { require_matching_label: entries } } })
  it.change({ labels })
  return it
}
const says = expect.stringMatching(/^org\/repo#1 comment: Please add a SIG\.\n\n<details>/)

test.each(['opened', 'reopened'])(
  '%s: an issue or pull request without a label of the kind is marked and told',
  async (action) => {
    const it = play()
    await it.issueActs(action)
    expect(it.host.take()).toEqual([says, 'org/repo#1 +needs-sig'])
    await it.issueActs(action)
    expect(it.host.take()).toEqual([])
    const other = playPull()
    await other.acts(action)
    expect(other.host.take()).toEqual([says, 'org/repo#1 +needs-sig'])
  },
)

test.each(['edited', 'closed', 'assigned', 'synchronize'])('%s says nothing', async (action) => {
  const it = play()
  await it.issueActs(action)
  expect(it.host.calls).toEqual([])
  const other = playPull()
  await other.acts(action)
  expect(other.host.calls).toEqual([])
})

describe('when a label changes', () => {
  test('another one of the kind is enough', async () => {
    const it = play([entry()], ['sig/bash', 'wg/foo'])
    await it.unlabels('bob', 'sig/bash')
    expect(it.host.calls).toEqual([])
    await it.unlabels('bob', 'wg/foo')
    expect(it.host.take()).toEqual([says, 'org/repo#1 +needs-sig'])
  })

  test('the mark and the comment go when there is one', async () => {
    const it = playPull()
    await it.acts('opened')
    it.host.say({ org: 'org', repo: 'repo', number: 1 }, 'bob', 'It says: Please add a SIG.')
    it.host.take()
    await it.labels('bob', 'sig/node')
    expect(it.host.take()).toEqual([
      expect.stringMatching(/delete comment: Please add a SIG\./),
      'org/repo#1 -needs-sig',
    ])
    expect(it.pr().labels).toEqual(['sig/node'])
  })

  test('other labels cost nothing', async () => {
    const it = play()
    await it.labels('bob', 'bug')
    const other = playPull()
    await other.labels('bob', 'bug')
    expect([...it.host.calls, ...other.host.calls]).toEqual([])
  })

  test('what has changed since the event counts', async () => {
    const it = play([entry()], ['sig/node'])
    it.host.state.issues.set('org/repo#1', { ...it.issue(), labels: ['sig/node'] })
    const gone = { ...it.issue(), labels: [] }
    await it.deliver('issues', { action: 'unlabeled', issue: gone, label: { name: 'sig/cli' } })
    expect(it.host.take()).toEqual([])
  })
})

test('entries go one by one: one mark goes while another comes', async () => {
  const cat = entry({ regexp: '^cat$', missing_label: 'needs-cat', missing_comment: '' })
  const kind = entry({ regexp: '^kind/|cat', missing_label: 'needs-kind', missing_comment: '' })
  const it = playPull([cat, { ...kind, regexp: '^kind/' }], ['cat', 'needs-cat'])
  await it.acts('opened')
  expect(it.host.take()).toEqual(['org/repo#1 -needs-cat', 'org/repo#1 +needs-kind'])
})

test('a label that cannot be set does not keep the comment back, nor the next entry', async () => {
  const it = play([entry(), entry({ regexp: '^kind/', missing_label: 'needs-kind', missing_comment: '' })])
  it.host.before = (operation) => {
    if (operation === 'addLabel' && it.host.calls.filter((call) => call === 'addLabel').length === 1)
      throw new CodeHostError('forbidden', 403, 'no')
  }
  await it.issueActs('opened')
  expect(it.host.take()).toEqual([says, 'org/repo#1 +needs-kind'])
})

describe('the grace period', () => {
  const slow = [entry({ grace_period: '3s' }), entry({ grace_period: '5s', regexp: '^x', missing_label: 'y' })]

  test('is the longest one; a label that is set meanwhile counts', async () => {
    const it = play(slow)
    void it.issueActs('opened')
    await it.clock.advance('4s')
    await settle(20)
    expect(it.host.calls).toEqual([])
    it.host.label({ org: 'org', repo: 'repo', number: 1 }, 'bob', 'sig/node')
    await it.clock.advance('1s')
    await it.dispatch.settled()
    expect(it.issue().labels).toEqual(['sig/node', 'y'])
  })

  test('is not waited for when a label changes', async () => {
    const it = playPull(slow, ['sig/node'])
    await it.unlabels('bob', 'sig/node')
    expect(it.pr().labels).toEqual(['needs-sig'])
  })

  test('is waited for once, also when the task is tried again', async () => {
    const it = play(slow)
    let failures = 0
    it.host.before = (operation) => {
      if (operation === 'labels' && failures++ === 0) throw new CodeHostError('unavailable', 503, 'down')
    }
    await it.issueActs('opened')
    await it.clock.advance('5s')
    await it.clock.advance('1s')
    await it.dispatch.settled()
    expect(it.issue().labels).toEqual(['needs-sig', 'y'])
  })

  test('may be longer than a task may take, and longer than a day', async () => {
    const it = play([entry({ grace_period: '36h' })])
    await it.issueActs('opened')
    await it.clock.advance('24h')
    await settle(20)
    await it.clock.advance('11h')
    expect(it.issue().labels).toEqual([])
    await it.clock.advance('1h')
    await it.dispatch.settled()
    expect(it.issue().labels).toEqual(['needs-sig'])
  })

  test('holds up nothing: what happens to labels meanwhile is handled at once', async () => {
    const it = playPull(slow, ['sig/node', 'x'])
    await it.acts('opened')
    await it.unlabels('bob', 'sig/node')
    expect(it.pr().labels).toEqual(['x', 'needs-sig'])
    it.host.take()
    await it.clock.advance('5s')
    await it.dispatch.settled()
    expect(it.host.take()).toEqual([])
  })
})

describe('/check-required-labels', () => {
  test.each(['/check-required-labels', '/CHECK-required-labels  \r\n', 'Hi.\n/check-required-labels'])(
    '%j looks again',
    async (text) => {
      const it = play()
      await it.says('casey', text)
      expect(it.issue().labels).toEqual(['needs-sig'])
    },
  )

  test('on a pull request it goes by the base branch', async () => {
    const it = playPull([entry({ branch: 'main' }), entry({ branch: 'release', missing_label: 'x' })])
    await it.says('casey', '/check-required-labels')
    expect(it.pr().labels).toEqual(['needs-sig'])
  })

  test.each(['/check-required-labels now', ' /check-required-labels', '> /check-required-labels'])(
    '%j says nothing',
    async (text) => {
      const it = play()
      await it.says('casey', text)
      expect(it.host.calls).toEqual([])
    },
  )

  test('neither on closed issues nor in edited comments', async () => {
    const it = play()
    await it.says('casey', '/check-required-labels', { action: 'edited' })
    const closed = scene({
      with: [requireMatchingLabel],
      issue: { state: 'closed' },
      plugins: { sections: { require_matching_label: [entry()] } },
    })
    await closed.says('casey', '/check-required-labels')
    expect([...it.host.calls, ...closed.host.calls]).toEqual([])
  })
})

test('an interrupted task marks and comments once, also where an old comment is left', () =>
  survivesInterruptions(
    () => {
      const it = play()
      const created_at = '2020-01-01T00:00:00Z'
      it.host.say({ org: 'org', repo: 'repo', number: 1 }, 'k8s-ci-robot', 'Old: Please add a SIG.', { created_at })
      return it
    },
    ({ issueActs }) => issueActs('opened'),
  ))

test('a task that ends before the mark is gone has deleted the comment, and takes the mark off when it comes again', async () => {
  const it = play([entry()], ['sig/node', 'needs-sig'])
  it.host.say({ org: 'org', repo: 'repo', number: 1 }, 'k8s-ci-robot', 'Please add a SIG.')
  let failures = 0
  it.host.before = (operation) => {
    if (operation === 'removeLabel' && failures++ === 0) throw new CodeHostError('unavailable', 503, 'down')
  }
  await it.issueActs('opened')
  expect(it.host.take()).toEqual(['org/repo delete comment: Please add a SIG.'])
  await it.clock.advance('1s')
  expect(it.host.take()).toEqual(['org/repo#1 -needs-sig'])
})

test('help has a sentence for each entry', () => {
  const list = [
    entry({ regexp: '^(?P<x>a)' }),
    entry({ repo: '', branch: 'main', issues: false, missing_comment: '' }),
    entry({ branch: 'main' }),
  ]
  const { plugins } = snapshot({ plugins: { sections: { require_matching_label: list } } })
  expect(requireMatchingLabel.help?.(plugins, []).config).toEqual({
    '':
      '<ul><li>Applies the &#39;needs-sig&#39; label and comments on Issues and PRs in the &#39;org/repo&#39; GitHub repo that have no labels matching the regular expression &#39;^(?P&lt;x&gt;a)&#39;.</li>' +
      '<li>Applies the &#39;needs-sig&#39; label to &#39;main&#39; branch PRs in the &#39;org&#39; GitHub org that have no labels matching the regular expression &#39;^(sig|wg|committee)/&#39;.</li>' +
      '<li>Applies the &#39;needs-sig&#39; label and comments on Issues and &#39;main&#39; branch PRs in the &#39;org/repo&#39; GitHub repo that have no labels matching the regular expression &#39;^(sig|wg|committee)/&#39;.</li></ul>',
  })
  expect(requireMatchingLabel.help?.(snapshot().plugins, []).config).toBeUndefined()
})
