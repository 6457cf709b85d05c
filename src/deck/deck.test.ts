// Deck as its clients see it: over HTTP, with a cluster in memory and a bucket on disk.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import { request } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pods } from '../api/kubernetes.ts'
import { prowJobs } from '../api/prowjob.ts'
import { KubeError } from '../kube/client.ts'
import { testClock } from '../testing/clock.ts'
import { job, namespace, pod, running, waiting } from './testing/jobs.ts'
import { adminToken, type DeckScene, type SceneOptions, startDeck } from './testing/scene.ts'
import { readEvents } from './testing/sse.ts'
import { fromColumns, type JobColumns, type JobDetail, type Rerun } from './wire.ts'

let scene: DeckScene
const at = (name: string) => ({ namespace, name })
const anyone = { 'x-csrf-token': 'test' }
const csrf = { ...anyone, authorization: `Bearer ${adminToken}` }

async function start(options: SceneOptions = {}) {
  await scene?.close()
  scene = await startDeck(options)
}
beforeEach(() => start())
afterEach(() => scene.close())

/** Makes a job and waits until Deck shows it. */
async function shown(one: ReturnType<typeof job>) {
  const events = await readEvents(`${scene.url}/api/events`)
  await scene.kube.create(prowJobs, one)
  while (!JSON.stringify((await events.next('jobs')).data).includes(`"${one.metadata.name}"`));
  events.close()
}
const get = (path: string, headers: Record<string, string> = {}) => fetch(scene.url + path, { headers })
const text = async (path: string) => (await get(path)).text()
const detail = async (path: string): Promise<JobDetail> => (await (await get(path)).json()) as JobDetail

describe('the list', () => {
  test('newest first, as columns, with an ETag that holds until something changes', async () => {
    await shown(job({ name: 'old', status: { startTime: '2026-01-02T01:00:00Z' } }))
    await shown(waiting({ name: 'new', status: { startTime: '2026-01-02T05:00:00Z' } }))
    const first = await get('/api/jobs')
    expect(fromColumns((await first.json()) as JobColumns).map(({ name }) => name)).toEqual(['new', 'old'])
    const etag = first.headers.get('etag') ?? ''
    expect((await get('/api/jobs', { 'if-none-match': etag })).status).toBe(304)
    await shown(job({ name: 'third' }))
    expect((await get('/api/jobs', { 'if-none-match': etag })).status).toBe(200)
  })

  test('is compressed for those who accept it, and the same for all', async () => {
    for (let at = 0; at < 20; at++) await scene.kube.create(prowJobs, job({ name: `j${at}` }))
    await shown(job({ name: 'last' }))
    const raw = async (encoding: string) => {
      const answer = await request(`${scene.url}/api/jobs`, { headers: { 'accept-encoding': encoding } })
      return [answer.headers['content-encoding'], (await answer.body.arrayBuffer()).byteLength] as const
    }
    const [[plain, size], [br, small], [gzip], [refused]] = await Promise.all([
      raw('identity'),
      raw('gzip, br'),
      raw('gzip'),
      raw('br;q=0'),
    ])
    expect([plain, br, gzip, refused]).toEqual([undefined, 'br', 'gzip', undefined])
    expect(small).toBeLessThan(size / 4)
  })

  test('what is there at the start is shown at once', async () => {
    await start({ before: async (kube) => void (await kube.create(prowJobs, job({ name: 'before' }))) })
    expect(fromColumns((await (await get('/api/jobs')).json()) as JobColumns)).toHaveLength(1)
  })
})

