// Plugins of one's own on the command line: checkconfig knows their names, and hook does not start with one that is none.
import { expect, test } from 'vitest'
import { commandLine, folderWith } from '../testing/command-line.ts'

const files = {
  'config.yaml': '{}\n',
  'plugins.yaml': 'plugins:\n  o/r:\n    plugins: [trigger, mine]\n',
  'mine.ts': 'export default {}\n',
}

test.each<[why: string, args: string[], code: number, says: string]>([
  ['a name that nobody knows is an error', [], 1, 'o/r enables mine, which is no plugin'],
  ['a plugin of one’s own is known, and not run', ['--plugin-module=mine=none.ts'], 0, 'No findings'],
])('checkconfig: %s', async (_why, args, code, says) => {
  const cwd = folderWith(files)
  const paths = [`--config-path=${cwd}/config.yaml`, `--plugin-config=${cwd}/plugins.yaml`]
  const checked = await commandLine(['checkconfig', ...paths, ...args], { cwd })
  expect(checked.code).toBe(code)
  expect(checked.stdout).toContain(says)
})

test.each<[why: string, args: string[], code: number, says: string]>([
  ['a module without a name', ['--plugin-module=mine.ts'], 2, 'names no plugin and its module: write NAME=PATH'],
  ['a module that is not there', ['--plugin-module=mine=none.ts'], 1, 'there is no file '],
  ['a module that is no plugin', ['--plugin-module=mine=mine.ts'], 1, 'mine.ts is no plugin: '],
  ['a name that is taken', ['--plugin-module=hold=mine.ts'], 1, 'a plugin of that name is built in'],
])('hook refuses %s', async (_why, args, code, says) => {
  const cwd = folderWith(files)
  const refused = await commandLine(['hook', `--config-path=${cwd}/config.yaml`, ...args], { cwd })
  expect(refused.code).toBe(code)
  expect(refused.stderr).toContain(says)
})
