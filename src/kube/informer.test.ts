// The informer stays true to the server: through lost connections, forgotten history and its own writes.
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { type ConfigMap, configMaps } from '../api/kubernetes.ts'
import { settle, testClock } from '../testing/clock.ts'
import { type MemoryRequest, memoryKube } from '../testing/memory-kube.ts'
import { KubeError } from './client.ts'
import { type InformerOptions, informer } from './informer.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

const map = (name: string, value = '1'): ConfigMap => ({ metadata: { name, namespace: 'ns' }, data: { value } })
const at = (name: string) => ({ namespace: 'ns', name })

async function world({
  more = 0,
  broken = false,
  ...options
}: Partial<InformerOptions<ConfigMap>> & { more?: number; broken?: boolean } = {}) {
  const clock = testClock()
  const kube = memoryKube({ clock })
  await kube.create(configMaps, map('old'))
  for (let i = 0; i < more; i++) await kube.create(configMaps, map(`m${i}`))
  if (broken) {
    kube.onRequest(() => {
      throw new Error('broken')
    })
  }
  const end = new AbortController()
  ends.push(end)
  const requests: MemoryRequest[] = []
  kube.onRequest((request) => {
    requests.push(request)
  })
  const cache = informer({
    kube,
    resource: configMaps,
    clock,
    ids: { fraction: () => 0 },
    log: pino({ level: 'silent' }),
    signal: end.signal,
    ...options,
  })
  const seen: string[] = []
  cache.on((change) => {
    seen.push(`${change.type} ${(change.type === 'deleted' ? change.before : change.now).metadata?.name}`)
  })
  return { clock, kube, cache, seen, requests, end, synced: () => cache.synced.then(() => settle()) }
}

test('the first list and every change after it arrive in order', async () => {
  const { kube, cache, seen, synced } = await world()
  await synced()
  await kube.create(configMaps, map('new'))
  await kube.patch(configMaps, at('old'), { merge: { data: { value: '2' } } })
  await kube.delete(configMaps, at('new'))
  await settle()
  expect(seen).toEqual(['added old', 'added new', 'modified old', 'deleted new'])
  expect(cache.list().map(({ data }) => data)).toEqual([{ value: '2' }])
  expect(cache.get('ns', 'new')).toBeUndefined()
})

test('long lists come page by page', async () => {
  const { cache, requests, synced } = await world({ more: 1200 })
  await synced()
  expect(cache.list()).toHaveLength(1201)
  expect(requests.filter(({ verb }) => verb === 'list')).toHaveLength(3)
})

test('after a cut connection it goes on where it was, without listing everything again', async () => {
  const { clock, kube, cache, seen, requests, synced } = await world()
  await synced()
  kube.endWatches('lost')
  await settle()
  expect(cache.trouble()).toMatchObject({ error: { code: 'ECONNRESET' } })
  await kube.create(configMaps, map('meanwhile'))
  await clock.advance('1s')
  expect(cache.trouble()).toBeUndefined()
  expect(seen).toEqual(['added old', 'added meanwhile'])
  expect(requests.filter(({ verb }) => verb === 'watch')).toHaveLength(2)
})

test('a watch that the server ends in the ordinary way is followed by the next at once', async () => {
  const { clock, kube, cache, requests, synced } = await world()
  await synced()
  await clock.advance('5m')
  kube.endWatches('closed')
  await settle()
  expect(requests.filter(({ verb }) => verb === 'watch')).toHaveLength(2)
  expect(requests.filter(({ verb }) => verb === 'list')).toHaveLength(1)
  expect(cache.trouble()).toBeUndefined()
})

test('a server that ends every watch at once is not stormed', async () => {
  const { clock, kube, requests, synced } = await world()
  await synced()
  kube.onRequest(({ verb }) => {
    if (verb === 'watch') void settle(1).then(() => kube.endWatches('closed'))
  })
  kube.endWatches('closed')
  await clock.advance('5m')
  expect(requests.filter(({ verb }) => verb === 'watch').length).toBeLessThan(20)
})

test('a dead server is tried ever less often, and its return is told', async () => {
  const { clock, kube, cache, requests, synced } = await world()
  await synced()
  const recovered: number[] = []
  cache.onRecovery(() => recovered.push(clock.now()))
  const revive = kube.onRequest(() => {
    throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  })
  const start = clock.now()
  kube.endWatches('lost')
  await clock.advance('10m')
  expect(requests.length).toBeLessThan(30)
  expect(cache.trouble()?.since).toBe(start)
  expect(cache.get('ns', 'old')).toBeDefined()
  revive()
  await clock.advance('30s')
  expect(recovered).toHaveLength(1)
  expect(cache.trouble()).toBeUndefined()
})

