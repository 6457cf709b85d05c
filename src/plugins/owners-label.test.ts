// owners-label, as the author of a pull request sees it.
import { expect, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { memoryOwners } from '../owners/testing/memory-owners.ts'
import { type SceneOptions, scene } from '../testing/plugin-scene.ts'
import ownersLabel, { decideLabels } from './owners-label.ts'

const owners = memoryOwners({
  OWNERS: 'approvers: [amy]',
  'a/OWNERS': 'labels: [lgtm, area/a]',
  'b/OWNERS': 'labels: [dnm/bash, Kind/B]',
  'b/deep/OWNERS': 'labels: [deep, unheard-of]',
})

function play(files: string[], labels: string[] = [], options: Partial<SceneOptions> = {}) {
  const it = scene({ with: [ownersLabel], owners, ...options })
  it.change({ labels })
  it.host.state.files.set('org/repo#1', files)
  it.host.state.repoLabels.set(
    'org/repo',
    ['lgtm', 'area/a', 'dnm/bash', 'kind/b', 'deep'].map((name) => ({ name, color: '000000', description: '' })),
  )
  return it
}

test.each<[wanted: string[], there: string[], known: string[], add: string[], unknown: string[]]>([
  [['b', 'a'], [], ['a', 'b'], ['a', 'b'], []],
  [['b', 'a'], ['b'], ['a', 'b'], ['a'], []],
  [['b', 'a'], [], ['a'], ['a'], ['b']],
  [['a'], ['A'], ['a'], ['a'], []],
  [['a'], [], ['A'], [], ['a']],
])('of %j, with %j there and %j known, %j is added and %j unknown', (wanted, there, known, add, unknown) => {
  expect(decideLabels(new Set(wanted), there, known)).toEqual({ add, unknown })
})

test.each([
  [['a/x.go'], [], ['area/a', 'lgtm']],
  [['a/x.go', 'b/run.sh'], ['dnm/bash'], ['area/a', 'lgtm']],
  [['b/run.sh'], [], ['dnm/bash']],
  [['b/deep/x.go'], [], ['deep', 'dnm/bash']],
  [['x.go'], ['area/a'], []],
])('changes of %j with the labels %j get %j', async (files, labels, added) => {
  const { opens, host } = play(files, labels)
  await opens()
  expect(host.take()).toEqual(added.map((label) => `org/repo#1 +${label}`))
})

test.each([
  ['opened', true],
  ['reopened', true],
  ['synchronize', true],
  ['edited', false],
  ['closed', false],
  ['labeled', false],
])('the action %s: %s', async (action, acts) => {
  const { acts: does, host } = play(['b/run.sh'])
  await does(action)
  expect(host.take()).toEqual(acts ? ['org/repo#1 +dnm/bash'] : [])
})

test('without labels in OWNERS nothing else is asked', async () => {
  const { opens, host } = play(['x.go'])
  await opens()
  expect(host.calls).not.toContain('repoLabels')
  expect(host.calls).not.toContain('labels')
})

test('what is there already is not done again, and nothing is removed', async () => {
  const { opens, acts, host } = play(['a/x.go'], ['other'])
  await opens()
  host.state.files.set('org/repo#1', ['x.go'])
  await acts('synchronize')
  expect(host.take()).toEqual(['org/repo#1 +area/a', 'org/repo#1 +lgtm'])
})

test('a label that cannot be set does not keep the others back, and is tried again', async () => {
  const { opens, host, clock } = play(['a/x.go'])
  let failed = 0
  host.before = (operation) => {
    if (operation === 'addLabel' && failed++ === 0) throw new CodeHostError('unavailable', 502, 'no')
  }
  await opens()
  expect(host.take()).toEqual(['org/repo#1 +lgtm'])
  await clock.advance('1m')
  expect(host.take()).toEqual(['org/repo#1 +area/a'])
})

test('an installation that reads no OWNERS files says so', async () => {
  const { deliver, host, metrics, pr } = scene({ with: [ownersLabel] })
  await deliver('pull_request', { action: 'opened', number: 1, pull_request: { ...pr(), labels: [] } })
  expect(host.calls).toEqual([])
  expect(await metrics.metrics()).toMatch(/prow_plugin_handle_errors\{[^}]*plugin="owners-label"[^}]*\} 1/)
})
