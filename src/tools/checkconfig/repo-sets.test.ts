// Sets of repositories: whatever they are made of, a repository belongs to them as the words say.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { difference, holds, intersection, type RepoSet, setText, unionOf, whereEnabled } from './repo-sets.ts'

// Repository z is named nowhere: it stands for all others of its org.
const universe = ['o/a', 'o/b', 'o/c', 'o/z', 'p/a', 'p/z', 'q/z']
const repos = fc.uniqueArray(fc.constantFrom('o/a', 'o/b', 'o/c', 'p/a'))
const list = fc.record({ orgs: fc.uniqueArray(fc.constantFrom('o', 'p')), excluded: repos, repos })
const set = fc.array(list, { maxLength: 3 }).map(unionOf)
const members = (each: RepoSet) => universe.filter((repo) => holds(each, repo))

test('difference and intersection', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const [inA, inB] = [members(a), new Set(members(b))]
      expect(members(difference(a, b))).toEqual(inA.filter((repo) => !inB.has(repo)))
      expect(members(intersection(a, b))).toEqual(inA.filter((repo) => inB.has(repo)))
      expect(setText(difference(a, a))).toBeUndefined()
    }),
  )
})

test('an exception holds only where no list has the repository', () => {
  const whole = { orgs: ['o'], excluded: ['o/a', 'o/b'], repos: [] }
  expect(members(unionOf([whole]))).toEqual(['o/c', 'o/z'])
  expect(members(unionOf([whole, { ...whole, excluded: ['o/b', 'o/c'] }]))).toEqual(['o/a', 'o/c', 'o/z'])
  expect(members(unionOf([whole, { orgs: [], excluded: [], repos: ['o/b'] }]))).toEqual(['o/b', 'o/c', 'o/z'])
})

test('in words', () => {
  expect(setText(unionOf([{ orgs: ['o', 'p'], excluded: ['o/a'], repos: ['q/z'] }]))).toBe('o (without o/a), p, q/z')
  const names = (count: number) => Array.from({ length: count }, (_, index) => `o/${index}`)
  const text = (count: number) => setText(unionOf([{ orgs: ['o'], excluded: names(count), repos: [] }]))
  expect(text(6)).toBe('o (without o/0, o/1, o/2, o/3, o/4, o/5)')
  expect(text(40)).toBe('o (without o/0, o/1, o/2, o/3, o/4 and 35 others)')
  const many = names(40).map((name) => name.replace('o', 'p'))
  expect(setText(unionOf([{ orgs: [], excluded: [], repos: many }]))).toMatch(/^p\/0, .* and 35 others$/)
})

test('where a plugin is enabled', () => {
  const entry = (plugins: string[], excluded_repos: string[] = []) => ({ plugins, excluded_repos })
  const config = {
    plugins: { o: entry(['x', 'y'], ['a']), 'p/a': entry(['y']) },
    external_plugins: { p: [{ name: 'x', endpoint: '', events: [] }] },
    triggers: [],
    lgtm: [],
    help: { help_guidelines_url: '', help_guidelines_summary: '' },
    sections: {},
  }
  expect(members(whereEnabled(config, 'x'))).toEqual(['o/b', 'o/c', 'o/z', 'p/a', 'p/z'])
  expect(members(whereEnabled(config, 'y'))).toEqual(['o/b', 'o/c', 'o/z', 'p/a'])
})
