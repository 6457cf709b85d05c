// ghproxy: a cache before GitHub that several programs share. It asks GitHub about everything, but what has not changed costs no quota.
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Component, Listen } from '../component.ts'
import { formatDuration } from '../config/durations.ts'
import { type Answer, type Call, openWire } from '../github/exchange.ts'
import { openResponseStore } from '../github/response-store.ts'
import { revalidating } from '../github/revalidate.ts'
import { type Forward, forwarding } from './forward.ts'
import { createLanes, type LanesOptions } from './lanes.ts'
import { ghproxyMetrics } from './metrics.ts'

export interface GhproxyNeeds {
  readonly listen: Listen
  /** GitHub's REST base. */
  readonly upstream: string
  /** Folder and bytes of the cache; in memory without a folder. */
  readonly cache: { readonly dir?: string; readonly mostBytes: number }
  readonly concurrency: number
  readonly spacing?: NonNullable<LanesOptions['spacing']>
  /** For a whole request of a client, milliseconds. */
  readonly requestTimeoutMs: number
}

// What a client may send: GitHub itself takes no more than that in most places.
const mostBodyBytes = 32 * 1024 * 1024
// Requests that nobody waits for any more may still be of use to whoever asks again.
const attemptMs = 120_000

export const ghproxy: Component<GhproxyNeeds> = {
  name: 'ghproxy',
  async run(ctx) {
    const { clock, log, signal } = ctx
    const { dir, mostBytes } = ctx.cache
    // Answers about private repositories lie there.
    if (dir !== undefined) await mkdir(dir, { recursive: true, mode: 0o700 })
    const file = dir === undefined ? undefined : join(dir, 'answers.db')
    const store = openResponseStore(file, mostBytes)
    if (file !== undefined) await chmod(file, 0o600)
    const metrics = ghproxyMetrics(ctx.metrics, dir)
    const upstream = ctx.upstream.replace(/\/+$/, '')
    const wire = openWire({ clock, timeoutMs: Math.max(attemptMs, ctx.requestTimeoutMs), connections: 128 })
    const lanes = createLanes({
      clock,
      concurrency: ctx.concurrency,
      ...(ctx.spacing && { spacing: ctx.spacing }),
      onChange(underWay, pending) {
        metrics.underWay.set(underWay)
        metrics.pending.set(pending)
      },
    })
    const cache = revalidating(store, clock)
    const forward = forwarding({ wire: wire.to(upstream), upstream, cache, lanes, metrics, clock, log })
    const server = serverOf(forward, ctx)
    try {
      ctx.ready(await server.listen(ctx.listen))
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    } finally {
      await server.close()
      await wire.close()
      store.close()
    }
  },
}

function serverOf(forward: Forward, { clock, log, requestTimeoutMs }: Parameters<typeof ghproxy.run>[0]) {
  const server: FastifyInstance = Fastify({ logger: false, bodyLimit: mostBodyBytes, forceCloseConnections: true })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.all('*', async (request, reply) => {
    const { method } = request
    const path = request.raw.url ?? ''
    if (!path.startsWith('/')) return reply.code(400).type('text/plain').send('only paths are served here\n')
    const body = request.body instanceof Uint8Array && request.body.length > 0 ? request.body : undefined
    const call: Call = { method, path, headers: forwarded(request.headers), body }
    const late = new AbortController()
    const timedOut = Promise.withResolvers<Answer>()
    const stop = clock.after(requestTimeoutMs, () => {
      late.abort(new Error('the request waited too long for its turn'))
      timedOut.resolve(plainAnswer(503, `ghproxy timed out after ${formatDuration(requestTimeoutMs)}`))
    })
    try {
      const answer = await Promise.race([forward(call, late.signal), timedOut.promise])
      return await reply
        .code(answer.status)
        .headers(answer.headers)
        .send(answer.body.length > 0 ? Buffer.from(answer.body) : '')
    } catch (err) {
      log.warn({ err, method, path: path.split('?')[0] }, 'GitHub gave no answer')
      return await reply.code(502).send()
    } finally {
      stop()
    }
  })
  return server
}

const plainAnswer = (status: number, text: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(text),
  mode: 'SKIP',
})

// Of one hop only, or about the way to here. Accept-Encoding is between us and GitHub.
const dropped =
  /^(?:host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|accept-encoding|expect|forwarded|x-forwarded-.*)$/

function forwarded(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const named = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/),
  )
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || dropped.test(name) || named.has(name) ? [] : [[name, String(value)]],
    ),
  )
}
