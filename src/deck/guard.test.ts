// Guards: which requests are answered, and who is the administrator. Each row is an attack or its honest neighbour.
import { describe, expect, test } from 'vitest'
import { isAdmin, isLoopback, refuseHost, refuseOrigin } from './guard.ts'

test.each([
  ['localhost', true],
  ['deck.localhost', true],
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['0.0.0.0', false],
  ['192.168.1.4', false],
])('%s is loopback: %s', (host, is) => expect(isLoopback(host)).toBe(is))

describe('Host', () => {
  test.each([
    ['127.0.0.1', 'localhost:8080', true],
    ['127.0.0.1', '[::1]:8080', true],
    ['127.0.0.1', 'evil.example', false],
    ['127.0.0.1', 'evil.example:8080', false],
    ['127.0.0.1', undefined, false],
    ['localhost', '127.0.0.1:1', true],
    ['0.0.0.0', 'prow.example', true],
  ])('a Deck on %s answers for %s: %s', (listen, host, answers) => {
    expect(refuseHost(listen, host) === undefined).toBe(answers)
  })
})

describe('a change is taken', () => {
  const host = 'localhost:8080'
  const token = { 'x-csrf-token': 'any' }
  test.each([
    ['from the own page', { host, ...token, origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }, true],
    ['from a script without browser', { host, ...token }, true],
    [
      'not without the custom header',
      { host, origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' },
      false,
    ],
    ['not from another site', { host, ...token, 'sec-fetch-site': 'cross-site' }, false],
    ['not from another port of this machine', { host, ...token, origin: 'http://localhost:3000' }, false],
    ['not from a sister domain', { host, ...token, 'sec-fetch-site': 'same-site' }, false],
    ['not from a sandboxed frame', { host, ...token, origin: 'null' }, false],
  ])('%s', (_, headers, taken) => expect(refuseOrigin(headers) === undefined).toBe(taken))
})

describe('administrator', () => {
  const token = { mode: 'token', token: 't0ken' } as const
  test.each([
    ['nobody', { mode: 'nobody' }, {}, false],
    ['with the token', token, { authorization: 'Bearer t0ken' }, true],
    ['with a wrong one', token, { authorization: 'Bearer t0kem' }, false],
    ['with a part of it', token, { authorization: 'Bearer t0k' }, false],
    ['without, though from this machine', token, { host: 'localhost:8080' }, false],
  ] as const)('%s', (_, admin, headers, is) => expect(isAdmin(admin, headers)).toBe(is))
})
