// The Kubernetes client: one cluster over HTTP, with kept-alive connections and streaming watches.
import { Counter, type Registry } from 'prom-client'
import type { Dispatcher } from 'undici'
import type { KubeObject, Resource } from '../api/kubernetes.ts'
import type { Clock } from '../system/clock.ts'
import type { Ids } from '../system/ids.ts'
import { type Access, dispatcherCache } from './access.ts'
import { type At, type Kube, KubeError, type KubeList, type Patch, type Selection, type WatchEvent } from './client.ts'
import { jsonLines } from './json-lines.ts'

/** How to reach one cluster. */
export interface HttpKubeOptions {
  /** Alias for messages. */
  readonly cluster: string
  /** Base URL; may have a path. */
  readonly server: string
  readonly access?: () => Access | Promise<Access>
  readonly clock: Clock
  /** For jitter. */
  readonly ids: Pick<Ids, 'fraction'>
  readonly metrics?: Registry
}

/** A Kube that holds connections. */
export type HttpKube = Kube & { close(): Promise<void> }

/** The server did not answer: refused, cut, timed out, unknown host. `cause` is the network's error. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  /** Code of the network's error, e.g. `ECONNREFUSED`; may be empty. */
  readonly code: string

  constructor(cluster: string, request: string, cause: unknown) {
    super(`cluster ${cluster} does not answer ${request}: ${messageOf(cause)}`, { cause })
    this.code = codeOf(cause)
  }
}

// A lost request that changes nothing is sent again, three times in all.
const retryDelaysMs = [100, 400]
// Nothing was sent when the connection could not be made, so even a write may be tried again.
const neverSent = ['ECONNREFUSED']
const lost = [...neverSent, 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']

const headersTimeoutMs = 60_000
const contentTypes = { merge: 'merge-patch', json: 'json-patch', strategic: 'strategic-merge-patch' } as const

type Query = Readonly<Record<string, string | number | boolean | undefined>>
interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Query
  readonly body?: unknown
  readonly contentType?: string
  readonly signal?: AbortSignal
  /** Longest silence within the answer; 0 is for ever. Milliseconds. */
  readonly silenceMs?: number
}

