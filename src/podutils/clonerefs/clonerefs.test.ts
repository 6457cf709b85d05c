// clonerefs with the real git, real repositories, and a clock that the test moves.
import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CloneRecord, ClonerefsOptions } from '../../api/pod-utilities.ts'
import type { Refs } from '../../api/prowjob.ts'
import { gitServer, type TestRepo, testRepo } from '../testing/git.ts'
import { type TestWorld, testWorld } from '../testing/world.ts'
import { clonerefs } from './clonerefs.ts'

let world: TestWorld
let repo: TestRepo
let base = ''
beforeEach(() => {
  world = testWorld()
  world.env.TMPDIR = world.path('tmp')
  mkdirSync(world.path('tmp'))
  repo = testRepo(world.path('upstream'))
  repo.commit('commit 1', { 'README.txt': 'hello\n' })
  base = repo.commit('commit 2', { 'README.txt': 'hello world!\n' })
})
afterEach(() => world.remove())

async function run(refs: Refs[], more: Partial<ClonerefsOptions> = {}) {
  const options: ClonerefsOptions = {
    src_root: world.path('go'),
    log: world.path('logs/clone.json'),
    git_user_name: 'ci-robot',
    git_user_email: 'ci-robot@k8s.io',
    refs,
    ...more,
  }
  world.env.CLONEREFS_OPTIONS = JSON.stringify(options)
  const code = await clonerefs(world, [])
  const log = existsSync(options.log) ? readFileSync(options.log, 'utf8') : '[]'
  const records: CloneRecord[] = JSON.parse(log)
  return { code, records, log, cloned: records.slice(1) }
}
const from = (more: Partial<Refs> = {}): Refs => ({
  org: 'o',
  repo: 'r',
  base_ref: 'master',
  clone_uri: `file://${repo.dir}`,
  ...more,
})
const dir = () => world.path('go/src/github.com/o/r')
const git = (...args: string[]) => execFileSync('git', args, { cwd: dir(), encoding: 'utf8' }).trim()

