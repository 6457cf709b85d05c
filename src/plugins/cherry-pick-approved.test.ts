// cherry-pick-approved: whose review counts, and when.
import { describe, expect, test } from 'vitest'
import type { Review, StatusState } from '../api/code-host.ts'
import type { PluginConfig } from '../config/types.ts'
import { userNamed } from '../testing/memory-code-host.ts'
import { type PluginScene, scene } from '../testing/plugin-scene.ts'
import cherryPickApproved, { reasonAgainst, standingApproval } from './cherry-pick-approved.ts'

const yes = 'cherry-pick-approved'
const no = 'do-not-merge/cherry-pick-not-approved'
const head = 'bead000000000000000000000000000000000000'
type Settings = NonNullable<PluginConfig['sections']['cherry_pick_approved']>[number]
const entry: Settings = {
  org: 'org',
  repo: 'repo',
  branchregexp: '^release-.*$',
  approvers: ['alice'],
  allow_missing_approved_label: false,
  allow_missing_lgtm_label: false,
}
const needed = ['lgtm', 'approved']
const strict = { allow_missing_approved_label: false, allow_missing_lgtm_label: false }

test.each<[why: string, settings: object, states: StatusState[], labels: string[], counts: boolean]>([
  ['all is there', {}, ['success'], needed, true],
  ['labels in other letters', {}, [], ['LGTM', 'Approved'], true],
  ['something pending', {}, ['pending'], needed, true],
  ['a failure', {}, ['success', 'failure'], needed, false],
  ['an error', {}, ['error'], needed, false],
  ['no lgtm', {}, [], ['approved'], false],
  ['no lgtm, which is allowed', { allow_missing_lgtm_label: true }, [], ['approved'], true],
  ['no approved', {}, [], ['lgtm'], false],
  ['no approved, which is allowed', { allow_missing_approved_label: true }, [], ['lgtm'], true],
  ['blocked already as not approved', {}, [], [...needed, no], true],
  ...[
    'do-not-merge/blocked-paths',
    'cncf-cla: no',
    'do-not-merge/hold',
    'do-not-merge/invalid-owners-file',
    'bugzilla/invalid-bug',
    'do-not-merge/contains-merge-commits',
    'needs-ok-to-test',
    'needs-rebase',
    'do-not-merge/release-note-label-needed',
    'do-not-merge/work-in-progress',
  ].map((label) => [label, {}, [], [...needed, label], false] as [string, object, StatusState[], string[], boolean]),
])('%s: counts', (_why, settings, states, labels, counts) =>
  expect(reasonAgainst({ ...strict, ...settings }, states, labels) === undefined).toBe(counts),
)

const review = (login: string, state: Review['state'], commit_id = head): Review => ({
  ...{ id: 1, body: '', html_url: '', submitted_at: '2026-01-01T00:00:00Z' },
  ...{ user: userNamed(login), state, commit_id },
})
test.each<[why: string, reviews: Review[], stands: boolean]>([
  ['an approval', [review('alice', 'approved')], true],
  ['of somebody else', [review('bob', 'approved')], false],
  ['of an older head', [review('alice', 'approved', 'old')], false],
  ['with remarks after it', [review('alice', 'approved'), review('alice', 'commented')], true],
  ['taken back', [review('alice', 'approved'), review('alice', 'changes_requested')], false],
  ['dismissed', [review('alice', 'dismissed')], false],
  ['given after a refusal', [review('alice', 'changes_requested'), review('alice', 'approved')], true],
  ['that somebody else does not share', [review('alice', 'approved'), review('bob', 'changes_requested')], true],
])('an approval stands: %s', (_why, reviews, stands) =>
  expect(standingApproval(reviews, ['alice'], { head: { ref: 'x', sha: head } }) !== undefined).toBe(stands),
)

function play(labels: string[] = [...needed, no], entries: Settings[] = [entry], base = 'release-1.0'): PluginScene {
  const it = scene({ with: [cherryPickApproved], plugins: { sections: { cherry_pick_approved: entries } } })
  it.change({ labels, base: { ...it.pr().base, ref: base } })
  return it
}
const approved = (it: PluginScene) => it.pr().labels.includes(yes)

