// config-bootstrapper: what lies in folders is what ConfigMaps hold afterwards; and its command line, against a server.
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { configMaps } from '../api/kubernetes.ts'
import { startTestServer } from '../engine/apiserver/test-server.ts'
import { clustersOf } from '../kube/clusters.ts'
import type { Settings } from '../plugins/config-updater/plan.ts'
import { testClock } from '../testing/clock.ts'
import { commandLine, folderWith } from '../testing/command-line.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { bootstrap } from './config-bootstrapper.ts'

type Entry = NonNullable<Settings['maps']>[string]

function begin(maps: Readonly<Record<string, Partial<Entry>>>) {
  const kube = memoryKube({ clock: testClock() })
  const entries = Object.entries(maps).map(([glob, given]): [string, Entry] => [
    glob,
    { use_full_path_as_key: false, clusters: { default: [''] }, ...given },
  ])
  const settings: Settings = { gzip: false, cluster_groups: {}, maps: Object.fromEntries(entries) }
  return {
    kube,
    run: (...folders: string[]) =>
      bootstrap({ folders, settings, defaultNamespace: 'default', clusters: clustersOf(kube) }),
    put: (name: string, data: Record<string, string>, binaryData: Record<string, string> = {}) =>
      kube.create(configMaps, { metadata: { namespace: 'default', name }, data, binaryData }),
    data: (name: string) => kube.read(configMaps, { namespace: 'default', name }).data,
  }
}

test('keys without a file go, and the version stays, however often it runs', async () => {
  const { run, put, data, kube } = begin({ 'dir/*': { name: 'c' } })
  await put('c', { VERSION: 'old', a: '1', b: '2', x: 'old' }, { c: 'AP8=' })
  const folder = folderWith({ VERSION: 'v1\n', 'dir/x': 'new', 'other/y': 'y' })
  for (const _ of [1, 2]) {
    expect((await run(folder)).outcomes).toMatchObject([{ done: [{ key: 'x', file: 'dir/x' }], size: 6 }])
    expect(data('c')).toEqual({ VERSION: 'v1\n', x: 'new' })
  }
  expect(kube.all(configMaps)[0]?.binaryData).toBeUndefined()
  // One to set the scene, one by the first run; the second found nothing to do.
  expect(kube.writes).toHaveLength(2)
})

test('without a version none is written', async () => {
  const { run, put, data } = begin({ x: { name: 'c' } })
  await put('c', { VERSION: 'old' })
  await run(folderWith({ x: '1', VERSION: '' }))
  expect(data('c')).toEqual({ x: '1' })
})

test('of two folders the first counts', async () => {
  const { run, data } = begin({ '**/*': { name: 'c', use_full_path_as_key: true } })
  await run(
    folderWith({ 'a/both': 'first', 'a/one': '1' }),
    folderWith({ 'a/both': 'second', 'a/two': '2', VERSION: 'v' }),
  )
  expect(data('c')).toEqual({ VERSION: 'v', 'a-both': 'first', 'a-one': '1', 'a-two': '2' })
})

test('a partition without files is emptied, a ConfigMap without any is left alone', async () => {
  const { run, put, data } = begin({ '*.yaml': { partitioned_names: ['p0', 'p1'] }, '*.txt': { name: 't' } })
  await put('p1', { 'baz.yaml': 'old' })
  await put('t', { 'a.txt': 'kept' })
  await run(folderWith({ 'foo.yaml': 'new' }))
  expect(data('p0')).toEqual({ 'foo.yaml': 'new' })
  expect(data('p1')).toBeUndefined()
  expect(data('t')).toEqual({ 'a.txt': 'kept' })
})

test('two names of one namespace are one write', async () => {
  const { run, data, kube } = begin({
    'x*': { name: 'c', clusters: { default: ['default'] } },
    'y*': { name: 'c' },
  })
  await run(folderWith({ xx: '1', yy: '2' }))
  expect(data('c')).toEqual({ xx: '1', yy: '2' })
  expect(kube.writes).toHaveLength(1)
})

test('what one cannot know is left out: repositories, and what git keeps', async () => {
  const { run, data, kube } = begin({
    '**/*': { name: 'c' },
    only: { name: 'd', allowed_repos: ['org'] },
    other: { name: 'e', denied_repos: ['org'] },
  })
  const folder = folderWith({ '.git/config': 'token', 'sub/.git': 'gitdir', '.hidden/x': '1', other: '2' })
  const { leftOut, ambiguous } = await run(folder)
  expect(leftOut).toEqual(['only'])
  expect(ambiguous).toEqual([{ path: 'other', globs: ['other', '**/*'] }])
  expect([data('c'), data('e')]).toEqual([{ x: '1' }, { other: '2' }])
  expect(kube.all(configMaps)).toHaveLength(2)
})

