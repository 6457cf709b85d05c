// milestoneapplier: which pull requests get a milestone, and when.
import { expect, test } from 'vitest'
import type { PullRequest } from '../api/code-host.ts'
import { snapshot } from '../testing/config.ts'
import { survivesInterruptions } from '../testing/interrupted.ts'
import { scene } from '../testing/plugin-scene.ts'
import milestoneapplier from './milestoneapplier.ts'

const milestone_applier = {
  'org/repo': { main: 'next', 'release-1.0': 'v1.0', 'release-0.9': 'v0.9' },
  'org/other': { 'release-2.0': 'v2.0' },
}
const [next, first] = [
  { number: 1, title: 'next', state: 'open' },
  { number: 2, title: 'v1.0', state: 'open' },
] as const

function play() {
  const it = scene({ with: [milestoneapplier], plugins: { sections: { milestone_applier } } })
  it.host.state.milestones.set('org/repo', [next, first, { number: 3, title: 'v0.9', state: 'closed' }])
  return it
}
const to = (ref: string) => ({ base: { ref, sha: 'ba5e', repo: { org: 'org', repo: 'repo', html_url: '' } } })

test.each<[action: string, branch: string, given: Partial<PullRequest>, want: string | undefined]>([
  ['opened', 'main', {}, undefined],
  ['closed', 'main', { merged: true }, 'next'],
  ['closed', 'main', { merged: false }, undefined],
  ['opened', 'release-1.0', {}, 'v1.0'],
  ['opened', 'release-1.0', { milestone: next }, 'v1.0'],
  ['closed', 'release-1.0', { merged: true }, 'v1.0'],
  ['closed', 'release-1.0', { merged: true, milestone: next }, 'v1.0'],
  ['closed', 'release-1.0', { merged: false }, undefined],
  ['synchronize', 'release-1.0', {}, undefined],
  ['reopened', 'release-1.0', {}, undefined],
  ['opened', 'release-2.0', {}, undefined],
  ['opened', 'toString', {}, undefined],
])('%s on %s with %j gives %s', async (action, branch, given, want) => {
  const { acts, pr, host } = play()
  await acts(action, {}, { ...to(branch), ...given })
  expect(pr().milestone?.title).toBe(want)
  if (want === undefined) expect(host.calls).toEqual([])
  expect(host.take()).toEqual(want === undefined ? [] : [`org/repo#1 milestone: ${want}`])
})

test('asks nobody when the milestone is right already, or none is configured', async () => {
  const { acts, host } = play()
  await acts('opened', {}, { ...to('release-1.0'), milestone: first })
  await acts('opened', {}, to('feature'))
  expect(host.calls).toEqual([])
})

test('a milestone that is not open is an error that names all', async () => {
  const { acts, host, pr, metrics } = play()
  await acts('opened', {}, to('release-0.9'))
  expect(pr().milestone).toBeUndefined()
  expect(host.calls).toEqual(['milestones'])
  expect(await metrics.metrics()).toMatch(/error.*plugin="milestoneapplier"/)
})

test('an interrupted task sets it all the same', () =>
  survivesInterruptions(play, ({ acts }) => acts('opened', {}, to('release-1.0'))))

test('help lists the branches of each repository', () => {
  const { plugins } = snapshot({ plugins: { sections: { milestone_applier: { 'org/repo': { b: '<2>', a: '1' } } } } })
  expect(milestoneapplier.help?.(plugins, ['org/repo', 'org/none']).config).toEqual({
    'org/repo':
      'Pull requests get these milestones by their branch:<ul><li><code>a</code>: <code>1</code></li><li><code>b</code>: <code>&lt;2&gt;</code></li></ul>',
  })
})
