// Promises about `bowsprit up` as a program: how it starts, how it ends, what it finds again, and what it says when it cannot.
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pods } from '../../src/api/kubernetes.ts'
import { type ProwJob, prowJobs } from '../../src/api/prowjob.ts'
import { kubeOf } from '../../src/testing/kubeconfig.ts'
import { restOf, startUp, type UpProcess } from '../../src/testing/up-process.ts'
import { bowsprit } from './cli.ts'

// Each test starts a whole installation at least once, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
const repo = '/repos/harbor/lighthouse'
const anyPorts = ['deck', 'hook', 'api', 'metrics', 'simulator'].map((name) => `--${name}-port=0`)
const patience = { timeout: 30_000, interval: 20 }

let dataDir: string
const running = new Set<UpProcess>()
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-lifecycle-'))
})
afterEach(async () => {
  // Not by kill -9: that would leave jobs behind.
  for (const up of running) await up.stop()
  running.clear()
  await rm(dataDir, { recursive: true, force: true })
})

async function start(...flags: string[]): Promise<UpProcess> {
  const up = await startUp(dataDir, flags)
  running.add(up)
  return up
}

/** What kubectl would show, with a client that is closed again. */
async function listed(): Promise<{ jobs: readonly ProwJob[]; phases: readonly (string | undefined)[] }> {
  const kube = await kubeOf(join(dataDir, 'kubeconfig'))
  try {
    const { items } = await kube.list(prowJobs, { namespace: 'default' })
    const { items: running } = await kube.list(pods, { namespace: 'default' })
    return { jobs: items, phases: running.map(({ status }) => status?.phase) }
  } finally {
    await kube.close()
  }
}

/** @param gates A folder of this machine that the script finds at /gates. */
async function run(name: string, script: string, gates = dataDir): Promise<void> {
  const volume = { name: 'gates', hostPath: { path: gates } }
  const volumeMounts = [{ name: 'gates', mountPath: '/gates' }]
  const container = { name: 'test', image: 'host', command: ['sh', '-c', script], volumeMounts }
  const kube = await kubeOf(join(dataDir, 'kubeconfig'))
  await kube.create(prowJobs, {
    apiVersion: 'prow.k8s.io/v1',
    kind: 'ProwJob',
    metadata: { name, namespace: 'default' },
    spec: {
      type: 'periodic',
      agent: 'kubernetes',
      job: name,
      pod_spec: { containers: [container], volumes: [volume] },
    },
    status: { state: 'triggered', startTime: new Date().toISOString() },
  })
  await kube.close()
}

const states = async () => Object.fromEntries((await listed()).jobs.map(({ spec, status }) => [spec.job, status.state]))