describe('events', () => {
  test('tell of what is new, what changed and what went away', async () => {
    const events = await readEvents(`${scene.url}/api/events`)
    await events.next('jobs')
    await scene.kube.create(prowJobs, waiting({ name: 'a' }))
    expect((await events.next('jobs')).data).toMatchObject({
      put: [{ name: 'a', state: 'triggered', next: 'One of them ends' }],
      removed: [],
    })
    scene.kube.change(prowJobs, at('a'), (one) => {
      one.status.state = 'pending'
    })
    expect((await events.next('jobs')).data).toMatchObject({ put: [{ name: 'a', state: 'pending' }] })
    await scene.kube.delete(prowJobs, at('a'))
    expect((await events.next('jobs')).data).toEqual({ put: [], removed: ['a'] })
    events.close()
  })

  test('many changes travel together', async () => {
    const clock = testClock()
    await start({ clock })
    const events = await readEvents(`${scene.url}/api/events`)
    await events.next('jobs')
    for (let at = 0; at < 50; at++) await scene.kube.create(prowJobs, job({ name: `j${at}` }))
    await clock.advance(100)
    const { data } = await events.next('jobs')
    expect(data).toMatchObject({ put: { length: 50 } })
    events.close()
  })

  test('go on after a lost connection without a gap', async () => {
    const events = await readEvents(`${scene.url}/api/events`)
    const { id } = await events.next('jobs')
    events.close()
    await shown(job({ name: 'meanwhile' }))
    for (const [query, headers] of [
      ['', { 'last-event-id': id }],
      [`?since=${id}`, {}],
    ] as const) {
      const again = await readEvents(`${scene.url}/api/events${query}`, { ...headers })
      expect((await again.next('jobs')).data).toMatchObject({ put: [{ name: 'meanwhile' }] })
      again.close()
    }
  })

  test('say when the reader has to start over: Deck was started anew meanwhile', async () => {
    const events = await readEvents(`${scene.url}/api/events?since=other.7`)
    await events.next('reset')
    events.close()
  })

  test('give a sign of life, with the clock of the server', async () => {
    const clock = testClock('2026-03-04T05:06:07Z')
    await start({ clock })
    const events = await readEvents(`${scene.url}/api/events`)
    await events.next('beat')
    await clock.advance('15s')
    expect((await events.next('beat')).data).toEqual({ now: Date.parse('2026-03-04T05:06:22Z'), staleSince: 0 })
    events.close()
  })

  test('say since when Deck cannot follow the cluster', async () => {
    const clock = testClock('2026-03-04T05:06:07Z')
    await start({ clock })
    const events = await readEvents(`${scene.url}/api/events`)
    await events.next('beat')
    scene.kube.onRequest(() => {
      throw new Error('connection refused')
    })
    scene.kube.endWatches('lost')
    await clock.advance('15s')
    expect((await events.next('beat')).data).toMatchObject({ staleSince: Date.parse('2026-03-04T05:06:07Z') })
    events.close()
  })
})

test.each([
  ['because they say so', { hidden: true }],
  ['because of their repository', { refs: { org: 'secret-org', repo: 'r', pulls: [] } }],
])('hidden jobs are nowhere: %s', async (_, spec) => {
  scene.setConfig((config) => ({ ...config, deck: { ...config.deck, hidden_repos: ['secret-org'] } }))
  await scene.kube.create(prowJobs, running({ name: 'secret', spec: { job: 'secret-job', ...spec } }))
  await scene.kube.create(pods, pod('secret', { running: { startedAt: '2026-01-02T03:00:20Z' } }))
  await shown(job({ name: 'seen' }))
  for (const path of ['/api/jobs', '/prowjobs.js', '/data.js', '/badge.svg?jobs=secret-job'])
    expect(await text(path)).not.toContain('secret"')
  expect(await text('/badge.svg?jobs=secret-job')).toContain('no results')
  const id = '1948764332938473472'
  for (const path of [
    '/api/jobs/secret',
    '/api/jobs/secret/log',
    '/prowjob?prowjob=secret',
    '/rerun?prowjob=secret',
    `/log?job=secret-job&id=${id}`,
    `/api/runs/prowjob/secret-job/${id}`,
  ]) {
    expect((await get(path)).status, path).toBe(404)
  }
  for (const path of ['/rerun?prowjob=secret', '/abort?prowjob=secret']) {
    expect((await fetch(scene.url + path, { method: 'POST', headers: csrf })).status, path).toBe(404)
  }
  expect(scene.kube.read(prowJobs, at('secret')).status.state).toBe('pending')
})

