// The in-memory Kubernetes API behaves as components expect of a server.
import { expect, test } from 'vitest'
import { type ConfigMap, configMaps, type KubeObject } from '../api/kubernetes.ts'
import type { WatchEvent } from '../kube/client.ts'
import { testClock } from './clock.ts'
import { memoryKube } from './memory-kube.ts'

const map = (name: string, extra: Partial<ConfigMap['metadata']> = {}): ConfigMap => ({
  metadata: { name, namespace: 'ns', ...extra },
  data: { a: '1' },
})
const at = (name: string) => ({ namespace: 'ns', name })
const kubeWith = async (...objects: ConfigMap[]) => {
  const kube = memoryKube({ clock: testClock() })
  for (const object of objects) await kube.create(configMaps, object)
  return kube
}

async function take<T extends KubeObject>(count: number, events: AsyncIterable<WatchEvent<T>>): Promise<string[]> {
  const seen: string[] = []
  for await (const { type, object } of events) {
    seen.push(`${type} ${object.metadata?.name}`)
    if (seen.length === count) break
  }
  return seen
}

test('a second create of the same name is refused', async () => {
  const kube = await kubeWith(map('one'))
  await expect(kube.create(configMaps, map('one'))).rejects.toMatchObject({ code: 409, reason: 'AlreadyExists' })
})

test('a merge patch removes what is null, and a stale version conflicts', async () => {
  const kube = await kubeWith(map('one'))
  const old = kube.read(configMaps, at('one'))
  const now = await kube.patch(configMaps, at('one'), { merge: { data: { a: null, b: '2' } } })
  expect(now.data).toEqual({ b: '2' })
  const stale = { metadata: { resourceVersion: old.metadata?.resourceVersion }, data: { b: '3' } }
  await expect(kube.patch(configMaps, at('one'), { merge: stale })).rejects.toMatchObject({
    code: 409,
    reason: 'Conflict',
  })
  await expect(kube.replace(configMaps, { ...old, data: {} })).rejects.toMatchObject({ reason: 'Conflict' })
})

test('a patch that changes nothing makes no version, a dry run changes nothing', async () => {
  const kube = await kubeWith(map('one'))
  const before = kube.read(configMaps, at('one'))
  await kube.patch(configMaps, at('one'), { merge: { data: { a: '1' } } })
  await kube.patch(configMaps, at('one'), { merge: { data: { a: '9' } } }, { dryRun: true })
  expect(kube.read(configMaps, at('one'))).toEqual(before)
  expect(kube.writes.map(({ verb }) => verb)).toEqual(['create'])
})

test('a finalizer keeps a deleted object until it is taken away', async () => {
  const kube = await kubeWith(map('one', { finalizers: ['x/y'] }))
  expect(await kube.delete(configMaps, at('one'))).toBe(true)
  expect(kube.read(configMaps, at('one')).metadata?.deletionTimestamp).toBe('2026-01-02T03:04:05Z')
  await kube.patch(configMaps, at('one'), { merge: { metadata: { finalizers: null } } })
  expect(await kube.get(configMaps, at('one'))).toBeUndefined()
  expect(await kube.delete(configMaps, at('one'))).toBe(false)
})

test('a watch with a selector sees objects come into and out of it', async () => {
  const kube = await kubeWith()
  const { resourceVersion } = await kube.list(configMaps)
  await kube.create(configMaps, map('other'))
  await kube.create(configMaps, map('one', { labels: { want: 'yes' } }))
  await kube.patch(configMaps, at('one'), { merge: { metadata: { labels: { want: null } } } })
  await kube.patch(configMaps, at('one'), { merge: { metadata: { labels: { want: 'yes' } } } })
  await kube.delete(configMaps, at('one'))
  const { signal } = new AbortController()
  const events = kube.watch(configMaps, { labelSelector: 'want=yes', resourceVersion, signal })
  expect(await take(4, events)).toEqual(['ADDED one', 'DELETED one', 'ADDED one', 'DELETED one'])
})

test('a compacted version is gone', async () => {
  const kube = await kubeWith(map('one'))
  const { resourceVersion } = await kube.list(configMaps)
  await kube.create(configMaps, map('two'))
  kube.compact()
  const { signal } = new AbortController()
  await expect(take(1, kube.watch(configMaps, { resourceVersion, signal }))).rejects.toMatchObject({ code: 410 })
})

test('lists come in pages', async () => {
  const kube = await kubeWith(map('a'), map('b'), map('c'))
  const first = await kube.list(configMaps, { limit: 2 })
  const second = await kube.list(configMaps, { limit: 2, continue: first.continue ?? '' })
  expect([...first.items, ...second.items].map(({ metadata }) => metadata?.name)).toEqual(['a', 'b', 'c'])
  expect(second.continue).toBeUndefined()
})
