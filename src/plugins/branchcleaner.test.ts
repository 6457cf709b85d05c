// branchcleaner: which branches go, and which stay.
import { expect, test } from 'vitest'
import { CodeHostError, type PullRequest } from '../api/code-host.ts'
import { type PluginScene, scene } from '../testing/plugin-scene.ts'
import branchcleaner from './branchcleaner.ts'

const sha = 'bead000000000000000000000000000000000000'
const keep = { 'org/repo': ['main', 'betatest-.*', '('], org: ['kept by all', '^v\\d'] }

function play(ref: string, preserved_branches: Record<string, string[]> = keep): PluginScene {
  const it = scene({ with: [branchcleaner], plugins: { sections: { branch_cleaner: { preserved_branches } } } })
  it.host.state.branches.set(`org/repo:${ref}`, sha)
  return it
}
const merged = (ref: string, repo: Partial<PullRequest['head']> = { repo: { org: 'org', repo: 'repo' } }) => ({
  merged: true,
  state: 'closed' as const,
  head: { ref, sha, ...repo },
})
const errors = async (it: PluginScene) => /prow_plugin_handle_errors\{/.test(await it.metrics.metrics())

test.each<[ref: string, goes: boolean]>([
  ['feature', true],
  ['feature/with/slashes', true],
  ['betatest1', true],
  ['betatest-1', false],
  ['a-betatest-1', false],
  ['main', false],
  ['remains', false],
  ['kept by all', false],
  ['v1', false],
  ['av1', true],
  ['(', false],
])('%s goes: %o', async (ref, goes) => {
  const it = play(ref)
  await it.acts('closed', {}, merged(ref))
  // "remains" holds "main".
  expect(it.host.take()).toEqual(goes ? [`org/repo -heads/${ref}`] : [])
  expect(await errors(it)).toBe(false)
})

test.each<[why: string, action: string, given: Partial<PullRequest>]>([
  ['closed without a merge', 'closed', { ...merged('feature'), merged: false }],
  ['not closed', 'labeled', merged('feature')],
  ['of a fork', 'closed', merged('feature', { repo: { org: 'fork', repo: 'repo' } })],
  ['of another repository', 'closed', merged('feature', { repo: { org: 'org', repo: 'other' } })],
  ['of a fork that is gone', 'closed', { ...merged('feature'), head: { ref: 'feature', sha } }],
])('%s: nothing', async (_why, action, given) => {
  const it = play('feature', {})
  await it.acts(action, {}, given)
  expect(it.host.calls).toEqual([])
})

test('a branch that is gone already is fine, and one that somebody works on stays', async () => {
  const it = play('other', {})
  await it.acts('closed', {}, merged('feature'))
  it.host.state.branches.set('org/repo:feature', 'cafe')
  await it.acts('closed', {}, merged('feature'))
  expect(it.host.take()).toEqual([])
  expect(await errors(it)).toBe(false)
})

test('a repeated delivery, and a server that fails, do no harm; a refusal is an error', async () => {
  const it = play('feature', {})
  let left = 1
  it.host.after = (operation) => {
    if (operation === 'deleteRef' && left-- > 0) throw new CodeHostError('unavailable', 503, 'no')
  }
  await it.acts('closed', {}, merged('feature'))
  await it.clock.advance('1s')
  await it.acts('closed', {}, merged('feature'))
  expect(it.host.take()).toEqual(['org/repo -heads/feature'])
  for (const what of ['branchSha', 'deleteRef']) {
    const refused = play('feature', {})
    refused.host.before = (operation) => {
      if (operation === what) throw new CodeHostError('forbidden', 403, 'no')
    }
    await refused.acts('closed', {}, merged('feature'))
    expect(await errors(refused)).toBe(true)
  }
})

test('help tells of repositories with a list of their own', () => {
  const plugins = { sections: { branch_cleaner: { preserved_branches: { 'org/repo': ['a', '<b>'], org: ['c'] } } } }
  expect(branchcleaner.help?.(plugins as never, ['org/repo', 'org/x'])?.config).toEqual({
    'org/repo': 'Branches that are kept: a, &lt;b&gt;',
  })
})
