// Files of people who mean harm: they cost a bounded time and a bounded memory, and the next pull request works as if nothing had been.
import pino from 'pino'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { matchAll } from '../config/in-repo/patterns.ts'
import { systemClock } from '../system/clock.ts'
import { testClock } from '../testing/clock.ts'
import { snapshot } from '../testing/config.ts'
import { type InRepo, inRepo } from './in-repo.ts'
import { sandbox } from './sandbox.ts'
import { type MemoryFile, memoryGit } from './testing/memory-git.ts'

const stop = new AbortController()
afterAll(() => stop.abort(new Error('the tests are over')))
const config = snapshot({
  config: { in_repo_config: { enabled: { '*': true }, allowed_clusters: { '*': ['default'] } } },
}).config
const spec = 'spec: {containers: [{image: i, command: [c]}]}'
const good = `presubmits: [{name: good, ${spec}}]`
const many = (count: number, each: (index: number) => string, between = '\n') =>
  Array.from({ length: count }, (_, index) => each(index)).join(between)
const presubmits = (count: number, each: (index: number) => string) =>
  `presubmits:\n${many(count, (index) => `- {${each(index)}}`)}`
const needs = (git: ReturnType<typeof memoryGit>) => ({
  git,
  clock: systemClock,
  log: pino({ level: 'silent' }),
  metrics: new Registry(),
  signal: stop.signal,
})
const ask = (base: string) => ({
  org: 'org',
  repo: 'repo',
  baseSha: async () => base,
  heads: async () => [],
  config,
  signal: stop.signal,
})

/** Longest time, in milliseconds, that nothing else could run in this process meanwhile. */
async function blocked(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now()
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 5)
  try {
    await work()
    return Math.max(longest, performance.now() - last)
  } finally {
    clearInterval(beat)
  }
}

