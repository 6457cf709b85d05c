// cherry-pick-unapproved: what each event calls for, and what the pull request shows of it.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { type PluginScene, scene } from '../testing/plugin-scene.ts'
import cherryPickUnapproved, { planFor } from './cherry-pick-unapproved.ts'

const yes = 'cherry-pick-approved'
const no = 'do-not-merge/cherry-pick-not-approved'
const comment =
  'This PR is not for the master branch but does not have the `cherry-pick-approved`  label. Adding the `do-not-merge/cherry-pick-not-approved`  label.'

test.each<[action: string, base: string, extra: { label?: string; from?: string }, plan: string]>([
  ['opened', 'release-1', {}, 'ensure'],
  ['opened', 'main', {}, 'nothing'],
  ['reopened', 'release-1', {}, 'ensure'],
  ['labeled', 'release-1', { label: yes }, 'ensure'],
  ['unlabeled', 'release-1', { label: no }, 'ensure'],
  ['unlabeled', 'release-1', { label: 'Cherry-Pick-Approved' }, 'nothing'],
  ['labeled', 'release-1', { label: 'lgtm' }, 'nothing'],
  ['labeled', 'release-1', {}, 'nothing'],
  ['labeled', 'main', { label: yes }, 'nothing'],
  ['edited', 'release-1', { from: 'master' }, 'ensure'],
  ['edited', 'master', { from: 'release-1' }, 'forget'],
  ['edited', 'release-1', { from: 'release-2' }, 'nothing'],
  ['edited', 'main', { from: 'master' }, 'nothing'],
  ['edited', 'release-1', {}, 'nothing'],
  ['edited', 'main', {}, 'nothing'],
  ['synchronize', 'release-1', {}, 'nothing'],
  ['closed', 'release-1', {}, 'nothing'],
])('%s to %s %j: %s', (action, base, { label, from }, plan) => {
  const event = { action, pr: { base: { ref: base } }, changes: from ? { baseRef: from } : {}, label }
  expect(planFor(event as never, (branch) => branch.startsWith('release-'))).toBe(plan)
})

function play(base = 'release-1.0', labels: string[] = [], settings?: object): PluginScene {
  const sections = settings ? { cherry_pick_unapproved: { branchregexp: '^release-.*$', comment, ...settings } } : {}
  const it = scene({ with: [cherryPickUnapproved], plugins: { sections } })
  it.change({ labels, base: { ...it.pr().base, ref: base } })
  return it
}

test('one comment and one label until it is approved; taking the approval back blocks it again', async () => {
  const it = play()
  await it.acts('opened')
  expect(it.host.take()).toEqual([`org/repo#1 +${no}`, expect.stringContaining(`comment: ${comment}\n\n<details>`)])
  await it.acts('reopened')
  await it.acts('labeled', { label: { name: no } })
  expect(it.host.take()).toEqual([])
  await it.labels('alice', yes)
  expect(it.host.take()).toEqual([`org/repo#1 -${no}`, expect.stringContaining('delete comment')])
  expect(it.pr().labels).toEqual([yes])
  await it.unlabels('alice', yes)
  expect(it.host.take()).toEqual([`org/repo#1 +${no}`, expect.stringContaining('comment: This PR')])
  await it.unlabels('mallory', no)
  expect(it.pr().labels).toEqual([no])
})

test('another base takes both labels and the comment away', async () => {
  const it = play()
  await it.acts('opened')
  it.change({ labels: [yes, no], base: { ...it.pr().base, ref: 'master' } })
  it.host.take()
  await it.acts('edited', { changes: { base: { ref: { from: 'release-1.0' } } } })
  expect([it.pr().labels, it.host.take().at(-1)]).toEqual([[], expect.stringContaining('delete comment')])
})

test('branches and comment are settings', async () => {
  const it = play('stable', [], { branchregexp: 'sta', comment: 'Not yet.' })
  await it.acts('opened')
  expect(it.host.take()[1]).toContain('comment: Not yet.\n')
  expect(cherryPickUnapproved.help?.({ sections: {} } as never, [])?.config).toEqual({
    '': expect.stringContaining('^release-.*$'),
  })
})

test.each(['addLabel', 'comment'] as const)('a server that fails at %s leads to one comment', async (failing) => {
  const it = play()
  let left = 1
  it.host.after = (operation) => {
    if (operation === failing && left-- > 0) throw new CodeHostError('unavailable', 503, 'no')
  }
  await it.acts('opened')
  await it.clock.advance('1s')
  expect(it.host.take()).toEqual([`org/repo#1 +${no}`, expect.stringContaining('comment: This PR')])
})
