// Hook's help as lists: which plugins and commands, where they work, under which addresses, and what a search finds.
import { describe, expect, test } from 'vitest'
import { type HelpDocument, noHelp } from '../../src/deck/plugin-help.ts'
import { commandsOf, configFor, fromHash, helpAddress, pluginsOf, readView, searchFor, worksIn } from './help.ts'

const command = (Usage: string, more: object = {}) => ({
  ...{ Usage, Featured: false, Description: '', Examples: null, WhoCanUse: '' },
  ...more,
})
const record = (more: object = {}) => ({ Description: '', Config: null, Events: null, Commands: null, ...more })

const help: HelpDocument = {
  AllRepos: ['o/a', 'o/b'],
  RepoPlugins: {
    '': ['hold', 'quiet', 'trigger'],
    o: ['trigger', 'hold'],
    'o/b': ['quiet', 'hold', 'gone'],
    p: ['hold'],
  },
  RepoExternalPlugins: { '': ['hold', 'mute'], 'o/a': ['hold'] },
  PluginHelp: {
    trigger: record({
      Commands: [
        command('/test [all]', { Featured: true, Examples: ['/test', '/test all'] }),
        command('/ok-to-test', { Examples: ['/ok-to-test'] }),
        command('/ok-to-test cancel', { Examples: ['/ok-to-test cancel'] }),
      ],
    }),
    hold: record({ Description: 'Holds <b>merges</b>.', Commands: [command('/[un-]hold', { WhoCanUse: 'Anybody' })] }),
    quiet: record(),
  },
  ExternalPluginHelp: { hold: record({ Commands: [command(''), command('', { Examples: ['/grip'] })] }) },
}
const plugins = pluginsOf(help)
const commands = commandsOf(plugins)

test('plugins by name, each with where it is enabled; of two with one name both', () => {
  expect(plugins.map(({ id, external, scopes }) => [id, external, scopes.join()])).toEqual([
    ['gone', false, 'o/b'],
    ['hold', false, 'o,o/b,p'],
    ['hold-2', true, 'o/a'],
    ['mute', true, ''],
    ['quiet', false, 'o/b'],
    ['trigger', false, 'o'],
  ])
  expect(plugins.filter((plugin) => !plugin.help).map(({ name }) => name)).toEqual(['gone', 'mute'])
})

test.each([
  ['', 'gone hold hold-2 mute quiet trigger'],
  ['o/a', 'hold hold-2 trigger'],
  ['o/b', 'gone hold quiet trigger'],
  ['p/x', 'hold'],
  ['o', 'hold trigger'],
  ['q/x', ''],
  ['constructor/x', ''],
])('in %s work %s', (repo, names) => {
  expect(plugins.filter((plugin) => worksIn(plugin, repo)).map(({ id }) => id)).toEqual(
    names.split(' ').filter(Boolean),
  )
})

test('featured commands first, then by their letters; each has an address of its own', () => {
  expect(commands.map(({ id, usage }) => [id, usage])).toEqual([
    ['test', '/test [all]'],
    ['grip', ''],
    ['[un_]hold', '/[un-]hold'],
    ['ok_to_test', '/ok-to-test'],
    ['ok_to_test-2', '/ok-to-test cancel'],
  ])
  expect(commands.map(({ slug }) => slug)).toContain(fromHash('ok-to-test'))
})

describe('a search', () => {
  test.each([
    ['', 5],
    ['HOLD', 2],
    ['hold anybody', 1],
    [' /ok  cancel ', 1],
    ['trigger', 3],
    ['nothing', 0],
  ])('for "%s" finds %d commands', (text, count) => {
    expect(commands.filter(searchFor(text))).toHaveLength(count)
  })

  test('looks through texts, not through their HTML', () => {
    const found = (text: string) => plugins.filter(searchFor(text)).map(({ id }) => id)
    expect(found('merges')).toEqual(['hold'])
    expect(found('<b>')).toEqual([])
  })
})

test('nothing is known: nothing is shown', () => {
  expect(pluginsOf(noHelp)).toEqual([])
  expect(commandsOf([])).toEqual([])
})

test.each<[config: Record<string, string> | null, repo: string, texts: readonly string[]]>([
  [null, 'o/a', []],
  [{ '': 'all', 'o/a': 'a', 'o/b': 'b' }, 'o/a', ['all', 'a']],
  [{ '': 'all', 'o/a': 'a' }, '', ['all']],
  [{ '': '' }, '', []],
  [{}, 'constructor', []],
])('of the configuration %j a page about %s shows %j', (config, repo, texts) => {
  expect(configFor(record({ Config: config }), repo)).toEqual(texts)
})

test.each([
  [{}, '', '/command-help'],
  [{ repo: 'o/r' }, 'lgtm', '/command-help?repo=o%2Fr#lgtm'],
  [{ repo: 'o/r', q: 'a b' }, '', '/command-help?repo=o%2Fr&q=a+b'],
  [{ q: 'x' }, '[un]hold', '/command-help?q=x#%5Bun%5Dhold'],
])('the address of %j %s', (view, id, address) => {
  expect(helpAddress('/command-help', view, id)).toBe(address)
  expect(readView(new URL(address, 'http://deck').search)).toEqual({ repo: '', q: '', ...view })
})
