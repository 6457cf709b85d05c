// Deck's HTTP server without its routes: guards, headers, compression, metrics, errors.
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Listen } from '../component.ts'
import type { Clock } from '../system/clock.ts'
import { compressed } from './compress.ts'
import { refuseHost, securityHeaders } from './guard.ts'
import { clientKind, type DeckMetrics } from './metrics.ts'

/** Content that shrinks. Logs are left out: they are streamed, and a part of them must keep its length. */
const compressible = /^(text\/(html|css|javascript)|application\/(json|javascript)|image\/svg\+xml)/

export function createServer(parts: {
  readonly listen: Listen
  readonly log: Logger
  readonly clock: Clock
  readonly metrics: DeckMetrics
}): FastifyInstance {
  const { listen, log, clock, metrics } = parts
  const app: FastifyInstance = Fastify({ logger: false, forceCloseConnections: true, bodyLimit: 64 * 1024 })
  const begun = new WeakMap<FastifyRequest, number>()

  // Bodies are read only by routes that say so; upstream's clients post forms without fields.
  app.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'text/plain'],
    { parseAs: 'string' },
    (_, body, done) => done(null, body),
  )

  app.addHook('onRequest', async (request, reply) => {
    begun.set(request, clock.now())
    const refusal = refuseHost(listen.host, request.headers.host)
    if (refusal) return plain(reply, 421, refusal)
  })

  app.addHook('onSend', async (request, reply, payload: unknown) => {
    for (const [name, value] of Object.entries(securityHeaders)) if (!reply.hasHeader(name)) reply.header(name, value)
    const type = String(reply.getHeader('content-type') ?? '')
    const whole = typeof payload === 'string' || Buffer.isBuffer(payload)
    if (!whole || !compressible.test(type) || reply.hasHeader('content-encoding')) return payload
    reply.header('vary', 'Accept-Encoding')
    const { body, encoding } = await compressed(payload, request.headers['accept-encoding'])
    if (!encoding) return payload
    reply.header('content-encoding', encoding).header('content-length', body.byteLength)
    return body
  })

  app.addHook('onResponse', async (request, reply) => {
    const labels = {
      path: request.routeOptions.url ?? 'unknown',
      method: request.method,
      status: String(reply.statusCode),
      user_agent: clientKind(request.headers['user-agent']),
    }
    metrics.duration.observe(labels, (clock.now() - (begun.get(request) ?? clock.now())) / 1000)
    metrics.size.observe(labels, Number(reply.getHeader('content-length') ?? 0))
  })

  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) log.error({ err: error, path: request.url }, 'request failed')
    const message = status >= 500 ? 'Deck could not do this: see its log' : error.message
    return request.url.startsWith('/api/') ? reply.code(status).send({ error: message }) : plain(reply, status, message)
  })
  return app
}

/** A short answer in plain text, ended by a newline. */
export function plain(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`)
}
