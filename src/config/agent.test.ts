// The configuration of a running process: edits are taken, broken ones are not, ConfigMap mounts are understood.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import pino from 'pino'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type TestClock, testClock } from '../testing/clock.ts'
import { startConfigAgent } from './agent.ts'
import { ConfigError } from './errors.ts'
import type { ConfigAgent, ConfigChanges, Snapshot } from './types.ts'

let folder: string
let clock: TestClock
let stop: AbortController
let logged: string[]
let metrics: Registry

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-agent-'))
  clock = testClock()
  stop = new AbortController()
  logged = []
  metrics = new Registry()
})
afterEach(async () => {
  stop.abort(new Error('the test is over'))
  await rm(folder, { recursive: true })
})

const start = (jobs = false): Promise<ConfigAgent> =>
  startConfigAgent(
    {
      configPath: join(folder, 'config.yaml'),
      pluginConfigPath: join(folder, 'plugins.yaml'),
      ...(jobs && { jobConfigPath: join(folder, 'jobs') }),
    },
    { clock, log: pino({ level: 'info' }, { write: (line) => void logged.push(line) }), metrics, signal: stop.signal },
  )
const write = (name: string, text: string) => writeFile(join(folder, name), text)
const nothing: ConfigChanges = { sections: [], presubmits: [], postsubmits: [], periodics: [], plugins: [] }
/** Time passes until the condition holds. */
const until = (condition: () => void) =>
  vi.waitFor(
    async () => {
      await clock.advance('1s')
      condition()
    },
    { timeout: 15_000 },
  )
const job = (name: string) => `periodics:\n- name: ${name}\n  interval: 1h\n  spec:\n    containers: [{image: i}]\n`

test('an edit is taken, and told to those who asked', async () => {
  await write('config.yaml', 'pod_namespace: one\n')
  await write('plugins.yaml', '')
  const agent = await start()
  const told: [Snapshot, Snapshot, ConfigChanges][] = []
  const end = agent.subscribe((...news) => told.push(news))
  const first = agent.current()
  expect(first.config.pod_namespace).toBe('one')
  await write('config.yaml', 'pod_namespace: two\n')
  await until(() => expect(agent.current().config.pod_namespace).toBe('two'))
  expect(told).toEqual([[agent.current(), first, { ...nothing, sections: ['pod_namespace'] }]])
  end()
  await write('plugins.yaml', 'plugins: {o: {plugins: [hold]}}\n')
  await until(() => expect(agent.current().plugins.plugins.o?.plugins).toEqual(['hold']))
  expect(told).toHaveLength(1)
})

test('a broken edit keeps the last good configuration, and says what is wrong', async () => {
  await write('config.yaml', 'pod_namespace: one\n')
  await write('plugins.yaml', '')
  const agent = await start()
  await write('config.yaml', 'pod_namespace: two\nlog_level: loud\n')
  await until(() => expect(agent.problems()).toHaveLength(1))
  expect(agent.problems()[0]).toMatchObject({ field: 'log_level', place: { line: 2 } })
  expect(agent.current().config.pod_namespace).toBe('one')
  expect(logged.join()).toContain('the last good one stays in force')
  await write('config.yaml', 'pod_namespace: three\n')
  await until(() => expect(agent.current().config.pod_namespace).toBe('three'))
  expect(agent.problems()).toEqual([])
})

test('a listener that fails does not keep the others from hearing', async () => {
  await write('config.yaml', '')
  await write('plugins.yaml', '')
  const agent = await start()
  agent.subscribe(() => {
    throw new Error('no')
  })
  const heard = vi.fn()
  agent.subscribe(heard)
  await write('config.yaml', 'pod_namespace: two\n')
  await until(() => expect(heard).toHaveBeenCalledTimes(1))
})

test('a file deep in the tree of jobs', async () => {
  await write('config.yaml', '')
  await write('plugins.yaml', '')
  await mkdir(join(folder, 'jobs/deep/er'), { recursive: true })
  await write('jobs/deep/er/a.yaml', job('a'))
  const agent = await start(true)
  await write('jobs/deep/er/a.yaml', job('b'))
  await until(() => expect(agent.current().config.periodics.map(({ name }) => name)).toEqual(['b']))
})

