// Which paths a glob means: the edge cases by hand, and all others against a reading that tries everything.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { globOf } from './glob.ts'

test.each<[glob: string, path: string, want: boolean]>([
  // Without a star.
  ['config/prow/config.yaml', 'config/prow/config.yaml', true],
  ['config/prow/config.yaml', 'config/prow/configXyaml', false],
  ['a{b,c}', 'ab', false],
  ['a{b,c}', 'a{b,c}', true],
  ['./x', 'x', false],
  // One star stays in its folder.
  ['prow/*.yaml', 'prow/a.yaml', true],
  ['prow/*.yaml', 'prow/.yaml', true],
  ['prow/*.yaml', 'prow/a/b.yaml', false],
  ['prow/*.yaml', 'prow/a.yml', false],
  ['prow/*.yaml', 'PROW/a.yaml', false],
  ['prow/*.yaml', 'other/prow/a.yaml', false],
  ['prow/*.yaml', 'prow/a.yaml.bak', false],
  ['*/*', 'a/b', true],
  ['*/*', 'a', false],
  // Two stars before a slash are any number of folders.
  ['dir/**/*.yaml', 'dir/x.yaml', true],
  ['dir/**/*.yaml', 'dir/a/b/x.yaml', true],
  ['dir/**/*.yaml', 'dirx.yaml', false],
  ['**/*.yaml', 'x.yaml', true],
  ['**/*.yaml', 'a/b/x.yaml', true],
  // Elsewhere they are one star.
  ['dir/**', 'dir/a', true],
  ['dir/**', 'dir/a/b', false],
  ['dir/**/', 'dir/a', true],
  ['dir/**/', 'dir/a/b', false],
  ['dir/***', 'dir/a', true],
  ['dir/***', 'dir/a/b', false],
  ['dir/**.yaml', 'dir/a.yaml', true],
  ['dir/**.yaml', 'dir/a/b.yaml', false],
  // Choices are literal.
  ['prow/*.{yaml,yml}', 'prow/a.yaml', true],
  ['prow/*.{yaml,yml}', 'prow/a.yml', true],
  ['prow/*.{yaml,yml}', 'prow/a.json', false],
  ['x/{a*,b}/*', 'x/a*/f.yaml', true],
  ['x/{a*,b}/*', 'x/ab/f.yaml', false],
  ['x/{a.b,c}*', 'x/aXb', false],
  ['x*{a', 'xy{a', true],
  ['x*{}', 'xy{}', true],
  ['x*{}', 'xy', false],
  // So is everything else.
  ['a?c*', 'abcd', false],
  ['a?c*', 'a?cd', true],
  ['[ab]*', 'ab', false],
  ['[ab]*', '[ab]x', true],
  ['(a|b)+*', '(a|b)+', true],
  ['$HOME/*', '$HOME/x', true],
  ['~/*', '~/x', true],
  ['ä*/*', 'äö/ü', true],
  // Cleaned.
  ['./x*', 'xy', true],
  ['a//b*', 'a/bc', true],
  ['a/../b*', 'bc', true],
  ['/x*', 'xy', false],
  // Only what is longer than the folders before the star.
  ['*', 'a', false],
  ['*', 'ab', true],
  ['**/*', 'a', false],
  ['{config,jobs}/*', 'jobs/a.yaml', false],
  ['{config,jobs}/*', 'jobs/another.yaml', true],
])('%s and %s: %s', (glob, path, want) => expect(globOf(glob)(path)).toBe(want))

test('no path takes long', () => {
  const matches = globOf(`${'**/'.repeat(12)}*a*a*a*a*a*a*a.yaml`)
  const begin = performance.now()
  expect(matches(`${'a/'.repeat(200)}${'a'.repeat(500)}`)).toBe(false)
  expect(performance.now() - begin).toBeLessThan(2000)
})

/** Tries every way to read a glob of letters, stars and choices, one sign after the other. */
function naive(glob: string, path: string): boolean {
  if (glob === '') return path === ''
  if (glob.startsWith('**/')) {
    const rest = glob.slice(3)
    const starts = [0, ...[...path.matchAll(/\//g)].map(({ index }) => index + 1)]
    return starts.some((start) => naive(rest, path.slice(start)))
  }
  if (glob.startsWith('*')) {
    if (naive(glob.slice(1), path)) return true
    return path !== '' && path[0] !== '/' && naive(glob, path.slice(1))
  }
  if (glob.startsWith('{')) {
    const end = glob.indexOf('}')
    const choices = glob.slice(1, end).split(',')
    return choices.some((one) => path.startsWith(one) && naive(glob.slice(end + 1), path.slice(one.length)))
  }
  return path[0] === glob[0] && naive(glob.slice(1), path.slice(1))
}

test('reads what a reading by hand reads', () => {
  const part = fc.constantFrom('a', 'b', '.', '*', '**', '**/', '/', '{a,bb}', '{b,}')
  const glob = fc
    .array(part, { minLength: 1, maxLength: 6 })
    .map((parts) => `r${parts.join('')}*`)
    // Cleaning, and the length of the folders before the star, have their rows above.
    .filter((text) => !/\/\/|\/\.|\{[^/]*\//.test(text) && !text.includes('/**'.repeat(2)))
  const path = fc
    .array(fc.constantFrom('a', 'b', 'bb', '.', '/'), { maxLength: 7 })
    .map((parts) => `r${parts.join('')}`)
  let hits = 0
  fc.assert(
    fc.property(glob, path, (one, other) => {
      fc.pre(!other.endsWith('/') && !other.includes('//') && other.length > one.replace(/\*.*/, '').length)
      const want = naive(one, other)
      if (want) hits++
      expect(globOf(one)(other)).toBe(want)
    }),
    { numRuns: 2000 },
  )
  expect(hits).toBeGreaterThan(50)
})
