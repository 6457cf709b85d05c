// Flags in Go's syntax.
import { expect, test } from 'vitest'
import { flag, parseFlags, UsageError } from './flags.ts'

const flags = {
  'dry-run': flag.bool({ about: 'x', default: true }),
  port: flag.port({ about: 'x', default: 8888 }),
  name: flag.text({ about: 'x', default: 'a' }),
  'old-name': { ...flag.text({ about: 'x', default: 'a' }), sameAs: 'name' },
  org: flag.list({ about: 'x', default: ['one'] }),
  wait: flag.duration({ about: 'x', default: '1m30s' }),
}

test.each([
  ['nothing given', [], { 'dry-run': true, port: 8888, name: 'a', org: ['one'], wait: 90_000 }],
  ['= and a blank are the same', ['--port=1', '--name', 'b'], { port: 1, name: 'b' }],
  ['one dash and two are the same', ['-port', '2'], { port: 2 }],
  ['a boolean alone is true', ['--dry-run'], { 'dry-run': true }],
  ['a boolean takes its value only after =', ['--dry-run=false', 'x'], { 'dry-run': false }],
  ['the first use of a list drops the default', ['--org', 'a', '--org=b'], { org: ['a', 'b'] }],
  ['the last of several counts', ['--name=b', '--name=c'], { name: 'c' }],
  ['of two names of one flag the last counts', ['--name=b', '--old-name=c'], { name: 'c', 'old-name': 'c' }],
  ['in either order', ['--old-name=c', '--name=b'], { name: 'b' }],
  ['a value may hold = and dashes', ['--name=--a=b'], { name: '--a=b' }],
  ['an empty value is a value', ['--name='], { name: '' }],
])('%s', (_why, args, want) => expect(parseFlags(flags, args).values).toMatchObject(want))

test('what is not a flag is left over, and everything after --', () => {
  expect(parseFlags(flags, ['a', '--port=1', 'b', '--', '--name=x']).rest).toEqual(['a', 'b', '--name=x'])
})

test('a flag without effect takes its value along, and a boolean one takes none', () => {
  const own = { idle: flag.ignored(), quiet: flag.ignored({ boolean: true }) }
  expect(parseFlags(own, ['--idle', 'x', '--quiet', 'y'])).toEqual({
    values: { idle: true, quiet: true },
    rest: ['y'],
  })
  expect(parseFlags(own, []).values).toEqual({ idle: false, quiet: false })
})

test.each([
  [['--prot=1'], 'unknown flag --prot; did you mean port?'],
  [['--zzzzzz'], 'unknown flag --zzzzzz'],
  [['--port'], '--port needs a value'],
  [['--port=99999'], '--port: "99999" is not a number from 0 to 65535'],
  [['--port=x'], '--port: "x" is not a number'],
  [['--dry-run=maybe'], '--dry-run: "maybe" is not a boolean'],
  [['--wait=soon'], '--wait:'],
])('%j is refused', (args, message) => {
  expect(() => parseFlags(flags, args)).toThrow(UsageError)
  expect(() => parseFlags(flags, args)).toThrow(message)
})
