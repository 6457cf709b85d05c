// For the GitHub client's own tests: servers that answer as told, and clients with a clock that tests move.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Logger, pino } from 'pino'
import { Registry } from 'prom-client'
import { onTestFinished } from 'vitest'
import { testClock } from '../../testing/clock.ts'
import { githubHost } from '../host.ts'
import { type ClientOptions, createOctokits } from '../octokit.ts'

export const pr = { org: 'o', repo: 'r', number: 1 }

/** Answers one request: with a status, a body and headers, or by itself. */
export type Script = (
  request: IncomingMessage & { readonly said: string },
  response: ServerResponse,
) => readonly [status: number, body?: unknown, headers?: Record<string, string>] | undefined

/** A server, and the requests that it has seen. */
export async function scripted(script: Script) {
  const seen: { readonly line: string; readonly headers: IncomingMessage['headers'] }[] = []
  const server = createServer(async (request, response) => {
    let said = ''
    for await (const chunk of request) said += String(chunk)
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers })
    const [status, body, headers] = script(Object.assign(request, { said }), response) ?? []
    if (status === undefined) return
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(status === 304 || status === 204 ? undefined : JSON.stringify(body ?? []))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, seen, lines: () => seen.map(({ line }) => line) }
}

/** A client whose time stands still. What it logs is kept. */
export function client(endpoint: string, options: Partial<ClientOptions> = {}) {
  const clock = testClock()
  const logged: string[] = []
  const log: Logger = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const metrics = new Registry()
  const clients = createOctokits({
    endpoint,
    credentials: { token: () => 'secret-token' },
    userAgent: 'test/1',
    clock,
    log,
    metrics,
    ...options,
  })
  onTestFinished(() => clients.close())
  return { clients, host: githubHost(clients), clock, logged, metrics }
}

/** Moves time on whenever somebody waits, until the promise is settled. @returns How many milliseconds that took by the clock. */
export async function passTime(clock: ReturnType<typeof testClock>, promise: Promise<unknown>): Promise<number> {
  const began = clock.now()
  let isOver = false
  void promise.then(
    () => (isOver = true),
    () => (isOver = true),
  )
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(isOver ? 0 : 100)
  }
  return clock.now() - began
}