describe('a review', () => {
  test('swaps the labels, once', async () => {
    const it = play()
    await it.reviews('alice', 'APPROVED')
    expect(it.pr().labels).toEqual([...needed, yes])
    it.host.take()
    await it.reviews('alice', 'approved')
    expect(it.host.take()).toEqual([])
  })

  test.each<[why: string, login: string, state: string, entries: Settings[], base: string, counts: boolean]>([
    ['by a stranger', 'bob', 'approved', [entry], 'release-1', false],
    ['by the name in other letters', 'Alice', 'approved', [entry], 'release-1', false],
    ['that asks for changes', 'alice', 'changes_requested', [entry], 'release-1', false],
    ['for another branch', 'alice', 'approved', [entry], 'main', false],
    ['in another repository', 'alice', 'approved', [{ ...entry, repo: 'x' }], 'release-1', false],
    ['where nobody approves', 'alice', 'approved', [{ ...entry, approvers: [] }], 'release-1', false],
    ['under the last of two entries', 'bob', 'approved', [entry, { ...entry, approvers: ['bob'] }], 'release-1', true],
    [
      'under the first of two entries',
      'alice',
      'approved',
      [entry, { ...entry, approvers: ['bob'] }],
      'release-1',
      false,
    ],
  ])('%s counts: %o', async (why, login, state, entries, base, counts) => {
    const it = play(needed, entries, base)
    await it.reviews(login, state)
    expect(approved(it), why).toBe(counts)
    expect(it.host.take().filter((effect) => effect.includes('comment'))).toEqual([])
    expect(await it.metrics.metrics()).not.toMatch(/prow_plugin_handle_errors\{/)
  })

  test('that is edited says nothing', async () => {
    const it = play()
    await it.reviews('alice', 'approved', 'x', 'edited')
    expect(it.host.calls).toEqual([])
  })

  test('does not count while a status has failed', async () => {
    const it = play(needed)
    await it.setsStatus('unit', 'failure')
    await it.reviews('alice', 'approved')
    expect(approved(it)).toBe(false)
  })
})

describe('labels that come and go after the review', () => {
  const later = async (labels: string[], act: (it: PluginScene) => Promise<void>, commit_id = head) => {
    const it = play(labels)
    it.host.review({ org: 'org', repo: 'repo', number: 1 }, 'alice', 'approved', '', { commit_id })
    await act(it)
    return it
  }
  test.each<[why: string, labels: string[], act: (it: PluginScene) => Promise<void>, counts: boolean]>([
    ['lgtm comes', ['approved'], (it) => it.labels('bot', 'lgtm'), true],
    ['approved comes', ['lgtm'], (it) => it.labels('bot', 'approved'), true],
    ['a hold goes', [...needed, 'do-not-merge/hold'], (it) => it.unlabels('bob', 'do-not-merge/hold'), true],
    ['a hold comes', needed, (it) => it.labels('bob', 'do-not-merge/hold'), false],
    ['lgtm comes alone', [], (it) => it.labels('bot', 'lgtm'), false],
    ['any other label comes', needed, (it) => it.labels('bob', 'kind/bug'), false],
  ])('%s: counts %o', async (_why, labels, act, counts) => expect(approved(await later(labels, act))).toBe(counts))

  test('do not make an old approval count, nor one of a closed pull request, nor one that was taken off by hand', async () => {
    const lgtm = (it: PluginScene) => it.labels('bot', 'lgtm')
    expect(approved(await later(['approved'], lgtm, 'old'))).toBe(false)
    const closed = await later(['approved'], async (it) => {
      it.change({ state: 'closed' })
      await lgtm(it)
    })
    expect(approved(closed)).toBe(false)
    const taken = await later(['approved', yes], async (it) => {
      await it.clock.advance('1s')
      await it.unlabels('carol', yes)
      await lgtm(it)
    })
    expect(approved(taken)).toBe(false)
  })
})

test('help tells of each repository', () => {
  const plugins = { sections: { cherry_pick_approved: [{ ...entry, branchregexp: '^(?P<x>a)$' }] } }
  expect(cherryPickApproved.help?.(plugins as never, ['org/repo', 'org/x'])?.config).toEqual({
    'org/repo': 'Branches that match ^(?P&lt;x&gt;a)$; approvers: alice.',
  })
})
