// A GitHub App: in which order it proves itself, whose token is used where, and when tokens and keys change. Against the simulator.
import { generateKeyPairSync } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Fixture, startFixture } from '../simulator/fixture.ts'
import { type TestClock, testClock } from '../testing/clock.ts'
import { githubHost } from './host.ts'
import { client, passTime, pr, scripted } from './testing/client.ts'

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}
let key: ReturnType<typeof pair>
beforeAll(() => {
  key = pair()
})

/** Requests that leave this process, from now on. */
function outgoing(): string[] {
  const lines: string[] = []
  const note = (message: unknown) => {
    const { method, path } = (message as { request: { method: string; path: string } }).request
    lines.push(`${method} ${path.replace('/api/v3', '')}`)
  }
  subscribe('undici:request:create', note)
  onTestFinished(() => void unsubscribe('undici:request:create', note))
  return lines
}

const tokensMade = (lines: readonly string[]) => lines.filter((line) => line.endsWith('/access_tokens')).length

async function town(): Promise<{
  fixture: Fixture
  clock: TestClock
  app: ReturnType<typeof client> & { key: string }
}> {
  const clock = testClock()
  const fixture = await startFixture({
    clock,
    seed: () => ({
      users: [{ login: 'alice' }],
      orgs: [
        { login: 'acme', admins: ['alice'] },
        { login: 'Zebra', admins: ['alice'] },
        { login: 'stranger', admins: ['alice'] },
      ],
      repos: [
        { owner: 'acme', name: 'secret', private: true, labels: [{ name: 'of-acme' }] },
        { owner: 'Zebra', name: 'secret', private: true, labels: [{ name: 'of-zebra' }] },
      ],
    }),
  })
  onTestFinished(() => fixture.close())
  await fixture.world.plant({
    app: { id: 13, slug: 'ci-app', installedIn: ['acme', 'Zebra'], publicKey: key.publicKey },
  })
  const state = { key: key.privateKey }
  const app = client(fixture.sim.apiUrl, { clock, credentials: { appId: 13, privateKey: () => state.key } })
  return { fixture, clock, app: Object.assign(state, { ...app, clock }) }
}

const secretOf = (org: string) => ({ org, repo: 'secret' })
const namesOf = (labels: readonly { name: string }[]) => labels.map(({ name }) => name)

test('the first call: who the app is, where it is installed, a token, then the call; and what a ghproxy is told', async () => {
  const expires_at = '2026-01-02T04:04:05Z'
  const { url, seen, lines } = await scripted(({ url = '', method }) => {
    if (url === '/app') return [200, { slug: 'ci-app' }]
    if (url.startsWith('/app/installations?')) return [200, [{ id: 1, account: { login: 'org' } }]]
    if (method === 'POST') return [201, { token: 'ghs_secret', expires_at }]
    return [200, []]
  })
  const { host, clients, logged } = client(url, { credentials: { appId: 13, privateKey: () => key.privateKey } })
  await host.labels({ ...pr, org: 'org' })
  expect(lines()).toEqual([
    'GET /app',
    'GET /app/installations?per_page=100',
    'POST /app/installations/1/access_tokens',
    'GET /repos/org/r/issues/1/labels?per_page=100',
  ])
  const told = (name: string) => seen.map(({ headers }) => headers[name])
  expect(told('x-prow-ghcache-token-budget-identifier')).toEqual(['13', 'ci-app', 'ci-app', 'ci-app - org'])
  expect(told('x-prow-token-expires-at')).toEqual([undefined, undefined, undefined, expires_at])
  expect(seen[3]?.headers.authorization).toBe('Bearer ghs_secret')

  const error = await host.labels({ ...pr, org: 'nobody' }).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({
    kind: 'forbidden',
    message: expect.stringContaining('not installed in the organization "nobody"'),
  })
  expect(lines().slice(4)).toEqual(['GET /app/installations?per_page=100'])
  expect(logged.join('') + JSON.stringify(clients.budget.limits())).not.toMatch(/ghs_secret|eyJ/)
})

test('each organisation has its own token, made once for all who need it, and again before it ends', async () => {
  const { clock, app } = await town()
  const lines = outgoing()
  const both = Promise.all(
    Array.from({ length: 20 }, (_, index) => app.host.repoLabels(secretOf(index % 2 === 0 ? 'acme' : 'zebra'))),
  )
  const answers = (await both).map(namesOf)
  expect(answers.slice(0, 2)).toEqual([['of-acme'], ['of-zebra']])
  expect(tokensMade(lines)).toBe(2)
  const [first, other] = [await app.clients.token('acme'), await app.clients.token('zebra')]
  expect(first).not.toBe(other)
  await clock.advance('58m')
  expect(await app.clients.token('acme')).toBe(first)
  await clock.advance('1m1s')
  const next = await Promise.all(Array.from({ length: 10 }, () => app.clients.token('acme')))
  expect(new Set(next).size).toBe(1)
  expect(next[0]).not.toBe(first)
  expect(tokensMade(lines)).toBe(3)
  // Many hours later: every proof is made by the same clock.
  await clock.advance('30h')
  expect(namesOf(await app.host.repoLabels(secretOf('acme')))).toEqual(['of-acme'])
})

test('an organisation that installs the app later is found then', async () => {
  const { fixture, app } = await town()
  await expect(app.host.repositories('stranger')).rejects.toThrow('install it there')
  await fixture.world.plant({ app: { id: 13, slug: 'ci-app', installedIn: ['stranger'], publicKey: key.publicKey } })
  expect(await app.host.repositories('stranger')).toEqual([])
})

test('a token that was revoked is replaced', async () => {
  const { fixture, clock, app } = await town()
  expect(namesOf(await app.host.repoLabels(secretOf('acme')))).toEqual(['of-acme'])
  const token = (await app.clients.token('acme')) ?? ''
  await clock.advance('1m')
  expect((await fixture.request(token, 'DELETE /installation/token')).status).toBe(204)
  const asking = app.host.repoLabels(secretOf('acme'))
  await passTime(clock, asking)
  expect(namesOf(await asking)).toEqual(['of-acme'])
})

test('another key is used as soon as it is there; a wrong one is no secret lost, and not remembered', async () => {
  const { app } = await town()
  const right = app.key
  app.key = pair().privateKey
  const error = await app.host.repoLabels(secretOf('acme')).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ name: 'CodeHostError', kind: 'forbidden', status: 401 })
  expect(String(error) + app.logged.join('')).not.toMatch(/PRIVATE KEY|eyJ/)
  app.key = right
  expect(namesOf(await app.host.repoLabels(secretOf('acme')))).toEqual(['of-acme'])
})

test('faults on the way to a token are waited out', async () => {
  const { fixture, clock, app } = await town()
  fixture.world.faults.add({ kind: 'bad-gateway', path: '/access_tokens' })
  fixture.world.faults.add({ kind: 'reset', path: '^/app/installations\\?' })
  fixture.world.faults.add({ kind: 'too-many-requests', path: '/labels', retryAfterSeconds: 5 })
  const lines = outgoing()
  const asking = app.host.repoLabels(secretOf('acme'))
  await passTime(clock, asking)
  expect(namesOf(await asking)).toEqual(['of-acme'])
  expect(tokensMade(lines)).toBe(2)
})

test('plugins share the tokens', async () => {
  const { app } = await town()
  const lines = outgoing()
  for (const by of ['lgtm', 'hold', 'cat'])
    await githubHost(app.clients.as({ by, priority: 'command' })).repoLabels(secretOf('acme'))
  expect(tokensMade(lines)).toBe(1)
})