describe('a start', () => {
  test('ends with addresses at which everything answers', async () => {
    const up = await start()
    const { addresses } = up
    expect(Object.keys(addresses).sort()).toEqual(
      ['admin', 'api', 'deck', 'hook', 'metrics', 'simulator', 'tokens'].sort(),
    )
    const status = async (url: string) => (await fetch(url)).status
    expect(await status(addresses.deck)).toBe(200)
    expect(await status(`${addresses.deck}/prowjobs.js`)).toBe(200)
    expect(await status(addresses.admin)).toBe(200)
    // hook takes nothing but posts that are signed.
    expect((await fetch(`${addresses.hook}/hook`, { method: 'POST', body: '{}' })).status).toBe(400)
    expect(await status(`${addresses.metrics}/healthz/ready`)).toBe(200)
    expect(await (await fetch(`${addresses.metrics}/metrics`)).text()).toMatch(/^# HELP prowjobs /m)
    expect(await restOf(addresses, 'alice')('GET', '/user')).toMatchObject({ login: 'alice' })
    expect((await listed()).jobs).toBeDefined()
    expect(up.output()).toContain(`kubectl get prowjobs -w`)
    expect(up.output()).toContain(addresses.deck)
  })

  test('finds everything as it was left, and does not tell the first story twice', async () => {
    const before = await start()
    await expect.poll(states, patience).toEqual({ 'lighthouse-unit': 'success' })
    const remember = async ({ addresses }: UpProcess) => {
      const rest = restOf(addresses, 'alice')
      const pull = await rest<{ title: string; head: { sha: string }; labels: { name: string }[] }>(
        'GET',
        `${repo}/pulls/1`,
      )
      const { statuses } = await rest<{ statuses: { context: string; state: string; description: string }[] }>(
        'GET',
        `${repo}/commits/${pull.head.sha}/status`,
      )
      const comments = await rest<{ id: number; body: string }[]>('GET', `${repo}/issues/1/comments`)
      const { jobs } = await listed()
      return {
        title: pull.title,
        labels: pull.labels.map(({ name }) => name),
        statuses: statuses.map(({ context, state, description }) => [context, state, description]),
        comments: comments.map(({ id, body }) => [id, body]),
        jobs: jobs.map(({ metadata, status }) => [metadata.name, status.state, status.build_id, status.completionTime]),
        bucket: (await readdir(join(dataDir, 'bucket'), { recursive: true })).sort(),
        tokens: addresses.tokens,
      }
    }
    const settled = async () => JSON.stringify((await remember(before)).statuses)
    await expect.poll(settled, patience).toContain('"success"')
    await expect.poll(async () => (await remember(before)).bucket.join(' '), patience).toContain('finished.json')
    const was = await remember(before)
    expect(await before.stop()).toBe(0)

    const after = await start()
    expect(await remember(after)).toEqual(was)
    expect(after.output()).not.toContain('The life of a job')
    expect(before.output()).toContain('The life of a job')
    await expect(restOf(after.addresses, 'alice')('GET', `${repo}/pulls/2`)).rejects.toThrow('404')
  })

  test('shows a review as on a real one: sample/README.md says what to write, and what comes of it', async () => {
    const { addresses } = await start()
    await expect.poll(states, patience).toEqual({ 'lighthouse-unit': 'success' })
    const rest = restOf(addresses, 'alice')
    const pull = () =>
      rest<{ title: string; labels: { name: string }[]; requested_reviewers: { login: string }[] }>(
        'GET',
        `${repo}/pulls/1`,
      )
    const labels = async () => (await pull()).labels.map(({ name }) => name)
    const said = async () =>
      (await rest<{ body: string }[]>('GET', `${repo}/issues/1/comments`)).map(({ body }) => body).join('\n')
    const say = (login: string, body: string) => restOf(addresses, login)('POST', `${repo}/issues/1/comments`, { body })
    await expect.poll(said, patience).toContain('Welcome @casey!')
    await expect.poll(said, patience).toContain('This PR is **NOT APPROVED**')
    await expect.poll(labels, patience).toEqual(expect.arrayContaining(['size/XS', 'ok-to-test']))
    expect(['alice', 'bob']).toContain((await pull()).requested_reviewers[0]?.login)
    await say('bob', '/lgtm')
    await say('bob', '/kind documentation')
    await say('bob', '/hold')
    const withBob = ['lgtm', 'kind/documentation', 'do-not-merge/hold']
    await expect.poll(labels, patience).toEqual(expect.arrayContaining(withBob))
    expect(await labels()).not.toContain('approved')
    await say('bob', '/hold cancel')
    await say('alice', '/approve')
    await expect.poll(labels, patience).toContain('approved')
    await expect.poll(said, patience).toContain('This PR is **APPROVED**')
    await expect.poll(labels, patience).not.toContain('do-not-merge/hold')
    await say('casey', '/retitle A better title')
    await expect.poll(said, patience).toContain('Re-titling can only be requested by trusted users')
    await say('alice', '/test ?')
    await expect.poll(said, patience).toContain('\n/test lighthouse-links\n')
  })

  test('on a data directory in use is refused, and the one that is there does not notice', async () => {
    const first = await start()
    const file = join(dataDir, 'addresses.json')
    const addresses = await readFile(file, 'utf8')
    const second = await bowsprit('up', '--simulator', `--data-dir=${dataDir}`, ...anyPorts)
    expect(second.code).toBe(1)
    expect(second.err).toContain(`another Bowsprit is using the data directory ${dataDir}`)
    expect(await readFile(file, 'utf8')).toBe(addresses)
    await run('still-there', 'true')
    await expect.poll(states, patience).toMatchObject({ 'still-there': 'success' })
    expect(await first.stop()).toBe(0)
  })

  test('on a port that is taken names the flag', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    for (const name of ['deck', 'hook', 'api', 'metrics', 'simulator']) {
      const args = ['up', '--simulator', `--data-dir=${dataDir}`, ...anyPorts, `--${name}-port=${port}`]
      const { code, err } = await bowsprit(...args)
      expect([name, code]).toEqual([name, 1])
      expect(err).toContain(`port ${port} of 127.0.0.1 is taken by another program`)
      expect(err).toContain(`choose another port with --${name}-port`)
    }
    other.close()
  })

  test.each([
    [
      'a value of the wrong type',
      'plank:\n  max_concurrency: many\n',
      ':2:20: plank.max_concurrency: must be a whole number',
    ],
    ['what is no YAML', 'plank:\n  max_concurrency: 1\n foo: [\n', ':3:2: is not valid YAML'],
  ])('with a broken configuration says where: %s', async (_what, text, where) => {
    const config = join(dataDir, 'broken.yaml')
    await writeFile(config, text)
    const ended = await bowsprit(
      'up',
      '--simulator',
      `--data-dir=${dataDir}/data`,
      ...anyPorts,
      `--config-path=${config}`,
    )
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining(`${config}${where}`) })
  })
})

