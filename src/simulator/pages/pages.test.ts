// The pages: what a person can do there, that it is the same as by REST, and that no other site can do it for them.

import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from '../fixture.ts'
import { guard } from './guard.ts'

describe('the pages', () => {
  let fixture: Fixture
  beforeAll(async () => {
    fixture = await startFixture()
  })
  afterAll(() => fixture.close())

  const get = async (path: string): Promise<string> => {
    const response = await fetch(`${fixture.sim.url}${path}`)
    expect(response.status, path).toBe(200)
    return response.text()
  }
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${fixture.sim.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers,
      redirect: 'manual',
    })

  test('a person opens a pull request, talks on it, pushes, reviews and merges', async () => {
    expect(await get('/')).toContain('acme/site')
    expect(await get('/acme/site')).toContain('Open pull request')
    const opened = await post('/acme/site/pulls', {
      by: 'carol',
      base: 'main',
      title: 'By hand <1>',
      body: 'a **bold** text',
      path: 'docs/x.md',
      content: 'line\r\nmore\r\n',
      draft: 'on',
    })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/acme/site/pull/1'])
    const act = (name: string, fields: Record<string, string>) => post(`/acme/site/pull/1/${name}`, fields)
    await act('comment', { by: 'bob', body: '/hold\r\n<script>alert(1)</script>' })
    await act('state', { by: 'carol', to: 'ready' })
    await act('label', { by: 'carol', label: 'kind/bug', do: 'add' })
    await act('push', { by: 'carol', path: 'docs/y.md', content: 'second', message: 'More' })
    await act('review', { by: 'bob', event: 'APPROVE', body: 'fine' })
    await fixture.world.setStatus({
      repo: 'acme/site',
      sha: fixture.world.pullRequest('acme/site', 1).head.sha,
      by: 'ci-bot',
      state: 'failure',
      context: 'unit tests',
      description: 'broken',
      target_url: 'https://ci.example/7',
    })
    const page = await get('/acme/site/pull/1')
    for (const text of [
      'By hand &lt;1&gt;',
      'a <strong>bold</strong> text',
      '/hold<br>&lt;script&gt;',
      'kind/bug',
      'fill="#d73a4a"',
      'unit tests',
      'https://ci.example/7',
      'approved',
      'docs/y.md',
      '+second',
    ]) {
      expect(page).toContain(text)
    }
    expect(await fixture.world.file('acme/site', 'docs/x.md', fixture.world.pullRequest('acme/site', 1).head.sha)).toBe(
      'line\nmore\n',
    )
    expect((await act('merge', { by: 'carol', method: 'squash' })).status).toBe(303)
    expect(await get('/acme/site/pull/1')).toContain('>merged<')
    await fixture.world.idle()
    expect(fixture.receiver.names()).toEqual(
      expect.arrayContaining([
        'pull_request.opened',
        'issue_comment.created',
        'pull_request.synchronize',
        'pull_request_review.submitted',
        'pull_request.closed',
        'push',
      ]),
    )
  })

  test('the other pages are there', async () => {
    await post('/acme/site/issues', { by: 'bob', title: 'An issue', body: '' })
    expect(await get('/acme/site/issues/2')).toContain('An issue')
    expect(await get('/acme')).toContain('acme/secret')
    expect(await get('/acme/site/blob/main/src/main.ts')).toContain('three')
    expect(await get('/acme/site/raw/main/README.md')).toBe('# site\n')
    expect(await get('/acme/site/tree/main/src')).toContain('src/main.ts')
    expect(await get(`/acme/site/commit/${await fixture.world.revision('acme/site', 'main')}`)).toContain('+second')
    expect(await get('/acme/site/pull/1.diff')).toContain('+second')
    expect(await get('/-/avatars/alice')).toContain('<svg')
    expect((await fetch(`${fixture.sim.url}/acme/nosuch`)).status).toBe(404)
  })

  test('deliveries are listed, shown and sent again', async () => {
    await fixture.world.idle()
    const [latest] = fixture.world.deliveries()
    expect(await get('/-/deliveries')).toContain(`/-/deliveries/${latest?.id}`)
    expect(await get(`/-/deliveries/${latest?.id}`)).toContain('X-GitHub-Event'.toLowerCase())
    const before = fixture.receiver.received.length
    expect((await post(`/-/deliveries/${latest?.id}/redeliver`, {})).status).toBe(303)
    await fixture.world.idle()
    expect(fixture.receiver.received.slice(before).map((r) => r.headers['x-github-delivery'])).toEqual([latest?.guid])
  })

  test('a refusal is told to the person', async () => {
    const response = await post('/acme/site/pull/1/merge', { by: 'stranger', method: 'merge' })
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Must have push access')])
  })

  test('a page that is open hears of changes', async () => {
    const request = httpRequest(`${fixture.sim.url}/-/events`).end()
    const [response] = await once(request, 'response')
    response.setEncoding('utf8')
    await once(response, 'data') // the greeting
    const [[message]] = await Promise.all([
      once(response, 'data'),
      fixture.request('bob', 'POST /repos/acme/site/issues/2/comments', { body: 'news' }),
    ])
    expect(message).toBe('data: changed\n\n')
    request.destroy()
  })

  test('nothing is loaded from elsewhere, and scripts run only by nonce', async () => {
    const response = await fetch(`${fixture.sim.url}/acme/site/pull/1`)
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'nonce-/)
    expect(await response.text()).not.toMatch(/<(?:script|link|img|iframe)[^>]*(?:src|href)="?https?:/)
  })

  test('forms of other sites are refused', async () => {
    const before = fixture.world.issue('acme/site', 2).comments.length
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      expect((await post('/acme/site/issues/2/comment', { by: 'alice', body: 'planted' }, headers)).status).toBe(403)
    }
    expect(fixture.world.issue('acme/site', 2).comments).toHaveLength(before)
    expect(
      (
        await post(
          '/acme/site/issues/2/comment',
          { by: 'alice', body: 'own' },
          { origin: fixture.sim.url, 'sec-fetch-site': 'same-origin' },
        )
      ).status,
    ).toBe(303)
  })

  test.each([
    ['127.0.0.1:8090', true],
    ['[::1]:8090', true],
    ['localhost:8090', true],
    ['ci.localhost:8090', true],
    ['git.example.org', true],
    ['rebound.evil.example:8090', false],
    ['', false],
  ])('the host %s may act: %s', (host, may) => {
    const check = () =>
      guard({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }, 'https://git.example.org')
    if (may) expect(check).not.toThrow()
    else expect(check).toThrow(/another site/)
  })

  test('faults can be set from outside, but not by other sites', async () => {
    const set = (fault: object, headers: Record<string, string> = {}) =>
      fetch(`${fixture.sim.url}/-/faults`, { method: 'POST', body: JSON.stringify(fault), headers })
    expect((await set({ kind: 'bad-gateway', times: 1, path: '/user$' })).status).toBe(201)
    expect((await fixture.request('bob', 'GET /user')).status).toBe(502)
    expect((await set({ kind: 'nonsense' })).status).toBe(422)
    expect((await set({ kind: 'reset' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    await set({ kind: 'reset', times: 100 })
    expect((await fetch(`${fixture.sim.url}/-/faults`, { method: 'DELETE' })).status).toBe(204)
    expect((await fixture.request('bob', 'GET /user')).status).toBe(200)
  })
})
