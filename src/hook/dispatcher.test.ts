// What hook does with an accepted delivery: order, failures, repetitions, restarts. The plugins here are made for the purpose.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CodeHostError } from '../api/code-host.ts'
import { prowJobs } from '../api/prowjob.ts'
import { re2 } from '../config/re2.ts'
import { newPresubmit } from '../jobs/build.ts'
import { settle } from '../testing/clock.ts'
import { presubmit } from '../testing/config.ts'
import { type PluginScene, type SceneOptions, scene } from '../testing/plugin-scene.ts'
import { type Journal, openJournal } from './journal.ts'
import { type CommandContext, type ContextOf, later, type Plugin, plugin } from './plugin.ts'
import { maxAttempts } from './retry.ts'

const says = (name: string, run: (context: CommandContext<'go'>) => Promise<unknown>): Plugin =>
  plugin({
    name,
    about: '',
    on: 'comment created on a pull request',
    commands: [{ usage: '/go', who: '', examples: ['/go'], forms: { go: re2`(?m)^/go.*$` } }],
    run,
  })
const answers = says('answers', ({ said, pr }) => pr.comment(`heard ${said.text}`))
const unavailable = () => new CodeHostError('unavailable', 503, 'try later')

describe('order', () => {
  /** A plugin whose tasks end when the test says so. */
  function gated(name: string) {
    const begun: string[] = []
    const gates = new Map<string, () => void>()
    const made = says(name, async ({ said, issue }) => {
      const key = `${issue.number} ${said.text}`
      begun.push(key)
      await new Promise<void>((resolve) => gates.set(key, resolve))
    })
    return { made, begun, end: (key: string) => gates.get(key)?.() }
  }
  const on = (number: number, body: string) => ({
    action: 'created',
    issue: { number, pull_request: {} },
    comment: { body, user: { login: 'x' } },
  })

  test('one pull request in order of receipt, another beside it', async () => {
    const { made, begun, end } = gated('gated')
    const { deliver } = scene({ with: [made] })
    await deliver('issue_comment', on(1, '/go a'))
    await deliver('issue_comment', on(1, '/go b'))
    await deliver('issue_comment', on(2, '/go c'))
    expect(begun).toEqual(['1 /go a', '2 /go c'])
    end('1 /go a')
    await settle()
    expect(begun).toEqual(['1 /go a', '2 /go c', '1 /go b'])
  })

  test('not more at a time than allowed', async () => {
    const { made, begun, end } = gated('gated')
    const { deliver } = scene({ with: [made] })
    for (let number = 1; number <= 10; number++) await deliver('issue_comment', on(number, '/go'))
    expect(begun).toHaveLength(8)
    end('1 /go')
    await settle()
    expect(begun).toHaveLength(9)
  })

  test('a task that waits for another attempt holds up its own plugin only', async () => {
    const log: string[] = []
    let broken = true
    const shaky = says('shaky', async ({ said }) => {
      log.push(`shaky ${said.text}`)
      if (broken) throw unavailable()
    })
    const steady = says('steady', async ({ said }) => log.push(`steady ${said.text}`))
    const { says: say, clock } = scene({ with: [shaky, steady] })
    await say('x', '/go 1')
    await say('x', '/go 2')
    expect(log).toEqual(['shaky /go 1', 'steady /go 1', 'steady /go 2'])
    broken = false
    await clock.advance('1s')
    expect(log.slice(3)).toEqual(['shaky /go 1', 'shaky /go 2'])
  })

  test('a handler and the command of the same plugin do not run side by side', async () => {
    const log: string[] = []
    const both = plugin({
      ...answers,
      name: 'both',
      run: async () => log.push('command'),
      handlers: {
        async pull_request() {
          log.push('handler begins')
          await settle()
          log.push('handler ends')
        },
      },
    })
    const { opens } = scene({ with: [both] })
    await opens({ body: '/go' })
    expect(log).toEqual(['handler begins', 'handler ends', 'command'])
  })
})

