// A plugin as a program of its own, behind hook: events and help come through, also after it was away.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import pino from 'pino'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import estimate from '../../docs/examples/estimate/estimate.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { settle } from '../testing/clock.ts'
import { fixedConfig } from '../testing/config.ts'
import { memoryCodeHost } from '../testing/memory-code-host.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { allRepos } from './enablement.ts'
import { serveExternalPlugin } from './external-server.ts'
import { fixedHmac, signature } from './hmac.ts'
import { hook } from './hook.ts'
import { plugin } from './plugin.ts'
import type { HelpDocument } from './plugin-help.ts'

const token = 'secret'
const clock = systemClock

function folder() {
  const path = mkdtempSync(`${tmpdir()}/external-`)
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** What every program here is given. */
function given() {
  const host = memoryCodeHost(clock)
  host.open({ org: 'org', repo: 'repo', number: 1 })
  host.state.members.add('org/alice')
  return {
    ids: systemIds,
    clock,
    log: pino({ level: 'silent' }),
    hmac: fixedHmac({ '*': [token] }),
    host,
    kube: memoryKube({ clock }),
    config: fixedConfig({}),
    fetch,
    graceMs: 1000,
    listen: { host: '127.0.0.1', port: 0 },
  }
}

/** Starts a program; its address, its metrics, and how to stop it. */
async function start(
  run: (base: { signal: AbortSignal; metrics: Registry; ready(url?: string): void }) => Promise<void>,
) {
  const stopping = new AbortController()
  const metrics = new Registry()
  let ended: Promise<void> | undefined
  const url = await new Promise<string>((resolve, reject) => {
    ended = run({ signal: stopping.signal, metrics, ready: (base = '') => resolve(base) })
    ended.catch(reject)
  })
  const stop = async () => {
    stopping.abort()
    await ended
  }
  onTestFinished(stop)
  return { url, metrics, stop }
}

const repository = { name: 'repo', full_name: 'org/repo', owner: { login: 'org' } }
const comment = (body: string) => ({
  action: 'created',
  repository,
  issue: { number: 1, state: 'open', user: { login: 'author' }, pull_request: {} },
  comment: { id: 1, body, user: { login: 'alice' }, html_url: 'https://c' },
})
function send(url: string, event: string, payload: object, id: string) {
  const body = JSON.stringify(payload)
  const headers = {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': id,
    'x-hub-signature-256': signature(body, token),
  }
  return fetch(url, { method: 'POST', body, headers })
}
async function until(condition: () => boolean) {
  for (let round = 0; !condition() && round < 100_000; round++) await settle(1)
  expect(condition()).toBe(true)
}

test('hook forwards to it and shows its help', async () => {
  const own = given()
  const external = await start((base) =>
    serveExternalPlugin({ ...own, ...base, plugin: estimate, journal: { dataDir: folder() } }),
  )
  const events = ['issue_comment']
  const config = fixedConfig({
    plugins: { external_plugins: { 'org/repo': [{ name: 'estimate', endpoint: external.url, events }] } },
  })
  const front = await start((base) =>
    hook.run({
      ...given(),
      ...base,
      config,
      path: '/hook',
      journal: { dataDir: folder() },
      plugins: {},
      repos: allRepos,
    }),
  )
  expect((await send(`${front.url}/hook`, 'issue_comment', comment('/estimate small'), 'd1')).status).toBe(200)
  await until(() => own.host.effects.length > 0)
  expect(own.host.effects).toEqual(['org/repo#1 +estimate/small'])
  expect(await external.metrics.metrics()).toContain('prow_webhook_counter{event_type="issue_comment"} 1')

  const help = (await (await fetch(`${front.url}/plugin-help`)).json()) as HelpDocument
  expect(help.ExternalPluginHelp.estimate).toMatchObject({
    Description: estimate.about,
    Events: events,
    Commands: [{ Usage: estimate.commands[0]?.usage }],
  })
})

test('deliveries are taken on any path, checked like those of hook, and handled once, also after a restart', async () => {
  const dataDir = folder()
  const own = given()
  const seen: string[] = []
  let hangs = true
  const listens = plugin({
    name: 'listens',
    about: 'a',
    handlers: {
      push: async () => {
        if (hangs) await new Promise(() => {})
        seen.push('push')
      },
      other: async ({ event }) => void seen.push(`${event.event} ${event.action}`),
    },
  })
  const run = () =>
    start((base) => serveExternalPlugin({ ...own, ...base, plugin: listens, journal: { dataDir }, graceMs: 10 }))
  const first = await run()
  const push = { repository, ref: 'refs/heads/main' }
  expect((await send(`${first.url}/`, 'push', push, 'd1')).status).toBe(200)
  expect((await send(`${first.url}/any`, 'workflow_run', { action: 'completed', repository }, 'd2')).status).toBe(200)
  expect(
    (await send(`${first.url}/`, 'issues', { action: 'opened', repository, issue: { number: 1 } }, 'd3')).status,
  ).toBe(200)
  expect((await fetch(`${first.url}/`)).status).toBe(405)
  expect((await fetch(`${first.url}/`, { method: 'POST', body: '{}' })).status).toBe(400)
  await until(() => seen.length > 0)
  await first.stop()
  hangs = false
  const second = await run()
  await until(() => seen.length > 1)
  expect((await send(`${second.url}/`, 'push', push, 'd1')).status).toBe(200)
  await second.stop()
  expect(seen).toEqual(['workflow_run completed', 'push'])
})
