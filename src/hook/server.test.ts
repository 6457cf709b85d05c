// The webhook server over real HTTP: what is refused with which words, and what is accepted.
import { connect } from 'node:net'
import pino from 'pino'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { fixedHmac, signature } from './hmac.ts'
import type { Delivery } from './journal.ts'
import { hookMetrics } from './metrics.ts'
import { type ServerNeeds, webhookServer } from './server.ts'

const token = 'abc'

async function server(accept?: (delivery: Delivery) => Promise<void>, needs: Partial<ServerNeeds> = {}) {
  const taken: Delivery[] = []
  const registry = new Registry()
  const app = webhookServer({
    isWebhook: (path) => path === '/hook',
    hmac: fixedHmac({ '*': [token] }),
    metrics: hookMetrics(registry),
    clock: testClock(),
    log: pino({ level: 'silent' }),
    accept: accept ?? (async (delivery) => void taken.push(delivery)),
    ...needs,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  return { url, taken, registry, port: Number(new URL(url).port) }
}

const good = (body: string, changes: Record<string, string | undefined> = {}) => {
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'x-github-event': 'ping',
    'x-github-delivery': 'd1',
    'x-hub-signature-256': signature(body, token),
    ...changes,
  }
  const entries = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { method: 'POST', body, headers: Object.fromEntries(entries) }
}

test('a signed delivery is accepted with its raw body and all its headers', async () => {
  const { url, taken, registry } = await server()
  const answer = await fetch(`${url}/hook`, good('{ }', { 'x-extra': 'kept' }))
  expect([answer.status, await answer.text()]).toEqual([200, 'Event received. Have a nice day.'])
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(taken).toMatchObject([{ id: 'd1', event: 'ping', headers: { 'x-extra': 'kept' } }])
  expect(Buffer.from(taken[0]?.body ?? []).toString()).toBe('{ }')
  expect(await registry.metrics()).toContain('prow_webhook_counter{event_type="ping"} 1')
  expect(await registry.metrics()).toContain('prow_webhook_response_codes{response_code="200"} 1')
})

test.each<[why: string, request: RequestInit, status: number, body: string]>([
  ['another method, whatever its headers', { ...good('{}'), method: 'DELETE' }, 405, '405 Method not allowed'],
  ['another method without headers', { method: 'GET' }, 405, '405 Method not allowed'],
  ['no event', good('{}', { 'x-github-event': undefined }), 400, '400 Bad Request: Missing X-GitHub-Event Header'],
  [
    'no delivery id',
    good('{}', { 'x-github-delivery': undefined }),
    400,
    '400 Bad Request: Missing X-GitHub-Delivery Header',
  ],
  [
    'only the old signature',
    good('{}', { 'x-hub-signature-256': undefined, 'x-hub-signature': 'sha1=00' }),
    403,
    '403 Forbidden: Missing X-Hub-Signature-256',
  ],
  [
    'another content type',
    good('{}', { 'content-type': 'application/x-www-form-urlencoded' }),
    400,
    '400 Bad Request: Hook only accepts content-type: application/json - please reconfigure this hook on GitHub',
  ],
  [
    'a content type with parameters',
    good('{}', { 'content-type': 'application/json; charset=utf-8' }),
    400,
    '400 Bad Request: Hook only accepts content-type: application/json - please reconfigure this hook on GitHub',
  ],
  [
    'a wrong signature',
    good('{}', { 'x-hub-signature-256': signature('{}', 'other') }),
    403,
    '403 Forbidden: Invalid X-Hub-Signature-256 - misconfigured webhook secret from organization/repo: ',
  ],
  [
    'a signature of something else',
    good('{}', { 'x-hub-signature-256': signature('{ }', token) }),
    403,
    '403 Forbidden: Invalid X-Hub-Signature-256 - misconfigured webhook secret from organization/repo: ',
  ],
  [
    'a signature without its prefix',
    good('{}', { 'x-hub-signature-256': signature('{}', token).slice(7) }),
    403,
    '403 Forbidden: Invalid X-Hub-Signature-256 - invalid signature',
  ],
  ['a body that is not JSON', good('{"a":'), 403, '403 Forbidden: Invalid X-Hub-Signature-256 - invalid payload'],
  ['an empty body', good(''), 403, '403 Forbidden: Invalid X-Hub-Signature-256 - invalid payload'],
])('refuses %s', async (_why, request, status, body) => {
  const { url, taken, registry } = await server()
  const answer = await fetch(`${url}/hook`, request)
  expect([answer.status, await answer.text()]).toEqual([status, `${body}\n`])
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(taken).toEqual([])
  expect(await registry.metrics()).toContain(`prow_webhook_response_codes{response_code="${status}"} 1`)
})

test('refuses 30 MB with a clear text', async () => {
  const { url, taken } = await server()
  const answer = await fetch(`${url}/hook`, good(JSON.stringify({ a: 'x'.repeat(30 * 1024 * 1024) })))
  expect(answer.status).toBe(413)
  expect(await answer.text()).toMatch(/at most 26214400 bytes/)
  expect(taken).toEqual([])
})

test('accepts 24 MB', async () => {
  const { url, taken } = await server()
  const answer = await fetch(`${url}/hook`, good(JSON.stringify({ a: 'x'.repeat(24 * 1024 * 1024) })))
  expect(answer.status).toBe(200)
  expect(taken).toHaveLength(1)
})

test('a body that ends early is answered 400 and has no effect', async () => {
  const { port, taken } = await server()
  const { headers } = good('{"a": 1}')
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const answer = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      socket.end(`POST /hook HTTP/1.1\r\nhost: x\r\n${head.join('')}content-length: 8\r\n\r\n{"a"`)
    })
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  expect(taken).toEqual([])
})