describe('failures', () => {
  const counting = (fail: () => unknown) => {
    const attempts: number[] = []
    const made = says('counting', async ({ delivery }) => {
      attempts.push(delivery.attempt)
      throw fail()
    })
    return { made, attempts }
  }

  test('of servers are tried again eight times over about ten minutes, then kept', async () => {
    const journal = openJournal(':memory:')
    const { made, attempts } = counting(unavailable)
    const { says: say, clock } = scene({ with: [made], journal })
    await say('x', '/go')
    expect(attempts).toEqual([1])
    await clock.advance('8m')
    expect(attempts).toHaveLength(maxAttempts - 1)
    await clock.advance('3m')
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    await clock.advance('1h')
    expect(attempts).toHaveLength(8)
    expect(journal.failed(5)).toMatchObject([{ task: 'counting/comment', error: 'try later', attempts: 8 }])
  })

  test.each([
    ['a refusal', new CodeHostError('forbidden', 403, 'no')],
    ['a mistake in the plugin', new TypeError('x is undefined')],
    ['something that is no error', 'oops'],
  ])('%s is not tried again, and other plugins run', async (_why, error) => {
    const journal = openJournal(':memory:')
    const { made, attempts } = counting(() => error)
    const { says: say, clock, host, metrics } = scene({ with: [made, answers], journal })
    await say('x', '/go')
    await clock.advance('1h')
    expect(attempts).toEqual([1])
    expect(host.take()).toEqual(['org/repo#1 comment: heard /go'])
    expect(journal.failed(5)).toHaveLength(1)
    const text = await metrics.metrics()
    expect(text).toContain(
      'prow_plugin_handle_errors{event_type="issue_comment",action="created",plugin="counting",took_action="false"} 1',
    )
    expect(text).toContain(
      'prow_plugin_handle_duration_seconds_count{event_type="issue_comment",action="created",plugin="answers",took_action="true"} 1',
    )
  })

  test('a handler that throws at once is no different', async () => {
    const thrown = plugin({
      name: 'thrown',
      about: '',
      handlers: {
        push() {
          throw new Error('at once')
        },
      },
    })
    const journal = openJournal(':memory:')
    const { deliver } = scene({ with: [thrown], journal })
    await deliver('push', { ref: 'refs/heads/main' })
    expect(journal.failed(5)).toMatchObject([{ task: 'thrown/push', error: 'at once' }])
  })

  test('a task that hangs is given up after ten minutes, and told so', async () => {
    const told: AbortSignal[] = []
    const hangs = says('hangs', ({ signal }) => {
      told.push(signal)
      return new Promise(() => {})
    })
    const journal = openJournal(':memory:')
    const { says: say, clock, host } = scene({ with: [hangs, answers], journal })
    await say('x', '/go')
    await say('x', '/go on')
    expect(host.take()).toEqual(['org/repo#1 comment: heard /go'])
    await clock.advance('10m')
    expect(told.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(host.take()).toEqual(['org/repo#1 comment: heard /go on'])
    expect(journal.failed(5)).toMatchObject([{ error: 'the task did not end within 10 minutes' }])
  })

  test('a plugin that cannot be loaded leaves a failed task behind, which can be sent again', async () => {
    const journal = openJournal(':memory:')
    const broken: Plugin = { ...answers, name: 'broken' }
    const it = scene({ with: [broken], journal })
    let loads = false
    Object.defineProperty(broken, 'name', {
      get() {
        if (!loads) throw new Error('no such module')
        return 'broken'
      },
    })
    await it.says('x', '/go')
    expect(journal.failed(5)).toMatchObject([{ error: 'no such module' }, { error: 'no such module' }])
    loads = true
    await it.deliver('issue_comment', {}, 'delivery-1')
    // What counts is what came first.
    expect(it.host.take()).toEqual(['org/repo#1 comment: heard /go'])
  })
})

describe('repetitions', () => {
  test('the same delivery is not handled twice', async () => {
    const { deliver, host } = scene({ with: [answers] })
    const payload = { action: 'created', issue: { number: 1, pull_request: {} }, comment: { body: '/go' } }
    await deliver('issue_comment', payload, 'same')
    await deliver('issue_comment', payload, 'same')
    expect(host.take()).toHaveLength(1)
  })

  test('a comment whose answer was lost is not posted again, but an equal older one does not count', async () => {
    const { says: say, host, clock } = scene({ with: [answers] })
    host.say({ org: 'org', repo: 'repo', number: 1 }, 'k8s-ci-robot', 'heard /go')
    await clock.advance('1h')
    let lost = 0
    host.after = (operation) => {
      if (operation === 'comment' && lost++ === 0) throw unavailable()
    }
    await say('x', '/go')
    await clock.advance('1m')
    expect(host.take()).toEqual(['org/repo#1 comment: heard /go'])
    expect(lost).toBe(1)
  })

  test('jobs of a delivery exist once, whatever has moved since', async () => {
    let sha = 'one'
    const starts = says('starts', async ({ jobs, config, clock }) => {
      const refs = {
        org: 'org',
        repo: 'repo',
        base_ref: 'main',
        base_sha: sha,
        pulls: [{ number: 1, author: 'a', sha }],
      }
      await jobs.create(newPresubmit(presubmit({ name: 'unit' }), refs, { config, now: clock.now(), name: '' }))
      sha = 'two'
      if (starts.name && !done) throw unavailable()
    })
    let done = false
    const { says: say, kube, clock } = scene({ with: [starts] })
    await say('x', '/go')
    done = true
    await clock.advance('1m')
    expect(kube.all(prowJobs).map(({ spec }) => spec.refs?.base_sha)).toEqual(['one'])
    await say('x', '/go')
    expect(kube.all(prowJobs)).toHaveLength(2)
  })
})

/** Kills the journal at its n-th write, just before or just after it. What the process did in memory is gone. */
function dyingAt(journal: Journal, write: number, when: 'before' | 'after'): { journal: Journal; writes(): number } {
  let writes = 0
  const never = new Promise<never>(() => {})
  const dying =
    <Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      writes++
      if (writes > write || (writes === write && when === 'before')) return never
      const result = await act(...args)
      return writes === write ? never : result
    }
  return {
    writes: () => writes,
    journal: {
      ...journal,
      receive: dying(journal.receive),
      plan: dying(journal.plan),
      attempted: dying(journal.attempted),
      postpone: dying(journal.postpone),
      begin: dying(journal.begin),
      finish: dying(journal.finish),
    },
  }
}

