// Which keys of which ConfigMaps changed paths mean.
import { describe, expect, test } from 'vitest'
import { isAllowed, keyOf, nameOf, type Planned, planFor, type Settings } from './plan.ts'

type Entry = NonNullable<Settings['maps']>[string]

const here = { default: [''] }
const entry = (given: Partial<Entry>): Entry => ({ use_full_path_as_key: false, clusters: here, ...given })
const planned = (
  maps: Record<string, Partial<Entry>>,
  paths: readonly string[],
  more: Partial<Settings> = {},
  whole = false,
) =>
  planFor(paths, {
    settings: {
      gzip: false,
      cluster_groups: {},
      ...more,
      maps: Object.fromEntries(Object.entries(maps).map(([glob, given]) => [glob, entry(given)])),
    },
    repo: 'org/repo',
    defaultNamespace: 'prow',
    whole,
  })
/** `cluster/namespace/name: key<file …`, with a z for what is compressed. */
const lines = ({ plans }: Planned) =>
  plans.map(({ target: { cluster, namespace, name }, updates }) =>
    [`${cluster}/${namespace}/${name}:`, ...updates.map((one) => `${one.key}<${one.file}${one.gzip ? ' z' : ''}`)].join(
      ' ',
    ),
  )

test.each<[why: string, maps: Record<string, Partial<Entry>>, paths: string[], want: string[]]>([
  ['what no glob means', { 'a/*': { name: 'c' } }, ['b/x'], []],
  ['the base name', { 'a/**/*': { name: 'c' } }, ['a/b/x'], ['default/prow/c: x<a/b/x']],
  ['a key of its own', { 'a/*': { name: 'c', key: 'k' } }, ['a/x'], ['default/prow/c: k<a/x']],
  [
    'the whole path',
    { 'a/**/*': { name: 'c', use_full_path_as_key: true } },
    ['a/b/x'],
    ['default/prow/c: a-b-x<a/b/x'],
  ],
  [
    'several places, sorted',
    { x: { name: 'c', clusters: { z: ['n', 'm'], b: ['n'] } }, y: { name: 'b' } },
    ['x', 'y'],
    ['default/prow/b: y<y', 'z/m/c: x<x', 'b/n/c: x<x', 'z/n/c: x<x'],
  ],
  [
    'one ConfigMap under two names of its namespace, the written one first',
    { x: { name: 'c', clusters: { default: ['', 'prow'] } }, y: { name: 'c' } },
    ['y', 'x'],
    ['default/prow/c: x<x y<y x<x'],
  ],
  ['no namespaces', { x: { name: 'c', clusters: { default: [] } } }, ['x'], []],
  ['a repository that is denied', { x: { name: 'c', denied_repos: ['org'] } }, ['x'], []],
  [
    'of several globs the exact one',
    { '**/*': { name: 'a' }, 'd/**/*.yaml': { name: 'b' }, 'd/x.yaml': { name: 'c' } },
    ['d/x.yaml'],
    ['default/prow/c: x.yaml<d/x.yaml'],
  ],
  [
    'else the one that says most',
    { '**/*': { name: 'a' }, 'd/**/*.yaml': { name: 'b' }, 'd/*': { name: 'c' } },
    ['d/y.yaml'],
    ['default/prow/b: y.yaml<d/y.yaml'],
  ],
  ['else the first', { '*/b': { name: 'two' }, '*b/': { name: 'one' } }, ['a/b'], ['default/prow/two: b<a/b']],
  [
    'and only among those that are allowed',
    { 'd/x': { name: 'a', allowed_repos: ['other'] }, 'd/*': { name: 'b' } },
    ['d/x'],
    ['default/prow/b: x<d/x'],
  ],
])('%s', (_why, maps, paths, want) => expect(lines(planned(maps, paths))).toEqual(want))

test('a path that several globs mean is told, once each', () => {
  const { ambiguous } = planned({ 'd/*': { name: 'a' }, '**/*': { name: 'b' } }, ['d/x', 'e/x'])
  expect(ambiguous).toEqual([{ path: 'd/x', globs: ['d/*', '**/*'] }])
})

test.each([
  [false, undefined, ''],
  [true, undefined, ' z'],
  [true, false, ''],
  [false, true, ' z'],
])('gzip %s of all, and %s of the entry', (all, own, mark) => {
  const plan = planned({ x: { name: 'c', ...(own !== undefined && { gzip: own }) } }, ['x'], { gzip: all })
  expect(lines(plan)).toEqual([`default/prow/c: x<x${mark}`])
})

describe('partitions', () => {
  const partitioned_names = ['first', 'second']
  test.each([
    ['even.yaml', 'first'],
    ['foo.yaml', 'first'],
    ['bar.yaml', 'first'],
    ['fejta.yaml', 'second'],
    ['added.yaml', 'second'],
    ['baz.yaml', 'second'],
  ])('%s lies in the %s', (key, want) => expect(nameOf(key, { partitioned_names })).toBe(want))

  test('only those that have something to do', () =>
    expect(lines(planned({ '*.yaml': { partitioned_names } }, ['foo.yaml']))).toEqual([
      'default/prow/first: foo.yaml<foo.yaml',
    ]))
  test('all of them, when the paths are all that there are', () => {
    const maps = {
      '*.yaml': { partitioned_names },
      '*.txt': { partitioned_names: ['third', 'fourth'] },
      '*.md': { name: 'd' },
    }
    expect(lines(planned(maps, ['foo.yaml'], {}, true))).toEqual([
      'default/prow/first: foo.yaml<foo.yaml',
      'default/prow/second:',
    ])
  })
})

test.each<[string, string[], string[], boolean]>([
  ['kubernetes/test-infra', [], [], true],
  ['kubernetes/test-infra', ['kubernetes'], ['kubernetes/test-infra'], false],
  ['kubernetes/test-infra', ['kubernetes'], ['kubernetes/other'], true],
  ['kubernetes/test-infra', ['kubernetes/test-infra'], [], true],
  ['kubernetes/test-infra', ['kubernetes/other'], [], false],
  ['kubernetes/test-infra', [], ['kubernetes'], false],
  ['', ['kubernetes'], [], false],
  ['', [], ['kubernetes'], true],
])('"%s", allowed %j, denied %j: %s', (repo, allowed_repos, denied_repos, want) =>
  expect(isAllowed(repo, { allowed_repos, denied_repos })).toBe(want),
)

test('a file at the top is its own key', () => expect(keyOf('x', { use_full_path_as_key: true })).toBe('x'))
