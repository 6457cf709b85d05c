// Volumes on disk and the mounts made of them: what a container may reach, and what it may not.
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VolumeMount } from 'kubernetes-types/core/v1.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConfigMap, Pod } from '../../api/kubernetes.ts'
import { makeVolumes, mountsOf } from './volumes.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bowsprit-volumes-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const node = { nodeName: 'n', hostIP: '127.0.0.1', cpu: 4, memory: 1024 }
const references = {
  configMaps: new Map<string, ConfigMap>([['cm', { metadata: {}, data: { a: 'A' } }]]),
  secrets: new Map(),
}
const podOf = (volumes: NonNullable<Pod['spec']>['volumes'] = []): Pod => ({
  metadata: { name: 'p', namespace: 'ns' },
  spec: { containers: [], volumes },
})
const pod = podOf([
  { name: 'work', emptyDir: {} },
  { name: 'cm', configMap: { name: 'cm' } },
])

async function mount(mount: Partial<VolumeMount>, env = {}) {
  expect(await makeVolumes(pod, dir, references, node)).toBeUndefined()
  return mountsOf({ name: 'c', volumeMounts: [{ name: 'work', mountPath: '/m', ...mount }] }, pod, dir, env)
}

test('an emptyDir can be written to by whoever the container runs as', async () => {
  expect(await mount({})).toEqual({
    mounts: [{ path: '/m', source: join(dir, 'work'), kind: 'dir', readOnly: false }],
  })
  expect((await stat(join(dir, 'work'))).mode & 0o777).toBe(0o777)
})

test('what the node has written is read-only, one file of it too', async () => {
  expect(await mount({ name: 'cm', subPath: 'a' })).toEqual({
    mounts: [{ path: '/m', source: join(dir, 'cm/a'), kind: 'file', readOnly: true }],
  })
  expect(await mount({ name: 'cm', subPath: 'b' })).toMatchObject({ problem: expect.stringContaining('no such file') })
})

test('a subPath is made where it is missing, by name or by a variable', async () => {
  expect(await mount({ subPath: 'x/y' })).toMatchObject({ mounts: [{ source: join(dir, 'work/x/y'), kind: 'dir' }] })
  expect(await mount({ subPathExpr: '$(WHO)' }, { WHO: 'me' })).toMatchObject({
    mounts: [{ source: join(dir, 'work/me') }],
  })
  expect(await mount({ subPathExpr: '$(NO)' })).toEqual({ problem: 'missing value for "NO"' })
})

test.each(['../out', '/etc', 'a/../../out'])('subPath %s is refused', async (subPath) => {
  expect(await mount({ subPath })).toMatchObject({ problem: expect.stringContaining('must be relative') })
})

test('a link that a container has left does not lead out of the volume', async () => {
  await mount({})
  await mkdir(join(dir, 'outside'))
  await writeFile(join(dir, 'outside/file'), 'x')
  await symlink(join(dir, 'outside'), join(dir, 'work/link'))
  for (const subPath of ['link', 'link/file', 'link/new/dir']) {
    expect(await mount({ subPath })).toMatchObject({ problem: expect.stringContaining('leads out of the volume') })
  }
})

test.each([['no such volume', { name: 'none' }, 'there is no such volume']])('%s', async (_why, more, problem) => {
  expect(await mount(more)).toMatchObject({ problem: expect.stringContaining(problem) })
})

test('volumes that cannot be made say why', async () => {
  const problem = (volume: object) => makeVolumes(podOf([{ name: 'v', ...volume }]), dir, references, node)
  expect(await problem({ hostPath: { path: join(dir, 'none') } })).toMatchObject({
    problem: `hostPath ${join(dir, 'none')} does not exist`,
  })
  expect(await problem({ hostPath: { path: dir, type: 'File' } })).toMatchObject({
    problem: expect.stringContaining('is not a File'),
  })
  expect(await problem({ persistentVolumeClaim: { claimName: 'x' } })).toEqual({
    volume: 'v',
    problem: 'volume type persistentVolumeClaim is not supported by this node',
  })
  expect(await problem({ hostPath: { path: join(dir, 'made/here'), type: 'DirectoryOrCreate' } })).toBeUndefined()
  expect((await stat(join(dir, 'made/here'))).isDirectory()).toBe(true)
})
