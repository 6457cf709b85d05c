// hook as a whole, over HTTP and on disk: from the signed request to the label, over restarts, and what it tells Deck.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pino, { type Logger } from 'pino'
import { Registry } from 'prom-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { re2 } from '../config/re2.ts'
import { plugins as builtIn } from '../plugins/index.ts'
import { systemClock } from '../system/clock.ts'
import { systemIds } from '../system/ids.ts'
import { settle } from '../testing/clock.ts'
import { fixedConfig, type GivenConfig, presubmit } from '../testing/config.ts'
import { memoryCodeHost } from '../testing/memory-code-host.ts'
import { memoryKube } from '../testing/memory-kube.ts'
import { allRepos } from './enablement.ts'
import { fixedHmac, signature } from './hmac.ts'
import { type HookNeeds, hook } from './hook.ts'
import { openJournal } from './journal.ts'
import { type Catalogue, plugin } from './plugin.ts'
import type { HelpDocument } from './plugin-help.ts'

const token = 'secret'
const at = { org: 'org', repo: 'repo', number: 1 }

function folder() {
  const path = mkdtempSync(`${tmpdir()}/hook-`)
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

interface Options extends Partial<HookNeeds> {
  readonly given?: GivenConfig
  readonly registry?: Registry
  readonly log?: Logger
}

/** hook, running. */
async function running({ given, registry, ...needs }: Options = {}) {
  const clock = systemClock
  const host = memoryCodeHost(clock)
  host.open(at)
  const stopping = new AbortController()
  const metrics = registry ?? new Registry()
  let url = ''
  let ended: Promise<void> | undefined
  await new Promise<void>((resolve, reject) => {
    ended = hook.run({
      clock,
      ids: systemIds,
      log: pino({ level: 'silent' }),
      metrics,
      signal: stopping.signal,
      ready(base) {
        url = base ?? ''
        resolve()
      },
      listen: { host: '127.0.0.1', port: 0 },
      path: '/hook',
      journal: { dataDir: join(folder(), 'not', 'there', 'yet') },
      hmac: fixedHmac({ '*': [token] }),
      host,
      kube: memoryKube({ clock }),
      config: fixedConfig(given ?? { plugins: { plugins: { org: { plugins: ['hold'], excluded_repos: [] } } } }),
      plugins: builtIn,
      repos: allRepos,
      fetch,
      graceMs: 50,
      ...needs,
    })
    ended.catch(reject)
  })
  const stop = async () => {
    stopping.abort()
    await ended
  }
  onTestFinished(stop)
  const send = (event: string, payload: unknown, id: string) => {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
    return fetch(`${url}/hook`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': id,
        'x-hub-signature-256': signature(body, token),
      },
    })
  }
  return { url, host, stop, send, metrics }
}

test('at the start it says which enabled plugins can do nothing any more', async () => {
  const lines: string[] = []
  const of = (...plugins: string[]) => ({ plugins, excluded_repos: [] })
  const enabled = { org: of('hold', 'gone'), 'org/repo': of('gone'), other: of('hold') }
  await running({
    given: { plugins: { plugins: enabled } },
    retired: { gone: 'it is no more', 'not-enabled': 'whatever' },
    log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
  })
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { plugin: 'gone', by: ['org', 'org/repo'], why: 'it is no more', msg: 'an enabled plugin does nothing any more' },
  ])
})

const repository = { name: 'repo', full_name: 'org/repo', owner: { login: 'org' } }
const comment = (body: string) => ({
  action: 'created',
  repository,
  issue: { number: 1, state: 'open', user: { login: 'author' }, pull_request: {} },
  comment: { id: 1, body, user: { login: 'alice' }, html_url: 'https://c' },
})
async function until(condition: () => boolean) {
  for (let round = 0; !condition() && round < 100_000; round++) await settle(1)
  expect(condition()).toBe(true)
}

test('a signed comment becomes a label', async () => {
  const { send, host, metrics } = await running()
  expect((await send('issue_comment', comment('/hold'), 'd1')).status).toBe(200)
  await until(() => host.effects.length > 0)
  expect(host.effects).toEqual(['org/repo#1 +do-not-merge/hold'])
  expect((await send('something_new', { repository }, 'd2')).status).toBe(200)
  expect((await send('ping', { zen: 'x' }, 'd3')).status).toBe(200)
  expect(await metrics.metrics()).toContain('prow_webhook_counter{event_type="something_new"} 1')
  expect(host.effects).toHaveLength(1)
})

