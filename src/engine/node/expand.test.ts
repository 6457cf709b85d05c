// One row per consequence of the kubelet's rules; most rows are its own tests'.
import { expect, test } from 'vitest'
import { expand, expandStrictly } from './expand.ts'

const known: Readonly<Record<string, string>> = {
  A: 'a',
  B: 'b',
  EMPTY: '',
  NESTED: '$(A)',
  'with.dot': 'd',
  '': 'never',
}
const lookup = (name: string) => (name !== '' && Object.hasOwn(known, name) ? known[name] : undefined)

test.each([
  ['nothing to do', 'plain', 'plain'],
  ['a variable', '$(A)', 'a'],
  ['several', 'x$(A)y$(B)z', 'xaybz'],
  ['the same twice', '$(A)$(A)', 'aa'],
  ['an empty value', '[$(EMPTY)]', '[]'],
  ['an unknown name stays', '$(NO)', '$(NO)'],
  ['an escaped one stays as written, less a dollar', '$$(A)', '$(A)'],
  ['three dollars: one escaped, one variable', '$$$(A)', '$a'],
  ['four dollars', '$$$$(A)', '$$(A)'],
  ['five dollars', '$$$$$(A)', '$$a'],
  ['an escaped unknown', '$$(NO)', '$(NO)'],
  ['a lone dollar', 'cost: $5', 'cost: $5'],
  ['a dollar at the end', 'end$', 'end$'],
  ['two at the end', 'end$$', 'end$'],
  ['a shell variable is not ours', '$A $[A]', '$A $[A]'],
  ['brackets without dollar', '(A)', '(A)'],
  ['no closing bracket', '$(A', '$(A'],
  ['no closing bracket after a variable', '$(A)$(B', 'a$(B'],
  ['no closing bracket: what follows is looked at again', '$($$', '$($'],
  ['empty brackets', '$()', '$()'],
  ['values are not expanded again', '$(NESTED)', '$(A)'],
  ['names may have dots', '$(with.dot)', 'd'],
  ['the name ends at the first bracket', '$(A))', 'a)'],
  ['an opening bracket is part of the name', '$($(A))', '$($(A))'],
  ['a line break in the name', '$(A\n)', '$(A\n)'],
])('%s', (_why, text, want) => expect(expand(text, lookup)).toBe(want))

test('strictly: a missing name is told', () => {
  expect(expandStrictly('$(A)/$(NO)/$(B)', lookup)).toEqual({ missing: 'NO' })
  expect(expandStrictly('$(A)/$(B)', lookup)).toEqual({ value: 'a/b' })
})