describe('files', () => {
  let it: InRepo
  const git = memoryGit({ good: { '.prow.yaml': good } })
  beforeAll(async () => {
    it = inRepo(needs(git))
    await it.jobs(ask('good'))
  })
  const levels = 'bcdefghi'.split('')

  test.each<[why: string, files: Record<string, MemoryFile> | string]>([
    [
      'a bomb of aliases',
      `a: &a [${many(9, () => 'lol', ',')}]\n${levels.map((name, index) => `${name}: &${name} [${many(9, () => `*${'abcdefghi'[index]}`, ',')}]`).join('\n')}`,
    ],
    [
      'a bomb of merges',
      `x: &x {${many(20_000, (index) => `k${index}: 1`, ',')}}\n${many(50, (index) => `y${index}: {<<: *x}`)}`,
    ],
    ['lists in lists', '['.repeat(999_999)],
    ['maps in maps', '{a: '.repeat(240_000)],
    ['blocks in blocks', many(1300, (index) => `${' '.repeat(index)}a:`)],
    [
      'anchors that lead to the anchor before them',
      many(30_000, (index) => `- &a${index} {a: ${index === 0 ? 1 : `*a${index - 1}`}}`),
    ],
    ['a hundred thousand anchors', `prow_ignored:\n${many(60_000, (index) => `- &a${index} x`)}`],
    ['a hundred thousand fields that nothing knows', many(90_000, (index) => `k${index}: 1`)],
    [
      'four megabytes of them',
      Object.fromEntries(
        levels.slice(0, 4).map((name) => [`.prow/${name}.yaml`, many(80_000, (index) => `${name}${index}: 1`)]),
      ),
    ],
    ['a file of 50 MB', { '.prow.yaml': { size: 50_000_000 } }],
    [
      'a thousand files that are nearly too large',
      Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`.prow/${index}.yaml`, `# ${index}${' '.repeat(900_000)}`]),
      ),
    ],
    [
      'ten thousand files',
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`.prow/${index}.yaml`, good])),
    ],
    [
      'folders in folders, each with a .prowignore',
      Object.fromEntries(
        Array.from({ length: 500 }, (_, index) => [`.prow/${'a/'.repeat(index)}.prowignore`, '**/x/**/y/**']).concat([
          [`.prow/${'a/'.repeat(500)}b.yaml`, good],
        ]),
      ),
    ],
    ['jobs without end', presubmits(12_000, (index) => `name: j${index}, ${spec}`)],
    [
      'jobs that all report to one context',
      presubmits(
        999,
        (index) =>
          `name: j${index}, context: c, branches: [${many(20, (branch) => `b${index}x${branch}`, ',')}], ${spec}`,
      ),
    ],
    [
      'jobs whose branches are compared',
      presubmits(
        900,
        (index) => `name: same, branches: [${many(30, (branch) => `b${index}x${branch}`, ',')}], ${spec}`,
      ),
    ],
    [
      'patterns that count',
      presubmits(
        300,
        (index) =>
          `name: e${index}, trigger: '(?m)^/(x?){900}y${index}', rerun_command: '/${'x'.repeat(2000)}', ${spec}`,
      ),
    ],
    [
      'patterns that count in counts',
      presubmits(50, (index) => `name: e${index}, run_if_changed: '((((a{0,10}){0,10}){0,10})*)*$${index}', ${spec}`),
    ],
    [
      'presets for every job',
      `presets: [${many(3000, (index) => `{labels: {}, env: [{name: E${index}, value: v}]}`, ',')}]\n${presubmits(999, (index) => `name: j${index}, ${spec}`)}`,
    ],
    [
      'a long text that anchors repeat',
      `prow_ignored: &l ${'x'.repeat(500_000)}\n${presubmits(200, (index) => `name: j${index}, annotations: {a: *l}, ${spec}`)}`,
    ],
    [
      'a report that loops',
      `presubmits: [{name: a, ${spec}, reporter_config: {slack: {channel: c, report_template: '${'{{range .Spec.PodSpec.Containers}}'.repeat(200)}x${'{{end}}'.repeat(200)}'}}}]`,
    ],
    [
      'names that are not what they seem',
      `presubmits: [{name: __proto__, ${spec}}, {name: constructor, __proto__: {hidden: true}, ${spec}}]\n__proto__: {presubmits: []}`,
    ],
  ])('%s', { timeout: 30_000 }, async (why, files) => {
    git.commits.set(why, typeof files === 'string' ? { '.prow.yaml': files } : files)
    const began = performance.now()
    const longest = await blocked(() => it.jobs(ask(why)))
    expect(longest).toBeLessThan(1000)
    expect(performance.now() - began).toBeLessThan(12_000)
    git.commits.delete(why)
    expect(process.memoryUsage().rss).toBeLessThan(512_000_000)

    git.commits.set(`after ${why}`, { '.prow.yaml': good })
    const { presubmits, problems } = await it.jobs(ask(`after ${why}`))
    expect([presubmits.map(({ name }) => name), problems]).toEqual([['good'], []])
    expect(Object.hasOwn(Object.prototype, 'hidden')).toBe(false)
  })
})

describe('patterns and texts', () => {
  const it = inRepo(needs(memoryGit()))
  const long = 'a'.repeat(60_000)
  const ordinary = (index: number) => `(?m)^/test( | .* )pull-repo-job.${index},?($|\\s.*)`

  test.each<[why: string, patterns: string[], texts: string[], want: boolean]>([
    ['ordinary ones', ['(?m)^/test( | .* )x,?($|\\s.*)', '^docs/'], ['/test x', 'docs/a.md'], true],
    ['a thousand ordinary ones and a long comment', Array.from({ length: 1000 }, (_, i) => ordinary(i)), [long], true],
    ['an ordinary one and a long comment', ['(?m)^/test( | .* )x,?($|\\s.*)'], [long], true],
    ['one that is made to be slow', ['(?:a?){1000}b'], [long], false],
    ['many that are', Array.from({ length: 50 }, (_, index) => `(?:a?){900}${index}`), [long], false],
    ['and an ordinary one again', ['^/lgtm'], [long], true],
    ['the largest one and a comment of a few lines', [`${'(?:a?){1000}'.repeat(4)}!`], ['a'.repeat(1000)], false],
    ['a large one that is quick', ['[a-z]{1000}!'], ['1'.repeat(60_000)], true],
    ['many long paths', ['(?:[a-z]?){500}!'], Array.from({ length: 3000 }, () => 'a'.repeat(2000)), false],
  ])('%s', { timeout: 20_000 }, async (_why, patterns, texts, want) => {
    const began = performance.now()
    let can: boolean | undefined
    const longest = await blocked(async () => {
      can = await it.canMatch({ patterns, texts })
    })
    expect(can).toBe(want)
    expect(longest).toBeLessThan(1000)
    expect(performance.now() - began).toBeLessThan(3000)
    if (!can) return
    // What is matched in earnest holds up everything else in this process.
    const before = process.threadCpuUsage()
    matchAll({ patterns, texts })
    const { user } = process.threadCpuUsage(before)
    expect(user / 1000).toBeLessThan(250)
  })
})

