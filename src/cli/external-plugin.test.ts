// The programs that serve one plugin, as people deploy them: behind hook, with upstream's flags, on a simulated GitHub.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { ProwJob } from '../api/prowjob.ts'
import { signature } from '../hook/hmac.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { systemClock as clock } from '../system/clock.ts'
import { systemIds as ids } from '../system/ids.ts'
import { commandLine } from '../testing/command-line.ts'
import { snapshot } from '../testing/config.ts'
import { commands } from './commands.ts'
import { parseFlags } from './flags.ts'
import { withTemplatesFor } from './refresh.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
const patience = { timeout: 30_000, interval: 25 }
const repo = 'harbor/lighthouse'
const main = resolve(import.meta.dirname, 'main.ts')

let dir: string
let simulator: Simulator
const running = new Map<ChildProcess, Promise<unknown[]>>()

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'bowsprit-external-'))
  simulator = await startSimulator({
    dataDir: join(dir, 'simulator'),
    listen: { host: '127.0.0.1', port: 0 },
    clock,
    ids,
    log: pino({ level: 'silent' }),
    seed: {
      bot: 'robot',
      users: [{ login: 'alice' }, { login: 'eve' }, { login: 'robot' }],
      orgs: [{ login: 'harbor', admins: ['alice', 'robot'] }],
      repos: [{ owner: 'harbor', name: 'lighthouse', files: { lamp: 'one\n' } }],
    },
  })
  writeFileSync(join(dir, 'token'), simulator.tokens.robot ?? '')
  writeFileSync(join(dir, 'hmac'), 'hush')
  writeFileSync(join(dir, 'config.yaml'), '')
  const forwards = '{harbor: [{name: needs-rebase, endpoint: "http://x", events: [pull_request, push]}]}'
  writeFileSync(join(dir, 'plugins.yaml'), `external_plugins: ${forwards}\n`)
})
afterEach(async () => {
  const all = [...running]
  running.clear()
  for (const [child, ended] of all) {
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  }
})
afterAll(async () => {
  await simulator.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Starts a program; its log, and its addresses once it is ready. */
async function start(name: string, ...more: string[]) {
  const flags = [
    ...['--port=0', '--metrics-port=0', `--data-dir=${join(dir, name)}`, `--hmac-secret-file=${join(dir, 'hmac')}`],
    ...[`--github-endpoint=${simulator.apiUrl}`, `--github-token-path=${join(dir, 'token')}`],
  ]
  const child = spawn(process.execPath, [main, name, ...flags, ...more], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.set(child, once(child, 'exit'))
  const lines: Record<string, unknown>[] = []
  let said = ''
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ready = () => lines.find(({ msg }) => msg === 'ready')
  await expect.poll(() => (ready() ? 'ready' : said), patience).toBe('ready')
  const urls = ready()?.urls as Record<string, string>
  return { lines, url: urls[name] ?? '', metrics: urls.metrics ?? '' }
}

let deliveries = 0
/** What hook forwards when somebody comments. */
function comments(url: string, number: number, login: string, body: string, secret = 'hush') {
  const payload = JSON.stringify({
    action: 'created',
    repository: {
      name: 'lighthouse',
      full_name: repo,
      owner: { login: 'harbor' },
      html_url: `https://github.com/${repo}`,
    },
    issue: { number, state: 'open', user: { login: 'alice' }, pull_request: {} },
    comment: { id: 1, body, user: { login }, html_url: 'https://c' },
  })
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'issue_comment',
    'x-github-delivery': `d${++deliveries}`,
    'x-hub-signature-256': signature(payload, secret),
  }
  return fetch(url, { method: 'POST', body: payload, headers })
}
const opens = (files: Record<string, string>) =>
  simulator.world.openPullRequest({ repo, author: 'alice', title: 'Change', files })
const pull = (number: number) => simulator.world.pullRequest(repo, number)

test('cherrypicker answers webhooks and help, and writes nothing unless told to', async () => {
  const { number } = await opens({ wick: 'new\n' })
  const program = await start('cherrypicker', '--labels=backport', '--create-issue-on-conflict', '--log-level=info')
  expect((await fetch(`${program.url}/help`)).status).toBe(405)
  const help = await fetch(`${program.url}/help`, { method: 'POST', body: '[{"Org":"harbor","Repo":"lighthouse"}]' })
  expect(await help.json()).toMatchObject({
    Config: { '': expect.stringContaining('New pull requests get the labels backport.') },
    Commands: [{ Usage: expect.stringContaining('/cherrypick'), Featured: true }],
  })
  expect((await comments(program.url, number, 'eve', '/cherrypick v1', 'wrong')).status).toBe(403)
  expect((await comments(program.url, number, 'eve', '/cherrypick v1')).status).toBe(200)
  const skipped = () => program.lines.filter(({ msg }) => msg === 'dry run: not sent to the code host')
  await expect.poll(() => skipped().map(({ operation }) => operation), patience).toEqual(['comment'])
  expect(JSON.stringify(skipped())).toContain('org members may request cherry-picks')
  expect(pull(number).comments).toEqual([])
  expect(await (await fetch(`${program.metrics}/metrics`)).text()).toContain('prow_webhook_counter')
  expect(await (await fetch(`${program.metrics}/healthz`)).text()).toBe('OK')
})

test('needs-rebase looks at everything when it starts, and then at what hook forwards', async () => {
  const { number } = await opens({ lamp: 'two\n' })
  await simulator.world.push({ repo, author: 'alice', branch: 'main', files: { lamp: 'three\n' } })
  const flags = [`--plugin-config=${join(dir, 'plugins.yaml')}`, '--update-period=1h', '--cache-valid-time=10s']
  const program = await start('needs-rebase', ...flags, '--dry-run=false')
  await expect.poll(() => pull(number).labels, patience).toEqual(['needs-rebase'])
  simulator.world.removeLabel({ repo, by: 'alice', number, label: 'needs-rebase' })
  expect((await comments(program.url, number, 'eve', 'Is it mended?')).status).toBe(200)
  await expect.poll(() => pull(number).labels, patience).toEqual(['needs-rebase'])
  expect(pull(number).comments).toHaveLength(1)
})

test('refresh takes jobs from Deck, and reports them', async () => {
  const { number } = await opens({ glass: 'new\n' })
  const job = {
    metadata: { name: 'a', labels: {} },
    spec: {
      ...{ type: 'presubmit', agent: 'kubernetes', job: 'unit', context: 'unit', report: true },
      refs: { org: 'harbor', repo: 'lighthouse', pulls: [{ number, author: 'alice', sha: pull(number).head.sha }] },
    },
    status: { state: 'success', description: 'Job succeeded.', startTime: '2026-01-01T00:00:00Z', url: 'https://job' },
  }
  const deck = createServer((_request, answer) => answer.end(JSON.stringify({ items: [job] }))).listen(0, '127.0.0.1')
  await once(deck, 'listening')
  const prowUrl = `http://127.0.0.1:${(deck.address() as AddressInfo).port}`
  const flags = [`--config-path=${join(dir, 'config.yaml')}`, `--prow-url=${prowUrl}`, '--dry-run=false']
  const program = await start('refresh', ...flags)
  await comments(program.url, number, 'eve', '/refresh')
  await expect
    .poll(() => pull(number).statuses.unit, patience)
    .toMatchObject({ state: 'success', target_url: 'https://job' })
  deck.close()
})

const shared = [
  ...['--port=8888', '--hmac-secret-file=/etc/webhook/hmac', '--log-level=debug', '--dry-run=false'],
  ...['--metrics-port=9090', '--health-port=8081', '--pprof-port=6060', '--github-token-path=/etc/github/oauth'],
]
test.each<[name: string, args: string[], values: object]>([
  [
    'cherrypicker',
    ['--labels=a', '--labels=b', '--use-prow-assignments=false', '--allow-all', '--label-prefix=pick/'],
    { labels: ['a', 'b'], 'use-prow-assignments': false, 'allow-all': true, 'create-issue-on-conflict': false },
  ],
  [
    'needs-rebase',
    ['--plugin-config=/etc/plugins/plugins.yaml', '--update-period=30m'],
    { 'update-period': 1_800_000, 'cache-valid-time': 0, 'github-hourly-tokens': 360, 'github-allowed-burst': 360 },
  ],
  [
    'refresh',
    ['--prow-url=https://prow', '--job-config-path=/etc/job-config'],
    { 'config-path': '/etc/config/config.yaml' },
  ],
])('%s takes the flags of upstream', async (name, args, values) => {
  const { flags } = (await commands[name]?.load())?.default ?? { flags: {} }
  expect(parseFlags(flags, [...shared, ...args])).toMatchObject({ rest: [], values: { 'dry-run': false, ...values } })
  expect(parseFlags(flags, []).values).toMatchObject({ port: 8888, 'dry-run': true, 'grace-period': 5000 })
})

test.each<[string, string[], string]>([
  ['no address of Deck', ['refresh'], '--prow-url: "" is no address'],
  ['no secret', ['cherrypicker', '--hmac-secret-file=/nowhere'], '--hmac-secret-file: cannot read /nowhere'],
  [
    'half a throttle',
    ['needs-rebase', '--github-allowed-burst=0', '--hmac-secret-file=/dev/null'],
    '--github-hourly-tokens needs --github-allowed-burst',
  ],
])('%s is refused', async (_why, args, want) => {
  const { code, stderr } = await commandLine([...args, '--metrics-port=0'])
  expect([code, stderr]).toEqual([2, expect.stringContaining(want)])
})

test('for a job of Jenkins the report templates of its operator count', () => {
  const { config } = snapshot()
  const operator = (label_selector: string, report_templates: object) => ({ label_selector, report_templates })
  const jenkins_operators = [operator('team=a', { '*': 'a' }), operator('team in (b,c)', { org: 'b' })]
  const given = { ...config, jenkins_operators: jenkins_operators as unknown as typeof config.jenkins_operators }
  const templates = (agent: string, labels: object) =>
    withTemplatesFor({ spec: { agent }, metadata: { labels } } as ProwJob, given).plank.report_templates
  expect(templates('jenkins', { team: 'a' })).toEqual({ '*': 'a' })
  expect(templates('jenkins', { team: 'c' })).toEqual({ org: 'b' })
  expect(templates('jenkins', { team: 'd' })).toBe(config.plank.report_templates)
  expect(templates('kubernetes', { team: 'a' })).toBe(config.plank.report_templates)
})
