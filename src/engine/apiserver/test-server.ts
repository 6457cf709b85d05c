// For tests: a server on a directory of its own, and a client that shows what goes over the wire.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { Agent, request } from 'undici'
import { systemClock } from '../../system/clock.ts'
import { systemIds } from '../../system/ids.ts'
import type { ApiObject } from './object.ts'
import { type ApiServer, type ApiServerOptions, startApiServer } from './server.ts'

/** An answer with its parsed body. */
interface Answer {
  readonly code: number
  readonly body: ApiObject & { readonly metadata: { readonly continue?: string } }
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** One event of a watch. */
export interface SeenEvent {
  readonly type: string
  readonly object: ApiObject & { readonly code?: number }
}

/** Talks to a server. Paths start with a slash; bodies are sent as JSON. */
export interface TestClient {
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  text(path: string): Promise<{ code: number; text: string }>
  post(path: string, body: unknown, type?: string): Promise<Answer>
  put(path: string, body: unknown): Promise<Answer>
  patch(path: string, body: unknown, type: string): Promise<Answer>
  delete(path: string, body?: unknown): Promise<Answer>
  /** Opens a watch; iterating it waits for events. Leaving the loop ends the watch. */
  watch(path: string, headers?: Record<string, string>): AsyncGenerator<SeenEvent>
  close(): Promise<void>
}

/** A client of a server that answers at `url`. */
export function clientOf({ url, token, ca }: Pick<ApiServer, 'url' | 'token' | 'ca'>): TestClient {
  const dispatcher = new Agent({ connect: { ca }, connections: 64 })
  const authorization = `Bearer ${token}`

  async function send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const answer = await request(url + path, {
      method,
      dispatcher,
      headers: { authorization, ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(text === undefined ? {} : { body: text as string }),
    })
    return { code: answer.statusCode, body: (await answer.body.json()) as Answer['body'], headers: answer.headers }
  }

  return {
    get: (path, headers) => send('GET', path, undefined, headers),
    async text(path) {
      const answer = await request(url + path, { dispatcher, headers: { authorization } })
      return { code: answer.statusCode, text: await answer.body.text() }
    },
    post: (path, body, type = 'application/json') => send('POST', path, body, { 'content-type': type }),
    put: (path, body) => send('PUT', path, body),
    patch: (path, body, type) => send('PATCH', path, body, { 'content-type': type }),
    delete: (path, body) => send('DELETE', path, body),
    async *watch(path, headers = {}) {
      const answer = await request(url + path, {
        dispatcher,
        headers: { authorization, ...headers },
        bodyTimeout: 0,
        headersTimeout: 0,
      })
      if (answer.statusCode !== 200) {
        yield { type: `HTTP ${answer.statusCode}`, object: (await answer.body.json()) as SeenEvent['object'] }
        return
      }
      let rest = ''
      for await (const chunk of answer.body) {
        const lines = (rest + String(chunk)).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) yield JSON.parse(line)
      }
    },
    close: () => dispatcher.destroy(),
  }
}

/** Waits for so many events of a watch, then leaves it. */
export async function take(count: number, events: AsyncGenerator<SeenEvent>): Promise<readonly SeenEvent[]> {
  const seen: SeenEvent[] = []
  for await (const event of events) {
    seen.push(event)
    if (seen.length === count) break
  }
  return seen
}

/** A running server with a client. `stop` also removes its directory. */
export interface TestServer {
  readonly server: ApiServer
  readonly client: TestClient
  readonly dataDir: string
  stop(): Promise<void>
}

/** Starts a server for a test, on a new directory unless one is given. */
export async function startTestServer(options: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'bowsprit-apiserver-')))
  const server = await startApiServer({
    dataDir,
    listen: { host: '127.0.0.1', port: 0 },
    clock: systemClock,
    ids: systemIds,
    log: pino({ level: 'silent' }),
    ...options,
  })
  const client = clientOf(server)
  return {
    server,
    client,
    dataDir,
    async stop() {
      await client.close()
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A definition in the way of ProwJobs, small enough to read. */
export const jobDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'prowjobs.prow.k8s.io' },
  spec: {
    group: 'prow.k8s.io',
    scope: 'Namespaced',
    names: { kind: 'ProwJob', plural: 'prowjobs', singular: 'prowjob', shortNames: ['pj'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        additionalPrinterColumns: [
          { name: 'Job', type: 'string', jsonPath: '.spec.job' },
          { name: 'Pulls', type: 'string', jsonPath: '.spec.refs.pulls[*].number' },
          { name: 'StartTime', type: 'date', jsonPath: '.status.startTime' },
          { name: 'State', type: 'string', jsonPath: '.status.state' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['job', 'type'],
                properties: {
                  job: { type: 'string' },
                  type: { type: 'string', enum: ['presubmit', 'postsubmit', 'periodic', 'batch'] },
                  report: { type: 'boolean', default: false },
                  max_concurrency: { type: 'integer', minimum: 0 },
                  refs: {
                    type: 'object',
                    properties: {
                      org: { type: 'string' },
                      pulls: { type: 'array', items: { type: 'object', properties: { number: { type: 'integer' } } } },
                    },
                  },
                  pipeline_run_spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: {
                type: 'object',
                properties: {
                  state: { type: 'string' },
                  startTime: { type: 'string', format: 'date-time' },
                },
              },
            },
          },
        },
      },
    ],
  },
} as const

/** A small job. */
export const job = (name: string, more: object = {}) => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name, ...more },
  spec: { job: 'unit', type: 'periodic' },
})

/** A small config map. */
export const configMap = (name: string, metadata: object = {}, data: Record<string, string> = { a: '1' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
})

/** A small pod. */
export const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { restartPolicy: 'Never', containers: [{ name: 'test', image: 'busybox' }], ...spec },
})
