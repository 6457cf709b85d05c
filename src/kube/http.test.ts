// The HTTP client against a small server that answers as Kubernetes does, and as broken networks do.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { pods } from '../api/kubernetes.ts'
import { prowJobs } from '../api/prowjob.ts'
import { systemClock } from '../system/clock.ts'
import { testClock } from '../testing/clock.ts'
import { tokenFileAccess } from './access.ts'
import { KubeError } from './client.ts'
import { type HttpKubeOptions, httpKube, UnreachableError } from './http.ts'
import { jsonLines } from './json-lines.ts'

const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

interface Seen {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

async function world(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
  options: Partial<HttpKubeOptions> = {},
) {
  const seen: Seen[] = []
  const sockets = new Set<unknown>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    seen.push({
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: text ? JSON.parse(text) : undefined,
    })
    sockets.add(request.socket)
    answer(request, response, seen.length)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const clock = { ...systemClock, sleep: async () => {} }
  const kube = httpKube({
    cluster: 'here',
    server: `http://127.0.0.1:${port}`,
    clock,
    ids: { fraction: () => 0 },
    ...options,
  })
  cleanups.push(() => kube.close())
  return { kube, seen, sockets, server, port }
}

const send = (response: ServerResponse, code: number, body: unknown) => {
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
const status = (code: number, reason: string, message: string) => ({ kind: 'Status', code, reason, message })
const at = { namespace: 'ns', name: 'one' }

test('requests have the addresses, bodies and content types of the API', async () => {
  const { kube, seen } = await world((_request, response) => send(response, 200, { metadata: { name: 'one' } }))
  await kube.get(prowJobs, at)
  await kube.list(pods, { namespace: 'ns', labelSelector: 'a=b,c!=d', limit: 5 })
  await kube.list(pods)
  await kube.create(pods, { metadata: at }, { dryRun: true })
  await kube.patch(pods, at, { merge: { a: null } })
  await kube.patch(pods, at, { json: [{ op: 'remove', path: '/a' }] }, { subresource: 'status' })
  await kube.delete(pods, at, { gracePeriodSeconds: 0, uid: 'u' })
  expect(seen.map(({ line }) => line)).toEqual([
    'GET /apis/prow.k8s.io/v1/namespaces/ns/prowjobs/one',
    'GET /api/v1/namespaces/ns/pods?labelSelector=a%3Db%2Cc%21%3Dd&limit=5',
    'GET /api/v1/pods',
    'POST /api/v1/namespaces/ns/pods?dryRun=All',
    'PATCH /api/v1/namespaces/ns/pods/one',
    'PATCH /api/v1/namespaces/ns/pods/one/status',
    'DELETE /api/v1/namespaces/ns/pods/one',
  ])
  expect(seen[3]?.body).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: at })
  expect(seen[4]?.body).toEqual({ a: null })
  expect(seen.slice(4, 6).map(({ headers }) => headers['content-type'])).toEqual([
    'application/merge-patch+json',
    'application/json-patch+json',
  ])
  expect(seen[6]?.body).toMatchObject({ gracePeriodSeconds: 0, preconditions: { uid: 'u' } })
})

test('a server below a path is addressed there, with the given headers', async () => {
  const { seen, port } = await world((_request, response) => send(response, 200, {}))
  const kube = httpKube({
    cluster: 'rancher',
    server: `http://127.0.0.1:${port}/k8s/clusters/c-1/`,
    access: () => ({ headers: { authorization: 'Bearer t' } }),
    clock: systemClock,
    ids: { fraction: () => 0 },
  })
  cleanups.push(() => kube.close())
  await kube.get(pods, at)
  expect(seen[0]).toMatchObject({
    line: 'GET /k8s/clusters/c-1/api/v1/namespaces/ns/pods/one',
    headers: { authorization: 'Bearer t' },
  })
})

test('items of a list say what they are, even when the server leaves that out', async () => {
  const list = { metadata: { resourceVersion: '7', continue: 'more' }, items: [{ metadata: { name: 'one' } }] }
  const { kube } = await world((_request, response) => send(response, 200, list))
  expect(await kube.list(pods)).toEqual({
    items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' } }],
    resourceVersion: '7',
    continue: 'more',
  })
})

test('a missing object is undefined, and deleting it is false', async () => {
  const { kube } = await world((_request, response) => send(response, 404, status(404, 'NotFound', 'no')))
  expect(await kube.get(pods, at)).toBeUndefined()
  expect(await kube.delete(pods, at)).toBe(false)
  await expect(kube.patch(pods, at, { merge: {} })).rejects.toThrow(KubeError)
})

test.each([
  [
    'a Status',
    status(403, 'Forbidden', 'exceeded quota: q'),
    { code: 403, reason: 'Forbidden', message: 'exceeded quota: q' },
  ],
  [
    "a proxy's page",
    '<html>bad gateway</html>',
    { code: 403, reason: '', message: 'GET /api/v1/namespaces/ns/pods/one: HTTP 403: <html>bad gateway</html>' },
  ],
])('a refusal by %s is a KubeError', async (_why, body, want) => {
  const { kube } = await world((_request, response) => send(response, 403, body))
  await expect(kube.get(pods, at)).rejects.toMatchObject({ name: 'KubeError', ...want })
})

