// The embedded API server: the Kubernetes REST conventions over SQLite, for one machine.
import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Listen } from '../../component.ts'
import type { Clock } from '../../system/clock.ts'
import { every } from '../../system/clock.ts'
import type { Ids } from '../../system/ids.ts'
import { holdsToken, kubeconfigFor, loadToken, writeKubeconfig } from './access.ts'
import { runExpiry } from './controllers/expiry.ts'
import { runGarbageCollector } from './controllers/gc.ts'
import { bootstrapNamespaces, runNamespaceController } from './controllers/namespaces.ts'
import { installDefinitions, serveDefinitions } from './definitions.ts'
import { type Call, sendJson } from './http/call.ts'
import type { ReadLogs } from './http/logs.ts'
import { isPublic, route } from './http/route.ts'
import { type Lock, lockDataDir } from './lock.ts'
import { createRegistry } from './registry.ts'
import type { ServerContext } from './server-context.ts'
import { ApiError, badRequest, internalError, unauthorized } from './status.ts'
import { openStore } from './store.ts'
import { loadCertificates } from './tls.ts'
import { createWatchHub } from './watch.ts'

export type { LogRequest, ReadLogs } from './http/logs.ts'

export interface ApiServerOptions {
  /** Holds everything the server keeps. Created when missing; one server at a time. */
  readonly dataDir: string
  /** The lock of the data directory, where the caller holds it already; the server takes and gives back its own otherwise. */
  readonly lock?: Lock
  readonly listen: Listen
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  /** Reads the logs of this machine's pods; without it, logs are refused. */
  readonly logs?: ReadLogs
  /** CustomResourceDefinitions to install, or to bring up to date, before the server answers. */
  readonly crds?: readonly object[]
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal
  /** How much history is kept for watches that resume. Default: the last 20,000 events, none older than an hour. */
  readonly history?: { readonly events: number; readonly ageMs: number }
}

/** A server that answers. */
export interface ApiServer {
  /** `https://HOST:PORT`. */
  readonly url: string
  /** Bearer token that may do everything. */
  readonly token: string
  /** Certificate of the authority that issued the server's certificate, PEM. */
  readonly ca: string
  /** For clients; also written to DATADIR/kubeconfig. Contains the token. */
  readonly kubeconfig: object
  /** Ends watches, finishes writes, gives the data directory free. A second call does nothing more. */
  close(): Promise<void>
}

const defaultHistory = { events: 20_000, ageMs: 60 * 60 * 1000 }
const renewEveryMs = 24 * 60 * 60 * 1000
// Longer than clients keep idle connections, so that they and not the server end them.
const keepAliveMs = 120_000

/**
 * Starts a server. Throws when another one uses the data directory, when the address is taken, or when a definition is
 * invalid.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDir, listen, clock, ids, log, history = defaultHistory } = options
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const ownLock = options.lock ? undefined : lockDataDir(dataDir)
  const cleanup: (() => void)[] = [() => ownLock?.release()]
  const undo = () => {
    for (const step of cleanup.splice(0).reverse()) step()
  }
  try {
    const hosts = [...new Set([listen.host, 'localhost', '127.0.0.1', '::1'])]
    const tlsDir = join(dataDir, 'tls')
    const certificates = await loadCertificates(tlsDir, hosts, clock.now())
    const token = await loadToken(dataDir)
    const store = openStore({ path: join(dataDir, 'state.db'), clock, history })
    cleanup.push(() => store.close())
    const stopped = new AbortController()
    cleanup.push(() => stopped.abort())
    const registry = createRegistry()
    serveDefinitions(store, registry)
    const hub = createWatchHub(store, clock)
    const context: ServerContext = {
      store,
      registry,
      hub,
      clock,
      ids,
      log,
      logs: options.logs,
      stopped: stopped.signal,
    }
    await bootstrapNamespaces(store, clock.now(), ids)
    await installDefinitions(store, options.crds ?? [], clock.now(), ids)

    const failed = (error: unknown) => {
      if (!stopped.signal.aborted) log.error({ err: error }, 'a controller of the API server failed')
    }
    const controllers = { store, registry, now: () => clock.now(), ids, failed }
    runNamespaceController(controllers)
    runGarbageCollector(controllers)
    runExpiry(store, clock, stopped.signal, failed).catch(failed)

    const answer = answering(context, holdsToken(token))
    const server = createServer(
      { key: certificates.key, cert: certificates.cert, keepAliveTimeout: keepAliveMs },
      answer,
    )
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(listen.port, listen.host, () => resolve())
    })
    server.on('error', failed)
    const { port } = server.address() as AddressInfo
    const host = reachable(listen.host)
    const url = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
    const kubeconfig = kubeconfigFor(url, certificates.ca, token)
    const kubeconfigPath = await writeKubeconfig(dataDir, kubeconfig)
    renewCertificates().catch(failed)
    log.info({ url, kubeconfig: kubeconfigPath }, 'the API server answers')

    async function renewCertificates(): Promise<void> {
      for await (const now of every(clock, () => renewEveryMs, stopped.signal)) {
        server.setSecureContext(await loadCertificates(tlsDir, hosts, now))
      }
    }

    let closing: Promise<void> | undefined
    const close = () => {
      closing ??= new Promise<void>((resolve) => {
        stopped.abort()
        server.close(() => {
          undo()
          resolve()
        })
        hub.close()
        server.closeIdleConnections()
        // What is still open then is a client that neither reads nor leaves.
        clock.after(closeGraceMs, () => server.closeAllConnections())
      })
      return closing
    }
    options.signal?.addEventListener('abort', () => close().catch(failed), { once: true })
    return { url, token, ca: certificates.ca, kubeconfig, close }
  } catch (error) {
    undo()
    throw error
  }
}

const closeGraceMs = 2_000

// Whoever listens on every address is reached on this machine's own.
const reachable = (host: string) => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host)

/** Answers requests: checks the token, routes, and turns whatever is thrown into a Status. */
function answering(context: ServerContext, mayUse: (authorization: string | undefined) => boolean) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    const url = req.url ?? '/'
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
    const call: Call = { req, res, method: req.method ?? 'GET', path, query }
    // Clients leave whenever they like; that is no error of the server.
    res.on('error', () => res.destroy())
    if (!isPublic(path) && !mayUse(req.headers.authorization)) {
      refuse(call, unauthorized())
      return
    }
    route(context, call).catch((error: unknown) => {
      if (error instanceof ApiError) refuse(call, error)
      else if (error instanceof RangeError)
        refuse(call, badRequest(`the request is too deeply nested: ${error.message}`))
      else if (req.destroyed && !req.complete) res.destroy()
      else {
        context.log.error({ err: error, method: call.method, path }, 'a request failed')
        refuse(call, internalError())
      }
    })
  }
}

function refuse(call: Call, { status }: ApiError): void {
  const { req, res } = call
  if (res.headersSent) {
    res.destroy()
    return
  }
  // A body that was not read to its end would be taken for the next request.
  if (!req.complete) res.setHeader('connection', 'close')
  if (status.code === 401) res.setHeader('www-authenticate', 'Bearer')
  sendJson(call, status.code, status)
  if (!req.complete) req.resume()
}
