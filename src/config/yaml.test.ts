// The YAML dialect, one row per rule.
import { describe, expect, test } from 'vitest'
import { parseYaml, YamlError } from './yaml.ts'

const value = (text: string) => parseYaml(text, 'f.yaml').value

test.each<[why: string, text: string, value: unknown]>([
  ['an empty file', '', undefined],
  ['only a comment', '# x\n', undefined],
  ['null', '~', undefined],
  ['only the first document', '# x\n---\na: 1\n---\na: 2\n', { a: 1 }],
  ['words for true', '[y, Y, yes, Yes, YES, on, On, ON, true, True, TRUE]', Array(11).fill(true)],
  ['words for false', '[n, N, no, No, NO, off, Off, OFF, false, False, FALSE]', Array(11).fill(false)],
  ['quoted words are texts', '["yes", \'no\']', ['yes', 'no']],
  ['words for null', '[~, null, Null, NULL]', [null, null, null, null]],
  ['a last item without text', 'a:\n- b\n- \n', { a: ['b', null] }],
  ['integers', '[0x1F, 0b101, 0o17, 0755, 1_000, -7, +7, 0]', [31, 5, 15, 493, 1000, -7, 7, 0]],
  ['08 and 09 are decimal', '[08, 09]', [8, 9]],
  ['floats', '[1e3, 500e+6, 1.5, .5, 10.0, -1.]', [1000, 500_000_000, 1.5, 0.5, 10, -1]],
  ['no base 60', '[1:30, 12:30:45]', ['1:30', '12:30:45']],
  ['no dates', '[2020-01-02, 2020-01-02T03:04:05Z]', ['2020-01-02', '2020-01-02T03:04:05Z']],
  ['texts that begin like numbers', '[1.2.3, 1h, 0x, +, .]', ['1.2.3', '1h', '0x', '+', '.']],
  ['binary', '!!binary aGVsbG8=', 'hello'],
  ['an explicit text', '!!str 12', '12'],
  ['keys become texts', '{1: a, 010: b, true: c, 1.5: d, on: e}', { 1: 'a', 8: 'b', true: 'e', 1.5: 'd' }],
  ['a float key is a short text', '1.10: a', { '1.1': 'a' }],
  ['the last of two equal keys', 'a: 1\na: 2', { a: 2 }],
  ['an alias', 'a: &x [1]\nb: *x', { a: [1], b: [1] }],
  ['keys after a merge win', 'a: &x {k: 1, l: 1}\nb:\n  <<: *x\n  k: 2', { a: { k: 1, l: 1 }, b: { k: 2, l: 1 } }],
  ['keys before a merge lose', 'a: &x {k: 1}\nb:\n  k: 2\n  <<: *x', { a: { k: 1 }, b: { k: 1 } }],
  [
    'of merged maps the first wins',
    'a: &a {k: 1}\nb: &b {k: 2, l: 2}\nc:\n  <<: [*a, *b]',
    { a: { k: 1 }, b: { k: 2, l: 2 }, c: { k: 1, l: 2 } },
  ],
  ['a byte order mark', '\uFEFFa: 1', { a: 1 }],
  ['a directive for YAML 1.1', '%YAML 1.1\n---\na: 1', { a: 1 }],
  ['a document after an end', 'a: 1\n...\n---\nb: 2\n', { a: 1 }],
  ['later documents are not even looked at', 'a: 1\n---\nb: [\n', { a: 1 }],
  ['nor what stands behind an end', 'a: 1\n...\n}\t{', { a: 1 }],
  ['a separator with content', '--- {a: 1}\n--- {b: 1}', { a: 1 }],
  ['no separator: it is indented', 'a: |\n  x\n  ---\n  y\n', { a: 'x\n---\ny\n' }],
  ['no separator: it goes on', 'a: 1\n---b: 2\n', { a: 1, '---b': 2 }],
  ['an indented comment before the first document', '  # x\n%YAML 1.1\n---\na: 1\n---\nb: 1', { a: 1 }],
  ['CRLF', 'a: 1\r\nb:\r\n- c\r\n---\r\nd: 1\r\n', { a: 1, b: ['c'] }],
  ['only an empty first document', '---\n---\na: 1', undefined],
  ['comments before the first document', '# x\n\n---\n# y\na: 1\n', { a: 1 }],
  ['explicit tags', '[!!int "12", !!float 1, !!bool yes, !!str yes]', [12, 1, true, 'yes']],
  ['one letter of any case', '{y: 1, N: 2}', { true: 1, false: 2 }],
  ['a merge of an own map', '{<<: {a: 1, b: 1}, b: 2}', { a: 1, b: 2 }],
  ['large whole numbers', '[9007199254740991, 1e20, 100000000000000000000]', [9007199254740991, 1e20, 1e20]],
  ['a folded block', 'a: >-\n  x\n  y\n', { a: 'x y' }],
  ['an anchor on a text', 'a: &x 1\nb: *x', { a: 1, b: 1 }],
  ['a literal block', 'a: |\n  x\n  y\n', { a: 'x\ny\n' }],
])('%s', (_why, text, want) => expect(value(text)).toEqual(want))

