// Working copies as the plugins use them that bring changes to a repository.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RepoRef } from '../api/code-host.ts'
import { testRepo } from '../podutils/testing/git.ts'
import { gitScene, lines, type Scene } from './testing/scene.ts'

let scene: Scene
let base = ''
const at: RepoRef = { org: 'org', repo: 'repo' }
beforeEach(async () => {
  scene = await gitScene()
  scene.repo.git('config', 'http.receivepack', 'true')
  base = scene.repo.commit('one', { a: lines(1, 30), b: 'b\n' })
})
afterEach(() => scene.close())

const patch = (sha: string) => `${scene.repo.git('format-patch', '-1', '--stdout', sha)}\n`

test('a change is committed as somebody, and pushed to a branch that was not there', async () => {
  const copy = await scene.mirror().worktree(base, undefined, { name: 'Bot', email: 'bot@host' })
  expect(await copy.isDirty()).toBe(false)
  writeFileSync(join(copy.dir, '--new file'), 'new\n')
  expect(await copy.isDirty()).toBe(true)
  const sha = await copy.commit({ title: '--amend', body: 'Why.\n\nAnd more.' }, { name: 'Ann', email: 'ann@host' })
  expect([await copy.head(), await copy.isDirty()]).toEqual([sha, false])
  await copy.push(at, 'fix/one')
  const told = scene.repo.git('log', '-1', '--format=%H|%P|%an <%ae>|%cn <%ce>|%B', 'fix/one')
  expect(told).toBe(`${sha}|${base}|Ann <ann@host>|Bot <bot@host>|--amend\n\nWhy.\n\nAnd more.`)
  await expect(copy.commit({ title: 'nothing' })).rejects.toMatchObject({ kind: 'failed' })
  await copy.close()
  expect(existsSync(copy.dir)).toBe(false)
})

test('a branch that went on is only written over with force', async () => {
  scene.repo.git('branch', 'fix')
  const copy = await scene.mirror().worktree(base)
  const head = scene.pull({ b: 'other\n' }, base)
  scene.repo.git('update-ref', 'refs/heads/fix', head)
  writeFileSync(join(copy.dir, 'b'), 'mine\n')
  const sha = await copy.commit({ title: 'mine' })
  await expect(copy.push(at, 'fix')).rejects.toMatchObject({ kind: 'failed' })
  expect(scene.repo.git('rev-parse', 'fix')).toBe(head)
  await copy.push(at, 'fix', { force: true })
  expect(scene.repo.git('rev-parse', 'fix')).toBe(sha)
})

test('a fork gets the branch, with the token of its owner', async () => {
  const fork = testRepo(join(scene.folder, 'host/bot/fork'))
  fork.git('config', 'http.receivepack', 'true')
  fork.git('fetch', '-q', scene.repo.dir, 'master:upstream')
  const asked: string[] = []
  const token = async (org: string) => {
    asked.push(org)
    return 'ghs_verysecret'
  }
  const copy = await scene.mirror({ token }).worktree(base)
  writeFileSync(join(copy.dir, 'b'), 'mine\n')
  const sha = await copy.commit({ title: 'mine' })
  await copy.push({ org: 'bot', repo: 'fork' }, 'cherry-pick-1-to-main')
  expect(fork.git('rev-parse', 'cherry-pick-1-to-main')).toBe(sha)
  expect(asked.at(-1)).toBe('bot')
  await expect(copy.push({ org: 'bot', repo: '../repo' }, 'x')).rejects.toMatchObject({ kind: 'no-repository' })
  await expect(copy.push({ org: 'bot', repo: 'none' }, 'x')).rejects.toMatchObject({ kind: 'no-repository' })
})

