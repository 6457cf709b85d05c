// For the simulator's own tests: a small world, somebody who receives its webhooks, and requests as a person.

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Clock, systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import type { Seed } from './seed.ts'
import { type Simulator, startSimulator } from './simulator.ts'

export interface Received {
  readonly event: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly payload: Payload
}

/** A webhook's payload or a REST answer, read field by field in assertions. */
export type Payload = Readonly<Record<string, unknown>>

/** A receiver of webhooks. `answer` decides what each delivery is told (default 200). */
export async function startReceiver(answer: (received: Received) => number | Promise<number> = () => 200) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const entry = {
      event: String(request.headers['x-github-event']),
      headers: request.headers,
      text,
      payload: JSON.parse(text),
    }
    received.push(entry)
    response.statusCode = await answer(entry)
    response.end('thanks')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return {
    url,
    received,
    /** Names with actions, e.g. `pull_request.opened`. */
    names: () =>
      received.map(({ event, payload }) => (payload.action === undefined ? event : `${event}.${payload.action}`)),
    of: (event: string, action?: string) =>
      received.filter((r) => r.event === event && (action === undefined || r.payload.action === action)),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export const smallWorld = (hookUrl: string): Seed => ({
  users: [
    { login: 'alice', name: 'Alice' },
    { login: 'bob' },
    { login: 'carol' },
    { login: 'stranger' },
    { login: 'ci-bot', token: 'ghp_bot' },
  ],
  orgs: [
    {
      login: 'acme',
      members: ['bob', 'carol'],
      admins: ['alice', 'ci-bot'],
      teams: [{ name: 'Crew', members: ['carol'], repos: { site: 'push' } }],
    },
  ],
  repos: [
    {
      owner: 'acme',
      name: 'site',
      files: { 'README.md': '# site\n', 'src/main.ts': 'one\ntwo\nthree\n' },
      labels: [{ name: 'kind/bug', color: 'd73a4a' }],
    },
    { owner: 'acme', name: 'secret', private: true },
  ],
  hooks: [{ org: 'acme', url: hookUrl, secret: 'hush' }],
  bot: 'ci-bot',
})

/** The machine's clock with a time of day that tests can set forward. */
export function shiftedClock(): Clock & { shift(ms: number): void } {
  let offset = 0
  return {
    ...systemClock,
    now: () => systemClock.now() + offset,
    shift(ms) {
      offset += ms
    },
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: unknown
}

/** Sends REST requests to a simulator as somebody (undefined: as nobody). */
export const requester =
  (sim: Pick<Simulator, 'apiUrl' | 'tokens'>) =>
  async (
    login: string | undefined,
    route: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const [method = 'GET', path = ''] = route.split(' ')
    const token = login === undefined ? undefined : (sim.tokens[login] ?? login)
    const response = await fetch(path.startsWith('http') ? path : `${sim.apiUrl}${path}`, {
      method,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = (response.headers.get('content-type') ?? '').startsWith('application/json') && text !== ''
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined }
  }

/** A simulator on a fresh folder with a receiver for its webhooks. */
export async function startFixture({
  seed,
  clock = systemClock,
  answer,
}: {
  seed?: (hookUrl: string) => Seed
  clock?: Clock
  answer?: (received: Received) => number | Promise<number>
} = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'simulator-'))
  const receiver = await startReceiver(answer)
  const start = (): Promise<Simulator> =>
    startSimulator({
      dataDir,
      listen: { host: '127.0.0.1', port: 0 },
      clock,
      ids: systemIds,
      log: pino({ level: 'silent' }),
      seed: (seed ?? smallWorld)(receiver.url),
    })
  const sim = await start()
  return {
    sim,
    world: sim.world,
    receiver,
    dataDir,
    /** Starts another simulator on the same folder, after the first was closed. */
    start,
    request: requester(sim),
    async close(): Promise<void> {
      await sim.close()
      await receiver.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export type Fixture = Awaited<ReturnType<typeof startFixture>>
