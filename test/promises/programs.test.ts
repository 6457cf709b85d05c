// The components as programs of their own, as people deploy them: on one API server, by its kubeconfig, with upstream's flags.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { prowJobCrd } from '../../src/api/crd.ts'
import { pods } from '../../src/api/kubernetes.ts'
import { type ProwJob, prowJobs } from '../../src/api/prowjob.ts'
import { timestamp } from '../../src/api/time.ts'
import { startApiServer } from '../../src/engine/apiserver/server.ts'
import { createNode } from '../../src/engine/node/node.ts'
import { type HttpKube, httpKube } from '../../src/kube/http.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { systemClock as clock } from '../../src/system/clock.ts'
import { systemIds as ids } from '../../src/system/ids.ts'
import { part, supervise } from '../../src/up/supervise.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })
const root = resolve(import.meta.dirname, '../..')
const main = join(root, 'src/cli/main.ts')
const repo = 'harbor/lighthouse'
const day = 24 * 3_600_000
// Five programs that start at once on a busy machine take their time.
const patience = { timeout: 60_000, interval: 50 }
const log = pino({ level: 'silent' })

let dir: string
let kube: HttpKube
let simulator: Simulator
const cleanups: (() => Promise<unknown>)[] = []
const programs = new Set<Program>()

interface Program {
  readonly child: ChildProcess
  /** Everything it logged so far. */
  readonly lines: Readonly<Record<string, unknown>>[]
  /** Addresses of its servers, once it is ready. */
  ready(): Promise<Readonly<Record<string, string>>>
  /** Its exit code. */
  readonly ended: Promise<number | null>
}

function start(name: string, ...flags: string[]): Program {
  const files = ['config', 'job-config'].map((file) => `--${file}-path=${join(dir, `${file}.yaml`)}`)
  const common = [...files, `--kubeconfig=${join(dir, 'kubeconfig')}`, '--metrics-port=0']
  const child = spawn(process.execPath, [main, name, ...common, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: Record<string, unknown>[] = []
  let said = ''
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const isReady = () => lines.find(({ msg }) => msg === 'ready')
  const program: Program = {
    child,
    lines,
    ended,
    async ready() {
      const why = () => `${name} is ${isReady() ? 'ready' : `not ready: ${said}${JSON.stringify(lines)}`}`
      await expect.poll(why, patience).toBe(`${name} is ready`)
      return isReady()?.urls as Record<string, string>
    },
  }
  programs.add(program)
  return program
}

const github = () => [`--github-endpoint=${simulator.apiUrl}`, `--github-token-path=${join(dir, 'token-of-bot')}`]

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bowsprit-programs-'))
  const listen = { host: '127.0.0.1', port: 0 }
  simulator = await startSimulator({
    dataDir: join(dir, 'simulator'),
    listen,
    clock,
    ids,
    log,
    seed: {
      bot: 'robot',
      users: [{ login: 'alice' }, { login: 'robot' }],
      orgs: [{ login: 'harbor', admins: ['alice', 'robot'] }],
      repos: [{ owner: 'harbor', name: 'lighthouse', files: { 'README.md': '# Lighthouse\n' } }],
    },
  })
  cleanups.push(() => simulator.close())
  const node = createNode({
    dataDir: dir,
    clock,
    nodeProgram: process.execPath,
    path: process.env.PATH ?? '',
    visible: [root, dirname(process.execPath)],
    utilityPaths: [join(dir, 'bucket')],
    utilityCommand: (utility) => [process.execPath, join(root, 'src/podutils/main.ts'), utility],
  })
  const api = await startApiServer({ dataDir: dir, listen, clock, ids, log, logs: node.logs, crds: [prowJobCrd()] })
  cleanups.push(() => api.close())
  const access = () => ({ headers: { authorization: `Bearer ${api.token}` }, tls: { ca: api.ca } })
  kube = httpKube({ cluster: 'default', server: api.url, access, clock, ids })
  cleanups.push(() => kube.close())
  const end = new AbortController()
  const group = supervise([part(node, { kube })], { clock, ids, log, metrics: new Registry(), signal: end.signal })
  cleanups.push(async () => {
    end.abort()
    await group.stopped
  })
  await group.ready
  await mkdir(join(dir, 'bucket'))
  await writeFile(join(dir, 'token-of-bot'), simulator.tokens.robot ?? '')
  await writeFile(join(dir, 'hmac'), 'hush')
  await writeFile(join(dir, 'config.yaml'), configuration())
  await writeFile(join(dir, 'job-config.yaml'), jobs)
  await writeFile(join(dir, 'plugins.yaml'), 'plugins: {harbor: {plugins: [trigger]}}\n')
})

afterEach(async () => {
  for (const { child, ended } of programs) {
    child.kill('SIGKILL')
    await ended
  }
  programs.clear()
})

afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean()
  await rm(dir, { recursive: true, force: true })
})

