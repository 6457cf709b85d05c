// OWNERS_ALIASES, one row per rule.
import { expect, test } from 'vitest'
import { expand, parseAliases } from './aliases.ts'

const read = (text: string) => {
  const { aliases, problems } = parseAliases(Buffer.from(text))
  const groups = Object.fromEntries([...aliases].map(([name, members]) => [name, [...members]]))
  return { groups, problems: problems.map(({ line, message }) => `${line}: ${message}`) }
}

test.each<[why: string, text: string, groups: object]>([
  ['lists', 'aliases:\n  team: [alice, bob]\n', { team: ['alice', 'bob'] }],
  ['names and members in any letter case', 'Aliases:\n  Team-A: [Alice, "@BOB"]\n', { 'team-a': ['alice', 'bob'] }],
  [
    'members as keys',
    'aliases:\n  team1: {alice, bob}\n  team2:\n    carol: x\n',
    { team1: ['alice', 'bob'], team2: ['carol'] },
  ],
  ['empty groups', 'aliases:\n  a:\n  b: {}\n  c: []\n', { a: [], b: [], c: [] }],
  ['quoted numbers', 'aliases: {a: ["123"]}\n', { a: ['123'] }],
  ['names that are numbers', 'aliases: {1: [a]}\n', { 1: ['a'] }],
  ['an empty file', '', {}],
  ['no groups', 'aliases:\n', {}],
  ['other keys', 'other: 1\n', {}],
])('%s', (_why, text, groups) => expect(read(text)).toEqual({ groups, problems: [] }))

test.each<[why: string, text: string, groups: object, problem: string]>([
  ['a text', 'aliases:\n  x: ""\n  z: [a]\n', { z: ['a'] }, '2: alias x must be a list of logins'],
  [
    'a number as member',
    'aliases:\n  z: [a]\n  x: [b, 123]\n',
    { z: ['a'] },
    '3: alias x must hold texts only; use quotes',
  ],
  ['a flag as member', 'aliases:\n  x:\n  - a\n  - yes\n', {}, '4: alias x must hold texts only; use quotes'],
  ['nothing as member', 'aliases:\n  x: [~]\n', {}, '2: alias x must hold texts only; use quotes'],
  ['a flag', 'aliases:\n  x: true\n', {}, '2: alias x must be a list of logins'],
  ['a list of groups', 'aliases: [a]\n', {}, '1: aliases must be a map from names to lists of logins'],
  ['no map', '- a\n', {}, '1: must be a map with the key "aliases"'],
])('an error, and the other groups count: %s', (_why, text, groups, problem) =>
  expect(read(text)).toEqual({ groups, problems: [problem] }),
)

test('broken YAML and strange bytes leave no groups', () => {
  expect(read('aliases: [').groups).toEqual({})
  expect(read('aliases: [').problems).toHaveLength(1)
  expect(parseAliases(Buffer.from([0xff])).problems).toEqual([{ line: 1, message: 'is not UTF-8 text' }])
  expect(parseAliases({ size: 524_289 }).problems).toEqual([
    { line: 1, message: 'has 524289 bytes, but at most 524288 are read' },
  ])
})

test('groups past the limit do not count', () => {
  const big = `[${Array.from({ length: 12_000 }, (_, n) => `u${n}`).join(',')}]`
  const { aliases, problems } = parseAliases(Buffer.from(`aliases:\n  a: &big ${big}\n  b: *big\n  c: [x]\n`))
  expect([...aliases.keys()]).toEqual(['a'])
  expect(problems.map(({ message }) => message)).toEqual([
    'this and later groups do not count: more than 20000 members',
  ])
})

test('groups are expanded once, and other names are logins', () => {
  const { aliases } = parseAliases(Buffer.from('aliases: {a: [b, x], b: [y], empty: []}'))
  expect([...expand(['a', 'z', 'empty', 'x'], aliases)]).toEqual(['b', 'x', 'z'])
})
