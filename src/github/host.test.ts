// The GitHub client's own work: credentials, retries, revalidation, errors. What GitHub means is tested against the simulator.
import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../system/clock.ts'
import { githubHost } from './host.ts'
import { tokenHash } from './identity.ts'
import { type ClientOptions, createOctokits } from './octokit.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function github(answer: Answer, options: Partial<ClientOptions> = {}) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const metrics = new Registry()
  const clients = createOctokits({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { token: () => 'secret-token' },
    userAgent: 'test/1',
    clock: systemClock,
    log: pino({ enabled: false }),
    metrics,
    retryPauseMs: 1,
    ...options,
  })
  closing.push(() => clients.close())
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return { host: githubHost(clients), seen, metrics }
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

const pr = { org: 'o', repo: 'r', number: 1 }
const labelJson = (name: string) => ({
  id: 1,
  name,
  color: '',
  default: false,
  description: null,
  url: '',
  node_id: '',
})

test('asks with the token that holds now', async () => {
  let token = 'one'
  const seen: (string | undefined)[] = []
  const { host } = await github(
    (request, response) => {
      seen.push(request.headers.authorization)
      json(response, 200, [labelJson('bug')])
    },
    { credentials: { token: () => token } },
  )
  await host.labels(pr)
  token = 'two'
  await host.labels(pr)
  expect(seen).toEqual(['Bearer one', 'Bearer two'])
})

test('asks GitHub whether a cached answer still holds, and uses it on 304', async () => {
  const conditions: (string | undefined)[] = []
  const { host } = await github((request, response) => {
    const condition = request.headers['if-none-match']
    conditions.push(condition)
    const headers = { etag: '"v1"', 'cache-control': 'private, max-age=60, s-maxage=60', vary: 'Accept, Authorization' }
    if (condition === '"v1"') response.writeHead(304, headers).end()
    else json(response, 200, [labelJson('bug')], headers)
  })
  expect(await host.labels(pr)).toEqual(['bug'])
  expect(await host.labels(pr)).toEqual(['bug'])
  expect(conditions).toEqual([undefined, '"v1"'])
})

test('follows pages to the end', async () => {
  const { host, seen } = await github((request, response) => {
    const second = request.url?.includes('page=2&') || request.url?.endsWith('page=2')
    const next = `<http://${request.headers.host}/repos/o/r/issues/1/labels?per_page=100&page=2>; rel="next"`
    json(response, 200, [labelJson(second ? 'b' : 'a')], second ? {} : { link: next })
  })
  expect(await host.labels(pr)).toEqual(['a', 'b'])
  expect(seen).toHaveLength(2)
})

test('tries again after 502, and waits out a secondary limit', async () => {
  const answers = [502, 403, 200]
  const { host } = await github((_request, response) => {
    const status = answers.shift() ?? 200
    if (status === 403)
      json(response, 403, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '0' })
    else json(response, status, status === 200 ? [labelJson('x')] : { message: 'Bad gateway' })
  })
  expect(await host.labels(pr)).toEqual(['x'])
  expect(answers).toEqual([])
})

test('gives up at once on a rate limit that lasts longer than it may wait', async () => {
  const reset = String(Math.floor(Date.now() / 1000) + 3600)
  const { host, seen } = await github((_request, response) =>
    json(
      response,
      403,
      { message: 'API rate limit exceeded' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    ),
  )
  await expect(host.labels(pr)).rejects.toMatchObject({ kind: 'rate-limited', status: 403 })
  expect(seen).toHaveLength(1)
})

test.each([
  [404, { message: 'Not Found' }, 'not-found'],
  [403, { message: 'Resource not accessible' }, 'forbidden'],
  [422, { message: 'Validation Failed' }, 'invalid'],
  [409, { message: 'Conflict' }, 'conflict'],
] as const)('%i is told apart, with what was asked for, and without the token', async (status, body, kind) => {
  const { host } = await github((_request, response) => json(response, status, body))
  const error = await host.comment(pr, 'hi').catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ name: 'CodeHostError', kind, status })
  expect((error as Error).message).toContain('comment on o/r#1')
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('secret-token')
})

test('a label that is not there is removed', async () => {
  const { host } = await github((_request, response) => json(response, 404, { message: 'Label does not exist' }))
  await host.removeLabel(pr, '¯\\_(ツ)_/¯')
})

