// The GitHub client on the wire: which server is asked, how long it waits, what it makes of limits, and who goes first.
import { expect, test } from 'vitest'
import { settle } from '../testing/clock.ts'
import { githubHost } from './host.ts'
import { client, passTime, pr, type Script, scripted } from './testing/client.ts'

const labels = (...names: string[]) => names.map((name) => ({ name }))
const until = (check: () => boolean) => expect.poll(check, { interval: 1 }).toBe(true)

test('what an event promises is asked for again, other things that are not there are not', async () => {
  let missing = 1
  const { url, seen } = await scripted((request) =>
    request.url?.includes('/labels') && missing-- <= 0 ? [200, labels('bug')] : [404, { message: 'Not Found' }],
  )
  const { host, clock, logged } = client(url)
  const asking = host.labels(pr)
  await until(() => logged.some((line) => line.includes('is sent again')))
  await clock.advance(1999)
  expect(seen).toHaveLength(1)
  await clock.advance(1)
  expect(await asking).toEqual(['bug'])
  const before = seen.length
  expect(await host.isMember('o', 'alice')).toBe(false)
  expect(seen).toHaveLength(before + 1)
})

test('eight attempts at a broken server, with longer and longer pauses, and none after the last', async () => {
  const { url, seen } = await scripted(() => [502, { message: 'Bad gateway' }])
  const { host, clock } = client(url)
  const asking = host.labels(pr).catch((error: Error) => error)
  const pauses: number[] = []
  for (let attempt = 1; attempt < 8; attempt++) {
    await until(() => seen.length === attempt)
    const before = clock.now()
    // Attempts themselves take no time by this clock.
    while (seen.length === attempt) {
      await settle()
      await clock.advance(1000)
    }
    pauses.push(Math.round((clock.now() - before) / 1000))
  }
  expect(await asking).toMatchObject({ kind: 'unavailable', status: 502 })
  expect(seen).toHaveLength(8)
  const [first = 0, second = 0] = pauses
  expect(first).toBeGreaterThanOrEqual(2)
  expect(second).toBeGreaterThanOrEqual(4)
  expect(Math.max(...pauses)).toBeLessThan(140)
})

test('a server that cannot be reached is left for the next one; one that takes too long is not', async () => {
  const good = await scripted(() => [200, labels('bug')])
  const { host, clock } = client('http://127.0.0.1:1', { fallbackEndpoints: [good.url] })
  const asking = host.labels(pr)
  expect(await passTime(clock, asking)).toBeLessThan(2500)
  expect(await asking).toEqual(['bug'])

  const silent = await scripted(() => undefined)
  const patient = client(silent.url, { fallbackEndpoints: [good.url] })
  const late = patient.host.labels(pr).catch((error: Error) => error)
  await until(() => silent.seen.length === 1)
  await patient.clock.advance('2m')
  expect(await late).toMatchObject({ kind: 'unavailable' })
  expect([silent.seen.length, good.seen.length]).toEqual([1, 1])
})

test('links and redirects that name GitHub are followed at the endpoint', async () => {
  const pages: Script = ({ url = '' }) => {
    if (url.startsWith('/api/v3/repos/o/r/labels'))
      return [301, {}, { location: 'https://ghe.example/api/v3/repositories/7/labels?per_page=100' }]
    if (url.endsWith('page=2')) return [200, labels('b')]
    const next = '<https://ghe.example/api/v3/repositories/7/labels?per_page=100&page=2>; rel="next"'
    return [200, labels('a'), { link: next }]
  }
  const { url, lines, seen } = await scripted(pages)
  const { host } = client(`${url}/api/v3/`)
  expect((await host.repoLabels(pr)).map(({ name }) => name)).toEqual(['a', 'b'])
  expect(lines()).toEqual([
    'GET /api/v3/repos/o/r/labels?per_page=100',
    'GET /api/v3/repositories/7/labels?per_page=100',
    'GET /api/v3/repositories/7/labels?per_page=100&page=2',
  ])
  expect(seen.every(({ headers }) => headers.authorization === 'Bearer secret-token')).toBe(true)
})

test('a redirect that never ends does', async () => {
  const { url, seen } = await scripted((request) => [302, {}, { location: `${request.url}x` }])
  const { host } = client(url)
  await expect(host.labels(pr)).rejects.toMatchObject({ name: 'CodeHostError' })
  expect(seen).toHaveLength(11)
})

