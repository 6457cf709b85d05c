// ghproxy as its clients see it, before a GitHub of our own: what is asked, what is kept, who sees what, and what happens after a kill.
import { spawn } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, get as httpGet, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { githubHost } from '../github/host.ts'
import { createOctokits } from '../github/octokit.ts'
import { startFixture } from '../simulator/fixture.ts'
import { type Clock, systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { settle, testClock } from '../testing/clock.ts'
import { type GhproxyNeeds, ghproxy } from './ghproxy.ts'

vi.setConfig({ testTimeout: 30_000 })

interface Seen {
  readonly line: string
  readonly headers: IncomingMessage['headers']
}
type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

/** A GitHub that answers with the path, and with the tag of the path and the credential. */
const echo: Answer = (request, response) => {
  const etag = `"${request.url}-${request.headers.authorization}"`
  if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end()
  return response.writeHead(200, { etag, 'content-type': 'text/plain' }).end(`body of ${request.url}`)
}

async function upstream(answer: Answer = echo) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers })
    void answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

async function proxy(upstream: string, needs: Partial<GhproxyNeeds> = {}, clock: Clock = systemClock) {
  const stop = new AbortController()
  const metrics = new Registry()
  const ready = Promise.withResolvers<string>()
  const ended = ghproxy.run({
    clock,
    ids: systemIds,
    log: pino({ enabled: false }),
    metrics,
    signal: stop.signal,
    ready: (url = '') => ready.resolve(url),
    listen: { host: '127.0.0.1', port: 0 },
    upstream,
    cache: { mostBytes: 16 * 1024 * 1024 },
    concurrency: 25,
    requestTimeoutMs: 30_000,
    ...needs,
  })
  ended.catch(ready.reject)
  const url = await ready.promise
  let isOver = false
  const close = async () => {
    if (isOver) return
    isOver = true
    stop.abort()
    await ended
  }
  onTestFinished(close)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, { headers: { authorization: 'Bearer one', ...headers }, redirect: 'manual' })
    return {
      status: answer.status,
      mode: answer.headers.get('x-cache-mode'),
      text: await answer.text(),
      headers: answer.headers,
    }
  }
  return { url, get, close, metrics }
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bowsprit-ghproxy-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Requests that have arrived at a server of this process. */
function arrivals(path: string) {
  let count = 0
  const note = (message: unknown) => {
    if ((message as { request: IncomingMessage }).request.url === path) count++
  }
  subscribe('http.server.request.start', note)
  onTestFinished(() => void unsubscribe('http.server.request.start', note))
  return () => count
}

test('a hundred programs that ask the same at once are one request; another one is not held up', async () => {
  const release = Promise.withResolvers<void>()
  const github = await upstream(async (request, response) => {
    if (request.url === '/same') await release.promise
    return echo(request, response)
  })
  const { get, metrics } = await proxy(github.url)
  const arrived = arrivals('/same')
  const asking = Array.from({ length: 100 }, () => get('/same'))
  // One arrival more is GitHub's own.
  await expect.poll(arrived, { timeout: 20_000 }).toBe(101)
  expect((await get('/other')).mode).toBe('MISS')
  release.resolve()
  const answers = await Promise.all(asking)
  expect(github.seen.filter(({ line }) => line === 'GET /same')).toHaveLength(1)
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 body of /same']))
  expect(answers.filter(({ mode }) => mode === 'COALESCED')).toHaveLength(99)
  expect(await metrics.metrics()).toMatch(/ghcache_responses\{mode="COALESCED",path="unmatched",.*\} 99/)
})

