// Caches that follow the same objects share one list and one watch, and stay as true to the server as on their own.
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { type ConfigMap, configMaps, type KubeObject } from '../api/kubernetes.ts'
import { settle, testClock } from '../testing/clock.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import type { Selection } from './client.ts'
import { informer } from './informer.ts'
import { sharedKube } from './shared.ts'

const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

const map = (name: string, value = '1'): ConfigMap => ({ metadata: { name, namespace: 'ns' }, data: { value } })
const at = (name: string) => ({ namespace: 'ns', name })

async function world() {
  const clock = testClock()
  const server = memoryKube({ clock })
  await server.create(configMaps, map('old'))
  const end = new AbortController()
  ends.push(end)
  const requests: string[] = []
  server.onRequest(({ verb }) => {
    if (verb === 'list' || verb === 'watch') requests.push(verb)
  })
  const slim = <T extends KubeObject>(object: T): T => {
    slimmed.push(object.metadata?.name ?? '')
    return object
  }
  const slimmed: string[] = []
  const kube = sharedKube(server, end.signal, slim)
  const follow = async (selection: Selection = { namespace: 'ns' }) => {
    const cache = informer({
      kube,
      resource: configMaps,
      selection,
      clock,
      ids: { fraction: () => 0 },
      log: pino({ level: 'silent' }),
      signal: end.signal,
    })
    const seen: string[] = []
    cache.on((change) => {
      seen.push(`${change.type} ${(change.type === 'deleted' ? change.before : change.now).metadata?.name}`)
    })
    await cache.synced
    await settle()
    return { cache, seen, names: () => cache.list().map(({ metadata }) => metadata?.name) }
  }
  return { clock, server, kube, requests, slimmed, follow }
}

test('who follows the same objects shares one list, one watch and the objects', async () => {
  const { server, requests, follow } = await world()
  const [one, two] = await Promise.all([follow(), follow()])
  const three = await follow()
  expect(requests).toEqual(['list', 'watch'])
  await server.create(configMaps, map('new'))
  await server.delete(configMaps, at('old'))
  await settle()
  for (const { seen, names } of [one, two, three]) {
    expect(seen).toEqual(['added old', 'added new', 'deleted old'])
    expect(names()).toEqual(['new'])
  }
  expect(one.cache.get('ns', 'new')).toBe(three.cache.get('ns', 'new'))
})

test('who comes later gets what has happened since', async () => {
  const { server, requests, follow } = await world()
  await follow()
  await server.patch(configMaps, at('old'), { merge: { data: { value: '2' } } })
  await settle()
  const { cache } = await follow()
  expect(cache.get('ns', 'old')?.data).toEqual({ value: '2' })
  expect(requests).toEqual(['list', 'watch'])
})

test('a bookmark moves everybody on, and is nothing to keep', async () => {
  const { clock, server, slimmed, requests, follow } = await world()
  const both = await Promise.all([follow(), follow()])
  await server.create(configMaps, { metadata: { name: 'other', namespace: 'elsewhere' }, data: {} })
  server.bookmark()
  await settle()
  server.endWatches('closed')
  server.compact()
  await server.create(configMaps, map('new'))
  await clock.advance(10_000)
  for (const { names } of both) expect(names()).toEqual(['old', 'new'])
  expect(slimmed).toEqual(['old', 'new'])
  expect(requests).toEqual(['list', 'watch', 'watch'])
})

test('another selection has a list and a watch of its own', async () => {
  const { requests, follow } = await world()
  await follow()
  const { names } = await follow({ namespace: 'elsewhere' })
  expect(names()).toEqual([])
  expect(requests).toEqual(['list', 'watch', 'list', 'watch'])
})

test('nothing is missed when the server ends the watch in order', async () => {
  const { clock, server, requests, follow } = await world()
  const both = await Promise.all([follow(), follow()])
  server.endWatches('closed')
  await server.create(configMaps, map('new'))
  await clock.advance(10_000)
  for (const { names } of both) expect(names()).toEqual(['old', 'new'])
  expect(requests).toEqual(['list', 'watch', 'watch'])
})

test('everybody notices a lost connection, and catches up after it', async () => {
  const { clock, server, follow } = await world()
  const both = await Promise.all([follow(), follow()])
  const mend = server.onRequest(({ verb }) => {
    if (verb === 'list' || verb === 'watch') throw new Error('no route')
  })
  server.endWatches('lost')
  await settle()
  for (const { cache } of both) expect(cache.trouble()?.error).toBeInstanceOf(Error)
  await server.create(configMaps, map('new'))
  await server.delete(configMaps, at('old'))
  mend()
  await clock.advance(60_000)
  for (const { cache, names } of both) {
    expect(cache.trouble()).toBeUndefined()
    expect(names()).toEqual(['new'])
  }
})

test('a history that the server has forgotten is listed anew', async () => {
  const { clock, server, follow } = await world()
  const both = await Promise.all([follow(), follow()])
  server.endWatches('closed')
  await server.create(configMaps, map('new'))
  await server.delete(configMaps, at('old'))
  server.compact()
  await clock.advance(60_000)
  for (const { names } of both) expect(names()).toEqual(['new'])
})

test('a watch from before what is kept is refused', async () => {
  const { kube, follow } = await world()
  await follow()
  const old = { namespace: 'ns', resourceVersion: '0', signal: new AbortController().signal }
  const watch = kube.followed?.watch(configMaps, old)[Symbol.asyncIterator]()
  await expect(watch?.next()).rejects.toMatchObject({ code: 410 })
})

test('who asks for itself gets an answer of the server', async () => {
  const { kube, requests, follow } = await world()
  await follow()
  await kube.list(configMaps, { namespace: 'ns' })
  expect(requests).toEqual(['list', 'watch', 'list'])
})
