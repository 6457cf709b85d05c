// RE2 on V8: the differences to JavaScript, and agreement with an independent RE2 over generated patterns and texts.
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { emit } from './re2/emit.ts'
import { parseRe2 } from './re2/parse.ts'
import { compileRe2, quoteRe2, Re2Error, re2 } from './re2.ts'

describe('what differs from JavaScript', () => {
  test.each<[why: string, pattern: string, text: string, matches: boolean]>([
    ['$ is the very end of the text', 'a$', 'a\n', false],
    ['multi-line $ is before \\n', '(?m)a$', 'a\nb', true],
    ['multi-line $ is not before \\r', '(?m)a$', 'a\r\nb', false],
    ['multi-line $ is not before U+2028', '(?m)a$', 'a\u2028b', false],
    ['\\s*$ takes the \\r of a web comment', '(?m)^/hold\\s*$', 'x\r\n/hold\r\ny', true],
    ['multi-line ^ is after \\n', '(?m)^b', 'a\nb', true],
    ['multi-line ^ is not after \\r', '(?m)^b', 'a\rb', false],
    ['. takes \\r', '^a.b$', 'a\rb', true],
    ['. takes U+2029', '^a.b$', 'a\u2029b', true],
    ['. does not take \\n', '^a.b$', 'a\nb', false],
    ['(?s) lets . take \\n', '(?s)^a.b$', 'a\nb', true],
    ['. is one character, not one UTF-16 unit', '^.$', '😀', true],
    ['two characters are two', '^.$', '😀😀', false],
    ['a negated class is one character', '^[^a]{2}$', '😀é', true],
    ['a class with an astral range', '^[😀-😂]$', '😁', true],
    ['outside of an astral range', '^[😀-😂]$', '😃', false],
    ['\\s has no vertical tab', '\\s', '\v', false],
    ['\\s has no no-break space', '\\s', '\u00a0', false],
    ['\\s has \\r', '\\s', '\r', true],
    ['\\S takes a no-break space', '^\\S$', '\u00a0', true],
    ['\\b is ASCII', '\\bb', 'éb', true],
    ['a named group of Python', '^(?P<n>a)$', 'a', true],
    ['a named group', '^(?<n>a)$', 'a', true],
    ['\\A and \\z in a multi-line pattern', '(?m)\\Ab\\z', 'a\nb', false],
    ['\\Q…\\E', '^\\Qa.b*\\E+$', 'a.b***', true],
    ['POSIX classes', '^[[:upper:][:digit:]_]+$', 'A_9', true],
    ['negated POSIX class', '^[[:^space:]]$', ' ', false],
    ['a flag holds for the rest of its group', '^(?:(?i)a|b)C$', 'BC', true],
    ['a flag ends with its group', '^(?:(?i)a|b)C$', 'Bc', false],
    ['a flag in one alternative holds for later ones', '(?i)foo|bar', 'BAR', true],
    ['a flag can be taken back', '(?i)a(?-i)b', 'AB', false],
    ['case folding takes the Kelvin sign', '(?i)^k$', '\u212a', true],
    ['case folding takes the long s', '(?i)^[r-t]$', 'ſ', true],
    ['case folding beyond ASCII', '(?i)^äß$', 'ÄẞX'.slice(0, 2), true],
    ['a brace that is no count', '^a{,2}$', 'a{,2}', true],
    ['a count above what V8 repeats itself', '^(?:ab){20}$', 'ab'.repeat(20), true],
    ['a count has a limit', '^(?:ab){2,20}$', 'ab'.repeat(21), false],
    ['octal and hex escapes', '^\\101\\x42\\x{43}$', 'ABC', true],
    ['a bracket first in a class', '^[]a]+$', ']a', true],
    ['Unicode classes', '^\\p{Greek}\\pL\\P{L}$', 'αb1', true],
    ['an assertion may be repeated', '^*a$', 'a', true],
    ['ungreedy as a flag', '(?U)^a+$', 'aa', true],
    ['a class that nothing is in', '[^\\x00-\\x{10ffff}]', 'a', false],
  ])('%s', (_why, pattern, text, matches) => {
    expect(compileRe2(pattern).test(text)).toBe(matches)
    expect(compileRe2(pattern).exec(text) !== undefined).toBe(matches)
  })
})

