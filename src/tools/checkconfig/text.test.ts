// The report for people: the caret stands under its place, whatever the line holds.
import { expect, test } from 'vitest'
import type { Remark } from './outcome.ts'
import { outcomeText } from './text.ts'

const remark = (column: number, message = 'wrong'): Remark => ({
  severity: 'warning',
  code: 'c',
  place: { file: 'f', line: 1, column },
  field: '',
  message,
})
const report = (line: string, ...remarks: readonly Remark[]) =>
  outcomeText({ remarks }, { color: false, texts: new Map([['f', line]]), shown: (file) => file })

/** The character above the caret. */
function pointedAt(line: string, column: number): string | undefined {
  const lines = report(line, remark(column)).split('\n')
  const caret = lines.findIndex((each) => each.trimEnd().endsWith('^'))
  return lines[caret - 1]?.[lines[caret]?.indexOf('^') ?? -1]
}

test.each<[why: string, line: string, column: number, char: string]>([
  ['the first', 'a: b', 1, 'a'],
  ['a later one', 'a: b', 4, 'b'],
  ['after a tab', '\ta: b', 5, 'b'],
  ['after several control characters', '\u001b[31\u0007\u0007x', 7, 'x'],
  ['far out on a long line', `${'-'.repeat(300)}x${'-'.repeat(300)}`, 301, 'x'],
  ['just before a line is cut', `${'-'.repeat(119)}x${'-'.repeat(300)}`, 120, 'x'],
])('%s', (_why, line, column, char) => expect(pointedAt(line, column)).toBe(char))

test('nothing in a file or a message moves the cursor of a terminal', () => {
  expect(report('\u001b]0;evil\u0007', remark(1, 'x\u001b[2Jy'))).not.toMatch(/[^\P{Cc}\n]/u)
})

test('long lines are cut', () => {
  const widest = Math.max(
    ...report('x'.repeat(5000), remark(2500))
      .split('\n')
      .map((line) => line.length),
  )
  expect(widest).toBeLessThan(140)
})

test('files in order, and their lines in order', () => {
  const places = [
    ['b', 2],
    ['a', 3],
    ['b', 1],
  ] as const
  const remarks = places.map(([file, line]): Remark => ({ ...remark(1), place: { file, line, column: 1 } }))
  const said = report('', ...remarks)
  expect(said.match(/^\S$|\d+:1/gm)).toEqual(['a', '3:1', 'b', '1:1', '2:1'])
  expect(said).toContain('3 warnings; the configuration cannot be loaded')
})