test('a forgotten history means a new list, and only the differences are told', async () => {
  const { clock, kube, cache, seen, synced } = await world()
  await synced()
  await kube.create(configMaps, map('stays'))
  await settle()
  seen.length = 0
  kube.endWatches('lost')
  await settle()
  await kube.delete(configMaps, at('old'))
  await kube.create(configMaps, map('new'))
  kube.compact()
  await clock.advance('5s')
  expect(seen.sort()).toEqual(['added new', 'deleted old'])
  expect(cache.list()).toHaveLength(2)
})

test('a server that keeps answering 410 is not stormed with lists', async () => {
  const { clock, kube, requests, synced } = await world()
  await synced()
  kube.onRequest(({ verb }) => {
    if (verb === 'watch') throw new KubeError(410, 'Expired', 'too old')
  })
  kube.endWatches('closed')
  await clock.advance('5m')
  expect(requests.filter(({ verb }) => verb === 'list').length).toBeLessThan(20)
})

test('a bookmark moves the version to go on from', async () => {
  const { clock, kube, requests, synced } = await world()
  await synced()
  kube.bookmark()
  await settle()
  kube.compact()
  kube.endWatches('lost')
  await clock.advance('5s')
  expect(requests.filter(({ verb }) => verb === 'list')).toHaveLength(2) // the first, and the probe of one object
})

test('the answer to an own write is seen at once, and the watch does not tell it twice or turn it back', async () => {
  const { clock, kube, cache, seen, synced } = await world()
  await synced()
  kube.endWatches('lost')
  const first = await kube.patch(configMaps, at('old'), { merge: { data: { value: '2' } } })
  const second = await kube.patch(configMaps, at('old'), { merge: { data: { value: '3' } } })
  cache.observe(second)
  expect(cache.get('ns', 'old')?.data).toEqual({ value: '3' })
  cache.observe(first)
  expect(cache.get('ns', 'old')?.data).toEqual({ value: '3' })
  await clock.advance('5s')
  expect(seen).toEqual(['added old', 'modified old'])
})

test('an object that was made anew under the same name is another one', async () => {
  const { clock, kube, seen, synced } = await world()
  await synced()
  kube.endWatches('lost')
  await settle()
  await kube.delete(configMaps, at('old'))
  await kube.create(configMaps, map('old', '2'))
  kube.compact()
  await clock.advance('5s')
  expect(seen).toEqual(['added old', 'deleted old', 'added old'])
})

test('a server that counts versions anew is believed', async () => {
  const { clock, kube, cache, synced } = await world()
  await synced()
  const { metadata } = kube.read(configMaps, at('old'))
  cache.observe({ ...map('old', 'from before'), metadata: { ...metadata, resourceVersion: '999999' } })
  expect(cache.get('ns', 'old')?.data).toEqual({ value: 'from before' })
  kube.endWatches('lost')
  await settle()
  await kube.create(configMaps, map('other'))
  kube.compact()
  await clock.advance('5s')
  expect(cache.get('ns', 'old')?.data).toEqual({ value: '1' })
})

test('an index follows its objects', async () => {
  const { kube, cache, synced } = await world({ indexes: { value: ({ data }) => data?.value } })
  await synced()
  await kube.create(configMaps, map('two'))
  await settle()
  expect(cache.by('value', '1').map(({ metadata }) => metadata?.name)).toEqual(['old', 'two'])
  await kube.patch(configMaps, at('old'), { merge: { data: { value: '2' } } })
  await kube.delete(configMaps, at('two'))
  await settle()
  expect(cache.by('value', '1')).toEqual([])
  expect(cache.by('value', '2').map(({ metadata }) => metadata?.name)).toEqual(['old'])
  expect(() => cache.by('nonsense', '1')).toThrow('no index nonsense')
})

test('managed fields are not kept', async () => {
  const { kube, cache, synced } = await world()
  const { metadata } = map('fat')
  await kube.create(configMaps, { metadata: { ...metadata, managedFields: [{ manager: 'somebody' }] } })
  await synced()
  expect(cache.get('ns', 'fat')?.metadata).not.toHaveProperty('managedFields')
})

test('a listener that throws does not stop the others', async () => {
  const { kube, cache, synced } = await world()
  await synced()
  const seen: string[] = []
  cache.on(() => {
    throw new Error('no')
  })
  cache.on(({ type }) => {
    seen.push(type)
  })
  await kube.create(configMaps, map('new'))
  await settle()
  expect(seen).toEqual(['added'])
})

test('an informer that ends before its first list says so', async () => {
  const { cache, end } = await world({ broken: true })
  end.abort(new Error('over'))
  await expect(cache.synced).rejects.toThrow('over')
})
