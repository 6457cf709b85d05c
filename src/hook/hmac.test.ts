// Which tokens a file gives, and which signatures pass.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { hmacFile, parseHmacFile, signature, verify } from './hmac.ts'

test('signs like GitHub does', () => {
  expect(signature('Hello, World!', "It's a Secret to Everybody")).toBe(
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  )
})

test.each<[why: string, text: string, tokens: Record<string, string[]>]>([
  ['an empty file has no tokens', '', {}],
  ['a bare text is one token for all', '123abc\n', { '*': ['123abc'] }],
  ['a number is a text, too', '12345', { '*': ['12345'] }],
  ['the map form', `'*':\n- value: abc\n- value: key\n`, { '*': ['abc', 'key'] }],
  ['the map form as JSON', '{"foo/bar":[{"value":"x","created_at":"2020-10-02T15:00:00Z"}]}', { 'foo/bar': ['x'] }],
  ['an unquoted time', '"*":\n- value: a\n  created_at: 2018-10-02T15:00:00Z\n', { '*': ['a'] }],
  ['a scope without tokens', 'org: []', { org: [] }],
  [
    'a bad time makes it the old form',
    '"*":\n- value: a\n  created_at: yesterday',
    { '*': ['"*":\n- value: a\n  created_at: yesterday'] },
  ],
  ['a scalar instead of a list makes it the old form', 'org: abc', { '*': ['org: abc'] }],
  ['a scope that is empty', 'org:', { org: [] }],
  ['a time with an offset', '"*":\n- {value: a, created_at: "2018-10-02T15:00:00.5+02:00"}', { '*': ['a'] }],
  ['an entry without a value', '"*":\n- created_at: 2018-10-02T15:00:00Z\n- value:', { '*': ['', ''] }],
  ['an entry that is a text makes it the old form', 'org: [abc]', { '*': ['org: [abc]'] }],
  ['a value that is a number makes it the old form', 'org: [{value: 5}]', { '*': ['org: [{value: 5}]'] }],
  ['text that is no YAML', '{{"', { '*': ['{{"'] }],
])('%s', (_why, text, tokens) => expect(parseHmacFile(text).tokens).toEqual(tokens))

const body = (payload: unknown) => Buffer.from(JSON.stringify(payload))
const inRepo = { repository: { full_name: 'org2/repo' }, organization: { login: 'org2' } }

test.each<
  [why: string, payload: unknown, signedWith: string, tokens: Record<string, string[]>, refuse: string | undefined]
>([
  ['a global token', {}, 'abc', { '*': ['abc', 'key'] }, undefined],
  ['the second token of a list', {}, 'key', { '*': ['abc', 'key'] }, undefined],
  ['the repository before its organisation', inRepo, 'r', { 'org2/repo': ['r'], org2: ['o'], '*': ['g'] }, undefined],
  [
    'no fall-through from the repository',
    inRepo,
    'o',
    { 'org2/repo': ['r'], org2: ['o'], '*': ['o'] },
    'misconfigured webhook secret from organization/repo: org2/repo',
  ],
  ['the organisation when the repository has no entry', inRepo, 'o', { org2: ['o'], '*': ['g'] }, undefined],
  ['an event of an organisation', { organization: { login: 'org1' } }, 'o', { org1: ['o'] }, undefined],
  [
    'an empty list',
    inRepo,
    'o',
    { org2: [], '*': ['o'] },
    'misconfigured webhook secret from organization/repo: org2/repo',
  ],
  ['no entry at all', inRepo, 'o', { somerandom: ['o'] }, 'failed to get an appropriate hmac secret'],
  [
    'a scope named like a property of objects',
    { organization: { login: 'constructor' } },
    'o',
    { org: ['o'] },
    'failed to get an appropriate hmac secret',
  ],
  [
    'an entry without a value',
    inRepo,
    '',
    { org2: ['', 'o'] },
    'misconfigured webhook secret from organization/repo: org2/repo',
  ],
  ['no names at all', { repository: { full_name: null }, organization: null }, 'abc', { '*': ['abc'] }, undefined],
  ['a body that is null', null, 'abc', { '*': ['abc'] }, undefined],
  ['a name that is a number', { repository: { full_name: 5 } }, 'abc', { '*': ['abc'] }, 'invalid payload'],
  ['a body that is a list', [], 'abc', { '*': ['abc'] }, 'invalid payload'],
  ['a repository that is a text', { repository: 'x' }, 'abc', { '*': ['abc'] }, 'invalid payload'],
])('%s', (_why, payload, signedWith, tokens, refuse) => {
  const bytes = body(payload)
  const verdict = verify(bytes, signature(bytes, signedWith), tokens)
  expect('refuse' in verdict ? verdict.refuse : undefined).toBe(refuse)
})