test('a patch is applied with its author, also where its lines have moved', async () => {
  const fix = scene.pull({ a: `${lines(1, 29)}fixed\n` }, base)
  const old = scene.pull({ a: `first\nsecond\nthird\n${lines(1, 30)}` }, base)
  const copy = await scene.mirror().worktree(old)
  await copy.am(patch(fix), { base, head: fix })
  expect(readFileSync(join(copy.dir, 'a'), 'utf8')).toBe(`first\nsecond\nthird\n${lines(1, 29)}fixed\n`)
  expect(scene.local('log', '-1', '--format=%an|%cn|%s', await copy.head())).toBe('abc|prow|pull')
})

test('a patch of a file with other line ends keeps them', async () => {
  const old = scene.pull({ w: 'one\r\ntwo\r\nthree\r\n' }, base)
  const fix = scene.pull({ w: 'one\r\n2\r\nthree\r\n' }, old)
  const copy = await scene.mirror().worktree(old)
  await copy.am(patch(fix), { base: old, head: fix })
  expect(readFileSync(join(copy.dir, 'w'), 'utf8')).toBe('one\r\n2\r\nthree\r\n')
})

test('a patch that does not fit changes nothing, and git’s advice is left out', async () => {
  const fix = scene.pull({ b: 'fixed\n' }, base)
  const old = scene.pull({ b: 'elsewhere\n' }, base)
  const copy = await scene.mirror().worktree(old)
  const error = await copy.am(patch(fix), { base, head: fix }).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({
    kind: 'conflict',
    message: expect.stringContaining('CONFLICT (content): Merge conflict in b'),
  })
  expect((error as Error).message).not.toMatch(/hint|copy of the patch|abort/)
  expect([await copy.head(), await copy.isDirty()]).toEqual([old, false])
  await expect(copy.am('no patch\n', { base, head: fix })).rejects.toMatchObject({ kind: 'conflict' })
  const other = scene.pull({ c: 'c\n' }, base)
  await copy.am(patch(other), { base, head: other })
})

test('reset goes to another commit, and drops what was not committed', async () => {
  const mirror = scene.mirror()
  const head = scene.pull({ b: 'other\n' }, base)
  await mirror.ensure([head])
  const copy = await mirror.worktree(base)
  writeFileSync(join(copy.dir, 'b'), 'mine\n')
  writeFileSync(join(copy.dir, 'untracked'), 'x')
  await copy.reset(head)
  expect([await copy.head(), await copy.isDirty(), readFileSync(join(copy.dir, 'b'), 'utf8')]).toEqual([
    head,
    false,
    'other\n',
  ])
  await expect(copy.reset('--hard')).rejects.toMatchObject({ kind: 'no-commit' })
})

test('contents are fetched together, and nothing in a repository runs', async () => {
  const mark = join(scene.folder, 'ran')
  const head = scene.repo.commit('hostile', {
    '.gitattributes': '* filter=evil diff=evil merge=evil\n',
    '.gitconfig': `[filter "evil"]\n\tsmudge = touch ${mark}\n`,
    '.githooks/post-checkout': `#!/bin/sh\ntouch ${mark}\n`,
    ...Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`many/${n}`, `${n}`])),
  })
  const mirror = scene.mirror()
  await mirror.ensure([head])
  // As somebody might put there who can write to the cache.
  mkdirSync(join(scene.mirrorDir, 'hooks'))
  writeFileSync(join(scene.mirrorDir, 'hooks/post-checkout'), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 })
  const before = scene.uploads()
  const copy = await mirror.worktree(head)
  expect(scene.uploads() - before).toBe(1)
  await copy.merge(scene.pull({ b: 'x' }, base), 'merge').catch(() => {})
  expect(existsSync(mark)).toBe(false)
})

test('merges in a history are found', async () => {
  const { git } = scene.repo
  const side = scene.pull({ side: 's' }, base)
  const linear = scene.repo.commit('two', { b: 'two\n' })
  git('merge', '-q', '--no-ff', '-m', 'merge', side)
  const head = git('rev-parse', 'HEAD')
  const mirror = scene.mirror()
  await mirror.ensure([base, linear, head])
  expect([await mirror.hasMerges(base, linear), await mirror.hasMerges(base, head)]).toEqual([false, true])
})
