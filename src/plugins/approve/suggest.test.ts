// Whom to ask: few people, none of them needlessly, and for one pull request always the same.
import { expect, test } from 'vitest'
import type { Area } from './areas.ts'
import { suggest } from './suggest.ts'

/** `a: x y < z` is a folder whose nearest owners are x and y, and above them z. */
const area = (written: string): Area => {
  const [folder = '', people = ''] = written.split(': ')
  const [leaf = [], above = []] = people.split('<').map((names) => names.split(' ').filter(Boolean))
  return { folder, leaf: new Set(leaf), approvers: [new Set([...leaf, ...above])] }
}
const ask = (areas: string[], { approvers = '', assignees = '', number = 1 } = {}) => {
  const names = (written: string) => new Set(written.split(' ').filter(Boolean))
  return suggest({ areas: areas.map(area), approvers: names(approvers), assignees: names(assignees), number }).join(' ')
}

test.each<[why: string, areas: string[], given: Parameters<typeof ask>[1], want: string]>([
  ['one for each folder', ['a: x', 'b: y'], {}, 'x y'],
  ['one who owns both is enough', ['a: x w', 'b: y w'], {}, 'w'],
  ['nobody is left to ask', ['a: x', 'b: y'], { approvers: 'x y' }, ''],
  ['only for what is missing', ['a: x', 'b: y'], { approvers: 'x' }, 'y'],
  ['an assigned owner is enough', ['a: x y'], { assignees: 'y' }, 'y'],
  ['an assigned stranger is not asked', ['a: x'], { assignees: 's' }, 'x'],
  ['an owner from above is asked only when assigned', ['a: x < r', 'b: y < r'], {}, 'x y'],
  ['and then is enough', ['a: x < r', 'b: y < r'], { assignees: 'r' }, 'r'],
  ['not even when assigned, if others have approved', ['a: x < r'], { approvers: 'x', assignees: 'r' }, ''],
  ['of two assigned ones one is enough', ['a: x y'], { assignees: 'x y' }, 'x'],
  ['nobody owns it', ['a: '], {}, ''],
  ['what nobody owns does not keep others from being asked', ['a: ', 'b: y'], {}, 'y'],
  ['text that is no login is left out', ['a: https://evil)'], {}, ''],
])('%s: %j %j', (_why, areas, given, want) => expect(ask(areas, given)).toBe(want))

test('the number decides among equals, always in the same way', () => {
  const chosen = (number: number) => ask(['a: t u v w x y z'], { number })
  const all = Array.from({ length: 60 }, (_, number) => chosen(number))
  expect(all).toEqual(Array.from({ length: 60 }, (_, number) => chosen(number)))
  expect(new Set(all).size).toBe(7)
})

test('like upstream, the next one is compared with all that the best so far owns, not with what is left of it', () => {
  const areas = ['a: p b', 'b: p b', 'c: p', 'd: p', 'e: b c', 'f: c']
  const all = Array.from({ length: 30 }, (_, number) => ask(areas, { number }))
  expect(new Set(all)).toEqual(new Set(['b c p', 'c p']))
})

test('where owners differ within a folder, who has approved is not asked again', () => {
  const mixed: Area = { folder: 'f', leaf: new Set(['x', 'y']), approvers: [new Set(['x']), new Set(['y'])] }
  const given = { areas: [mixed], assignees: new Set<string>(), number: 1 }
  expect(suggest({ ...given, approvers: new Set() })).toEqual(['x', 'y'])
  expect(suggest({ ...given, approvers: new Set(['x']) })).toEqual(['y'])
})

test('a change all over a large repository takes no long time', () => {
  const areas = Array.from({ length: 3000 }, (_, index) => area(`a${index}: o${index} p${index} q${index % 50} < root`))
  const began = performance.now()
  const asked = suggest({ areas, approvers: new Set(), assignees: new Set(), number: 7 })
  expect(asked).toHaveLength(50)
  expect(performance.now() - began).toBeLessThan(2000)
})
