// The flags of the GitHub client: what they make of it, what does not go together, and files that change.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { parseFlags } from './flags.ts'
import { githubFlags, githubSettings, openCredentials } from './github-flags.ts'

const settings = (...args: string[]) => githubSettings(parseFlags(githubFlags, args).values)

test("without flags: the public API, with upstream's patience and no throttle", () => {
  expect(settings()).toEqual({
    endpoint: 'https://api.github.com',
    fallbackEndpoints: [],
    requestTimeoutMs: 120_000,
    retry: { attempts: 8, attempts404: 2, longestWaitMs: 120_000, firstPauseMs: 2000 },
  })
})

test('every flag has its effect', () => {
  const given = settings(
    '--github-endpoint=http://ghproxy/',
    '--github-endpoint=',
    '--github-graphql-endpoint=http://ghproxy/graphql',
    '--github-hourly-tokens=300',
    '--github-allowed-burst=100',
    '--github-app-id=1',
    '--github-throttle-org=one:60:5',
    '--github-throttle-org=two:1:1',
    '--github-client.request-timeout=5s',
    '--github-client.max-retries=3',
    '--github-client.max-404-retries=0',
    '--github-client.backoff-timeout=1m',
    '--github-client.initial-delay=100ms',
  )
  expect(given).toEqual({
    endpoint: 'http://ghproxy',
    fallbackEndpoints: ['https://api.github.com'],
    graphqlEndpoint: 'http://ghproxy/graphql',
    requestTimeoutMs: 5000,
    retry: { attempts: 3, attempts404: 2, longestWaitMs: 60_000, firstPauseMs: 100 },
    throttle: {
      all: { hourly: 300, burst: 100 },
      orgs: { one: { hourly: 60, burst: 5 }, two: { hourly: 1, burst: 1 } },
    },
  })
  // No hourly tokens: no throttle, whatever the burst.
  expect(settings('--github-hourly-tokens=0', '--github-allowed-burst=7').throttle).toBeUndefined()
})

test.each([
  [['--github-endpoint=api.github.com'], '--github-endpoint: "api.github.com" is not a URL'],
  [['--github-graphql-endpoint=ftp://x'], '--github-graphql-endpoint: "ftp://x" is not a URL'],
  [['--github-hourly-tokens=5'], 'needs --github-allowed-burst'],
  [['--github-hourly-tokens=5', '--github-allowed-burst=6'], 'at most as many as the hourly tokens'],
  [['--github-hourly-tokens=-1', '--github-allowed-burst=6'], 'needs --github-allowed-burst'],
  [['--github-throttle-org=a:2:1'], 'needs --github-app-id'],
  [['--github-app-id=1', '--github-throttle-org=a'], '"a" is not ORG:HOURLY:BURST'],
  [['--github-app-id=1', '--github-throttle-org=a:1:2'], 'BURST at most HOURLY'],
  [['--github-app-id=1', '--github-throttle-org=a:0:0'], 'at least 1'],
  [['--github-app-id=1', '--github-throttle-org=a:2:1', '--github-throttle-org=a:3:1'], 'a was given before'],
])('%j is refused', (args, why) => expect(() => settings(...args)).toThrow(why))

function files() {
  const dir = mkdtempSync(join(tmpdir(), 'bowsprit-flags-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const logged: string[] = []
  const clock = testClock()
  const log = pino({}, { write: (line: string) => void logged.push(line) })
  const open = (args: string[], env = {}) =>
    openCredentials(parseFlags(githubFlags, args).values, { machine: { env }, clock, log })
  return { path: (name: string) => join(dir, name), logged, clock, open }
}
const keyOf = (type: 'pkcs1' | 'pkcs8') =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type, format: 'pem' }).toString()

test('the token of a file is the one that is there now', async () => {
  const { path, logged, clock, open } = files()
  writeFileSync(path('token'), 'one\n')
  const credentials = open([`--github-token-path=${path('token')}`])
  if (!('token' in credentials)) throw new Error('no token')
  expect(credentials.token()).toBe('one')
  writeFileSync(path('token'), 'two')
  await clock.advance('1s')
  expect(credentials.token()).toBe('two')
  // A file that is gone, or empty for a moment, changes nothing.
  for (const breakIt of [() => writeFileSync(path('token'), ''), () => rmSync(path('token'))]) {
    breakIt()
    await clock.advance('1s')
    expect(credentials.token()).toBe('two')
  }
  expect(logged).toHaveLength(1)
  expect(logged.join('')).not.toContain('two')
})

test('the key of an app is checked, and a broken one does not take the place of a good one', async () => {
  const { path, logged, clock, open } = files()
  const args = ['--github-app-id=7', `--github-app-private-key-path=${path('key')}`]
  const [first, second] = [keyOf('pkcs1'), keyOf('pkcs8')]
  writeFileSync(path('key'), first)
  const credentials = open(args)
  if (!('appId' in credentials)) throw new Error('no app')
  expect(credentials).toMatchObject({ appId: 7 })
  writeFileSync(path('key'), 'hunter2')
  await clock.advance('1s')
  expect(credentials.privateKey()).toBe(first.trim())
  expect(logged.join('')).toContain('is not an RSA private key')
  expect(logged.join('')).not.toContain('hunter2')
  expect(() => open(args)).toThrow('is not an RSA private key in PEM form')
  writeFileSync(path('key'), second)
  await clock.advance('1s')
  expect(credentials.privateKey()).toBe(second.trim())
})

test.each([
  [['--github-app-id=7'], 'go together'],
  [['--github-app-private-key-path=key'], 'go together'],
  [['--github-app-id=7', '--github-app-private-key-path=key', '--github-token-path=token'], 'exclude each other'],
  [['--github-app-id=Iv1', '--github-app-private-key-path=key'], '"Iv1" is not a number'],
  [['--github-token-path=/does/not/exist'], '--github-token-path: cannot read /does/not/exist'],
])('%j is refused as well', (args, why) => expect(() => files().open(args)).toThrow(why))

test('a token in the environment, or nobody', () => {
  const { open, logged } = files()
  const credentials = open([], { GITHUB_TOKEN: 'from-env' })
  expect('token' in credentials && credentials.token()).toBe('from-env')
  expect(open([])).toEqual({ anonymous: true })
  expect(logged.join('')).toContain('requests are anonymous')
})
