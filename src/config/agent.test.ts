// The configuration of a running process: edits are taken, broken ones are not, ConfigMap mounts are understood.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  vi.waitFor(async () => {
    await clock.advance('1s')
    condition()
  })
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

test('the first loading must succeed', async () => {
  await write('config.yaml', 'log_level: loud\n')
  await write('plugins.yaml', '')
  await expect(start()).rejects.toThrow(ConfigError)
})