test.each(['757107ea', 'sha256=xyz', 'sha1=757107ea'])('the header %s is no signature', (header) =>
  expect(verify(body({}), header, { '*': ['abc'] })).toEqual({ refuse: 'invalid signature' }),
)

test('truncated JSON is refused before the signature is looked at', () => {
  const bytes = Buffer.from('{"repository": {"full_na')
  expect(verify(bytes, signature(bytes, 'abc'), { '*': ['abc'] })).toEqual({ refuse: 'invalid payload' })
})

test('what is large is not even parsed unless somebody has signed it', () => {
  const bytes = Buffer.from('['.repeat(5_000_000))
  const parse = vi.spyOn(JSON, 'parse')
  expect(verify(bytes, signature(bytes, 'other'), { '*': ['abc'] })).toEqual({ refuse: 'invalid signature' })
  expect(parse).not.toHaveBeenCalled()
  expect(verify(bytes, signature(bytes, 'abc'), { o: ['abc'] })).toEqual({ refuse: 'invalid payload' })
  parse.mockRestore()
  const large = body({ organization: { login: 'o' }, more: 'x'.repeat(1_000_000) })
  expect(verify(large, signature(large, 'abc'), { o: ['abc'] })).toHaveProperty('payload')
  expect(verify(large, signature(large, 'abc'), { o: ['def'], '*': ['abc'] })).toHaveProperty('refuse')
})

test('an empty token signs nothing: everybody knows it', () => {
  const bytes = body({})
  expect(verify(bytes, signature(bytes, ''), { '*': [''] })).toHaveProperty('refuse')
})

test('a file whose time of change stands still is read again after ten minutes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hmac-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'hmac')
  const then = new Date('2026-01-01T00:00:00Z')
  const write = (text: string) => {
    writeFileSync(path, text)
    utimesSync(path, then, then)
  }
  const clock = testClock()
  write('one')
  const source = hmacFile(path, { clock, log: pino({ level: 'silent' }) })
  write('two')
  await clock.advance('9m59s')
  expect(source.current()).toEqual({ '*': ['one'] })
  await clock.advance('1s')
  expect(source.current()).toEqual({ '*': ['two'] })
})

test.each([
  ['org: abc', 1],
  ['plain', 0],
  ['"*": [{value: a}]', 0],
])('the log warns of a map that is none: %j', (text, warnings) => {
  const folder = mkdtempSync(join(tmpdir(), 'hmac-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'hmac'), text)
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  hmacFile(join(folder, 'hmac'), { clock: testClock(), log })
  expect(lines).toHaveLength(warnings)
  expect(lines.join()).not.toContain('abc')
})

test('a changed file counts from the next second on, and a file that is gone leaves the tokens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hmac-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'hmac')
  const clock = testClock()
  writeFileSync(path, 'one')
  const source = hmacFile(path, { clock, log: pino({ level: 'silent' }) })
  writeFileSync(path, 'the second')
  expect(source.current()).toEqual({ '*': ['one'] })
  await clock.advance('1s')
  expect(source.current()).toEqual({ '*': ['the second'] })
  rmSync(path)
  await clock.advance('1s')
  expect(source.current()).toEqual({ '*': ['the second'] })
})
