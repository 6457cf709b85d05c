// Webhook deliveries as GitHub lists them: of an app, an organisation and a repository, against the simulator; and what it cannot show.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Fixture, startFixture, startReceiver } from '../simulator/fixture.ts'
import { systemClock } from '../system/clock.ts'
import { githubWebhooks, nameOf, type Webhook } from './deliveries.ts'
import { type Credentials, createOctokits } from './octokit.ts'

function webhooksAt(endpoint: string, credentials: Credentials) {
  const clients = createOctokits({
    endpoint,
    credentials,
    userAgent: 'test/1',
    clock: systemClock,
    log: pino({ enabled: false }),
    metrics: new Registry(),
    retryPauseMs: 1,
  })
  onTestFinished(() => clients.close())
  return githubWebhooks(clients)
}

describe('against the simulator', () => {
  let fixture: Fixture
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let answer = 500
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  beforeAll(async () => {
    fixture = await startFixture()
    receiver = await startReceiver(() => answer)
    const hook = { url: receiver.url, secret: 's' }
    await fixture.world.plant({
      hooks: [
        { ...hook, org: 'acme', events: ['issues'] },
        { ...hook, repo: 'acme/site', events: ['issues'] },
      ],
      app: {
        id: 5,
        slug: 'robot',
        installedIn: ['acme'],
        publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        webhook: { ...hook, events: ['issues'] },
      },
    })
  })
  afterAll(async () => {
    await receiver.close()
    await fixture.close()
  })

  /** The id of the webhook with our address there. */
  async function idOf(list: string): Promise<number> {
    const { body } = await fixture.request('ci-bot', `GET ${list}`)
    const hooks = body as unknown as { id: number; config: { url: string } }[]
    return hooks.find(({ config }) => config.url === receiver.url)?.id ?? 0
  }

  test.each<[of: Webhook['of']]>([['app'], ['org'], ['repo']])(
    'what failed is listed, and comes again when it is asked for: %s',
    async (of) => {
      const app = { appId: 5, privateKey: () => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
      const webhooks = webhooksAt(fixture.sim.apiUrl, of === 'app' ? app : { token: () => 'ghp_bot' })
      expect(webhooks.isApp).toBe(of === 'app')
      const hook: Webhook =
        of === 'app'
          ? { of }
          : of === 'org'
            ? { of, org: 'acme', id: await idOf('/orgs/acme/hooks') }
            : { of, org: 'acme', repo: 'site', id: await idOf('/repos/acme/site/hooks') }
      answer = 500
      const before = Date.now() - 60_000
      fixture.world.openIssue({ repo: 'acme/site', author: 'bob', title: of })
      await fixture.world.idle()
      const [failed] = await webhooks.attempts(hook, before)
      expect(failed).toMatchObject({ event: 'issues', ok: false })
      if (!failed) throw new Error('nothing failed')
      answer = 200
      await webhooks.redeliver(hook, failed.id)
      await fixture.world.idle()
      const [again, first] = await webhooks.attempts(hook, before)
      expect(again).toMatchObject({ guid: failed.guid, ok: true })
      expect(first).toEqual(failed)
      expect(receiver.received.at(-1)?.headers['x-github-delivery']).toBe(failed.guid)
      expect(await webhooks.attempts(hook, Date.now() + 60_000)).toEqual([])
    },
  )

  test('who may not look is told so', async () => {
    const webhooks = webhooksAt(fixture.sim.apiUrl, { token: () => 'ghp_bot' })
    const hook: Webhook = { of: 'repo', org: 'acme', repo: 'site', id: 999 }
    await expect(webhooks.attempts(hook, 0)).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('cannot list the deliveries of webhook 999 of acme/site'),
    })
    await expect(webhooks.redeliver(hook, 1)).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('cannot have delivery 1 of webhook 999 of acme/site sent again'),
    })
  })
})

test('ids too large for a number survive, what is under way is left out, and no page is asked for beyond the time', async () => {
  const seen: string[] = []
  const row = (id: string, more: object) =>
    JSON.stringify({ guid: `g${id}`, event: 'push', status: 'OK', status_code: 200, ...more }).replace(
      '{',
      `{"id":${id},`,
    )
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    const { port } = server.address() as AddressInfo
    response.setHeader('content-type', 'application/json')
    response.setHeader('link', `<http://127.0.0.1:${port}/more?cursor=${seen.length}>; rel="next"`)
    if (request.method === 'POST') return response.writeHead(202).end('{}')
    const rows = [
      [
        row('9007199254740993', { delivered_at: '2026-01-03T00:00:00Z', status_code: 502 }),
        row('12', { delivered_at: '2026-01-03T00:00:00Z', status: 'pending', status_code: 0 }),
      ],
      [row('11', { delivered_at: '2026-01-02T00:00:00Z' }), row('10', { delivered_at: '2026-01-01T00:00:00Z' })],
    ]
    response.end(`[${rows[seen.length - 1]?.join(',') ?? ''}]`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const webhooks = webhooksAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { token: () => 't' })
  const org: Webhook = { of: 'org', org: 'o', id: 3 }
  const attempts = await webhooks.attempts(org, Date.parse('2026-01-01T12:00:00Z'))
  expect(attempts.map(({ id, ok }) => [id, ok])).toEqual([
    [9007199254740993n, false],
    [11, true],
  ])
  await webhooks.redeliver(org, attempts[0]?.id ?? 0)
  expect(seen).toEqual([
    'GET /orgs/o/hooks/3/deliveries?per_page=100',
    'GET /more?cursor=1',
    'POST /orgs/o/hooks/3/deliveries/9007199254740993/attempts',
  ])
})

test.each<[Webhook, string]>([
  [{ of: 'app' }, 'the app'],
  [{ of: 'org', org: 'o', id: 3 }, 'webhook 3 of o'],
  [{ of: 'repo', org: 'o', repo: 'r', id: 4 }, 'webhook 4 of o/r'],
])('%j is called %s', (hook, name) => expect(nameOf(hook)).toBe(name))