describe("upstream's routes", () => {
  test.each([
    ['/badge.svg', 400, 'missing jobs query parameter\n'],
    ['/prowjob', 400, `request did not provide the 'prowjob' query parameter\n`],
    ['/prowjob?prowjob=x', 404, 'ProwJob not found: x\n'],
    ['/log?id=1', 400, `request did not provide the 'job' query parameter\n`],
    ['/log?job=j', 400, `request did not provide the 'id' query parameter\n`],
    ['/rerun', 400, `request did not provide the 'prowjob' query parameter\n`],
    ['/config?key=x', 500, 'getting config for key x is not supported\n'],
    ['/nothing', 404, '404 page not found\n'],
    ['/prowjobs.js?var=a;b', 400, 'the var query parameter is not a name of a JavaScript variable\n'],
    ['/healthz/ready', 200, 'OK\n'],
    ['/plugin-help.js', 404, '404 page not found\n'],
  ])('%s', async (path, status, body) => {
    const answer = await get(path)
    expect([answer.status, await answer.text()]).toEqual([status, body])
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })

  test('/prowjobs.js as a script', async () => {
    await shown(job({ name: 'j' }))
    const answer = await get('/prowjobs.js?var=allBuilds&omit=annotations,labels,decoration_config,pod_spec')
    expect(await answer.text()).toMatch(/^var allBuilds = \{"items":\[\{.*"name":"j".*\}\]\};$/)
    expect(answer.headers.get('cache-control')).toBe('no-store, must-revalidate')
  })

  test('/config?key=disabled-clusters, sorted and each once', async () => {
    expect(await text('/config?key=disabled-clusters')).toBe('[]\n')
    scene.setConfig((config) => ({ ...config, disabled_clusters: ['build08', 'build08', 'build01'] }))
    expect(await text('/config?key=disabled-clusters')).toBe('- build01\n- build08\n')
  })
})