test('a key that names the prototype is only a key', () => {
  expect(Object.keys(value('__proto__: {a: 1}') as object)).toEqual(['__proto__'])
  expect(({} as { a?: number }).a).toBeUndefined()
})

describe('what is refused, and where', () => {
  test.each([
    ['a: [1,\nb: }', 2, 1],
    ['a: 1\n b: 2', 2, 2],
    ['a: *nobody', 1, 4],
    ['? null\n: 1', 1, 3],
    ['a: !!int x', 1, 4],
    ['\ta: 1', 1, 1],
    ['a:\n\t- b', 2, 1],
    ['%YAML 1.2\n---\na: 1', 1, 1],
    ['a: .inf', 1, 4],
    ['a: [1, .nan]', 1, 8],
  ])('%j', (text, line, column) => {
    const error = (() => {
      try {
        return value(text)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(YamlError)
    expect((error as YamlError).place.line).toBe(line)
    expect(Math.abs((error as YamlError).place.column - column)).toBeLessThanOrEqual(3)
  })
})

test.each<[text: string, repeated: [path: string, line: number, column: number][]]>([
  ['a: 1\na: 2', [['a', 2, 1]]],
  ['x:\n- {b: 1, c: 2, b: 3}', [['x.0.b', 2, 16]]],
  ['a: {b: 1}\nb: 1', []],
  ['a: &x {k: 1}\nb: {k: 2, <<: *x, l: 3}', []],
  ['a: &x {k: 1}\nb: {<<: *x, k: 2}', []],
])('keys that stand twice: %j', (text, repeated) => {
  const found = parseYaml(text, 'f.yaml').repeated
  expect(found.map(({ path, place }) => [path.join('.'), place.line, place.column])).toEqual(repeated)
})

describe('places', () => {
  const file = parseYaml(
    'presubmits:\n  org/repo:\n  - name: a\n    spec:\n      containers: [{image: i}]\n  - name: b\nperiodics:\n- &p\n  name: c\n- *p\n',
    'f.yaml',
  )
  test.each<[path: (string | number)[], line: number, column: number]>([
    [['presubmits', 'org/repo', 0, 'name'], 3, 11],
    [['presubmits', 'org/repo', 0, 'spec', 'containers', 0, 'image'], 5, 28],
    [['presubmits', 'org/repo', 1, 'name'], 6, 11],
    [['presubmits', 'org/repo', 1, 'cluster'], 6, 5],
    [['periodics', 0, 'name'], 9, 9],
    [[], 1, 1],
  ])('%j', (path, line, column) => expect(file.place(path)).toEqual({ file: 'f.yaml', line, column }))

  const merged = parseYaml(
    [
      'base: &base',
      '  a: 1',
      '  b: {c: 2}',
      'other: &other',
      '  a: 3',
      '  d: 4',
      'list: &list [x, y]',
      'one: {<<: *base, b: 5}',
      'two: {a: 6, <<: [*other, *base]}',
      'three:',
      '  <<: {<<: *other, e: 7}',
      '  l: *list',
      'again: &base {a: 8}',
      'four: *base',
    ].join('\n'),
    'f.yaml',
  )
  test.each<[why: string, path: (string | number)[], line: number, column: number]>([
    ['from a merged map', ['one', 'a'], 2, 6],
    ['beside a merge', ['one', 'b'], 8, 21],
    ['what stands before a merge is overwritten', ['two', 'a'], 5, 6],
    ['the second of two merged maps', ['two', 'b', 'c'], 3, 10],
    ['a merge in a merge', ['three', 'd'], 6, 6],
    ['a map that is merged where it stands', ['three', 'e'], 11, 23],
    ['in an alias', ['three', 'l', 1], 7, 17],
    ['an anchor that is set again', ['four', 'a'], 13, 18],
    ['what is nowhere is near what is around it', ['one', 'z'], 8, 6],
  ])('%s', (_why, path, line, column) => {
    expect(merged.place(path)).toEqual({ file: 'f.yaml', line, column })
  })

  test('of all jobs at once', () => {
    const places = file.places(3)
    expect(places.get('presubmits\0org/repo\x001')).toEqual({ file: 'f.yaml', line: 6, column: 5 })
    expect(places.get('periodics\x000')).toMatchObject({ line: 9 })
    expect(places.get('periodics\x001')).toMatchObject({ line: 10 })
    expect([...places.keys()].some((key) => key.includes('containers'))).toBe(false)
  })
})
