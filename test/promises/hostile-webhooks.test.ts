// Ten thousand comments and webhooks that nobody would send in good faith: nothing crashes, nothing is slow, and quoted commands stay quotes.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import pino from 'pino'
import { Registry } from 'prom-client'
import { RE2JS } from 're2js'
import { beforeAll, describe, expect, test } from 'vitest'
import { prowJobs } from '../../src/api/prowjob.ts'
import { demux, tasksFor } from '../../src/hook/demux.ts'
import { dispatcher } from '../../src/hook/dispatcher.ts'
import { allRepos } from '../../src/hook/enablement.ts'
import { openJournal } from '../../src/hook/journal.ts'
import { hookMetrics } from '../../src/hook/metrics.ts'
import { type Plugin, parse } from '../../src/hook/plugin.ts'
import { memoryOwners } from '../../src/owners/testing/memory-owners.ts'
import { plugins as catalogue } from '../../src/plugins/index.ts'
import { systemIds } from '../../src/system/ids.ts'
import { testClock } from '../../src/testing/clock.ts'
import { fixedConfig, presubmit } from '../../src/testing/config.ts'
import { memoryCodeHost } from '../../src/testing/memory-code-host.ts'
import { memoryKube } from '../../src/testing/memory-kube.ts'
import { chance } from './chance.ts'

const texts = 10_000
const bodies = 10_000
/** So many of the texts are also held against RE2 itself, which is slow. */
const compared = 400
const slowMs = 50

let plugins: Plugin[] = []
beforeAll(async () => {
  plugins = await Promise.all(Object.values(catalogue).map(async (load) => (await load()).default))
})

const commands = () => plugins.flatMap((plugin) => plugin.commands.map((command) => ({ plugin, command })))

/** Comments from pieces that have led parsers astray. */
function hostileText(roll: ReturnType<typeof chance>, examples: readonly string[]): string {
  const piece = (depth = 0): string =>
    roll.one([
      () => roll.one(examples),
      () => `> ${roll.one(examples)}`,
      () => `\`${roll.one(examples)}\``,
      () => `\`\`\`\n${depth < 4 ? piece(depth + 1) : ''}\n\`\`\``,
      () => `~~~~\n${roll.one(examples)}\n~~~`,
      () => `    ${roll.one(examples)}`,
      () => `<!-- ${roll.one(examples)} -->`,
      () => `<details><summary>${roll.one(examples)}</summary>`,
      () =>
        roll.one([
          '/',
          '//',
          '/\u00a0',
          '/ test',
          '/TEST',
          '/ﬀ',
          '/ſkip',
          '/Kind',
          '\u202e/hold',
          '\u200b/hold',
          '\ufeff/lgtm',
          '\0',
          '\ud800',
        ]),
      () =>
        roll
          .one(['a', ' ', '\t', '@', '/', 'x,', 'é', '💥', '@a/b ', '-', '/approve ', '`', '*', '\\'])
          .repeat(roll.below(40)),
      () =>
        roll.one([' ', '/test ', 'a', '@someone ', '/label x ', '\t/']).repeat(roll.below(depth === 0 ? 3_000 : 30)),
      () => String.fromCodePoint(...Array.from({ length: roll.below(20) }, () => roll.below(0xd7ff))),
    ])()
  const end = roll.one(['\n', '\r\n', '\r', '\n\n', '\u2028', ' ', '\u0085'])
  return Array.from({ length: 1 + roll.below(8) }, () => piece())
    .join(end)
    .slice(0, 65_536)
}