test('what was acknowledged but not begun when hook ended is done after the next start', async () => {
  const dataDir = folder()
  const stuck: Catalogue = {
    hold: async () => ({
      default: plugin({ name: 'hold', about: '', handlers: { comment: () => new Promise(() => {}) } }),
    }),
  }
  const first = await running({ journal: { dataDir }, plugins: stuck })
  await first.send('issue_comment', comment('/hold'), 'd1')
  await first.send('issue_comment', comment('/unhold'), 'd2')
  await first.send('issue_comment', comment('/hold again'), 'd3')
  await first.stop()
  const second = await running({ journal: { dataDir } })
  await until(() => second.host.effects.length === 3)
  expect(second.host.effects).toEqual([
    'org/repo#1 +do-not-merge/hold',
    'org/repo#1 -do-not-merge/hold',
    'org/repo#1 +do-not-merge/hold',
  ])
  expect((await second.send('issue_comment', comment('/unhold'), 'd2')).status).toBe(200)
  await second.stop()
  expect(second.host.effects).toHaveLength(3)
})

test('running tasks may end within the grace period, and the server is gone', async () => {
  let end = () => {}
  const gate = new Promise<void>((resolve) => {
    end = resolve
  })
  let begun = false
  const slow: Catalogue = {
    hold: async () => ({
      default: plugin({
        name: 'hold',
        about: '',
        handlers: {
          async comment({ pr }) {
            begun = true
            await gate
            await pr.setLabel('late', true)
          },
        },
      }),
    }),
  }
  const { send, stop, host, url } = await running({ plugins: slow, graceMs: 60_000 })
  await send('issue_comment', comment('x'), 'd1')
  await until(() => begun)
  const stopped = stop()
  await expect(fetch(url)).rejects.toThrow()
  end()
  await stopped
  expect(host.effects).toEqual(['org/repo#1 +late'])
})

test('what is cut off at the end of the grace period is no failure, and stays to be done', async () => {
  const journal = openJournal(':memory:')
  let begun = false
  const obedient: Catalogue = {
    hold: async () => ({
      default: plugin({
        name: 'hold',
        about: '',
        handlers: {
          comment({ signal }) {
            begun = true
            return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
          },
        },
      }),
    }),
  }
  const { send, stop } = await running({ journal, plugins: obedient, graceMs: 1 })
  await send('issue_comment', comment('x'), 'd1')
  await until(() => begun)
  await stop()
  await settle()
  expect(journal.failed(5)).toEqual([])
  expect(journal.unfinished().map(({ id }) => id)).toEqual(['d1'])
})

test('hook can be started again in the same process, and counts on', async () => {
  const registry = new Registry()
  for (const id of ['d1', 'd2']) {
    const { send, stop } = await running({ registry })
    await send('ping', {}, id)
    await stop()
  }
  expect(await registry.metrics()).toContain('prow_webhook_counter{event_type="ping"} 2')
})

test('contradictory flags keep it from starting', async () => {
  const repos = { ...allRepos, enabledOrgs: ['a'], disabledOrgs: ['a'] }
  await expect(running({ repos })).rejects.toThrow('organisation a is both enabled and disabled')
})

