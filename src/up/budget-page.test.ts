// The page of the budget, at the port of the metrics: facts for programs, a table for people, nothing to inject.
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { systemIds } from '../system/ids.ts'
import { testClock } from '../testing/clock.ts'
import type { Budget } from './budget-page.ts'
import { metricsServer } from './metrics-server.ts'

async function served(budget?: (now: number) => Budget) {
  const clock = testClock('2026-01-02T03:04:05Z')
  const stop = new AbortController()
  const ready = Promise.withResolvers<string>()
  const ended = metricsServer.run({
    clock,
    ids: systemIds,
    log: pino({ enabled: false }),
    metrics: new Registry(),
    signal: stop.signal,
    ready: (url = '') => ready.resolve(url),
    listen: { host: '127.0.0.1', port: 0 },
    isReady: () => true,
    ...(budget && { budget: budget(clock.now()) }),
  })
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  const url = await ready.promise
  return async (path: string) => {
    const answer = await fetch(url + path)
    return { status: answer.status, text: await answer.text() }
  }
}

test('limits, who waits, and who has spent', async () => {
  const get = await served((now) => ({
    limits: () => [
      {
        budget: 'ci-app - kubernetes',
        resource: 'core',
        quota: { limit: 5000, remaining: 120, resetsAt: now + 90_000 },
        pausedUntil: now + 30_000,
        waiting: { cosmetic: 3 },
      },
      { budget: 'f'.repeat(64), resource: 'search', waiting: {} },
    ],
    spending: () => [{ by: 'hook.lgtm', priority: 'command', where: '<b>/repo', paid: 7, free: 3 }],
  }))
  expect(JSON.parse((await get('/api-budget.json')).text)).toEqual({
    limits: [
      {
        budget: 'ci-app - kubernetes',
        resource: 'core',
        limit: 5000,
        remaining: 120,
        resets_at: '2026-01-02T03:05:35Z',
        paused_until: '2026-01-02T03:04:35Z',
        waiting: { cosmetic: 3 },
      },
      { budget: 'f'.repeat(64), resource: 'search', waiting: {} },
    ],
    spending: [{ by: 'hook.lgtm', priority: 'command', where: '<b>/repo', paid: 7, free: 3 }],
  })
  const { text } = await get('/api-budget')
  expect(text).toContain(
    '<td>ci-app - kubernetes</td><td>core</td><td>120 of 5000</td><td>in 2 min</td><td>for 30 s</td><td>3 cosmetic</td>',
  )
  expect(text).toContain(`<td>${'f'.repeat(12)}</td><td>search</td><td>unknown</td>`)
  expect(text).toContain('<td>&lt;b&gt;/repo</td><td>7</td>')
})

test('a program that does not speak to GitHub has no such page', async () => {
  const get = await served()
  expect((await get('/api-budget')).status).toBe(404)
  expect((await get('/healthz')).text).toBe('OK')
})
