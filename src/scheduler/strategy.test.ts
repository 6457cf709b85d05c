// Which cluster a run goes to, by each strategy.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import type { ProwJob } from '../api/prowjob.ts'
import type { Config } from '../config/types.ts'
import { settle, testClock } from '../testing/clock.ts'
import { clusterChooser } from './strategy.ts'

const cleanups: (() => unknown)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

type Scheduler = Config['scheduler']
const job = (spec: Partial<ProwJob['spec']> = {}): ProwJob => ({
  apiVersion: 'prow.k8s.io/v1',
  kind: 'ProwJob',
  metadata: { name: 'a' },
  spec: { type: 'periodic', job: 'test', agent: 'kubernetes', ...spec },
  status: { state: 'scheduling' },
})
const { signal } = new AbortController()

/** A service that gives these answers one after the other; the last one again and again. */
async function service(...answers: [code: number, body: string][]) {
  const asked: string[] = []
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    asked.push(`${request.method} ${request.headers['content-type']} ${Buffer.concat(chunks).toString()}`)
    const [code, body] = answers[Math.min(asked.length, answers.length) - 1] ?? [500, '']
    response.writeHead(code, { connection: 'close' })
    response.end(body)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => http.once('listening', resolve))
  cleanups.push(() => http.close())
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`, asked }
}
function chooser() {
  const clock = testClock()
  const choose = clusterChooser({ fetch, clock, log: pino({ enabled: false }) })
  return {
    clock,
    choose: (one: ProwJob, config: Omit<Scheduler, 'enabled'>) => choose(one, { enabled: true, ...config }, signal),
  }
}

test('without a strategy the job stays where it wants to be', async () => {
  const { choose } = chooser()
  expect(await choose(job({ cluster: 'mine' }), {})).toBe('mine')
  expect(await choose(job(), {})).toBe('')
})

test.each<[cluster: string | undefined, want: string]>([
  ['broken', 'running'],
  ['other', 'other'],
  ['brok', 'brok'],
  ['constructor', 'constructor'],
  [undefined, ''],
])('failover from %s leads to "%s", and goes before the external scheduler', async (cluster, want) => {
  const { url, asked } = await service([200, '{"cluster":"no"}'])
  const { choose } = chooser()
  const config = { failover: { mappings: { broken: 'running' } }, external: { url } }
  expect(await choose(job(cluster === undefined ? {} : { cluster }), config)).toBe(want)
  expect(asked).toEqual([])
})

test.each(['', 'jenkins'])('agent "%s" knows no clusters: the job is left where it is', async (agent) => {
  const { choose } = chooser()
  expect(await choose(job({ agent, cluster: 'untouched' }), { failover: { mappings: { untouched: 'x' } } })).toBe(
    'untouched',
  )
})

test('a Tekton job may fail over too', async () => {
  const { choose } = chooser()
  const config = { failover: { mappings: { broken: 'running' } } }
  expect(await choose(job({ agent: 'tekton-pipeline', cluster: 'broken' }), config)).toBe('running')
})

describe('an external scheduler', () => {
  test('is asked with the name of the job', async () => {
    const { url, asked } = await service([200, '{"cluster":"there"}'])
    expect(await chooser().choose(job({ cluster: 'here' }), { external: { url } })).toBe('there')
    expect(asked).toEqual(['POST application/json {"job":"test"}'])
  })

  test.each<[what: string, code: number, body: string]>([
    ['an error', 500, '{"cluster":"there"}'],
    ['another success', 201, '{"cluster":"there"}'],
    ['no JSON', 200, 'there'],
    ['JSON of another kind', 200, '"there"'],
    ['a cluster that is no text', 200, '{"cluster":7}'],
  ])('that answers with %s leaves the job on its own cluster', async (_what, code, body) => {
    const { url } = await service([code, body])
    expect(await chooser().choose(job({ cluster: 'here' }), { external: { url } })).toBe('here')
  })

  test.each(['{"cluster":""}', '{}'])('may answer %s, which is the default cluster', async (body) => {
    const { url } = await service([200, body])
    expect(await chooser().choose(job({ cluster: 'here' }), { external: { url } })).toBe('')
  })

  test('that cannot be reached or never answers holds nothing up', async () => {
    const { choose, clock } = chooser()
    expect(await choose(job({ cluster: 'here' }), { external: { url: 'http://127.0.0.1:1/' } })).toBe('here')
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    cleanups.push(() => {
      silent.closeAllConnections()
      silent.close()
    })
    await new Promise((resolve) => silent.once('listening', resolve))
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`
    const asked = new Promise((resolve) => silent.once('request', resolve))
    const chosen = choose(job({ cluster: 'here' }), { external: { url } })
    await asked
    await clock.advance('10s')
    expect(await chosen).toBe('here')
  })

  test('is not asked again for a job while its answer holds; failures do not count as answers', async () => {
    const { url, asked } = await service([500, ''], [200, '{"cluster":"one"}'], [200, '{"cluster":"two"}'])
    const { choose, clock } = chooser()
    const external = { url, cache: { entry_timeout_interval: 60_000, cleanup_interval: 30_000 } }
    const names: string[] = []
    for (const wait of ['0s', '0s', '59s', '1s']) {
      await clock.advance(wait)
      names.push(await choose(job({ cluster: 'here' }), { external }))
    }
    expect(names).toEqual(['here', 'one', 'one', 'two'])
    expect(asked).toHaveLength(3)
    await choose(job({ job: 'other' }), { external })
    expect(asked.at(-1)).toContain('"other"')
  })

  test('is asked each time without a cache', async () => {
    const { url, asked } = await service([200, '{"cluster":"there"}'])
    const { choose } = chooser()
    await choose(job(), { external: { url } })
    await choose(job(), { external: { url } })
    await settle()
    expect(asked).toHaveLength(2)
  })
})