test('a reading request is sent again when the connection is cut, a writing one is not', async () => {
  const { kube, seen } = await world((request, response, count) => {
    if (request.method === 'POST' || count < 3) request.socket.destroy()
    else send(response, 200, { metadata: { name: 'one' } })
  })
  expect(await kube.get(pods, at)).toMatchObject({ metadata: { name: 'one' } })
  expect(seen).toHaveLength(3)
  await expect(kube.create(pods, { metadata: at })).rejects.toThrow(UnreachableError)
  expect(seen).toHaveLength(4)
})

test('attempts are bounded, and the error says which cluster and request', async () => {
  const { kube, seen } = await world((request) => {
    request.socket.destroy()
  })
  await expect(kube.get(pods, at)).rejects.toThrow(
    /^cluster here does not answer GET \/api\/v1\/namespaces\/ns\/pods\/one: /,
  )
  expect(seen).toHaveLength(3)
})

test('a refused connection is an UnreachableError with its code', async () => {
  const { kube, server } = await world(() => {})
  server.close()
  await expect(kube.create(pods, { metadata: at })).rejects.toMatchObject({
    name: 'UnreachableError',
    code: 'ECONNREFUSED',
  })
})

test('connections are kept alive', async () => {
  const { kube, sockets } = await world((_request, response) => send(response, 200, {}))
  for (let i = 0; i < 10; i++) await kube.get(pods, at)
  expect(sockets.size).toBeLessThan(3)
})

test('a watch yields events however the bytes are cut, and ends with the answer', async () => {
  const { kube, seen } = await world(async (_request, response) => {
    response.writeHead(200)
    const text = ['ADDED', 'BOOKMARK']
      .map((type) => JSON.stringify({ type, object: { metadata: { name: 'ü' } } }))
      .join('\n')
    for (const byte of Buffer.from(`${text}\n`)) {
      response.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  })
  const { signal } = new AbortController()
  const types: string[] = []
  for await (const { type, object } of kube.watch(pods, { namespace: 'ns', resourceVersion: '5', signal })) {
    types.push(`${type} ${object.metadata?.name}`)
  }
  expect(types).toEqual(['ADDED ü', 'BOOKMARK ü'])
  expect(seen[0]?.line).toBe(
    'GET /api/v1/namespaces/ns/pods?watch=true&resourceVersion=5&allowWatchBookmarks=true&timeoutSeconds=300',
  )
})

test('a watch that was compacted throws 410', async () => {
  const { kube } = await world((_request, response) => {
    response.end(`${JSON.stringify({ type: 'ERROR', object: status(410, 'Expired', 'too old') })}\n`)
  })
  const { signal } = new AbortController()
  const watch = async () => {
    for await (const _ of kube.watch(pods, { resourceVersion: '5', signal })) throw new Error('an event')
  }
  await expect(watch()).rejects.toMatchObject({ name: 'KubeError', code: 410 })
})

test('a watch that is cut throws, one that is aborted ends', async () => {
  let cut = () => {}
  const { kube } = await world((request, response) => {
    response.writeHead(200)
    response.write(`${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'one' } } })}\n`)
    cut = () => request.socket.destroy()
  })
  const watch = async (signal: AbortSignal, onEvent: () => void) => {
    for await (const _ of kube.watch(pods, { resourceVersion: '5', signal })) onEvent()
  }
  await expect(watch(new AbortController().signal, () => cut())).rejects.toThrow(UnreachableError)
  const end = new AbortController()
  await expect(watch(end.signal, () => end.abort())).resolves.toBeUndefined()
})

test('logs come as bytes', async () => {
  const { kube, seen } = await world((_request, response) => response.end('one\ntwo\n'))
  const chunks: Uint8Array[] = []
  for await (const chunk of kube.logs(at, { container: 'test', tailLines: 2 })) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('one\ntwo\n')
  expect(seen[0]?.line).toBe('GET /api/v1/namespaces/ns/pods/one/log?container=test&tailLines=2')
})

test('requests are counted by code, method and host', async () => {
  const metrics = new Registry()
  const { kube, port } = await world((_request, response) => send(response, 404, status(404, 'NotFound', 'no')), {
    metrics,
  })
  await kube.get(pods, at)
  expect(await metrics.metrics()).toContain(
    `rest_client_requests_total{code="404",method="GET",host="127.0.0.1:${port}"} 1`,
  )
})

test('a token file is read again after a minute', async () => {
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const dir = await mkdtemp(`${tmpdir()}/kube-`)
  cleanups.push(() => rm(dir, { recursive: true }))
  const clock = testClock()
  const access = tokenFileAccess(`${dir}/token`, undefined, clock)
  await writeFile(`${dir}/token`, 'first\n')
  expect(await access()).toEqual({ headers: { authorization: 'Bearer first' } })
  await writeFile(`${dir}/token`, 'second\n')
  expect(await access()).toEqual({ headers: { authorization: 'Bearer first' } })
  await clock.advance('61s')
  expect(await access()).toEqual({ headers: { authorization: 'Bearer second' } })
})

test('half a line at the end of a stream is an error, not an event', async () => {
  async function* cut() {
    yield Buffer.from('{"a":1}\n{"a"')
  }
  const seen: unknown[] = []
  const read = async () => {
    for await (const value of jsonLines(cut())) seen.push(value)
  }
  await expect(read()).rejects.toThrow(SyntaxError)
  expect(seen).toEqual([{ a: 1 }])
})
