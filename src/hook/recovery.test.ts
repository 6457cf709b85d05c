// Recovery against webhooks in memory: what is learnt, asked for, remembered over restarts, and left alone.
import pino from 'pino'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { type Attempt, nameOf, type Webhook, type Webhooks } from '../github/deliveries.ts'
import { settle, testClock } from '../testing/clock.ts'
import { type Delivery, openJournal } from './journal.ts'
import { hookMetrics } from './metrics.ts'
import { hookOf, recovery } from './recovery.ts'

const org: Webhook = { of: 'org', org: 'o', id: 5 }
const headers = { 'x-github-hook-id': '5', 'x-github-hook-installation-target-type': 'organization' }
const payload = { organization: { login: 'o' }, repository: { full_name: 'o/r' } }

function scene({ isApp = false, journal = openJournal(':memory:'), clock = testClock() } = {}) {
  const stop = new AbortController()
  const registry = new Registry()
  const failed = new Map<string, Attempt[]>()
  const asked: string[] = []
  const looks: string[] = []
  let answers = Promise.resolve()
  let refuse: CodeHostError | undefined
  const webhooks: Webhooks = {
    isApp,
    async attempts(hook, since) {
      looks.push(nameOf(hook))
      await answers
      if (refuse) throw refuse
      return (failed.get(nameOf(hook)) ?? []).filter(({ at }) => at >= since)
    },
    async redeliver(_hook, id) {
      asked.push(String(id))
      if (refuse) throw refuse
    },
  }
  const self = recovery({
    webhooks,
    journal,
    metrics: hookMetrics(registry),
    clock,
    log: pino({ level: 'silent' }),
    signal: stop.signal,
  })
  onTestFinished(() => stop.abort())
  return {
    ...self,
    clock,
    journal,
    registry,
    looks,
    stop,
    /** Time passes, and what has to be written is. */
    async later(minutes: number) {
      for (let minute = 1; minute <= minutes; minute++) {
        await clock.advance('1m')
        await settle(20)
      }
    },
    hang() {
      answers = new Promise(() => {})
    },
    take: () => asked.splice(0),
    refuse: (error: CodeHostError | undefined) => {
      refuse = error
    },
    fails(hook: Webhook, guid: string, id: number) {
      const attempt = { id, guid, event: 'push', at: clock.now(), ok: false }
      failed.set(nameOf(hook), [attempt, ...(failed.get(nameOf(hook)) ?? [])])
    },
    delivery: (id: string): Delivery => ({
      id,
      event: 'push',
      headers,
      body: Buffer.from('{}'),
      receivedAt: clock.now(),
    }),
  }
}

test('a webhook is learnt from its deliveries, and what it failed to deliver is asked for once', async () => {
  const it = scene()
  const running = it.run()
  it.fails(org, 'lost', 7)
  await it.clock.advance('5m')
  expect(it.looks).toEqual([])
  it.saw(it.delivery('seen'), payload)
  await it.clock.advance('5m')
  expect(it.take()).toEqual(['7'])
  await it.journal.receive(it.delivery('lost'))
  await it.clock.advance('3h')
  expect(it.take()).toEqual([])
  expect(await it.registry.metrics()).toContain('bowsprit_webhook_redeliveries_total{result="asked for"} 1')
  expect(await it.registry.metrics()).toMatch(/bowsprit_webhook_recovery_timestamp_seconds \d+/)
  it.stop.abort()
  await running
})

test('what fails again is asked for again, less and less often, and then given up', async () => {
  const it = scene({ isApp: true })
  void it.run()
  it.fails({ of: 'app' }, 'lost', 7)
  const times: number[] = []
  for (let minute = 0; minute <= 12 * 60; minute++) {
    await it.clock.advance('1s')
    if (it.take().length > 0) times.push(minute)
    await it.clock.advance('59s')
  }
  expect(times).toEqual([0, 5, 20, 80, 440])
  await it.clock.advance('24h')
  expect(it.take()).toEqual([])
  expect(await it.registry.metrics()).toContain('bowsprit_webhook_redeliveries_total{result="given up"} 1')
})

test('after a restart it goes on where it was', async () => {
  const first = scene()
  first.saw(first.delivery('seen'), payload)
  const running = first.run()
  await first.clock.advance('6m')
  first.stop.abort()
  await running
  await first.clock.advance('30h')
  const second = scene({ journal: first.journal, clock: first.clock })
  second.fails(org, 'lost', 8)
  await first.clock.advance('10h')
  void second.run()
  await first.clock.advance('1s')
  expect(second.take()).toEqual(['8'])
})

test('a webhook that this account may not look at is left alone for hours', async () => {
  const it = scene()
  it.refuse(new CodeHostError('not-found', 404, 'Not Found'))
  it.saw(it.delivery('seen'), payload)
  void it.run()
  await it.clock.advance('5h')
  expect(it.looks).toHaveLength(1)
  it.refuse(undefined)
  await it.clock.advance('90m')
  expect(it.looks.length).toBeGreaterThan(1)
})

test('a code host that is away is asked again at the next look, and nothing is forgotten', async () => {
  const it = scene({ isApp: true })
  it.fails({ of: 'app' }, 'lost', 7)
  it.refuse(new CodeHostError('unavailable', 502, 'Bad Gateway'))
  void it.run()
  await it.later(240)
  expect(it.take()).toEqual([])
  it.refuse(undefined)
  await it.later(5)
  expect(it.take()).toEqual(['7'])
})

test('a code host that does not answer holds up no end', async () => {
  const it = scene({ isApp: true })
  it.hang()
  const running = it.run()
  await it.later(1)
  expect(it.looks).toHaveLength(1)
  it.stop.abort(new Error('the end'))
  await running
})

test('many webhooks are looked at less often', async () => {
  const it = scene()
  for (let id = 1; id <= 60; id++)
    it.saw({ ...it.delivery('x'), headers: { ...headers, 'x-github-hook-id': String(id) } }, payload)
  void it.run()
  await it.later(9)
  expect(it.looks).toHaveLength(60)
  await it.later(2)
  expect(it.looks).toHaveLength(120)
})

const repoHeaders = { ...headers, 'x-github-hook-installation-target-type': 'repository' }
test.each<[why: string, headers: Record<string, string>, payload: unknown, want: Webhook | undefined]>([
  ['of an organisation', headers, payload, org],
  ['of a repository', repoHeaders, payload, { of: 'repo', org: 'o', repo: 'r', id: 5 }],
  ['of an app', { ...headers, 'x-github-hook-installation-target-type': 'integration' }, payload, undefined],
  ['without an id', {}, payload, undefined],
  ['with an odd id', { ...headers, 'x-github-hook-id': '../1' }, payload, undefined],
  ['without an organisation', headers, { repository: { full_name: 'o/r' } }, undefined],
  ['without a repository', repoHeaders, { repository: null }, undefined],
  ['with an odd repository', repoHeaders, { repository: { full_name: 'o' } }, undefined],
  ['with no object at all', repoHeaders, null, undefined],
])('a delivery through a webhook %s', (_why, given, body, want) => expect(hookOf(given, body)).toEqual(want))
