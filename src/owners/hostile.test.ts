// Files that were made to hurt: none may throw, or take long.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAliases } from './aliases.ts'
import { repoOwners } from './lookup.ts'
import { mostOwnersBytes, parseMarkdown, parseOwners } from './parse.ts'

/** For one file on a busy machine; what is bounded takes some ten milliseconds. */
const mostMs = 2_000

function parseAll(content: Uint8Array): void {
  const began = performance.now()
  const file = parseOwners(content)
  const { aliases } = parseAliases(content)
  const data = {
    files: new Map([
      ['', file],
      ['a.md', parseMarkdown(content)],
    ]),
    aliases,
    collaborators: undefined,
  }
  const owners = repoOwners(data)
  for (const path of ['a.md', `${'a'.repeat(4000)}!`, 'a/'.repeat(2000)]) {
    owners.approvers(path)
    owners.labels(path)
  }
  owners.allOwners()
  expect(performance.now() - began).toBeLessThan(mostMs)
}

const fill = (unit: string, around: (inner: string) => string = (inner) => inner) =>
  around(unit.repeat(Math.floor((mostOwnersBytes - 200) / Buffer.byteLength(unit))))

describe('hostile files', () => {
  test.each<[why: string, text: string]>([
    ['a long line', fill('a', (all) => `approvers: [${all}]`)],
    ['a megabyte on one line', 'a'.repeat(1024 * 1024)],
    ['many names', fill('a,', (all) => `approvers: [${all}]`)],
    ['many numbers', fill('1,', (all) => `approvers: [${all}]`)],
    ['numbers on lines', fill('- 0x1\n', (all) => `reviewers:\n${all}`)],
    ['many keys', fill('a: b\n')],
    ['many wrong filters', fill('"(": x\n  ', (all) => `filters:\n  ${all}`)],
    ['deep lists', fill('[')],
    ['deep maps', fill('{a: ')],
    ['deep indentation', Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['quotes that never end', fill('\\x', (all) => `approvers: ["${all}`)],
    ['anchors', fill('&a ')],
    ['aliases of themselves', 'approvers: &a [*a]'],
    [
      'a bomb of aliases',
      `a: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 20 }, (_, n) => `b${n}: &a${n + 1} [${`*a${n},`.repeat(10)}]`).join('\n')}\napprovers: *a20\n`,
    ],
    [
      'a bomb of merges',
      `x0: &m0 {a: 1}\n${Array.from({ length: 500 }, (_, n) => `x${n + 1}: &m${n + 1} {<<: [*m${n}, *m${n}], k${n}: 1}`).join('\n')}\n`,
    ],
    ['a group named a thousand times', `aliases: &g {g: [${'u,'.repeat(9000)}]}\napprovers: [${'g,'.repeat(4000)}]\n`],
    ['marks', fill('---\n')],
    ['marks and prose', fill('\n---', (all) => `---\n${all}`)],
    ['documents', fill('---\na: 1\n')],
    ['tags', fill('!!int ')],
    ['line ends of all kinds', fill('\r\n\u2028\u0085')],
    ...[
      '(a+)+$',
      '(a|a)*$',
      '((a*)*)*!$',
      '(.*a){20}',
      '([ab]*a[ab]{30})+$',
      'a{1000}{1000}',
      `${'('.repeat(1500)}a${')'.repeat(1500)}`,
    ].map((pattern): [string, string] => [
      `the filter ${pattern.slice(0, 30)}`,
      `filters: {${JSON.stringify(pattern)}: {approvers: [a], labels: [l]}}`,
    ]),
  ])('%s', (_why, text) => {
    parseAll(Buffer.from(text))
    parseAll(Buffer.from(`---\n${text}\n---\n`))
  })

  test('any bytes', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => parseAll(bytes))))

  const word = fc.constantFrom(
    'approvers',
    ':',
    ' ',
    '\n',
    '- ',
    '[',
    ']',
    '{',
    '}',
    'a',
    '"',
    "'",
    '&x',
    '*x',
    '@',
    '#',
    '---',
    'filters',
    'options',
    '.*',
    ',',
    '<<',
    '!!',
    '|',
    '>',
    '~',
    '1',
    'yes',
    '\t',
    '\r\n',
    '\0',
    '%YAML 1.2',
  )
  test('any words of YAML', () =>
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => parseAll(Buffer.from(words.join('')))),
      { numRuns: 1000 },
    ))

  test('any values', () =>
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('approvers', 'reviewers', 'labels', 'filters', 'options', 'aliases', '__proto__'),
          fc.jsonValue(),
        ),
        (value) => parseAll(Buffer.from(JSON.stringify(value))),
      ),
    ))
})