describe('the thread', () => {
  const program = (code: string) =>
    new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; ${code}`)}`)
  const box = (code: string, signal = stop.signal) => sandbox({ clock: systemClock, signal, program: program(code) })
  const work = { files: [], repo: 'org/repo', central: { ...config, presubmits: [], postsubmits: [] } }

  test('is ended when it does not end', async () => {
    const it = box(`parentPort.on('message', () => { for (;;); })`)
    expect(
      await blocked(() => expect(it.evaluate(work, 200)).rejects.toThrow('it takes longer than 0.2 s')),
    ).toBeLessThan(1000)
  })

  test('is ended when it takes all memory', { timeout: 20_000 }, async () => {
    const it = box(
      `parentPort.on('message', () => { const all = []; for (;;) all.push({ n: all.length, s: [1, 2, 3] }) })`,
    )
    await expect(it.evaluate(work, 15_000)).rejects.toThrow('it needs too much memory')
    expect(process.memoryUsage().rss).toBeLessThan(700_000_000)
  })

  test('may end by itself', async () => {
    await expect(box(`parentPort.on('message', () => process.exit(0))`).evaluate(work, 5000)).rejects.toThrow(
      'its thread ended',
    )
    await expect(box(`parentPort.on('message', () => { throw new Error('oh') })`).evaluate(work, 5000)).rejects.toThrow(
      'it fails: oh',
    )
  })

  test('may end when its work is done', async () => {
    const it = box(
      `parentPort.on('message', ({ repo }) => { parentPort.postMessage(repo); setImmediate(() => { throw new Error('oh') }) })`,
    )
    expect(await it.evaluate({ ...work, repo: 'a' }, 5000)).toBe('a')
    await expect.poll(() => it.evaluate({ ...work, repo: 'b' }, 5000).catch(() => 'not yet')).toBe('b')
  })

  test('does what waits after what was ended', async () => {
    const it = box(
      `let n = 0; parentPort.on('message', ({ repo }) => { if (repo === 'bad') for (;;); parentPort.postMessage(repo + ++n) })`,
    )
    const all = ['a', 'bad', 'b', 'c'].map((repo) =>
      it.evaluate({ ...work, repo }, 300).catch((error: Error) => error.message),
    )
    expect(await Promise.all(all)).toEqual(['a1', 'it takes longer than 0.3 s', 'b1', 'c2'])
  })

  test('knows nothing of this process', async () => {
    const it = box(
      `parentPort.on('message', () => parentPort.postMessage(JSON.stringify([process.env, process.argv.slice(2), process.execArgv])))`,
    )
    expect(await it.evaluate(work, 5000)).toBe('[{},[],[]]')
  })

  test('ends when there was nothing to do for a minute, and starts again', async () => {
    const clock = testClock()
    const code = `let n = 0; parentPort.on('message', ({ repo }) => parentPort.postMessage(repo + ++n))`
    const it = sandbox({ clock, signal: stop.signal, program: program(code) })
    const said = async () => it.evaluate({ ...work, repo: 'a' }, 5000)
    expect([await said(), await said()]).toEqual(['a1', 'a2'])
    await clock.advance('61s')
    expect(await said()).toBe('a1')
  })

  test('ends with the signal', async () => {
    const own = new AbortController()
    const it = box(`parentPort.on('message', () => {})`, own.signal)
    const waiting = it.evaluate(work, 60_000)
    own.abort(new Error('that is all'))
    await expect(waiting).rejects.toThrow('that is all')
    await expect(it.evaluate(work, 60_000)).rejects.toThrow('that is all')
  })
})
