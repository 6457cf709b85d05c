// The in-memory Kubernetes API behaves as a server does: one suite, run on it and on the embedded API server.
import { afterEach, describe, expect, test } from 'vitest'
import { type ConfigMap, configMaps, type KubeObject } from '../api/kubernetes.ts'
import { startTestServer } from '../engine/apiserver/test-server.ts'
import type { Kube, WatchEvent } from '../kube/client.ts'
import { httpKube } from '../kube/http.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { testClock } from './clock.ts'
import { memoryKube } from './memory-kube.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

const namespace = 'default'
const map = (name: string, extra: Partial<ConfigMap['metadata']> = {}): ConfigMap => ({
  metadata: { name, namespace, ...extra },
  data: { a: '1' },
})
const at = (name: string) => ({ namespace, name })

async function take<T extends KubeObject>(count: number, events: AsyncIterable<WatchEvent<T>>): Promise<string[]> {
  const seen: string[] = []
  for await (const { type, object } of events) {
    if (type !== 'BOOKMARK') seen.push(`${type} ${object.metadata?.name}`)
    if (seen.length === count) break
  }
  return seen
}

const engines: readonly [name: string, start: () => Promise<Kube>][] = [
  ['in memory', async () => memoryKube({ clock: testClock() })],
  [
    'embedded',
    async () => {
      const { server, stop } = await startTestServer()
      cleanups.push(stop)
      const access = () => ({ headers: { authorization: `Bearer ${server.token}` }, tls: { ca: server.ca } })
      const kube = httpKube({ cluster: 'default', server: server.url, access, clock: systemClock, ids: systemIds })
      cleanups.push(() => kube.close())
      return kube
    },
  ],
]

