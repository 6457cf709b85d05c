// Watches over HTTP: from where they start, what they show, and how they end.
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../system/clock.ts'
import { configMap, pod, startTestServer, type TestServer, take } from './test-server.ts'

let at: TestServer
const start = async (options: Parameters<typeof startTestServer>[0] = {}) => {
  at = await startTestServer(options)
  return at.client
}
afterEach(() => at.stop())

const maps = '/api/v1/namespaces/default/configmaps'
const merge = 'application/merge-patch+json'
const short = (events: Awaited<ReturnType<typeof take>>) =>
  events.map(({ type, object }) => `${type} ${object.metadata.name}`)

/** A clock whose timers fire when told to; its time is the machine's. */
function heldClock() {
  const timers = new Map<() => void, number>()
  return {
    clock: {
      ...systemClock,
      after(ms: number, fire: () => void) {
        timers.set(fire, ms)
        return () => timers.delete(fire)
      },
    },
    fire(ms: number) {
      for (const [fire, after] of [...timers]) {
        if (after !== ms) continue
        timers.delete(fire)
        fire()
      }
    },
    waiting: (ms: number) => [...timers.values()].includes(ms),
  }
}

describe('a watch', () => {
  test('goes on from a resourceVersion with no gap and no repeat', async () => {
    const client = await start()
    const { body: one } = await client.post(maps, configMap('one'))
    await client.post(maps, configMap('two'))
    await client.patch(`${maps}/one`, { data: { a: '2' } }, merge)
    await client.delete(`${maps}/one`)
    const events = client.watch(`${maps}?watch=true&resourceVersion=${one.metadata.resourceVersion}`)
    expect(short(await take(3, events))).toEqual(['ADDED two', 'MODIFIED one', 'DELETED one'])
  })

  test('sees what happens after it started, the last state of what is deleted with a new version', async () => {
    const client = await start()
    const { body: list } = await client.get(maps)
    const events = take(3, client.watch(`${maps}?watch=1&resourceVersion=${list.metadata.resourceVersion}`))
    const { body: made } = await client.post(maps, configMap('live'))
    await client.patch(`${maps}/live`, { data: { b: '2' } }, merge)
    await client.delete(`${maps}/live`)
    const seen = await events
    expect(short(seen)).toEqual(['ADDED live', 'MODIFIED live', 'DELETED live'])
    expect(seen[0]?.object).toEqual(made)
    expect(seen[2]?.object).toMatchObject({ data: { a: '1', b: '2' } })
    const versions = seen.map(({ object }) => Number(object.metadata.resourceVersion))
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(new Set(versions).size).toBe(3)
  })

  test('without a resourceVersion starts with what there is', async () => {
    const client = await start()
    await client.post(maps, configMap('a'))
    await client.post(maps, configMap('b'))
    const events = take(3, client.watch(`${maps}?watch=true`))
    await client.post(maps, configMap('c'))
    expect(short(await events)).toEqual(['ADDED a', 'ADDED b', 'ADDED c'])
  })

  test('marks the end of the initial events when asked to', async () => {
    const client = await start()
    await client.post(maps, configMap('a'))
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const [, bookmark] = await take(2, client.watch(`${maps}?${query}`))
    expect(bookmark).toMatchObject({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        metadata: { annotations: { 'k8s.io/initial-events-end': 'true' }, resourceVersion: expect.any(String) },
      },
    })
  })

  test('of a selection: what comes into it is added, what leaves it is deleted', async () => {
    const client = await start()
    const { body: list } = await client.get(maps)
    const events = take(
      4,
      client.watch(`${maps}?watch=true&labelSelector=on=yes&resourceVersion=${list.metadata.resourceVersion}`),
    )
    await client.post(maps, configMap('x'))
    await client.patch(`${maps}/x`, { metadata: { labels: { on: 'yes' } } }, merge)
    await client.patch(`${maps}/x`, { data: { a: '2' } }, merge)
    await client.patch(`${maps}/x`, { metadata: { labels: { on: 'no' } } }, merge)
    await client.delete(`${maps}/x`)
    await client.post(maps, configMap('y', { labels: { on: 'yes' } }))
    expect(short(await events)).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x', 'ADDED y'])
  })

  test('by fields follows the phase of pods', async () => {
    const client = await start()
    const pods = '/api/v1/namespaces/default/pods'
    await client.post(pods, pod('p', { nodeName: 'here' }))
    await client.post(pods, pod('q'))
    const events = take(
      2,
      client.watch('/api/v1/pods?watch=true&fieldSelector=spec.nodeName=here,status.phase!=Succeeded'),
    )
    await client.patch(`${pods}/p/status`, { status: { phase: 'Succeeded' } }, merge)
    expect(short(await events)).toEqual(['ADDED p', 'DELETED p'])
  })

  test('of one object by its name', async () => {
    const client = await start()
    await client.post(maps, configMap('a'))
    await client.post(maps, configMap('b'))
    expect(short(await take(1, client.watch(`${maps}/b?watch=true`)))).toEqual(['ADDED b'])
  })

  test('as tables', async () => {
    const client = await start()
    await client.post(maps, configMap('a'))
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const [event] = await take(1, client.watch(`${maps}?watch=true`, { accept }))
    expect(event?.object).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 1, expect.any(String)] }] })
  })

  test('catches up over more events than one batch', async () => {
    const client = await start()
    const { body: list } = await client.get(maps)
    for (let n = 0; n < 12; n++)
      await Promise.all(Array.from({ length: 100 }, (_, i) => client.post(maps, configMap(`m${n}-${i}`))))
    const events = await take(1200, client.watch(`${maps}?watch=true&resourceVersion=${list.metadata.resourceVersion}`))
    expect(new Set(short(events)).size).toBe(1200)
  })

  test('sends bookmarks to those who want them', async () => {
    const { clock, fire, waiting } = heldClock()
    const client = await start({ clock })
    await client.post(maps, configMap('a'))
    const events = client.watch(`${maps}?watch=true&allowWatchBookmarks=true`)
    await events.next()
    await expect.poll(() => waiting(60_000)).toBe(true)
    const { body } = await client.post('/api/v1/namespaces/kube-system/configmaps', configMap('elsewhere'))
    fire(60_000)
    expect((await events.next()).value).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { resourceVersion: body.metadata.resourceVersion } },
    })
    await events.return(undefined)
  })

  test('ends after timeoutSeconds', async () => {
    const { clock, fire, waiting } = heldClock()
    const client = await start({ clock })
    await client.post(maps, configMap('a'))
    const events = client.watch(`${maps}?watch=true&timeoutSeconds=7`)
    expect((await events.next()).done).toBe(false)
    await expect.poll(() => waiting(7000)).toBe(true)
    fire(7000)
    expect((await events.next()).done).toBe(true)
  })

  test('ends when the server closes', async () => {
    const client = await start()
    await client.post(maps, configMap('a'))
    const events = client.watch(`${maps}?watch=true`)
    await events.next()
    await at.server.close()
    expect((await events.next()).done).toBe(true)
  })

  test('refuses what is no resource version', async () => {
    const client = await start()
    const [event] = await take(1, client.watch(`${maps}?watch=true&resourceVersion=abc`))
    expect(event?.object.code).toBe(400)
  })

  test('from before the history is a 410', async () => {
    const client = await start({ history: { events: 10, ageMs: 3_600_000 } })
    const { body: first } = await client.post(maps, configMap('m0'))
    for (let n = 1; n < 30; n++) await client.post(maps, configMap(`m${n}`))
    const [event] = await take(1, client.watch(`${maps}?watch=true&resourceVersion=${first.metadata.resourceVersion}`))
    expect(event?.type).toBe('HTTP 410')
    expect(event?.object).toMatchObject({
      kind: 'Status',
      code: 410,
      reason: 'Expired',
      message: expect.stringContaining('too old resource version'),
    })
    const { body: list } = await client.get(`${maps}?limit=1`)
    for (let n = 30; n < 60; n++) await client.post(maps, configMap(`m${n}`))
    expect((await client.get(`${maps}?limit=1&continue=${String(list.metadata.continue)}`)).code).toBe(410)
  })

  test('from another database, ahead of this one, is a 410 as well', async () => {
    const client = await start()
    const [event] = await take(1, client.watch(`${maps}?watch=true&resourceVersion=999999`))
    expect(event?.object).toMatchObject({ code: 410, reason: 'Expired' })
  })
})

