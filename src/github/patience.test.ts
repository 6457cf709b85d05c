// Row by row: which failures of GitHub pass, and when to ask again.
import { expect, test } from 'vitest'
import { pauseAfter } from './patience.ts'

const now = Date.parse('2026-01-02T03:04:05Z')
const failed = (status: number, message = '', headers: Record<string, string> = {}) =>
  Object.assign(new Error(message), { status, response: { headers } })
const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes'
const reset = (seconds: number) => ({
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(now / 1000 + seconds),
})

test.each([
  ['a bad gateway', failed(502), 0, { kind: 'transient', seconds: 1 }],
  ['the same again', failed(502), 1, { kind: 'transient', seconds: 4 }],
  ['and again', failed(502), 2, { kind: 'transient', seconds: 9 }],
  ['once too often', failed(502), 3, undefined],
  [
    'a broken connection',
    Object.assign(new Error('fetch failed'), { status: 500 }),
    0,
    { kind: 'transient', seconds: 1 },
  ],
  ['something that is not there', failed(404), 0, undefined],
  ['a missing right', failed(403, 'Resource not accessible by integration'), 0, undefined],
  ['a conflict', failed(409), 0, undefined],
  ['an invalid request', failed(422), 0, undefined],
  [
    'a secondary limit that says how long',
    failed(403, secondary, { 'retry-after': '7' }),
    0,
    { kind: 'secondary', seconds: 7 },
  ],
  ['a secondary limit that does not', failed(429, secondary), 0, { kind: 'secondary', seconds: 60 }],
  [
    'a limit under another name',
    failed(429, 'slow down', { 'retry-after': '3' }),
    0,
    { kind: 'secondary', seconds: 3 },
  ],
  ['too many requests, without a word more', failed(429, 'slow down'), 0, { kind: 'transient', seconds: 1 }],
  ['no quota left', failed(403, 'API rate limit exceeded', reset(30)), 0, { kind: 'primary', seconds: 31 }],
  [
    'a quota that has just come back',
    failed(403, 'API rate limit exceeded', reset(-30)),
    0,
    { kind: 'primary', seconds: 0 },
  ],
  [
    'a limit, after other failures',
    failed(403, secondary, { 'retry-after': '7' }),
    3,
    { kind: 'secondary', seconds: 7 },
  ],
  ['a fault of ours', new TypeError('x is not a function'), 0, undefined],
])('%s', (_name, error, transient, expected) => {
  expect(pauseAfter(error, transient, now)).toEqual(expected)
})