test('a delivery that cannot be recorded is answered 500, so that GitHub shows it as failed', async () => {
  const { url } = await server(() => Promise.reject(new Error('disk full')))
  const answer = await fetch(`${url}/hook`, good('{}'))
  expect(answer.status).toBe(500)
  expect(await answer.text()).toMatch(/^500 Internal Server Error: /)
})

test('a query changes nothing, a slash at the end makes it another path', async () => {
  const { url, taken } = await server()
  const answer = await fetch(`${url}/hook?x=1`, { method: 'GET' })
  expect(answer.status).toBe(405)
  expect((await fetch(`${url}/hook?x=1`, good('{}'))).status).toBe(200)
  expect(taken).toHaveLength(1)
  expect((await fetch(`${url}/hook/`, good('{}'))).status).toBe(200)
  expect(taken).toHaveLength(1)
})

test('any other path is a health check', async () => {
  const { url } = await server()
  for (const request of [{ method: 'GET' }, { method: 'POST', body: 'x' }]) {
    const answer = await fetch(`${url}/anything`, request)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  }
})

test('more bodies at once than there is room for are refused until there is room again', async () => {
  const arrived = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const { url, registry } = await server(
    async () => {
      arrived.resolve()
      await go.promise
    },
    { mostBodyBytes: 1000 },
  )
  const large = `{"a":"${'x'.repeat(694)}"}`
  const first = fetch(`${url}/hook`, good(large))
  await arrived.promise
  const refused = await fetch(`${url}/hook`, good(large))
  expect([refused.status, await refused.text()]).toEqual([
    503,
    '503 Service Unavailable: deliveries of 702 bytes wait to be recorded, and at most 1000 may; send it again later\n',
  ])
  expect((await fetch(`${url}/any`, { method: 'POST', body: large })).status).toBe(503)
  go.resolve()
  expect((await first).status).toBe(200)
  // A connection that is kept open holds nothing.
  for (const _ of [1, 2, 3]) expect((await fetch(`${url}/hook`, good(large))).status).toBe(200)
  expect(await registry.metrics()).toContain('prow_webhook_response_codes{response_code="503"} 1')
})
