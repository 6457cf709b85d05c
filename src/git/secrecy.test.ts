// The token is where git needs it, and nowhere else.
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { gitScene, type Scene, token } from './testing/scene.ts'

let scene: Scene
let base = ''
beforeEach(async () => {
  scene = await gitScene()
  base = scene.repo.commit('one', { file: 'x' })
})
afterEach(() => scene.close())

const basic = Buffer.from(`x-access-token:${token}`).toString('base64')

test('the token is on no command line and in no file, while git runs and after', async () => {
  const stalled = scene.server.stallAfter(200)
  const mirror = scene.mirror()
  const asked = mirror.ensure([base])
  await stalled
  const seen = processes()
  expect(seen.filter(({ line }) => line.includes('fetch')).length).toBeGreaterThan(0)
  for (const { line } of seen) {
    expect(line).not.toContain(token)
    expect(line).not.toContain(basic)
  }
  // Nothing of ours is inherited.
  for (const { env } of seen) expect(env.filter((each) => /^(HOME|SECRET|VITEST|NODE)/.test(each))).toEqual([])
  scene.server.goOn()
  await asked.catch(() => {})
  await mirror.ensure([base])
  const copy = await mirror.worktree(base)
  await copy.push({ org: 'org', repo: 'repo' }, 'pushed').catch(() => {})
  for (const secret of [token, basic]) {
    const nothingFound = 1
    expect(spawnSync('grep', ['-r', secret, scene.cacheDir]).status, 'in a file').toBe(nothingFound)
    expect(scene.logged.join('')).not.toContain(secret)
  }
  expect(scene.local('config', '--list', '--local')).not.toMatch(/remote|http/)
  await copy.close()
})

test('what git says about a failure has no token in it', async () => {
  // A server that sends back what it was sent.
  const server = createServer((request, response) => {
    const sent = request.headers.authorization ?? ''
    const clear = Buffer.from(sent.replace('Basic ', ''), 'base64').toString()
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
    const line = `ERR ${'x'.repeat(1000)} ${sent} ${clear} http://x:${token}@host/ \u001b[31m\n`
    const length = (line.length + 4).toString(16).padStart(4, '0')
    response.end(`001e# service=git-upload-pack\n0000${length}${line}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const error = await scene
    .mirror({ host })
    .ensure([base])
    .catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ name: 'GitError', message: expect.stringContaining('@host') })
  const { message } = error as Error
  for (const secret of [token, basic, '\u001b']) expect(message).not.toContain(secret)
  expect(message.length).toBeLessThan(800)
})

test('the token goes to no other host', async () => {
  const seen: (string | undefined)[] = []
  const other = createServer((request, response) => {
    seen.push(request.headers.authorization)
    if (request.method === 'POST') return response.writeHead(500).end()
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
    response.end('001e# service=git-upload-pack\n0000000eversion 2\n000cls-refs\n000afetch\n0000')
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const first = createServer((request, response) => {
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}${request.url}`
    response.writeHead(301, { location }).end()
  })
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    other.close()
    first.close()
  })
  const host = `127.0.0.1:${(first.address() as AddressInfo).port}`
  await expect(scene.mirror({ host }).head('master')).rejects.toMatchObject({ kind: 'no-repository' })
  expect(seen).toEqual([])
  // Who has no token to lose may be sent elsewhere.
  await expect(scene.mirror({ host, token: async () => undefined }).head('master')).rejects.toThrow()
  expect(seen).toEqual([undefined, undefined])
})

test('the newest token is asked for, for each org', async () => {
  const asked: string[] = []
  const tokens = ['ghs_old', token]
  const git = scene.open({
    token: async (org) => {
      asked.push(org)
      return tokens.shift() ?? token
    },
  })
  const mirror = git.mirror({ org: 'org', repo: 'repo' })
  await expect(mirror.head('master')).rejects.toMatchObject({ kind: 'denied' })
  expect(await mirror.head('master')).toBe(base)
  expect(asked).toEqual(['org', 'org'])
})

test('contents that git fetches by itself come with the token too', async () => {
  const mirror = scene.mirror()
  const copy = await mirror.worktree(base)
  expect(readFileSync(`${copy.dir}/file`, 'utf8')).toBe('x')
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: copy.dir, encoding: 'utf8' })).toBe('')
  expect(new Set(scene.server.asked.map(({ authorization }) => authorization))).toEqual(new Set([`Basic ${basic}`]))
  await copy.close()
})

/** The processes that work on the mirror. */
function processes(): { line: string; env: string[] }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return env.includes(`GIT_DIR=${scene.mirrorDir}`) ? [{ line, env }] : []
    } catch {
      return []
    }
  })
}