describe('/plugin-help', () => {
  const get = async (url: string) => (await (await fetch(`${url}/plugin-help`)).json()) as HelpDocument

  async function external(answer: (body: string) => [status: number, text: string]) {
    const asked: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${body}`)
        const [status, text] = answer(body)
        response.writeHead(status).end(text)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return { asked, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base` }
  }

  test('comes from what plugins declare, with organisations spelled out', async () => {
    const { url, host } = await running({
      given: {
        plugins: {
          plugins: {
            org: { plugins: ['hold'], excluded_repos: ['x'] },
            'other/one': { plugins: ['lgtm'], excluded_repos: [] },
          },
          lgtm: [
            { repos: ['other'], review_acts_as_lgtm: true, store_tree_hash: false, trusted_team_for_sticky_lgtm: '' },
          ],
        },
      },
    })
    host.state.repositories.set('org', ['b', 'a'])
    const help = await get(url)
    expect(help.AllRepos).toEqual(['org/a', 'org/b', 'other/one'])
    expect(help.RepoPlugins).toEqual({ org: ['hold'], 'other/one': ['lgtm'], '': Object.keys(builtIn).sort() })
    expect(help.PluginHelp.hold).toEqual({
      Description: expect.any(String),
      Config: null,
      Events: ['GenericCommentEvent (any event for user text)'],
      Commands: [
        {
          Usage: '/[remove-][un]hold [cancel]',
          Featured: false,
          Description: expect.any(String),
          Examples: ['/hold', '/hold cancel', '/unhold', '/remove-hold'],
          WhoCanUse: expect.any(String),
        },
      ],
    })
    expect(help.PluginHelp.lgtm).toMatchObject({
      Config: { 'other/one': expect.stringContaining('Reviews') },
      Snippet: expect.stringContaining('lgtm:'),
      Events: ['pull_request', 'pull_request_review', 'GenericCommentEvent (any event for user text)'],
      Commands: [{ Featured: true }],
    })
  })

  test('asks the host once an hour, and does without it', async () => {
    const { url, host } = await running()
    host.before = (operation) => {
      if (operation === 'repositories') throw new Error('no')
    }
    expect((await get(url)).AllRepos).toEqual([])
    await get(url)
    expect(host.calls.filter((call) => call === 'repositories')).toHaveLength(1)
  })

  test('holds what external plugins answer, and goes without those that do not', async () => {
    const good = await external(() => [200, '{"Description": "far away", "Events": ["wrong"]}'])
    const bad = await external(() => [404, 'what?'])
    const garbled = await external(() => [200, '<html>'])
    const plugins = {
      'org/repo': [
        { name: 'good', endpoint: good.endpoint, events: ['push'] },
        { name: 'bad', endpoint: bad.endpoint, events: [] },
      ],
      'x/y': [{ name: 'garbled', endpoint: garbled.endpoint, events: [] }],
    }
    const { url } = await running({ given: { plugins: { external_plugins: plugins } } })
    const help = await get(url)
    expect(good.asked).toEqual(['POST /base/help [{"Org":"org","Repo":"repo"}]'])
    expect(help.RepoExternalPlugins).toEqual({
      'org/repo': ['good', 'bad'],
      'x/y': ['garbled'],
      '': ['bad', 'garbled', 'good'],
    })
    expect(help.ExternalPluginHelp).toEqual({ good: { Description: 'far away', Events: ['push'] } })
  })
})

test('2,000 odd requests and comments do not bring it down', async () => {
  const all = { org: { plugins: Object.keys(builtIn), excluded_repos: [] } }
  const presubmits = { 'org/repo': [presubmit({ name: 'unit', always_run: true })] }
  const { send, host, stop } = await running({
    given: { plugins: { plugins: all }, config: { presubmits } },
    graceMs: 60_000,
  })
  const command = fc.constantFrom(
    '/test',
    '/hold',
    '/lgtm',
    '/retest',
    '/ok-to-test',
    '```',
    '~~~',
    '\r\n',
    '\n',
    ' ',
    'unit',
    'cancel',
    '/help',
    '\u2028',
    '?',
  )
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(command).map((words) => words.join('')),
  )
  const odd = fc.oneof(
    text.map((body) => ['issue_comment', JSON.stringify(comment(body))] as const),
    fc.tuple(fc.constantFrom('push', 'pull_request', 'issues', 'status', 'nonsense'), fc.json({ maxDepth: 4 })),
    fc.tuple(fc.constantFrom('push', 'pull_request'), fc.string()),
  )
  let count = 0
  await fc.assert(
    fc.asyncProperty(odd, async ([event, body]) => {
      const { status } = await send(event, body, `odd-${count++}`)
      expect([200, 403]).toContain(status)
    }),
    { numRuns: 2000, seed: 7 },
  )
  await send('issue_comment', comment('/hold'), 'last')
  await until(() => host.effects.some((effect) => effect.includes('hold')))
  await stop()
})

test('the forms of a plugin are told apart by name', () => {
  const two = { usage: '', who: '', examples: [], forms: { a: re2`a`, b: re2`b` } }
  plugin({
    name: 'typed',
    about: '',
    on: 'comment created',
    commands: [two],
    run: async ({ said }) => {
      const form: 'a' | 'b' = said.form
      return form
    },
  })
  expect(() => plugin({ name: 'idle', about: '' })).toThrow('plugin idle')
  expect(() => plugin({ name: 'deaf', about: '', commands: [], run: async () => {} })).toThrow('plugin deaf')
})
