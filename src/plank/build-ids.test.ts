// Build ids: made here, or given out by tot.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { snowflakes, tot } from './build-ids.ts'

const cleanups: (() => unknown)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

describe('snowflakes', () => {
  test('are time, node and counter', async () => {
    const ids = snowflakes(testClock('2026-01-02T03:04:05Z'))
    const first = BigInt(await ids.next('j'))
    const second = BigInt(await ids.next('j'))
    expect(first >> 22n).toBe(BigInt(Date.parse('2026-01-02T03:04:05Z')) - 1_288_834_974_657n)
    expect((first >> 12n) & 1023n).toBe(1n)
    expect([first & 4095n, second & 4095n]).toEqual([0n, 1n])
    expect(String(first)).toHaveLength(19)
  })

  test('wait for the next millisecond when one is used up, and always grow', async () => {
    const clock = testClock()
    const ids = snowflakes(clock)
    const all: string[] = []
    const giving = (async () => {
      for (let i = 0; i < 5000; i++) all.push(await ids.next('j'))
    })()
    await clock.advance(0)
    expect(all).toHaveLength(4096)
    await clock.advance(1)
    await giving
    expect(new Set(all).size).toBe(5000)
    expect([...all].sort()).toEqual(all)
  })

  test('do not fall when the clock is set back', async () => {
    let now = 1_800_000_000_000
    const ids = snowflakes({ ...testClock(), now: () => now })
    const first = BigInt(await ids.next('j'))
    now -= 60_000
    expect(BigInt(await ids.next('j'))).toBeGreaterThan(first)
  })
})

describe('tot', () => {
  async function server(answer: (count: number) => [code: number, body: string]) {
    const seen: (string | undefined)[] = []
    const http = createServer((request, response) => {
      seen.push(request.url)
      const [code, body] = answer(seen.length)
      response.writeHead(code, { connection: 'close' })
      response.end(body)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => http.once('listening', resolve))
    cleanups.push(() => http.close())
    const { port } = http.address() as AddressInfo
    const slept: number[] = []
    const clock = { ...testClock(), sleep: async (ms: number) => void slept.push(ms) }
    return { ids: tot(`http://127.0.0.1:${port}/`, clock), seen, slept }
  }

  test('the answer is the id as it stands', async () => {
    const { ids, seen } = await server(() => [200, '0987654321'])
    expect(await ids.next('pull-test')).toBe('0987654321')
    expect(seen).toEqual(['/vend/pull-test'])
  })

  test('errors are tried again, ever less often, ten times in all', async () => {
    const { ids, seen, slept } = await server((count) => (count < 4 ? [500, 'no'] : [200, '7']))
    expect(await ids.next('j')).toBe('7')
    expect(slept).toEqual([100, 200, 400])
    expect(seen).toHaveLength(4)
    const broken = await server(() => [404, 'no'])
    await expect(broken.ids.next('j')).rejects.toThrow('gave no build id for j in 10 attempts: HTTP 404')
    expect(broken.slept.reduce((sum, ms) => sum + ms)).toBe(51_100)
  })
})