test('a ConfigMap mount swaps its data by a link', async () => {
  for (const version of ['..1', '..2']) {
    await mkdir(join(folder, version))
    await write(`${version}/config.yaml`, `pod_namespace: ns${version.slice(2)}\n`)
    await write(`${version}/plugins.yaml`, '')
  }
  await symlink('..1', join(folder, '..data'))
  for (const name of ['config.yaml', 'plugins.yaml']) await symlink(`..data/${name}`, join(folder, name))
  const agent = await start()
  expect(agent.current().config.pod_namespace).toBe('ns1')
  await symlink('..2', join(folder, '..tmp'))
  await rename(join(folder, '..tmp'), join(folder, '..data'))
  await until(() => expect(agent.current().config.pod_namespace).toBe('ns2'))
})

test('a folder that is removed and comes back, a new one, and what a link leads to', async () => {
  await write('config.yaml', '')
  await write('plugins.yaml', '')
  await mkdir(join(folder, 'jobs/old'), { recursive: true })
  await mkdir(join(folder, 'elsewhere'))
  await write('jobs/old/a.yaml', job('a'))
  await write('elsewhere/target', job('linked'))
  await symlink('../elsewhere/target', join(folder, 'jobs/link.yaml'))
  const agent = await start(true)
  const names = () => agent.current().config.periodics.map(({ name }) => name)
  expect(names()).toEqual(['linked', 'a'])
  await rm(join(folder, 'jobs/old'), { recursive: true })
  await until(() => expect(names()).toEqual(['linked']))
  await mkdir(join(folder, 'jobs/old/er'), { recursive: true })
  await write('jobs/old/er/b.yaml', job('b'))
  await until(() => expect(names()).toEqual(['linked', 'b']))
  await write('jobs/old/er/b.yaml', job('c'))
  await until(() => expect(names()).toEqual(['linked', 'c']))
  await write('elsewhere/target', job('changed'))
  await until(() => expect(names()).toEqual(['changed', 'c']))
})

test('a whole tree that is swapped as a ConfigMap is', async () => {
  await write('config.yaml', '')
  await write('plugins.yaml', '')
  for (const version of ['..1', '..2']) {
    await mkdir(join(folder, 'jobs', version), { recursive: true })
    await write(`jobs/${version}/a.yaml`, job(`v${version.slice(2)}`))
  }
  await symlink('..1', join(folder, 'jobs/..data'))
  await symlink('..data/a.yaml', join(folder, 'jobs/a.yaml'))
  const agent = await start(true)
  await symlink('..2', join(folder, 'jobs/..tmp'))
  await rename(join(folder, 'jobs/..tmp'), join(folder, 'jobs/..data'))
  await until(() => expect(agent.current().config.periodics.map(({ name }) => name)).toEqual(['v2']))
})

test('a pipe among the files is a problem, and nobody waits for what it gives', async () => {
  await write('config.yaml', '')
  await write('plugins.yaml', '')
  await mkdir(join(folder, 'jobs'))
  const agent = await start(true)
  execFileSync('mkfifo', [join(folder, 'jobs/a.yaml')])
  await until(() => expect(agent.problems()).toHaveLength(1))
  expect(agent.problems()[0]).toMatchObject({
    code: 'CONFIG_NOT_REGULAR',
    place: { file: join(folder, 'jobs/a.yaml') },
  })
  await rm(join(folder, 'jobs/a.yaml'))
  await symlink('/dev/zero', join(folder, 'jobs/b.yaml'))
  await until(() => expect(agent.problems()[0]?.place?.file).toBe(join(folder, 'jobs/b.yaml')))
})

test('monitoring learns whether the newest files are in force', async () => {
  await write('config.yaml', '')
  await write('plugins.yaml', '')
  const agent = await start()
  const loaded = clock.now()
  const shown = async () =>
    (await metrics.metrics()).split('\n').filter((line) => line.startsWith('prow_config_') && !line.endsWith(' 0'))
  expect(await shown()).toEqual([
    'prow_config_reload_successful 1',
    `prow_config_reload_success_timestamp_seconds ${loaded / 1000}`,
  ])
  await write('config.yaml', 'log_level: loud\n')
  await until(() => expect(agent.problems()).toHaveLength(1))
  expect(await shown()).toEqual([
    `prow_config_reload_success_timestamp_seconds ${loaded / 1000}`,
    'prow_config_reloads_total{result="broken"} 1',
  ])
  await write('config.yaml', '')
  await until(() => expect(agent.problems()).toEqual([]))
  expect(await shown()).toEqual([
    'prow_config_reload_successful 1',
    `prow_config_reload_success_timestamp_seconds ${agent.current().loadedAt / 1000}`,
    'prow_config_reloads_total{result="broken"} 1',
    'prow_config_reloads_total{result="taken"} 1',
  ])
})