describe('comments', () => {
  test(`${texts} texts: each is looked at by every plugin, and none takes long`, () => {
    const roll = chance(4711)
    const examples = commands().flatMap(({ command }) => command.examples)
    const forms = commands().flatMap(({ command }) => Object.values(command.forms ?? {}))
    // The first time a pattern is used it is compiled.
    for (const form of forms) form.exec('/x')
    const slow: string[] = []
    for (let index = 0; index < texts; index++) {
      const text = hostileText(roll, examples)
      for (const form of forms) {
        const look = () => {
          const before = process.cpuUsage()
          form.exec(text)
          return process.cpuUsage(before).user / 1000
        }
        // A collection of garbage may fall into one look, but not into three.
        if (look() > slowMs && look() > slowMs && look() > slowMs) slow.push(`${form.source} on text ${index}`)
      }
      for (const plugin of plugins) parse(plugin, text)
    }
    expect(slow).toEqual([])
  }, 120_000)

  test('a line of 64 KB and a hundred thousand blanks are no trouble either', () => {
    const forms = commands().flatMap(({ command }) => Object.values(command.forms ?? {}))
    const lines = [
      ...commands().flatMap(({ command }) => command.examples.map((example) => `${example}${' '.repeat(65_536)}x`)),
      ' '.repeat(100_000),
      '/'.repeat(65_536),
      '/test '.repeat(11_000),
      '@a '.repeat(22_000),
      `/assign ${'@a '.repeat(22_000)}`,
      `/label ${'a/b '.repeat(16_000)}`,
    ]
    const slow: string[] = []
    for (const [index, line] of lines.entries())
      for (const form of forms) {
        const look = () => {
          const before = process.cpuUsage()
          form.exec(line)
          return process.cpuUsage(before).user / 1000
        }
        if (look() > slowMs && look() > slowMs && look() > slowMs) slow.push(`${form.source} on line ${index}`)
      }
    expect(slow).toEqual([])
  }, 120_000)

  test(`${compared} texts: a command is found where RE2 finds it, and nowhere else`, () => {
    const roll = chance(42)
    const examples = commands().flatMap(({ command }) => command.examples)
    const forms = commands().flatMap(({ command }) => Object.values(command.forms ?? {}))
    const reference = new Map(forms.map((form) => [form, RE2JS.compile(form.source)]))
    for (let index = 0; index < compared; index++) {
      // Lone halves of surrogate pairs do not survive the way over the network.
      const text = Buffer.from(hostileText(roll, examples).slice(0, 400)).toString()
      for (const form of forms) {
        const matcher = reference.get(form)?.matcher(text)
        const wanted = matcher?.find() ? matcher.group() : undefined
        expect(form.exec(text)?.text, `${form.source} on ${JSON.stringify(text)}`).toEqual(wanted)
      }
    }
  }, 120_000)

  test('what is quoted is not said', () => {
    const quoting = commands().flatMap(({ plugin, command }) =>
      Object.values(command.forms ?? {})
        .filter(({ source }) => /^\(\?[a-z]*m[a-z]*\)\^/.test(source))
        .flatMap((form) =>
          command.examples.map((example) => ({ plugin: plugin.name, form, quote: example.replaceAll(/^/gm, '> ') })),
        ),
    )
    expect(quoting.length).toBeGreaterThan(80)
    expect(
      quoting.filter(({ form, quote }) => form.test(quote)).map(({ plugin, quote }) => `${plugin}: ${quote}`),
    ).toEqual([])
  })
})

interface Sample {
  readonly name: string
  readonly examples: readonly object[]
}
const samples = (
  JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-examples'), 'utf8'),
  ) as readonly Sample[]
).flatMap(({ name, examples }) => examples.map((payload) => ({ name, text: JSON.stringify(payload) })))

/** The payload with a few values gone, of another type, or much too large. */
function spoilt(payload: object, roll: ReturnType<typeof chance>): object {
  const paths: { holder: Record<string, unknown>; key: string }[] = []
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      paths.push({ holder: value as Record<string, unknown>, key })
      walk(inner)
    }
  }
  walk(payload)
  for (let count = 1 + roll.below(6); count > 0; count--) {
    const { holder, key } = roll.one(paths)
    const set = (value: unknown, name = key) =>
      Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
    const many = () => Array.from({ length: 200 }, (_, index) => ({ name: `label-${index}`, login: `user-${index}` }))
    roll.one([
      () => delete holder[key],
      () => set(roll.one([null, 0, -1, 1e308, '', 'x', true, [], {}, [null], { login: null }, '../..', 'a/b/c', '\0'])),
      () => set('x'.repeat(roll.below(100_000))),
      () => set([holder]),
      () => set({ admin: true }, '__proto__'),
      () => set(many()),
    ])()
  }
  return payload
}

