// The client and the informer on the embedded API server: through cut connections, restarts and forgotten history.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import pino from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { type ConfigMap, configMaps } from '../api/kubernetes.ts'
import { startTestServer, type TestServer } from '../engine/apiserver/test-server.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { type HttpKube, httpKube } from './http.ts'
import { informer } from './informer.ts'

const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

// Pauses are cut short: what is tested is what comes after them.
const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, 10), signal),
}
const said: string[] = []
const log = pino({ level: 'info' }, { write: (line: string) => void said.push(JSON.parse(line).msg) })
afterEach(() => said.splice(0))
const namespace = 'default'
const map = (name: string, value = '1'): ConfigMap => ({ metadata: { name, namespace }, data: { value } })

/** A cable between client and server that can be cut. */
async function cable() {
  let target = 0
  let whole = true
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    if (!whole) return client.destroy()
    const upstream = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
    return undefined
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    whole = false
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  cleanups.push(() => {
    cut()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    cut,
    mend(url: string) {
      target = Number(new URL(url).port)
      whole = true
    },
  }
}

function clientOf(server: TestServer['server'], url = server.url): HttpKube {
  const access = () => ({ headers: { authorization: `Bearer ${server.token}` }, tls: { ca: server.ca } })
  const kube = httpKube({ cluster: 'embedded', server: url, access, clock, ids: systemIds })
  cleanups.push(() => kube.close())
  return kube
}

async function world(options: Parameters<typeof startTestServer>[0] = {}) {
  const at = await startTestServer(options)
  cleanups.push(() => at.stop())
  const line = await cable()
  line.mend(at.server.url)
  const end = new AbortController()
  cleanups.push(() => end.abort())
  const cache = informer({
    kube: clientOf(at.server, line.url),
    resource: configMaps,
    selection: { namespace },
    clock,
    ids: systemIds,
    log,
    signal: end.signal,
  })
  const told: string[] = []
  cache.on((change) => {
    const { metadata } = change.type === 'deleted' ? change.before : change.now
    if (!metadata?.name?.startsWith('kube-')) told.push(`${change.type} ${metadata?.name}`)
  })
  await cache.synced
  const values = () => cache.list().map(({ data }) => data?.value)
  return { at, line, cache, told, values, direct: clientOf(at.server) }
}

test('what others write arrives, in order', async () => {
  const { direct, told } = await world()
  await direct.create(configMaps, map('a'))
  await direct.patch(configMaps, { namespace, name: 'a' }, { merge: { data: { value: '2' } } })
  expect(await direct.delete(configMaps, { namespace, name: 'a' })).toBe(true)
  await vi.waitFor(() => expect(told).toEqual(['added a', 'modified a', 'deleted a']))
})

test('own writes are seen at once and told once', async () => {
  const { direct, told, cache } = await world()
  cache.observe(await direct.create(configMaps, map('a')))
  expect(cache.get(namespace, 'a')?.data).toEqual({ value: '1' })
  await direct.create(configMaps, map('b'))
  await vi.waitFor(() => expect(told).toContain('added b'))
  expect(told).toEqual(['added a', 'added b'])
})

test('a cut line loses nothing and repeats nothing', async () => {
  const { direct, line, at, told, cache } = await world()
  await direct.create(configMaps, map('before'))
  await vi.waitFor(() => expect(told).toContain('added before'))
  line.cut()
  await vi.waitFor(() => expect(cache.trouble()).toBeDefined())
  await direct.create(configMaps, map('meanwhile'))
  await direct.delete(configMaps, { namespace, name: 'before' })
  line.mend(at.server.url)
  await vi.waitFor(() => expect(cache.trouble()).toBeUndefined())
  await vi.waitFor(() => expect(told).toEqual(['added before', 'added meanwhile', 'deleted before']))
})

test('a server that forgot the history is listed anew', async () => {
  const { direct, line, at, told, cache, values } = await world({ history: { events: 5, ageMs: 0 } })
  await direct.create(configMaps, map('gone'))
  await direct.create(configMaps, map('stays'))
  await vi.waitFor(() => expect(told).toEqual(['added gone', 'added stays']))
  line.cut()
  await vi.waitFor(() => expect(cache.trouble()).toBeDefined())
  await direct.delete(configMaps, { namespace, name: 'gone' })
  await direct.create(configMaps, map('many'))
  for (let i = 0; i < 50; i++) {
    await direct.patch(configMaps, { namespace, name: 'many' }, { merge: { data: { value: `${i}` } } })
  }
  line.mend(at.server.url)
  await vi.waitFor(() => expect(cache.trouble()).toBeUndefined())
  await vi.waitFor(() => expect(values()).toContain('49'))
  expect(cache.get(namespace, 'gone')).toBeUndefined()
  expect(cache.get(namespace, 'stays')).toBeDefined()
  expect(said).toContain('the version to go on from is gone; listing anew')
})

test('a server that was restarted is followed again', async () => {
  const { line, at, told, cache } = await world()
  await at.server.close()
  line.cut()
  await vi.waitFor(() => expect(cache.trouble()).toBeDefined())
  const again = await startTestServer({ dataDir: at.dataDir })
  cleanups.push(() => again.stop())
  await clientOf(again.server).create(configMaps, map('after'))
  line.mend(again.server.url)
  await vi.waitFor(() => expect(told).toEqual(['added after']))
})

test('a stale version is a conflict, and the answer says so', async () => {
  const { direct } = await world()
  const old = await direct.create(configMaps, map('a'))
  await direct.patch(configMaps, { namespace, name: 'a' }, { merge: { data: { value: '2' } } })
  await expect(direct.replace(configMaps, old)).rejects.toMatchObject({
    name: 'KubeError',
    code: 409,
    reason: 'Conflict',
  })
  await expect(direct.create(configMaps, map('a'))).rejects.toMatchObject({ code: 409, reason: 'AlreadyExists' })
})