/** A client of one cluster. Nothing is connected before the first request. */
export function httpKube(options: HttpKubeOptions): HttpKube {
  const { cluster, clock, ids } = options
  const base = new URL(options.server)
  const prefix = base.pathname.replace(/\/+$/, '')
  const requests = options.metrics && requestCounter(options.metrics)
  const dispatchers = dispatcherCache()

  async function once({ method, path, query = {}, body, contentType, signal, silenceMs = 60_000 }: Request) {
    const access = (await options.access?.()) ?? {}
    const answer = await dispatchers.of(access).request({
      origin: base.origin,
      path: `${prefix}${path}${queryText(query)}`,
      method,
      headers: {
        accept: 'application/json',
        'user-agent': 'bowsprit',
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        ...access.headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: silenceMs,
    })
    requests?.inc({ code: String(answer.statusCode), method, host: base.host })
    return answer
  }

  async function send(request: Request): Promise<Dispatcher.ResponseData> {
    const said = `${request.method} ${request.path}`
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await once(request)
        if (answer.statusCode < 400) return answer
        throw await refusal(answer, said)
      } catch (error) {
        if (error instanceof KubeError || request.signal?.aborted) throw error
        const delay = retryDelaysMs[attempt]
        const again = request.method === 'GET' ? lost : neverSent
        if (delay === undefined || !again.includes(codeOf(error))) throw new UnreachableError(cluster, said, error)
        await clock.sleep(delay * (1 + ids.fraction()), request.signal)
      }
    }
  }

  async function json<T>(request: Request): Promise<T> {
    const answer = await send(request)
    try {
      return (await answer.body.json()) as T
    } catch (error) {
      throw new UnreachableError(cluster, `${request.method} ${request.path}`, error)
    }
  }

  return {
    cluster,
    async get<T extends KubeObject>(resource: Resource<T>, at: At) {
      try {
        return completed(resource, await json<T>({ method: 'GET', path: pathOf(resource, at) }))
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },

    async list<T extends KubeObject>(
      resource: Resource<T>,
      selection: Selection & { limit?: number; continue?: string } = {},
    ): Promise<KubeList<T>> {
      const query = { ...queryOf(selection), limit: selection.limit, continue: selection.continue }
      const { items, metadata } = await json<{
        items?: T[]
        metadata?: { resourceVersion?: string; continue?: string }
      }>({ method: 'GET', path: pathOf(resource, { namespace: selection.namespace ?? '' }), query })
      // Items of built-in kinds come without the fields that say what they are.
      for (const item of items ?? []) {
        item.apiVersion ??= groupVersion(resource)
        item.kind ??= resource.kind
      }
      return {
        items: (items ?? []).map((item) => completed(resource, item)),
        resourceVersion: metadata?.resourceVersion ?? '',
        ...(metadata?.continue ? { continue: metadata.continue } : {}),
      }
    },

    async *watch<T extends KubeObject>(
      resource: Resource<T>,
      watch: Selection & { resourceVersion: string; signal: AbortSignal },
    ): AsyncGenerator<WatchEvent<T>> {
      const path = pathOf(resource, { namespace: watch.namespace ?? '' })
      // The server ends the watch after this time; a silence that lasts longer is a dead connection.
      const timeoutSeconds = Math.round(300 * (1 + ids.fraction()))
      try {
        const { body } = await send({
          method: 'GET',
          path,
          query: {
            ...queryOf(watch),
            watch: true,
            resourceVersion: watch.resourceVersion,
            allowWatchBookmarks: true,
            timeoutSeconds,
          },
          signal: watch.signal,
          silenceMs: (timeoutSeconds + 30) * 1000,
        })
        for await (const line of jsonLines(body)) {
          const event = line as WatchEvent<T> | { type: 'ERROR'; object: StatusObject }
          if (event.type === 'ERROR') throw statusError(event.object, event.object.code ?? 500, `watch of ${path}`)
          yield event.type === 'BOOKMARK' ? event : { ...event, object: completed(resource, event.object) }
        }
      } catch (error) {
        if (watch.signal.aborted) return
        if (error instanceof KubeError || error instanceof UnreachableError) throw error
        throw new UnreachableError(cluster, `watch of ${path}`, error)
      }
    },

    async create<T extends KubeObject>(resource: Resource<T>, object: T, { dryRun = false } = {}) {
      const made = await json<T>({
        method: 'POST',
        path: pathOf(resource, { namespace: object.metadata?.namespace ?? '' }),
        query: dryQuery(dryRun),
        body: { apiVersion: groupVersion(resource), kind: resource.kind, ...object },
      })
      return completed(resource, made)
    },

    async replace<T extends KubeObject>(resource: Resource<T>, object: T) {
      const replaced = await json<T>({
        method: 'PUT',
        path: pathOf(resource, { namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' }),
        body: { apiVersion: groupVersion(resource), kind: resource.kind, ...object },
      })
      return completed(resource, replaced)
    },

    async patch<T extends KubeObject>(
      resource: Resource<T>,
      at: At,
      patch: Patch,
      { dryRun = false, subresource }: { dryRun?: boolean; subresource?: 'status' } = {},
    ) {
      const [form, body]: [keyof typeof contentTypes, unknown] =
        'merge' in patch
          ? ['merge', patch.merge]
          : 'json' in patch
            ? ['json', patch.json]
            : ['strategic', patch.strategic]
      const patched = await json<T>({
        method: 'PATCH',
        path: `${pathOf(resource, at)}${subresource ? `/${subresource}` : ''}`,
        query: dryQuery(dryRun),
        body,
        contentType: `application/${contentTypes[form]}+json`,
      })
      return completed(resource, patched)
    },

    async delete(resource, at, { gracePeriodSeconds, uid, dryRun = false } = {}) {
      try {
        await json<unknown>({
          method: 'DELETE',
          path: pathOf(resource, at),
          body: {
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
            ...(uid ? { preconditions: { uid } } : {}),
            ...(dryRun ? { dryRun: ['All'] } : {}),
          },
        })
        return true
      } catch (error) {
        if (isNotFound(error)) return false
        throw error
      }
    },

    async *logs({ namespace = '', name }, { container, follow, tailLines, timestamps, limitBytes, signal } = {}) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`
      const query = { container, follow, tailLines, timestamps, limitBytes }
      try {
        // A program may be silent for hours.
        const { body } = await send({
          method: 'GET',
          path,
          query,
          silenceMs: follow ? 0 : 60_000,
          ...(signal ? { signal } : {}),
        })
        for await (const chunk of body) yield chunk as Uint8Array
      } catch (error) {
        if (signal?.aborted) return
        if (error instanceof KubeError || error instanceof UnreachableError) throw error
        throw new UnreachableError(cluster, `GET ${path}`, error)
      }
    },

    close: () => dispatchers.close(),
  }
}

const completed = <T extends KubeObject>(resource: Resource<T>, object: T): T => resource.complete?.(object) ?? object

function requestCounter(registry: Registry): Counter<'code' | 'method' | 'host'> {
  const name = 'rest_client_requests_total'
  const known = registry.getSingleMetric(name)
  if (known instanceof Counter) return known
  return new Counter({
    name,
    help: 'Requests to Kubernetes API servers, by status code, method and host.',
    labelNames: ['code', 'method', 'host'],
    registers: [registry],
  })
}

function pathOf(resource: Resource<KubeObject>, { namespace = '', name = '' }: Partial<At>): string {
  const parts = resource.group ? ['apis', resource.group, resource.version] : ['api', resource.version]
  if (resource.namespaced && namespace) parts.push('namespaces', namespace)
  parts.push(resource.plural)
  if (name) parts.push(name)
  return `/${parts.map(encodeURIComponent).join('/')}`
}

const groupVersion = ({ group, version }: Resource<KubeObject>) => (group ? `${group}/${version}` : version)
const queryOf = ({ labelSelector, fieldSelector }: Selection): Query => ({ labelSelector, fieldSelector })
const dryQuery = (dryRun: boolean): Query => ({ dryRun: dryRun ? 'All' : undefined })

function queryText(query: Query): string {
  const given = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') given.append(key, String(value))
  }
  return given.size > 0 ? `?${given}` : ''
}

interface StatusObject {
  readonly kind?: string
  readonly code?: number
  readonly reason?: string
  readonly message?: string
}

async function refusal(answer: Dispatcher.ResponseData, said: string): Promise<KubeError> {
  const text = await answer.body.text()
  try {
    const status: StatusObject = JSON.parse(text)
    if (status.kind === 'Status') return statusError(status, answer.statusCode, said)
  } catch {
    // Not from the API server itself: a proxy's page.
  }
  return new KubeError(answer.statusCode, '', `${said}: HTTP ${answer.statusCode}: ${text.slice(0, 200).trim()}`)
}

const statusError = ({ code, reason, message }: StatusObject, httpCode: number, said: string) =>
  new KubeError(code ?? httpCode, reason ?? '', message || `${said}: HTTP ${httpCode}`)

const isNotFound = (error: unknown) => error instanceof KubeError && error.code === 404

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  // Several addresses of one name were tried; they fail alike.
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return codeOf(error.cause)
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ')
  return error instanceof Error ? error.message || codeOf(error) || error.name : String(error)
}
