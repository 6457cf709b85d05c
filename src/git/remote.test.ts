// Ways to a repository: addresses, and ssh with the real protocol.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { accessTo, remoteUrl } from './remote.ts'
import { gitScene } from './testing/scene.ts'

// Before anything is imported, because the path to programs is read once.
const bin = vi.hoisted(() => {
  const folder = `${process.env.TMPDIR ?? '/tmp'}/bowsprit-ssh-${process.pid}`
  process.env.PATH = `${folder}:${process.env.PATH}`
  return folder
})
afterAll(() => rmSync(bin, { recursive: true, force: true }))
const at = { org: 'org', repo: 'repo' }

test.each([
  ['https', 'github.com', 'https://github.com/org/repo'],
  ['http', '127.0.0.1:80', 'http://127.0.0.1:80/org/repo'],
  ['ssh', 'ghe.example', 'git@ghe.example:org/repo.git'],
] as const)('by %s', (scheme, host, url) => {
  expect(remoteUrl({ scheme, host }, at)).toBe(url)
})

test('ssh gets no token', async () => {
  const token = async () => 'ghs_verysecret'
  const access = await accessTo({ scheme: 'ssh', host: 'h', token, user: 'x' }, at)
  expect(JSON.stringify(access)).not.toMatch(/ghs_|Authorization/)
})

test('by ssh a repository is fetched and pushed to, and nobody is asked for a password', async () => {
  const scene = await gitScene()
  onTestFinished(() => scene.close())
  // Does what ssh and the shell at the other end do together.
  mkdirSync(bin)
  const log = join(scene.folder, 'ssh.log')
  writeFileSync(
    join(bin, 'ssh'),
    `#!/bin/sh
echo "$@" >> ${log}
for last; do :; done
cd ${scene.folder}/host && eval "$(echo "$last" | sed "s/repo.git/repo/")"
`,
  )
  chmodSync(join(bin, 'ssh'), 0o755)
  const base = scene.repo.commit('one', { a: 'a\n' })
  const head = scene.pull({ b: 'b\n' }, base)
  const mirror = scene.mirror({ scheme: 'ssh', host: 'ghe.example' })
  expect(await mirror.head('master')).toBe(base)
  const merged = await mirror.merged(base, [head], 'merge')
  expect(await mirror.changed(base, merged)).toEqual(['b'])
  const copy = await mirror.worktree(merged)
  await copy.push(at, 'merged')
  expect(scene.repo.git('rev-parse', 'merged')).toBe(merged)
  const calls = readFileSync(log, 'utf8').trim().split('\n')
  expect(calls[0]).toBe("-o BatchMode=yes -o SendEnv=GIT_PROTOCOL git@ghe.example git-upload-pack 'org/repo.git'")
  expect(scene.requests()).toBe(0)
})
