// A new plugin: its conversation passes as it stands, and nothing is overwritten.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine, folderWith } from '../testing/command-line.ts'

const root = resolve(import.meta.dirname, '../..')

test('its test passes, also far from the checkout', { timeout: 120_000 }, async () => {
  const cwd = folderWith({})
  const { code, stdout } = await commandLine(['plugin', 'new', 'say-hi', '--dir=mine'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain('wrote mine/say-hi.ts\nwrote mine/say-hi.test.ts\n')
  const folder = join(cwd, 'mine')
  expect(stdout).toContain(`npx vitest run --root ${folder} say-hi`)
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const said = execFileSync(process.execPath, [vitest, 'run', '--root', folder, 'say-hi'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(said).toMatch(/1 passed/)
})

test('what is there stays', async () => {
  const cwd = folderWith({ 'mine.test.ts': 'precious' })
  const { code, stderr } = await commandLine(['plugin', 'new', 'mine'], { cwd })
  expect([code, stderr]).toEqual([1, expect.stringContaining('mine.test.ts is there already; nothing was written')])
  expect(readFileSync(join(cwd, 'mine.test.ts'), 'utf8')).toBe('precious')
  expect(() => readFileSync(join(cwd, 'mine.ts'))).toThrow('ENOENT')
})

test.each<[args: string[], says: string]>([
  [[], 'give the plugin one name'],
  [['a', 'b'], 'give the plugin one name'],
  [['hold'], 'a plugin named hold is built in'],
  [['Say Hi'], '"Say Hi" cannot be the name of a plugin'],
  [['../up'], '"../up" cannot be the name of a plugin'],
  [["a';x"], 'cannot be the name of a plugin'],
])('%j is wrong use', async (args, says) => {
  const { code, stderr } = await commandLine(['plugin', 'new', ...args])
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)])
})
