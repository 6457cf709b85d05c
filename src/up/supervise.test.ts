// Components run side by side: what happens when one fails early, late, or has to end.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { Ctx } from '../component.ts'
import { systemIds } from '../system/ids.ts'
import { settle, testClock } from '../testing/clock.ts'
import { part, supervise } from './supervise.ts'

function world() {
  const stop = new AbortController()
  const clock = testClock()
  const base = { clock, ids: systemIds, log: pino({ enabled: false }), metrics: new Registry(), signal: stop.signal }
  return { base, clock, stop: () => stop.abort(new Error('stop')) }
}

const untilStopped = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

const server = (name: string) => ({
  name,
  async run(ctx: Ctx & { port: number }) {
    ctx.ready(`http://127.0.0.1:${ctx.port}`)
    await untilStopped(ctx.signal)
  },
})

test('is ready when all are, and ends when all have ended', async () => {
  const { base, stop } = world()
  const group = supervise([part(server('a'), { port: 1 }), part(server('b'), { port: 2 })], base)
  expect(await group.ready).toEqual({ a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:2' })
  stop()
  await group.stopped
})

test('a part that fails before it is ready fails the start', async () => {
  const { base } = world()
  const broken = { name: 'broken', run: () => Promise.reject(new Error('port 8080 is in use')) }
  await expect(supervise([broken], base).ready).rejects.toThrow('port 8080 is in use')
})

test('a part that fails later is started again, ever later', async () => {
  const { base, clock, stop } = world()
  const starts: number[] = []
  const flaky = {
    name: 'flaky',
    async run(ctx: Ctx) {
      starts.push(clock.now())
      ctx.ready()
      throw new Error('connection lost')
    },
  }
  const group = supervise([flaky], base)
  await group.ready
  const start = clock.now()
  await clock.advance('4s')
  expect(starts.map((at) => at - start)).toEqual([0, 500, 1500, 3500])
  stop()
  await settle()
  await group.stopped
})