describe('rerun and abort', () => {
  const post = (path: string, headers: Record<string, string> = csrf) =>
    fetch(scene.url + path, { method: 'POST', headers })

  test('a rerun is a new job, shown at once', async () => {
    await shown(job({ name: 'old' }))
    const answer = await post('/api/jobs/old/rerun')
    const { name } = (await answer.json()) as Rerun
    const made = scene.kube.read(prowJobs, at(name))
    expect(made.status).toMatchObject({ state: 'triggered', description: 'Successfully reran old.' })
    expect(made.spec).toEqual(scene.kube.read(prowJobs, at('old')).spec)
    expect((await get(`/api/jobs/${name}`)).status).toBe(200)
    expect(await text('/api/jobs')).toContain(name)
  })

  test('GET /rerun shows what would be created and creates nothing', async () => {
    await shown(job({ name: 'old' }))
    scene.setConfig((config) => ({ ...config, scheduler: { enabled: true } }))
    expect(await text('/rerun?prowjob=old')).toMatch(
      /^apiVersion: prow.k8s.io\/v1\nkind: ProwJob\n[\s\S]*state: scheduling/,
    )
    expect(scene.kube.all(prowJobs)).toHaveLength(1)
  })

  test('POST /rerun and /abort answer in upstream words', async () => {
    await shown(running({ name: 'r' }))
    expect(await (await post('/rerun?prowjob=r')).text()).toMatch(/^Job successfully triggered\. Wait 30 seconds/)
    expect(await (await post('/abort?prowjob=r')).text()).toBe('Job successfully aborted.\n')
    const { status } = scene.kube.read(prowJobs, at('r'))
    expect(status).toMatchObject({ state: 'aborted', description: 'Successfully aborted r.' })
    expect(status.completionTime).toBeUndefined()
    const again = await post('/abort?prowjob=r')
    expect([again.status, await again.text()]).toEqual([400, 'Cannot abort job with state: "aborted".\n'])
  })

  test('a job that ends meanwhile keeps its result', async () => {
    await shown(running({ name: 'r' }))
    let once = true
    scene.kube.onRequest(({ verb }) => {
      if (verb !== 'patch' || !once) return
      once = false
      scene.kube.change(prowJobs, at('r'), (one) =>
        Object.assign(one.status, { state: 'success', completionTime: '2026-01-02T03:05:00Z' }),
      )
    })
    expect((await post('/api/jobs/r/abort')).status).toBe(500)
    expect(scene.kube.read(prowJobs, at('r')).status.state).toBe('success')
  })

  test('another site is refused, and so is a request without the custom header', async () => {
    await shown(running({ name: 'r' }))
    const attempts = [
      { authorization: csrf.authorization },
      { ...csrf, origin: 'https://evil.example' },
      { ...csrf, 'sec-fetch-site': 'cross-site' },
    ]
    for (const headers of attempts)
      for (const path of ['/abort?prowjob=r', '/rerun?prowjob=r', '/api/jobs/r/abort', '/api/jobs/r/rerun']) {
        expect((await post(path, { ...headers } as Record<string, string>)).status, path).toBe(403)
      }
    expect(scene.kube.all(prowJobs).map((one) => one.status.state)).toEqual(['pending'])
  })

  test('only the bearer of the token is the administrator; others may what the job lets anyone', async () => {
    await shown(running({ name: 'mine' }))
    await shown(running({ name: 'open', spec: { rerun_auth_config: { allow_anyone: true } } }))
    const refused = await post('/abort?prowjob=mine', anyone)
    expect([refused.status, await refused.text()]).toEqual([
      401,
      expect.stringMatching(/^You don't have permission to abort this job\./),
    ])
    expect((await post('/rerun?prowjob=mine', anyone)).status).toBe(401)
    expect((await post('/abort?prowjob=open', anyone)).status).toBe(200)
    expect(await (await get('/api/session')).json()).toEqual({ admin: false, mode: 'token' })
    expect(await (await get('/api/session', csrf)).json()).toEqual({ admin: true, mode: 'token' })
    expect((await post('/abort?prowjob=mine')).status).toBe(200)
    expect((await detail('/api/jobs/mine')).rerun).toMatchObject({
      allowed: false,
      why: expect.stringContaining('administrator'),
    })
  })

  test('what the API server refuses is told', async () => {
    await shown(job({ name: 'old' }))
    scene.kube.onRequest(({ verb }) => {
      if (verb === 'create') throw new KubeError(403, 'Forbidden', 'prowjobs is forbidden')
    })
    const answer = await post('/rerun?prowjob=old')
    expect([answer.status, await answer.text()]).toEqual([500, 'Error creating job: prowjobs is forbidden\n'])
  })
})

describe('headers', () => {
  test('on every answer', async () => {
    for (const path of ['/', '/api/jobs', '/api/events', '/nothing', '/badge.svg?jobs=x', '/api/nothing']) {
      const leave = new AbortController()
      const { headers } = await fetch(scene.url + path, { signal: leave.signal })
      leave.abort()
      expect(headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'none'/)
      expect(headers.get('content-security-policy'), path).not.toMatch(/unsafe/)
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    }
  })

  test('a foreign Host is not answered: DNS rebinding', async () => {
    const { statusCode, body } = await request(`${scene.url}/api/jobs`, { headers: { host: 'evil.example' } })
    expect([statusCode, await body.text()]).toEqual([
      421,
      expect.stringContaining('does not answer for the host "evil.example"'),
    ])
  })

  test('feeds of a Deck on this machine are not for other sites', async () => {
    await shown(job({ name: 'j' }))
    const answer = await get('/prowjobs.js?var=x')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})

test('Deck can be started again in the same process, and counts on', async () => {
  const registry = new Registry()
  for (let start = 1; start <= 2; start++) {
    const { url, close } = await startDeck({ registry })
    await fetch(`${url}/prowjobs.js`)
    await close()
  }
  const text = await registry.metrics()
  expect(text).toMatch(/deck_http_request_duration_seconds_count\{[^}]*prowjobs\.js[^}]*\} 2/)
  expect(text).toContain('deck_event_listeners 0')
})

test('metrics by route, never by address or browser version', async () => {
  await get('/api/jobs/some-name', { 'user-agent': 'Mozilla/5.0 (X11) Chrome/140' })
  await get('/view/gs/b/logs/j/1')
  const shownMetrics = await scene.metrics.metrics()
  expect(shownMetrics).toMatch(
    /deck_http_request_duration_seconds_count\{path="\/api\/jobs\/:name",method="GET",status="404",user_agent="browser"\} 1/,
  )
  expect(shownMetrics).not.toMatch(/some-name|Chrome/)
})

describe('pages', () => {
  test('are one document for every address that people see', async () => {
    const webRoot = await mkdtemp(join(tmpdir(), 'deck-web-'))
    await mkdir(join(webRoot, 'assets'))
    await writeFile(join(webRoot, 'index.html'), '<title>Prow Status</title>')
    await writeFile(join(webRoot, 'assets/app-1.js'), 'x')
    await start({ webRoot })
    for (const path of ['/', '/job/x', '/view/gs/b/logs/j/1'])
      expect(await text(path)).toContain('<title>Prow Status</title>')
    const asset = await get('/assets/app-1.js')
    expect(asset.headers.get('cache-control')).toContain('immutable')
    expect((await get('/assets/none.js')).status).toBe(404)
    expect((await get('/..%2f..%2fetc/passwd')).status).toBe(404)
    await rm(webRoot, { recursive: true })
  })

  test('say what to do when they are not built', async () => {
    const answer = await get('/')
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('npm run prepare')])
  })
})
