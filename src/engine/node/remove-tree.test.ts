// Trees that jobs leave behind go, read-only directories included.
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDirectories, removeTree } from './remove-tree.ts'

test('a module cache of Go goes, and what a link leads to stays', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'bowsprit-tree-'))
  const outside = join(dir, 'outside')
  await mkdir(outside, { mode: 0o500 })
  await mkdir(join(dir, 'tree/pkg/mod'), { recursive: true })
  await writeFile(join(dir, 'tree/pkg/mod/go.mod'), 'module x')
  await symlink(outside, join(dir, 'tree/link'))
  await chmod(join(dir, 'tree/pkg/mod'), 0o555)
  await chmod(join(dir, 'tree/pkg'), 0o555)

  await openDirectories(join(dir, 'tree'))
  expect((await stat(join(dir, 'tree/pkg/mod'))).mode & 0o777).toBe(0o700)
  expect((await stat(outside)).mode & 0o777).toBe(0o500)

  await chmod(join(dir, 'tree/pkg'), 0o555)
  await removeTree(join(dir, 'tree'))
  await removeTree(join(dir, 'never was'))
  expect([existsSync(join(dir, 'tree')), existsSync(outside)]).toEqual([false, true])
  await rm(dir, { recursive: true })
})