test('a large configuration is read in a thread from the beginning, and edits reach its parts only', async () => {
  await write('config.yaml', 'plank: {max_concurrency: 1}\n')
  await write('plugins.yaml', '')
  await mkdir(join(folder, 'jobs'))
  const padding = `# ${'x'.repeat(2_000_000)}\n`
  await write('jobs/a.yaml', padding + job('a'))
  await write('jobs/b.yaml', job('b'))
  const agent = await start(true)
  const before = agent.current()
  expect(Object.isFrozen(before.config.periodics[0]?.spec)).toBe(true)
  await write('jobs/b.yaml', job('c'))
  await until(() => expect(agent.current().config.periodics.map(({ name }) => name)).toEqual(['a', 'c']))
  const { config } = agent.current()
  expect(config.periodics[0]).toBe(before.config.periodics[0])
  expect(config.plank).toBe(before.config.plank)
  expect(Object.isFrozen(config.periodics[1]?.spec)).toBe(true)
})

test('a thread that dies is told, and another one takes its place', async () => {
  await write('config.yaml', 'pod_namespace: one\n')
  await write('plugins.yaml', '')
  const threads: Worker[] = []
  const seen = (thread: Worker) => threads.push(thread)
  process.on('worker', seen)
  const agent = await start()
  await write('config.yaml', 'pod_namespace: two\n')
  await until(() => expect(agent.current().config.pod_namespace).toBe('two'))
  const before = agent.current()
  await threads[0]?.terminate()
  await until(() => expect(threads).toHaveLength(2))
  expect(logged.join()).toContain('the thread that reads the configuration died')
  await write('config.yaml', 'pod_namespace: three\n')
  await until(() => expect(agent.current().config.pod_namespace).toBe('three'))
  expect(agent.current().config.plank).toBe(before.config.plank)
  process.off('worker', seen)
})

test('ten quiet minutes later everything is read again, and the thread of a small configuration ends', async () => {
  await write('config.yaml', '')
  await write('plugins.yaml', '')
  const [started, ended] = [vi.fn(), vi.fn()]
  process.once('worker', (thread) => {
    started()
    thread.once('exit', ended)
  })
  const agent = await start()
  const first = agent.current()
  while (started.mock.calls.length === 0) await clock.advance('1s')
  expect(clock.now() - first.loadedAt).toBeGreaterThanOrEqual(600_000)
  await until(() => expect(ended).toHaveBeenCalled())
  expect(agent.current()).toBe(first)
  expect(logged.join()).not.toContain('died')
})

test('a large configuration that is broken from the beginning is refused with its problems', async () => {
  await write('config.yaml', `# ${'x'.repeat(2_000_000)}\nlog_level: loud\n`)
  await write('plugins.yaml', '')
  await expect(start()).rejects.toThrow('config.yaml:2:12: log_level: "loud" is not one of')
})

test('the log names what changed, and of much the beginning', async () => {
  await write('config.yaml', '')
  await write('plugins.yaml', '')
  await mkdir(join(folder, 'jobs'))
  const agent = await start(true)
  const many = Array.from({ length: 60 }, (_, index) => job(`job${index}`).replace('periodics:\n', ''))
  await write('jobs/a.yaml', `periodics:\n${many.join('')}`)
  await until(() => expect(agent.current().config.periodics).toHaveLength(60))
  const { changes } = JSON.parse(logged.find((line) => line.includes('configuration reloaded')) ?? '{}')
  expect(changes.periodics.slice(48)).toEqual(['job48', 'job49', 'and 10 more'])
})

test('the first loading must succeed', async () => {
  await write('config.yaml', 'log_level: loud\n')
  await write('plugins.yaml', '')
  await expect(start()).rejects.toThrow(ConfigError)
})
