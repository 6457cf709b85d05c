// OWNERS files and what Markdown files say at their head, one row per rule.
import { describe, expect, test } from 'vitest'
import { normLogin, type OwnersFile, parseMarkdown, parseOwners } from './parse.ts'

const noOptions = { no_parent_owners: false, auto_approve_unowned_subfolders: false }

interface Seen {
  readonly options?: OwnersFile['options']
  readonly problems?: readonly string[]
  readonly entries: readonly object[]
}

/** What was given, without what is empty. */
const seen = ({ options, entries, problems }: OwnersFile): Seen => ({
  ...(JSON.stringify(options) === JSON.stringify(noOptions) ? {} : { options }),
  ...(problems.length > 0 ? { problems: problems.map(({ line, message }) => `${line}: ${message}`) } : {}),
  entries: entries.map(({ filter, ...lists }) => ({
    ...(filter ? { filter: filter.source } : {}),
    ...Object.fromEntries(Object.entries(lists).filter(([, names]) => names.length > 0)),
  })),
})
const read = (text: string) => seen(parseOwners(Buffer.from(text)))
const markdown = (text: string) => seen(parseMarkdown(Buffer.from(text)))

test('a simple file has one entry, for everything', () => {
  const text = 'approvers: [Alice, "@Bob"]\nreviewers:\n- carol\nrequired_reviewers: [dan]\nlabels: [Area/X, area/x]\n'
  expect(parseOwners(Buffer.from(text))).toEqual({
    options: noOptions,
    entries: [
      {
        filter: undefined,
        approvers: ['alice', 'bob'],
        reviewers: ['carol'],
        required_reviewers: ['dan'],
        labels: ['Area/X', 'area/x'],
      },
    ],
    problems: [],
  })
})

test.each<[why: string, text: string, want: Seen]>([
  ['an empty file names nobody', '', { entries: [] }],
  ['only a comment', '# nobody yet\n', { entries: [] }],
  [
    'unknown keys do not count',
    'approvers: [a]\nemeritus_approvers: [b]\nsecurity_contacts: [c]\ncomponent: x\n',
    { entries: [{ approvers: ['a'] }] },
  ],
  [
    'keys may be in any letter case',
    'Approvers: [a]\nLABELS: [x]\n',
    { entries: [{ approvers: ['a'], labels: ['x'] }] },
  ],
  ['the exact key wins', 'Approvers: [a]\napprovers: [b]\nAPPROVERS: [c]\n', { entries: [{ approvers: ['b'] }] }],
  ['of equal keys the last', 'approvers: [a]\napprovers: [b]\n', { entries: [{ approvers: ['b'] }] }],
  [
    'logins that YAML would take for something else',
    'approvers: [on, 0x10, 123, 1e3, 1_000, true, 08, 1.50]\nreviewers:\n- Yes # not a flag\n- 2\n',
    {
      entries: [{ approvers: ['on', '0x10', '123', '1e3', '1_000', 'true', '08', '1.50'], reviewers: ['yes', '2'] }],
    },
  ],
  [
    'a number behind an alias',
    'approvers: [&n 0x10]\nreviewers: [*n]\n',
    { entries: [{ approvers: ['0x10'], reviewers: ['16'] }] },
  ],
  ['equal names count once', 'approvers: [a, A, "@a"]\n', { entries: [{ approvers: ['a'] }] }],
  ['empty items are nobody', 'approvers: [a, "", ~]\n', { entries: [{ approvers: ['a'] }] }],
  ['a list without value is empty', 'approvers:\nreviewers: [a]\n', { entries: [{ reviewers: ['a'] }] }],
  [
    'only options',
    'options:\n  no_parent_owners: true\n  auto_approve_unowned_subfolders: yes\n',
    { options: { no_parent_owners: true, auto_approve_unowned_subfolders: true }, entries: [] },
  ],
  [
    'options of a simple file',
    'options: {No_Parent_Owners: on}\napprovers: [a]\n',
    { options: { ...noOptions, no_parent_owners: true }, entries: [{ approvers: ['a'] }] },
  ],
  [
    'filters',
    'options: {no_parent_owners: true}\nfilters:\n  .*:\n    approvers: [A]\n  "\\\\.go$":\n    Reviewers: [b]\n    labels: [go]\n  empty:\n',
    {
      options: { ...noOptions, no_parent_owners: true },
      entries: [{ approvers: ['a'] }, { filter: '\\.go$', reviewers: ['b'], labels: ['go'] }, { filter: 'empty' }],
    },
  ],
  [
    'empty lists leave the filters',
    'approvers: []\nlabels: []\nfilters: {.*: {approvers: [a]}}\n',
    { entries: [{ approvers: ['a'] }] },
  ],
  [
    'filters beside a list',
    'labels: [x]\n\nfilters:\n  .*: {approvers: [a]}\n',
    { problems: ['4: filters do not count beside lists at the top level'], entries: [{ labels: ['x'] }] },
  ],
  [
    'a single name instead of a list',
    'options: {no_parent_owners: true}\nreviewers: [b]\napprovers: alice\n',
    { options: { ...noOptions, no_parent_owners: true }, problems: ['3: approvers must be a list'], entries: [] },
  ],
  [
    'a broken list leaves the filters',
    'approvers: alice\nfilters: {.*: {approvers: [b]}}\n',
    { problems: ['1: approvers must be a list'], entries: [{ approvers: ['b'] }] },
  ],
  ['a list in a list', 'approvers:\n- a\n- [b]\n', { problems: ['3: approvers must hold names only'], entries: [] }],
  [
    'a filter that is no pattern',
    'filters:\n  "(":\n    approvers: [a]\n  ".*": {approvers: [b]}\n',
    { problems: [expect.stringMatching(/^\d: filter "\(" does not count: /)], entries: [{ approvers: ['b'] }] },
  ],
  [
    'what RE2 has not got',
    'filters: {"(?=x)": {approvers: [a]}}\n',
    { problems: [expect.stringMatching(/^1: filter "\(\?=x\)" does not count: /)], entries: [] },
  ],
  [
    'a broken list in a filter',
    'filters:\n  a: {approvers: [a]}\n  b:\n    approvers: b\n',
    { problems: ['4: approvers must be a list'], entries: [] },
  ],
  [
    'a filter that is no map',
    'filters:\n  a: [a]\n',
    { problems: ['2: a filter must be a map with keys like "approvers"'], entries: [] },
  ],
  [
    'filters that are no map',
    'filters: [a]\n',
    { problems: [expect.stringMatching(/^1: filters must be a map/)], entries: [] },
  ],
  [
    'an option that is no flag',
    'approvers: [a]\noptions:\n  no_parent_owners: "true"\n',
    {
      problems: ['3: options.no_parent_owners must be true or false'],
      entries: [],
    },
  ],
  [
    'options that are no map',
    'approvers: [a]\noptions: true\n',
    { problems: ['2: options must be a map'], entries: [] },
  ],
  ['no map', '- a\n', { problems: ['1: must be a map with keys like "approvers"'], entries: [] }],
  ['a word alone', 'approvers', { problems: ['1: must be a map with keys like "approvers"'], entries: [] }],
  ['the names of objects', '__proto__: {approvers: [a]}\nconstructor: x\n', { entries: [] }],
])('%s', (_why, text, want) => expect(read(text)).toEqual(want))