describe('restarts', () => {
  const started = says('started', async ({ jobs, config, clock }) => {
    const refs = { org: 'org', repo: 'repo', base_ref: 'main', pulls: [{ number: 1, author: 'a', sha: 's' }] }
    await jobs.create(newPresubmit(presubmit({ name: 'unit' }), refs, { config, now: clock.now(), name: '' }))
  })
  const labels = says('labels', ({ pr }) => pr.setLabel('went', true))
  const all = [answers, started, labels]
  const effects = async (it: PluginScene) => [
    it.host.effects.toSorted(),
    it.kube.all(prowJobs).map(({ spec }) => spec.job),
  ]
  const want = [['org/repo#1 +went', 'org/repo#1 comment: heard /go'], ['unit']]

  function file() {
    const folder = mkdtempSync(join(tmpdir(), 'hook-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    return join(folder, 'hook.db')
  }
  const play = (options: Omit<SceneOptions, 'with'>) => scene({ with: all, ...options })

  test('without a crash there are five writes: received, planned, three tasks', async () => {
    const { journal, writes } = dyingAt(openJournal(file()), Number.POSITIVE_INFINITY, 'before')
    const it = play({ journal })
    await it.says('x', '/go')
    expect(await effects(it)).toEqual(want)
    expect(writes()).toBe(5)
  })

  const points = [1, 2, 3, 4, 5].flatMap((write) => [[write, 'before'] as const, [write, 'after'] as const])
  test.each(points)('killed at write %i, %s it: every effect is there once', async (write, when) => {
    const path = file()
    const before = play({ journal: dyingAt(openJournal(path), write, when).journal })
    const acknowledged = await Promise.race([before.says('x', '/go').then(() => true), settle(100).then(() => false)])
    before.stop()
    const after = play({ journal: openJournal(path), world: before })
    after.dispatch.recover()
    await after.dispatch.settled()
    if (acknowledged || write > 1) expect(await effects(after)).toEqual(want)
    // Whoever was not told 200 may send it again; whoever was, too.
    await after.deliver(
      'issue_comment',
      { action: 'created', issue: { number: 1, pull_request: {} }, comment: { body: '/go', user: { login: 'x' } } },
      'delivery-1',
    )
    expect(await effects(after)).toEqual(want)
    const third = play({ journal: openJournal(path), world: before })
    third.dispatch.recover()
    await third.dispatch.settled()
    expect(await effects(third)).toEqual(want)
  })

  test('a task that kills the process each time is given up', async () => {
    const path = file()
    let runs = 0
    const deadly = says('deadly', () => {
      runs++
      return new Promise(() => {})
    })
    const first = scene({ with: [deadly], journal: openJournal(path) })
    await first.says('x', '/go')
    for (let start = 0; start < 12; start++) {
      const again = scene({ with: [deadly], journal: openJournal(path), world: first })
      again.dispatch.recover()
      await settle(50)
    }
    expect(runs).toBe(maxAttempts)
    expect(openJournal(path).failed(5)).toMatchObject([
      { task: 'deadly/comment', error: expect.stringMatching(/given up/) },
    ])
  })

  test('work beyond what is kept in memory comes from the journal', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const heard: string[] = []
    const slow = says('slow', async ({ said }) => {
      heard.push(said.text)
      await gate
    })
    const it = scene({ with: [slow] })
    const texts = Array.from({ length: 300 }, (_, index) => `/go ${index}`)
    for (const [index, body] of texts.entries()) {
      const payload = { action: 'created', repository: repo, issue: { number: 1, pull_request: {} }, comment: { body } }
      const bytes = Buffer.from(JSON.stringify(payload))
      await it.dispatch.accept(
        { id: `many-${index}`, event: 'issue_comment', headers: {}, body: bytes, receivedAt: 0 },
        payload,
      )
    }
    release()
    await it.dispatch.settled()
    expect(heard).toEqual(texts)
  })
})

describe('later', () => {
  const journalFile = () => {
    const folder = mkdtempSync(join(tmpdir(), 'hook-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    return join(folder, 'hook.db')
  }
  /** Acts ten seconds after its delivery came. */
  const patient = (log: string[] = []) =>
    says('patient', async ({ said, pr, clock, delivery }) => {
      log.push(`${said.text} attempt ${delivery.attempt} at ${clock.now() - delivery.receivedAt}`)
      const wait = delivery.receivedAt + 10_000 - clock.now()
      if (said.text.includes('patiently') && wait > 0) return later(wait)
      return pr.comment(`did ${said.text}`)
    })

  test('is no failure, and holds up neither others nor later deliveries of the same plugin', async () => {
    const log: string[] = []
    const journal = openJournal(':memory:')
    const it = scene({ with: [patient(log), answers], journal })
    await it.says('x', '/go patiently')
    await it.says('x', '/go')
    expect(it.host.take()).toEqual([
      'org/repo#1 comment: heard /go patiently',
      'org/repo#1 comment: did /go',
      'org/repo#1 comment: heard /go',
    ])
    await it.clock.advance('9s')
    expect(it.host.take()).toEqual([])
    await it.clock.advance('1s')
    await it.dispatch.settled()
    expect(it.host.take()).toEqual(['org/repo#1 comment: did /go patiently'])
    expect(log).toEqual(['/go patiently attempt 1 at 0', '/go attempt 1 at 0', '/go patiently attempt 1 at 10000'])
    expect([journal.unfinished(), journal.failed(5)]).toEqual([[], []])
  })

  test('a failure afterwards is the first attempt, and is tried again at once, not later', async () => {
    const log: string[] = []
    const it = scene({ with: [patient(log)] })
    let failures = 0
    it.host.before = (operation) => {
      if (operation === 'comment' && failures++ === 0) throw unavailable()
    }
    await it.says('x', '/go patiently')
    await it.clock.advance('11s')
    await it.dispatch.settled()
    expect(log.map((line) => line.replace('/go patiently ', ''))).toEqual([
      'attempt 1 at 0',
      'attempt 1 at 10000',
      'attempt 2 at 10250',
    ])
  })

  test('a process that was killed while it waits does it in time, however often', async () => {
    const path = journalFile()
    const log: string[] = []
    const first = scene({ with: [patient(log)], journal: openJournal(path) })
    await first.says('x', '/go patiently')
    first.stop()
    let last = first
    for (let start = 0; start < 2 * maxAttempts; start++) {
      await last.clock.advance('500ms')
      last = scene({ with: [patient(log)], journal: openJournal(path), world: first })
      last.dispatch.recover()
      await settle(20)
      last.stop()
    }
    expect(log).toHaveLength(1)
    last = scene({ with: [patient(log)], journal: openJournal(path), world: first })
    last.dispatch.recover()
    await settle(20)
    await last.clock.advance('2s')
    await last.dispatch.settled()
    expect(first.host.take()).toEqual(['org/repo#1 comment: did /go patiently'])
    expect(log.slice(1)).toEqual(['/go patiently attempt 1 at 10000'])
  })

  // Received, planned, put off, begun, done.
  const points = [1, 2, 3, 4, 5].flatMap((write) => [[write, 'before'] as const, [write, 'after'] as const])
  test.each(points)('killed at write %i, %s it: the effect is there once', async (write, when) => {
    const path = journalFile()
    const before = scene({ with: [patient()], journal: dyingAt(openJournal(path), write, when).journal })
    await Promise.race([before.says('x', '/go patiently'), settle(100)])
    await before.clock.advance('10s')
    await settle(20)
    before.stop()
    const after = scene({ with: [patient()], journal: openJournal(path), world: before })
    after.dispatch.recover()
    await settle(20)
    await after.clock.advance('10s')
    await after.dispatch.settled()
    expect(before.host.take()).toEqual(
      write === 1 && when === 'before' ? [] : ['org/repo#1 comment: did /go patiently'],
    )
    expect(openJournal(path).unfinished()).toEqual([])
  })

  test('a task that kills the process each time after it has waited is given up', async () => {
    const path = journalFile()
    let runs = 0
    const deadly = says('deadly', async ({ clock, delivery }) => {
      if (clock.now() === delivery.receivedAt) return later(1000)
      runs++
      return new Promise(() => {})
    })
    const first = scene({ with: [deadly], journal: openJournal(path) })
    await first.says('x', '/go')
    await first.clock.advance('1s')
    for (let start = 0; start < 12; start++) {
      scene({ with: [deadly], journal: openJournal(path), world: first }).dispatch.recover()
      await settle(50)
    }
    expect(runs).toBe(maxAttempts)
  })

  test('a handler of comments that wants to be called again keeps the command waiting', async () => {
    const log: string[] = []
    const both = plugin({
      ...says('both', async () => log.push('command')),
      handlers: {
        async comment({ clock, delivery }) {
          log.push('handler')
          return clock.now() === delivery.receivedAt ? later(5000) : undefined
        },
      },
    })
    const it = scene({ with: [both] })
    await it.says('x', '/go')
    expect(log).toEqual(['handler'])
    await it.clock.advance('5s')
    await it.dispatch.settled()
    expect(log).toEqual(['handler', 'handler', 'command'])
  })

  test.each([0, -1, Number.NaN])('%d milliseconds are refused, as a mistake in the plugin', async (ms) => {
    const journal = openJournal(':memory:')
    const it = scene({ with: [says('wrong', async () => later(ms))], journal })
    await it.says('x', '/go')
    expect(journal.failed(5)).toMatchObject([{ error: expect.stringMatching(/give milliseconds/) }])
  })
})

const repo = { full_name: 'org/repo', name: 'repo', owner: { login: 'org' } }

describe('external plugins', () => {
  async function target(answer: (count: number) => number) {
    const seen: { headers: Record<string, unknown>; body: string }[] = []
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
        response.writeHead(answer(seen.length)).end('said so')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const close = () => new Promise((resolve) => server.close(resolve))
    onTestFinished(() => void close())
    return { seen, close, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` }
  }
  const forwarding = (endpoint: string, journal = openJournal(':memory:')) => {
    const external_plugins = { org: [{ name: 'far', endpoint, events: [] }] }
    return { journal, it: scene({ with: [], journal, plugins: { external_plugins }, fetch }) }
  }
  const headers = {
    'x-github-event': 'push',
    'x-github-delivery': 'd',
    'x-hub-signature-256': 'sha256=00',
    'user-agent': 'GitHub-Hookshot/abc',
    'content-type': 'application/json',
    'content-length': '99',
    connection: 'keep-alive',
    host: 'old',
  }
  const body = `{"repository": {"full_name": "org/repo"},  "text": "${'é'.repeat(50_000)}"}`
  const push = (it: PluginScene) =>
    it.dispatch.accept({ id: 'd', event: 'push', headers, body: Buffer.from(body), receivedAt: 0 }, JSON.parse(body))

  test('get body and headers as they came', async () => {
    const { seen, endpoint } = await target(() => 200)
    const { it } = forwarding(endpoint)
    await push(it)
    await it.dispatch.settled()
    expect(seen).toHaveLength(1)
    expect(seen[0]?.body).toBe(body)
    expect(seen[0]?.headers).toMatchObject({
      'x-hub-signature-256': 'sha256=00',
      'user-agent': 'ProwHook',
      'x-github-event': 'push',
    })
    expect(seen[0]?.headers.host).not.toBe('old')
  })

  test('that are away get the whole body at the next attempt', async () => {
    const { seen, endpoint } = await target((count) => (count < 3 ? 503 : 200))
    const { it, journal } = forwarding(endpoint)
    await push(it)
    for (let round = 0; seen.length < 3 && round < 10_000; round++) await it.clock.advance('100ms')
    await it.dispatch.settled()
    expect(seen.map((request) => request.body.length)).toEqual([body.length, body.length, body.length])
    expect(journal.unfinished()).toEqual([])
  })

  test.each([429, 502, 503, 504])('that answer %i get it again', async (status) => {
    const { seen, endpoint } = await target((count) => (count < 2 ? status : 200))
    const { it, journal } = forwarding(endpoint)
    await push(it)
    for (let round = 0; seen.length < 2 && round < 10_000; round++) await it.clock.advance('100ms')
    await it.dispatch.settled()
    expect(journal.failed(5)).toEqual([])
  })

  test('that do not answer within a minute get it again', async () => {
    let asked = 0
    const silentAtFirst: typeof globalThis.fetch = async (_input, init) => {
      if (++asked > 1) return new Response('ok')
      return new Promise<Response>((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
      )
    }
    const journal = openJournal(':memory:')
    const external_plugins = { org: [{ name: 'far', endpoint: 'http://far/', events: [] }] }
    const it = scene({ with: [], journal, plugins: { external_plugins }, fetch: silentAtFirst })
    await push(it)
    await it.clock.advance('59s')
    expect(asked).toBe(1)
    await it.clock.advance('2s')
    await it.dispatch.settled()
    expect(asked).toBe(2)
    expect([journal.unfinished(), journal.failed(5)]).toEqual([[], []])
  })

  test('that answer with an error of their own have had their delivery', async () => {
    const { seen, endpoint } = await target(() => 500)
    const { it, journal } = forwarding(endpoint)
    await push(it)
    await it.dispatch.settled()
    await it.clock.advance('1h')
    expect(seen).toHaveLength(1)
    expect(journal.failed(5)).toEqual([])
  })

  test('that never come back are given up, with the reason', async () => {
    const { endpoint, close } = await target(() => 200)
    await close()
    const { it, journal } = forwarding(endpoint)
    await push(it)
    for (let round = 0; journal.failed(1).length === 0 && round < 10_000; round++) await it.clock.advance('1s')
    expect(journal.failed(5)).toMatchObject([{ attempts: 8, error: expect.stringMatching(/ECONNREFUSED/) }])
  })
})

describe('what a handler is given', () => {
  test('kinds, threads and labels', async () => {
    const got: string[] = []
    const note = (context: { event: { type: string } } & Partial<ContextOf<'comment'>>) =>
      Promise.resolve(got.push(`${context.event.type} ${context.pr?.number ?? '-'} ${context.issue?.number ?? '-'}`))
    const nosy = plugin({
      name: 'nosy',
      about: '',
      handlers: {
        issues: note as () => Promise<unknown>,
        issue_comment: note as () => Promise<unknown>,
        pull_request: note as () => Promise<unknown>,
        pull_request_review: note as () => Promise<unknown>,
        pull_request_review_comment: note as () => Promise<unknown>,
        push: note as () => Promise<unknown>,
        status: note as () => Promise<unknown>,
        comment: note as () => Promise<unknown>,
      },
    })
    const { deliver } = scene({ with: [nosy] })
    const issue = { number: 4 }
    const pull_request = { number: 5, base: { repo } }
    await deliver('issues', { action: 'labeled', issue })
    await deliver('issue_comment', { action: 'edited', issue, comment: {} })
    await deliver('pull_request', { action: 'closed', pull_request })
    await deliver('pull_request_review', { action: 'dismissed', pull_request, review: {} })
    await deliver('pull_request_review_comment', { action: 'created', pull_request, comment: {} })
    await deliver('push', {})
    await deliver('status', {})
    await deliver('ping', {})
    expect(got).toEqual([
      'issues - 4',
      'issue_comment 4 4',
      'comment 4 4',
      'pull_request 5 -',
      'pull_request_review 5 -',
      'comment 5 5',
      'pull_request_review_comment 5 -',
      'comment 5 5',
      'push - -',
      'status - -',
    ])
  })
})
