// Help as pages and scripts ask Deck for it: kept for a while, hook down, hidden repositories, bad questions.
import { afterEach, expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import type { HelpDocument } from './plugin-help.ts'
import { type DeckScene, type SceneOptions, startDeck } from './testing/scene.ts'

let scene: DeckScene
afterEach(() => scene.close())

async function start(options: SceneOptions = {}) {
  scene = await startDeck(options)
}
const get = (path: string) => fetch(scene.url + path, { redirect: 'manual' })
const text = async (path: string) => (await get(path)).text()
const asked = async (path: string): Promise<HelpDocument> => (await (await get(path)).json()) as HelpDocument
const empty = {
  AllRepos: null,
  RepoPlugins: null,
  RepoExternalPlugins: null,
  PluginHelp: null,
  ExternalPluginHelp: null,
}
const answer = {
  AllRepos: ['o/r', 'secret/s'],
  RepoPlugins: { o: ['p'], secret: ['p'] },
  PluginHelp: { p: { Description: 'd', Config: { 'o/r': 'of r', 'o/t': 'of t', 'secret/s': 'of s' } } },
}

test('hook is asked once a minute; what it refuses is asked again, and is empty meanwhile', async () => {
  let times = 0
  const clock = testClock()
  const pluginHelp = async () => {
    if (++times === 1) throw new Error('down')
    return answer
  }
  await start({ clock, pluginHelp })
  const down = await get('/plugin-help.js')
  expect([down.status, await down.json()]).toEqual([200, empty])
  expect((await asked('/plugin-help.js')).AllRepos).toEqual(answer.AllRepos)
  await asked('/api/plugin-help')
  expect(times).toBe(2)
  await clock.advance('59s')
  await asked('/plugin-help.js')
  expect(times).toBe(2)
  await clock.advance('1s')
  await asked('/plugin-help.js')
  expect(times).toBe(3)
})

test('those who ask at the same time share one answer', async () => {
  let times = 0
  const pending = Promise.withResolvers<unknown>()
  const begun = Promise.withResolvers<void>()
  await start({
    pluginHelp: () => {
      times++
      begun.resolve()
      return pending.promise
    },
  })
  const both = [asked('/plugin-help.js'), asked('/api/plugin-help')]
  await begun.promise
  pending.resolve(answer)
  expect((await Promise.all(both)).map(({ AllRepos }) => AllRepos)).toEqual([answer.AllRepos, answer.AllRepos])
  expect(times).toBe(1)
})

test.each<[path: string, status: number, type: string, body: string]>([
  ['/plugin-help.js', 200, 'application/json; charset=utf-8', JSON.stringify(empty)],
  [
    '/plugin-help.js?var=allHelp',
    200,
    'application/javascript; charset=utf-8',
    `var allHelp = ${JSON.stringify(empty)};`,
  ],
  [
    '/api/plugin-help',
    503,
    'application/json; charset=utf-8',
    '{"error":"hook, which knows the plugins, does not answer just now."}',
  ],
])('%s while hook answers with something else', async (path, status, type, body) => {
  await start({ pluginHelp: async () => ['surprise'] })
  const got = await get(path)
  expect([got.status, got.headers.get('content-type'), await got.text()]).toEqual([status, type, body])
  expect(got.headers.get('cache-control')).toContain('no-store')
})

test.each(['a;b', '1a', 'alert(1)//', 'a.b', 'a%20b', '%3Cscript%3E'])('var=%s is no variable', async (name) => {
  await start({ pluginHelp: async () => answer })
  const got = await get(`/plugin-help.js?var=${name}`)
  expect([got.status, await got.text()]).toEqual([
    400,
    'the var query parameter is not a name of a JavaScript variable\n',
  ])
})

test('without an address of hook there is no feed, and the page is told why', async () => {
  await start()
  expect((await get('/plugin-help.js')).status).toBe(404)
  const got = await get('/api/plugin-help')
  expect([got.status, await got.json()]).toEqual([
    404,
    { error: 'This Deck does not know where hook is: start it with --hook-url.' },
  ])
})

test('a page gets the configuration of its repository, the feed all of it, and nobody that of hidden ones', async () => {
  await start({ pluginHelp: async () => answer })
  scene.setConfig((config) => ({ ...config, deck: { ...config.deck, hidden_repos: ['secret'] } }))
  expect((await asked('/api/plugin-help?repo=o/r')).PluginHelp?.p?.Config).toEqual({ 'o/r': 'of r' })
  expect((await asked('/api/plugin-help')).PluginHelp?.p?.Config).toEqual({})
  expect((await asked('/plugin-help.js')).PluginHelp?.p?.Config).toEqual({ 'o/r': 'of r', 'o/t': 'of t' })
  for (const path of ['/plugin-help.js', '/api/plugin-help?repo=secret/s'])
    expect(await text(path)).not.toMatch(/secret|of s/)
})

test.each([
  ['/plugin-help', '/command-help'],
  ['/plugin-help?repo=o%2Fr', '/command-help?repo=o%2Fr'],
])('the old address %s leads to %s', async (from, to) => {
  await start()
  const got = await get(from)
  expect([got.status, got.headers.get('location')]).toEqual([301, to])
})

test('/plugin-config is the YAML of plugins.yaml, or says what is missing', async () => {
  await start()
  const without = await get('/plugin-config')
  expect([without.status, await without.text()]).toEqual([
    500,
    'Deck knows no configuration of plugins: start it with --plugin-config\n',
  ])
  scene.setPlugins({ plugins: { org: { plugins: ['trigger'], excluded_repos: [] } }, sections: { size: { s: 10 } } })
  const got = await get('/plugin-config')
  expect([got.status, got.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  const yaml = await got.text()
  expect(yaml).toContain('plugins:\n  org:\n    excluded_repos: []\n    plugins:\n      - trigger\n')
  expect(yaml).toContain('size:\n  s: 10\n')
})
