// Which folders of a repository are left out, one row per rule.
import { expect, test } from 'vitest'
import { fixedConfig } from '../testing/config.ts'
import { denied, ownersSettings } from './settings.ts'

const folders = [
  '',
  'src',
  'src/dir',
  'src/dir/conformance',
  'src/dir/sub',
  'src/doc',
  'vendor',
  'vendor/k8s.io',
  'vendor/k8s.io/client-go',
  'x_output/y',
  'a.git/b',
]
const left = (...patterns: readonly string[]) => folders.filter((folder) => !denied(patterns)(folder))
const without = (...gone: readonly string[]) => folders.filter((folder) => !gone.includes(folder))

test.each([
  [['src'], without('src', 'src/dir', 'src/dir/conformance', 'src/dir/sub', 'src/doc')],
  [['dir'], without('src/dir', 'src/dir/conformance', 'src/dir/sub')],
  [['sr$'], folders],
  [['/c'], without('src/dir/conformance', 'vendor/k8s.io/client-go')],
  [['.*'], []],
  [['^\\.$'], []],
  [['^$'], folders],
  [['(', 'src/doc'], without('src/doc')],
  [[], folders],
])('patterns %j', (patterns, want) => expect(left(...patterns)).toEqual(want))

test('each verdict is the same in any order of asking', () => {
  const isDenied = denied(['dir'])
  expect([...folders].reverse().map(isDenied).reverse()).toEqual(folders.map(denied(['dir'])))
})

const settings = (denylist: object) => {
  const { config, plugins } = fixedConfig().current()
  const owners_dir_denylist = { ...config.owners_dir_denylist, ...denylist }
  return ownersSettings({ ...config, owners_dir_denylist }, plugins, { org: 'org', repo: 'repo' }).denylist
}
const preconfigured = ['\\.git$', '_output$', 'vendor/.*/.*']

test('patterns for everybody, for the organisation, and for the repository', () => {
  const repos = { org: ['o'], 'org/repo': ['r'], other: ['x'], 'other/repo': ['x'] }
  expect(settings({ default: ['d'], repos })).toEqual(['d', 'o', 'r', ...preconfigured])
  expect(settings({})).toEqual(preconfigured)
  expect(settings({ repos, ignore_preconfigured_defaults: true })).toEqual(['o', 'r'])
})

test('the preconfigured patterns leave out deep vendored code only', () => {
  expect(left(...preconfigured)).toEqual(without('vendor/k8s.io/client-go', 'x_output/y', 'a.git/b'))
})

test('folders that nobody makes by hand are left out', () => {
  const isDenied = denied([])
  expect([100, 101, 100_000].map((levels) => isDenied('a/'.repeat(levels).slice(0, -1)))).toEqual([false, true, true])
})