test('a missing pull request is not a removed label', async () => {
  const { host } = await github((_request, response) => json(response, 404, { message: 'Not Found' }))
  await expect(host.removeLabel(pr, 'x')).rejects.toMatchObject({ kind: 'not-found' })
})

test('label names reach GitHub whole', async () => {
  const { host, seen } = await github((_request, response) => json(response, 200, []))
  await host.removeLabel(pr, 'do-not-merge/hold')
  await host.removeLabel(pr, 'a?b#c%d')
  await host.removeLabel(pr, 'good first issue')
  await host.removeLabel(pr, '¯\\_(ツ)_/¯')
  const shrug = seen.pop() ?? ''
  expect(shrug).toMatch(/labels\/[^\\/]*%5C_[^\\/]*%2F[^\\/]*$/)
  expect(decodeURIComponent(shrug)).toMatch(/labels\/¯\\_\(ツ\)_\/¯$/)
  expect(seen).toEqual([
    'DELETE /repos/o/r/issues/1/labels/do-not-merge%2Fhold',
    'DELETE /repos/o/r/issues/1/labels/a%3Fb%23c%25d',
    'DELETE /repos/o/r/issues/1/labels/good%20first%20issue',
  ])
})

test.each([
  [204, true],
  [404, false],
])('membership: %i is %s', async (status, member) => {
  const { host } = await github((_request, response) => response.writeHead(status).end())
  expect(await host.isMember('o', 'alice')).toBe(member)
  expect(await host.isMember('o', 'o')).toBe(true)
})

test('the bot knows itself; an app of somebody else may have taken its name', async () => {
  const { host, seen, metrics } = await github((_request, response) =>
    json(response, 200, { login: 'robot', type: 'User', email: 'robot@example.com' }),
  )
  expect(await host.isBot('robot')).toBe(true)
  expect(await host.isBot('robot[bot]')).toBe(false)
  expect(await host.isBot('alice')).toBe(false)
  expect(seen).toEqual(['GET /user'])
  expect(await metrics.metrics()).toContain(
    `github_user_info{token_hash="${tokenHash('secret-token')}",login="robot",email="robot@example.com"} 1`,
  )
})

test('an app knows itself with and without its suffix', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const { host, seen } = await github((_request, response) => json(response, 200, { slug: 'robot' }), {
    credentials: { appId: 7, privateKey: () => key },
  })
  expect(await host.isBot('robot')).toBe(true)
  expect(await host.isBot('robot[bot]')).toBe(true)
  expect(await host.isBot('robots[bot]')).toBe(false)
  expect(seen).toEqual(['GET /app'])
})

test('requests are measured by path template, and quotas by the token', async () => {
  const date = new Date('2026-01-02T03:04:05Z')
  const answers: [remaining: number, resetsInSeconds: number][] = [
    [42, 60],
    [43, 60],
    [40, 30],
    [41, 60],
    [5000, 3660],
  ]
  const { host, metrics } = await github((_request, response) => {
    const [remaining = 0, resets = 0] = answers.shift() ?? []
    json(response, 200, [], {
      date: date.toUTCString(),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-resource': 'core',
      'x-ratelimit-reset': String(date.getTime() / 1000 + resets),
    })
  })
  const token = `token_hash="${tokenHash('secret-token')}"`
  const left = async () => /github_token_usage\{(.*)\} (\d+)/.exec(await metrics.metrics())?.slice(1)
  const seen: (string[] | undefined)[] = []
  for (let request = 1; request <= 5; request++) {
    await host.labels(pr)
    seen.push(await left())
  }
  const labels = `${token},api_version="v3",ratelimit_resource="core"`
  // What an older answer says does not count.
  expect(seen).toEqual(['42', '42', '42', '41', '5000'].map((remaining) => [labels, remaining]))
  const text = await metrics.metrics()
  expect(text).toContain(`github_token_reset{${labels}} ${3660e9}`)
  expect(text).toContain(
    `github_request_duration_count{${token},path="/repos/:owner/:repo/issues/:issueId/labels",user_agent="test",status="200"} 5`,
  )
  expect(text).not.toContain('secret-token')
})
