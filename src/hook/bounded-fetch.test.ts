// What plugins get from the network: whole answers, soon, and not too much of them.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { boundedFetch } from './bounded-fetch.ts'

const server = createServer((request, response) => {
  if (request.url === '/json') response.setHeader('x-kind', 'cat').end('{"url": "https://cat"}')
  if (request.url === '/gone') response.writeHead(404).end('no')
  if (request.url === '/large') response.end(Buffer.alloc(1024 * 1024 + 1))
  if (request.url === '/fits') response.end(Buffer.alloc(1024 * 1024))
  if (request.url === '/slow?key=secret') response.write('x')
  if (request.url === '/head') response.setHeader('content-length', '7000000').end()
})
let base = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

function scene() {
  const clock = testClock()
  const end = new AbortController()
  return { clock, end, get: boundedFetch({ fetch, clock, signal: end.signal }) }
}

test('an answer is given as it came', async () => {
  const { get } = scene()
  const answer = await get(`${base}/json`)
  expect([answer.status, answer.headers.get('x-kind'), await answer.json()]).toEqual([
    200,
    'cat',
    { url: 'https://cat' },
  ])
  const gone = await get(new URL(`${base}/gone`))
  expect([gone.ok, gone.status, await gone.text()]).toEqual([false, 404, 'no'])
  const head = await get(`${base}/head`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '7000000'])
})

test('a mebibyte is the most', async () => {
  const { get } = scene()
  expect((await (await get(`${base}/fits`)).arrayBuffer()).byteLength).toBe(1024 * 1024)
  await expect(get(`${base}/large`)).rejects.toThrow(`the answer of ${base} is longer than 1048576 bytes`)
})

test('whoever does not finish in ten seconds is left, to be asked again; no message holds a query', async () => {
  const { clock, get } = scene()
  const asked = expect(get(`${base}/slow?key=secret`)).rejects.toThrow(
    expect.objectContaining({ name: 'TransientError', message: `${base} did not answer within 10 s` }),
  )
  await clock.advance('10s')
  await asked
})

test.each(['the task', 'the plugin'])('%s may break it off', async (who) => {
  const { end, get } = scene()
  const own = new AbortController()
  const asked = expect(get(`${base}/slow?key=secret`, { signal: own.signal })).rejects.toThrow('enough')
  ;(who === 'the task' ? end : own).abort(new Error('enough'))
  await asked
})