test('everything is asked of GitHub again, and what still holds comes from the cache', async () => {
  let version = 1
  const github = await upstream((request, response) => {
    const etag = `"v${version}"`
    if (request.headers['if-none-match'] === etag)
      return response.writeHead(304, { etag, 'x-ratelimit-remaining': '7' }).end()
    return response.writeHead(200, { etag, 'cache-control': 'private, max-age=60' }).end(`version ${version}`)
  })
  const clock = testClock()
  const { get } = await proxy(github.url, {}, clock)
  const first = await get('/repos/o/r')
  expect(first).toMatchObject({ mode: 'MISS', text: 'version 1' })
  expect(first.headers.get('cache-control')).toBe('no-cache')
  expect(first.headers.get('x-prow-request-date')).toBe(String(Math.floor(clock.now() / 1000)))
  // GitHub's own minute is long over.
  await clock.advance('24h')
  const again = await get('/repos/o/r')
  expect(again).toMatchObject({ status: 200, mode: 'REVALIDATED', text: 'version 1' })
  expect(again.headers.get('x-ratelimit-remaining')).toBe('7')
  expect(again.headers.get('x-conditional-request')).toBe('"v1"')
  version = 2
  expect(await get('/repos/o/r')).toMatchObject({ mode: 'CHANGED', text: 'version 2' })
  expect(github.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"'])
})

test('who has an answer already is told that it holds', async () => {
  const github = await upstream()
  const { get } = await proxy(github.url)
  const etag = (await get('/a')).headers.get('etag') ?? ''
  expect(await get('/a', { 'if-none-match': etag })).toMatchObject({ status: 304, mode: 'REVALIDATED', text: '' })
  // Another program knows nothing of that, and gets the whole.
  expect(await get('/a')).toMatchObject({ status: 200, mode: 'REVALIDATED', text: 'body of /a' })
  // The proxy knows nothing itself: GitHub decides.
  const unknown = await upstream((_request, response) => response.writeHead(304, { etag: '"b"' }).end())
  const fresh = await proxy(unknown.url)
  expect(await fresh.get('/b', { 'if-none-match': '"b"' })).toMatchObject({ status: 304, mode: 'REVALIDATED' })
  expect(unknown.seen[0]?.headers['if-none-match']).toBe('"b"')
})

test('nobody sees what was answered to another credential, nor the credential', async () => {
  const github = await upstream((request, response) => {
    if (request.headers.authorization !== 'Bearer one') return response.writeHead(404).end('not for you')
    return response.writeHead(200, { etag: '"1"', vary: 'Authorization' }).end('private')
  })
  const dir = folder()
  const { get, metrics, close } = await proxy(github.url, { cache: { dir, mostBytes: 1e6 } })
  expect((await get('/repos/o/private')).text).toBe('private')
  expect(await get('/repos/o/private', { authorization: 'Bearer two' })).toMatchObject({
    status: 404,
    text: 'not for you',
  })
  expect(github.seen[1]?.headers['if-none-match']).toBeUndefined()
  const told = await metrics.metrics()
  expect(told).toContain('ghcache_cache_partitions')
  expect(told).not.toContain('Bearer')
  await close()
  for (const file of readdirSync(dir)) {
    expect(statSync(join(dir, file)).mode & 0o077, file).toBe(0)
    expect(readFileSync(join(dir, file)).includes('Bearer one'), file).toBe(false)
  }
})

test.each([
  ['a change', 'POST', '/repos/o/r/issues', 201, 'SKIP', 'no-cache'],
  ['a refusal', 'GET', '/repos/o/missing', 404, 'NO-STORE', 'no-store'],
  ['GraphQL', 'POST', '/graphql', 200, 'SKIP', 'no-store'],
])('%s is not kept', async (_what, method, path, status, mode, control) => {
  const github = await upstream((_request, response) => response.writeHead(status, { etag: '"1"' }).end('{}'))
  const { url } = await proxy(github.url)
  for (let round = 1; round <= 2; round++) {
    const answer = await fetch(url + path, { method, ...(method === 'POST' && { body: '{"a":1}' }) })
    expect([answer.status, answer.headers.get('x-cache-mode'), answer.headers.get('cache-control')]).toEqual([
      status,
      mode,
      control,
    ])
  }
  expect(github.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined])
})