test.each([
  ['beside REST', '', undefined, '/graphql'],
  ['as GitHub Enterprise has it', '/api/v3', undefined, '/api/graphql'],
  ['where a flag says', '', '/elsewhere/graphql', '/elsewhere/graphql'],
])('GraphQL is %s', async (_where, base, graphql, path) => {
  const { url, lines } = await scripted(() => [200, { data: { user: { status: null } } }])
  const { host } = client(url + base, graphql === undefined ? {} : { graphqlEndpoint: url + graphql })
  expect(await host.isBusy('o', 'alice')).toBe(false)
  expect(lines()).toEqual([`POST ${path}`])
})

test('requests say who sends them, and in which version of the API', async () => {
  const { url, seen } = await scripted(() => [200, labels()])
  const { clients } = client(url, { userAgent: 'hook/v1' })
  await githubHost(clients.as({ by: 'lgtm', priority: 'command' })).labels(pr)
  expect(seen[0]?.headers).toMatchObject({ 'user-agent': 'hook.lgtm/v1', 'x-github-api-version': '2022-11-28' })
})

test('validators are kept for longer than GitHub says, and compressed answers are read', async () => {
  const { gzipSync } = await import('node:zlib')
  const { url, seen } = await scripted((request, response) => {
    if (request.headers['if-none-match'] === '"1"') return [304]
    const headers = { etag: '"1"', 'cache-control': 'private, max-age=60', 'content-encoding': 'gzip' }
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    response.end(gzipSync(JSON.stringify(labels('bug'))))
    return undefined
  })
  const { host, clock } = client(url)
  expect(await host.labels(pr)).toEqual(['bug'])
  await clock.advance('30h')
  expect(await host.labels(pr)).toEqual(['bug'])
  expect(seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"'])
})

test('the same question at the same time is one request, and each gets the answer', async () => {
  let answer = () => {}
  const { url, seen } = await scripted((_request, response) => {
    answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(labels('bug')))
    return undefined
  })
  const { host } = client(url)
  const asking = Array.from({ length: 50 }, () => host.labels(pr))
  await until(() => seen.length > 0)
  answer()
  expect(await Promise.all(asking)).toEqual(Array.from({ length: 50 }, () => ['bug']))
  expect(seen).toHaveLength(1)
})

test('a token that is rotated while a request is under way', async () => {
  let token = 'old'
  const { url, seen } = await scripted((request) => {
    if (request.headers.authorization === 'Bearer new') return [200, labels('bug')]
    token = 'new'
    return [401, { message: 'Bad credentials' }]
  })
  const { host } = client(url, { credentials: { token: () => token } })
  expect(await host.labels(pr)).toEqual(['bug'])
  // One that stays is refused once.
  const wrong = client(url, { credentials: { token: () => 'secret-wrong' } })
  const error = await wrong.host.labels(pr).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ kind: 'forbidden', status: 401 })
  expect(seen).toHaveLength(3)
  expect(JSON.stringify(error) + wrong.logged.join('')).not.toContain('secret-wrong')
})

test.each([
  [
    'names what is missing',
    'admin:repo_hook, workflow',
    'using admin:repo_hook, workflow oauth scopes; it needs at least one of admin:org, repo',
  ],
  ['says that there are none', '', 'using no oauth scopes'],
  ['does not blame scopes that are there', 'repo', undefined],
])('a refused token: the error %s', async (_what, scopes, says) => {
  const headers = { 'x-accepted-oauth-scopes': 'admin:org,repo', 'x-oauth-scopes': scopes }
  const { url, seen } = await scripted(() => [403, { message: 'Must have admin rights' }, headers])
  const error = await client(url)
    .host.labels(pr)
    .catch((thrown: Error) => thrown)
  if (!(error instanceof Error)) throw new Error('it was answered')
  expect(error).toMatchObject({ kind: 'forbidden', status: 403 })
  if (says === undefined) expect(error.message).not.toContain('scopes')
  else expect(error.message).toContain(says)
  expect(seen).toHaveLength(1)
})

const quota = (remaining: number, resetsAt: number, limit = 5000) => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(resetsAt / 1000),
})