describe('history', () => {
  test('goes by age, and events expire', async () => {
    let ahead = 0
    const rounds: (() => void)[] = []
    const clock = {
      ...systemClock,
      now: () => systemClock.now() + ahead,
      sleep: (ms: number, signal?: AbortSignal) =>
        ms <= 60_000
          ? new Promise<void>((resolve, reject) => {
              rounds.push(resolve)
              signal?.addEventListener('abort', () => reject(signal.reason))
            })
          : systemClock.sleep(ms, signal),
    }
    const client = await start({ clock })
    const events = '/api/v1/namespaces/default/events'
    const { body: event } = await client.post(events, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', name: 'p' },
      reason: 'Started',
    })
    expect((await client.get(`${events}?fieldSelector=involvedObject.name=p,reason=Started`)).body.items).toHaveLength(
      1,
    )
    ahead = 4 * 60 * 60 * 1000
    await expect.poll(() => rounds.length).toBe(1)
    const deleted = take(1, client.watch(`${events}?watch=true&resourceVersion=${event.metadata.resourceVersion}`))
    rounds[0]?.()
    expect((await deleted)[0]).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'e' } } })
    const [late] = await take(1, client.watch(`${events}?watch=true&resourceVersion=1`))
    expect(late?.object.code).toBe(410)
  })
})
