// The webhook server: refuses what is no delivery, with the exact words that upstream uses, and hands on what is one.
import type { IncomingMessage } from 'node:http'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Logger } from 'pino'
import type { Clock } from '../system/clock.ts'
import { BodyRefused, type Held, roomFor } from './bodies.ts'
import { type HmacSource, verify } from './hmac.ts'
import type { Delivery } from './journal.ts'
import type { HookMetrics } from './metrics.ts'

export interface ServerNeeds {
  /** Which paths are the webhook's. */
  readonly isWebhook: (path: string) => boolean
  readonly hmac: HmacSource
  readonly metrics: HookMetrics
  readonly clock: Clock
  readonly log: Logger
  /** Resolves when the delivery is safe. */
  readonly accept: (delivery: Delivery, payload: unknown) => Promise<void>
  /** Bytes of all bodies that are held at the same time. Default: 256 MiB. */
  readonly mostBodyBytes?: number
}

/** GitHub sends at most this much. Bytes. */
const maxBodyBytes = 25 * 1024 * 1024
const mostTogether = 256 * 1024 * 1024
/** A sender that has not sent its whole request by then is cut off. */
const requestTimeoutMs = 60_000

const accepted = 'Event received. Have a nice day.'
const onlyJson =
  '400 Bad Request: Hook only accepts content-type: application/json - please reconfigure this hook on GitHub'

interface Refusal {
  readonly status: number
  readonly text: string
}

/** What is wrong with a request before its body is read; the first thing counts. */
function refusalOf(method: string, headers: Readonly<Record<string, unknown>>): Refusal | undefined {
  if (method !== 'POST') return { status: 405, text: '405 Method not allowed' }
  if (!headers['x-github-event']) return { status: 400, text: '400 Bad Request: Missing X-GitHub-Event Header' }
  if (!headers['x-github-delivery']) return { status: 400, text: '400 Bad Request: Missing X-GitHub-Delivery Header' }
  if (!headers['x-hub-signature-256']) return { status: 403, text: '403 Forbidden: Missing X-Hub-Signature-256' }
  return headers['content-type'] === 'application/json' ? undefined : { status: 400, text: onlyJson }
}

/** The server, not yet listening. More routes may be added. */
export function webhookServer(needs: ServerNeeds): FastifyInstance {
  const { metrics, log, clock } = needs
  const app = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: false },
  })
  app.removeAllContentTypeParsers()
  const room = roomFor({ mostBytes: maxBodyBytes, mostTogether: needs.mostBodyBytes ?? mostTogether })
  const held = new WeakMap<FastifyRequest, Held>()
  app.addContentTypeParser('*', async (request: FastifyRequest, body: IncomingMessage) => {
    try {
      const chunks = body.iterator({ destroyOnReturn: false })
      return await held.get(request)?.read(chunks, Number(request.headers['content-length'] ?? 0))
    } catch (error) {
      // Whoever is still sending would not hear the answer.
      body.resume()
      throw error
    }
  })
  const isWebhook = (request: FastifyRequest) => needs.isWebhook(request.url.split('?')[0] ?? '')

  app.addHook('onRequest', async (request, reply) => {
    const own = room.hold()
    held.set(request, own)
    reply.raw.once('close', own.release)
    const refusal = isWebhook(request) ? refusalOf(request.method, request.headers) : undefined
    if (refusal) return refuse(reply, refusal)
  })
  app.addHook('onResponse', async (request, reply) => {
    if (isWebhook(request)) metrics.responses.inc({ response_code: reply.statusCode })
  })

  app.all('*', async (request, reply) => {
    // Anything else is fine: load balancers and old set-ups use any path as a health check.
    if (!isWebhook(request)) return reply.code(200).send()
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const headers = textHeaders(request)
    const verdict = verify(body, headers['x-hub-signature-256'] ?? '', needs.hmac.current())
    if ('refuse' in verdict)
      return refuse(reply, { status: 403, text: `403 Forbidden: Invalid X-Hub-Signature-256 - ${verdict.refuse}` })
    const event = headers['x-github-event'] ?? ''
    const id = headers['x-github-delivery'] ?? ''
    await needs.accept({ id, event, headers, body, receivedAt: clock.now() }, verdict.payload)
    metrics.received.inc({ event_type: event })
    return reply.type('text/plain; charset=utf-8').send(accepted)
  })

  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const refusal = refusalFor(error)
    if (error instanceof BodyRefused) log.warn({ url: request.url, why: error.message }, 'a body was not read')
    else if (refusal.status >= 500) log.error({ err: error, url: request.url }, 'a request failed')
    return refuse(reply, refusal)
  })
  return app
}

function refusalFor(error: Error & { statusCode?: number }): Refusal {
  if (error instanceof BodyRefused) {
    const reason = error.status === 413 ? 'Payload Too Large' : 'Service Unavailable'
    return { status: error.status, text: `${error.status} ${reason}: ${error.message}` }
  }
  const status = error.statusCode ?? 500
  if (status < 500) return { status, text: `${status} Bad Request: ${error.message}` }
  return { status: 500, text: '500 Internal Server Error: Failed to record the delivery, please send it again' }
}

/** Sends a refusal, as upstream's programs do. */
export const refuse = (reply: FastifyReply, { status, text }: Refusal) =>
  reply.code(status).type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff').send(`${text}\n`)

/** Headers as single texts; repeated ones joined as HTTP says. */
function textHeaders(request: FastifyRequest): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) texts[name] = Array.isArray(value) ? value.join(', ') : value
  return texts
}
