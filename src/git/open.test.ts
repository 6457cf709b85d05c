// Mirrors with the real git: what they fetch, merge and read.
import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GitError } from './git.ts'
import { gitScene, type Scene } from './testing/scene.ts'

let scene: Scene
let base = ''
beforeEach(async () => {
  scene = await gitScene()
  base = scene.repo.commit('one', { 'README.md': 'hello\n', 'docs/a b.md': lines(1, 40), '.prow.yaml': '{}\n' })
})
afterEach(() => scene.close())

function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('')
}

/** A commit on top of another that no branch holds, as the head of a pull request from a fork. */
function pull(files: Record<string, string>, on = base): string {
  scene.repo.git('checkout', '-q', '--detach', on)
  const sha = scene.repo.commit('pull', files)
  scene.repo.git('checkout', '-q', 'master')
  return sha
}

const local = (...args: string[]) =>
  execFileSync('git', args, { cwd: scene.mirrorDir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
const paths = (files: readonly { path: string }[]) => files.map(({ path }) => path)
async function failure(promise: Promise<unknown>): Promise<GitError> {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(GitError)
  return error as GitError
}
async function text(mirror: ReturnType<Scene['mirror']>, treeish: string, path: string): Promise<string | undefined> {
  const [file] = await mirror.files(treeish, [path])
  if (!file) return undefined
  return String((await mirror.read([file.blob], 1e6)).get(file.blob))
}

test('a commit that no branch holds comes by its SHA, without contents and once', async () => {
  const head = pull({ 'new.txt': 'new\n' })
  const mirror = scene.mirror()
  await mirror.ensure([base, head])
  const before = scene.fetches()
  await mirror.ensure([head, base])
  expect(paths(await mirror.files(head))).toEqual(['.prow.yaml', 'README.md', 'docs/a b.md', 'new.txt'])
  expect(scene.fetches()).toBe(before)
  expect(local('cat-file', '--batch-all-objects', '--batch-check=%(objecttype)')).not.toContain('blob')
  expect(await text(mirror, head, 'new.txt')).toBe('new\n')
})

describe('merged', () => {
  test('two changes of one file fit together', async () => {
    const head = pull({ 'docs/a b.md': `${lines(1, 39)}last\n` })
    const other = pull({ 'docs/a b.md': `first\n${lines(2, 40)}` })
    for (const method of ['merge', 'squash', 'rebase', 'ifNecessary'] as const) {
      const mirror = scene.mirror()
      const merged = await mirror.merged(base, [head, other], method)
      expect(await text(mirror, merged, 'docs/a b.md'), method).toBe(`first\n${lines(2, 39)}last\n`)
      expect(await mirror.merged(base, [head, other], method)).toBe(merged)
    }
  })
  test('a conflict names head and file', async () => {
    const head = pull({ 'README.md': 'mine\n' })
    const other = pull({ 'README.md': 'yours\n' })
    for (const method of ['merge', 'squash', 'rebase', 'ifNecessary'] as const) {
      const error = await failure(scene.mirror().merged(base, [head, other], method))
      expect(error).toMatchObject({
        kind: 'conflict',
        message: `org/repo: ${other} cannot be merged: conflict in README.md`,
      })
    }
  })
})

describe('read', () => {
  test('a file that is too long gives its size', async () => {
    const head = pull({ long: 'x'.repeat(5000), short: 'y' })
    const mirror = scene.mirror()
    await mirror.ensure([head])
    const [long, short] = await mirror.files(head, ['long', 'short'])
    const read = await mirror.read([long?.blob ?? '', short?.blob ?? ''], 4999)
    expect([...read.values()]).toEqual([{ size: 5000 }, Buffer.from('y')])
  })
})

test('links, submodules and names of every kind', async () => {
  symlinkSync('/etc/passwd', join(scene.repo.dir, 'link'))
  scene.repo.git('update-index', '--add', '--cacheinfo', `160000,${base},sub`)
  const odd = ['spa ce', 'new\nline', 'ünï', '"quote\'s', 'tab\there', '-dash', 'star*']
  scene.repo.git('add', '-A')
  scene.repo.git('update-index', '--add', '--cacheinfo', `160000,${base},sub`)
  for (const name of odd) execFileSync('sh', ['-c', 'printf x > "$1"', 'sh', name], { cwd: scene.repo.dir })
  for (const name of odd) scene.repo.git('add', '--', `:(literal)${name}`)
  scene.repo.git('commit', '-q', '-m', 'odd')
  const head = scene.repo.git('rev-parse', 'HEAD')
  const mirror = scene.mirror()
  await mirror.ensure([head, base])
  const files = await mirror.files(head)
  expect(files.filter(({ kind }) => kind !== 'file').map(({ path, kind }) => [path, kind])).toEqual([
    ['link', 'link'],
    ['sub', 'submodule'],
  ])
  for (const name of odd) expect(paths(await mirror.files(head, [name]))).toEqual([name])
  expect([...(await mirror.changed(base, head))].sort()).toEqual([...odd, 'link', 'sub'].sort())
})