describe.each(engines)('%s', (_name, start) => {
  const kubeWith = async (...objects: ConfigMap[]) => {
    const kube = await start()
    for (const object of objects) await kube.create(configMaps, object)
    return kube
  }

  test('what is created says what it is and when it was made', async () => {
    const kube = await kubeWith()
    const made = await kube.create(configMaps, map('one'))
    expect(made).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } })
    expect(made.metadata?.uid).toMatch(/./)
    expect(made.metadata?.resourceVersion).toMatch(/^\d+$/)
    expect(made.metadata?.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(await kube.get(configMaps, at('one'))).toEqual(made)
    expect(await kube.get(configMaps, at('two'))).toBeUndefined()
  })

  test('what a kind promises is there in every answer, also when the server has nothing of it', async () => {
    const kube = await kubeWith(map('one'))
    const promising: typeof configMaps = {
      ...configMaps,
      complete: (object) => ({ ...object, binaryData: object.binaryData ?? {} }),
    }
    const seen: unknown[] = []
    seen.push(await kube.create(promising, map('two')), await kube.get(promising, at('one')))
    const { items, resourceVersion } = await kube.list(promising, { namespace, fieldSelector: 'metadata.name=one' })
    seen.push(...items)
    const patched = await kube.patch(promising, at('one'), { merge: { data: { a: '2' } } })
    seen.push(patched, await kube.replace(promising, { ...patched, data: { a: '3' } }))
    const { signal } = new AbortController()
    for await (const { object } of kube.watch(promising, { namespace, resourceVersion, signal })) {
      seen.push(object)
      break
    }
    expect(seen).toHaveLength(6)
    for (const object of seen) expect(object).toHaveProperty('binaryData')
  })

  test('a second create of the same name is refused', async () => {
    const kube = await kubeWith(map('one'))
    await expect(kube.create(configMaps, map('one'))).rejects.toMatchObject({ code: 409, reason: 'AlreadyExists' })
  })

  test('a name is needed, or the beginning of one', async () => {
    const kube = await kubeWith()
    await expect(kube.create(configMaps, { metadata: { namespace } })).rejects.toMatchObject({ code: 422 })
    const made = await kube.create(configMaps, { metadata: { namespace, generateName: 'x-' } })
    expect(made.metadata?.name).toMatch(/^x-.{5}$/)
  })

  test('a merge patch removes what is null, and a stale version conflicts', async () => {
    const kube = await kubeWith()
    const old = await kube.create(configMaps, map('one'))
    const now = await kube.patch(configMaps, at('one'), { merge: { data: { a: null, b: '2' } } })
    expect(now.data).toEqual({ b: '2' })
    const stale = { metadata: { resourceVersion: old.metadata?.resourceVersion }, data: { b: '3' } }
    const conflict = { code: 409, reason: 'Conflict' }
    await expect(kube.patch(configMaps, at('one'), { merge: stale })).rejects.toMatchObject(conflict)
    await expect(kube.replace(configMaps, { ...old, data: {} })).rejects.toMatchObject(conflict)
    await expect(kube.patch(configMaps, at('two'), { merge: {} })).rejects.toMatchObject({
      code: 404,
      reason: 'NotFound',
    })
  })

  test('a JSON patch is applied, or refused as a whole', async () => {
    const kube = await kubeWith(map('one'))
    const json = [{ op: 'add', path: '/data/b', value: '2' }]
    expect((await kube.patch(configMaps, at('one'), { json })).data).toEqual({ a: '1', b: '2' })
    const failing = [...json, { op: 'test', path: '/data/a', value: '9' }]
    await expect(kube.patch(configMaps, at('one'), { json: failing })).rejects.toMatchObject({ code: 422 })
  })

  test('a patch that changes nothing makes no version, a dry run changes nothing', async () => {
    const kube = await kubeWith(map('one'))
    const before = await kube.get(configMaps, at('one'))
    await kube.patch(configMaps, at('one'), { merge: { data: { a: '1' } } })
    const dry = await kube.patch(configMaps, at('one'), { merge: { data: { a: '9' } } }, { dryRun: true })
    expect(dry.data).toEqual({ a: '9' })
    expect(await kube.delete(configMaps, at('one'), { dryRun: true })).toBe(true)
    await kube.create(configMaps, map('two'), { dryRun: true })
    expect(await kube.get(configMaps, at('one'))).toEqual(before)
    expect(await kube.get(configMaps, at('two'))).toBeUndefined()
  })

  test('a finalizer keeps a deleted object until it is taken away', async () => {
    const kube = await kubeWith(map('one', { finalizers: ['x/y'] }))
    expect(await kube.delete(configMaps, at('one'))).toBe(true)
    const going = await kube.get(configMaps, at('one'))
    expect(going?.metadata?.deletionTimestamp).toMatch(/Z$/)
    await kube.patch(configMaps, at('one'), { merge: { metadata: { finalizers: null } } })
    expect(await kube.get(configMaps, at('one'))).toBeUndefined()
    expect(await kube.delete(configMaps, at('one'))).toBe(false)
  })

  test('a deletion may be for one uid only', async () => {
    const kube = await kubeWith(map('one'))
    await expect(kube.delete(configMaps, at('one'), { uid: 'other' })).rejects.toMatchObject({ code: 409 })
    expect(await kube.get(configMaps, at('one'))).toBeDefined()
  })

  test('a watch with a selector sees objects come into and out of it', async () => {
    const kube = await kubeWith()
    const { resourceVersion } = await kube.list(configMaps, { namespace })
    await kube.create(configMaps, map('other'))
    await kube.create(configMaps, map('one', { labels: { want: 'yes' } }))
    await kube.patch(configMaps, at('one'), { merge: { metadata: { labels: { want: null } } } })
    await kube.patch(configMaps, at('one'), { merge: { metadata: { labels: { want: 'yes' } } } })
    await kube.delete(configMaps, at('one'))
    const { signal } = new AbortController()
    const events = kube.watch(configMaps, { namespace, labelSelector: 'want=yes', resourceVersion, signal })
    expect(await take(4, events)).toEqual(['ADDED one', 'DELETED one', 'ADDED one', 'DELETED one'])
  })

  test('lists are selected, sorted and come in pages', async () => {
    const kube = await kubeWith(map('c', { labels: { want: 'yes' } }), map('a', { labels: { want: 'yes' } }), map('b'))
    const selected = { namespace, labelSelector: 'want in (yes)' }
    const first = await kube.list(configMaps, { ...selected, limit: 1 })
    const second = await kube.list(configMaps, { ...selected, limit: 1, continue: first.continue ?? '' })
    expect([...first.items, ...second.items].map(({ metadata }) => metadata?.name)).toEqual(['a', 'c'])
    expect(second.continue).toBeUndefined()
    const named = await kube.list(configMaps, { namespace, fieldSelector: 'metadata.name=b' })
    expect(named.items.map(({ metadata }) => metadata?.name)).toEqual(['b'])
  })
})

test('a compacted version is gone', async () => {
  const kube = memoryKube({ clock: testClock() })
  const { resourceVersion } = await kube.list(configMaps)
  await kube.create(configMaps, map('two'))
  kube.compact()
  const { signal } = new AbortController()
  await expect(take(1, kube.watch(configMaps, { resourceVersion, signal }))).rejects.toMatchObject({ code: 410 })
})

test('only writes that change something are remembered, and what is stored cannot be changed by accident', async () => {
  const kube = memoryKube({ clock: testClock() })
  const made = await kube.create(configMaps, map('one'))
  await kube.patch(configMaps, at('one'), { merge: { data: { a: '1' } } })
  expect(kube.writes.map(({ verb }) => verb)).toEqual(['create'])
  expect(() => Object.assign(made.data ?? {}, { a: '2' })).toThrow(TypeError)
})
