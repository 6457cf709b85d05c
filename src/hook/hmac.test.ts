// Which tokens a file gives, and which signatures pass.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
