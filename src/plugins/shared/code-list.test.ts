// Names and words of people in one sentence of the bot.
import { expect, test } from 'vitest'
import { codeList } from './code-list.ts'

test.each<[texts: string[], want: string]>([
  [[], ''],
  [['a', 'b'], '`a`, `b`'],
  [['@org/team `x`\n/hold'], '`` @org/team `x` /hold ``'],
  [['x'.repeat(101)], `\`${'x'.repeat(100)}…\``],
  [[`${'x'.repeat(99)}🚧`], `\`${'x'.repeat(99)}\ufffd…\``],
  [Array.from({ length: 50 }, () => 'x'), Array.from({ length: 50 }, () => '`x`').join(', ')],
  [Array.from({ length: 52 }, () => 'x'), `${Array.from({ length: 50 }, () => '`x`').join(', ')} and 2 more`],
])('%j is %j', (texts, want) => {
  expect(codeList(texts)).toBe(want)
})
