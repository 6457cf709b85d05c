// What is acknowledged survives: an orderly end, kill -9, and a kill between git and the database.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { type Fixture, requester, smallWorld, startFixture } from './fixture.ts'
import { gitText } from './git/command.ts'
import { commitFiles } from './git/write.ts'
import type { Simulator } from './simulator.ts'
import { openStore } from './state/store.ts'

const repo = 'acme/site'
let fixture: Fixture
let again: Simulator | undefined
afterEach(async () => {
  await again?.close()
  again = undefined
  await fixture.close()
})

test('a world goes on where it ended, with its tokens, and hooks follow the new port', async () => {
  fixture = await startFixture()
  const pr = await fixture.world.openPullRequest({ repo, author: 'carol', title: 'Stays' })
  fixture.world.comment({ repo, number: pr.number, author: 'bob', body: '/hold' })
  fixture.world.addLabel({ repo, number: pr.number, by: 'ci-bot', label: 'do-not-merge/hold' })
  await fixture.world.setStatus({ repo, sha: pr.head.sha, by: 'ci-bot', state: 'pending', context: 'tide' })
  const before = fixture.world.pullRequest(repo, pr.number)
  await fixture.world.idle()
  await fixture.sim.close()

  again = await fixture.start()
  expect(again.tokens).toEqual(fixture.sim.tokens)
  expect({ ...again.world.pullRequest(repo, pr.number), url: '' }).toEqual({ ...before, url: '' })
  const next = await again.world.openPullRequest({ repo, author: 'carol', title: 'Next' })
  expect(next.number).toBe(pr.number + 1)
  await again.world.idle()
  expect(fixture.receiver.of('pull_request', 'opened')).toHaveLength(2)
})

test('kill -9 loses nothing that was answered, and webhooks that were not sent are sent after the next start', async () => {
  fixture = await startFixture()
  await fixture.sim.close()
  const script = `
    import { startSimulator } from ${JSON.stringify(join(import.meta.dirname, 'simulator.ts'))}
    import { systemClock } from ${JSON.stringify(join(import.meta.dirname, '../system/clock.ts'))}
    import { systemIds } from ${JSON.stringify(join(import.meta.dirname, '../system/ids.ts'))}
    import { pino } from 'pino'
    const sim = await startSimulator({ dataDir: process.argv[1], listen: { host: '127.0.0.1', port: 0 }, clock: systemClock,
      ids: systemIds, log: pino({ level: 'silent' }), seed: JSON.parse(process.argv[2]) })
    process.stdout.write(JSON.stringify({ apiUrl: sim.apiUrl, tokens: sim.tokens }) + '\\n')`
  // Nobody answers at this address while the child lives, so that every delivery is under way when it is killed.
  const silent = await startSilent()
  const seed = JSON.stringify(smallWorld(silent.url))
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, fixture.dataDir, seed], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const request = requester(JSON.parse(line))
  expect((await request('bob', `POST /repos/${repo}/issues`, { title: 'Acknowledged' })).status).toBe(201)
  expect((await request('ci-bot', `POST /repos/${repo}/issues/1/labels`, ['kept'])).status).toBe(200)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await silent.close()

  again = await fixture.start() // its seed names the fixture's receiver
  expect(again.world.issue(repo, 1)).toMatchObject({ title: 'Acknowledged', labels: ['kept'] })
  const { world } = again
  // Not idle(), which would itself set them going.
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (world.deliveries().every((row) => row.status !== null)) resolve()
    }
    world.onChange(look)
    look()
  })
  expect(fixture.receiver.names()).toEqual(['issues.opened', 'label.created', 'issues.labeled'])
})

test('a push that git took before the process was killed is announced at the next start', async () => {
  fixture = await startFixture()
  const pr = await fixture.world.openPullRequest({ repo, author: 'carol', title: 'Pushed', branch: 'pushed' })
  await fixture.world.idle()
  await fixture.sim.close()
  const dir = await repoDir(fixture.dataDir)
  const sha = await commitFiles(dir, {
    ref: 'refs/heads/pushed',
    parent: pr.head.sha,
    files: { 'late.txt': 'late\n' },
    message: 'late',
    author: { name: 'carol', email: 'carol@users.noreply.github.com' },
    timeMs: 1_700_000_000_000,
  })

  again = await fixture.start()
  expect(again.world.pullRequest(repo, pr.number).head.sha).toBe(sha)
  await again.world.idle()
  expect(fixture.receiver.of('pull_request', 'synchronize')).toHaveLength(1)
})

test('a squash merge that git took before the process was killed is finished at the next start', async () => {
  fixture = await startFixture()
  const pr = await fixture.world.openPullRequest({ repo, author: 'carol', title: 'Merged', branch: 'merged' })
  await fixture.world.idle()
  await fixture.sim.close()
  // As actions/merge.ts leaves it: the intent is written, the branch has moved, nothing else.
  const dir = await repoDir(fixture.dataDir)
  const squash = await commitFiles(dir, {
    ref: 'refs/heads/main',
    parent: pr.base.sha,
    files: { 'squashed.txt': 'x\n' },
    message: 'squash',
    author: { name: 'carol', email: 'c@example.com' },
    timeMs: 1_700_000_000_000,
  })
  const store = openStore(join(fixture.dataDir, 'world.db'))
  const id = Number(dir.match(/(\d+)\.git$/)?.[1])
  store.put('intent', String(id), JSON.stringify({ repo: id, number: pr.number, by: 'alice', commit: squash }))
  store.close()

  again = await fixture.start()
  expect(again.world.pullRequest(repo, pr.number)).toMatchObject({ merged: true, timeline: ['merged', 'closed'] })
  await again.world.idle()
  expect(fixture.receiver.of('pull_request', 'closed').map((r) => r.payload.pull_request)).toMatchObject([
    { merged: true, merge_commit_sha: squash },
  ])
  await again.close()
  again = await fixture.start() // and only once
  await again.world.idle()
  expect(fixture.receiver.of('pull_request', 'closed')).toHaveLength(1)
})

/** The bare repository of acme/site, which is the first one made. */
async function repoDir(dataDir: string): Promise<string> {
  const store = openStore(join(dataDir, 'world.db'))
  const found = store
    .load('repo')
    .map(({ value }) => JSON.parse(value))
    .find(({ name }) => name === 'site')
  store.close()
  const dir = join(dataDir, 'git', `${found.id}.git`)
  expect(await gitText(dir, ['rev-parse', '--is-bare-repository'])).toBe('true')
  return dir
}

/** Accepts connections and never answers. */
async function startSilent() {
  const { createServer } = await import('node:net')
  const sockets = new Set<import('node:net').Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // the killed process cuts it
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}/hook`,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