describe('an end', () => {
  test.each([
    ['SIGTERM', 'a job that does not listen', "trap '' TERM INT; while :; do sleep 1; done"],
    ['SIGINT', 'a job that does', 'sleep 1000'],
  ] as const)('by %s comes within ten seconds, in the middle of %s', async (signal, _what, script) => {
    const up = await start()
    await run('busy', script)
    await expect.poll(async () => (await listed()).phases, patience).toContain('Running')
    const begin = performance.now()
    expect(await up.end(signal)).toBe(0)
    expect(performance.now() - begin).toBeLessThan(10_000)
    expect(up.output()).toContain('stopping')
    expect(await readdir(dataDir)).not.toContain('addresses.json')
  })

  test('in the middle of a job costs the job nothing: it runs again after the next start', async () => {
    const gates = await mkdtemp(join(tmpdir(), 'bowsprit-gate-'))
    const up = await start()
    await run('again', 'echo x >> /gates/runs; [ -e /gates/open ] || sleep 1000', gates)
    const runs = () => readFile(join(gates, 'runs'), 'utf8').catch(() => '')
    await expect.poll(runs, patience).toBe('x\n')
    expect(await up.stop()).toBe(0)
    await writeFile(join(gates, 'open'), '')
    await start()
    await expect.poll(states, patience).toMatchObject({ again: 'success' })
    expect(await runs()).toBe('x\nx\n')
    await rm(gates, { recursive: true, force: true })
  })
})

describe('an edit of the configuration', () => {
  test('that is broken changes nothing and is named; the mended one holds', async () => {
    await mkdir(join(dataDir, 'config'), { recursive: true })
    const file = join(dataDir, 'config', 'jobs.yaml')
    const job = (name: string) => `    - name: ${name}\n      spec: {containers: [{image: host, command: ['true']}]}\n`
    await writeFile(file, `presubmits:\n  harbor/lighthouse:\n${job('first')}`)
    const { addresses } = await start()
    const log = () => readFile(join(dataDir, 'bowsprit.log'), 'utf8')
    const rest = restOf(addresses, 'alice')
    const say = (body: string) => rest('POST', `${repo}/issues/1/comments`, { body })
    await expect.poll(() => rest('GET', `${repo}/pulls/1`).then(() => 'there', String), patience).toBe('there')

    await appendFile(file, '    - name: [\n')
    await expect.poll(log, patience).toContain('configuration is broken, the last good one stays in force')
    expect(await log()).toMatch(/jobs\.yaml:\d+:\d+: /)
    await say('/test first')
    await expect.poll(states, patience).toMatchObject({ first: 'success' })

    await writeFile(file, `presubmits:\n  harbor/lighthouse:\n${job('first')}${job('second')}`)
    await expect.poll(log, patience).toContain('configuration reloaded')
    await say('/test second')
    await expect.poll(states, patience).toMatchObject({ second: 'success' })
  })
})