test('a failure keeps the others from nothing', async () => {
  const { run, data } = begin({ ax: { name: 'a', clusters: { far: [''] } }, bx: { name: 'b' } })
  const { outcomes } = await run(folderWith({ ax: '1', bx: '2' }))
  expect(outcomes).toMatchObject([
    { refused: "no k8s client is found for build cluster: 'far'" },
    { done: [{ key: 'bx' }] },
  ])
  expect(data('b')).toEqual({ bx: '2' })
})

test.each<[why: string, target: string, says: RegExp]>([
  ['out of the folder', '../../../../../../../../etc/passwd', /dir\/link is a link that leads out of /],
  ['by its whole path', '/etc/passwd', /dir\/link is a link that leads out of /],
  ['to a folder', '.', /dir\/link in .* is no file/],
  ['nowhere', 'none', /dir\/link is gone, or a link that leads nowhere/],
])('a link %s fails', async (_why, target, says) => {
  const { run, put, data } = begin({ 'dir/*': { name: 'c' } })
  await put('c', { link: 'kept' })
  const folder = folderWith({ 'dir/x': '1' })
  symlinkSync(target, join(folder, 'dir/link'))
  expect((await run(folder)).outcomes).toMatchObject([{ failed: { message: expect.stringMatching(says) } }])
  expect(data('c')).toEqual({ link: 'kept' })
})

test('a mounted ConfigMap is a folder like others', async () => {
  const { run, data } = begin({ '*.yaml': { name: 'c' } })
  const folder = folderWith({ '..2024/x.yaml': 'mounted' })
  symlinkSync('..2024', join(folder, '..data'))
  symlinkSync('..data/x.yaml', join(folder, 'x.yaml'))
  await run(folder)
  expect(data('c')).toEqual({ 'x.yaml': 'mounted' })
})

test('a file that is too large is told', async () => {
  const { run } = begin({ 'x*': { name: 'c' } })
  const { outcomes } = await run(folderWith({ xx: 'x'.repeat(10_485_761) }))
  expect(outcomes).toMatchObject([
    { refused: '`xx` has 10485761 bytes, and at most 10485760 are read for a ConfigMap' },
  ])
})

test('a folder that is not there is named', async () => {
  await expect(begin({}).run('/none/such')).rejects.toThrow(/^cannot read the source path \/none\/such: ENOENT/)
})

const plugins = `plugins: {o: {plugins: [config-updater]}}
config_updater:
  maps:
    config.yaml: {name: config}
    jobs/**/*.yaml: {name: jobs, clusters: {default: [default], far: [x]}}
    secret: {name: secret, allowed_repos: [o]}
`
const files = { 'config.yaml': 'prowjob_namespace: default\n', 'plugins.yaml': plugins, VERSION: 'v1' }

function on(folder: string, ...args: string[]) {
  const paths = [`--config-path=${join(folder, 'config.yaml')}`, `--plugin-config=${join(folder, 'plugins.yaml')}`]
  return commandLine(['config-bootstrapper', ...paths, ...args])
}

test('the command line', async () => {
  const api = await startTestServer()
  onTestFinished(() => api.stop())
  const folder = folderWith({ ...files, 'jobs/a/unit.yaml': 'unit\n' })
  const kubeconfig = join(folder, 'kubeconfig')
  const { url, token, ca } = api.server
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'here',
      clusters: [{ name: 'here', cluster }],
      users: [{ name: 'me', user: { token } }],
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    }),
  )
  const args = [`--kubeconfig=${kubeconfig}`, `--source-path=${folder}`]
  const warnings =
    'bowsprit config-bootstrapper: secret is left out: it has allowed_repos, and nobody says which repository this is\n' +
    "bowsprit config-bootstrapper: x/jobs at cluster far: no k8s client is found for build cluster: 'far'\n"

  const dry = await on(folder, ...args)
  expect(dry).toEqual({
    code: 1,
    stdout:
      'would update default/config at cluster default: 1 keys\nwould update default/jobs at cluster default: 1 keys\n',
    stderr: warnings,
  })
  expect((await api.client.get('/api/v1/namespaces/default/configmaps/config')).code).toBe(404)

  const real = await on(folder, ...args, '--dry-run=false')
  expect(real.stdout).toMatch(/^updated default\/config at cluster default: 1 keys\n/)
  const { body } = await api.client.get('/api/v1/namespaces/default/configmaps/jobs')
  expect(body).toMatchObject({ data: { VERSION: 'v1', 'unit.yaml': 'unit\n' } })

  writeFileSync(join(folder, 'plugins.yaml'), plugins.replace(', far: [x]', ''))
  expect(await on(folder, ...args, '--dry-run=false')).toMatchObject({ code: 0 })
})

test.each<[why: string, args: string[], code: number, says: string]>([
  ['no folder', [], 2, '--source-path is needed'],
  ['no cluster', ['--source-path=.', '--kubeconfig=/none'], 1, '/none'],
  ['an unknown flag', ['--source-paht=.'], 2, 'unknown flag --source-paht'],
])('%s is refused', async (_why, args, code, says) => {
  expect(await on(folderWith(files), ...args)).toMatchObject({
    code,
    stdout: '',
    stderr: expect.stringContaining(says),
  })
})
