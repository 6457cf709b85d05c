// What differs between two settings, and how it is called.
import { expect, test } from 'vitest'
import { changesOf } from './changes.ts'

const variable = (name: string, value: string) => ({ name, value })

test.each<[why: string, old: unknown, next: unknown, says: string[]]>([
  ['nothing', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ['a value', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b: 1 → 2']],
  ['keys that are no words', { 'o/r': 1 }, {}, ['["o/r"]: 1 → undefined']],
  ['lists of equal length', { a: ['x', 'y'] }, { a: ['x', 'z'] }, ['a[1]: "y" → "z"']],
  ['lists of unequal length', { a: ['x'] }, { a: [] }, ['a: ["x"] → []']],
  [
    'named items, wherever they stand',
    { env: [variable('A', '1'), variable('B', '2')] },
    { env: [variable('C', '3'), variable('A', '1'), variable('B', '4')] },
    ['env[B].value: "2" → "4"', 'env[C]: undefined → {"name":"C","value":"3"}'],
  ],
  [
    'named items in another order',
    { env: [variable('A', '1'), variable('B', '2')] },
    { env: [variable('B', '2'), variable('A', '1')] },
    ['env[0].name: "A" → "B"', 'env[0].value: "1" → "2"', 'env[1].name: "B" → "A"', 'env[1].value: "2" → "1"'],
  ],
  [
    'a name that stands twice',
    {
      mounts: [
        { name: 'v', at: '/a' },
        { name: 'v', at: '/b' },
      ],
    },
    {
      mounts: [
        { name: 'v', at: '/a' },
        { name: 'v', at: '/c' },
      ],
    },
    ['mounts[1].at: "/b" → "/c"'],
  ],
  [
    'containers by their index',
    { containers: [{ name: 'test', image: 'a' }] },
    { containers: [{ name: 'test', image: 'b' }] },
    ['containers[0].image: "a" → "b"'],
  ],
])('%s', (_why, old, next, says) => {
  const said = changesOf(old, next).map(
    (change) => `${change.field}: ${JSON.stringify(change.old)} → ${JSON.stringify(change.new)}`,
  )
  expect(said).toEqual(says)
})
