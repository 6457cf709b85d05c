// Promise: what the server acknowledged is there after kill -9, and a watch from before sees every event of it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockDataDir } from './lock.ts'
import type { ApiServer } from './server.ts'
import { clientOf, configMap, startTestServer, type TestClient } from './test-server.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const merge = 'application/merge-patch+json'

let dataDir: string
let child: ChildProcess | undefined
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-durability-'))
})
afterEach(async () => {
  await kill()
  await rm(dataDir, { recursive: true, force: true })
})

async function startChild(): Promise<Pick<ApiServer, 'url' | 'token' | 'ca'>> {
  const script = fileURLToPath(new URL('testing/server-child.ts', import.meta.url))
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = started
  for await (const line of createInterface({ input: started.stdout })) return JSON.parse(line)
  throw new Error('the server ended before it answered')
}

async function kill(): Promise<void> {
  const running = child
  child = undefined
  if (!running || running.exitCode !== null || running.signalCode !== null) return
  running.kill('SIGKILL')
  await once(running, 'exit')
}

/** Random numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** What is known of one object: events that were answered, in order, and whether a further request was on its way. */
interface Known {
  readonly events: string[]
  unanswered: boolean
}

/** Creates, changes and deletes until the connection breaks; notes what was answered. */
async function writeUntilKilled(
  client: TestClient,
  writer: string,
  known: Map<string, Known>,
  answered: () => void,
): Promise<void> {
  for (let n = 0; ; n++) {
    const note: Known = { events: [], unanswered: true }
    const name = `${writer}-${n}`
    known.set(name, note)
    const steps = [
      async () => (await client.post(maps, configMap(name))).body.metadata.resourceVersion ?? '',
      async () =>
        (await client.patch(`${maps}/${name}`, { data: { a: '2' } }, merge)).body.metadata.resourceVersion ?? '',
      async () => ((await client.delete(`${maps}/${name}`)).body.kind === 'Status' ? 'DELETED' : ''),
    ]
    for (const step of n % 3 === 0 ? steps : steps.slice(0, 2)) {
      note.unanswered = true
      try {
        note.events.push(await step())
        answered()
      } catch {
        // The server was killed under this request: nobody promised anything about it.
        return
      }
      note.unanswered = false
    }
  }
}

describe('after kill -9', () => {
  test.each([11, 23, 42, 77])('everything acknowledged is there (seed %i)', async (seed) => {
    const random = seeded(seed)
    const known = new Map<string, Known>()
    let start = ''
    for (let round = 0; round < 2; round++) {
      const client = clientOf(await startChild())
      if (start === '') start = (await client.get(maps)).body.metadata.resourceVersion ?? ''
      // Killed in the middle of things, after so many answers.
      let left = 30 + Math.floor(random() * 300)
      const due = Promise.withResolvers<void>()
      const answered = () => {
        left--
        if (left === 0) due.resolve()
      }
      const writers = Array.from({ length: 8 }, (_, n) => writeUntilKilled(client, `r${round}w${n}`, known, answered))
      await due.promise
      await kill()
      await Promise.all(writers)
      await client.close()
    }
    const after = await startTestServer({ dataDir })
    try {
      const { body } = await after.client.get(maps)
      const stored = new Map(
        (body.items as { metadata: { name: string; resourceVersion: string } }[]).map(({ metadata }) => [
          metadata.name,
          metadata,
        ]),
      )
      // A marker tells when the watch has shown everything before it.
      await after.client.post(maps, configMap('marker'))
      const seen = new Map<string, string[]>()
      let last = 0
      for await (const { type, object } of after.client.watch(`${maps}?watch=true&resourceVersion=${start}`)) {
        const { name = '', resourceVersion = '' } = object.metadata
        expect(Number(resourceVersion)).toBeGreaterThan(last)
        last = Number(resourceVersion)
        if (name === 'marker') break
        seen.set(name, [...(seen.get(name) ?? []), type === 'DELETED' ? 'DELETED' : resourceVersion])
      }
      for (const [name, { events, unanswered }] of known) {
        const shown = seen.get(name) ?? []
        expect([name, shown.slice(0, events.length)]).toEqual([name, events])
        expect(shown.length - events.length).toBeLessThanOrEqual(unanswered ? 1 : 0)
        const last = shown.at(-1)
        expect([name, stored.get(name)?.resourceVersion]).toEqual([name, last === 'DELETED' ? undefined : last])
      }
    } finally {
      await after.stop()
    }
  })
})

describe('one directory, one server', () => {
  test('a second server refuses, in this process and from another one, until the first is killed', async () => {
    await startChild()
    await expect(startTestServer({ dataDir })).rejects.toThrow(
      `another Bowsprit is using the data directory ${dataDir}`,
    )
    await kill()
    const second = await startTestServer({ dataDir })
    await expect(startTestServer({ dataDir })).rejects.toThrow('another Bowsprit')
    await second.server.close()
    const third = await startTestServer({ dataDir })
    await third.stop()
  })

  test('whoever has the lock already starts a server under it, and keeps it', async () => {
    const lock = lockDataDir(dataDir)
    await expect(startTestServer({ dataDir })).rejects.toThrow('another Bowsprit')
    const server = await startTestServer({ dataDir, lock })
    await server.server.close()
    await expect(startTestServer({ dataDir })).rejects.toThrow('another Bowsprit')
    lock.release()
    const after = await startTestServer({ dataDir })
    await after.stop()
  })

  test('a restart keeps token, authority and resource versions', async () => {
    const first = await startTestServer({ dataDir })
    const { body } = await first.client.post(maps, configMap('kept'))
    await first.client.close()
    await first.server.close()
    const second = await startTestServer({ dataDir })
    expect([second.server.token, second.server.ca]).toEqual([first.server.token, first.server.ca])
    expect((await second.client.get(`${maps}/kept`)).body).toEqual(body)
    const { body: next } = await second.client.post(maps, configMap('next'))
    expect(Number(next.metadata.resourceVersion)).toBe(Number(body.metadata.resourceVersion) + 1)
    await second.stop()
  })

  test('work that a killed server left behind is finished by the next', async () => {
    const { url, token, ca } = await startChild()
    const client = clientOf({ url, token, ca })
    const ghost = { apiVersion: 'v1', kind: 'ConfigMap', name: 'ghost', uid: 'ghost', blockOwnerDeletion: true }
    await client.post('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'leaving', finalizers: ['example.com/hold'] },
    })
    await client.post('/api/v1/namespaces/leaving/configmaps', configMap('content'))
    await client.delete('/api/v1/namespaces/leaving')
    await client.patch('/api/v1/namespaces/leaving', { metadata: { finalizers: null } }, merge)
    await client.post(maps, configMap('orphan', { ownerReferences: [ghost] }))
    await kill()
    await client.close()
    const after = await startTestServer({ dataDir })
    await expect.poll(async () => (await after.client.get('/api/v1/namespaces/leaving')).code).toBe(404)
    await expect.poll(async () => (await after.client.get(`${maps}/orphan`)).code).toBe(404)
    await after.stop()
  })
})
