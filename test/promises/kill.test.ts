// Promise: whatever was acknowledged happens, once, however often the whole process is killed. Seeded, so that a failure can be repeated.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ProwJob, prowJobs } from '../../src/api/prowjob.ts'
import { kubeOf } from '../../src/testing/kubeconfig.ts'
import { restOf, startUp, type UpProcess } from '../../src/testing/up-process.ts'

const seed = Number(process.env.SEED ?? 20261121)
const kills = Number(process.env.KILLS ?? 50)
const repo = '/repos/harbor/lighthouse'

type Comment = { id: number; body: string; user: { login: string } }

test(`${kills} times kill -9 in a stream of comments: each has its effect once, every job and every status ends`, {
  timeout: 600_000,
}, async ({ onTestFinished }) => {
  const random = mulberry32(seed)
  const dataDir = await mkdtemp(join(tmpdir(), 'bowsprit-kill-'))
  await writeJobs(dataDir)
  let up = await startUp(dataDir)
  onTestFinished(async () => void (await up.stop()))
  const numbers = await openPulls(up)
  const writer = stream(() => up, numbers, random)
  for (let round = 0; round < kills; round++) {
    // From "hardly anything has happened" to "jobs are running".
    await pause(random() * 600)
    await up.kill()
    up = await startUp(dataDir)
  }
  const said = await writer.stop()
  expect(said).toBeGreaterThan(kills)

  const kube = await kubeOf(join(dataDir, 'kubeconfig'))
  const jobs = async () => (await kube.list(prowJobs, { namespace: 'default' })).items
  const problems = async () => problemsOf(restOf(up.addresses, 'alice'), numbers, await jobs())
  // Nothing is missing, and when nothing happens any more, nothing has come twice.
  await expect
    .poll(problems, { timeout: 120_000, interval: 500, message: `seed ${seed}; data in ${dataDir}` })
    .toEqual([])
  await untilQuiet(jobs)
  expect(await problems(), `seed ${seed}; data in ${dataDir}`).toEqual([])
  await kube.close()
  expect(await up.stop()).toBe(0)
  await rm(dataDir, { recursive: true, force: true })
})

type Rest = ReturnType<typeof restOf>

/** What is not as it was promised. */
async function problemsOf(rest: Rest, numbers: readonly number[], jobs: readonly ProwJob[]): Promise<string[]> {
  const problems: string[] = []
  for (const number of numbers) {
    const comments = await all<Comment>(rest, `${repo}/issues/${number}/comments`)
    const events = await all<{ event: string; label?: { name: string } }>(rest, `${repo}/issues/${number}/events`)
    const bySomebody = comments.filter(({ user }) => user.login === 'alice')
    // Holds alternate per pull request, so each must have changed the label exactly once.
    const holds = bySomebody.filter(({ body }) => body.startsWith('/hold') || body.startsWith('/unhold'))
    const changes = events.filter(
      ({ event, label }) => event.endsWith('labeled') && label?.name === 'do-not-merge/hold',
    )
    if (holds.length !== changes.length)
      problems.push(`#${number}: ${holds.length} holds, ${changes.length} label changes`)
    // Nobody may approve their own change, and is told so. (Answers about /test are removed when they are out of date.)
    for (const { id } of bySomebody.filter(({ body }) => body === '/lgtm')) {
      // Each start has another port, so the rest of the link differs.
      const answers = comments.filter(
        ({ user, body }) => user.login === 'bowsprit-bot' && body.includes(`#issuecomment-${id})`),
      )
      if (answers.length !== 1) problems.push(`#${number}: ${answers.length} answers to comment ${id}`)
    }
    const tests = bySomebody.filter(({ body }) => body === '/test unit').length
    const runs = jobs.filter(({ spec }) => spec.refs?.pulls?.[0]?.number === number && spec.job === 'unit')
    if (runs.length !== tests) problems.push(`#${number}: ${tests} times /test unit, ${runs.length} runs`)
    const { head } = await rest<{ head: { sha: string } }>('GET', `${repo}/pulls/${number}`)
    const { statuses } = await rest<{ statuses: { context: string; state: string }[] }>(
      'GET',
      `${repo}/commits/${head.sha}/status`,
    )
    for (const { context, state } of statuses) {
      if (state === 'pending') problems.push(`#${number}: status ${context} is still pending`)
    }
  }
  for (const { metadata, status } of jobs) {
    if (status.completionTime === undefined)
      problems.push(`${metadata.name} is still ${status.state}: ${status.description}`)
  }
  return problems
}