const safeJson = (value: unknown): string => {
  const seen: unknown[] = []
  return JSON.stringify(value, function (this: unknown, _key, inner: unknown) {
    while (seen.length > 0 && seen.at(-1) !== this) seen.pop()
    if (typeof inner !== 'object' || inner === null) return inner
    if (seen.includes(inner)) return '(again)'
    seen.push(inner)
    return inner
  })
}

describe('webhooks', () => {
  test(`${bodies} bodies are taken apart without an error`, () => {
    const roll = chance(99)
    let usable = 0
    for (let index = 0; index < bodies; index++) {
      const { name, text } = roll.one(samples)
      const payload = JSON.parse(safeJson(spoilt(JSON.parse(text), roll)))
      const { events, unusable } = demux(name, payload)
      expect(unusable === undefined || events.length === 0).toBe(true)
      if (events.length > 0) usable++
    }
    // Otherwise the test would look at refusals only.
    expect(usable).toBeGreaterThan(bodies / 4)
  }, 60_000)

  test('every plugin bears with them: none fails by a mistake of its own', async () => {
    const clock = testClock()
    const host = memoryCodeHost(clock)
    const kube = memoryKube({ clock })
    const mistakes: string[] = []
    const log = pino(
      { level: 'debug' },
      {
        write(line: string) {
          const { err, msg, plugin } = JSON.parse(line) as {
            err?: { type: string; stack: string }
            msg: string
            plugin?: string
          }
          if (err && /^(TypeError|RangeError|ReferenceError|SyntaxError)$/.test(err.type))
            mistakes.push(`${plugin}: ${msg}: ${err.stack}`)
        },
      },
    )
    const stop = new AbortController()
    const load = async (name: string) => plugins.find((plugin) => plugin.name === name)
    const config = fixedConfig({
      config: { presubmits: { 'Codertocat/Hello-World': [presubmit({ name: 'unit', always_run: true })] } },
      plugins: { plugins: { Codertocat: { plugins: plugins.map(({ name }) => name), excluded_repos: [] } } },
    })
    const dispatch = dispatcher({
      host,
      kube,
      clock,
      config,
      owners: memoryOwners({ OWNERS: 'approvers: [alice]\n' }),
      ids: systemIds,
      journal: openJournal(':memory:'),
      metrics: hookMetrics(new Registry()),
      log,
      load,
      plan: (event, demuxed) => tasksFor(event, demuxed, { config: config.current().plugins, repos: allRepos, load }),
      fetch: () => Promise.reject(new Error('no network here')),
      concurrency: 8,
      signal: stop.signal,
      stopping: stop.signal,
    })
    for (let number = 1; number < 50; number++) host.open({ org: 'Codertocat', repo: 'Hello-World', number })
    const roll = chance(7)
    const examples = commands().flatMap(({ command }) => command.examples)
    const about = samples.filter(({ name }) =>
      /^(issues|issue_comment|pull_request|pull_request_review|pull_request_review_comment|push|status)$/.test(name),
    )
    for (let index = 0; index < 1_500; index++) {
      const { name, text } = roll.one(about)
      const payload = JSON.parse(text) as {
        comment?: { body: string }
        review?: { body: string }
        issue?: { body: string }
      }
      for (const part of [payload.comment, payload.review, payload.issue])
        if (part) part.body = hostileText(roll, examples).slice(0, 2_000)
      const body = safeJson(roll.below(3) === 0 ? payload : spoilt(payload, roll))
      const delivery = { id: `${index}`, event: name, headers: {}, body: Buffer.from(body), receivedAt: clock.now() }
      await dispatch.accept(delivery, JSON.parse(body))
      if (index % 50 === 0) await clock.advance('1h')
    }
    await clock.advance('24h')
    stop.abort(new Error('the test is over'))
    expect(mistakes.slice(0, 5)).toEqual([])
    expect(host.calls.length).toBeGreaterThan(500)
    expect(kube.all(prowJobs).length).toBeLessThan(2_000)
  }, 120_000)
})
