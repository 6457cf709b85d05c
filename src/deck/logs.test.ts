// Logs and results over HTTP: from the Pod while it runs, from the bucket afterwards, and never from anywhere else.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pods } from '../api/kubernetes.ts'
import { type ProwJob, prowJobs } from '../api/prowjob.ts'
import { job, pod, running, waiting } from './testing/jobs.ts'
import { type DeckScene, startDeck } from './testing/scene.ts'
import { readEvents } from './testing/sse.ts'
import type { Folder, JobDetail } from './wire.ts'

let scene: DeckScene
let pieces: { push: (text: string) => void; end: () => void; asked: (() => void) | undefined; left: boolean }

/** A log that is written while somebody reads it. */
function liveLog(signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      pieces = {
        ...pieces,
        push: (text) => controller.enqueue(Buffer.from(text)),
        end: () => controller.close(),
      }
      signal?.addEventListener('abort', () => {
        pieces.left = true
        controller.error(signal.reason)
      })
    },
  })
  pieces.asked?.()
  return stream
}

beforeEach(async () => {
  pieces = { push: () => {}, end: () => {}, asked: undefined, left: false }
  scene = await startDeck({
    wrap: (kube) => ({
      ...kube,
      logs: (at, options) => (options?.follow ? liveLog(options.signal) : kube.logs(at, options)),
    }),
  })
})
afterEach(() => scene.close())

const build = '1948764332938473472'
const inBucket = () => ({
  decoration_config: { gcs_configuration: { bucket: scene.bucket, path_strategy: 'explicit' } },
})
const run = () => `${scene.bucket}/pr-logs/pull/sample_app/7/pull-app-test/${build}`
const address = (url: string) => `file${url.slice('file://'.length)}`
const get = (path: string, headers: Record<string, string> = {}) => fetch(scene.url + path, { headers })
const detail = async (path: string): Promise<JobDetail> => (await (await get(path)).json()) as JobDetail

async function shown(one: ProwJob) {
  const events = await readEvents(`${scene.url}/api/events`)
  await scene.kube.create(prowJobs, one)
  while (!JSON.stringify((await events.next('jobs')).data).includes(`"${one.metadata.name}"`));
  events.close()
}

async function runningJob() {
  await shown(running({ name: 'r', spec: inBucket() }))
  await scene.kube.create(pods, pod('r', { running: { startedAt: '2026-01-02T03:00:20Z' } }))
  scene.kube.setLog({ namespace: 'test-pods', name: 'r', container: 'test' }, 'one\ntwo\n')
}

async function finishedJob(log = 'first\nsecond\nthird\n') {
  await shown(job({ name: 'd', spec: inBucket() }))
  await scene.storage.write(`${run()}/build-log.txt`, log)
}

