// What all REST routes have in common: pages, conditional requests, limits, faults, names with slashes, apps.
import { generateKeyPairSync, sign } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, type Payload, shiftedClock, smallWorld, startFixture } from '../fixture.ts'

const R = '/repos/acme/site'

describe('the REST API', () => {
  let fixture: Fixture
  const clock = shiftedClock()
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const others = generateKeyPairSync('rsa', { modulusLength: 2048 })
  beforeAll(async () => {
    const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    fixture = await startFixture({
      clock,
      seed: (url) => ({
        ...smallWorld(url),
        app: { id: 5, slug: 'robot', publicKey, installedIn: ['acme'], webhook: { url: `${url}/app`, secret: 'k' } },
      }),
    })
  })
  afterAll(() => fixture.close())

  test('lists come in pages that link to each other', async () => {
    for (let n = 0; n < 7; n += 1) fixture.world.openIssue({ repo: 'acme/site', author: 'bob', title: `Issue ${n}` })
    const seen: string[] = []
    let next: string | undefined = `${fixture.sim.apiUrl}${R}/issues?per_page=3&direction=asc&state=open`
    while (next) {
      const answer = await fixture.request('bob', `GET ${next}`)
      seen.push(...(answer.body as { title: string }[]).map((issue) => issue.title))
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    }
    expect(seen).toEqual(Array.from({ length: 7 }, (_, n) => `Issue ${n}`))
    const middle = await fixture.request('bob', `GET ${R}/issues?per_page=3&page=2`)
    expect([...(middle.headers.get('link') ?? '').matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel)).toEqual([
      'prev',
      'next',
      'last',
      'first',
    ])
  })

  test('an unchanged answer is a 304 that costs nothing', async () => {
    const used = async () => Number((await fixture.request('bob', 'GET /rate_limit')).headers.get('x-ratelimit-used'))
    const first = await fixture.request('bob', `GET ${R}/issues/1`)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).not.toBe('')
    const before = await used()
    const again = await fixture.request('bob', `GET ${R}/issues/1`, undefined, { 'if-none-match': etag })
    expect(again).toMatchObject({ status: 304, text: '' })
    expect(await used()).toBe(before + 1) // only the question itself
    fixture.world.comment({ repo: 'acme/site', number: 1, author: 'bob', body: 'news' })
    expect((await fixture.request('bob', `GET ${R}/issues/1`, undefined, { 'if-none-match': etag })).status).toBe(200)
  })

  test('the limit starts anew every hour', async () => {
    const rate = async () => (await fixture.request('carol', 'GET /user')).headers
    await rate()
    expect(Number((await rate()).get('x-ratelimit-used'))).toBe(2)
    clock.shift(3_600_000)
    const headers = await rate()
    expect(Number(headers.get('x-ratelimit-used'))).toBe(1)
    expect(Number(headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(clock.now())
  })

  test('faults hit the next matching requests, and no others', async () => {
    const { faults } = fixture.world
    const get = (path = '/user') => fixture.request('bob', `GET ${path}`)
    faults.add({ kind: 'bad-gateway', times: 2, path: '^/user$' })
    expect((await get(R)).status).toBe(200)
    expect([(await get()).status, (await get()).status, (await get()).status]).toEqual([502, 502, 200])
    faults.add({ kind: 'secondary-rate-limit', method: 'get', retryAfterSeconds: 7 })
    expect(await get()).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('secondary rate limit') },
    })
    faults.add({ kind: 'too-many-requests', retryAfterSeconds: 3 })
    expect((await get()).headers.get('retry-after')).toBe('3')
    faults.add({ kind: 'rate-limited' })
    const limited = await get()
    expect([limited.status, limited.headers.get('x-ratelimit-remaining')]).toEqual([403, '0'])
    faults.add({ kind: 'answer', status: 405, message: 'Base branch was modified. Review and try the merge again.' })
    expect(await get()).toMatchObject({ status: 405, body: { message: /Base branch was modified/ } })
    faults.add({ kind: 'reset' })
    await expect(get()).rejects.toThrow()
    faults.add({ kind: 'reset-after', method: 'POST' })
    await expect(fixture.request('bob', `POST ${R}/issues`, { title: 'cut off' })).rejects.toThrow()
    const { body } = await fixture.request('bob', `GET ${R}/issues`)
    expect((body as { title: string }[])[0]?.title).toBe('cut off') // served, though nobody heard
    const takeBack = faults.add({ kind: 'bad-gateway', times: 99 })
    takeBack()
    expect((await get()).status).toBe(200)
    expect(faults.list()).toEqual([])
    expect(() => faults.add({ kind: 'odd' as 'reset' })).toThrow(/must be one of/)
  })

  test.each([
    ['escaped', 'do-not-merge%2Fhold%20me'],
    ['as they are', 'do-not-merge/hold%20me'],
  ])('slashes in names may be %s', async (_how, name) => {
    await fixture.request('carol', `POST ${R}/issues/1/labels`, ['do-not-merge/hold me'])
    expect((await fixture.request('carol', `DELETE ${R}/issues/1/labels/${name}`)).status).toBe(200)
    expect((await fixture.request('carol', `GET ${R}/labels/${name}`)).body).toMatchObject({
      name: 'do-not-merge/hold me',
    })
  })

  test('labels with every kind of character can be removed again', async () => {
    for (const name of ['100%', 'what?', '#1', '¯\\_(ツ)_/¯', 'a&b=c', '+1']) {
      await fixture.request('carol', `POST ${R}/issues/1/labels`, { labels: [name] })
      const answer = await fixture.request('carol', `DELETE ${R}/issues/1/labels/${encodeURIComponent(name)}`)
      expect(answer.status, `${name}: ${answer.text}`).toBe(200)
    }
  })

  test('refs and branches with slashes, escaped or not', async () => {
    await fixture.world.push({
      repo: 'acme/site',
      author: 'carol',
      branch: 'release/v1/x',
      files: { 'dir/a b.txt': 'hello\n' },
    })
    for (const slash of ['/', '%2F']) {
      const path = (text: string) => text.replaceAll('/', slash)
      expect((await fixture.request('bob', `GET ${R}/git/refs/${path('heads/release/v1/x')}`)).body).toMatchObject({
        ref: 'refs/heads/release/v1/x',
      })
      expect((await fixture.request('bob', `GET ${R}/branches/${path('release/v1/x')}`)).body).toMatchObject({
        name: 'release/v1/x',
      })
      expect((await fixture.request('alice', `GET ${R}/branches/${path('release/v1/x')}/protection`)).status).toBe(404)
      expect((await fixture.request('bob', `GET ${R}/commits/${path('release/v1/x')}/status`)).body).toMatchObject({
        state: 'pending',
        total_count: 0,
      })
      const file = (await fixture.request('bob', `GET ${R}/contents/${path('dir/a%20b.txt')}?ref=release/v1/x`))
        .body as { content: string }
      expect(Buffer.from(file.content, 'base64').toString()).toBe('hello\n')
    }
    expect((await fixture.request('bob', `GET ${R}/contents`)).body).toMatchObject([
      { name: 'README.md', type: 'file' },
      { name: 'src', type: 'dir' },
    ])
    const prefix = await fixture.request('bob', `GET ${R}/git/refs/heads/release`)
    expect(prefix.body).toMatchObject([{ ref: 'refs/heads/release/v1/x' }])
  })

  test('an unknown label is made up when it is put on, as GitHub does', async () => {
    await fixture.request('carol', `POST ${R}/issues/1/labels`, { labels: ['brand-new'] })
    expect((await fixture.request('carol', `GET ${R}/labels/brand-new`)).body).toMatchObject({
      color: 'ededed',
      description: null,
    })
  })

  test('the combined status has the newest of each context; a red one outweighs', async () => {
    const sha = (await fixture.world.revision('acme/site', 'main')) ?? ''
    const set = (context: string, state: string) =>
      fixture.world.setStatus({ repo: 'acme/site', sha, by: 'ci-bot', state, context })
    const combined = async () => (await fixture.request('bob', `GET ${R}/commits/main/status`)).body as Payload
    await set('a', 'pending')
    await set('a', 'success')
    expect(await combined()).toMatchObject({ state: 'success', total_count: 1 })
    await set('b', 'pending')
    expect(await combined()).toMatchObject({ state: 'pending', total_count: 2 })
    await set('c', 'error')
    expect(await combined()).toMatchObject({ state: 'failure', sha })
    const history = (await fixture.request('bob', `GET ${R}/statuses/${sha}`)).body as {
      context: string
      state: string
    }[]
    expect(history.map((s) => `${s.context} ${s.state}`)).toEqual(['c error', 'b pending', 'a success', 'a pending'])
  })

  function jwt(claims: object, key = keys.privateKey): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
    return `${head}.${sign('sha256', Buffer.from(head), key).toString('base64url')}`
  }

  test('an app is known by its signature, and acts by tokens that expire', async () => {
    const now = Math.floor(clock.now() / 1000)
    const app = (token: string) => fixture.request(token, 'GET /app')
    expect((await app(jwt({ iss: 5, iat: now, exp: now + 540 }))).body).toMatchObject({ slug: 'robot' })
    expect((await app(jwt({ iss: 5, iat: now, exp: now + 540 }, others.privateKey))).status).toBe(401)
    expect((await app(jwt({ iss: 6, iat: now, exp: now + 540 }))).status).toBe(401)
    expect((await app(jwt({ iss: 5, iat: now - 900, exp: now - 60 }))).status).toBe(401)
    expect((await app(jwt({ iss: 5, iat: now, exp: now + 3600 }))).status).toBe(401)
    expect((await fixture.request('alice', 'GET /app')).status).toBe(401)

    const own = jwt({ iss: 5, iat: now, exp: now + 540 })
    const [installation] = (await fixture.request(own, 'GET /app/installations')).body as {
      id: number
      account: Payload
    }[]
    expect(installation?.account).toMatchObject({ login: 'acme' })
    const made = await fixture.request(own, `POST /app/installations/${installation?.id}/access_tokens`)
    const { token } = made.body as { token: string }
    const comment = await fixture.request(token, `POST ${R}/issues/1/comments`, { body: 'beep' })
    expect(comment.body).toMatchObject({ user: { login: 'robot[bot]', type: 'Bot' } })
    await fixture.world.idle()
    const delivered = fixture.receiver
      .of('issue_comment')
      .filter((r) => r.headers['x-github-hook-installation-target-type'] === 'integration')
    expect(delivered.at(-1)?.payload).toMatchObject({
      installation: { id: installation?.id },
      comment: { body: 'beep' },
    })
    clock.shift(3_600_001)
    expect((await fixture.request(token, `GET ${R}`)).status).toBe(401)
  })

  test('what comes from outside never becomes an option or a second command of git', async () => {
    const target = join(fixture.dataDir, 'planted')
    for (const revision of [`--output=${target}`, '-O/dev/null', 'main --all']) {
      const at = encodeURIComponent(revision)
      for (const path of [
        `git/commits/${at}`,
        `commits/${at}`,
        `commits/${at}/status`,
        `commits?sha=${at}`,
        `contents/README.md?ref=${at}`,
        `compare/${at}...main`,
        `git/trees/${at}`,
      ]) {
        const { status } = await fixture.request('bob', `GET ${R}/${path}`)
        expect([404, 422], path).toContain(status)
      }
    }
    expect(existsSync(target)).toBe(false)
    const sha = await fixture.world.revision('acme/site', 'main')
    const evil = await fixture.request('carol', `POST ${R}/git/refs`, {
      ref: `refs/heads/x ${sha}\nupdate refs/pull/1/head`,
      sha,
    })
    expect(evil.status).toBe(422)
    for (const path of ['../out.txt', '.git/config', 'a//b', '']) {
      await expect(
        fixture.world.push({ repo: 'acme/site', author: 'carol', files: { [path]: 'x' } }),
      ).rejects.toMatchObject({ status: 422 })
    }
    const odd = 'odd "name"\\\nD README.md'
    await fixture.world.push({ repo: 'acme/site', author: 'carol', files: { [odd]: 'x\n' } })
    expect(await fixture.world.file('acme/site', 'README.md')).toBe('# site\n')
    expect(await fixture.world.file('acme/site', odd)).toBe('x\n')
  })

  test('names that JavaScript objects have by nature are only names', async () => {
    await fixture.world.push({ repo: 'acme/site', author: 'carol', branch: 'constructor', files: { 'c.txt': 'c' } })
    expect((await fixture.request('alice', `GET ${R}/branches/constructor/protection`)).status).toBe(404)
    expect((await fixture.request('bob', 'GET /search/issues?q=constructor:x')).status).toBe(422)
    expect((await fixture.request('bob', 'GET /users/__proto__')).status).toBe(404)
    expect((await fixture.request('carol', `POST ${R}/issues/1/labels`, ['__proto__', 'toString'])).status).toBe(200)
  })
})