async function writeJobs(dataDir: string): Promise<void> {
  await mkdir(join(dataDir, 'config'), { recursive: true })
  await writeFile(
    join(dataDir, 'config', 'jobs.yaml'),
    `presubmits:
  harbor/lighthouse:
    - name: unit
      spec: {containers: [{image: host, command: [sh, -c, 'sleep 0.2']}]}
`,
  )
}

async function openPulls(up: UpProcess): Promise<number[]> {
  const rest = restOf(up.addresses, 'alice')
  const { object } = await rest<{ object: { sha: string } }>('GET', `${repo}/git/ref/heads/main`)
  const numbers: number[] = []
  for (const name of ['red', 'green', 'blue']) {
    await rest('POST', `${repo}/git/refs`, { ref: `refs/heads/${name}`, sha: object.sha })
    const content = Buffer.from(`${name}\n`).toString('base64')
    await rest('PUT', `${repo}/contents/${name}.txt`, { branch: name, message: name, content })
    const { number } = await rest<{ number: number }>('POST', `${repo}/pulls`, {
      title: name,
      head: name,
      base: 'main',
    })
    numbers.push(number)
  }
  return numbers
}

/** Comments without end, until stopped; says how many were acknowledged. */
function stream(up: () => UpProcess, numbers: readonly number[], random: () => number) {
  let running = true
  let said = 0
  const held = new Map<number, boolean>()
  const done = (async () => {
    while (running) {
      const number = numbers[Math.floor(random() * numbers.length)] ?? 0
      const kind = Math.floor(random() * 3)
      const body = kind === 0 ? (held.get(number) ? '/unhold' : '/hold') : kind === 1 ? '/lgtm' : '/test unit'
      try {
        await restOf(up().addresses, 'alice')('POST', `${repo}/issues/${number}/comments`, { body })
        said++
        if (kind === 0) held.set(number, !held.get(number))
      } catch {
        // The process was killed; whether the comment is there shows later. Two holds in a row would change one label only.
        if (kind === 0) held.set(number, await isHeld(up, number))
        await pause(50)
      }
      await pause(random() * 60)
    }
  })()
  return {
    async stop() {
      running = false
      await done
      return said
    },
  }
}

/** Whether the last hold or unhold that GitHub knows was a hold. Asks until somebody answers. */
async function isHeld(up: () => UpProcess, number: number): Promise<boolean> {
  for (;;) {
    try {
      const comments = await all<Comment>(restOf(up().addresses, 'alice'), `${repo}/issues/${number}/comments`)
      return comments.findLast(({ body }) => body === '/hold' || body === '/unhold')?.body === '/hold'
    } catch {
      await pause(100)
    }
  }
}

/** Waits until the jobs have not changed for two seconds. */
async function untilQuiet(jobs: () => Promise<readonly ProwJob[]>): Promise<void> {
  let seen = ''
  for (let same = 0; same < 10; ) {
    const now = JSON.stringify((await jobs()).map(({ metadata }) => metadata.resourceVersion))
    same = now === seen ? same + 1 : 0
    seen = now
    await pause(200)
  }
}

async function all<T>(rest: Rest, path: string): Promise<T[]> {
  const found: T[] = []
  for (let page = 1; ; page++) {
    const some = await rest<T[]>('GET', `${path}?per_page=100&page=${page}`)
    found.push(...some)
    if (some.length < 100) return found
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A small seeded generator of numbers in [0, 1). */
function mulberry32(a: number): () => number {
  let state = a
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