describe('the log of a job', () => {
  test('that waits is nowhere, and says why', async () => {
    await shown(waiting({ name: 'w' }))
    const { logs } = await detail('/api/jobs/w')
    expect(logs).toEqual([
      expect.objectContaining({
        container: 'test',
        from: 'nowhere',
        why: expect.stringContaining('max_concurrency'),
        next: 'One of them ends',
      }),
    ])
    const answer = await get('/api/jobs/w/log')
    expect([answer.status, await answer.json()]).toEqual([404, { error: expect.stringContaining('max_concurrency') }])
  })

  test('that runs comes from its Pod, as text, by either route', async () => {
    await runningJob()
    const { logs, containers, pod: shownPod } = await detail('/api/jobs/r')
    expect(logs).toMatchObject([{ from: 'pod', raw: `/log?job=pull-app-test&id=${build}&container=test` }])
    expect(containers).toHaveLength(3)
    expect(shownPod).toMatchObject({ node: 'node-1', phase: 'Running', gone: false })
    for (const path of ['/api/jobs/r/log', `/log?job=pull-app-test&id=${build}`]) {
      const answer = await get(path)
      expect(await answer.text()).toBe('one\ntwo\n')
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    }
  })

  test('is followed as it is written, until it ends', async () => {
    await runningJob()
    const answer = await get('/api/jobs/r/log?follow=1') // headers come though the job says nothing
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    pieces.push('now\n')
    expect((await reader?.read())?.value).toBe('now\n')
    pieces.push('later\n')
    expect((await reader?.read())?.value).toBe('later\n')
    pieces.end()
    expect((await reader?.read())?.done).toBe(true)
  })

  test('is let go of when the reader leaves', async () => {
    await runningJob()
    const asked = new Promise<void>((resolve) => {
      pieces.asked = resolve
    })
    const leave = new AbortController()
    const answer = fetch(`${scene.url}/api/jobs/r/log?follow=1`, { signal: leave.signal })
    await asked
    await answer
    leave.abort()
    await expect.poll(() => pieces.left).toBe(true)
  })

  test('a Pod that has no such container is told', async () => {
    await runningJob()
    const answer = await get(`/log?job=pull-app-test&id=${build}&container=other`)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toMatch(/^Log not found: /)
  })

  test('that has ended comes from the bucket, whole or in parts', async () => {
    await finishedJob()
    const { logs, artifacts } = await detail('/api/jobs/d')
    const [log] = logs
    if (log?.from !== 'bucket') throw new Error(`from ${log?.from}`)
    expect(log.size).toBe(19)
    expect(artifacts).toBe(`/api/artifacts/${address(run())}/`)
    expect(await (await get(log.url)).text()).toBe('first\nsecond\nthird\n')
    const part = await get(log.url, { range: 'bytes=6-11' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 6-11/19',
      'second',
    ])
    expect((await get(log.url, { range: 'bytes=19-' })).status).toBe(416)
    expect(await (await get('/api/jobs/d/log')).text()).toBe('first\nsecond\nthird\n')
    expect(await (await get(`/log?job=pull-app-test&id=${build}`)).text()).toBe('first\nsecond\nthird\n')
  })

  test('an empty one is empty', async () => {
    await finishedJob('')
    const answer = await get('/api/jobs/d/log')
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  test('a compressed one is unpacked on the way, and not to be had in parts', async () => {
    await shown(job({ name: 'd', spec: inBucket() }))
    await scene.storage.write(`${run()}/build-log.txt`, gzipSync('packed\n'), { contentEncoding: 'gzip' })
    const [log] = (await detail('/api/jobs/d')).logs
    if (log?.from !== 'bucket') throw new Error(`from ${log?.from}`)
    expect(log.size).toBe(-1)
    expect(await (await get(log.url, { range: 'bytes=0-1' })).text()).toBe('packed\n')
  })
})

test.skipIf(!existsSync('/proc/self/fd'))('a compressed log is let go of when the reader leaves', async () => {
  await shown(job({ name: 'd', spec: inBucket() }))
  await scene.storage.write(`${run()}/build-log.txt`, gzipSync(randomBytes(16 * 1024 * 1024)))
  const [log] = (await detail('/api/jobs/d')).logs
  if (log?.from !== 'bucket') throw new Error('not in the bucket')
  const file = `${run()}/build-log.txt`.slice('file://'.length)
  const open = async () => {
    const fds = await readdir('/proc/self/fd')
    const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
    return targets.includes(file)
  }
  const leave = new AbortController()
  const response = await fetch(scene.url + log.url, { signal: leave.signal })
  await response.body?.getReader().read()
  expect(await open()).toBe(true)
  leave.abort()
  await expect.poll(open).toBe(false)
})

describe('a run by the address that statuses link to', () => {
  test('is the page of its ProwJob', async () => {
    await finishedJob()
    const byAddress = await detail(`/api/runs/${address(run())}`)
    expect(byAddress).toMatchObject({ live: true, row: { name: 'd' } })
    expect(await detail(`/api/runs/prowjob/pull-app-test/${build}`)).toMatchObject({ live: true, row: { name: 'd' } })
  })

  test('is what the bucket kept, once sinker has removed the ProwJob', async () => {
    await scene.storage.write(`${run()}/build-log.txt`, 'log\n')
    await scene.storage.write(`${run()}/prowjob.json`, JSON.stringify(job({ name: 'gone', spec: inBucket() })))
    const kept = await detail(`/api/runs/${address(run())}`)
    expect(kept).toMatchObject({
      live: false,
      row: { name: 'gone', state: 'success', pulls: [{ number: 7 }] },
      logs: [{ from: 'bucket', size: 4 }],
      rerun: { allowed: false },
      abort: { allowed: false },
    })
  })

  test('is made of started.json and finished.json where there is no prowjob.json', async () => {
    await scene.storage.write(`${run()}/started.json`, '{"timestamp":1767322800,"pull":"7"}')
    await scene.storage.write(`${run()}/finished.json`, '{"timestamp":1767322860,"passed":false,"result":"FAILURE"}')
    const { row } = await detail(`/api/runs/${address(run())}`)
    expect(row).toMatchObject({
      job: 'pull-app-test',
      build,
      state: 'failure',
      created: 1767322800_000,
      completed: 1767322860_000,
    })
  })

  test.each(['not json', '[]', '{"metadata":1}', '{}', '"x"'])(
    'survives the prowjob.json %j of a hostile job',
    async (content) => {
      await scene.storage.write(`${run()}/started.json`, '{"timestamp":1767322800}')
      await scene.storage.write(`${run()}/prowjob.json`, content)
      expect((await get(`/api/runs/${address(run())}`)).status).toBe(200)
    },
  )

  test('that never was is not found', async () => {
    expect((await get(`/api/runs/${address(run())}`)).status).toBe(404)
    expect((await get('/api/runs/prowjob/x/1')).status).toBe(404)
    expect((await get('/api/runs/ftp/x/logs/j/1')).status).toBe(400)
  })

  test('that was hidden stays hidden', async () => {
    await scene.storage.write(`${run()}/build-log.txt`, 'secret\n')
    await scene.storage.write(
      `${run()}/prowjob.json`,
      JSON.stringify(job({ name: 'h', spec: { ...inBucket(), hidden: true } })),
    )
    for (const path of ['runs', 'text', 'artifacts']) {
      const object = path === 'text' ? `${run()}/build-log.txt` : run()
      expect((await get(`/api/${path}/${address(object)}`)).status, path).toBe(404)
    }
    expect((await get(`/artifact/${address(`${run()}/build-log.txt`)}`)).status).toBe(404)
  })

  test('of a hidden ProwJob stays hidden even if the job rewrote its prowjob.json', async () => {
    await scene.kube.create(prowJobs, running({ name: 'h', spec: { ...inBucket(), hidden: true } }))
    await shown(job({ name: 'other', status: { build_id: '5' } }))
    await scene.storage.write(`${run()}/prowjob.json`, JSON.stringify(job({ name: 'h', spec: inBucket() })))
    expect((await get(`/api/runs/${address(run())}`)).status).toBe(404)
  })
})

describe('artifacts', () => {
  test('are listed folder by folder', async () => {
    await scene.storage.write(`${run()}/artifacts/report/index.html`, '<script>')
    await scene.storage.write(`${run()}/finished.json`, '{}')
    const list = async (path: string): Promise<Folder> => (await (await get(path)).json()) as Folder
    const { entries } = await list(`/api/artifacts/${address(run())}/`)
    expect(entries.map(({ name, folder }) => [name, folder])).toEqual([
      ['artifacts', true],
      ['finished.json', false],
    ])
    const inner = await list(entries[0]?.href ?? '')
    expect(inner.entries[0]).toMatchObject({ name: 'report', folder: true })
  })

  test('are saved, never shown', async () => {
    const name = `odd "näme"; x=y.html`
    await scene.storage.write(`${run()}/artifacts/${name}`, '<script>alert(1)</script>')
    const answer = await get(`/artifact/${address(run())}/artifacts/${encodeURIComponent(name)}`)
    expect(await answer.text()).toBe('<script>alert(1)</script>')
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="odd__n_me___x_y.html"; filename*=UTF-8''odd%20%22n%C3%A4me%22%3B%20x%3Dy.html`,
    )
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox;/)
  })

  test.each([
    ['another folder of the disk', () => 'file/etc/passwd', 403],
    ['a way out of the bucket', () => `${address(run())}/..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd`, 400],
    ['a way out, encoded twice', () => `${address(run())}/%252e%252e/x`, 404],
    ['another bucket', () => 'gs/other/logs/j/1/build-log.txt', 403],
    ['something in the bucket that belongs to no run', () => `${address(scene.bucket)}/keys.json`, 403],
    ['no provider', () => 'x', 400],
  ])('%s is refused', async (_, path, status) => {
    await scene.storage.write(`${scene.bucket}/keys.json`, 'secret')
    for (const route of ['/api/text/', '/artifact/']) {
      const answer = await get(route + path())
      expect([answer.status, await answer.text()]).toEqual([status, expect.not.stringMatching(/secret|root:/)])
    }
  })
})