const configuration = () => `
prowjob_namespace: default
pod_namespace: default
github: {link_url: '${simulator.url}'}
plank:
  default_decoration_config_entries:
    - config:
        timeout: 5m
        grace_period: 5s
        utility_images: {clonerefs: clonerefs, initupload: initupload, entrypoint: entrypoint, sidecar: sidecar}
        gcs_configuration: {bucket: 'file://${dir}/bucket', path_strategy: explicit}
`
const jobs = `
presubmits:
  ${repo}:
    - name: unit
      decorate: true
      spec: {containers: [{image: host, command: [sh, -c, 'cat README.md']}]}
periodics:
  - name: tide-table
    interval: 24h
    spec: {containers: [{image: host, command: ['true']}]}
`

const allJobs = async () => (await kube.list(prowJobs, { namespace: 'default' })).items
const states = async () => Object.fromEntries((await allJobs()).map(({ spec, status }) => [spec.job, status.state]))

function prowJob(name: string, status: ProwJob['status']): ProwJob {
  return {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name, namespace: 'default' },
    spec: {
      type: 'periodic',
      agent: 'kubernetes',
      job: name,
      pod_spec: { containers: [{ name: 'test', image: 'host', command: ['true'] }] },
    },
    status,
  }
}

test('without --dry-run=false they look, say what they would do, and write nothing', async () => {
  const long = timestamp(clock.now() - 30 * day)
  await kube.create(prowJobs, prowJob('old', { state: 'success', startTime: long, completionTime: long }))
  await kube.create(prowJobs, prowJob('new', { state: 'triggered', startTime: timestamp(clock.now()) }))
  const before = await allJobs()

  const sinker = start('sinker', '--run-once')
  expect(await sinker.ended).toBe(0)
  expect(sinker.lines.filter(({ msg }) => msg === 'dry run: would delete').map(({ name }) => name)).toEqual(['old'])
  const others = [start('prow-controller-manager'), start('horologium')]
  for (const program of others) {
    await program.ready()
    const would = () => program.lines.map(({ msg, resource }) => `${msg} ${resource}`)
    await expect.poll(would, patience).toContainEqual(expect.stringMatching(/^dry run: would create (pods|prowjobs)$/))
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe(0)
  }

  expect(await allJobs()).toEqual(before)
  expect((await kube.list(pods, { namespace: 'default' })).items).toEqual([])
  for (const name of ['old', 'new']) await kube.delete(prowJobs, { namespace: 'default', name })
})

test('together they take a comment to a green status, and tidy up behind it', async () => {
  const hook = start(
    'hook',
    '--dry-run=false',
    '--port=0',
    `--data-dir=${dir}`,
    `--plugin-config=${join(dir, 'plugins.yaml')}`,
    `--hmac-secret-file=${join(dir, 'hmac')}`,
    ...github(),
  )
  const manager = start('prow-controller-manager', '--dry-run=false')
  const crier = start('crier', '--github-workers=2', '--blob-storage-workers=1', ...github())
  const horologium = start('horologium', '--dry-run=false')
  const deck = start('deck', '--port=0')
  const all = { hook, manager, crier, horologium, deck }
  const urls = Object.fromEntries(
    await Promise.all(Object.entries(all).map(async ([name, program]) => [name, await program.ready()] as const)),
  )
  for (const [name, { metrics }] of Object.entries(urls)) {
    expect([name, await (await fetch(`${metrics}/healthz/ready`)).text()]).toEqual([name, 'OK'])
    expect(await (await fetch(`${metrics}/metrics`)).text()).toContain('process_cpu_seconds_total')
  }
  expect(await (await fetch(`${urls.manager?.metrics}/metrics`)).text()).toContain('prowjobs')

  const { world } = simulator
  await world.plant({ hooks: [{ org: 'harbor', url: `${urls.hook?.hook}/hook`, secret: 'hush' }] })
  const { number } = await world.openPullRequest({
    repo,
    author: 'alice',
    title: 'Paint it red',
    files: { 'a.txt': 'red\n' },
  })
  world.comment({ repo, number, author: 'alice', body: '/test unit' })
  await expect.poll(() => world.pullRequest(repo, number).statuses.unit?.state, patience).toBe('success')
  await expect.poll(states, patience).toEqual({ unit: 'success', 'tide-table': 'success' })

  const unit = (await allJobs()).find(({ spec }) => spec.job === 'unit')
  const folder = join(dir, `bucket/pr-logs/pull/harbor_lighthouse/${number}/unit/${unit?.status.build_id}`)
  expect(await readFile(join(folder, 'build-log.txt'), 'utf8')).toBe('# Lighthouse\n')
  const shown = async () => (await (await fetch(`${urls.deck?.deck}/prowjobs.js`)).json()) as { items: ProwJob[] }
  await expect
    .poll(async () => (await shown()).items.map(({ spec, status }) => `${spec.job} ${status.state}`).sort(), patience)
    .toEqual(['tide-table success', 'unit success'])

  const long = timestamp(clock.now() - 30 * day)
  await kube.create(prowJobs, prowJob('old', { state: 'success', startTime: long, completionTime: long }))
  expect(await start('sinker', '--run-once', '--dry-run=false').ended).toBe(0)
  expect((await allJobs()).map(({ spec }) => spec.job).sort()).toEqual(['tide-table', 'unit'])

  for (const [name, { child, ended }] of Object.entries(all)) {
    child.kill('SIGTERM')
    expect([name, await ended]).toEqual([name, 0])
  }
})
