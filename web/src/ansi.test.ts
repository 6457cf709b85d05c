// Terminal colours: what is shown of a line, and that nothing else of an escape sequence is.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { colorOf, parseLine, stripAnsi } from './ansi.ts'
import { findLines, splitMatches, startStyles, troubleLines } from './log-lines.ts'

const esc = '\u001b'
const pieces = (line: string) => parseLine(line).pieces.map(({ text, style }) => [text, style])

describe('shows', () => {
  test.each<[string, string, unknown[]]>([
    ['plain text', 'abc', [['abc', {}]]],
    ['nothing', '', []],
    [
      'a colour and its end',
      `a${esc}[31mb${esc}[0mc`,
      [
        ['a', {}],
        ['b', { fg: 'fg-1' }],
        ['c', {}],
      ],
    ],
    [
      'an empty code as the end',
      `${esc}[32mb${esc}[mc`,
      [
        ['b', { fg: 'fg-2' }],
        ['c', {}],
      ],
    ],
    ['bright colours', `${esc}[91;104mx`, [['x', { fg: 'fg-9', bg: 'bg-12' }]]],
    [
      'several codes',
      `${esc}[1;4;33mx${esc}[22;24;39my`,
      [
        ['x', { bold: true, underline: true, fg: 'fg-3' }],
        ['y', {}],
      ],
    ],
    [
      '256 colours',
      `${esc}[38;5;9mx${esc}[38;5;196my`,
      [
        ['x', { fg: 'named-9' }],
        ['y', { fg: 'rgb(255 0 0)' }],
      ],
    ],
    ['24-bit colours', `${esc}[48;2;1;2;300mx`, [['x', { bg: 'rgb(1 2 255)' }]]],
    ['no cursor movements', `${esc}[2K${esc}[1Gdone`, [['done', {}]]],
    ['no titles', `${esc}]0;title\u0007text`, [['text', {}]]],
    [
      'only the words of a terminal link',
      `${esc}]8;;https://evil.example${esc}\\click${esc}]8;;${esc}\\`,
      [['click', {}]],
    ],
    [
      'no start of a broken sequence',
      `a${esc}[31`,
      [
        ['a', {}],
        ['31', {}],
      ],
    ],
    ['tabs', 'a\tb', [['a\tb', {}]]],
    ['no other control characters', 'a\u0000\u0007\u009bb', [['ab', {}]]],
    ['the last state of a progress bar', '10%\r50%\r100%', [['100%', {}]]],
    ['a line that ends as on Windows', 'text\r', [['text', {}]]],
    ['markup as what it is', '<img src=x onerror=alert(1)>', [['<img src=x onerror=alert(1)>', {}]]],
  ])('%s', (_, line, shown) => expect(pieces(line)).toEqual(shown))
})

test('whatever a log says: pieces and plain text agree, and hold no escape', () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom(esc, `${esc}[31m`, `${esc}[`, `${esc}]8;;`, '\u0007', '\r', 'm', ';', '38;5;'),
  )
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const line = parts.join('')
      const text = parseLine(line)
        .pieces.map((piece) => piece.text)
        .join('')
      expect(text).toBe(stripAnsi(line))
      expect(text).not.toContain(esc)
    }),
  )
})

test('hostile sequences take no long time', () => {
  const line = `${esc}[${'1;'.repeat(200_000)}${`${esc}]`.repeat(50_000)}`
  const start = performance.now()
  parseLine(line)
  expect(performance.now() - start).toBeLessThan(2000)
})

test('colours are classes or colours, never anything that a log wrote', () => {
  expect(colorOf('fg', 'fg-3')).toEqual({ className: 'fg-3' })
  expect(colorOf('bg', 'named-11')).toEqual({ className: 'bg-11' })
  expect(colorOf('fg', 'rgb(1 2 3)')).toEqual({ css: 'rgb(1 2 3)' })
  expect(colorOf('fg', undefined)).toEqual({})
})

test('a colour goes on over lines until it is reset', () => {
  const starts = startStyles(['a', `${esc}[31mb`, 'c', `${esc}[0md`, 'e'])
  expect([...starts]).toEqual([
    [2, { fg: 'fg-1' }],
    [3, { fg: 'fg-1' }],
  ])
})

test('search sees what people see, whatever its case', () => {
  expect(findLines([`f${esc}[31moo`, 'FOO bar', 'x'], 'foo')).toEqual([0, 1])
  expect(findLines(['a'], '')).toEqual([])
})

test.each([
  ['aXbxc', 'x', 'a[X]b[x]c'],
  ['xx', 'x', '[x][x]'],
  ['abc', '', 'abc'],
  ['abc', 'z', 'abc'],
  ['İx', 'x', 'İx'],
])('%s searched for %j', (text, query, shown) => {
  expect(
    splitMatches(text, query)
      .map((part) => (part.match ? `[${part.text}]` : part.text))
      .join(''),
  ).toBe(shown)
})

test.each([
  ['ERROR: no', true],
  ['--- FAIL: TestX', true],
  ['FAILED', false],
  ['panic: nil', true],
  ['it timed out', true],
  ['all good, no errors', false],
  [`ERROR: ${'x'.repeat(20_000)}`, false],
])('%.20s looks like trouble: %s', (line, is) => expect(troubleLines([line])).toEqual(is ? [0] : []))
