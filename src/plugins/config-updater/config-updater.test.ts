// config-updater: when it writes, what it writes when things go wrong or happen twice, and what it says.
import { describe, expect, test } from 'vitest'
import { CodeHostError, type PullRequest } from '../../api/code-host.ts'
import { type ConfigMap, configMaps } from '../../api/kubernetes.ts'
import type { Git } from '../../git/git.ts'
import type { Plugin } from '../../hook/plugin.ts'
import { type Clusters, KubeError } from '../../kube/client.ts'
import { clustersOf } from '../../kube/clusters.ts'
import { testClock } from '../../testing/clock.ts'
import { snapshot } from '../../testing/config.ts'
import { type MemoryKube, memoryKube } from '../../testing/memory-kube.ts'
import { type PluginScene, scene } from '../../testing/plugin-scene.ts'
import configUpdater from './config-updater.ts'
import type { Settings } from './plan.ts'
import { isReport } from './report.ts'

const sha = 'a'.repeat(40)
const later = 'b'.repeat(40)
const bot = 'k8s-ci-robot'
const merged: Partial<PullRequest> = { state: 'closed', merged: true, merge_commit_sha: sha, body: 'Mends it.' }

type Files = Readonly<Record<string, string | Uint8Array>>
type Entry = NonNullable<Settings['maps']>[string]
type Maps = Readonly<Record<string, Partial<Entry>>>

const usual: Maps = {
  'prow/config.yaml': { name: 'config' },
  'prow/plugins.yaml': { name: 'plugins', key: 'test-key' },
  'boskos/resources.yaml': { name: 'boskos', clusters: { default: ['boskos'] } },
  'dir/**/*.yaml': { name: 'dir', use_full_path_as_key: true },
}

/** Git that has these files at these commits. */
function fakeGit(commits: Readonly<Record<string, Files>>): Git {
  const at = (commit: string) => commits[commit] ?? {}
  const never = () => Promise.reject(new Error('not asked for'))
  const mirror: ReturnType<Git['mirror']> = {
    async ensure(wanted) {
      for (const commit of wanted) if (!commits[commit]) throw new Error(`no commit ${commit}`)
    },
    files: async (commit, below = []) =>
      Object.keys(at(commit)).flatMap((path) =>
        below.some((folder) => path === folder || path.startsWith(`${folder}/`))
          ? [{ path, kind: 'file' as const, blob: `${commit} ${path}` }]
          : [],
      ),
    read: async (blobs, most) =>
      new Map(
        blobs.map((blob) => {
          const [commit = '', path = ''] = blob.split(' ')
          const content = Buffer.from(at(commit)[path] ?? '')
          return [blob, content.length > most ? { size: content.length } : content]
        }),
      ),
    changed: async (from, to) => [...new Set([...Object.keys(at(from)), ...Object.keys(at(to))])],
    ...{ head: never, merged: never, worktree: never },
  }
  return { mirror: () => mirror }
}

interface Given {
  readonly maps?: Maps
  readonly gzip?: boolean
  readonly commits?: Readonly<Record<string, Files>>
  readonly changed?: readonly (string | { filename: string; status: string; previous_filename?: string })[]
  readonly far?: MemoryKube
}

interface Here extends PluginScene {
  merges(given?: Partial<PullRequest>, action?: string): Promise<void>
  configMap(name: string, namespace?: string): ConfigMap
  said(): readonly string[]
}

function begin({ maps = usual, gzip = false, commits = {}, changed = [], far }: Given): Here {
  // Scenes have no build clusters of their own.
  const withClusters: Plugin = {
    ...configUpdater,
    handlers: {
      pull_request: async (context) => {
        const clusters: Clusters = clustersOf(started.kube, far ? { far } : {})
        await configUpdater.handlers?.pull_request?.({ ...context, clusters, git: fakeGit(commits) as never })
      },
    },
  }
  const full = Object.entries(maps).map(([glob, given]): [string, Entry] => [
    glob,
    { use_full_path_as_key: false, clusters: { default: [''] }, ...given },
  ])
  const started = scene({
    with: [withClusters],
    plugins: { sections: { config_updater: { gzip, cluster_groups: {}, maps: Object.fromEntries(full) } } },
  })
  started.host.state.files.set('org/repo#1', changed)
  return {
    ...started,
    merges: (given = {}, action = 'closed') => started.acts(action, {}, { ...merged, ...given }),
    configMap: (name, namespace = 'prow') => started.kube.read(configMaps, { namespace, name }),
    said: () =>
      (started.host.state.comments.get('org/repo#1') ?? [])
        .filter(({ user }) => user.login === bot)
        .map(({ body }) => body.split('\n\n<details>')[0] ?? ''),
  }
}