test('when quota runs short, ornaments wait and commands go on; after the reset all go', async () => {
  let remaining = 900
  const { url, seen } = await scripted(() => [200, labels('bug'), quota(remaining--, resetsAt)])
  const { clients, clock, metrics } = client(url)
  const resetsAt = clock.now() + 1_800_000
  const cat = githubHost(clients.as({ by: 'cat', priority: 'cosmetic' }))
  const lgtm = githubHost(clients.as({ by: 'lgtm', priority: 'command' }))
  await lgtm.labels(pr)
  const ornament = cat.labels({ ...pr, number: 2 })
  await until(() => clock.waiting > 0)
  await lgtm.labels({ ...pr, number: 3 })
  expect(seen).toHaveLength(2)
  expect(await metrics.metrics()).toContain('bowsprit_github_waiting_requests{priority="cosmetic"} 1')
  expect(clients.budget.limits()).toEqual([
    {
      budget: expect.stringMatching(/^[0-9a-f]{64}$/),
      resource: 'core',
      quota: { limit: 5000, remaining: 899, resetsAt },
      waiting: { cosmetic: 1 },
    },
  ])
  await clock.advance('29m')
  expect(seen).toHaveLength(2)
  expect(await passTime(clock, ornament)).toBeLessThan(120_000)
  expect(await ornament).toEqual(['bug'])
  expect(clients.budget.spending()).toEqual([
    { by: 'test.lgtm', priority: 'command', where: 'o/r', paid: 2, free: 0 },
    { by: 'test.cat', priority: 'cosmetic', where: 'o/r', paid: 1, free: 0 },
  ])
  expect(await metrics.metrics()).toContain(
    'bowsprit_github_requests_total{user_agent="test.lgtm",org="o",repo="r",cost="paid"} 2',
  )
})

test('a secondary limit holds everything of that account, and is waited out', async () => {
  let refusals = 1
  const { url, lines } = await scripted(() =>
    refusals-- > 0
      ? [403, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '30' }]
      : [200, labels('bug')],
  )
  const { host, clock, logged } = client(url)
  const first = host.labels(pr)
  await until(() => logged.some((line) => line.includes('limits the rate')))
  const second = host.labels({ ...pr, number: 2 })
  await settle()
  expect(lines()).toHaveLength(1)
  const took = await passTime(clock, Promise.all([first, second]))
  expect(took).toBeGreaterThanOrEqual(31_000)
  expect(took).toBeLessThan(35_000)
})

test('searches have a limit of their own', async () => {
  const { url, lines } = await scripted((request) =>
    request.url?.startsWith('/search/')
      ? [200, { total_count: 0, items: [] }, { ...quota(0, resetsAt, 30), 'x-ratelimit-resource': 'search' }]
      : [200, labels('bug'), quota(4000, resetsAt)],
  )
  const { host, clock } = client(url)
  const resetsAt = clock.now() + 60_000
  await host.searchIssues('o', 'is:open')
  const waiting = host.searchIssues('o', 'is:closed')
  await until(() => clock.waiting > 0)
  expect(await host.labels(pr)).toEqual(['bug'])
  expect(lines().filter((line) => line.includes('/search/'))).toHaveLength(1)
  expect(await passTime(clock, waiting)).toBeGreaterThanOrEqual(61_000 - 1000)
})

test('a throttle counts what GitHub counts', async () => {
  const { url, seen } = await scripted((request) =>
    request.headers['if-none-match'] === '"1"' ? [304] : [200, labels('bug'), { etag: '"1"' }],
  )
  const { host, clock } = client(url, { throttle: { all: { hourly: 3600, burst: 2 } } })
  // The second one is free.
  await host.labels(pr)
  await host.labels(pr)
  await host.labels({ ...pr, number: 2 })
  const fourth = host.labels({ ...pr, number: 3 })
  await until(() => clock.waiting > 0)
  expect(seen).toHaveLength(3)
  expect(await passTime(clock, fourth)).toBeGreaterThanOrEqual(2900)
})

test('whoever waits is let go when the client ends', async () => {
  const { url } = await scripted(() => [502])
  const { host, clients, clock, logged } = client(url)
  const asking = host.labels(pr).catch((error: Error) => error)
  await until(() => logged.some((line) => line.includes('is sent again')))
  await clients.close()
  expect(String(await asking)).toContain('closed')
  expect(clock.waiting).toBe(0)
})
