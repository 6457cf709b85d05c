// The flags of Bugzilla and Jira: what they describe, and which of them do not go together.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { parseFlags } from './flags.ts'
import { checkTrackers, openTrackers, trackerFlags, trackerSecrets, trackersOf } from './tracker-flags.ts'

let dir = ''
let file = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'bowsprit-trackers-'))
  file = join(dir, 'secret')
  writeFileSync(file, 'k3y\n')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const clock = testClock()
const opening = { clock, log: pino({ level: 'silent' }) }
const flagsOf = (text: string) => parseFlags(trackerFlags, text.split(' ').filter(Boolean)).values
const of = (text: string) => trackersOf(flagsOf(text.replaceAll('FILE', file)), opening)

test('without an endpoint there is no tracker', () => {
  expect(of('')).toEqual({})
  expect(of('--bugzilla-auth-method bearer --jira-username a --jira-password-file FILE')).toEqual({})
})

test('all that Bugzilla needs', () => {
  const { bugzilla } = of(
    '--bugzilla-endpoint https://bugs.example/b --bugzilla-api-key-path FILE --bugzilla-auth-method query --bugzilla-github-external-tracker-id 131',
  )
  expect(bugzilla).toMatchObject({ endpoint: 'https://bugs.example/b', authMethod: 'query', trackerId: 131 })
  expect(bugzilla?.apiKey?.()).toBe('k3y')
  expect(of('--bugzilla-endpoint http://bugs')).toEqual({ bugzilla: { endpoint: 'http://bugs' } })
})

test('Jira: nobody, a token, or an account; secrets are read again', async () => {
  expect(of('--jira-endpoint https://jira')).toEqual({ jira: { endpoint: 'https://jira' } })
  const token = of('--jira-endpoint https://jira --jira-bearer-token-file FILE').jira?.credentials
  if (!token || !('bearerToken' in token)) throw new Error('no token')
  expect(token.bearerToken()).toBe('k3y')
  const account = of('--jira-endpoint https://jira --jira-username bot --jira-password-file FILE').jira?.credentials
  if (!account || !('username' in account)) throw new Error('no account')
  expect([account.username, account.password()]).toEqual(['bot', 'k3y'])
  writeFileSync(file, 'new')
  await clock.advance('2s')
  expect([token.bearerToken(), account.password()]).toEqual(['new', 'new'])
})

test.each([
  ['--bugzilla-endpoint bugs.example', '--bugzilla-endpoint: "bugs.example" is no address'],
  ['--jira-endpoint ftp://jira', '--jira-endpoint: "ftp://jira" is no address'],
  ['--jira-endpoint https://a:b@jira', '--jira-endpoint: credentials belong into a file'],
  ['--bugzilla-auth-method basic', '--bugzilla-auth-method: "basic" is not one of bearer, query, x-bugzilla-api-key'],
  ['--bugzilla-github-external-tracker-id 1.5', '--bugzilla-github-external-tracker-id: 1.5 is not a whole number'],
  ['--bugzilla-github-external-tracker-id=-1', '--bugzilla-github-external-tracker-id: "-1" is not a number'],
  ['--jira-username bot', '--jira-username and --jira-password-file go together'],
  ['--jira-password-file FILE', '--jira-username and --jira-password-file go together'],
  ['--jira-bearer-token-file FILE --jira-username a --jira-password-file FILE', 'exclude each other'],
  ['--bugzilla-endpoint http://b --bugzilla-api-key-path /no/file', '--bugzilla-api-key-path: cannot read /no/file'],
  ['--jira-endpoint http://j --jira-bearer-token-file /no/file', '--jira-bearer-token-file: cannot read /no/file'],
])('%s is refused', (text, says) => expect(() => of(text)).toThrow(says))

test('a plugin that is enabled needs its tracker', () => {
  const plugins = { 'org/repo': { plugins: ['jira'], excluded_repos: [] } }
  expect(() => checkTrackers({}, { plugins })).toThrow('--jira-endpoint is needed: org/repo has the plugin jira')
  expect(() => checkTrackers({ jira: {} }, { plugins })).not.toThrow()
  const other = { org: { plugins: ['bugzilla'], excluded_repos: [] } }
  expect(() => checkTrackers({ jira: {} }, { plugins: other })).toThrow('--bugzilla-endpoint is needed: org has')
})

test('clients, which write nothing in a dry run; secrets are named', async () => {
  const flags = flagsOf(`--bugzilla-endpoint http://127.0.0.1:1 --jira-endpoint http://127.0.0.1:1`)
  const open = (dry: boolean) => openTrackers({ ...flags, 'dry-run': dry }, { ...opening, metrics: new Registry() })
  expect(open(false).jira?.endpoint).toBe('http://127.0.0.1:1')
  // There is nobody to tell.
  await open(true).jira?.addRemoteLink('1', { url: 'u', title: 't' })
  expect(await open(true).bugzilla?.addPull(1, { org: 'o', repo: 'r', number: 1 })).toBe(false)
  expect(
    trackerSecrets(flagsOf('--bugzilla-api-key-path a --jira-bearer-token-file b --jira-password-file c')),
  ).toEqual(['a', 'b', 'c'])
})
