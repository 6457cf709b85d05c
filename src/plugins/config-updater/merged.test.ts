// Files as they were merged, out of real git: what is a file, where links lead, and what changed.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { gitScene } from '../../git/testing/scene.ts'
import { testClock } from '../../testing/clock.ts'
import { memoryCodeHost } from '../../testing/memory-code-host.ts'
import { changedPaths, mergedFiles } from './merged.ts'

const at = { org: 'org', repo: 'repo', number: 1 }

test('contents at a commit', async () => {
  const scene = await gitScene()
  onTestFinished(() => scene.close())
  const { repo } = scene
  const first = repo.commit('first', { 'dir/a.yaml': 'one\n', 'dir/odd ä\t"name': 'odd\n', big: 'x'.repeat(100) })
  mkdirSync(join(repo.dir, 'links'))
  const links = {
    file: '../dir/a.yaml',
    folder: '../dir',
    outside: '../../../etc/passwd',
    absolute: '/etc/passwd',
    nowhere: '../dir/none',
    twice: 'file',
    root: '..',
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(repo.dir, 'links', name))
  const second = repo.commit('second', { 'dir/a.yaml': 'two\n' })
  const host = memoryCodeHost(testClock())
  const source = (sha: string) =>
    mergedFiles({ git: scene.open(), host, at, sha, signal: new AbortController().signal })

  const paths = [
    'dir/a.yaml',
    'dir/odd ä\t"name',
    'big',
    'dir',
    'none',
    ...Object.keys(links).map((name) => `links/${name}`),
  ]
  const { read } = source(second)
  const found = [...(await read(paths, second, 99))]
  expect(found.map(([path, content]) => [path, Buffer.isBuffer(content) ? content.toString() : content])).toEqual([
    ['dir/a.yaml', 'two\n'],
    ['dir/odd ä\t"name', 'odd\n'],
    ['big', { size: 100 }],
    ['links/file', 'two\n'],
  ])
  expect(String((await read(['dir/a.yaml'], first, 99)).get('dir/a.yaml'))).toBe('one\n')
  expect(await read([], second, 99)).toEqual(new Map())
  await expect(read(['big'], 'f'.repeat(40), 99)).rejects.toMatchObject({ kind: 'no-commit' })

  host.open(at)
  const changed = (files: readonly (string | { filename: string; status: string; previous_filename: string })[]) => {
    host.state.files.set('org/repo#1', files)
    const merge = { git: scene.open(), host, at, sha: second, signal: new AbortController().signal }
    return changedPaths(merge, first)
  }
  expect(await changed(['x', { filename: 'z', status: 'renamed', previous_filename: 'y' }, 'x'])).toEqual([
    'x',
    'y',
    'z',
  ])
  expect(await changed([{ filename: 'z', status: 'copied', previous_filename: 'y' }])).toEqual(['z'])
  expect(await changed(Array.from({ length: 3000 }, (_, index) => `${index}`))).toEqual([
    'dir/a.yaml',
    ...Object.keys(links)
      .map((name) => `links/${name}`)
      .sort(),
  ])
})