test('bodies and headers arrive as they were sent; what is about the way does not', async () => {
  let body = ''
  const github = await upstream(async (request, response) => {
    for await (const chunk of request) body += String(chunk)
    response
      .writeHead(307, { location: `${github.url}/repositories/7/labels?page=2`, 'x-kept': 'yes', connection: 'close' })
      .end()
  })
  const { url } = await proxy(github.url)
  const answer = await fetch(`${url}/repos/o/r/labels?b=2&a=1`, {
    method: 'PATCH',
    body: '{"ü": 1}',
    redirect: 'manual',
    headers: { authorization: 'Bearer one', 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1', 'x-custom': 'kept' },
  })
  expect(answer.status).toBe(307)
  // A renamed repository is found at the proxy.
  expect(answer.headers.get('location')).toBe('/repositories/7/labels?page=2')
  expect(answer.headers.get('x-kept')).toBe('yes')
  const { headers, line } = github.seen[0] ?? { headers: {}, line: '' }
  expect(line).toBe('PATCH /repos/o/r/labels?b=2&a=1')
  expect(body).toBe('{"ü": 1}')
  expect(headers).toMatchObject({ authorization: 'Bearer one', 'x-custom': 'kept', host: github.url.slice(7) })
  expect(headers['x-forwarded-for'] ?? headers.forwarded).toBeUndefined()
})

test('GitHub that does not answer is 502, one that takes too long is 503', async () => {
  const clock = testClock()
  const dead = await proxy('http://127.0.0.1:1', {}, clock)
  expect((await dead.get('/a')).status).toBe(502)
  expect(await dead.metrics.metrics()).toMatch(/ghcache_responses\{mode="ERROR",.*\} 1/)
  const reached = Promise.withResolvers<void>()
  const github = await upstream(() => reached.resolve())
  const slow = await proxy(github.url, {}, clock)
  const asking = slow.get('/a')
  await reached.promise
  await clock.advance('30s')
  expect(await asking).toMatchObject({ status: 503, text: 'ghproxy timed out after 30s' })
})

test('a body that is too long, and a request for another server, are refused', async () => {
  const github = await upstream()
  const { url } = await proxy(github.url)
  const long = await fetch(`${url}/a`, { method: 'POST', body: Buffer.alloc(33 * 1024 * 1024) })
  expect(long.status).toBe(413)
  const { hostname, port } = new URL(url)
  const elsewhere = httpGet({ hostname, port, path: 'http://169.254.169.254/secrets' })
  const [answer] = (await once(elsewhere, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(400)
  expect(github.seen).toEqual([])
})

test('requests of one quota keep their distance, and only so many are under way', async () => {
  const clock = testClock()
  const github = await upstream()
  const each = { generalMs: 1000, getMs: 100, longestMs: 30_000 }
  const { url } = await proxy(github.url, { spacing: { rest: each, graphql: each } }, clock)
  const post = (path: string, budget = 'app - org') =>
    fetch(url + path, { method: 'POST', headers: { 'x-prow-ghcache-token-budget-identifier': budget } })
  await post('/1')
  const second = post('/2')
  await expect.poll(() => clock.waiting).toBe(2)
  // Another quota, and GraphQL, have a pace of their own.
  await post('/3', 'another')
  await post('/graphql')
  await clock.advance(999)
  expect(github.seen.map(({ line }) => line)).toEqual(['POST /1', 'POST /3', 'POST /graphql'])
  await clock.advance(1)
  await second
  expect(github.seen.at(-1)?.line).toBe('POST /2')

  const open: ServerResponse[] = []
  const busy = await upstream((_request, response) => open.push(response))
  const narrow = await proxy(busy.url, { concurrency: 2 })
  const all = ['/a', '/b', '/c'].map((path) => narrow.get(path))
  await expect.poll(() => busy.seen.length).toBe(2)
  await expect.poll(async () => await narrow.metrics.metrics()).toMatch(/pending_outbound_requests 1\n/)
  open[0]?.end('x')
  await expect.poll(() => busy.seen.length).toBe(3)
  for (const response of open) response.end('x')
  expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200, 200])
})

test('a change whose client has given up is not made any more', async () => {
  const clock = testClock()
  const github = await upstream()
  const each = { generalMs: 60_000, getMs: 60_000, longestMs: 60_000 }
  const { url } = await proxy(github.url, { spacing: { rest: each, graphql: each } }, clock)
  await fetch(`${url}/1`, { method: 'POST' })
  const late = fetch(`${url}/2`, { method: 'POST' })
  await expect.poll(() => clock.waiting).toBe(2)
  await clock.advance('30s')
  expect((await late).status).toBe(503)
  await clock.advance('60s')
  await settle()
  expect(github.seen.map(({ line }) => line)).toEqual(['POST /1'])
})

test('all programs of an app get the same token, unless they ask for less', async () => {
  const clock = testClock()
  let made = 0
  const github = await upstream((_request, response) => {
    const expires_at = new Date(clock.now() + 3_600_000).toISOString()
    response.writeHead(201).end(JSON.stringify({ token: `ghs_${++made}`, expires_at }))
  })
  const { url } = await proxy(github.url, {}, clock)
  const ask = async (body?: string, path = '/app/installations/5/access_tokens') => {
    const answer = await fetch(url + path, { method: 'POST', ...(body !== undefined && { body }) })
    const { token } = (await answer.json()) as { token: string }
    return [token, answer.headers.get('x-prow-ghproxy-replaced-token')]
  }
  expect(await ask()).toEqual(['ghs_1', null])
  expect(await ask('{}')).toEqual(['ghs_1', 'true'])
  expect(await ask('{"permissions":{"issues":"read"}}')).toEqual(['ghs_3', null])
  expect(await ask(undefined, '/app/installations/6/access_tokens')).toEqual(['ghs_4', null])
  await clock.advance('59m')
  expect((await ask())[0]).toBe('ghs_1')
  await clock.advance('1s')
  expect((await ask())[0]).toBe('ghs_6')
})

test('the folder keeps its answers over a restart, within its bound', async () => {
  const github = await upstream((request, response) => {
    if (request.headers['if-none-match'] === '"1"') return response.writeHead(304).end()
    return response.writeHead(200, { etag: '"1"' }).end(Buffer.alloc(10_000, request.url ?? ''))
  })
  const cache = { dir: folder(), mostBytes: 200_000 }
  const before = await proxy(github.url, { cache })
  for (let page = 1; page <= 60; page++) await before.get(`/repos/o/r/issues?page=${page}`)
  await before.close()
  const bytes = readdirSync(cache.dir).reduce((sum, file) => sum + statSync(join(cache.dir, file)).size, 0)
  expect(bytes).toBeLessThan(400_000)
  const after = await proxy(github.url, { cache })
  // The last ones are there, the first ones had to go.
  expect((await after.get('/repos/o/r/issues?page=60')).mode).toBe('REVALIDATED')
  expect((await after.get('/repos/o/r/issues?page=1')).mode).toBe('MISS')
  expect(await after.metrics.metrics()).toMatch(/ghcache_disk_total \d/)
})

test('a file that is no database is begun anew', async () => {
  const github = await upstream()
  const dir = folder()
  writeFileSync(join(dir, 'answers.db'), 'x'.repeat(10_000))
  const { get } = await proxy(github.url, { cache: { dir, mostBytes: 1e6 } })
  expect((await get('/a')).mode).toBe('MISS')
  expect((await get('/a')).mode).toBe('REVALIDATED')
})

test('killed in the middle of its writes, the program finds what it had, and all of it whole', async () => {
  const pattern = (url = '') => url.repeat(1000)
  const github = await upstream((request, response) => {
    if (request.headers['if-none-match'] !== undefined) return response.writeHead(304).end()
    return response.writeHead(200, { etag: '"1"' }).end(pattern(request.url))
  })
  const dir = folder()
  const main = resolve(import.meta.dirname, '../cli/main.ts')
  const flags = [`--upstream=${github.url}`, `--cache-dir=${dir}`, '--cache-sizeGB=1', '--port=0', '--metrics-port=0']
  async function start() {
    const child = spawn(process.execPath, [main, 'ghproxy', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = once(child, 'exit')
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, urls } = JSON.parse(line) as { msg: string; urls?: { ghproxy: string } }
      if (msg === 'ready') return { url: urls?.ghproxy ?? '', child, ended }
    }
    throw new Error('the program ended')
  }
  const first = await start()
  let kept = 0
  let isKilled = false
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let page = 1; !isKilled; page++) {
      const answer = await fetch(`${first.url}/w${writer}?page=${page}`).catch(() => undefined)
      if (!answer) return
      // From the 40th answer on it may come at any moment.
      if (++kept === 40) {
        isKilled = true
        first.child.kill('SIGKILL')
      }
    }
  })
  await first.ended
  await Promise.all(writers)
  const second = await start()
  const modes = new Map<string, number>()
  for (let writer = 0; writer < 8; writer++) {
    const path = `/w${writer}?page=1`
    const answer = await fetch(second.url + path)
    expect(await answer.text()).toBe(pattern(path))
    const mode = answer.headers.get('x-cache-mode') ?? ''
    modes.set(mode, (modes.get(mode) ?? 0) + 1)
  }
  expect(modes.get('REVALIDATED')).toBe(8)
  second.child.kill('SIGTERM')
  expect((await second.ended)[0]).toBe(0)
})

