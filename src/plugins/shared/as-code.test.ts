// Texts of strangers: shown, not carried out, and never more than there is room for.
import { expect, test } from 'vitest'
import { asCode, asName, boundedList, codeLink } from './as-code.ts'

test.each([
  ['plain', '`plain`'],
  ['@everybody', '`@everybody`'],
  ['a `b` c', '`` a `b` c ``'],
  ['a\n/hold\u202e', '`a /hold`'],
  ['a|b', '`a|b`'],
  ['', ''],
])('%j is shown as %s', (text, want) => expect(asCode(text)).toBe(want))

test('a text of very many pieces of code is code', () => {
  const text = '`a'.repeat(300_000)
  expect(asCode(text)).toBe(`\`\` ${text} \`\``)
})

test.each([
  ['ci/prow/unit', 'ci/prow/unit'],
  ['CodeQL / Analyze (go, 1.x)', 'CodeQL / Analyze (go, 1.x)'],
  ['area: x=1', 'area: x=1'],
  ['@org/team', '`@org/team`'],
  ['a#1', '`a#1`'],
  ['x\n/hold', '`x /hold`'],
  ['[a](b)', '`[a](b)`'],
  ['<b>', '`<b>`'],
  ['see www.example.com', '`see www.example.com`'],
  ['http://example.com', '`http://example.com`'],
  ['a GH-1', '`a GH-1`'],
  ['x'.repeat(600), `\`${'x'.repeat(500)}\``],
])('the name %j is written %s', (text, want) => expect(asName(text)).toBe(want))

test('an address does not end early', () =>
  expect(codeLink('a) [x](y', 'https://h/a)(b')).toBe('[`a) [x](y`](https://h/a%29%28b)'))

test('a list is cut where the room ends', () => {
  expect(boundedList(['- a', '- b'], 8)).toBe('- a\n- b')
  expect(boundedList(['- a', '- b', '- c'], 8)).toBe('- a\n- b\n- … and 1 more')
  expect(boundedList(Array(3000).fill('- x'.repeat(30))).length).toBeLessThan(20_100)
})