test.each([
  ['(?=a)', 'invalid or unsupported Perl syntax'],
  ['(?<!a)b', 'invalid or unsupported Perl syntax'],
  ['(?>a)', 'invalid or unsupported Perl syntax'],
  ['(a)\\1', 'invalid escape sequence'],
  ['\\Z', 'invalid escape sequence'],
  ['\\k<n>', 'invalid escape sequence'],
  ['a**', 'invalid nested repetition operator'],
  ['a+?+', 'invalid nested repetition operator'],
  ['*a', 'missing argument to repetition operator'],
  ['a|*', 'missing argument to repetition operator'],
  ['(a', 'missing closing )'],
  ['a)', 'unexpected )'],
  ['[a', 'missing closing ]'],
  ['[b-a]', 'invalid character class range'],
  ['a{1001}', 'invalid repeat count'],
  ['(?:a{100}){100}', 'invalid repeat count'],
  ['a{2,1}', 'invalid repeat count'],
  ['(?P<n>a)(?P<n>b)', 'duplicate capture group name'],
  ['\\p{Klingon}', 'invalid character class range'],
  ['a\\', 'trailing backslash'],
  ['('.repeat(2000) + ')'.repeat(2000), 'nests too deeply'],
])('%s is refused', (pattern, why) => {
  expect(() => compileRe2(pattern)).toThrow(Re2Error)
  expect(() => compileRe2(pattern)).toThrow(why)
})

describe('finding', () => {
  test('groups, names and places are those of the original text', () => {
    const found = re2`(?m)^/(?P<verb>\w+)(?: (x))?(\s*)$`.exec('a\r\n/hold\r\nb')
    expect(found).toEqual({ text: '/hold\r', index: 3, groups: ['hold', undefined, '\r'], named: { verb: 'hold' } })
  })
  test.each<[pattern: string, text: string, groups: (string | undefined)[]]>([
    ['^(a|b){2,3}$', 'abb', ['b']],
    ['^(?:(a)|(b)){20}$', `${'a'.repeat(19)}b`, ['a', 'b']],
    ['^(?:(a)(b)?){2,}(c)$', 'abac', ['a', 'b', 'c']],
    ['^((a){2}(b)?){0,18}(d)?$', 'aabaa', ['aa', 'a', 'b', undefined]],
    ['(a){0}(b)', 'b', [undefined, 'b']],
  ])('of a group that is repeated by a count the last text counts: %s', (pattern, text, groups) => {
    expect(compileRe2(pattern).exec(text)?.groups).toEqual(groups)
    const independent = RE2JS.compile(pattern).matcher(text)
    expect(independent.find()).toBe(true)
    expect(groups.map((_, index) => independent.group(index + 1) ?? undefined)).toEqual(groups)
  })
  test('empty matches right behind a match do not count, as in Go', () => {
    expect(re2`a*`.all('baaac').map((match) => [match.index, match.text])).toEqual([
      [0, ''],
      [1, 'aaa'],
      [5, ''],
    ])
  })
  test('replaces every occurrence', () => {
    const fence = re2`(?msU)^${'```'}.*(\n${'```'}\n|\n${'```'}$)`
    expect(fence.replaceAll('a\n```sh\n/test x\n```\nb ```', () => '')).toBe('a\nb ```')
  })
  test('a name can be put into a pattern', () => {
    expect(re2`^${quoteRe2('a.b+(c)')}$`.test('a.b+(c)')).toBe(true)
    expect(re2`^${quoteRe2('a.b')}$`.test('axb')).toBe(false)
  })
})

