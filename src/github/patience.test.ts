// Row by row: which failures of GitHub pass, and when to ask again.
import { expect, test } from 'vitest'
import type { Answer } from './exchange.ts'
import { TimedOut } from './exchange.ts'
import { defaultRetryRules, pauseAfter } from './patience.ts'

const now = Date.parse('2026-01-02T03:04:05Z')
const answered = (status: number, message = '', headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: Buffer.from(JSON.stringify({ message })),
  mode: 'MISS',
})
const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes'
const reset = (seconds: number | string) => ({
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': typeof seconds === 'string' ? seconds : String(now / 1000 + seconds),
})
const pull = '/repos/o/r/pulls/1'
const outOfPoints = {
  status: 200,
  headers: reset(30),
  mode: 'SKIP',
  body: Buffer.from('{"errors":[{"type":"RATE_LIMITED"}]}'),
} as const

type Given = { attempt?: number; backoffMs?: number; path?: string; method?: string }
test.each<[why: string, outcome: Answer | Error, given: Given, want: [kind: string, ms: number] | undefined]>([
  ['a bad gateway', answered(502), {}, ['transient', 2000]],
  ['a bad gateway, later', answered(502), { attempt: 3, backoffMs: 8000 }, ['transient', 8000]],
  [
    'a back-off is no longer than a limit may last',
    answered(502),
    { attempt: 7, backoffMs: 128_000 },
    ['transient', 120_000],
  ],
  ['the last attempt', answered(502), { attempt: 8 }, undefined],
  ['a broken connection', new Error('ECONNRESET'), {}, ['transient', 2000]],
  ['a request that took too long', new TimedOut('late'), {}, undefined],
  ['a pull request that is not there', answered(404), { path: pull }, ['transient', 2000]],
  ['its labels', answered(404), { path: '/repos/o/r/issues/1/labels?per_page=100', attempt: 2 }, ['transient', 2000]],
  ['a commit', answered(404), { path: '/repos/o/r/commits/abc/status' }, ['transient', 2000]],
  ['it is really not there', answered(404), { path: pull, attempt: 3 }, undefined],
  ['a member who is none', answered(404), { path: '/orgs/o/members/alice' }, undefined],
  ['a file that is not there', answered(404), { path: '/repos/o/r/contents/issues/1' }, undefined],
  [
    'a label that is gone already',
    answered(404),
    { path: '/repos/o/r/issues/1/labels/x', method: 'DELETE' },
    undefined,
  ],
  ['a missing right', answered(403, 'Resource not accessible by integration'), {}, undefined],
  ['a missing right, with quota left', answered(403, '', { 'x-ratelimit-remaining': '7' }), {}, undefined],
  ['wrong credentials', answered(401), {}, undefined],
  ['a conflict', answered(409), {}, undefined],
  ['an invalid request', answered(422), {}, undefined],
  ['a success', answered(200), {}, undefined],
  ['a secondary limit that says how long', answered(403, secondary, { 'retry-after': '7' }), {}, ['secondary', 8000]],
  [
    'the same, much later',
    answered(403, secondary, { 'retry-after': '7' }),
    { backoffMs: 64_000 },
    ['secondary', 8000],
  ],
  ['a secondary limit that lasts too long', answered(403, secondary, { 'retry-after': '120' }), {}, undefined],
  ['a secondary limit that says nonsense', answered(403, secondary, { 'retry-after': 'soon' }), {}, undefined],
  ['a secondary limit that does not say how long', answered(429, secondary), {}, ['secondary', 60_000]],
  ['a secondary limit that is over', answered(403, secondary, { 'retry-after': '0' }), {}, ['secondary', 0]],
  ['a limit under another name', answered(429, 'slow down', { 'retry-after': '3' }), {}, ['secondary', 4000]],
  ['too many requests, without a word more', answered(429, 'slow down'), {}, ['transient', 2000]],
  ['no quota left', answered(403, 'API rate limit exceeded', reset(30)), {}, ['primary', 31_000]],
  ['no quota left, by the other number', answered(429, '', reset(30)), {}, ['primary', 31_000]],
  ['a quota that has just come back', answered(403, '', reset(-30)), {}, ['primary', 1000]],
  ['a quota that comes back too late', answered(403, '', reset(119)), {}, undefined],
  ['a quota that nobody knows when it comes back', answered(403, '', reset('soon')), {}, undefined],
  ['no points left for GraphQL', outOfPoints, { path: '/graphql', method: 'POST' }, ['primary', 31_000]],
  ['the same words elsewhere', outOfPoints, { path: '/user' }, undefined],
])('%s', (_why, outcome, { attempt = 1, backoffMs = 2000, path = '/user', method = 'GET' }, want) => {
  const pause = pauseAfter(outcome, { call: { method, path, headers: {} }, attempt, backoffMs, now }, defaultRetryRules)
  expect(pause && [pause.kind, pause.ms]).toEqual(want)
})