const put = (kube: MemoryKube, name: string, data: Record<string, string>, more: Partial<ConfigMap> = {}) =>
  kube.create(configMaps, { metadata: { namespace: 'prow', name }, data, ...more })

const size = (scene: PluginScene, name: string) =>
  scene.metrics
    .getSingleMetricAsString('prow_configmap_size_bytes')
    .then((text) => text.split('\n').find((line) => line.includes(`{name="${name}"`)))

test('three ConfigMaps, each with its version', async () => {
  const files = { 'prow/config.yaml': 'new-config', 'prow/plugins.yaml': 'new-plugins', 'boskos/resources.yaml': 'r' }
  const scene = begin({ commits: { [sha]: files }, changed: [...Object.keys(files), 'README.md'] })
  await put(scene.kube, 'config', { other: 'kept' })
  await scene.merges()
  expect(scene.configMap('config').data).toEqual({ VERSION: sha, other: 'kept', 'config.yaml': 'new-config' })
  expect(scene.configMap('plugins').data).toEqual({ VERSION: sha, 'test-key': 'new-plugins' })
  expect(scene.configMap('boskos', 'boskos').data).toEqual({ VERSION: sha, 'resources.yaml': 'r' })
  expect(scene.said()).toEqual([
    [
      '@author: Updated the following 3 configmaps:',
      ' * `boskos` configmap in namespace `boskos` at cluster `default` using the following files:',
      '   - key `resources.yaml` using file `boskos/resources.yaml`',
      ' * `config` configmap in namespace `prow` at cluster `default` using the following files:',
      '   - key `config.yaml` using file `prow/config.yaml`',
      ' * `plugins` configmap in namespace `prow` at cluster `default` using the following files:',
      '   - key `test-key` using file `prow/plugins.yaml`',
    ].join('\n'),
  ])
  expect(scene.host.state.comments.get('org/repo#1')?.[0]?.body).toContain('\n>Mends it.\n')
})

test('one ConfigMap is told on its own, and measured', async () => {
  const files = { 'dir/a.yaml': 'x'.repeat(11), 'dir/b.yaml': 'y'.repeat(11), 'dir/c.yaml': 'z'.repeat(11) }
  const scene = begin({ commits: { [sha]: files }, changed: Object.keys(files) })
  await scene.merges()
  expect(scene.said()).toEqual([
    [
      '@author: Updated the `dir` configmap in namespace `prow` at cluster `default` using the following files:',
      ...['a', 'b', 'c'].map((name) => ` - key \`dir-${name}.yaml\` using file \`dir/${name}.yaml\``),
    ].join('\n'),
  ])
  expect(await size(scene, 'dir')).toBe('prow_configmap_size_bytes{name="dir",namespace="prow"} 73')
})

test.each<[why: string, action: string, given: Partial<PullRequest>]>([
  ['not merged', 'closed', { merged: false }],
  ['without a commit', 'closed', { merge_commit_sha: '' }],
  ['on another branch', 'closed', { base: { ref: 'v1', sha: '', repo: { org: 'org', repo: 'repo', html_url: '' } } }],
  ['opened', 'opened', {}],
  ['labeled later', 'labeled', {}],
])('%s: nothing', async (_why, action, given) => {
  const scene = begin({ commits: { [sha]: { 'prow/config.yaml': 'x' } }, changed: ['prow/config.yaml'] })
  await scene.merges(given, action)
  expect(scene.kube.writes).toEqual([])
  expect(scene.host.calls).not.toContain('changedFiles')
  expect(scene.said()).toEqual([])
})

test('no file that matters: git is not asked, and nothing is said', async () => {
  const scene = begin({ changed: ['README.md'] })
  await scene.merges()
  expect([scene.kube.writes, scene.said()]).toEqual([[], []])
})