describe('time', () => {
  test.each([
    '^(a+)+$',
    '(?m)^(a+)+$',
    '(?i)^(a+)+$',
    '^(a|aa)*b',
    '^(?:a{1,20}){1,20}$',
    '(?m)^/test( | .* )a,?($|\\s.*)',
    '^(?:.*a){12}$',
    '^(?:a?){100}a{100}$',
    `^${'a?'.repeat(100)}${'a'.repeat(100)}$`,
  ])('%s does not blow up', (pattern) => {
    const started = performance.now()
    compileRe2(pattern).test(`${'a'.repeat(30)}!😀`)
    // Twice, because V8 compiles a pattern anew when it is used again.
    for (let time = 0; time < 3; time++) compileRe2(pattern).test(`${'a'.repeat(3_000)}!`)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

// Pieces that exercise every kind of node; joined, repeated and grouped below.
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'k',
    'é',
    '😀',
    '.',
    '^',
    '$',
    '\\A',
    '\\z',
    '\\b',
    '\\B',
    '\\d',
    '\\s',
    '\\S',
    '\\w',
    '\\W',
    '\\n',
    '\\r',
  ],
  ...['[ab]', '[^a]', '[^\\n]', '[a-z]', '[[:space:]]', '[\\s\\d]', '[^\\s]', '[😀-😂a]', '\\x{2028}', '/test', ' '],
)
const flags = fc.constantFrom('', '(?i)', '(?m)', '(?s)', '(?U)', '(?mi)', '(?ms)', '(?-s)')
const repeat = fc.constantFrom('*', '+', '?', '*?', '+?', '{2}', '{1,3}', '{0,2}?', '{2,}', '{0}')
const { pattern: patterns } = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  pattern: fc
    .tuple(flags, fc.array(tie('item'), { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([flag, items, alternatives]) => flag + items.join(alternatives ? '|' : '')),
  item: fc.oneof(
    { depthSize: 'small' },
    piece,
    fc.tuple(piece, repeat).map(([text, times]) => text + times),
    tie('pattern').map((inner) => `(${inner})`),
    fc.tuple(tie('pattern'), repeat).map(([inner, times]) => `(?:${inner})${times}`),
  ),
}))
const texts = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'A',
      'K',
      'k',
      '\u212a',
      'é',
      'É',
      '😀',
      '\n',
      '\r',
      '\u2028',
      '\u2029',
      ' ',
      '/test',
      '1',
      '_',
    ),
  )
  .map((parts) => parts.join(''))

test('agrees with an independent RE2 on whether a pattern occurs', () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(compileRe2(pattern).test(text)).toBe(RE2JS.compile(pattern).matcher(text).find())
    }),
    { numRuns: 4_000 },
  )
})

test('agrees with an independent RE2 on what is refused', () => {
  const compiles = (compile: () => unknown) => {
    try {
      compile()
      return true
    } catch {
      return false
    }
  }
  const scraps = fc
    .array(
      fc.constantFrom(
        'a',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '{2}',
        '*',
        '+',
        '?',
        '|',
        '\\',
        '\\d',
        '\\1',
        '-',
        '^',
        '$',
        '(?',
        '(?:',
        '(?P<n>',
        '(?i)',
        ',',
        '[:alpha:]',
        '\\Q',
        '\\E',
        '\\p{L}',
        'x41',
      ),
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(scraps, (pattern) => {
      expect(compiles(() => compileRe2(pattern))).toBe(compiles(() => RE2JS.compile(pattern)))
    }),
    { numRuns: 4_000 },
  )
})

test('what is written for searching has nothing that the linear engine lacks', () => {
  fc.assert(
    fc.property(patterns, fc.boolean(), (pattern, pairs) => {
      const { source } = emit(parseRe2(pattern).tree, { pairs, captures: false })
      expect(source).not.toMatch(/\(\?[=!<]|\((?!\?)|\\u\{|\{\d/)
    }),
  )
})
