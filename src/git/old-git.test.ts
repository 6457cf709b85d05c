// With a git that cannot merge without a checkout yet.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { gitScene } from './testing/scene.ts'

// Before anything is imported, because the path to programs is read once.
const bin = vi.hoisted(() => {
  const folder = `${process.env.TMPDIR ?? '/tmp'}/bowsprit-old-git-${process.pid}`
  process.env.PATH = `${folder}:${process.env.PATH}`
  return folder
})
afterAll(() => rmSync(bin, { recursive: true, force: true }))

test('merges are the same', async () => {
  const path = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  mkdirSync(bin)
  const script = `#!/bin/sh
case "$1" in
version) echo 'git version 2.34.1' ;;
merge-tree) echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129 ;;
*) exec ${path} "$@" ;;
esac
`
  writeFileSync(join(bin, 'git'), script)
  chmodSync(join(bin, 'git'), 0o755)

  const scene = await gitScene()
  onTestFinished(() => scene.close())
  const base = scene.repo.commit('one', { a: 'a\n' })
  const heads = [scene.pull({ b: 'b\n' }, base), scene.pull({ c: 'c\n' }, base)]
  const mirror = scene.mirror()
  for (const method of ['merge', 'squash', 'rebase', 'ifNecessary'] as const) {
    const merged = await mirror.merged(base, heads, method)
    expect(
      (await mirror.files(merged)).map(({ path: file }) => file),
      method,
    ).toEqual(['a', 'b', 'c'])
  }
  const other = scene.pull({ b: 'other\n' }, base)
  await expect(mirror.merged(base, [heads[0] ?? '', other], 'merge')).rejects.toMatchObject({ kind: 'conflict' })
  expect(scene.local('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1)
})