describe('renamed files', () => {
  const renamed = (previous_filename: string, filename: string) => ({ filename, previous_filename, status: 'renamed' })
  test.each<[why: string, given: Given, before: Record<string, string>, want: Record<string, string>, told: string[]]>([
    [
      'the old key goes',
      {
        commits: { [sha]: { 'dir/sub/fejtabot.yaml': 'new' } },
        changed: [renamed('dir/sub/krzyzacy.yaml', 'dir/sub/fejtabot.yaml')],
      },
      { 'dir-sub-krzyzacy.yaml': 'old', other: 'x' },
      { 'dir-sub-fejtabot.yaml': 'new', other: 'x' },
      ['key `dir-sub-krzyzacy.yaml` using file ``', 'key `dir-sub-fejtabot.yaml` using file `dir/sub/fejtabot.yaml`'],
    ],
    [
      'a chain of renames loses nothing',
      {
        commits: { [sha]: { 'dir/b.yaml': 'a', 'dir/c.yaml': 'b' } },
        changed: [renamed('dir/a.yaml', 'dir/b.yaml'), renamed('dir/b.yaml', 'dir/c.yaml')],
      },
      { 'dir-a.yaml': 'a', 'dir-b.yaml': 'b' },
      { 'dir-b.yaml': 'a', 'dir-c.yaml': 'b' },
      ['key `dir-a.yaml` using file ``', 'key `dir-b.yaml` using file `dir/b.yaml`', 'key `dir-c.yaml`'],
    ],
    [
      'out of what the glob means, the key goes',
      { commits: { [sha]: { 'old/a.yaml': 'a' } }, changed: [renamed('dir/a.yaml', 'old/a.yaml')] },
      { 'dir-a.yaml': 'a' },
      {},
      ['key `dir-a.yaml` using file ``'],
    ],
    [
      'into it, only the new key is touched',
      {
        maps: { 'dir/*': { name: 'dir' } },
        commits: { [sha]: { 'dir/b': 'b', 'dir/a': 'a' } },
        changed: [renamed('elsewhere/a', 'dir/b')],
      },
      { a: 'a' },
      { a: 'a', b: 'b' },
      ['key `b` using file `dir/b`'],
    ],
    [
      'with a key of its own it is set',
      {
        maps: { 'dir/*': { name: 'dir', key: 'k' } },
        commits: { [sha]: { 'dir/b': 'b' } },
        changed: [renamed('dir/a', 'dir/b')],
      },
      { k: 'a' },
      { k: 'b' },
      ['key `k` using file `dir/b`'],
    ],
    [
      'moved to another folder, the same key holds it',
      {
        maps: { '**/*.yaml': { name: 'dir' } },
        commits: { [sha]: { 'y/a.yaml': 'new' } },
        changed: [
          { filename: 'x/a.yaml', status: 'removed' },
          { filename: 'y/a.yaml', status: 'added' },
        ].reverse(),
      },
      { 'a.yaml': 'old' },
      { 'a.yaml': 'new' },
      ['key `a.yaml` using file `y/a.yaml`'],
    ],
  ])('%s', async (_why, given, before, want, told) => {
    const scene = begin(given)
    await put(scene.kube, 'dir', before)
    await scene.merges()
    expect(scene.configMap('dir').data).toEqual({ VERSION: sha, ...want })
    for (const line of told) expect(scene.said()[0]).toContain(`- ${line}`)
    expect(scene.said()[0]?.match(/- key/g)).toHaveLength(told.length)
  })
})

test('a removed file takes its key along, wherever it lies', async () => {
  const scene = begin({ commits: { [sha]: {} }, changed: [{ filename: 'dir/a.yaml', status: 'removed' }] })
  await put(scene.kube, 'dir', { 'dir-a.yaml': 'x' }, { binaryData: { 'dir-a.yaml': 'AP8=', b: 'AA==' } })
  await scene.merges()
  expect(scene.configMap('dir')).toMatchObject({ data: { VERSION: sha }, binaryData: { b: 'AA==' } })
  expect(Object.keys(scene.configMap('dir').binaryData ?? {})).toEqual(['b'])
})

test('a folder where a file was takes its key along', async () => {
  const scene = begin({
    commits: { [sha]: { 'prow/config.yaml/inside': 'x' } },
    changed: ['prow/config.yaml', 'prow/config.yaml/inside'],
  })
  await put(scene.kube, 'config', { 'config.yaml': 'x' })
  await scene.merges()
  expect(scene.configMap('config').data).toEqual({ VERSION: sha })
})

