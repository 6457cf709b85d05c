// Files that are made to be large: each is refused by a limit that the message names, in little time.
import { expect, test } from 'vitest'
import { parseYaml, YamlError } from './yaml.ts'
import { yamlLimits } from './yaml-limits.ts'

const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, i) => line(i))
const bomb = (levels: number, width: number) =>
  lines(
    levels,
    (i) =>
      `a${i}: &a${i} [${Array(width)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(',')}]`,
  ).join('\n')

const values = 'it has more than 1000000 values'
const depth = 'it is nested more than 200 levels deep'

test.each<[why: string, text: () => string, says: string, line: number]>([
  ['a billion laughs', () => bomb(12, 10), values, 6],
  ['twice as many each time', () => bomb(40, 2), values, 18],
  [
    'merge keys',
    () =>
      lines(40, (i) => `a${i}: &a${i} {<<: [*a${i - 1}, *a${i - 1}], b${i}: 1}`)
        .join('\n')
        .replace(/\*a-1/g, '{}'),
    values,
    17,
  ],
  ['one alias after the other', () => `a: &a [x, y, z]\nb: [${'*a,'.repeat(300_000)}]`, values, 2],
  [
    'a large map again and again',
    () => `a: &a {${lines(1000, (i) => `k${i}: 1`).join()}}\nb:\n${'- <<: *a\n'.repeat(600)}`,
    values,
    502,
  ],
  ['brackets', () => '['.repeat(100_000), depth, 1],
  ['braces', () => `a: ${'{a: '.repeat(100_000)}`, depth, 1],
  ['dashes', () => '- '.repeat(100_000), depth, 1],
  ['question marks', () => '? '.repeat(100_000), depth, 1],
  ['indentation', () => lines(300, (i) => `${' '.repeat(i)}a:`).join('\n'), depth, 201],
  [
    'aliases of aliases',
    () => lines(300, (i) => `a${i}: &a${i} [${i > 0 ? `*a${i - 1}` : ''}]`).join('\n'),
    depth,
    200,
  ],
  ['a map of a million keys', () => lines(1_000_000, (i) => `k${i}: ${i}`).join('\n'), values, 750_001],
  ['keys without values', () => `{${'a,'.repeat(1_000_000)}}`, values, 1],
  ['a list of a million items', () => `[${'a,'.repeat(1_000_000)}]`, values, 1],
  ['fifty megabytes', () => 'a: b\n'.repeat(10_000_000), 'it has 50000000 characters, and may have 16777216', 1],
  ['a list in itself', () => 'a: &a [*a]', '*a stands inside of the value that it names', 1],
  ['a map in itself', () => 'a: &a\n  b: {c: *a}', '*a stands inside of the value that it names', 2],
  ['a map merged into itself', () => 'a: &a\n  <<: *a\n  b: 1', '*a stands inside of the value that it names', 2],
])('%s', (_why, text, says, line) => {
  const source = text()
  const started = performance.now()
  let thrown: unknown
  try {
    parseYaml(source, 'f.yaml')
  } catch (error) {
    thrown = error
  }
  expect(performance.now() - started).toBeLessThan(2_000)
  expect(thrown).toBeInstanceOf(YamlError)
  expect((thrown as YamlError).message).toBe(says)
  expect((thrown as YamlError).place.line).toBe(line)
})

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
test.each<[why: string, text: () => string]>([
  ['as deep as may be', () => nested(yamlLimits.depth)],
  ['as many values as may be', () => `[${'a,'.repeat(700_000)}]`],
  ['a text of some megabytes', () => `a: ${'x'.repeat(15_000_000)}`],
  ['commas in a long text', () => `a: "${', '.repeat(400_000)}"`],
  ['an anchor that is used often', () => `a: &a {b: 1}\nc: [${'*a,'.repeat(200_000)}]`],
])('%s is read', (_why, text) => {
  expect(parseYaml(text(), 'f.yaml').value).toBeDefined()
})

test('one level more than may be is not', () => {
  expect(() => parseYaml(nested(yamlLimits.depth + 1), 'f.yaml')).toThrow(depth)
  expect(() => parseYaml(`a: &a ${nested(100)}\nb: ${'['.repeat(98)}*a${']'.repeat(98)}`, 'f.yaml')).not.toThrow()
  expect(() => parseYaml(`a: &a ${nested(100)}\nb: ${'['.repeat(100)}*a${']'.repeat(100)}`, 'f.yaml')).toThrow(depth)
})