test('broken YAML names its line', () => {
  const { entries, problems } = parseOwners(Buffer.from('approvers:\n- a\n- @b\n'))
  expect({ entries, line: problems[0]?.line }).toEqual({ entries: [], line: 3 })
})

test.each([
  ['bytes that are no text', Buffer.from([0x61, 0x3a, 0xff]), 'is not UTF-8 text'],
  ['a file that git did not read', { size: 9_999_999 }, 'has 9999999 bytes, but at most 131072 are read'],
  ['a long file', Buffer.alloc(131_073, '#'), 'has 131073 bytes, but at most 131072 are read'],
  ['many names', Buffer.from(`approvers: [${'a,'.repeat(5001)}]`), 'approvers has more than 5000 items'],
  [
    'many filters',
    Buffer.from(`filters:\n${Array.from({ length: 1001 }, (_, n) => `  f${n}: {approvers: [a]}\n`).join('')}`),
    'has more than 1000 filters',
  ],
  [
    'many names in filters',
    Buffer.from(
      `x: &x [${'a,'.repeat(500)}]\nfilters:\n${Array.from({ length: 11 }, (_, n) => `  f${n}: {approvers: *x}\n`).join('')}`,
    ),
    'filters have more than 5000 names',
  ],
])('not read: %s', (_why, content, message) => {
  expect(parseOwners(content)).toEqual({
    options: noOptions,
    entries: [],
    problems: [{ line: expect.any(Number), message }],
  })
})

test('a byte order mark says nothing', () =>
  expect(read('\uFEFFapprovers: [a]')).toEqual({ entries: [{ approvers: ['a'] }] }))

describe('Markdown', () => {
  test.each<[why: string, text: string, want: Seen['entries']]>([
    ['a head', '---\napprovers: [A]\nlabels: [x]\n---\n# Title\n', [{ approvers: ['a'], labels: ['x'] }]],
    ['a head alone', '---\napprovers: [a]\n---', [{ approvers: ['a'] }]],
    ['nothing before it', '\n---\napprovers: [a]\n---\n', []],
    ['no end', '---\napprovers: [a]\n', []],
    ['the shortest head', '---\n---\n', []],
    ['an empty head', '---\n\n---\n', []],
    [
      'prose with marks of its own',
      '---\nreviewers: [a]\n---\nHello: [\n\n---\nMore @prose\n\n---\nend',
      [{ reviewers: ['a'] }],
    ],
    ['an empty first document', '---\n---\napprovers: [a]\n---\n', []],
    ['the end mark of YAML', '---\napprovers: [a]\n...\n@@\n---\n', [{ approvers: ['a'] }]],
    ['a mark with a word behind it ends the head', '---\napprovers: [a]\n---x', [{ approvers: ['a'] }]],
    ['Windows line ends', '---\r\napprovers: [a]\r\n---\r\n', []],
    ['broken YAML', '---\napprovers: [a\n---\n', []],
    ['a broken list', '---\napprovers: a\nreviewers: [b]\n---\n', []],
    ['filters do not count', '---\nfilters: {.*: {approvers: [a]}}\n---\n', []],
    ['no map', '---\n- a\n---\n', []],
  ])('%s', (_why, text, want) => {
    expect(markdown(text).entries.filter((entry) => Object.keys(entry).length > 0)).toEqual(want)
  })
  test('options', () =>
    expect(markdown('---\noptions: {no_parent_owners: true}\napprovers: [a]\n---\n').options).toEqual({
      ...noOptions,
      no_parent_owners: true,
    }))
})

test('logins are compared in lower case and without one @', () =>
  expect(['CJWagner', '@CJWagner', '@@x', 'a@b'].map(normLogin)).toEqual(['cjwagner', 'cjwagner', '@x', 'a@b']))