test('compressed and binary values', async () => {
  const files = { a: 'text', b: 'text', c: Buffer.from([0, 0xff]) }
  const maps = { a: { name: 'm' }, b: { name: 'm', gzip: false }, c: { name: 'm', gzip: false } }
  const scene = begin({ maps, gzip: true, commits: { [sha]: files }, changed: Object.keys(files) })
  await scene.merges()
  // Compressing is work of other threads.
  await scene.dispatch.settled()
  const { data, binaryData = {} } = scene.configMap('m')
  expect(data).toEqual({ VERSION: sha, b: 'text' })
  expect(binaryData.c).toBe('AP8=')
  expect(Buffer.from(binaryData.a ?? '', 'base64').subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
})

describe('what cannot be written', () => {
  const files = { 'prow/config.yaml': 'x', 'dir/a.yaml': 'y' }
  const far = { maps: { ...usual, 'prow/config.yaml': { name: 'config', clusters: { far: [''] } } } }

  test('an unknown cluster keeps the others from nothing', async () => {
    const scene = begin({ ...far, commits: { [sha]: files }, changed: Object.keys(files) })
    await scene.merges()
    expect(scene.configMap('dir').data).toMatchObject({ 'dir-a.yaml': 'y' })
    expect(scene.said()).toEqual([
      [
        '@author: Updated the `dir` configmap in namespace `prow` at cluster `default` using the following files:',
        '   - key `dir-a.yaml` using file `dir/a.yaml`',
        '',
        'Could not update the following configmaps:',
        " * `config` configmap in namespace `prow` at cluster `far`: no k8s client is found for build cluster: 'far'",
      ].join('\n'),
    ])
    expect(await scene.metrics.getSingleMetricAsString('prow_plugin_handle_errors')).toMatch(/config-updater.* 1$/m)
  })

  test('a build cluster is written to by its name', async () => {
    const kube = memoryKube({ clock: testClock(), cluster: 'far' })
    const scene = begin({ ...far, far: kube, commits: { [sha]: files }, changed: Object.keys(files) })
    await scene.merges()
    expect(kube.read(configMaps, { namespace: 'prow', name: 'config' }).data).toMatchObject({ 'config.yaml': 'x' })
    expect(scene.kube.all(configMaps).map(({ metadata }) => metadata?.name)).toEqual(['dir'])
  })

  test.each<[why: string, path: string, content: string, told: RegExp]>([
    ['too much', 'dir/a.yaml', 'x'.repeat(1_048_536), /it would hold 1,048,577 bytes, and .* key is `dir-a.yaml`/],
    ['a file that nobody reads', 'dir/a.yaml', 'x'.repeat(10_485_761), /`dir\/a.yaml` has 10485761 bytes, and at most/],
    ['an odd name', 'dir/a b.yaml', 'x', /`dir-a b.yaml` cannot be a key of a ConfigMap/],
    ['a name with marks', 'dir/@all`_x_.yaml', 'x', /: `` dir-@all`_x_.yaml `` cannot be a key/],
  ])('%s changes nothing, and is told', async (_why, path, content, told) => {
    const scene = begin({ commits: { [sha]: { [path]: content } }, changed: [path] })
    await put(scene.kube, 'dir', { a: 'x' })
    await scene.merges()
    expect(scene.configMap('dir').data).toEqual({ a: 'x' })
    expect(scene.said()).toEqual([expect.stringMatching(told)])
  })

  test('what the cluster itself says goes to the log, not to the pull request', async () => {
    const scene = begin({ commits: { [sha]: files }, changed: Object.keys(files) })
    scene.kube.onRequest(({ verb, name }) => {
      if (verb === 'create' && name === 'dir')
        throw new KubeError(403, 'Forbidden', 'configmaps is forbidden: User "root"')
      if (verb === 'get' && name === 'config') throw new TypeError('connect 10.0.0.1')
    })
    await scene.merges()
    expect(scene.said()).toEqual([
      [
        '@author: Could not update the following configmaps:',
        ' * `config` configmap in namespace `prow` at cluster `default`: it failed; the log of hook says more',
        ' * `dir` configmap in namespace `prow` at cluster `default`: the cluster answered 403 Forbidden',
      ].join('\n'),
    ])
  })

  test('a namespace that is not there is asked for once', async () => {
    const scene = begin({ commits: { [sha]: files }, changed: ['dir/a.yaml'] })
    let creates = 0
    scene.kube.onRequest(({ verb }) => {
      if (verb !== 'create') return
      creates++
      throw new KubeError(404, 'NotFound', 'namespaces "prow" not found')
    })
    await scene.merges()
    expect(creates).toBe(1)
    expect(scene.said()).toEqual([expect.stringContaining('the cluster answered 404 NotFound')])
  })

  test('what would fill the memory is not read to its end', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `dir/${name}.yaml`)
    const content = Buffer.alloc(10 * 1024 * 1024, 'x')
    const scene = begin({
      commits: { [sha]: Object.fromEntries(names.map((name) => [name, content])) },
      changed: names,
    })
    await scene.merges()
    expect(scene.said()).toEqual([expect.stringContaining('the changed files have more than 33554432 bytes')])
  })

  test('very many files are not all named', async () => {
    const names = Array.from({ length: 2000 }, (_, index) => `dir/file-number-${index}.yaml`)
    const scene = begin({ commits: { [sha]: Object.fromEntries(names.map((name) => [name, 'x'])) }, changed: names })
    await scene.merges()
    expect(Object.keys(scene.configMap('dir').data ?? {})).toHaveLength(2001)
    expect(scene.said()[0]?.length).toBeLessThan(30_000)
    expect(scene.said()[0]).toMatch(/… and \d+ more$/)
  })
})

describe('more than one writer', () => {
  const files = { 'dir/a.yaml': 'new' }
  test('what another one has changed meanwhile stays', async () => {
    const scene = begin({ commits: { [sha]: files }, changed: Object.keys(files) })
    await put(scene.kube, 'dir', { other: 'old' })
    let quicker = 3
    scene.kube.onRequest(({ verb }) => {
      if (verb !== 'replace' || quicker-- <= 0) return
      scene.kube.change(configMaps, { namespace: 'prow', name: 'dir' }, (object) => {
        object.data = { ...object.data, other: `newer ${quicker}` }
      })
    })
    await scene.merges()
    expect(scene.configMap('dir').data).toEqual({ VERSION: sha, other: 'newer 0', 'dir-a.yaml': 'new' })
    expect(scene.said()).toHaveLength(1)
  })

  test('also when it was made, or deleted, meanwhile', async () => {
    const scene = begin({ commits: { [sha]: files }, changed: Object.keys(files) })
    let step = 0
    scene.kube.onRequest(async ({ verb }) => {
      if (verb === 'create' && step === 0) {
        step = 1
        await put(scene.kube, 'dir', { other: 'x' })
      } else if (verb === 'replace' && step === 1) {
        step = 2
        await scene.kube.delete(configMaps, { namespace: 'prow', name: 'dir' })
      }
    })
    await scene.merges()
    expect(step).toBe(2)
    expect(scene.configMap('dir').data).toEqual({ VERSION: sha, 'dir-a.yaml': 'new' })
  })

  test('what is always changed by others is given up, and tried again', async () => {
    const scene = begin({ commits: { [sha]: files }, changed: Object.keys(files) })
    await put(scene.kube, 'dir', {})
    let gets = 0
    const end = scene.kube.onRequest(({ verb }) => {
      if (verb === 'get') gets++
      if (verb === 'replace') throw new KubeError(409, 'Conflict', 'the object has been modified')
    })
    await scene.merges()
    expect(gets).toBe(10)
    expect(scene.said()).toEqual([expect.stringContaining('the cluster answered 409 Conflict')])
    end()
    await scene.clock.advance('1s')
    await scene.dispatch.settled()
    expect(scene.configMap('dir').data).toEqual({ VERSION: sha, 'dir-a.yaml': 'new' })
    expect(scene.said()).toEqual([expect.stringContaining('Updated the `dir` configmap')])
  })

  test('an earlier merge never undoes a later one', async () => {
    const commits = {
      [sha]: { 'dir/a.yaml': 'a', 'dir/b.yaml': 'b' },
      [later]: { 'dir/a.yaml': 'later', 'dir/c.yaml': 'c' },
    }
    const changed = ['dir/a.yaml', 'dir/b.yaml', { filename: 'dir/c.yaml', status: 'removed' }]
    const scene = begin({ commits, changed })
    await put(scene.kube, 'dir', { VERSION: later, 'dir-c.yaml': 'c' })
    scene.host.state.mergeBases.set(`org/repo:${sha}...${later}`, sha)
    await scene.merges()
    expect(scene.configMap('dir').data).toEqual({ VERSION: later, 'dir-a.yaml': 'later', 'dir-c.yaml': 'c' })
  })

  test.each<[why: string, version: string, base: string | undefined]>([
    ['an earlier commit', later, later],
    ['a commit beside it', later, 'c'.repeat(40)],
    ['a commit of another repository', later, undefined],
    ['no commit', 'v1', undefined],
    ['the same', sha, undefined],
  ])('a version that is %s gives way', async (_why, VERSION, base) => {
    const scene = begin({ commits: { [sha]: files }, changed: Object.keys(files) })
    await put(scene.kube, 'dir', { VERSION })
    if (base) scene.host.state.mergeBases.set(`org/repo:${sha}...${VERSION}`, base)
    await scene.merges()
    expect(scene.configMap('dir').data).toEqual({ VERSION: sha, 'dir-a.yaml': 'new' })
    expect(scene.host.calls.includes('mergeBase')).toBe(VERSION === later)
  })

  test('without knowing which merge is later nothing is written', async () => {
    const scene = begin({ commits: { [sha]: files }, changed: Object.keys(files) })
    await put(scene.kube, 'dir', { VERSION: later })
    scene.host.before = (operation) => {
      if (operation === 'mergeBase') throw new CodeHostError('forbidden', 403, 'no')
    }
    await scene.merges()
    expect(scene.configMap('dir').data).toEqual({ VERSION: later })
  })
})

test('a repetition writes the same, and says it once', async () => {
  const files = { 'dir/a.yaml': 'x', 'prow/config.yaml': 'y' }
  const scene = begin({ commits: { [sha]: files }, changed: Object.keys(files) })
  let lost = false
  scene.host.after = (operation) => {
    if (operation !== 'comment' || lost) return
    lost = true
    throw new CodeHostError('unavailable', 502, 'no answer')
  }
  await scene.merges()
  await scene.clock.advance('1s')
  await scene.dispatch.settled()
  expect(lost).toBe(true)
  expect(scene.said()).toHaveLength(1)
  expect(scene.kube.writes).toHaveLength(2)
})

test.each([
  ['@al: Updated the `c` configmap in namespace', true],
  ['@al: Updated the following 2 configmaps:', true],
  ['@al: Could not update the following configmaps:', true],
  ['@al: Updated the title', false],
  ['@al: x\n\n>@al: Updated the `c` configmap', false],
])('"%s" is a report: %s', (body, want) => expect(isReport(body)).toBe(want))

test('more files than the code host names come from git', async () => {
  const readme = Array.from({ length: 2999 }, (_, index) => `docs/${index}`)
  const commits = { [sha]: { 'dir/a.yaml': 'a', 'dir/b.yaml': 'b' }, base: { 'dir/gone.yaml': 'x' } }
  const scene = begin({ commits, changed: [...readme, 'dir/a.yaml'] })
  await put(scene.kube, 'dir', { 'dir-gone.yaml': 'x' })
  await scene.merges({ base: { ...scene.pr().base, sha: 'base' } })
  expect(scene.configMap('dir').data).toEqual({ VERSION: sha, 'dir-a.yaml': 'a', 'dir-b.yaml': 'b' })
})

test('an installation without clusters says so', async () => {
  const started = scene({
    with: [configUpdater],
    plugins: { sections: { config_updater: { gzip: false, cluster_groups: {} } } },
  })
  await started.acts('closed', {}, merged)
  expect(await started.metrics.getSingleMetricAsString('prow_plugin_handle_errors')).toMatch(/config-updater.* 1$/m)
})

describe('help', () => {
  const { plugins } = snapshot({
    plugins: {
      sections: {
        config_updater: {
          gzip: false,
          cluster_groups: {},
          maps: {
            'b/*': {
              partitioned_names: ['p0', 'p1'],
              use_full_path_as_key: false,
              clusters: { default: [''], far: ['n'] },
            },
            a: { name: '<c>', use_full_path_as_key: false, clusters: { default: [''] } },
          },
        },
      },
    },
  })
  test('tells where files go, when there is one repository', () =>
    expect(configUpdater.help?.(plugins, ['o/r']).config).toEqual({
      '': 'Files that match <code>o/r/a</code> go to the ConfigMap <code>&lt;c&gt;</code> in cluster <code>default</code>.\nFiles that match <code>o/r/b/*</code> go to the ConfigMap <code>p0</code> or <code>p1</code> in cluster <code>default</code>, namespace <code>n</code> of cluster <code>far</code>.',
    }))
  test.each([[[]], [['o/r', 'o/s']]])('and not with %j', (repos) =>
    expect(configUpdater.help?.(plugins, repos).config).toBeUndefined(),
  )
})
