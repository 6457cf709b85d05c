// Pod logs over HTTP: what the reader is asked for, and how streams end.
import { Agent, request } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../system/clock.ts'
import type { LogRequest, ReadLogs } from './server.ts'
import { pod, startTestServer, type TestServer } from './test-server.ts'

let at: TestServer
afterEach(() => at.stop())

const podsPath = '/api/v1/namespaces/default/pods'

async function start(logs?: ReadLogs): Promise<string> {
  at = await startTestServer(logs ? { logs } : {})
  await at.client.post(podsPath, pod('p', { nodeName: 'here' }))
  await at.client.patch(
    `${podsPath}/p/status`,
    { status: { containerStatuses: [{ name: 'test', state: { running: {} } }] } },
    'application/merge-patch+json',
  )
  return `${podsPath}/p/log`
}

test('every option reaches the reader', async () => {
  const seen: LogRequest[] = []
  const path = await start(async function* (request) {
    seen.push(request)
    yield Buffer.from('one\n')
    yield Buffer.from('two\n')
  })
  expect(await at.client.text(path)).toEqual({ code: 200, text: 'one\ntwo\n' })
  await at.client.text(`${path}?container=test&tailLines=5&timestamps=true&limitBytes=100`)
  await at.client.text(`${path}?sinceTime=2026-01-02T03:04:05Z`)
  const before = systemClock.now()
  await at.client.text(`${path}?sinceSeconds=60`)
  expect(seen).toMatchObject([
    { namespace: 'default', name: 'p', container: 'test', follow: false, timestamps: false, uid: expect.any(String) },
    { tailLines: 5, timestamps: true, limitBytes: 100 },
    { since: Date.UTC(2026, 0, 2, 3, 4, 5) },
    { since: expect.any(Number) },
  ])
  expect((seen[3]?.since ?? 0) - before).toBeGreaterThanOrEqual(-60_000)
  expect((seen[3]?.since ?? 0) - systemClock.now()).toBeLessThanOrEqual(-60_000)
  expect(seen[0]).not.toHaveProperty('tailLines')
})

test('a follower that leaves ends the reading', async () => {
  const { promise: left, resolve } = Promise.withResolvers<boolean>()
  const path = await start(async function* ({ follow, signal }) {
    yield Buffer.from('first\n')
    await new Promise((done) => signal.addEventListener('abort', done))
    resolve(follow)
  })
  const dispatcher = new Agent({ connect: { ca: at.server.ca } })
  const { body } = await request(`${at.server.url}${path}?follow=true`, {
    dispatcher,
    headers: { authorization: `Bearer ${at.server.token}` },
  })
  for await (const chunk of body) {
    expect(String(chunk)).toBe('first\n')
    break
  }
  expect(await left).toBe(true)
  await dispatcher.destroy()
})

test('followers end when the server closes', async () => {
  const path = await start(async function* ({ signal }) {
    yield Buffer.from('first\n')
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const dispatcher = new Agent({ connect: { ca: at.server.ca } })
  const { body } = await request(`${at.server.url}${path}?follow=true`, {
    dispatcher,
    headers: { authorization: `Bearer ${at.server.token}` },
  })
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    void at.server.close()
  }
  expect(text).toBe('first\n')
  await dispatcher.destroy()
})

test('a reader that fails: before the first byte a 500, later a broken stream', async () => {
  let bytes = 0
  const path = await start(async function* () {
    if (bytes++ > 0) yield Buffer.from('some\n')
    throw new Error('the disk is gone')
  })
  expect(await at.client.text(path)).toMatchObject({ code: 500, text: expect.not.stringContaining('disk') })
  await expect(at.client.text(path)).rejects.toThrow()
})

test.each([
  ['?limitBytes=0', 400],
  ['?sinceSeconds=0', 400],
  ['?sinceTime=yesterday', 400],
  ['?sinceTime=2026-01-02T03:04:05Z&sinceSeconds=1', 400],
  ['?tailLines=-1', 400],
  ['?previous=true', 400],
  ['?container=other', 400],
])('%s is a %i', async (query, code) => {
  const path = await start(async function* () {})
  expect((await at.client.text(path + query)).code).toBe(code)
})

test('without a reader logs are unavailable', async () => {
  const path = await start()
  expect((await at.client.get(path)).body).toMatchObject({ code: 503, reason: 'ServiceUnavailable' })
})
