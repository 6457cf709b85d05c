// What Deck takes from hook's answer, and what it keeps to itself.
import { describe, expect, test } from 'vitest'
import { forRepo, type HelpDocument, noHelp, readHelp, withoutHidden } from './plugin-help.ts'

const nothing = { Description: '', Config: null, Events: null, Commands: null }

describe('readHelp', () => {
  test.each([null, undefined, 'help', 7, [], [{}]])('%j is no help', (answer) => {
    expect(() => readHelp(answer)).toThrow('what hook answered is not its help')
  })

  test('a whole document comes through as it is', () => {
    const help: HelpDocument = {
      AllRepos: ['o/r'],
      RepoPlugins: { '': ['a', 'b'], o: ['a'] },
      RepoExternalPlugins: { 'o/r': ['x'] },
      PluginHelp: {
        a: {
          Description: '<b>d</b>',
          Config: { '': 'all', 'o/r': 'one' },
          Snippet: 'a: b\n',
          Events: ['push'],
          Commands: [{ Usage: '/a', Featured: true, Description: 'd', Examples: ['/a'], WhoCanUse: 'w' }],
        },
      },
      ExternalPluginHelp: {},
    }
    expect(readHelp(JSON.parse(JSON.stringify(help)))).toEqual(help)
  })

  test.each<[plugin: unknown, read: object]>([
    [{}, nothing],
    [null, nothing],
    ['text', nothing],
    [{ Description: 7, Config: [], Events: 'push', Commands: {}, Snippet: '', Other: 1 }, nothing],
    [
      { Config: { '': 1, r: 'c' }, Events: ['push', 1] },
      { ...nothing, Config: { '': '', r: 'c' }, Events: ['push'] },
    ],
    [
      { Commands: [null, '/x', {}, { Usage: ['/x'], Featured: 'yes', Examples: '/x' }] },
      {
        ...nothing,
        Commands: [
          { Usage: '', Featured: false, Description: '', Examples: null, WhoCanUse: '' },
          { Usage: '', Featured: false, Description: '', Examples: null, WhoCanUse: '' },
        ],
      },
    ],
  ])('the plugin %j', (plugin, read) => {
    expect(readHelp({ ExternalPluginHelp: { x: plugin } })).toEqual({ ...noHelp, ExternalPluginHelp: { x: read } })
  })

  test('no plugin brings more than a page can show', () => {
    const many = Array.from({ length: 5000 }, () => ({ Usage: 'u'.repeat(70_000), Examples: Array(999).fill('/x') }))
    const { Commands } = readHelp({ ExternalPluginHelp: { x: { Commands: many } } }).ExternalPluginHelp?.x ?? nothing
    expect([Commands?.length, Commands?.[0]?.Examples?.length, Commands?.[0]?.Usage.length]).toEqual([200, 200, 65_536])
  })

  test('names of JavaScript are names like others', () => {
    const help = readHelp(JSON.parse('{"PluginHelp": {"__proto__": {"Description": "d"}, "constructor": {}}}'))
    expect(Object.keys(help.PluginHelp ?? {})).toEqual(['__proto__', 'constructor'])
    expect(Object.keys(forRepo(help, 'constructor').PluginHelp ?? {})).toEqual(['__proto__', 'constructor'])
  })
})

const help = readHelp({
  AllRepos: ['open/a', 'open/b', 'secret/c'],
  RepoPlugins: { '': ['p'], open: ['p'], 'open/b': ['p'], secret: ['p'], 'secret/c': ['p'] },
  RepoExternalPlugins: { 'secret/c': ['x'], 'open/a': ['x'] },
  PluginHelp: { p: { Config: { '': 'all', 'open/a': 'a', 'open/b': 'b', 'secret/c': 'c' } } },
  ExternalPluginHelp: { x: {} },
})
const repos = ({ AllRepos, RepoPlugins, RepoExternalPlugins, PluginHelp }: HelpDocument) => [
  AllRepos,
  ...[RepoPlugins, RepoExternalPlugins, PluginHelp?.p?.Config].map((map) => Object.keys(map ?? {})),
]

test.each<[hidden: readonly string[], shown: readonly (readonly string[])[]]>([
  [[], repos(help).map((list) => list ?? [])],
  [['secret'], [['open/a', 'open/b'], ['', 'open', 'open/b'], ['open/a'], ['', 'open/a', 'open/b']]],
  [
    ['open/b', 'secret/c'],
    [['open/a'], ['', 'open', 'secret'], ['open/a'], ['', 'open/a']],
  ],
  [
    ['open', 'secret'],
    [[], [''], [], ['']],
  ],
])('what is hidden, %j, appears nowhere', (hidden, shown) => {
  expect(repos(withoutHidden(help, hidden))).toEqual(shown)
})

test('hidden repositories take nothing from a document that says nothing', () => {
  expect(withoutHidden(noHelp, ['secret'])).toEqual(noHelp)
})

test('a page about one repository gets the configuration of that one', () => {
  const config = (repo: string) => forRepo(help, repo).PluginHelp?.p?.Config
  expect(config('open/b')).toEqual({ '': 'all', 'open/b': 'b' })
  expect(config('')).toEqual({ '': 'all' })
  expect(config('open')).toEqual({ '': 'all' })
})