test('the branch is checked out, by name, and the record tells how', async () => {
  const { code, cloned, log } = await run([from()])
  expect(code).toBe(0)
  expect(git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('master')
  expect(cloned).toEqual([expect.objectContaining({ refs: from(), final_sha: base })])
  expect(cloned[0]?.commands[0]?.command).toBe(`PWD=/  mkdir -p ${dir()}`)
  expect(cloned[0]?.failed).toBeUndefined()
  expect(log).not.toMatch(/hint:|git switch/)
})

test('a pull request is merged into the same commit wherever and whenever it is done', async () => {
  expect(base).toBe('e7d762376b714fdc2d6493ecd798a9d128e4b88f')
  const sha = repo.commit('PR1', { '1': '1\n' })
  expect(sha).toBe('b343a11088668210321ca76712e9bc3b8aa1f2f7')
  repo.git('update-ref', 'refs/pull/1/head', sha)
  repo.git('reset', '-q', '--hard', base)
  world.env.TZ = 'Asia/Tokyo'
  const { cloned } = await run([from({ base_sha: base, pulls: [{ number: 1, author: 'al', sha }] })])
  expect(cloned[0]?.final_sha).toBe('a081e60423aea6d3bdde2a50f8c435546529a932')
  expect(git('log', '-1', '--format=%s %ct', 'master')).toBe(`Merge commit '${sha}' 1652963697`)
  const merge = cloned[0]?.commands.find(({ command }) => command.includes('git merge'))
  expect(merge?.command).toBe(
    `PWD=${dir()} GIT_AUTHOR_DATE=1652963697 GIT_COMMITTER_DATE=1652963697 git merge --no-ff ${sha}`,
  )
})

test('pull requests that do not fit together fail the record, and other refs go on', async () => {
  const pulls = [1, 2].map((number) => {
    const sha = repo.commit(`PR${number}`, { 'README.txt': `${number}\n` })
    repo.git('update-ref', `refs/pull/${number}/head`, sha)
    repo.git('reset', '-q', '--hard', base)
    return { number, author: 'al', sha }
  })
  const { code, cloned } = await run([from({ pulls }), from({ repo: 'other' })])
  expect(code).toBe(0)
  const byRepo = Object.fromEntries(cloned.map((record) => [record.refs.repo, record]))
  expect(byRepo.r).toMatchObject({ failed: true })
  expect(byRepo.r?.final_sha).toBeUndefined()
  expect(byRepo.r?.commands.at(-1)).toMatchObject({
    command: expect.stringContaining('git merge'),
    output: expect.stringContaining('CONFLICT'),
    error: 'exit status 1',
  })
  expect(byRepo.other?.final_sha).toBe(base)
  expect((await run([from({ pulls })], { fail: true, src_root: world.path('again') })).code).toBe(1)
})

test('only what is asked for: depth, sparse files, no blobs', async () => {
  repo.commit('more', { 'a/x': 'x', 'b/y': 'y' })
  repo.git('config', 'uploadpack.allowFilter', 'true')
  const { cloned } = await run([
    from({ clone_depth: 1, skip_fetch_head: true }),
    from({ repo: 'sparse', sparse_checkout_files: ['a'] }),
  ])
  expect(cloned.map(({ failed }) => failed)).toEqual([undefined, undefined])
  expect(git('rev-list', '--count', 'HEAD')).toBe('1')
  const checkout = world.path('go/src/github.com/o/sparse')
  expect([existsSync(`${checkout}/a/x`), existsSync(`${checkout}/b/y`)]).toEqual([true, false])
})

test('no more workers than allowed', async () => {
  const { cloned } = await run([from(), from({ repo: 'b' }), from({ repo: 'c' })], { max_parallel_workers: 1 })
  expect(cloned.map(({ refs }) => refs.repo)).toEqual(['r', 'b', 'c'])
})

describe('a fetch that fails', () => {
  function flakyGit(failures: number): void {
    mkdirSync(world.path('bin'))
    const counter = world.path('count')
    writeFileSync(
      world.path('bin/git'),
      `#!/bin/sh
if [ "$1" = fetch ] && [ "$(cat ${counter} 2>/dev/null | wc -c)" -lt ${failures} ]; then
  printf x >> ${counter}; echo "fatal: not now"; exit 128
fi
exec /usr/bin/git "$@"
`,
    )
    chmodSync(world.path('bin/git'), 0o755)
    world.env.PATH = `${world.path('bin')}:${world.env.PATH}`
  }

  test('nine times and then succeeds is one entry of a good record', async () => {
    flakyGit(9)
    const start = world.clock.now()
    const { cloned } = await world.patiently(run([from()]))
    expect(cloned[0]?.final_sha).toBe(base)
    const fetches = cloned[0]?.commands.filter(({ command }) => command.includes('git fetch')) ?? []
    expect(fetches).toHaveLength(2)
    expect(fetches[0]?.error).toBeUndefined()
    expect(fetches[0]?.output ?? '').not.toContain('not now')
    expect(fetches[0]?.duration).toBeGreaterThanOrEqual(63.5e9)
    expect(world.clock.now() - start).toBeGreaterThanOrEqual(63_500)
  })

  test('ten times fails the record', async () => {
    flakyGit(10)
    const { cloned } = await world.patiently(run([from()]))
    expect(cloned[0]).toMatchObject({ failed: true })
    expect(cloned[0]?.commands.at(-1)).toMatchObject({ output: 'fatal: not now\n', error: 'exit status 128' })
    expect(world.text('count')).toHaveLength(10)
  })
})

describe('a token', () => {
  const token = 'ghs_verysecret'
  let server: Awaited<ReturnType<typeof gitServer>>
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`
  afterEach(() => server.close())

  test('opens the repository, and stays out of the checkout, the record and command lines', async () => {
    server = await gitServer(world.folder, basic('x-oauth-basic'))
    writeFileSync(world.path('token'), `${token}\n`)
    const uri = server.url.replace('http://', 'http://someone:else@')
    const { cloned, log } = await run([from({ clone_uri: `${uri}/upstream/.git`, blobless_fetch: true })], {
      oauth_token_file: world.path('token'),
    })
    expect(cloned[0]).toMatchObject({ final_sha: base })
    expect(server.seen).toContain(basic('x-oauth-basic'))
    expect(log).not.toContain(token)
    expect(world.printed.stderr).not.toContain(token)
    // With a filter git notes where the rest can be had, and with it a token that is part of the URL.
    expect(git('config', '--list')).toContain(`remote.${server.url}/upstream/.git.promisor=true`)
    const nothingFound = 1
    expect(spawnSync('grep', ['-r', token, dir()]).status).toBe(nothingFound)
  })

  test('of a GitHub App is asked for once per org', async () => {
    server = await gitServer(world.folder, basic('x-access-token'))
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(world.path('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const asked: string[] = []
    const app = Object.assign(world, {
      fetch: async (url: string, init: RequestInit) => {
        const path = url.replace('https://api.example', '')
        asked.push(`${init.method ?? 'GET'} ${path}`)
        if (url.startsWith('https://dead.example')) throw new Error('no route')
        const jwt = new Headers(init.headers).get('authorization')?.split('.')[1] ?? ''
        expect(JSON.parse(Buffer.from(jwt, 'base64url').toString())).toMatchObject({ iss: '77' })
        if (init.method !== 'POST')
          return Response.json([
            { id: 1, account: { login: 'x' } },
            { id: 5, account: { login: 'O' } },
          ])
        return Response.json({ token, expires_at: new Date(app.clock.now() + 3600_000).toISOString() })
      },
    })
    const clone_uri = `${server.url}/upstream/.git`
    const { cloned } = await run([from({ clone_uri }), from({ clone_uri, repo: 'b' })], {
      github_app_id: '77',
      github_app_private_key_file: world.path('key.pem'),
      github_api_endpoints: ['https://dead.example', 'https://api.example'],
      max_parallel_workers: 1,
    })
    expect(cloned.map(({ final_sha }) => final_sha)).toEqual([base, base])
    expect(asked).toEqual([
      'GET https://dead.example/app/installations?per_page=100&page=1',
      'GET /app/installations?per_page=100&page=1',
      'POST /app/installations/5/access_tokens',
    ])
  })

  test('that cannot be had fails the record', async () => {
    server = await gitServer(world.folder, '')
    const { cloned } = await run([from()], { oauth_token_file: world.path('missing') })
    expect(cloned[0]).toMatchObject({ failed: true })
    expect(cloned[0]?.commands.at(-1)?.error).toContain('ENOENT')
  })
})

describe('the set-up', () => {
  test('starts an agent with the keys and knows the hosts', async () => {
    mkdirSync(world.path('keys/..2024'), { recursive: true })
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(world.path('keys/id'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 })
    writeFileSync(world.path('keys/..2024/junk'), 'not a key')
    const { records } = await run([from()], { key_files: [world.path('keys')], host_fingerprints: ['a b', 'c d'] })
    expect(records[0]?.failed).toBeUndefined()
    expect(records[0]?.commands.map(({ command }) => command)).toEqual([
      'PWD=/  ssh-agent ',
      `PWD=/  ssh-add ${world.path('keys/id')}`,
      `golang: append "${world.path('tmp/known_hosts')}"`,
      'golang: lookup ssh path',
    ])
    expect(world.text('tmp/known_hosts')).toBe('a b\nc d')
    expect(records[1]?.final_sha).toBe(base)
    const [, pid = ''] = /AGENT_PID=(\d+)/.exec(records[0]?.commands[0]?.output ?? '') ?? []
    await world.until(
      () => !existsSync(`/proc/${pid}`) || /State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8')),
    )
  })

  test('that fails is the only record', async () => {
    writeFileSync(world.path('key'), 'not a key')
    const { code, records } = await run([from()], { key_files: [world.path('key')], fail: true })
    expect(code).toBe(1)
    expect(records).toEqual([expect.objectContaining({ refs: { org: '', repo: '' }, failed: true })])
  })

  test('writes cookies to the global settings, unless only checkouts need them', async () => {
    writeFileSync(world.path('cookies'), '')
    const { records } = await run([from({ skip_submodules: true })], { cookie_path: world.path('cookies') })
    expect(records[0]?.commands).toEqual([])
    expect(git('config', 'http.cookiefile')).toBe(world.path('cookies'))
    await run([from({ repo: 'b' })], { cookie_path: world.path('cookies') })
    expect(world.text('.gitconfig')).toContain(world.path('cookies'))
  })

  test('leaves nothing in the temporary folder', async () => {
    await run([from()])
    expect(readdirSync(world.path('tmp'))).toEqual([])
  })
})
