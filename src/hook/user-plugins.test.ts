// Plugins that people bring along: what is taken, and what every refusal says.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadUserPlugins, pluginModule } from './user-plugins.ts'

const contract = new URL('./plugin.ts', import.meta.url).pathname
const good = (name = 'mine', more = 'contract: 1,') =>
  `import { plugin } from '${contract}'
export default plugin({ name: '${name}', about: 'a', ${more} handlers: { push: async () => {} } })`
const plain = (fields: string) => `export default { name: 'mine', contract: 1, about: 'a', commands: [], ${fields} }`

function folder(files: Readonly<Record<string, string>>) {
  const cwd = mkdtempSync(join(tmpdir(), 'plugins-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  return cwd
}
const load = (cwd: string, ...texts: string[]) => loadUserPlugins(texts.map(pluginModule), { cwd, builtIn: ['hold'] })

test('files and packages are loaded, and known by their names', async () => {
  const cwd = folder({
    'a.ts': good(),
    'b.mjs': good('other'),
    'node_modules/@acme/third/package.json': '{"name":"@acme/third","type":"module","main":"main.js"}',
    'node_modules/@acme/third/main.js': good('third'),
  })
  const loaded = await load(cwd, 'mine=a.ts', `other=${join(cwd, 'b.mjs')}`, 'third=@acme/third')
  const names = await Promise.all(Object.entries(loaded).map(async ([key, get]) => [key, (await get()).default.name]))
  expect(names).toEqual([
    ['mine', 'mine'],
    ['other', 'other'],
    ['third', 'third'],
  ])
})

test.each<[why: string, file: string, says: string]>([
  ['nothing', '', 'its default export must be what plugin(…) returns'],
  ['a function', 'export default () => {}', 'its default export must be what plugin(…) returns'],
  ['something that breaks', 'throw new Error("at once")', 'cannot load the plugin in '],
  ['a syntax that is none', 'export default {', 'cannot load the plugin in '],
  ['no version', good('mine', ''), 'add "contract: 1"'],
  [
    'another version',
    plain('contract: 7, run() {}'),
    'written for version 7 of the contract, and this Bowsprit has version 1',
  ],
  ['no name', plain("name: '', run() {}"), 'it has no "name"'],
  ['no words', plain("about: '', run() {}"), 'it has no "about"'],
  ['no list of commands', plain('commands: 5, run() {}'), '"commands" is missing'],
  ['nothing to do', plain(''), 'it has neither "run" nor "handlers"'],
  ['an event that is none', plain('handlers: { pushed() {} }'), 'no events of the kind "pushed"; there are issues, '],
  ['another name', good('theirs'), 'the plugin calls itself "theirs"; write theirs=m.ts'],
])('a module with %s is refused', async (_why, file, says) => {
  await expect(load(folder({ 'm.ts': file }), 'mine=m.ts')).rejects.toThrow(says)
})

test.each<[texts: string[], says: string]>([
  [['mine'], '"mine" names no plugin and its module: write NAME=PATH'],
  [['=a.ts'], 'write NAME=PATH'],
  [['a b=a.ts'], 'write NAME=PATH'],
  [['hold=a.ts'], 'hold=a.ts: a plugin of that name is built in; take another name'],
  [['mine=a.ts', 'mine=a.ts'], 'the name is given twice'],
  [['mine=./none.ts'], 'there is no file '],
  [['mine=none'], 'has no package "none"'],
])('%j is refused', async (texts, says) => {
  const cwd = folder({ 'a.ts': good() })
  await expect(async () => load(cwd, ...texts)).rejects.toThrow(says)
})