test('components work through it as they do with GitHub, pages included', async () => {
  const fixture = await startFixture()
  onTestFinished(() => fixture.close())
  const { url, metrics } = await proxy(fixture.sim.apiUrl)
  const clients = createOctokits({
    endpoint: url,
    credentials: { token: () => fixture.sim.tokens['ci-bot'] ?? '' },
    userAgent: 'hook/1',
    clock: systemClock,
    log: pino({ enabled: false }),
    metrics: new Registry(),
  })
  onTestFinished(() => clients.close())
  const host = githubHost(clients.as({ by: 'label', priority: 'command' }))
  const at = { org: 'acme', repo: 'site' }
  for (let label = 1; label <= 101; label++)
    await host.createLabel(at, { name: `l${label}`, color: 'ffffff', description: '' })
  expect((await host.repoLabels(at)).length).toBeGreaterThan(101)
  expect((await host.repoLabels(at)).length).toBeGreaterThan(101)
  expect(await host.isBusy('acme', 'alice')).toBe(false)
  const told = await metrics.metrics()
  expect(told).toMatch(
    /ghcache_responses\{mode="REVALIDATED",path="\/repos\/:owner\/:repo\/labels",user_agent="hook.label",.*\} 2/,
  )
  expect(told).toMatch(/ghcache_responses\{mode="SKIP",path="\/graphql",.*\} 1/)
  // They know from its answers what was free.
  expect(clients.budget.spending()).toEqual([
    { by: 'hook.label', priority: 'command', where: 'acme/site', paid: 103, free: 2 },
    { by: 'hook.label', priority: 'command', where: 'acme', paid: 1, free: 0 },
  ])
})
